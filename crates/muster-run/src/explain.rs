//! A figure explained: its formula, the numbers in it, the assumptions under it, and where each of them comes from.

use std::collections::BTreeMap;

use muster_book::{
    Ask, Entry, Figure, FigureMeasure, Measure, Passport, Scope, Series, did_you_mean, professions_named,
};
use muster_core::{FinancialYear, PlaceCode, STAFF_AGES, Setting};
use muster_engine::{Cause, demand_index};
use serde::Serialize;

use crate::figure::{JOINING, LEAVING, answer};
use crate::number::{gbp, percent, thousands};
use crate::run::{Run, RunError, ScenarioRun};

/// A number in a formula.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// What it is.
    pub what: String,
    /// How much.
    pub amount: String,
}

/// An assumption that a figure rests on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Basis {
    /// What is assumed.
    pub what: String,
    /// The value, or the first and the number of them.
    pub value: String,
    /// Where it came from.
    #[serde(flatten)]
    pub passport: Passport,
    /// The title of the source.
    pub source_title: String,
    /// Where it is written.
    pub written_at: String,
}

/// A figure explained.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The question, in words.
    pub question: String,
    /// The answer.
    pub answer: String,
    /// How it is worked out.
    pub formula: String,
    /// The numbers in it.
    pub parts: Vec<Part>,
    /// The assumptions under it.
    pub basis: Vec<Basis>,
}

/// What was asked, read from words in any order.
struct Question<'r> {
    scenario: &'r ScenarioRun,
    figure: Figure,
    subject: String,
}

/// Explains `what`: a figure's measure, and any of a profession, group, tag or programme, a setting, a place, a year and a scenario.
pub fn explain(run: &Run, what: &str) -> Result<Explanation, RunError> {
    let question = read(run, what)?;
    let Question { scenario, figure, subject } = &question;
    let value = answer(run, scenario, figure)?;
    let (formula, parts) = working(run, scenario, figure)?;
    let mut text = format!("{} of {subject} in {}", figure.measure.id(), figure.year);
    if let Some(setting) = figure.setting {
        text.push_str(&format!(", {}", setting.title()));
    }
    if let Some(place) = figure.place.as_ref().and_then(|code| run.plan.shelf.places.get(code)) {
        text.push_str(&format!(", {}", place.name));
    }
    text.push_str(&format!(", scenario {}", scenario.id));
    Ok(Explanation {
        question: text,
        answer: written(figure.measure, value),
        formula,
        parts,
        basis: basis(run, scenario, figure),
    })
}

fn written(measure: FigureMeasure, value: f64) -> String {
    if measure.is_share() {
        percent(value)
    } else if measure.is_money() {
        gbp(value)
    } else {
        thousands(value)
    }
}

/// What a word of a question names.
enum Word<'r> {
    Figure(FigureMeasure),
    Year(FinancialYear),
    Setting(Setting),
    Scenario(&'r ScenarioRun),
    Place(PlaceCode),
    Programme(usize),
    /// Professions, and what to call them together.
    Subject(Vec<usize>, String),
}

impl<'r> Word<'r> {
    fn read(run: &'r Run, word: &str) -> Result<Self, RunError> {
        let taxonomy = &run.plan.shelf.taxonomy;
        let place = || word.parse::<PlaceCode>().ok().filter(|code| run.plan.shelf.places.get(code).is_some());
        if let Some(measure) = FigureMeasure::ALL.into_iter().find(|measure| measure.id() == word) {
            return Ok(Self::Figure(measure));
        }
        let named = word.parse().map(Self::Year).or_else(|_| word.parse().map(Self::Setting));
        if let Ok(named) = named {
            return Ok(named);
        }
        if let Some(named) = run.scenario(word).map(Self::Scenario).or_else(|| place().map(Self::Place)) {
            return Ok(named);
        }
        if let Some(programme) = taxonomy.programme(word) {
            return Ok(Self::Programme(programme));
        }
        let title = match (taxonomy.profession(word), taxonomy.group(word)) {
            (Some(profession), _) => taxonomy.professions[profession].title.clone(),
            (_, Some(group)) => taxonomy.groups[group].title.clone(),
            _ => format!("everyone tagged {word}"),
        };
        let found = ["profession", "group", "tag"].map(|what| professions_named(taxonomy, what, word));
        match found.into_iter().find(|found| !found.is_empty()) {
            Some(professions) => Ok(Self::Subject(professions, title)),
            None => Err(RunError::Request(unknown(run, word))),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Figure(_) => "figure",
            Self::Year(_) => "year",
            Self::Setting(_) => "setting",
            Self::Scenario(_) => "scenario",
            Self::Place(_) => "place",
            Self::Programme(_) | Self::Subject(..) => "subject",
        }
    }
}

fn read<'r>(run: &'r Run, what: &str) -> Result<Question<'r>, RunError> {
    let mut measure = None;
    let mut scenario = run.main_scenario();
    let mut figure = Figure::of(FigureMeasure::SupplyFte, run.plan.to);
    let mut subject = "all staff".to_owned();
    let mut kinds: Vec<&str> = Vec::new();
    for text in what.split_whitespace() {
        let word = Word::read(run, text)?;
        if kinds.contains(&word.kind()) {
            return Err(RunError::Request(format!("`{text}` is a second {}: ask for one at a time", word.kind())));
        }
        kinds.push(word.kind());
        match word {
            Word::Figure(named) => measure = Some(named),
            Word::Year(year) => figure.year = year,
            Word::Setting(setting) => figure.setting = Some(setting),
            Word::Scenario(named) => scenario = named,
            Word::Place(place) => figure.place = Some(place),
            Word::Programme(programme) => {
                subject.clone_from(&run.plan.shelf.taxonomy.programmes[programme].title);
                figure.programmes = Some(vec![programme]);
            }
            Word::Subject(professions, title) => {
                subject = title;
                figure.professions = Some(professions);
            }
        }
    }
    let Some(measure) = measure else {
        let list = FigureMeasure::ALL.map(FigureMeasure::id).join(", ");
        return Err(RunError::Request(format!(
            "say what to explain, for example `gap_fte adult-nurses {}`; figures are: {list}",
            run.plan.to
        )));
    };
    Ok(Question { scenario, figure: Figure { measure, ..figure }, subject })
}

fn unknown(run: &Run, word: &str) -> String {
    let taxonomy = &run.plan.shelf.taxonomy;
    let mut known: Vec<&str> = FigureMeasure::ALL.map(FigureMeasure::id).to_vec();
    known.extend(taxonomy.professions.iter().map(|item| item.id.as_str()));
    known.extend(taxonomy.groups.iter().map(|item| item.id.as_str()));
    known.extend(taxonomy.programmes.iter().map(|item| item.id.as_str()));
    known.extend(taxonomy.tags());
    known.extend(run.scenarios.iter().map(|scenario| scenario.id.as_str()));
    let hint = did_you_mean(word, known).map_or(
        "`muster books list figures`, or professions, groups, programmes, places, shows the names".to_owned(),
        |name| format!("did you mean `{name}`?"),
    );
    format!(
        "`{word}` is not a figure, profession, group, programme, setting, place, year or scenario of this run: {hint}"
    )
}

/// The formula and the numbers in it.
fn working(run: &Run, scenario: &ScenarioRun, figure: &Figure) -> Result<(String, Vec<Part>), RunError> {
    let other = |measure: FigureMeasure| -> Result<f64, RunError> {
        answer(run, scenario, &Figure { measure, ..figure.clone() })
    };
    let part = |what: &str, amount: String| Part { what: what.to_owned(), amount };
    Ok(match figure.measure {
        FigureMeasure::SupplyFte | FigureMeasure::SupplyHeadcount => {
            ("in post at the last close + joiners + moves in − leavers − moves out, each cause by itself (and, for FTE, changed hours)".to_owned(), flows(run, scenario, figure)?)
        }
        FigureMeasure::DemandFte => {
            ("demand at the baseline × activity × skill mix ÷ productivity; activity = population by age × use by age × growth that age does not explain × shift between settings".to_owned(), demand_parts(run, scenario, figure)?)
        }
        FigureMeasure::GapFte | FigureMeasure::ShortfallFte => {
            let mut parts = vec![
                part("demand", thousands(other(FigureMeasure::DemandFte)?)),
                part("supply", thousands(other(FigureMeasure::SupplyFte)?)),
                part("shortfalls, where demand is above supply", thousands(other(FigureMeasure::ShortfallFte)?)),
            ];
            parts.extend(demand_parts(run, scenario, figure)?);
            parts.extend(flows(run, scenario, &Figure { measure: FigureMeasure::SupplyFte, ..figure.clone() })?);
            ("demand − supply".to_owned(), parts)
        }
        FigureMeasure::TemporaryFte => {
            ("share of each shortfall that bank and agency staff cover × shortfall".to_owned(), vec![part("shortfall", thousands(other(FigureMeasure::ShortfallFte)?))])
        }
        FigureMeasure::TemporaryShare => (
            "temporary ÷ (permanent + temporary)".to_owned(),
            vec![part("temporary FTE", thousands(other(FigureMeasure::TemporaryFte)?)), part("permanent FTE", thousands(other(FigureMeasure::SupplyFte)?))],
        ),
        FigureMeasure::PayBillGbp => {
            let year = year_of(run, figure)?;
            let sum = |of: fn(&muster_engine::YearResult) -> f64| -> f64 {
                cells(run, scenario, figure).map(|i| of(&scenario.projection.cells[i].years[year])).sum()
            };
            let (permanent, temporary) = (sum(|result| result.pay_gbp), sum(|result| result.temporary_gbp));
            let (fte, temporary_fte) = (other(FigureMeasure::SupplyFte)?, other(FigureMeasure::TemporaryFte)?);
            let each = |gbp: f64, fte: f64| if fte > 0.0 { thousands(gbp / fte) } else { "0".to_owned() };
            let parts = vec![
                part("permanent staff", format!("{} = {} FTE × £{}", gbp(permanent), thousands(fte), each(permanent, fte))),
                part(
                    "temporary staff",
                    format!("{} = {} FTE × £{}", gbp(temporary), thousands(temporary_fte), each(temporary, temporary_fte)),
                ),
            ];
            ("FTE × earnings × on-costs × real pay growth, and the same × premium for temporary staff".to_owned(), parts)
        }
        FigureMeasure::TemporaryGbp => (
            "temporary FTE × earnings × on-costs × real pay growth × premium".to_owned(),
            vec![part("temporary FTE", thousands(other(FigureMeasure::TemporaryFte)?))],
        ),
        FigureMeasure::TrainingGbp | FigureMeasure::RecruitmentGbp | FigureMeasure::SpendGbp => {
            let parts = crate::money::parts(run, scenario, figure)?.into_iter().map(|(line, pounds, quantity)| {
                let each = if quantity > 0.0 {
                    format!(" = {} {} × £{}", thousands(quantity), line.quantity(), thousands(pounds / quantity))
                } else {
                    String::new()
                };
                part(line.title(), format!("{}{each}", gbp(pounds)))
            });
            ("the sum of its lines; each is a number of people times what one of them costs".to_owned(), parts.collect())
        }
        FigureMeasure::LeaverRate => {
            let opening = Figure { measure: FigureMeasure::SupplyHeadcount, year: figure.year + -1, ..figure.clone() };
            let mut parts = vec![part("in post at the start of the year, people", thousands(answer(run, scenario, &opening)?))];
            parts.extend(causes(run, scenario, figure, &LEAVING)?);
            ("people who left the NHS in the year ÷ people in post at its start; a move between professions is not leaving".to_owned(), parts)
        }
        FigureMeasure::LeaversHeadcount => (
            "people in post × the chance of leaving at their age, and completers whom no move takes".to_owned(),
            causes(run, scenario, figure, &LEAVING)?,
        ),
        FigureMeasure::JoinerHeadcount => (
            "newly qualified + returners + wider labour market + international; a move between professions is not joining".to_owned(),
            causes(run, scenario, figure, &JOINING)?,
        ),
        FigureMeasure::InternationalShare => (
            "international joiners ÷ all joiners; a move between professions is not joining".to_owned(),
            causes(run, scenario, figure, &JOINING)?,
        ),
        FigureMeasure::TrainingIntake | FigureMeasure::TrainingCompletions => {
            ("students start in September; each year some withdraw; those left at the end of the last year complete".to_owned(), vec![
                part("starters in the year", thousands(other(FigureMeasure::TrainingIntake)?)),
                part("completions in the year", thousands(other(FigureMeasure::TrainingCompletions)?)),
            ])
        }
    })
}

/// The cells a figure is about.
fn cells<'r>(run: &'r Run, scenario: &'r ScenarioRun, figure: &'r Figure) -> impl Iterator<Item = usize> + 'r {
    let inputs = &scenario.resolved.inputs;
    (0..inputs.cells.len()).filter(move |i| {
        let cell = &inputs.cells[*i];
        figure.place.as_ref().is_none_or(|place| run.plan.shelf.places.is_within(&run.places[cell.place], place))
            && figure.setting.is_none_or(|setting| setting == cell.setting)
            && figure.professions.as_ref().is_none_or(|chosen| chosen.contains(&cell.profession))
    })
}

fn year_of(run: &Run, figure: &Figure) -> Result<usize, RunError> {
    run.year_index(figure.year)
        .ok_or_else(|| RunError::Request(format!("the run's years are {} to {}", run.plan.from, run.plan.to)))
}

fn flows(run: &Run, scenario: &ScenarioRun, figure: &Figure) -> Result<Vec<Part>, RunError> {
    let year = year_of(run, figure)?;
    let people = figure.measure == FigureMeasure::SupplyHeadcount;
    let stock = |year: usize| -> f64 {
        let results = cells(run, scenario, figure).map(|i| &scenario.projection.cells[i].years[year]);
        results.map(|result| if people { result.headcount } else { result.fte }).sum()
    };
    let mut parts = Vec::new();
    if year == 0 {
        parts.push(Part {
            what: "stock at the baseline, as the book states it".to_owned(),
            amount: thousands(stock(0)),
        });
        return Ok(parts);
    }
    parts.push(Part {
        what: format!("in post at the close of {}", figure.year + -1),
        amount: thousands(stock(year - 1)),
    });
    for cause in Cause::ALL {
        let total: f64 = cells(run, scenario, figure)
            .map(|i| scenario.projection.cells[i].years[year].flow(cause))
            .map(|flow| cause.sign() * if people { flow.headcount } else { flow.fte })
            .sum();
        parts.push(Part { what: cause.title().to_owned(), amount: crate::number::signed(total) });
    }
    parts.push(Part { what: format!("in post at the close of {}", figure.year), amount: thousands(stock(year)) });
    Ok(parts)
}

fn causes(run: &Run, scenario: &ScenarioRun, figure: &Figure, list: &[Cause]) -> Result<Vec<Part>, RunError> {
    let year = year_of(run, figure)?;
    let total = |cause: Cause| -> f64 {
        cells(run, scenario, figure).map(|i| scenario.projection.cells[i].years[year].flow(cause).headcount).sum()
    };
    Ok(list
        .iter()
        .map(|cause| Part { what: format!("{}, people", cause.title()), amount: thousands(total(*cause)) })
        .collect())
}

/// Demand by setting: the baseline and the factors that take it to the year.
fn demand_parts(run: &Run, scenario: &ScenarioRun, figure: &Figure) -> Result<Vec<Part>, RunError> {
    let year = year_of(run, figure)?;
    let inputs = &scenario.resolved.inputs;
    let mut by_setting: BTreeMap<Setting, (f64, f64, usize)> = BTreeMap::new();
    for i in cells(run, scenario, figure) {
        let cell = &inputs.cells[i];
        let entry = by_setting.entry(cell.setting).or_insert((0.0, 0.0, cell.place));
        entry.0 += cell.demand_base_fte;
        entry.1 += scenario.projection.cells[i].years[year].demand_fte;
    }
    let mut parts = Vec::new();
    for (setting, (base, now, place)) in by_setting {
        let s = setting.index();
        let drivers = &inputs.places[place].drivers;
        let index = demand_index(drivers)[year][s];
        let product =
            |list: &[[f64; Setting::ALL.len()]]| list[..year].iter().map(|rates| 1.0 + rates[s]).product::<f64>();
        let (other, productivity) = (product(&drivers.other_growth), product(&drivers.productivity_growth));
        let shift = drivers.setting_shift[year][s] / drivers.setting_shift[0][s];
        let ageing = index * productivity / other / shift;
        let skill_mix = if base > 0.0 { now / base / index } else { 1.0 };
        parts.push(Part {
            what: format!("demand, {}", setting.title()),
            amount: format!(
                "{} = {} × {ageing:.4} (population and age) × {other:.4} (other growth) × {shift:.4} (shift) × {skill_mix:.4} (skill mix) ÷ {productivity:.4} (productivity)",
                thousands(now),
                thousands(base)
            ),
        });
    }
    Ok(parts)
}

/// The measures under a figure.
fn measures(measure: FigureMeasure) -> Vec<Measure> {
    const SUPPLY: [Measure; 10] = [
        Measure::StockFte,
        Measure::SettingShare,
        Measure::AgeShare,
        Measure::Participation,
        Measure::LeaverRate,
        Measure::ReturnerRate,
        Measure::WiderMarketRate,
        Measure::InternationalHeadcount,
        Measure::MoveShare,
        Measure::MoveHeadcount,
    ];
    const TRAINING: [Measure; 3] = [Measure::TrainingIntake, Measure::CourseAttrition, Measure::TrainingJoinShare];
    const DEMAND: [Measure; 7] = [
        Measure::DemandFte,
        Measure::SkillMix,
        Measure::OtherGrowth,
        Measure::ProductivityGrowth,
        Measure::SettingShift,
        Measure::Population,
        Measure::UseByAge,
    ];
    const PAY: [Measure; 3] = [Measure::EarningsGbp, Measure::OnCost, Measure::RealPayGrowth];
    let supply = || SUPPLY.into_iter().chain(TRAINING);
    match measure {
        FigureMeasure::SupplyFte | FigureMeasure::SupplyHeadcount => supply().collect(),
        FigureMeasure::DemandFte => DEMAND.to_vec(),
        FigureMeasure::GapFte | FigureMeasure::ShortfallFte => DEMAND.into_iter().chain(supply()).collect(),
        FigureMeasure::TemporaryFte | FigureMeasure::TemporaryShare => {
            [Measure::TemporaryFill].into_iter().chain(DEMAND).chain(supply()).collect()
        }
        FigureMeasure::PayBillGbp => [
            Measure::EarningsGbp,
            Measure::OnCost,
            Measure::RealPayGrowth,
            Measure::TemporaryPremium,
            Measure::TemporaryFill,
        ]
        .into_iter()
        .chain(supply())
        .collect(),
        FigureMeasure::TemporaryGbp => {
            [Measure::TemporaryPremium].into_iter().chain(PAY).chain([Measure::TemporaryFill]).chain(DEMAND).collect()
        }
        FigureMeasure::TrainingGbp => [Measure::TrainingCostGbp].into_iter().chain(TRAINING).collect(),
        FigureMeasure::RecruitmentGbp => [Measure::HiringCostGbp, Measure::InternationalCostGbp]
            .into_iter()
            .chain([Measure::ReturnerRate, Measure::WiderMarketRate, Measure::InternationalHeadcount])
            .chain(TRAINING)
            .collect(),
        FigureMeasure::SpendGbp => [
            Measure::TrainingCostGbp,
            Measure::HiringCostGbp,
            Measure::InternationalCostGbp,
            Measure::TemporaryPremium,
            Measure::TemporaryFill,
        ]
        .into_iter()
        .chain(PAY)
        .chain(supply())
        .collect(),
        FigureMeasure::LeaverRate | FigureMeasure::LeaversHeadcount => {
            vec![Measure::LeaverRate, Measure::AgeShare, Measure::MoveShare]
        }
        FigureMeasure::JoinerHeadcount | FigureMeasure::InternationalShare => {
            [Measure::ReturnerRate, Measure::WiderMarketRate, Measure::InternationalHeadcount]
                .into_iter()
                .chain(TRAINING)
                .collect()
        }
        FigureMeasure::TrainingIntake | FigureMeasure::TrainingCompletions => TRAINING.to_vec(),
    }
}

/// Beyond this many values of one measure in one file, the file is named once.
const MANY: usize = 8;

fn basis(run: &Run, scenario: &ScenarioRun, figure: &Figure) -> Vec<Basis> {
    let mut basis = Vec::new();
    for measure in measures(figure.measure) {
        let used = used(run, figure, measure);
        let mut by_file: BTreeMap<&str, Vec<(&Series, &Entry)>> = BTreeMap::new();
        for (series, entry) in used {
            by_file.entry(&entry.location.file).or_default().push((series, entry));
        }
        for list in by_file.into_values() {
            if list.len() > MANY {
                basis.push(many(run, measure, &list));
            } else {
                basis.extend(list.into_iter().map(|(series, entry)| one(run, series, entry)));
            }
        }
    }
    let Some(stated) = run.plan.scenario(&scenario.id) else { return basis };
    let measures = measures(figure.measure);
    for effect in run.plan.effects(stated) {
        let reached = measures.contains(&effect.measure) && reaches(run, figure, effect.key.scope);
        let Some(value) = effect.at(figure.year).filter(|_| reached) else { continue };
        let how = match effect.how {
            muster_book::Change::Set => "set to",
            muster_book::Change::Add => "raised by",
            muster_book::Change::Multiply => "multiplied by",
        };
        basis.push(Basis {
            what: format!("{}: {} {how}", effect.of, run.plan.shelf.title(effect.measure, &effect.key)),
            value: short(value),
            passport: effect.passport.clone(),
            source_title: source_title(run, &effect.passport.source),
            written_at: run.plan.written_at(&effect.location),
        });
    }
    basis
}

fn short(value: f64) -> String {
    if value.abs() >= 1000.0 { thousands(value) } else { format!("{}", (value * 1e6).round() / 1e6) }
}

fn one(run: &Run, series: &Series, entry: &Entry) -> Basis {
    let range = if entry.low < entry.high {
        format!(" ({} to {})", short(entry.low), short(entry.high))
    } else {
        String::new()
    };
    Basis {
        what: run.plan.shelf.name(series.measure, &series.key),
        value: format!("{}{range} {}", short(entry.value), series.measure.spec().unit),
        passport: (*entry.passport).clone(),
        source_title: source_title(run, &entry.passport.source),
        written_at: run.plan.written_at(&entry.location),
    }
}

fn many(run: &Run, measure: Measure, list: &[(&Series, &Entry)]) -> Basis {
    let (low, high) = list.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (_, entry)| {
        (low.min(entry.value), high.max(entry.value))
    });
    let (series, first) = list[0];
    Basis {
        what: format!("{}, {} values", series.measure.id(), list.len()),
        value: format!("{} to {} {}", short(low), short(high), measure.spec().unit),
        ..one(run, series, first)
    }
}

fn source_title(run: &Run, id: &str) -> String {
    run.plan
        .shelf
        .sources
        .get(id)
        .map_or_else(|| id.to_owned(), |source| format!("{}, {}", source.title, source.publisher))
}

/// Whether a subject is among those a figure is about.
fn reaches(run: &Run, figure: &Figure, scope: Scope) -> bool {
    let taxonomy = &run.plan.shelf.taxonomy;
    let chosen = |profession: usize| figure.professions.as_ref().is_none_or(|list| list.contains(&profession));
    match scope {
        Scope::All => true,
        Scope::Group(group) => {
            (0..taxonomy.professions.len()).any(|i| taxonomy.professions[i].group == group && chosen(i))
        }
        Scope::Profession(profession) => chosen(profession),
        Scope::Move(i) => chosen(taxonomy.moves[i].from) || chosen(taxonomy.moves[i].to),
        Scope::Programme(i) => match &figure.programmes {
            Some(list) => list.contains(&i),
            None => chosen(taxonomy.programmes[i].fills),
        },
    }
}

/// Whether those a figure is about work in a setting that it asks for.
fn works_in(run: &Run, figure: &Figure, setting: Setting) -> bool {
    let professions = run.plan.shelf.taxonomy.professions.iter().enumerate();
    let works = |(i, profession): (usize, &muster_book::Profession)| {
        profession.settings.contains(&setting) && figure.professions.as_ref().is_none_or(|chosen| chosen.contains(&i))
    };
    figure.setting.is_none_or(|asked| asked == setting) && professions.into_iter().any(works)
}

/// The values of a measure that a figure rests on, as they stand in its year.
fn used<'r>(run: &'r Run, figure: &Figure, measure: Measure) -> Vec<(&'r Series, &'r Entry)> {
    let shelf = &run.plan.shelf;
    let place = figure.place.clone().unwrap_or_else(|| run.plan.place.clone());
    let lineage: Vec<PlaceCode> = shelf.places.lineage(&place).cloned().collect();
    let mut found: Vec<(&Series, &Entry)> = Vec::new();
    let year = figure.year;
    let mut keep = |series: Option<&'r Series>| {
        if let Some(series) = series
            && let Some(entry) = series.entry(year)
            && !found.iter().any(|(_, known)| std::ptr::eq(*known, entry))
        {
            found.push((series, entry));
        }
    };
    let scopes: Vec<Vec<Scope>> = match measure.spec().subject {
        muster_book::Subject::Staff => (0..shelf.taxonomy.professions.len())
            .filter(|i| reaches(run, figure, Scope::Profession(*i)))
            .map(|i| shelf.scopes_of_profession(i))
            .collect(),
        muster_book::Subject::Programme => {
            (0..shelf.taxonomy.programmes.len()).map(|i| vec![Scope::Programme(i)]).collect()
        }
        muster_book::Subject::Move => (0..shelf.taxonomy.moves.len()).map(|i| vec![Scope::Move(i)]).collect(),
        muster_book::Subject::Whole => vec![vec![Scope::All]],
    };
    for scopes in scopes.into_iter().filter(|scopes| reaches(run, figure, scopes[0])) {
        for setting in Setting::ALL.map(Some).into_iter().chain([None]) {
            if setting.is_some_and(|setting| !works_in(run, figure, setting)) {
                continue;
            }
            let ask = Ask { measure, scopes: scopes.clone(), setting, lineage: &lineage };
            match measure.spec().ages {
                Some(range) if range == STAFF_AGES => {
                    range.ages().for_each(|age| keep(shelf.find(&ask, Some(age), year)));
                }
                Some(range) => range.ages().step_by(5).for_each(|age| keep(shelf.find(&ask, Some(age), year))),
                None => keep(shelf.find(&ask, None, year)),
            }
        }
    }
    found
}
