//! The inputs of the model: what Muster resolved from the plan and its books, with its sources.

use muster_book::Measure;
use muster_engine::CellYear;

use super::quantity::Quantity;
use super::ranges::students;
use super::writer::{About, Writer};
use crate::export::world::{Axis, World};

/// Every input, by what it is used for.
pub(crate) struct Given {
    pub(crate) people_at_start: Quantity,
    pub(crate) ages_at_start: Quantity,
    pub(crate) leaver_rate: Quantity,
    pub(crate) participation: Quantity,
    pub(crate) joiner_ages: Quantity,
    pub(crate) returner_rate: Quantity,
    pub(crate) wider_rate: Quantity,
    pub(crate) international: Quantity,
    pub(crate) move_amount: Option<Quantity>,
    pub(crate) training: Option<Training>,
    pub(crate) demand_at_start: Quantity,
    pub(crate) skill_mix: Quantity,
    pub(crate) temporary_fill: Quantity,
    pub(crate) earnings: Quantity,
    pub(crate) drivers: Drivers,
    pub(crate) money: Money,
}

/// Inputs of training programmes.
pub(crate) struct Training {
    /// By length of the programme.
    pub(crate) students_at_start: Vec<(usize, Quantity)>,
    pub(crate) starters: Quantity,
    pub(crate) withdrawal: Quantity,
    pub(crate) join_share: Quantity,
    pub(crate) entry_ages: Quantity,
    pub(crate) share_placed: Quantity,
}

/// Inputs of demand.
pub(crate) struct Drivers {
    pub(crate) population: Quantity,
    pub(crate) use_of_care: Quantity,
    pub(crate) other_growth: Quantity,
    pub(crate) productivity_growth: Quantity,
    pub(crate) setting_shift: Quantity,
}

/// Inputs of cost.
pub(crate) struct Money {
    pub(crate) on_cost: Quantity,
    pub(crate) real_pay_growth: Quantity,
    pub(crate) temporary_premium: Quantity,
}

/// Profession, setting and area.
const WHO: [Axis; 3] = [Axis::Profession, Axis::Setting, Axis::Area];

impl Given {
    pub(crate) fn write(writer: &mut Writer<'_>) -> Self {
        let world = writer.world;
        writer
            .group("Inputs: staff in post", &["Who is there at the baseline, and what they do each year.".to_owned()]);
        let people_at_start = {
            let text = derived(
                world,
                "People in post at the close of the baseline year, worked out from staff in post in FTE and hours per person.",
                Measure::StockFte,
            );
            writer.input("people at the start", &WHO, About { units: "people", text: &text }, |at| {
                Some(world.cell(at[0], at[1], at[2]).map_or(0.0, |cell| cell.opening.iter().flatten().sum()))
            })
        };
        let ages_at_start = {
            let text = described(world, Measure::AgeShare);
            let axes = [WHO[0], WHO[1], WHO[2], Axis::Age];
            writer.input("ages at the start", &axes, About { units: "Dmnl", text: &text }, |at| {
                let stage = &world.cell(at[0], at[1], at[2])?.opening[0];
                let people: f64 = stage.iter().sum();
                (people > 0.0).then(|| stage[at[3]] / people)
            })
        };
        let leaver_rate = by_age(writer, "leaver rate", Measure::LeaverRate, |rates| rates.leaver);
        let participation = {
            let text = described(world, Measure::Participation);
            let axes = [WHO[0], WHO[1], WHO[2], Axis::Age, Axis::Year];
            writer.input("FTE per person", &axes, About { units: "FTE/people", text: &text }, |at| {
                let cell = world.cell(at[0], at[1], at[2])?;
                let profile = if at[4] == 0 { cell.opening_participation } else { cell.years[at[4] - 1].participation };
                Some(world.resolved.inputs.profiles.get(profile)[at[3]])
            })
        };
        let joiner_ages = by_age(writer, "ages of joiners", Measure::JoinerAgeShare, |rates| rates.joiner_ages);
        let returner_rate = by_year(writer, "returner rate", Measure::ReturnerRate, "Dmnl", Axis::LaterYear, |rates| {
            rates.returner_rate
        });
        let wider_rate =
            by_year(writer, "wider labour market rate", Measure::WiderMarketRate, "Dmnl", Axis::LaterYear, |rates| {
                rates.wider_market_rate
            });
        let international = {
            let text = described(world, Measure::InternationalHeadcount);
            let axes = [WHO[0], WHO[1], WHO[2], Axis::LaterYear];
            writer.input("international recruits", &axes, About { units: "people", text: &text }, |at| {
                Some(world.cell(at[0], at[1], at[2]).map_or(0.0, |cell| cell.years[at[3]].international_headcount))
            })
        };
        let move_amount = (!world.routes.is_empty()).then(|| {
            let text = format!(
                "The share of those who could move who do; for moves by posts, people.\n{}\n{}",
                described(world, Measure::MoveShare),
                described(world, Measure::MoveHeadcount)
            );
            writer.input(
                "move amount",
                &[Axis::Route, Axis::Area, Axis::LaterYear],
                About { units: "Dmnl", text: &text },
                |at| Some(world.transfer(at[0], at[1]).amount[at[2]]),
            )
        });
        let training = (!world.programmes.is_empty()).then(|| Training::write(writer));
        writer.group("Inputs: demand", &["What is needed at the baseline, and what changes it.".to_owned()]);
        let demand_at_start = {
            let text = described(world, Measure::DemandFte);
            writer.input("demand at the start", &WHO, About { units: "FTE", text: &text }, |at| {
                Some(world.cell(at[0], at[1], at[2]).map_or(0.0, |cell| cell.demand_base_fte))
            })
        };
        let drivers = Drivers::write(writer);
        let skill_mix = {
            let text = derived(world, "Skill mix as a multiple of that of the baseline.", Measure::SkillMix);
            let axes = [WHO[0], WHO[1], WHO[2], Axis::Year];
            writer.input("skill mix", &axes, About { units: "Dmnl", text: &text }, |at| {
                let start = world.cell(at[0], at[1], at[2])?.baseline.skill_mix;
                rates(world, at, at[3], Axis::Year).map(|rates| rates.skill_mix / start)
            })
        };
        writer.group("Inputs: temporary staffing and pay", &["In the prices of the book.".to_owned()]);
        let temporary_fill =
            by_year(writer, "temporary fill", Measure::TemporaryFill, "Dmnl", Axis::Year, |rates| rates.temporary_fill);
        let earnings =
            by_year(writer, "earnings", Measure::EarningsGbp, "GBP/FTE", Axis::Year, |rates| rates.earnings_gbp);
        let money = Money::write(writer);
        Self {
            people_at_start,
            ages_at_start,
            leaver_rate,
            participation,
            joiner_ages,
            returner_rate,
            wider_rate,
            international,
            move_amount,
            training,
            demand_at_start,
            skill_mix,
            temporary_fill,
            earnings,
            drivers,
            money,
        }
    }
}

/// What a measure is, in the words of the book, and where its values come from.
fn described(world: &World<'_>, measure: Measure) -> String {
    let spec = measure.spec();
    derived(world, &format!("{} ({}).", spec.about.trim_end_matches('.'), spec.unit), measure)
}

/// The same for something that was worked out from a measure.
fn derived(world: &World<'_>, about: &str, measure: Measure) -> String {
    let mut text = about.to_owned();
    let (sources, changes) = (world.sources(measure), world.changes(measure));
    if !sources.is_empty() {
        text.push_str(&format!("\nMuster measure {}; sources: {}.", measure.id(), sources.join(", ")));
    }
    if !changes.is_empty() {
        text.push_str(&format!("\nChanged in this scenario by: {}.", changes.join(", ")));
    }
    text
}

/// The rates of a cell in a year of an axis.
fn rates<'w>(world: &'w World<'_>, at: &[usize], year: usize, axis: Axis) -> Option<&'w CellYear> {
    let cell = world.cell(at[0], at[1], at[2])?;
    match (axis, year) {
        (Axis::Year, 0) => Some(&cell.baseline),
        (Axis::Year, year) => cell.years.get(year - 1),
        _ => cell.years.get(year),
    }
}

fn by_age(
    writer: &mut Writer<'_>,
    name: &str,
    measure: Measure,
    of: impl Fn(&CellYear) -> muster_engine::ProfileId,
) -> Quantity {
    let world = writer.world;
    let text = described(world, measure);
    let axes = [WHO[0], WHO[1], WHO[2], Axis::Age, Axis::LaterYear];
    writer.input(name, &axes, About { units: "Dmnl", text: &text }, |at| {
        let rates = rates(world, at, at[4], Axis::LaterYear)?;
        Some(world.resolved.inputs.profiles.get(of(rates))[at[3]])
    })
}

fn by_year(
    writer: &mut Writer<'_>,
    name: &str,
    measure: Measure,
    units: &str,
    years: Axis,
    of: impl Fn(&CellYear) -> f64,
) -> Quantity {
    let world = writer.world;
    let text = described(world, measure);
    let axes = [WHO[0], WHO[1], WHO[2], years];
    writer.input(name, &axes, About { units, text: &text }, |at| rates(world, at, at[3], years).map(&of))
}

impl Training {
    fn write(writer: &mut Writer<'_>) -> Self {
        let world = writer.world;
        writer.group(
            "Inputs: training",
            &["Students at the baseline, and what becomes of them and of those who follow.".to_owned()],
        );
        let students_at_start = world
            .lengths()
            .into_iter()
            .map(|length| {
                let programmes = world.programmes_of(length);
                let axes = [Axis::StudyYear(length), Axis::ProgrammeOf(length), Axis::Area];
                let text = derived(
                    world,
                    "Students at the baseline by year of study: those who started, less those who withdrew.",
                    Measure::TrainingIntake,
                );
                let name = format!("{} at the start", students(length));
                let quantity = writer.input(&name, &axes, About { units: "people", text: &text }, |at| {
                    Some(world.course(programmes[at[1]], at[2]).students[at[0]])
                });
                (length, quantity)
            })
            .collect();
        let axes = [Axis::Programme, Axis::Area, Axis::LaterYear];
        let mut input = |name: &str, text: String, units: &str, get: &dyn Fn(&[usize]) -> f64| {
            writer.input(name, &axes, About { units, text: &text }, |at| Some(get(at)))
        };
        let course = |at: &[usize]| world.course(at[0], at[1]);
        let starters =
            input("starters", described(world, Measure::TrainingIntake), "people", &|at| course(at).intake[at[2]]);
        let text = "Chance of withdrawing in a year, from the share of starters who never finish.";
        let withdrawal = input("withdrawal rate", derived(world, text, Measure::CourseAttrition), "Dmnl", &|at| {
            course(at).withdrawal[at[2]]
        });
        let join_share = input("join share", described(world, Measure::TrainingJoinShare), "Dmnl", &|at| {
            course(at).join_share[at[2]]
        });
        let text = described(world, Measure::EntryAgeShare);
        let entry_ages = writer.input(
            "ages of starters",
            &[Axis::Programme, Axis::Area, Axis::Age],
            About { units: "Dmnl", text: &text },
            |at| Some(world.resolved.inputs.profiles.get(world.course(at[0], at[1]).entry_ages)[at[2]]),
        );
        let text = derived(
            world,
            "The share of those who join from a programme who start in each setting.",
            Measure::SettingShare,
        );
        let share_placed = writer.input(
            "share placed",
            &[Axis::Programme, Axis::Setting, Axis::Area],
            About { units: "Dmnl", text: &text },
            |at| {
                let fills = &world.course(at[0], at[2]).fills;
                let here = |cell: usize| world.resolved.inputs.cells[cell].setting == world.settings[at[1]];
                Some(fills.iter().filter(|(cell, _)| here(*cell)).map(|(_, share)| share).sum())
            },
        );
        Self { students_at_start, starters, withdrawal, join_share, entry_ages, share_placed }
    }
}

impl Drivers {
    fn write(writer: &mut Writer<'_>) -> Self {
        let world = writer.world;
        let place = |area: usize| &world.resolved.inputs.places[area].drivers;
        let setting = |at: usize| world.settings[at].index();
        let mut input = |name: &str, measure: Measure, units: &str, axes: &[Axis], get: &dyn Fn(&[usize]) -> f64| {
            writer.input(name, axes, About { units, text: &described(world, measure) }, |at| Some(get(at)))
        };
        let population =
            input("population", Measure::Population, "citizens", &[Axis::Area, Axis::CitizenAge, Axis::Year], &|at| {
                place(at[0]).population[at[2]][at[1]]
            });
        let use_of_care = input(
            "use of care",
            Measure::UseByAge,
            "care/citizens",
            &[Axis::Setting, Axis::Area, Axis::CitizenAge],
            &|at| place(at[1]).use_by_age[setting(at[0])][at[2]],
        );
        let later = [Axis::Setting, Axis::Area, Axis::LaterYear];
        let other_growth = input("other growth", Measure::OtherGrowth, "Dmnl", &later, &|at| {
            place(at[1]).other_growth[at[2]][setting(at[0])]
        });
        let productivity_growth = input("productivity growth", Measure::ProductivityGrowth, "Dmnl", &later, &|at| {
            place(at[1]).productivity_growth[at[2]][setting(at[0])]
        });
        let setting_shift =
            input("setting shift", Measure::SettingShift, "Dmnl", &[Axis::Setting, Axis::Area, Axis::Year], &|at| {
                place(at[1]).setting_shift[at[2]][setting(at[0])] / place(at[1]).setting_shift[0][setting(at[0])]
            });
        Self { population, use_of_care, other_growth, productivity_growth, setting_shift }
    }
}

impl Money {
    fn write(writer: &mut Writer<'_>) -> Self {
        let world = writer.world;
        let place = |area: usize| &world.resolved.inputs.places[area].money;
        let mut input = |name: &str, measure: Measure, years: Axis, get: &dyn Fn(&[usize]) -> f64| {
            writer.input(name, &[Axis::Area, years], About { units: "Dmnl", text: &described(world, measure) }, |at| {
                Some(get(at))
            })
        };
        let on_cost = input("on cost", Measure::OnCost, Axis::Year, &|at| place(at[0]).on_cost[at[1]]);
        let real_pay_growth = input("real pay growth", Measure::RealPayGrowth, Axis::LaterYear, &|at| {
            place(at[0]).real_pay_growth[at[1]]
        });
        let temporary_premium = input("temporary premium", Measure::TemporaryPremium, Axis::Year, &|at| {
            place(at[0]).temporary_premium[at[1]]
        });
        Self { on_cost, real_pay_growth, temporary_premium }
    }
}
