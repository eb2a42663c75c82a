//! When things go wrong: the plan under each failure, and every policy in every future.

use super::{Block, Section, Table};
use crate::number::{gbp, signed, thousands};
use crate::run::{Run, RunError};
use crate::stress::{Stress, Stressed, Totals, Turned};

pub(super) fn stress(run: &Run) -> Result<Option<Section>, RunError> {
    let Some(stress) = run.stress()? else { return Ok(None) };
    let mut blocks = vec![Block::Text(what_matters(stress))];
    blocks.extend(worst_pair(stress).map(Block::Text));
    blocks.push(Block::Table(failures(stress)));
    blocks.push(Block::Folded(what_they_are(stress)));
    blocks.extend(regret(stress).into_iter().map(Block::Text));
    let year = stress.year;
    let missing = format!(
        "People missing where too few are there in {year}, FTE, by policy and by what happens; after the stroke, how many more than under the best policy there"
    );
    blocks.push(Block::Table(by_future(stress, missing, "Worst regret", |cell| {
        format!("{} / {}", thousands(cell.totals.shortfall_fte), signed(cell.regret_fte))
    })));
    let pay = format!("Pay bill in {year}, by policy and by what happens");
    blocks.push(Block::Folded(by_future(stress, pay, "", |cell| gbp(cell.totals.pay_bill_gbp))));
    Ok(Some(Section { id: "stress", title: "When things go wrong".to_owned(), blocks }))
}

/// Which failure does most, and what all of them do together.
fn what_matters(stress: &Stress) -> String {
    let year = stress.year;
    let worst = stress.alone.iter().max_by(|a, b| a.gap_change_fte.total_cmp(&b.gap_change_fte));
    let mut text = format!("If all goes as stated, the gap in {year} is {}.", thousands(stress.as_expected.gap_fte));
    if let Some(worst) = worst {
        text.push_str(&format!(
            " Of {} things that may go wrong, one would do most: {}. The gap would then be {}.",
            stress.alone.len(),
            in_a_sentence(&worst.title),
            thousands(worst.totals.gap_fte)
        ));
    }
    if let Some(together) = &stress.together {
        text.push_str(&format!(
            " If all of them came together, it would be {}, and the pay bill {}.",
            thousands(together.totals.gap_fte),
            gbp(together.totals.pay_bill_gbp)
        ));
    }
    text.push_str(" How likely any of this is, a stress test does not say.");
    text
}

fn worst_pair(stress: &Stress) -> Option<String> {
    let pair = stress.pairs.first().filter(|_| stress.pairs.len() > 1)?;
    let named = |id: &String| {
        let found = stress.alone.iter().find(|stressed| stressed.failures.contains(id));
        found.map_or_else(|| id.clone(), |stressed| in_a_sentence(&stressed.title))
    };
    let beyond = pair.beyond_the_sum_fte;
    let sum = if beyond.abs() < 0.5 {
        "just what the two do alone, added up".to_owned()
    } else {
        let which = if beyond > 0.0 { "more" } else { "less" };
        format!("{} {which} than what the two do alone, added up", thousands(beyond.abs()))
    };
    Some(format!(
        "The worst two at once are these: {}; and {}. The gap would be {}, which is {sum}.",
        named(&pair.failures[0]),
        named(&pair.failures[1]),
        thousands(pair.totals.gap_fte)
    ))
}

fn failures(stress: &Stress) -> Table {
    let year = stress.year;
    let gap = format!("Gap in {year}");
    let pay = format!("Pay bill in {year}");
    let head = [
        "What goes wrong",
        &gap,
        "Change",
        "Shortfalls alone",
        &pay,
        "Change",
        "Pay bills of all years, change",
        "Targets broken",
    ];
    let mut table = Table::numbers(
        "What goes wrong, what it comes to and what it costs, FTE and pounds; changes against nothing going wrong",
        head.map(str::to_owned).to_vec(),
    );
    let row = |title: String, totals: &Totals, changes: [String; 3], targets: String| {
        let [gap, pay, pays] = changes;
        vec![
            title,
            thousands(totals.gap_fte),
            gap,
            thousands(totals.shortfall_fte),
            gbp(totals.pay_bill_gbp),
            pay,
            pays,
            targets,
        ]
    };
    let none = || "–".to_owned();
    table.push("group", row("Nothing".to_owned(), &stress.as_expected, [none(), none(), none()], none()));
    let of = |stressed: &Stressed, title: String| {
        let money = |pounds: f64| if pounds > 0.0 { format!("+{}", gbp(pounds)) } else { gbp(pounds) };
        let changes = [
            signed(stressed.gap_change_fte),
            money(stressed.pay_bill_change_gbp),
            money(stressed.pay_bills_change_gbp),
        ];
        row(title, &stressed.totals, changes, stressed.broken.len().to_string())
    };
    for stressed in &stress.alone {
        table.push("", of(stressed, stressed.title.clone()));
    }
    if let Some(together) = &stress.together {
        table.push("total", of(together, together.title.clone()));
    }
    table
}

/// What each failure is, and which targets come out another way.
fn what_they_are(stress: &Stress) -> Table {
    let mut table =
        Table::words("What each of these is, and the targets it breaks", &["", "What it is", "Targets it breaks"]);
    for stressed in stress.alone.iter().chain(&stress.together) {
        table.push("", vec![stressed.title.clone(), stressed.about.clone(), targets(stressed)]);
    }
    table
}

/// The targets that come out another way, each with what comes out.
fn targets(stressed: &Stressed) -> String {
    let list = |turned: &[Turned]| {
        turned.iter().map(|turned| format!("{} ({})", turned.title, turned.found)).collect::<Vec<_>>().join("; ")
    };
    match (&stressed.broken[..], &stressed.mended[..]) {
        ([], []) => "none".to_owned(),
        (broken, []) => list(broken),
        ([], mended) => format!("none; met now: {}", list(mended)),
        (broken, mended) => format!("{}; met now: {}", list(broken), list(mended)),
    }
}

/// What regret is, which policy has least, and what the policies are.
fn regret(stress: &Stress) -> Vec<String> {
    let Some(least) = stress.policies.iter().find(|policy| policy.id == stress.least_regret) else { return Vec::new() };
    let mut texts = vec![
        "The regret of a policy is how many more people are missing under it than under the best policy, once it is known what happened. People missing are counted where too few are there, without setting off what is over elsewhere: a surplus in one profession does not fill another.".to_owned(),
    ];
    let verdict = if least.worst_regret_fte < 0.5 {
        format!("Of the policies here, one is the best whatever happens: {}.", in_a_sentence(&least.title))
    } else {
        format!(
            "The policy to regret least is this one: {}. At worst, {} more are missing than under the best policy there.",
            in_a_sentence(&least.title),
            thousands(least.worst_regret_fte)
        )
    };
    let abouts = stress.policies.iter().filter(|policy| !policy.about.is_empty());
    let abouts: Vec<String> = abouts.map(|policy| format!("{}: {}", policy.title, policy.about)).collect();
    texts.extend([verdict, abouts.join(" ")]);
    texts
}

fn by_future(stress: &Stress, caption: String, last: &str, write: impl Fn(&crate::stress::Cell) -> String) -> Table {
    let mut head = vec!["Policy".to_owned()];
    head.extend(stress.futures.iter().map(|future| future.title.clone()));
    head.extend(Some(last.to_owned()).filter(|last| !last.is_empty()));
    let mut table = Table::numbers(caption, head);
    for policy in &stress.policies {
        let mut cells = vec![policy.title.clone()];
        cells.extend(policy.cells.iter().map(&write));
        cells.extend(Some(thousands(policy.worst_regret_fte)).filter(|_| !last.is_empty()));
        table.push(if policy.id == stress.least_regret { "total" } else { "" }, cells);
    }
    table
}

/// A title in the middle of a sentence.
fn in_a_sentence(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}
