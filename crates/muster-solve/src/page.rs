//! The answer as one page of HTML, readable without scripts and without a network.

use muster_run::{RunError, gbp, line_chart, percent, thousands};

use crate::answer::{Answer, Chosen, Held};
use crate::front::{Elsewhere, Point};

/// What was asked beside the answer itself.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Beside {
    /// Points of a front of cost against gap.
    pub front: Vec<Point>,
    /// How the choice does in other futures.
    pub elsewhere: Vec<Elsewhere>,
    /// The answer in which targets hold with a chance.
    pub likely: Option<Box<Likely>>,
}

/// An answer whose targets hold with a chance.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Likely {
    /// The chance, as a share.
    pub chance: f64,
    /// Whether the mean of the worst cases was held, rather than the chance alone.
    pub tail: bool,
    /// In how many draws.
    pub draws: usize,
    /// The answer.
    pub answer: Answer,
}

/// As many rows of a table as anybody reads.
const ROWS: usize = 60;

const STYLE: &str = "body{font:17px/1.5 arial,sans-serif;color:#212b32;max-width:60rem;margin:0 auto;padding:0 1rem 4rem}h1{font-size:1.9rem;line-height:1.2}\
h2{font-size:1.35rem;margin-top:2.2rem;border-top:1px solid #d8dde0;padding-top:1rem}table{border-collapse:collapse;width:100%;font-size:.92rem}\
th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #d8dde0;vertical-align:top}td.n,th.n{text-align:right;white-space:nowrap}\
.wide{overflow-x:auto}.big{font-size:1.3rem}.no{font-weight:bold}svg{width:100%;max-width:44rem;height:auto;background:#fff}caption{text-align:left;color:#425563;padding-bottom:.4rem}";

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A table: the first `words` columns hold words, the others numbers.
fn table(caption: &str, head: &[&str], words: usize, rows: &[Vec<String>]) -> String {
    let class = |i: usize| if i >= words { " class=\"n\"" } else { "" };
    let th = |(i, name): (usize, &&str)| format!("<th scope=\"col\"{}>{}</th>", class(i), escape(name));
    let head = head.iter().enumerate().map(th).collect::<Vec<_>>().concat();
    let row = |row: &Vec<String>| {
        let td = |(i, cell): (usize, &String)| format!("<td{}>{}</td>", class(i), escape(cell));
        let cells = row.iter().enumerate().map(td).collect::<Vec<_>>().concat();
        format!("<tr>{cells}</tr>\n")
    };
    let rows = rows.iter().take(ROWS).map(row).collect::<Vec<_>>().concat();
    format!(
        "<div class=\"wide\"><table><caption>{}</caption><thead><tr>{head}</tr></thead><tbody>\n{rows}</tbody></table></div>\n",
        escape(caption)
    )
}

fn list(lines: impl Iterator<Item = String>) -> String {
    let items = lines.map(|line| format!("<li>{}</li>\n", escape(&line))).collect::<Vec<_>>().concat();
    format!("<ul>\n{items}</ul>\n")
}

/// The page.
pub fn page(answer: &Answer, beside: &Beside) -> Result<String, RunError> {
    let mut body = format!(
        "<h1>{}</h1>\n<p>What it would take, from the scenario <code>{}</code> of the plan <code>{}</code>.</p>\n",
        escape(&answer.question),
        escape(&answer.scenario),
        escape(&answer.plan)
    );
    body.push_str(&in_short(answer));
    body.push_str(&charts(answer)?);
    body.push_str("<h2>What to do</h2>\n");
    body.push_str(&levers(answer));
    body.push_str("<h2>What it comes to</h2>\n<p>The program promises; the engine was then asked what comes of it. A target is met when the engine's figure is within a thousandth of what it is held against.</p>\n");
    body.push_str(&targets(&answer.targets));
    if !answer.binding.is_empty() {
        body.push_str("<h2>What holds it back</h2>\n<p>A limit binds where one more of it would make the plan cheaper. What it saves is in discounted pounds, and holds for small changes.</p>\n");
        body.push_str(&list(answer.binding.iter().take(ROWS).map(|binding| binding.words.clone() + ".")));
    }
    if !answer.next_best.is_empty() {
        let rows: Vec<Vec<String>> = answer
            .next_best
            .iter()
            .map(|way| match way.fits {
                Some(true) => vec![way.title.clone(), gbp(way.discounted_gbp), gbp(way.more_gbp)],
                Some(false) => vec![way.title.clone(), "does not fit".to_owned(), String::new()],
                None => vec![way.title.clone(), "not settled".to_owned(), String::new()],
            })
            .collect();
        body.push_str("<h2>Next best</h2>\n");
        body.push_str(&table(
            "Leaving out one kind of lever; as the program has it",
            &["Instead", "Cost, discounted", "More than the least"],
            1,
            &rows,
        ));
    }
    if let Some(likely) = &beside.likely {
        body.push_str(&with_a_chance(answer, likely));
    }
    if !beside.front.is_empty() {
        body.push_str(&front(&beside.front)?);
    }
    if !beside.elsewhere.is_empty() {
        body.push_str(&elsewhere(&beside.elsewhere));
    }
    let agreement = &answer.agreement;
    body.push_str(&format!(
        "<h2>How sure this is</h2>\n<p>Program and projection differ by {:.4}% of staff in post at most ({}), after {} rounds with {} choices and {} rows. Prices, ceilings and shares of tasks are in <code>solve.toml</code>, each with its source and reason; most are judged. The formulation is in <code>docs/solve.md</code>.</p>\n",
        agreement.apart * 100.0,
        escape(&agreement.at),
        agreement.rounds,
        thousands(agreement.units as f64),
        thousands(agreement.rows as f64)
    ));
    Ok(format!(
        "<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n",
        escape(&answer.question)
    ))
}

fn in_short(answer: &Answer) -> String {
    if answer.fits {
        let last = answer.years.len() - 1;
        return format!(
            "<p class=\"big\">It fits, at <strong>{}</strong> over the years ({} discounted), in prices of {}.</p>\n<p>The gap of all staff in {} goes from {} to {} FTE. The added staff change the pay bill of that year by {}, temporary staff included; that is not in the cost of the levers.</p>\n",
            gbp(answer.cost_gbp),
            gbp(answer.discounted_gbp),
            escape(&answer.price_year),
            escape(&answer.years[last]),
            thousands(answer.gap_fte[0][last].round()),
            thousands(answer.gap_fte[1][last].round()),
            gbp(answer.pay_more_gbp[last])
        );
    }
    let mut text = "<p class=\"big\">Nothing fits.</p>\n<p>These targets and limits cannot hold together; with any one of a list gone, the rest of it can.</p>\n".to_owned();
    for set in &answer.conflicts {
        text.push_str(&list(set.iter().cloned()));
    }
    text.push_str("<p>What follows is the nearest plan. It breaks:</p>\n");
    text + &list(answer.broken.iter().take(ROWS).cloned())
}

fn charts(answer: &Answer) -> Result<String, RunError> {
    let series = vec![
        ("As the scenario has it".to_owned(), answer.gap_fte[0].clone()),
        ("With the levers".to_owned(), answer.gap_fte[1].clone()),
    ];
    let gap = line_chart("Gap of all staff", &answer.years, series, "FTE")?;
    Ok(format!("<h2>The gap, year by year</h2>\n{gap}\n"))
}

fn levers(answer: &Answer) -> String {
    let write = |lever: &Chosen, value: f64| {
        if lever.counted_in == "of the leaver rate" { percent(value) } else { thousands(value.round()) }
    };
    let rows: Vec<Vec<String>> = answer
        .levers
        .iter()
        .map(|lever| {
            let moved: Vec<usize> = (0..lever.added.len()).filter(|year| lever.added[*year] != 0.0).collect();
            let most = moved
                .iter()
                .copied()
                .max_by(|a, b| lever.added[*a].abs().total_cmp(&lever.added[*b].abs()))
                .unwrap_or(0);
            let already = if lever.already[most] == 0.0 { String::new() } else { write(lever, lever.already[most]) };
            vec![
                lever.title.clone(),
                lever.place.clone(),
                answer.years[most].clone(),
                already,
                write(lever, lever.added[most]),
                gbp(lever.cost_gbp),
            ]
        })
        .collect();
    table(
        "The dearest first, in the year of most",
        &["Lever", "Place", "Year", "Has already", "Added", "Cost, all years"],
        3,
        &rows,
    )
}

fn targets(held: &[Held]) -> String {
    let write = |held: &Held, value: f64| if held.is_share { percent(value) } else { thousands(value.round()) };
    let mut list: Vec<&Held> = held.iter().collect();
    list.sort_by(|a, b| a.met.cmp(&b.met).then((b.without - b.at_most).total_cmp(&(a.without - a.at_most))));
    let rows: Vec<Vec<String>> = list
        .into_iter()
        .map(|one| {
            let met = if one.met { "yes" } else { "no" }.to_owned();
            vec![
                one.title.clone(),
                one.year.clone(),
                met,
                write(one, one.at_most),
                write(one, one.without),
                write(one, one.promised),
                write(one, one.simulated),
            ]
        })
        .collect();
    table(
        "The largest gaps first",
        &["Target", "Year", "Met", "At most", "Without levers", "Program", "Engine"],
        3,
        &rows,
    )
}

fn with_a_chance(answer: &Answer, likely: &Likely) -> String {
    let cost = likely.answer.discounted_gbp;
    let what = if likely.tail { "so that the worst cases meet it on average" } else { "with this chance" };
    let mut text = format!(
        "<h2>Under uncertainty</h2>\n<p>Each target held {what}: {} in {} draws of what is uncertain. ",
        percent(likely.chance),
        likely.draws
    );
    if likely.answer.fits {
        text.push_str(&format!(
            "It costs {} discounted, {} more than the plan for the central values.</p>\n",
            gbp(cost),
            gbp(cost - answer.discounted_gbp)
        ));
    } else {
        text.push_str("Nothing fits; these cannot hold together:</p>\n");
        likely.answer.conflicts.iter().for_each(|set| text.push_str(&list(set.iter().cloned())));
    }
    let rows: Vec<Vec<String>> = likely
        .answer
        .targets
        .iter()
        .map(|one| vec![one.title.clone(), one.year.clone(), one.chance.map_or_else(String::new, percent)])
        .collect();
    text + &table("How often each target is met in the draws", &["Target", "Year", "Met in"], 2, &rows)
}

fn front(points: &[Point]) -> Result<String, RunError> {
    let labels: Vec<String> = points.iter().map(|point| percent(point.closed)).collect();
    let cost = vec![("Cost, discounted".to_owned(), points.iter().map(|point| point.discounted_gbp / 1e6).collect())];
    let chart =
        line_chart("What closing a part of the gaps costs", &labels, cost, "millions of pounds, by the part closed")?;
    let rows: Vec<Vec<String>> = points
        .iter()
        .map(|point| {
            vec![
                percent(point.closed),
                gbp(point.discounted_gbp),
                thousands(point.shortfall_fte.round()),
                gbp(point.next_fte_gbp),
            ]
        })
        .collect();
    // The page may hold another chart, and two elements cannot have one id.
    let chart = chart.replace("chart-title", "front-title").replace("chart-text", "front-text");
    Ok(format!(
        "<h2>Cost against gap</h2>\n{chart}\n{}",
        table(
            "Each a least-cost plan",
            &["Closed", "Cost, discounted", "Shortfalls left, FTE", "The next FTE costs"],
            1,
            &rows
        )
    ))
}

fn elsewhere(futures: &[Elsewhere]) -> String {
    let or = |value: Option<f64>, none: &str| value.map_or_else(|| none.to_owned(), gbp);
    let rows: Vec<Vec<String>> = futures
        .iter()
        .map(|one| {
            vec![
                one.title.clone(),
                thousands(one.without_fte.round()),
                thousands(one.with_fte.round()),
                or(one.best_gbp, "nothing fits"),
                or(one.regret_gbp, ""),
            ]
        })
        .collect();
    format!(
        "<h2>In other futures</h2>\n<p>The choice is made for one future. Here it meets others: the plan's scenarios, and what its stress tests say may go wrong. Regret is what it costs more than the least-cost plan for that future; below nought it costs less, and leaves shortfalls.</p>\n{}",
        table("", &["Future", "Shortfalls without, FTE", "With the choice", "Best for it costs", "Regret"], 1, &rows)
    )
}
