//! Triangulation: growth in posts against growth in activity and in money, for each place, flagged outside stated bands.
//!
//! A plan may close its gap and still not be believable: more care from fewer people than anyone has managed, or a pay bill that does
//! not follow posts. Each by itself may be right, so what is flagged is a question and not a fault.

use muster_run::percent;
use serde::Serialize;

use crate::rollup::{Account, Item, Rollup};
use crate::submission::{Bands, Bounds};

/// Growth a year of one place, from the baseline to the horizon.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Triangle {
    /// The place.
    pub place: String,
    /// What it is called.
    pub name: String,
    /// How deep it lies below the whole.
    pub depth: usize,
    /// Staff in post.
    pub posts: f64,
    /// Care to be given.
    pub activity: f64,
    /// Pay of staff in post, in constant prices.
    pub pay_bill: f64,
    /// Care per post: what follows from the two.
    pub productivity: f64,
    /// Pay per post, likewise.
    pub pay_per_fte: f64,
    /// What lies outside its band, in words.
    pub flags: Vec<String>,
}

/// Every place of a roll-up, from the whole down.
pub fn triangulate(rollup: &Rollup, bands: Option<&Bands>) -> Vec<Triangle> {
    let each = |(index, depth): (usize, usize)| {
        let node = &rollup.nodes[index];
        let mut triangle = of_account(&rollup.accounts[index].0, bands)?;
        triangle.place = node.place.to_string();
        triangle.name.clone_from(&node.name);
        triangle.depth = depth;
        Some(triangle)
    };
    rollup.from_the_top().into_iter().filter_map(each).collect()
}

/// The triangle of an account; none where nobody is in post at one of its ends.
fn of_account(account: &Account, bands: Option<&Bands>) -> Option<Triangle> {
    let last = account.ledger.0.len().checked_sub(1).filter(|last| *last > 0)?;
    let growth = |from: f64, to: f64| (from > 0.0 && to > 0.0).then(|| (to / from).powf(1.0 / last as f64) - 1.0);
    let of = |item: Item| growth(account.ledger.at(0).get(item), account.ledger.at(last).get(item));
    let posts = of(Item::StaffFte)?;
    let pay_bill = of(Item::PayBillGbp)?;
    let activity = growth(*account.activity_fte.first()?, *account.activity_fte.get(last)?)?;
    let productivity = (1.0 + activity) / (1.0 + posts) - 1.0;
    let pay_per_fte = (1.0 + pay_bill) / (1.0 + posts) - 1.0;
    let mut flags = Vec::new();
    let mut flag = |value: f64, band: Bounds, more: &str, less: &str| {
        let (low, high) = (band.low.unwrap_or(f64::NEG_INFINITY), band.high.unwrap_or(f64::INFINITY));
        if value > high {
            flags.push(format!("{more} ({} a year, at most {})", percent(value), percent(high)));
        } else if value < low {
            flags.push(format!("{less} ({} a year, at least {})", percent(value), percent(low)));
        }
    };
    if let Some(bands) = bands {
        let more = "activity grows faster than posts can be expected to carry";
        flag(productivity, bands.productivity, more, "posts grow faster than activity");
        flag(pay_per_fte, bands.pay_per_fte, "the pay bill outgrows posts", "the pay bill lags behind posts");
    }
    let (place, name) = (String::new(), String::new());
    Some(Triangle { place, name, depth: 0, posts, activity, pay_bill, productivity, pay_per_fte, flags })
}
