//! Plans that add up: who does what by when, what slips, and how the plans of places roll up to one.
