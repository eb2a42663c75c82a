//! The years of a component of cells, and of a training programme, in every future of a block. The order of a year is that of
//! `step.rs`; demand and cost are those of `demand.rs` and `cost.rs`.

use super::ages::{self, Arrival, Count, Left, NOUGHT, Rates, add, each, multiply, scale};
use super::futures::{Figures, Keep, OpenBlock, SETTINGS, TrainingFigures};
use super::model::{Lanes, Slot};
use super::plan::{Component, Layout, Member, Value};

/// Demand and cost of a cell, apart from supply.
struct Surroundings {
    /// Row of `Scratch::demand` and of `Scratch::cost` at the baseline.
    demand: usize,
    cost: usize,
    /// Demand at the baseline ÷ skill mix at the baseline.
    demand_base_fte: Lanes,
}

impl<'a> OpenBlock<'a> {
    #[inline(always)]
    fn at(&self, slot: Slot) -> &'a Lanes {
        &self.values[slot.0 as usize]
    }

    #[inline(always)]
    fn value(&self, value: Value) -> Lanes {
        scale(self.at(value.slot), value.factor)
    }

    #[inline(always)]
    fn rates(&self, by_age: u32) -> Rates<'a> {
        Rates { values: self.values, slots: &self.layout().by_age[by_age as usize] }
    }

    #[inline(always)]
    fn layout(&self) -> &'a Layout {
        &self.projector.layout
    }

    /// All years of a programme: students go up a year or withdraw; those at the end complete; a new intake starts.
    #[inline(always)]
    pub(super) fn train<K: Keep>(&mut self, i: usize, place: usize, keep: &mut K) {
        let model = &self.projector.model;
        let programme = &model.programmes[i];
        let study_years = programme.students.len();
        // One that feeds cells of this place but belongs to another is kept there.
        let is_kept = programme.place == place;
        let mut in_training = NOUGHT;
        for (year, (slot, factor)) in programme.students.iter().enumerate() {
            let students = scale(self.at(*slot), *factor);
            self.scratch.students[year] = students;
            in_training = add(&in_training, &students);
        }
        if is_kept {
            keep.programme(i, 0, &TrainingFigures { students: in_training, ..TrainingFigures::default() });
        }
        for year in 1..=model.years {
            let withdrawal = self.at(model.slot(programme.withdrawal, year));
            let join_share = self.at(model.slot(programme.join_share, year));
            let intake = scale(self.at(model.slot(programme.intake.series, year)), programme.intake.factor);
            let students = &mut self.scratch.students[..study_years];
            let withdrawn = multiply(&in_training, withdrawal);
            for group in students.iter_mut() {
                *group = each(|lane| group[lane] * (1.0 - withdrawal[lane]));
            }
            students.rotate_right(1);
            let completed = std::mem::replace(&mut students[0], intake);
            let joined = multiply(&completed, join_share);
            in_training = students.iter().fold(NOUGHT, |sum, students| add(&sum, students));
            self.scratch.joined[i * (model.years + 1) + year] = joined;
            if is_kept {
                keep.programme(
                    i,
                    year,
                    &TrainingFigures { students: in_training, intake, withdrawn, completed, joined },
                );
            }
        }
    }

    /// All years of a component.
    #[inline(always)]
    pub(super) fn component<K: Keep>(&mut self, component: &Component, keep: &mut K) {
        for (i, member) in component.members.iter().enumerate() {
            self.prepare(member);
            let count = self.open_member(member);
            self.scratch.opening[i] = count.headcount;
            let surroundings = self.surroundings(member);
            keep.cell(member.cell, 0, &self.figures(member, 0, &surroundings, &count));
        }
        for year in 1..=self.projector.model.years {
            if !component.moves.is_empty() {
                self.scratch.moved_in[..component.members.len()].fill(NOUGHT);
            }
            for (i, member) in component.members.iter().enumerate() {
                if !member.moves.is_empty() {
                    self.send(i, member, component, year);
                }
            }
            for (i, member) in component.members.iter().enumerate() {
                self.close(i, member, year, keep);
            }
        }
    }

    /// People at the baseline.
    #[inline(always)]
    fn open_member(&mut self, member: &Member) -> Count {
        let model = &self.projector.model;
        let people = self.value(member.people);
        let participation = self.rates(member.years[0].participation);
        let mut count = Count::NOBODY;
        for (stage, shape) in model.cells[member.cell].opening.iter().enumerate() {
            let row = &mut self.scratch.rows[member.first_row + stage];
            count.include(&ages::open(row, &people, model.shapes.get(*shape), participation));
        }
        count
    }

    /// The row of a member that is in its last stage. Rows stay where they are while stages go round.
    #[inline(always)]
    fn last_row(member: &Member, year: usize) -> usize {
        member.first_row + (member.stages * year - year) % member.stages
    }

    /// Sends people of a member's last stage on their way, after leavers have left. Each move gets the same part of what it asks for
    /// where together they ask for more people than there are.
    #[inline(always)]
    fn send(&mut self, i: usize, member: &Member, component: &Component, year: usize) {
        let leaver = self.rates(member.years[year].leaver);
        let row = Self::last_row(member, year);
        let there = ages::leave(&mut self.scratch.rows[row], leaver);
        let moves = &component.moves[member.moves.clone()];
        let (mut share, mut posts) = (NOUGHT, NOUGHT);
        for (movement, fraction) in moves.iter().zip(&mut self.scratch.fractions) {
            let amount = movement.amount[year];
            *fraction = scale(&self.values[amount.slot.0 as usize], amount.factor);
            let sum = if movement.is_posts { &mut posts } else { &mut share };
            *sum = add(sum, fraction);
        }
        // What each share and each post is multiplied by to be a fraction of those there.
        let of_shares = each(|lane| {
            let asked = there[lane] * share[lane] + posts[lane];
            if asked > there[lane] { there[lane] / asked } else { 1.0 }
        });
        let of_posts = each(|lane| if there[lane] > 0.0 { of_shares[lane] / there[lane] } else { 0.0 });
        let mut going = NOUGHT;
        for (movement, fraction) in moves.iter().zip(&mut self.scratch.fractions) {
            *fraction = multiply(fraction, if movement.is_posts { &of_posts } else { &of_shares });
            going = add(&going, fraction);
            let incoming = &mut self.scratch.incoming[movement.to];
            let count = ages::send(&self.scratch.rows[row], fraction, movement.is_first, incoming);
            let moved_in = &mut self.scratch.moved_in[movement.to];
            *moved_in = add(moved_in, &count);
        }
        let going = each(|lane| going[lane].min(1.0));
        self.scratch.moved_out[i] = multiply(&there, &going);
        self.scratch.staying[i] = each(|lane| 1.0 - going[lane]);
    }

    /// The rest of a member's year, and its figures.
    #[inline(always)]
    fn close<K: Keep>(&mut self, i: usize, member: &Member, year: usize, keep: &mut K) {
        let years = self.projector.model.years + 1;
        let slots = &member.years[year];
        let (joiner_ages, heads) = &self.layout().ages[slots.joiner_ages as usize];
        let opening = self.scratch.opening[i];
        let per_opening_head = |rate: &Lanes| each(|lane| rate[lane] * opening[lane]);
        let returners = per_opening_head(self.at(slots.returner_rate));
        let wider_market = per_opening_head(self.at(slots.wider_market_rate));
        let international = self.value(slots.international);
        let joiners: Arrival<'_> =
            (each(|lane| returners[lane] + wider_market[lane] + international[lane]), joiner_ages);

        let mut is_entered = member.is_entered;
        let mut newly_qualified = NOUGHT;
        let mut start = None;
        for (n, from) in member.starts.iter().enumerate() {
            let (ages, heads) = &self.layout().ages[from.ages as usize];
            let mut people = NOUGHT;
            for (programme, share) in &from.from {
                let joined = &self.scratch.joined[programme * years + year];
                people = each(|lane| people[lane] + joined[lane] * share);
            }
            newly_qualified = each(|lane| newly_qualified[lane] + people[lane] * heads);
            if n == 0 {
                start = Some((people, ages));
            } else {
                // Few cells have newly qualified of several ages: these go with those who move in.
                let incoming = &mut self.scratch.incoming[i];
                if !is_entered {
                    *incoming = [NOUGHT; ages::AGES];
                    is_entered = true;
                }
                ages::arrive(incoming, (people, ages));
            }
        }

        let closing = self.finish(i, member, year, joiners, start, is_entered);
        let (mut moved_in, mut moved_out) = (NOUGHT, NOUGHT);
        if member.is_entered {
            moved_in = self.scratch.moved_in[i];
        }
        if !member.moves.is_empty() {
            moved_out = self.scratch.moved_out[i];
        }
        let mut figures = self.figures(member, year, &self.surroundings(member), &closing);
        figures.returners = scale(&returners, *heads);
        figures.wider_market = scale(&wider_market, *heads);
        figures.international = scale(&international, *heads);
        figures.newly_qualified = newly_qualified;
        figures.moved_in = moved_in;
        figures.moved_out = moved_out;
        // Whoever was there or came in, and has not moved and is not there, has left. Rounding makes no leavers below nought.
        figures.leavers = each(|lane| {
            let came = newly_qualified[lane] + figures.returners[lane] + figures.wider_market[lane];
            let all = opening[lane] + (came + figures.international[lane] + moved_in[lane]);
            (all - moved_out[lane] - closing.headcount[lane]).max(0.0)
        });
        self.scratch.opening[i] = closing.headcount;
        keep.cell(member.cell, year, &figures);
    }

    /// Everyone of a member leaves, comes in, starts and turns a year older.
    #[inline(always)]
    fn finish(
        &mut self,
        i: usize,
        member: &Member,
        year: usize,
        joiners: Arrival<'_>,
        start: Option<Arrival<'_>>,
        is_entered: bool,
    ) -> Count {
        let participation = self.rates(member.years[year].participation);
        let leaver = self.rates(member.years[year].leaver);
        let scratch = &mut *self.scratch;
        let last = Self::last_row(member, year);
        let mut closing = Count::NOBODY;
        let left = if member.stages > 1 {
            for row in (member.first_row..member.first_row + member.stages).filter(|row| *row != last) {
                let row = &mut scratch.rows[row];
                closing.include(&ages::finish(row, Left::Leaving(leaver), None, [], participation));
            }
            // Those at the end of the last stage have all gone; the row becomes that of the first.
            Left::Share(NOUGHT)
        } else if member.moves.is_empty() {
            Left::Leaving(leaver)
        } else {
            Left::Share(scratch.staying[i])
        };
        let incoming = if is_entered { Some(&scratch.incoming[i]) } else { None };
        let row = &mut scratch.rows[last];
        closing.include(&match start {
            Some(start) => ages::finish(row, left, incoming, [start, joiners], participation),
            None => ages::finish(row, left, incoming, [joiners], participation),
        });
        closing
    }

    #[inline(always)]
    fn surroundings(&self, member: &Member) -> Surroundings {
        let model = &self.projector.model;
        let place = &model.places[member.place];
        let base = self.value(member.demand_base_fte);
        let skill_mix = self.at(member.years[0].skill_mix);
        Surroundings {
            demand: place.drivers * (model.years + 1),
            cost: place.money * (model.years + 1),
            demand_base_fte: each(|lane| base[lane] / skill_mix[lane]),
        }
    }

    /// Demand, temporary staff and cost beside those in post.
    #[inline(always)]
    fn figures(&self, member: &Member, year: usize, surroundings: &Surroundings, count: &Count) -> Figures {
        let model = &self.projector.model;
        let slots = &member.years[year];
        let Count { headcount, fte } = *count;
        let index = &self.scratch.demand[surroundings.demand + year][member.setting];
        let skill_mix = self.at(slots.skill_mix);
        let demand_fte = each(|lane| surroundings.demand_base_fte[lane] * index[lane] * skill_mix[lane]);
        let fill = self.at(slots.temporary_fill);
        let temporary_fte = each(|lane| fill[lane] * (demand_fte[lane] - fte[lane]).max(0.0));
        let cost = multiply(self.at(slots.earnings_gbp), &self.scratch.cost[surroundings.cost + year]);
        let money = &model.money[model.places[member.place].money];
        let premium = self.at(model.slot(money.temporary_premium, year));
        Figures {
            headcount,
            fte,
            demand_fte,
            temporary_fte,
            pay_gbp: multiply(&fte, &cost),
            temporary_gbp: each(|lane| temporary_fte[lane] * cost[lane] * premium[lane]),
            ..Figures::default()
        }
    }

    /// Makes sure that demand and cost are worked out for the place of a member.
    #[inline(always)]
    fn prepare(&mut self, member: &Member) {
        let place = &self.projector.model.places[member.place];
        if !std::mem::replace(&mut self.scratch.has_demand[place.drivers], true) {
            self.demand(place.drivers);
        }
        if !std::mem::replace(&mut self.scratch.has_cost[place.money], true) {
            self.cost(place.money);
        }
    }

    /// Demand by setting and year as a multiple of the baseline, before skill mix: activity ÷ productivity.
    #[inline(always)]
    fn demand(&mut self, drivers: usize) {
        let model = &self.projector.model;
        let first = drivers * (model.years + 1);
        let drivers = &model.drivers[drivers];
        for setting in 0..SETTINGS {
            let mut growth = [1.0; super::model::LANES];
            let mut need_at_baseline = NOUGHT;
            let shift_at_baseline = self.at(model.slot(drivers.setting_shift[setting], 0));
            for (year, population) in drivers.population.iter().enumerate() {
                let mut need = NOUGHT;
                for (people, per_person) in population.iter().zip(&drivers.use_by_age[setting]) {
                    let (people, per_person) = (self.at(*people), self.at(*per_person));
                    need = each(|lane| need[lane] + people[lane] * per_person[lane]);
                }
                if year == 0 {
                    need_at_baseline = need;
                } else {
                    let other = self.at(model.slot(drivers.other_growth[setting], year));
                    let productivity = self.at(model.slot(drivers.productivity_growth[setting], year));
                    growth = each(|lane| growth[lane] * ((1.0 + other[lane]) / (1.0 + productivity[lane])));
                }
                let shift = self.at(model.slot(drivers.setting_shift[setting], year));
                self.scratch.demand[first + year][setting] = each(|lane| {
                    let base = need_at_baseline[lane];
                    let ageing = if base > 0.0 { need[lane] / base } else { 1.0 };
                    ageing * growth[lane] * (shift[lane] / shift_at_baseline[lane])
                });
            }
        }
    }

    /// What an FTE costs in each year as a multiple of earnings.
    #[inline(always)]
    fn cost(&mut self, money: usize) {
        let model = &self.projector.model;
        let first = money * (model.years + 1);
        let money = &model.money[money];
        let mut pay = [1.0; super::model::LANES];
        for year in 0..=model.years {
            if year > 0 {
                let growth = self.at(model.slot(money.real_pay_growth, year));
                pay = each(|lane| pay[lane] * (1.0 + growth[lane]));
            }
            self.scratch.cost[first + year] = multiply(self.at(model.slot(money.on_cost, year)), &pay);
        }
    }
}
