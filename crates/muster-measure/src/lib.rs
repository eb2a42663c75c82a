//! What happened, held against what was expected: rules for runs of points, and actuals against a forecast. Pure.
