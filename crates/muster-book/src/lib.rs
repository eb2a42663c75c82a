//! Books and plans: read, checked, explained, and resolved into what the engine is given.
//!
//! A [`Plan`] is read with everything it stands on. Reading finds everything that is wrong, not only the first thing, and each
//! [`Diagnostic`] names the place, the cause and the next step. A plan that was read is sound: [`Plan::resolve`] can then only find that a
//! value is missing for a year or a place.
//!
//! The format is described in `docs/book-format.md`.

mod action;
mod assumption;
mod book;
mod check;
mod cost;
mod dependence;
mod diagnostic;
mod document;
mod figure;
mod files;
mod geography;
mod key;
mod maturity;
mod measure;
mod nested;
mod pay_bands;
mod plan;
mod progress;
mod question;
mod resolve;
mod scenario;
mod schema;
mod shelf;
mod source;
mod spread;
mod stress;
mod table;
mod taxonomy;

pub use action::{Action, Change, Effect, Level, Milestone, Owner, Theme};
pub use assumption::{Entry, Interpolation, Key, Kind, Number, Passport, Scope};
pub use book::{Book, Calibrated};
pub use check::{Check, Expect, Role};
pub use cost::{Cost, CostOf, CountedIn};
pub use dependence::Dependence;
pub use diagnostic::{CODES, Code, Diagnostic, Diagnostics, Location};
pub use document::{At, Day, Document, Nothing};
pub use figure::{Figure, FigureMeasure, Form, professions_named};
pub use files::{Files, TextFile};
pub use geography::{GEOGRAPHY_FILE, Geography, Rule, Site, Training};
pub use maturity::{Activity, Answer, Devolution, Framework, Readiness, SelfAssessment};
pub use measure::{MEASURES, Measure, Part, Spec, Subject};
pub use pay_bands::{PayBand, PayBands};
pub use plan::{COUNTERFACTUAL, Overridden, PLAN, Plan, systems_of};
pub use progress::{Outlook, Report, Reported, Status};
pub use question::{Aim, Band, Holds, Lever, Limit, Moves, QUESTION_FILE, Question, Substitution, Target};
pub use resolve::{
    Assumption, Desk, Futures, Limited, PlacePrices, PriceFutures, PriceIndex, Prices, Resolved, Stands, Uncertain,
};
pub use scenario::Scenario;
pub use schema::schemas;
pub use shelf::{Ask, Override, Series, Shelf, Side};
pub use source::{Grade, Source};
pub use spread::Shape;
pub use stress::Failure;
pub use taxonomy::{Group, Move, Profession, Programme, Taxonomy};

/// The nearest of some known names to a wrong one: "did you mean".
pub fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    diagnostic::nearest(wrong, known)
}
