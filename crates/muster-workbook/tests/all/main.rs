//! Tests of `muster-workbook`.
