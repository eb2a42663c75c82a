//! A plan and its books as a workbook that planners fill in, and back to the same text.
