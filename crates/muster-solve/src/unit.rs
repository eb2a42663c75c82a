//! Units: one lever, of one thing, in one place and year. They are the variables of the program.

use muster_book::{Moves, Question, Taxonomy};

use crate::world::{Outcome, World};

/// What a unit moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// A lever of the question.
    Of(Moves),
    /// Work, from one profession to another.
    Shift,
}

/// One lever, of one thing, in one place and year.
///
/// Its amount is what it adds to the scenario: people, posts, the share taken off a leaver rate, or FTE of work that pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit {
    /// What it moves.
    pub what: What,
    /// Index of the programme, profession, move or substitution.
    pub of: usize,
    /// Index of the place.
    pub place: usize,
    /// The year, counted from the baseline.
    pub year: usize,
    /// Index of the lever in the question; of the substitution for a shift.
    pub lever: usize,
    /// The step of the cut, for retention.
    pub band: usize,
}

impl Unit {
    /// Whether a planner would see the same thing in another year or step.
    pub fn same_thing(&self, other: &Self) -> bool {
        (self.what, self.of, self.place) == (other.what, other.of, other.place)
    }

    /// The thing it moves, by its id.
    pub fn id<'t>(&self, taxonomy: &'t Taxonomy, question: &'t Question) -> &'t str {
        match self.what {
            What::Of(Moves::Intake) => &taxonomy.programmes[self.of].id,
            What::Of(Moves::Posts) => &taxonomy.moves[self.of].id,
            What::Of(_) => &taxonomy.professions[self.of].id,
            What::Shift => &question.substitutions[self.of].task,
        }
    }

    /// The thing it moves, by its title.
    pub fn title(&self, taxonomy: &Taxonomy, question: &Question) -> String {
        match self.what {
            What::Of(Moves::Intake) => format!("{}, starters", taxonomy.programmes[self.of].title),
            What::Of(Moves::International) => format!("{}, recruits from abroad", taxonomy.professions[self.of].title),
            What::Of(Moves::Domestic) => {
                format!("{}, joiners from the wider labour market", taxonomy.professions[self.of].title)
            }
            What::Of(Moves::Retention) => format!("{}, leaver rate", taxonomy.professions[self.of].title),
            What::Of(Moves::Posts) => format!("{}, posts", taxonomy.moves[self.of].title),
            What::Shift => {
                let s = &question.substitutions[self.of];
                let name = |i: usize| &taxonomy.professions[i].title;
                format!("{}, from {} to {}", s.task, name(s.from), name(s.to))
            }
        }
    }

    /// What an amount of it is counted in.
    pub fn counted_in(&self) -> &'static str {
        match self.what {
            What::Of(Moves::Intake) => "starters",
            What::Of(Moves::International | Moves::Domestic) => "people",
            What::Of(Moves::Retention) => "of the leaver rate",
            What::Of(Moves::Posts) => "posts",
            What::Shift => "FTE of work",
        }
    }
}

/// Every unit that a question allows, in a fixed order: place by place, lever by lever, thing by thing, year by year.
pub(crate) fn units(world: &World<'_>, base: &Outcome) -> Vec<Unit> {
    let question = world.question;
    let first = usize::try_from(question.from.years_since(world.plan.from)).unwrap_or(1).max(1);
    let mut list = Vec::new();
    for place in 0..world.places() {
        let mut taken: Vec<(Moves, usize)> = Vec::new();
        for (lever, spec) in question.levers.iter().enumerate() {
            let first = first + usize::try_from(spec.lead_years).unwrap_or(0);
            for of in &spec.of {
                if taken.contains(&(spec.moves, *of)) || !is_there(world, spec.moves, place, *of, base) {
                    continue;
                }
                taken.push((spec.moves, *of));
                for year in first..=world.years() {
                    for band in 0..spec.bands.len().max(1) {
                        list.push(Unit { what: What::Of(spec.moves), of: *of, place, year, lever, band });
                    }
                }
            }
        }
        for (of, substitution) in question.substitutions.iter().enumerate() {
            for year in first..=world.years() {
                let demand = |profession| base.demand[world.at(place, profession)][year];
                let who = [Some(substitution.to), substitution.supervision.map(|(who, _)| who)];
                if demand(substitution.from) > 0.0 && who.into_iter().flatten().all(|who| demand(who) > 0.0) {
                    list.push(Unit { what: What::Shift, of, place, year, lever: of, band: 0 });
                }
            }
        }
    }
    list
}

/// Whether there is anything to move.
fn is_there(world: &World<'_>, moves: Moves, place: usize, of: usize, base: &Outcome) -> bool {
    let taxonomy = &world.plan.shelf.taxonomy;
    let people = |profession: usize| base.headcount[world.at(place, profession)][0] > 0.0;
    match moves {
        Moves::Intake => world.programme(place, of).is_some(),
        Moves::Posts => people(taxonomy.moves[of].from),
        _ => people(of),
    }
}
