//! stub
use muster_run::RunError;
use super::Rollup;
impl Rollup { /// Page.
 pub fn html(&self, _year: usize) -> Result<String, RunError> { Ok(String::new()) } }
