//! A distribution cut off at both ends, and the rest made whole again.

use crate::normal;

/// The most that may be cut off: one in a thousand.
pub(super) const MOST_CUT: f64 = 0.001;

/// What is cut off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cut {
    /// The chance below the lower bound.
    pub(super) below: f64,
    /// The chance above the upper bound.
    pub(super) above: f64,
}

impl Cut {
    /// The share cut off.
    pub(super) fn share(self) -> f64 {
        self.below + self.above
    }

    /// The chances, below and above, in the whole distribution, of what has this score in the one cut off.
    pub(super) fn chances(self, score: f64) -> (f64, f64) {
        let kept = 1.0 - self.share();
        (self.below + kept * normal::below(score), self.above + kept * normal::below(-score))
    }

    /// The score in the whole normal of what has this score in the one cut off; from the nearer tail, so that neither loses
    /// its digits.
    pub(super) fn score(self, score: f64) -> f64 {
        if self.share() == 0.0 {
            return score;
        }
        let (below, above) = self.chances(score);
        if below <= above { normal::score(below) } else { -normal::score(above) }
    }
}
