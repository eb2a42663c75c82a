//! The books and the plan of this repository: complete, conserving people, adding up, and true to the publications they name.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use muster_book::{Assumption, COUNTERFACTUAL, Measure, PLAN, Plan, Scope, Series, Side};
use muster_core::{Age, FinancialYear, PlaceKind, Setting};
use muster_draws::sampler::Method;
use muster_engine::{Cause, Cell, Inputs, Projection, YearResult};

use crate::small::{code, listed, projected, resolved, runs};

static LTWP: LazyLock<Plan> = LazyLock::new(|| {
    Plan::read(&root().join("plans/ltwp-2023")).unwrap_or_else(|found| panic!("the plan reads:\n{}", listed(&found)))
});

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn relative(found: f64, expected: f64) -> f64 {
    (found - expected).abs() / expected.abs().max(1e-300)
}

fn sum(projection: &Projection, year: usize, of: impl Fn(&YearResult) -> f64) -> f64 {
    projection.cells.iter().map(|cell| of(&cell.years[year])).sum()
}

// The plan and its places

#[test]
fn there_are_the_professions_and_places_that_the_plan_of_2023_speaks_of() {
    let taxonomy = &LTWP.shelf.taxonomy;
    assert!(taxonomy.professions.len() >= 52, "{} professions", taxonomy.professions.len());
    assert_eq!(taxonomy.groups.len(), 8);
    let places = |kind| LTWP.shelf.places.of_kind(kind).count();
    assert_eq!((places(PlaceKind::Region), places(PlaceKind::System)), (7, 42));
    let idle = (0..taxonomy.groups.len()).find(|group| !taxonomy.professions.iter().any(|of| of.group == *group));
    assert_eq!(idle, None, "every group has a profession");
}

#[test]
fn every_system_belongs_to_a_region_and_every_trust_to_a_system() {
    let places = &LTWP.shelf.places;
    for place in places.iter().filter(|place| place.kind != PlaceKind::Country) {
        let above = places.get(place.parent.as_ref().unwrap()).unwrap().kind;
        let expected = match place.kind {
            PlaceKind::Region => PlaceKind::Country,
            PlaceKind::System => PlaceKind::Region,
            _ => PlaceKind::System,
        };
        assert_eq!(above, expected, "{} {}", place.code, place.name);
    }
}

#[test]
fn every_scenario_resolves_and_projects_for_england() {
    for scenario in &LTWP.scenarios {
        let projection = projected(&LTWP, &scenario.id, &[code("ENG")]);
        assert_eq!(projection.outside_headcount.len(), 16);
    }
}

#[test]
fn shares_of_the_systems_add_to_england() {
    let mut wholes: BTreeMap<(Setting, Scope), f64> = BTreeMap::new();
    for series in LTWP.shelf.series().filter(|series| series.measure == Measure::PlaceShare) {
        *wholes.entry((series.key.setting.unwrap(), series.key.scope)).or_default() += series.entries[0].value;
    }
    for ((setting, scope), whole) in &wholes {
        assert!((whole - 1.0).abs() < 1e-9, "{} in {setting}: {whole}", LTWP.shelf.subject(*scope));
    }
    assert_eq!(wholes.keys().filter(|(_, scope)| *scope == Scope::All).count(), Setting::ALL.len());
    assert!(wholes.keys().any(|(_, scope)| matches!(scope, Scope::Group(_))), "staff groups have shares of their own");
}

/// A number of a result or an input.
type Of<T> = fn(&T) -> f64;

/// How far the systems together may be from England as one, relative to England: only by rounding.
const EXACT: f64 = 1e-9;

/// The same for temporary staff, who cover shortfalls cell by cell: a surplus in one system does not fill a gap in another, so systems
/// together need a little more than England as one.
const TEMPORARY: f64 = 0.015;

#[test]
fn people_are_conserved_and_systems_add_up_to_england() {
    let [england, systems] = runs(&LTWP);
    assert_eq!(systems.len(), 42);
    for scenario in [PLAN, COUNTERFACTUAL] {
        let [england, systems] = [&england, &systems].map(|places| projected(&LTWP, scenario, places));
        for projection in [&england, &systems] {
            conserves_people(projection);
        }
        for year in 0..england.outside_headcount.len() {
            let measures: [(&str, Of<YearResult>, f64); 5] = [
                ("headcount", |result| result.headcount, EXACT),
                ("FTE", |result| result.fte, EXACT),
                ("demand", |result| result.demand_fte, EXACT),
                ("pay", |result| result.pay_gbp, EXACT),
                ("temporary staff", |result| result.temporary_fte, TEMPORARY),
            ];
            for (what, of, apart) in measures {
                let (parts, whole) = (sum(&systems, year, of), sum(&england, year, of));
                assert!(relative(parts, whole) < apart, "{what} of {scenario}, year {year}: {parts} and {whole}");
            }
            let temporary = |projection| sum(projection, year, |result| result.temporary_fte);
            assert!(temporary(&systems) >= temporary(&england) * (1.0 - EXACT), "systems need more, never less");
        }
    }
}

#[test]
fn what_is_shared_between_systems_adds_up_exactly() {
    let [england, systems] = runs(&LTWP).map(|places| resolved(&LTWP, PLAN, &places).inputs);
    for profession in 0..LTWP.shelf.taxonomy.professions.len() {
        let total = |inputs: &Inputs, of: fn(&Cell) -> f64| -> f64 {
            inputs.cells.iter().filter(|cell| cell.profession == profession).map(of).sum()
        };
        let amounts: [(&str, Of<Cell>); 3] = [
            ("people", |cell| cell.opening.iter().flatten().sum()),
            ("demand", |cell| cell.demand_base_fte),
            ("people from abroad", |cell| cell.years.iter().map(|year| year.international_headcount).sum()),
        ];
        for (what, of) in amounts {
            let (parts, whole) = (total(&systems, of), total(&england, of));
            let title = &LTWP.shelf.taxonomy.professions[profession].title;
            assert!((parts - whole).abs() <= EXACT * whole.max(1.0), "{what}, {title}: {parts} and {whole}");
        }
    }
    for programme in 0..LTWP.shelf.taxonomy.programmes.len() {
        let total = |inputs: &Inputs| -> f64 {
            let here = inputs.programmes.iter().filter(|here| here.programme == programme);
            here.flat_map(|here| here.intake.iter().chain(&here.students)).sum()
        };
        let (parts, whole) = (total(&systems), total(&england));
        assert!((parts - whole).abs() <= EXACT * whole.max(1.0), "{parts} and {whole}");
    }
}

/// Opening + in − out = closing, in every cell and year, and nobody vanishes from the whole.
fn conserves_people(projection: &Projection) {
    for cell in &projection.cells {
        for pair in cell.years.windows(2) {
            let net: f64 = Cause::ALL.iter().map(|cause| cause.sign() * pair[1].flow(*cause).headcount).sum();
            assert!((pair[0].headcount + net - pair[1].headcount).abs() < 1e-6);
            assert!(Cause::ALL.iter().all(|cause| *cause == Cause::Hours || pair[1].flow(*cause).headcount >= 0.0));
        }
    }
    let everyone = |year: usize| -> f64 {
        let students: f64 = projection.programmes.iter().map(|programme| programme[year].students).sum();
        sum(projection, year, |result| result.headcount) + students + projection.outside_headcount[year]
    };
    for year in 0..projection.outside_headcount.len() {
        assert!(relative(everyone(year), everyone(0)) < 1e-9, "year {year}");
        let moved = |cause: Cause| sum(projection, year, |result| result.flow(cause).headcount);
        assert!(
            (moved(Cause::MovedIn) - moved(Cause::MovedOut)).abs() < 1e-6,
            "whoever moves out moves in, year {year}"
        );
    }
}

// Sources

#[test]
fn every_source_cited_exists_and_every_source_is_cited() {
    let mut cited: BTreeSet<String> = BTreeSet::new();
    cited.extend(LTWP.shelf.series().flat_map(|series| &series.entries).map(|entry| entry.passport.source.clone()));
    for action in &LTWP.actions {
        cited.insert(action.source.clone());
        cited.extend(action.effects.iter().map(|effect| effect.passport.source.clone()));
    }
    cited.extend(
        LTWP.scenarios.iter().flat_map(|scenario| &scenario.changes).map(|change| change.passport.source.clone()),
    );
    cited.extend(LTWP.targets.iter().chain(&LTWP.checks).map(|check| check.source.clone()));
    cited.extend(LTWP.shelf.books.iter().flat_map(|book| &book.calibrated).map(|calibrated| calibrated.source.clone()));
    cited.extend(LTWP.dependence.iter().map(|group| group.passport.source.clone()));
    let places = table(&root().join("books/england/places.csv"));
    cited.extend(places.iter().map(|row| row["source"].clone()).filter(|source| !source.is_empty()));

    let known: BTreeSet<String> = LTWP.shelf.sources.keys().cloned().collect();
    let unknown: Vec<_> = cited.difference(&known).collect();
    assert!(unknown.is_empty(), "cited, and no file in sources/: {unknown:?}");
    // Notes in books and plans may cite a source that no single number rests on.
    let noted = ["books", "plans"].iter().flat_map(|folder| files_below(&root().join(folder), "toml"));
    let notes: String = noted.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    // The plans that `muster solve` writes cite this one.
    cited.insert("muster-solve".to_owned());
    let idle: Vec<_> = known.difference(&cited).filter(|source| !notes.contains(source.as_str())).collect();
    assert!(idle.is_empty(), "in sources/, and never cited: {idle:?}");
}

#[test]
fn what_moves_together_can_and_says_why() {
    assert!(LTWP.repairs.is_empty(), "{:?}", LTWP.repairs);
    let groups: Vec<(&str, usize)> =
        LTWP.dependence.iter().map(|group| (group.id.as_str(), group.members.len())).collect();
    let of = |measure| LTWP.uncertain().iter().filter(|found| is_of(found, measure)).count();
    let priced = LTWP.uncertain_prices();
    let prices =
        |measures: &[Measure]| priced.iter().filter(|of| measures.iter().any(|measure| is_of(of, *measure))).count();
    let expected = [
        ("labour-market", of(Measure::LeaverRate) + of(Measure::ReturnerRate) + of(Measure::WiderMarketRate)),
        ("hours", of(Measure::Participation)),
        ("recruits-from-abroad", of(Measure::InternationalHeadcount)),
        ("training-outcomes", of(Measure::CourseAttrition) + of(Measure::TrainingJoinShare)),
        ("growth-of-work", of(Measure::OtherGrowth) + of(Measure::ProductivityGrowth)),
        ("earnings", of(Measure::EarningsGbp)),
        ("training-costs", prices(&[Measure::TrainingCostGbp])),
        ("recruitment-costs", prices(&[Measure::HiringCostGbp, Measure::InternationalCostGbp])),
        ("training-places", 20),
        ("new-roles", 9),
    ];
    assert_eq!(groups, expected, "no member is lost, and none is added");
    for group in &LTWP.dependence {
        assert!(LTWP.shelf.sources.contains_key(&group.passport.source), "{}", group.id);
        assert!(group.passport.why.contains("No estimate"), "{} owns up to being judged", group.id);
    }
}

#[test]
fn the_plan_draws_each_of_its_uncertain_assumptions_under_a_name_of_its_own() {
    let sampler = LTWP.sampler(2023, Method::Sobol).unwrap_or_else(|misfit| panic!("{misfit}"));
    let uncertain = LTWP.uncertain();
    assert_eq!(sampler.variables().len(), uncertain.len());
    for (variable, assumption) in sampler.variables().iter().zip(&uncertain) {
        assert_eq!(variable.name, LTWP.assumption_id(assumption));
        let wanders = variable.path != muster_draws::sampler::Path::Fixed;
        assert_eq!(wanders, is_of(assumption, Measure::InternationalHeadcount), "{}", variable.name);
    }
}

fn is_of(assumption: &Assumption, measure: Measure) -> bool {
    matches!(assumption, Assumption::Stated(found, ..) if *found == measure)
}

#[test]
fn every_calibrated_assumption_names_the_file_that_holds_it() {
    for book in &LTWP.shelf.books {
        assert!(!book.calibrated.is_empty());
        for calibrated in &book.calibrated {
            assert!(book.folder.join(&calibrated.file).is_file(), "{}", calibrated.file);
            let measure = calibrated.assumption.split([' ', ',']).next().unwrap();
            assert!(Measure::named(measure).is_some(), "{} begins with the name of a measure", calibrated.assumption);
        }
    }
}

fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = entries
        .flat_map(|path| if path.is_dir() { files_below(&path, extension) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    found.sort();
    found
}

// The publications, where they are at hand

/// The folder of the publications that the books were made from: named by `MUSTER_PUBLICATIONS`, or beside the repository.
fn publications() -> Option<PathBuf> {
    let folder = std::env::var_os("MUSTER_PUBLICATIONS").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    if !folder.is_dir() {
        println!("skipped: the publications are not at hand");
        return None;
    }
    Some(folder)
}

type Row = BTreeMap<String, String>;

/// The rows of a table, which may be compressed, and whose cells are parted by tabs where its name says so.
fn table(path: &Path) -> Vec<Row> {
    let name = path.to_string_lossy().into_owned();
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut text = Vec::new();
    if path.extension().is_some_and(|extension| extension == "gz") {
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut text).unwrap();
    } else {
        text = bytes;
    }
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&text);
    let delimiter = if name.contains(".tsv") { b'\t' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text);
    reader.deserialize().collect::<Result<_, _>>().unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn number(row: &Row, column: &str) -> f64 {
    row[column].parse().unwrap_or(0.0)
}

/// People in England by calendar year and age, 90 for 90 and over, as projected from 2018.
fn projected_population(publications: &Path) -> BTreeMap<(i16, Age), f64> {
    let mut people = BTreeMap::new();
    for row in table(&publications.join("population/NM_2009_1_59d6a992314f6af6217f50ae9514e5a5.tsv.gz")) {
        if row["GEOGRAPHY_CODE"] == "E92000001" {
            // Code 1 is age 0; codes from 91 are 90 and over.
            let age = row["C_AGE"].parse::<Age>().unwrap().saturating_sub(1).min(90);
            *people.entry((row["PROJECTED_YEAR_NAME"].parse().unwrap(), age)).or_default() += number(&row, "OBS_VALUE");
        }
    }
    people
}

/// What the book states of a measure, for one subject, setting, age and place.
fn stated(
    measure: Measure,
    scope: Scope,
    setting: Option<Setting>,
    age: Option<Age>,
    place: Option<&str>,
    year: i16,
) -> f64 {
    let is_it = |series: &&Series| {
        series.measure == measure
            && series.key.scope == scope
            && series.key.setting == setting
            && series.key.place.as_ref().map(muster_core::PlaceCode::as_str) == place
            && series.key.ages.is_none_or(|ages| age.is_some_and(|age| ages.contains(age)))
    };
    let series = LTWP
        .shelf
        .series()
        .find(is_it)
        .unwrap_or_else(|| panic!("{measure:?} {scope:?} {setting:?} {age:?} {place:?}"));
    series.at(FinancialYear::starting(year), Side::Central).unwrap()
}

#[test]
fn the_population_is_that_of_the_principal_projection() {
    let Some(publications) = publications() else { return };
    let people = projected_population(&publications);
    for year in 2021..=2035 {
        for age in 0..=90 {
            let here = stated(Measure::Population, Scope::All, None, Some(age), None, year);
            assert!(
                (here - people[&(year, age)]).abs() < 0.5,
                "age {age} in {year}: {here} and {}",
                people[&(year, age)]
            );
        }
    }
}

#[test]
fn acute_use_by_age_is_the_cost_of_care_per_head() {
    let Some(publications) = publications() else { return };
    let band = |text: &str| -> (Age, Age) {
        let ages: Vec<Age> = text.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect();
        let (from, to) = (ages[0], *ages.last().unwrap());
        // Ages 90 and over are one band.
        if from >= 90 { (90, 90) } else { (from, to) }
    };
    let mut cost: BTreeMap<(Age, Age), f64> = BTreeMap::new();
    for row in table(&publications.join("activity/nhs_consumption_by_age_gender.csv")) {
        if row["Metric"] == "Total Cost" {
            *cost.entry(band(&row["Age group"])).or_default() += number(&row, "Total");
        }
    }
    let mut people_2023 = [0.0; 91];
    for row in table(&publications.join("population/ons_uk_population_2023_single_year_age_sex.csv")) {
        if row["Name"] == "ENGLAND" {
            let age: usize = row["age"].trim_end_matches('+').parse().unwrap();
            people_2023[age.min(90)] += number(&row, "count");
        }
    }
    let people_2021 = projected_population(&publications);
    let per_head =
        |(from, to): (Age, Age), cost: f64| cost / people_2023[usize::from(from)..=usize::from(to)].iter().sum::<f64>();
    let people = |(from, to): (Age, Age)| -> f64 { (from..=to).map(|age| people_2021[&(2021, age)]).sum() };
    let all: f64 = cost.keys().map(|band| people(*band)).sum();
    let mean = cost.iter().map(|(band, cost)| per_head(*band, *cost) * people(*band)).sum::<f64>() / all;
    for (band, cost) in &cost {
        let here = stated(Measure::UseByAge, Scope::All, Some(Setting::Acute), Some(band.0), None, 2021);
        let published = per_head(*band, *cost) / mean;
        assert!(relative(here, published) < 1e-4, "ages {band:?}: {here} and {published}");
    }
}

#[test]
fn stocks_add_to_the_published_total() {
    let professions = 0..LTWP.shelf.taxonomy.professions.len();
    let all: f64 = professions
        .map(|profession| stated(Measure::StockFte, Scope::Profession(profession), None, None, None, 2021))
        .sum();
    assert_eq!(all, 1_400_000.0);
}
