//! How sure a reader can be of the rest: the gap in all draws, the chances of the targets, and whether the draws suffice.
//!
//! A board member reads the first part alone, so it says "futures" for draws and "four in five" for an 80% interval.

use muster_book::{COUNTERFACTUAL, PLAN, Role};
use muster_core::PlaceCode;
use muster_draws::sampler::Method;
use muster_draws::summary::{Estimate, Scratch, Summary, probability};

use super::fan::{self, Fan};
use super::odds::{odds, short_odds};
use super::sections::{lower, year_names};
use super::{Block, Section, Stat, Table};
use crate::number::{about, percent, thousands};
use crate::run::{Run, RunError, ScenarioRun};
use crate::summary::{Line, Row, lines, summary};
use crate::uncertainty::{Chance, GAP, RowDraws, ScenarioDraws, Uncertainty};
use crate::verdict::{Outcome, Verdict, write};

/// Which of [`crate::uncertainty::MEASURES`] supply and demand are.
const SUPPLY: usize = 0;
const DEMAND: usize = 1;
const FTE: &str = "full-time equivalents";

/// A scenario with its draws.
#[derive(Clone, Copy)]
struct Story<'a> {
    run: &'a ScenarioRun,
    draws: &'a ScenarioDraws,
}

impl<'a> Story<'a> {
    fn of(known: &'a Uncertainty, run: &'a ScenarioRun) -> Option<Self> {
        known.scenario(&run.id).map(|draws| Self { run, draws })
    }

    /// A measure of everyone together, by year.
    fn fan(self, measure: usize, name: &str) -> Fan {
        let central = totals(self.run).iter().map(|line| pick(line, measure)).collect();
        let years = self.draws.rows[0].years.iter().map(|year| year[measure]).collect();
        Fan { name: name.to_owned(), years, central }
    }
}

/// The section; none for a run without draws.
pub(super) fn section(run: &Run) -> Result<Option<Section>, RunError> {
    let Some(known) = &run.uncertainty else { return Ok(None) };
    let Some(main) = Story::of(known, run.main_scenario()) else { return Ok(None) };
    let others = || run.scenarios.iter().filter(|scenario| scenario.id != main.run.id);
    let other = others().find(|scenario| scenario.id == COUNTERFACTUAL).or_else(|| others().next());
    let other = other.and_then(|other| Story::of(known, other));
    let page = Page { run, known, main, other, end: run.years().len() - 1 };
    let mut blocks = page.in_words();
    blocks.push(Block::Charts(page.gap_charts()?));
    blocks.extend([Block::Text(page.central()), Block::Chart(page.supply_and_demand()?)]);
    blocks.extend(page.targets());
    blocks.push(Block::Folded(page.rows()));
    blocks.extend(page.places().map(Block::Folded));
    blocks.extend(page.together());
    blocks.extend(page.limited().map(Block::Text));
    blocks.extend([
        Block::Text(format!("Are these futures enough to know the gap in {}? {}.", run.plan.to, known.enough)),
        Block::Folded(page.convergence()),
    ]);
    Ok(Some(Section { id: "uncertainty", title: "How sure are we?".to_owned(), blocks }))
}

struct Page<'a> {
    run: &'a Run,
    known: &'a Uncertainty,
    main: Story<'a>,
    /// What the main scenario is compared with.
    other: Option<Story<'a>>,
    /// The last year, counted from the baseline.
    end: usize,
}

impl Page<'_> {
    fn method(&self) -> Method {
        self.known.ask.method()
    }

    fn gaps<'s>(&self, of: Story<'s>) -> &'s [f64] {
        of.draws.whole.of(GAP, self.end)
    }

    /// In how many draws the gap at the horizon is closed.
    fn closed(&self, of: Story<'_>) -> Option<Estimate> {
        probability(self.gaps(of), self.method(), |gap| gap <= 0.0)
    }

    /// How much smaller the gap of the main scenario is, draw by draw. Both had the same numbers, so it is the plan's doing.
    fn better_by(&self) -> Option<Vec<f64>> {
        let other = self.gaps(self.other?);
        Some(other.iter().zip(self.gaps(self.main)).map(|(other, main)| other - main).collect())
    }

    /// What matters, in sentences and large figures.
    fn in_words(&self) -> Vec<Block> {
        let year = self.run.plan.to;
        let mut sentences = Vec::new();
        let mut stats = Vec::new();
        for of in std::iter::once(self.main).chain(self.other) {
            let (low, median, high) = points(&of.draws.at_horizon()[GAP]);
            let title = &of.run.title;
            let closed = self.closed(of);
            let is_closed = closed
                .map_or(String::new(), |chance| format!(" It is closed in {}.", odds(chance.value, self.known.draws)));
            sentences.push(format!(
                "{title}, the gap in {year} is between {} and {} in four futures out of five, and {} in the middle one.{is_closed}",
                about(low),
                about(high),
                about(median)
            ));
            stats.push(Stat {
                label: format!("Gap in {year}, {}", lower(title)),
                value: format!("{} to {}", about(low), about(high)),
                note: "FTE, in four futures out of five".to_owned(),
            });
        }
        stats.extend(self.closed(self.main).map(|chance| Stat {
            label: format!("Chance that the gap is closed in {year}, {}", lower(&self.main.run.title)),
            value: short_odds(chance.value, self.known.draws),
            note: with_error(chance),
        }));
        if let Some((chance, by, sentence)) = self.comparison() {
            stats.push(Stat {
                label: format!("Chance that the gap is smaller {}", lower(&self.main.run.title)),
                value: short_odds(chance.value, self.known.draws),
                note: by,
            });
            sentences.push(sentence);
        }
        sentences.push(format!(
            "Each of {} futures gives every uncertain assumption a value from its range, all at once, and works through the \
             years again. The chances rest on those ranges, many of them judgements. What no range allows for is not in them.",
            thousands(self.known.draws as f64)
        ));
        std::iter::once(Block::Stats(stats)).chain(sentences.into_iter().map(Block::Text)).collect()
    }

    /// The chance that the main scenario does better than the other in the same future, and by how much.
    fn comparison(&self) -> Option<(Estimate, String, String)> {
        let other = self.other?;
        let better = self.better_by()?;
        let chance = probability(&better, self.method(), |by| by > 0.0)?;
        let (low, median, high) = points(&Summary::of(&better, self.method(), &mut Scratch::default())?);
        let (low, median, high) = (about(low), about(median), about(high));
        let sentence = format!(
            "Set against each other in the same futures, the gap in {} is smaller {} than {} in {}: by {low} to {high} in four \
             futures out of five, and by {median} in the middle one.",
            self.run.plan.to,
            lower(&self.main.run.title),
            lower(&other.run.title),
            odds(chance.value, self.known.draws),
        );
        let by = format!("than {}: by {low} to {high} FTE in four futures out of five", lower(&other.run.title));
        Some((chance, by, sentence))
    }

    /// Why the middle of the draws is not the figure in the rest of the report.
    fn central(&self) -> String {
        let central: f64 = totals(self.main.run)[self.end].gap_fte.into();
        let wider = probability(self.gaps(self.main), self.method(), |gap| gap > central);
        let wider = wider.map_or(0.0, |wider| wider.value);
        let actions = &self.run.plan.actions;
        let taken = self.run.plan.scenario(&self.main.run.id).map_or(&[][..], |scenario| &scenario.actions);
        let effects: Vec<[f64; 2]> =
            taken.iter().flat_map(|action| &actions[*action].effects).map(|effect| effect.delivered).collect();
        let uncertain = effects.iter().filter(|[low, high]| low < high).count();
        let short = effects.iter().filter(|[low, high]| 1.0 - low > high - 1.0).count();
        let delivery = if short > 0 {
            format!(
                " It takes every action to be delivered in full, while of {uncertain} effects whose delivery is uncertain {short} \
                 can fall further short of that than they can go beyond it."
            )
        } else {
            String::new()
        };
        let median = self.main.draws.at_horizon()[GAP].median().value;
        format!(
            "The rest of this report gives central values. The central gap in {}, {}, is {}, and the median is {}: the gap is \
             wider than the central one in {}. The central value puts every assumption at its stated value. It is one future, and \
             not the middle one, because ranges reach further to one side than to the other.{delivery}",
            self.run.plan.to,
            lower(&self.main.run.title),
            about(central),
            about(median),
            odds(wider, self.known.draws)
        )
    }

    /// The gap of each scenario, on one axis so that they can be compared.
    fn gap_charts(&self) -> Result<Vec<super::chart::Chart>, RunError> {
        let years = year_names(self.run);
        let stories: Vec<Story<'_>> = std::iter::once(self.main).chain(self.other).collect();
        let fans: Vec<Fan> = stories.iter().map(|of| of.fan(GAP, "Gap")).collect();
        let axis = fan::reach(&fans, true);
        let unit = if axis.0 < 0.0 { &format!("{FTE}; below 0 there are more than needed") } else { FTE };
        let chart = |(of, fan): (&Story<'_>, &Fan)| {
            let id = format!("gap-fan-{}", of.run.id);
            fan::fan(&id, &format!("Gap {}", lower(&of.run.title)), &years, fan, axis, unit)
        };
        stories.iter().zip(&fans).map(chart).collect()
    }

    fn supply_and_demand(&self) -> Result<super::chart::Chart, RunError> {
        let title = format!("Demand and supply {}, all staff", lower(&self.main.run.title));
        let fans = [self.main.fan(DEMAND, "Demand"), self.main.fan(SUPPLY, "Supply")];
        fan::two_fans("supply-fan", &title, &year_names(self.run), &fans, FTE)
    }

    /// The chance of every target, beside what central values make of it.
    fn targets(&self) -> Vec<Block> {
        let mut table = Table::words(
            "How likely each target is",
            &["Target", "Aim", "Chance that it is met", "With central values", "In four futures out of five"],
        );
        let (mut met, mut met_but_unlikely) = (0, 0);
        for (scenario, chance) in self
            .known
            .scenarios
            .iter()
            .flat_map(|scenario| scenario.targets.iter().map(move |chance| (scenario, chance)))
        {
            let verdict = self.run.verdicts.iter().find(|verdict| {
                verdict.role == Role::Target && verdict.id == chance.id && verdict.scenario == scenario.id
            });
            let check = self.run.plan.targets.iter().find(|target| target.id == chance.id);
            let (Some(verdict), Some(check)) = (verdict, check) else { continue };
            let is_met = verdict.outcome == Outcome::Met;
            met += usize::from(is_met);
            met_but_unlikely += usize::from(is_met && chance.chance < 0.5);
            let [low, _, high] = chance.figure.map(|figure| write(check, figure));
            table.push(
                if is_met { "met" } else { "missed" },
                vec![
                    target_title(verdict),
                    verdict.expected.clone(),
                    chance_in_words(chance, self.known.draws),
                    format!("{}, {}", verdict.found, verdict.words()),
                    format!("{low} to {high}"),
                ],
            );
        }
        if table.rows.is_empty() {
            return Vec::new();
        }
        let sentence = format!(
            "Of {} targets, central values meet {met}; {}. A target that is what an action sets out to do is met only where nearly \
             all of it is delivered.",
            table.rows.len(),
            match met_but_unlikely {
                0 => "each of those is met in half of the futures or more".to_owned(),
                1 => "one of those is met in fewer than half of the futures".to_owned(),
                more => format!("{more} of those are met in fewer than half of the futures"),
            }
        );
        vec![Block::Text(sentence), Block::Table(table)]
    }

    /// The gap of every staff group and profession.
    fn rows(&self) -> Table {
        let caption = format!(
            "How sure the gap of every profession is, {}, {}, FTE: four futures in five lie between the last two columns",
            self.run.plan.to,
            lower(&self.main.run.title)
        );
        let mut table = Table::numbers(caption, head("Staff"));
        let scenario =
            self.run.scenarios.iter().position(|scenario| scenario.id == self.main.run.id).unwrap_or_default();
        for row in summary(self.run).rows {
            let of = self.main.draws.rows.iter().find(|known| known.of.place.is_none() && known.of.row == row.row);
            let class = match row.row {
                Row::All => "total",
                Row::Group(_) => "group",
                Row::Profession(_) => "",
            };
            if let Some(of) = of {
                table.push(class, self.interval(&row.title, pick(&row.lines[scenario][self.end], GAP), of));
            }
        }
        table
    }

    /// The gap of every place, where the run tells them apart.
    fn places(&self) -> Option<Table> {
        let caption = format!(
            "How sure the gap of every place is, {}, {}, FTE: four futures in five lie between the last two columns",
            self.run.plan.to,
            lower(&self.main.run.title)
        );
        let mut table = Table::numbers(caption, head("Place"));
        for of in self.main.draws.rows.iter().filter(|known| known.of.row == Row::All) {
            let Some(place) = of.of.place else { continue };
            let code: &PlaceCode = &self.run.places[place];
            let name = self.run.plan.shelf.places.get(code).map_or(code.as_str(), |place| &place.name);
            let central = lines(self.main.run, &|cell| cell.place == place)[self.end];
            table.push("", self.interval(name, pick(&central, GAP), of));
        }
        (!table.rows.is_empty()).then_some(table)
    }

    fn interval(&self, title: &str, central: f64, of: &RowDraws) -> Vec<String> {
        let (low, median, high) = points(&of.years[self.end][GAP]);
        let numbers = [central, median, low, high].map(thousands);
        std::iter::once(title.to_owned()).chain(numbers).collect()
    }

    /// Which assumptions move together.
    fn together(&self) -> Vec<Block> {
        let groups = &self.run.plan.dependence;
        let members: usize = groups.iter().map(|group| group.members.len()).sum();
        let all = self.run.plan.uncertain().len();
        let mut blocks = vec![Block::Text(format!(
            "{} assumptions are uncertain. {} of them move together, in {} groups; the others move by themselves.",
            thousands(all as f64),
            thousands(members as f64),
            groups.len()
        ))];
        if !groups.is_empty() {
            let mut table = Table::words("Which assumptions move together", &["Group", "Assumptions", "What and why"]);
            for group in groups {
                let about = group.about.split_whitespace().collect::<Vec<_>>().join(" ");
                table.push("", vec![group.title.clone(), group.members.len().to_string(), about]);
            }
            blocks.push(Block::Folded(table));
        }
        blocks.extend(self.run.plan.repairs.iter().cloned().map(Block::Text));
        blocks
    }

    fn limited(&self) -> Option<String> {
        let limited = self.main.draws.limited;
        (limited.values > 0).then(|| {
            format!(
                "{}: in these futures actions set {} values, and would have taken {} of them ({}) beyond what can be, such as a \
                 share above 1; each was held at the limit.",
                self.main.run.title,
                thousands(limited.of as f64),
                thousands(limited.values as f64),
                percent(limited.values as f64 / limited.of.max(1) as f64)
            )
        })
    }

    /// How the answer settles as draws are added.
    fn convergence(&self) -> Table {
        let caption = format!(
            "How the gap in {}, {}, settles as futures are added, FTE. After ±, the Monte Carlo error: drawn again, a figure \
             would be within twice that 19 times in 20",
            self.run.plan.to,
            lower(&self.main.run.title)
        );
        let head = ["Futures", "Median", "1 in 10 is below", "1 in 10 is above"].map(str::to_owned).to_vec();
        let mut table = Table::numbers(caption, head);
        let gaps = self.gaps(self.main);
        let mut counts: Vec<usize> =
            [8, 4, 2, 1].map(|part| gaps.len() / part).into_iter().filter(|n| *n > 0).collect();
        counts.dedup();
        for count in counts {
            let Some(known) = Summary::of(&gaps[..count], self.method(), &mut Scratch::default()) else { continue };
            let [low, high] = known.interval_80();
            let cell = |figure: Estimate| format!("{} ± {}", thousands(figure.value), thousands(figure.error));
            let class = if count == gaps.len() { "total" } else { "" };
            table.push(class, vec![thousands(count as f64), cell(known.median()), cell(low), cell(high)]);
        }
        table
    }
}

fn head(first: &str) -> Vec<String> {
    [first, "Central value", "Median", "1 in 10 is below", "1 in 10 is above"].map(str::to_owned).to_vec()
}

fn totals(scenario: &ScenarioRun) -> Vec<Line> {
    lines(scenario, &|_| true)
}

fn pick(line: &Line, measure: usize) -> f64 {
    match measure {
        SUPPLY => line.supply_fte.into(),
        DEMAND => line.demand_fte.into(),
        _ => line.gap_fte.into(),
    }
}

/// The 10%, 50% and 90% points.
fn points(of: &Summary) -> (f64, f64, f64) {
    let [low, high] = of.interval_80();
    (low.value, of.median().value, high.value)
}

fn target_title(verdict: &Verdict) -> String {
    if verdict.scenario == PLAN { verdict.title.clone() } else { format!("{} ({})", verdict.title, verdict.scenario) }
}

fn with_error(chance: Estimate) -> String {
    format!("{} of futures, ± {} points", percent(chance.value), percent(chance.error).trim_end_matches('%'))
}

fn chance_in_words(chance: &Chance, draws: usize) -> String {
    format!("{} ({})", short_odds(chance.chance, draws), percent(chance.chance))
}
