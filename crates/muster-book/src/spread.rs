//! Stub.
/// Stub.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    low: f64,
    high: f64,
}
impl Spread {
    pub(crate) fn new(low: f64, high: f64) -> Self {
        Self { low, high }
    }
    pub(crate) fn in_each<const N: usize>(&self, _scores: &[f64; N], below: &[f64; N]) -> [f64; N] {
        below.map(|p| self.low + (self.high - self.low) * p)
    }
}
pub(crate) fn below(score: f64) -> f64 {
    1.0 / (1.0 + (-1.702 * score).exp())
}
