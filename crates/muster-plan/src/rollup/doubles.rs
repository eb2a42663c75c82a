//! People who are counted twice: graduates that two places hire, transfers that nobody gives up, staff that two places share.

use std::collections::BTreeSet;

use muster_book::Plan;
use muster_core::{FinancialYear, PlaceCode};
use serde::Serialize;

use super::account::Account;
use super::gather::{Gathered, name};
use super::{Item, Node, Standing};
use crate::submission::{Submission, Transfer};

/// What kind of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// More newly qualified people join than the programmes of the area yield.
    Graduates,
    /// People come from a place that does not say they leave.
    TransferIn,
    /// People go to a place that does not say they come.
    TransferOut,
    /// Staff that two places share are counted by both.
    SharedStaff,
    /// The parts' shares of England are more than the whole's.
    Shares,
    /// A plan that adds up others does not come to their sum.
    OwnPlan,
}

/// Something that was found, and how much it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// What kind.
    pub found: Found,
    /// The smallest place that holds it all.
    pub place: PlaceCode,
    /// What was found, in a sentence or two.
    pub words: String,
    /// How much is counted twice; below nought where it is counted by nobody.
    pub amount: f64,
    /// Of what: `people` or `FTE`.
    pub unit: &'static str,
    /// By place, the most first.
    pub by_place: Vec<(PlaceCode, f64)>,
}

/// A difference of fewer people than this, over all years, is not worth a planner's time.
const FEWEST: f64 = 1.0;
/// So is one that is a smaller share.
const SMALLEST: f64 = 1e-3;

/// Looks for everything that is counted twice.
pub(super) fn find(gathered: &Gathered, nodes: &[Node], accounts: &[(Account, Account)]) -> Vec<Finding> {
    let top = &gathered.top;
    let mut findings = graduates(top, nodes, accounts);
    findings.extend(transfers(top, &gathered.submissions));
    findings.extend(shared_staff(top, &gathered.submissions));
    findings.extend(nodes.iter().filter_map(|node| shares(node, nodes)));
    findings.extend(nodes.iter().filter_map(|node| own_plan(top, node)));
    findings
}

/// Newly qualified joiners against what programmes yield, in the smallest area where they are too many.
fn graduates(top: &Plan, nodes: &[Node], accounts: &[(Account, Account)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let years = top.years();
    // For each node, the programmes for which something was found in it or below.
    let mut found_below: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); nodes.len()];
    for (i, node) in nodes.iter().enumerate() {
        let below: BTreeSet<usize> =
            node.children.iter().flat_map(|child| found_below[*child].iter().copied()).collect();
        found_below[i].extend(below);
        if node.children.len() < 2 {
            continue;
        }
        let (submitted, modelled) = &accounts[i];
        for (course, programme) in top.shelf.taxonomy.programmes.iter().enumerate() {
            let all = |people: &[Vec<f64>]| people.get(course).map_or(0.0, |years| years.iter().sum::<f64>());
            let (claimed, yielded) = (all(&submitted.joined), all(&modelled.joined));
            if claimed - yielded < FEWEST.max(yielded * SMALLEST) || found_below[i].contains(&course) {
                continue;
            }
            let mut by_place: Vec<(PlaceCode, f64)> = node
                .children
                .iter()
                .map(|child| {
                    (nodes[*child].place.clone(), all(&accounts[*child].0.joined) - all(&accounts[*child].1.joined))
                })
                .filter(|(_, over)| *over >= FEWEST)
                .collect();
            by_place.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            if by_place.is_empty() {
                continue;
            }
            found_below[i].insert(course);
            let over = |year: usize| submitted.joined[course][year] - modelled.joined[course][year];
            let most = (0..years.len()).max_by(|a, b| over(*a).total_cmp(&over(*b))).unwrap_or_default();
            let finish = modelled.completed[course][most];
            let words = format!(
                "{}: the plans in {} count on {} newly qualified joiners in {}, its programmes yield {} of {} who finish. Over all \
                 years {} people are counted on by more than one place, unless a place takes people in that the national plan does not have.",
                programme.title,
                node.name,
                people(submitted.joined[course][most]),
                years[most],
                people(modelled.joined[course][most]),
                people(finish),
                people(claimed - yielded),
            );
            let amount = claimed - yielded;
            findings.push(Finding {
                found: Found::Graduates,
                place: node.place.clone(),
                words,
                amount,
                unit: "people",
                by_place,
            });
        }
    }
    findings
}

/// A transfer as one of its ends states it, and how many of its people the other end has not been found to state.
struct Stated<'g> {
    transfer: &'g Transfer,
    by: &'g Submission,
    left: f64,
}

/// Transfers in that no place gives up, and transfers out that no place takes.
fn transfers(top: &Plan, submissions: &[Submission]) -> Vec<Finding> {
    let places = &top.shelf.places;
    let is_in = |inner: &PlaceCode, outer: &PlaceCode| places.is_within(inner, outer);
    let (mut into, mut out): (Vec<Stated<'_>>, Vec<Stated<'_>>) = (Vec::new(), Vec::new());
    for by in submissions {
        for transfer in by.details.iter().flat_map(|details| &details.transfers) {
            let side = if is_in(&transfer.to, &by.plan.place) { &mut into } else { &mut out };
            side.push(Stated { transfer, by, left: transfer.headcount });
        }
    }
    let meets = |a: &PlaceCode, b: &PlaceCode| is_in(a, b) || is_in(b, a);
    for arriving in &mut into {
        for leaving in &mut out {
            let same = arriving.transfer.profession == leaving.transfer.profession
                && arriving.transfer.year == leaving.transfer.year
                && meets(&arriving.transfer.from, &leaving.transfer.from)
                && meets(&arriving.transfer.to, &leaving.transfer.to);
            if same {
                let both = arriving.left.min(leaving.left);
                arriving.left -= both;
                leaving.left -= both;
            }
        }
    }
    let submits = |place: &PlaceCode| submissions.iter().any(|submission| meets(place, &submission.plan.place));
    let describe = |stated: &Stated<'_>, is_in: bool| {
        let Transfer { from, to, profession, year, headcount } = stated.transfer;
        let title = profession_title(top, profession);
        let (other, own) = if is_in { (from, to) } else { (to, from) };
        let (says, does_not) = if is_in { ("come from", "leave") } else { ("go to", "come") };
        let matched = headcount - stated.left;
        let but = if !submits(other) {
            format!("{} has submitted no plan to hold it against", name(top, other))
        } else if matched > 0.0 {
            format!("{} says so of {}", name(top, other), people(matched))
        } else {
            format!("{} does not say that they {does_not}", name(top, other))
        };
        let consequence = if is_in { "in both places" } else { "in neither" };
        let words = format!(
            "{} says that {} {} {says} {} in {year}; {but}: {} people are counted {consequence}.",
            name(top, &stated.by.plan.place),
            people(*headcount),
            title.to_lowercase(),
            name(top, other),
            people(stated.left),
        );
        Finding {
            found: if is_in { Found::TransferIn } else { Found::TransferOut },
            place: own.clone(),
            words,
            amount: if is_in { stated.left } else { -stated.left },
            unit: "people",
            by_place: vec![(own.clone(), stated.left), (other.clone(), -stated.left)],
        }
    };
    let unmatched = |stated: &&Stated<'_>| stated.left > 1e-9;
    let arriving = into.iter().filter(unmatched).map(|stated| describe(stated, true));
    arriving.chain(out.iter().filter(unmatched).map(|stated| describe(stated, false))).collect()
}

/// Staff whom two places share and both count, or whose other place does not speak of them.
fn shared_staff(top: &Plan, submissions: &[Submission]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for submission in submissions {
        let here = &submission.plan.place;
        for shared in submission.details.iter().flat_map(|details| &details.shared) {
            let other = submissions.iter().find(|other| other.plan.place == shared.with);
            let answer = other.and_then(|other| {
                let theirs = other.details.iter().flat_map(|details| &details.shared);
                theirs.into_iter().find(|theirs| theirs.with == *here && theirs.profession == shared.profession)
            });
            let (who, with) = (name(top, here), name(top, &shared.with));
            let title = profession_title(top, &shared.profession).to_lowercase();
            let (words, fte) = match answer {
                Some(theirs) if theirs.counted_by == shared.counted_by => continue,
                Some(theirs) if shared.counted_by == *here && theirs.counted_by == shared.with => {
                    // Each of the two finds it; it is said once.
                    if shared.with < *here {
                        continue;
                    }
                    let fte = shared.fte.min(theirs.fte);
                    let fte_in_words = people(fte);
                    (format!("{who} and {with} share {fte_in_words} FTE of {title}, and both count them."), fte)
                }
                Some(theirs) => {
                    if shared.with < *here {
                        continue;
                    }
                    let fte = shared.fte.min(theirs.fte);
                    (format!("{who} and {with} share {} FTE of {title}, and neither counts them.", people(fte)), -fte)
                }
                None if shared.counted_by == *here => {
                    let text = format!(
                        "{who} counts {} FTE of {title} whom it shares with {with}, which does not speak of them: they may be counted there too.",
                        people(shared.fte)
                    );
                    (text, shared.fte)
                }
                None => continue,
            };
            let by_place = vec![(here.clone(), fte), (shared.with.clone(), fte)];
            findings.push(Finding {
                found: Found::SharedStaff,
                place: here.clone(),
                words,
                amount: fte,
                unit: "FTE",
                by_place,
            });
        }
    }
    findings
}

/// Parts that together have more of the staff at the start than the whole, without any of them stating staff of its own.
fn shares(node: &Node, nodes: &[Node]) -> Option<Finding> {
    let below: f64 = node.children.iter().map(|child| nodes[*child].statement.parts.at(0).get(Item::StaffFte)).sum();
    let over = node.statement.parts.at(0).get(Item::StaffFte) - below;
    let whole = node.statement.modelled.at(0).get(Item::StaffFte);
    if over.abs() <= FEWEST.max(whole * SMALLEST) {
        return None;
    }
    let (more, twice) = if over > 0.0 { ("more", "counted twice") } else { ("less", "counted by nobody") };
    let words = format!(
        "The shares of England of the places in {} give them {} FTE {more} at the start than {} has: they are {twice}.",
        node.name,
        people(over.abs()),
        node.name
    );
    let of_child =
        |child: &usize| (nodes[*child].place.clone(), nodes[*child].statement.modelled.at(0).get(Item::StaffFte));
    let submitted = |child: &&usize| nodes[**child].standing != Standing::Estimated;
    let by_place = node.children.iter().filter(submitted).map(of_child).collect();
    Some(Finding { found: Found::Shares, place: node.place.clone(), words, amount: over, unit: "FTE", by_place })
}

/// A plan that adds up others, held against their sum at the horizon.
fn own_plan(top: &Plan, node: &Node) -> Option<Finding> {
    let own = node.own_plan.as_ref()?;
    let last = own.0.len().checked_sub(1)?;
    let (own, sum) = (own.at(last).get(Item::StaffFte), node.statement.submitted.at(last).get(Item::StaffFte));
    let over = own - sum;
    if over.abs() <= FEWEST.max(sum * SMALLEST) {
        return None;
    }
    let words = format!(
        "{}: its own plan has {} FTE in post in {}, the plans it adds up come to {}. The sum counts.",
        node.name,
        people(own),
        year(top, last),
        people(sum)
    );
    let by_place = vec![(node.place.clone(), over)];
    Some(Finding { found: Found::OwnPlan, place: node.place.clone(), words, amount: over, unit: "FTE", by_place })
}

fn year(top: &Plan, index: usize) -> FinancialYear {
    top.from + index as i16
}

fn profession_title(top: &Plan, id: &str) -> String {
    let taxonomy = &top.shelf.taxonomy;
    taxonomy.profession(id).map_or_else(|| id.to_owned(), |i| taxonomy.professions[i].title.clone())
}

/// A number of people as a planner writes it: whole from ten on.
fn people(value: f64) -> String {
    if value.abs() < 10.0 { format!("{}", (value * 10.0).round() / 10.0) } else { muster_run::thousands(value) }
}
