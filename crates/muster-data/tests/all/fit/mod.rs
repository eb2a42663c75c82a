//! Fits: each method on numbers that can be followed by hand, and the committed book against the publications.

mod england;
mod ipf;
mod participation;
mod replace;
mod seasonal;
mod shrink;
