//! stub
use super::Rollup;
use muster_run::RunError;
impl Rollup {
    /// Page.
    pub fn html(&self, _year: usize) -> Result<String, RunError> {
        Ok(String::new())
    }
}
