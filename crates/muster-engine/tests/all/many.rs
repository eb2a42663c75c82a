//! Many futures at once are each what `project` makes of that future alone, on every instruction set.

use muster_engine::{
    Block, Cause, Figures, Inputs, Keep, LANES, Lanes, Model, ProgrammeYear, Projector, Step, TrainingFigures,
    YearResult, doc_example,
};
use proptest::prelude::*;

use crate::agreement::{A_SALARY_GBP, close};
use crate::properties::projected;
use crate::worlds::worlds;

/// Keeps every figure, by cell or programme and year.
#[derive(Debug, Clone, PartialEq)]
struct Everything {
    cells: Vec<Vec<Figures>>,
    programmes: Vec<Vec<TrainingFigures>>,
}

impl Keep for Everything {
    fn cell(&mut self, cell: usize, year: usize, figures: &Figures) {
        assert_eq!(self.cells[cell].len(), year, "cell {cell} comes with every year once, in order");
        self.cells[cell].push(*figures);
    }

    fn programme(&mut self, programme: usize, year: usize, figures: &TrainingFigures) {
        assert_eq!(
            self.programmes[programme].len(),
            year,
            "programme {programme} comes with every year once, in order"
        );
        self.programmes[programme].push(*figures);
    }
}

impl Everything {
    fn of(projector: &Projector, block: &Block) -> Self {
        let model = projector.model();
        let mut kept =
            Self { cells: vec![Vec::new(); model.cells.len()], programmes: vec![Vec::new(); model.programmes.len()] };
        projector.open(block, &mut projector.scratch()).all(&mut kept);
        kept
    }

    /// Every number of a lane, in order.
    fn bits(&self, lane: usize) -> Vec<u64> {
        let cells = self.cells.iter().flatten().flat_map(|figures| of_cell(figures).map(|(_, lanes)| lanes[lane]));
        let courses =
            self.programmes.iter().flatten().flat_map(|figures| of_course(figures).map(|(_, lanes)| lanes[lane]));
        cells.chain(courses).map(f64::to_bits).collect()
    }
}

fn of_cell(figures: &Figures) -> [(&'static str, Lanes); 13] {
    [
        ("headcount", figures.headcount),
        ("FTE", figures.fte),
        ("demand", figures.demand_fte),
        ("temporary staff", figures.temporary_fte),
        ("pay", figures.pay_gbp),
        ("cost of temporary staff", figures.temporary_gbp),
        ("leavers", figures.leavers),
        ("moved out", figures.moved_out),
        ("moved in", figures.moved_in),
        ("newly qualified", figures.newly_qualified),
        ("returners", figures.returners),
        ("wider labour market", figures.wider_market),
        ("international", figures.international),
    ]
}

/// The same figures of the judge, in the same order, each with the scale on which it is rounded.
fn of_judge(result: &YearResult, before: f64) -> [(f64, f64); 13] {
    let flow = |cause| result.flow(cause).headcount;
    let people = result.headcount + before + flow(Cause::MovedIn) + flow(Cause::MovedOut);
    let fte = result.fte + result.demand_fte;
    let pounds = result.pay_gbp + result.temporary_gbp + A_SALARY_GBP;
    [
        (result.headcount, people),
        (result.fte, fte),
        (result.demand_fte, fte),
        (result.temporary_fte, fte),
        (result.pay_gbp, pounds),
        (result.temporary_gbp, pounds),
        (flow(Cause::LeaverUnder55) + flow(Cause::Leaver55AndOver), people),
        (flow(Cause::MovedOut), people),
        (flow(Cause::MovedIn), people),
        (flow(Cause::NewlyQualified), people),
        (flow(Cause::Returner), people),
        (flow(Cause::WiderLabourMarket), people),
        (flow(Cause::International), people),
    ]
}

fn of_course(figures: &TrainingFigures) -> [(&'static str, Lanes); 5] {
    [
        ("students", figures.students),
        ("intake", figures.intake),
        ("withdrawn", figures.withdrawn),
        ("completed", figures.completed),
        ("joined", figures.joined),
    ]
}

/// Asserts that a lane is what the judge says of its inputs.
fn judge(kept: &Everything, lane: usize, inputs: &Inputs) {
    let judged = projected(inputs);
    for (i, (years, cell)) in kept.cells.iter().zip(&judged.cells).enumerate() {
        assert_eq!(years.len(), cell.years.len());
        for (year, (figures, result)) in years.iter().zip(&cell.years).enumerate() {
            let before = if year > 0 { cell.years[year - 1].headcount } else { 0.0 };
            for ((what, lanes), (figure, scale)) in of_cell(figures).into_iter().zip(of_judge(result, before)) {
                close(&format!("{what} of cell {i} in year {year}, lane {lane}"), lanes[lane], figure, scale);
            }
        }
    }
    for (i, (years, course)) in kept.programmes.iter().zip(&judged.programmes).enumerate() {
        assert_eq!(years.len(), course.len());
        for (year, (figures, result)) in years.iter().zip(course).enumerate() {
            let ProgrammeYear { students, intake, withdrawn, completed, joined } = *result;
            let result = [students, intake, withdrawn, completed, joined];
            for ((what, lanes), figure) in of_course(figures).into_iter().zip(result) {
                close(&format!("{what} of programme {i} in year {year}, lane {lane}"), lanes[lane], figure, students);
            }
        }
    }
}

/// Makes every value of a block a little less, by another share in every lane but the first. Less is still in the bounds of a rate.
fn perturb(block: &mut Block) {
    for (slot, lanes) in block.values.iter_mut().enumerate() {
        for (lane, value) in lanes.iter_mut().enumerate().skip(1) {
            let share = ((slot * 7 + lane * 13) % 32) as f64 / 31.0;
            *value *= 1.0 - 0.4 * share;
        }
    }
}

fn yearly(mut inputs: Inputs) -> Inputs {
    inputs.step = Step::Year;
    inputs
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_lane_is_what_the_judge_makes_of_it_alone(world in worlds()) {
        let (model, mut block) = Model::of(&yearly(world.inputs()));
        perturb(&mut block);
        let projector = Projector::new(model).unwrap();
        let kept = Everything::of(&projector, &block);
        for lane in 0..LANES {
            judge(&kept, lane, &projector.model().inputs(&block, lane));
        }
    }

    #[test]
    fn the_bits_are_the_same_on_every_instruction_set(world in worlds()) {
        let (model, mut block) = Model::of(&yearly(world.inputs()));
        perturb(&mut block);
        let projector = Projector::new(model).unwrap();
        let best = Everything::of(&projector, &block);
        let plain = Everything::of(&projector.on_baseline_instructions(), &block);
        for lane in 0..LANES {
            prop_assert_eq!(best.bits(lane), plain.bits(lane));
        }
    }

    #[test]
    fn no_lane_touches_another(world in worlds(), changed in 0..LANES) {
        let (model, mut block) = Model::of(&yearly(world.inputs()));
        perturb(&mut block);
        let projector = Projector::new(model).unwrap();
        let before = Everything::of(&projector, &block);
        for lanes in &mut block.values {
            lanes[changed] *= 0.5;
        }
        let after = Everything::of(&projector, &block);
        for lane in (0..LANES).filter(|lane| *lane != changed) {
            prop_assert_eq!(before.bits(lane), after.bits(lane));
        }
        prop_assert_ne!(before.bits(changed), after.bits(changed));
    }

    #[test]
    fn places_one_by_one_are_all_places(world in worlds()) {
        let (model, mut block) = Model::of(&yearly(world.inputs()));
        perturb(&mut block);
        let projector = Projector::new(model).unwrap();
        let together = Everything::of(&projector, &block);
        let model = projector.model();
        let mut apart = Everything {
            cells: vec![Vec::new(); model.cells.len()],
            programmes: vec![Vec::new(); model.programmes.len()],
        };
        // Room that another block has been in leaves nothing behind.
        let mut scratch = projector.scratch();
        let mut other = block.clone();
        other.values.iter_mut().flatten().for_each(|value| *value *= 0.9);
        projector.open(&other, &mut scratch).all(&mut apart.clone());
        let mut open = projector.open(&block, &mut scratch);
        for place in (0..model.places.len()).rev() {
            open.place(place, &mut apart);
        }
        for lane in 0..LANES {
            prop_assert_eq!(together.bits(lane), apart.bits(lane));
        }
    }
}

#[test]
fn a_model_that_does_not_hang_together_is_refused_with_the_place_of_the_fault() {
    let refused = |words: &str, spoil: fn(&mut Model)| {
        let (mut model, _) = Model::of(&doc_example());
        spoil(&mut model);
        let error = Projector::new(model).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    };
    refused("months", |model| model.step = Step::Month);
    refused("place 0", |model| model.places[0].drivers = 1);
    refused("drivers 0", |model| model.drivers[0].population.truncate(1));
    refused("cell 0", |model| model.cells[0].opening.clear());
    refused("cell 0", |model| model.cells[0].place = 9);
}
