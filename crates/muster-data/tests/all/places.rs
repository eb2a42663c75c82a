//! Places: the tree, the mergers that everyone knows, and staff that no merger creates or loses.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jiff::civil::{Date, date};
use muster_data::places::{Basis, PlaceKind, Places, Severity};
use muster_data::read::{PlaceRecord, Succession};
use muster_data::store::{AddOptions, Filter};
use muster_data::{Amount, Dataset, Fact, Facts, Period, Subject};
use proptest::prelude::*;

const TODAY: Date = date(2025, 6, 1);

/// Trusts that merged, as their names and histories tell: who became whom, and when.
const MERGERS: [(&str, &[&str], &str); 24] = [
    ("R1H", &["RGC", "RNH", "RNJ"], "2012-04-01"), // Barts Health
    ("RQM", &["RFW"], "2015-09-01"),               // West Middlesex into Chelsea and Westminster
    ("RAL", &["RVL"], "2014-07-01"),               // Barnet and Chase Farm into the Royal Free
    ("RDU", &["RD7"], "2014-10-01"),               // Heatherwood and Wexham Park into Frimley
    ("R1K", &["RC3", "RV8"], "2014-10-01"),        // London North West
    ("RA9", &["R1G"], "2015-10-01"),               // Torbay and South Devon
    ("RQ3", &["RLU"], "2017-02-01"),               // Birmingham Women's and Children's
    ("R1L", &["RRD", "RWN"], "2017-04-01"),        // Essex Partnership
    ("RGN", &["RQQ"], "2017-04-01"),               // Hinchingbrooke into North West Anglia
    ("R0A", &["RM2", "RW3"], "2017-10-01"),        // Manchester University
    ("RRK", &["RR1"], "2018-04-01"),               // Heart of England into Birmingham
    ("RRE", &["R1E"], "2018-06-01"),               // Midlands Partnership
    ("RDE", &["RGQ"], "2018-07-01"),               // East Suffolk and North Essex
    ("RTG", &["RJF"], "2018-07-01"),               // Derby and Burton
    ("R0B", &["RE9", "RLN"], "2019-04-01"),        // South Tyneside and Sunderland
    ("REM", &["RQ6"], "2019-10-01"),               // Liverpool University Hospitals
    ("RC9", &["RC1"], "2020-04-01"),               // Bedfordshire Hospitals
    ("RAJ", &["RDD", "RQ8"], "2020-04-01"),        // Mid and South Essex
    ("RA7", &["RA3"], "2020-04-01"),               // Bristol and Weston
    ("RH5", &["RBA"], "2020-04-01"),               // Somerset
    ("R0D", &["RD3", "RDZ"], "2020-10-01"),        // University Hospitals Dorset
    ("RYR", &["RXH"], "2021-04-01"),               // Brighton and Western Sussex
    ("RW4", &["RTV"], "2021-06-01"),               // North West Boroughs into Mersey Care
    ("RH8", &["RBZ"], "2022-04-01"),               // Royal Devon
];

/// Rows of the publications, as far as these tests need them: `code | kind | parent | opened | closed | publication`.
const RECORDS: &str = "
ENG   | country      |     |            |            | population-projection
Y58   | region       |     |            |            | hchs-staff
Y63   | region       |     |            |            | hchs-staff
Y60   | region       |     |            |            | hchs-staff
QJK   | system       | Y58 |            |            | hchs-staff
QOQ   | system       | Y63 |            |            | hchs-staff
QHM   | system       | Y63 |            |            | hchs-staff
QHL   | system       | Y60 |            |            | hchs-staff
QUA   | system       | Y60 |            |            | hchs-staff
QUY   | system       | Y58 |            |            | hchs-staff
QSL   | system       | Y58 |            |            | hchs-staff
QKK   | system       | Y58 |            |            | hchs-staff
RA3   | organisation | QUY | 1991-04-01 | 2020-03-31 | ods-trusts
RA7   | organisation | QUY | 1991-04-01 |            | ods-trusts
RBA   | organisation | QSL | 1991-04-01 | 2020-03-31 | ods-trusts
RH8   | organisation | QJK | 1993-04-01 |            | ods-trusts
RBZ   | organisation | QJK | 1991-04-01 | 2022-03-31 | ods-trusts
RYQ   | organisation | QKK | 2009-04-01 | 2013-09-30 | ods-trusts
99P   | sub_icb      | QJK | 2013-04-01 | 2019-03-31 | ods-ccgs
15N   | organisation | QJK |            |            | hchs-staff
QJK.B | organisation | QJK |            |            | hchs-staff
99P   | organisation | QJK |            |            | hchs-staff
15N   | sub_icb      | QJK | 2019-04-01 |            | ods-ccgs
15N   | sub_icb      | QJK |            |            | ccg-icb
03D   | sub_icb      | QOQ | 2013-04-01 | 2020-03-31 | ods-ccgs
03D   | organisation | QHM |            |            | hchs-staff
42D   | sub_icb      | QOQ | 2020-04-01 |            | ods-ccgs
42D   | sub_icb      | QOQ |            |            | ccg-icb
RXK   | organisation | QHL |            |            | hchs-staff
RXK   | organisation | QUA | 2002-04-01 |            | ods-trusts
5QQ   | organisation | QJK |            |            | hchs-staff
";

/// `from > to | date | publication`, as the register and the chains of 2000 to 2018 have them.
const SUCCESSIONS: &str = "
RGC > R1H | 2012-04-01 | trust-successors
RNH > R1H | 2012-04-01 | trust-successors
RNJ > R1H | 2012-04-01 | trust-successors
RFW > RQM | 2015-09-01 | trust-successors
RVL > RAL | 2014-07-02 | org-changes
RVL > RAL | 2014-07-01 | trust-successors
RD7 > RDU | 2014-10-01 | trust-successors
RC3 > R1K | 2014-10-01 | trust-successors
RV8 > R1K | 2014-10-01 | trust-successors
R1G > RA9 | 2015-10-01 | trust-successors
RLU > RQ3 | 2017-02-01 | trust-successors
RRD > R1L | 2017-04-01 | trust-successors
RWN > R1L | 2017-04-01 | trust-successors
RQQ > RGN | 2017-04-01 | trust-successors
RM4 > RW3 | 2012-04-01 | trust-successors
RM2 > R0A | 2017-10-01 | trust-successors
RW3 > R0A | 2017-10-01 | trust-successors
RR1 > RRK | 2018-04-01 | trust-successors
R1E > RRE | 2018-05-31 | trust-successors
RGQ > RDE | 2018-06-30 | trust-successors
RJF > RTG | 2018-06-30 | trust-successors
RE9 > R0B | 2019-04-01 | trust-successors
RLN > R0B | 2019-04-01 | trust-successors
RQ6 > REM | 2019-10-01 | trust-successors
RC1 > RC9 | 2020-04-01 | trust-successors
RDD > RAJ | 2020-04-01 | trust-successors
RQ8 > RAJ | 2020-04-01 | trust-successors
RD3 > R0D | 2020-10-01 | trust-successors
RDZ > R0D | 2020-10-01 | trust-successors
RXH > RYR | 2021-04-01 | trust-successors
RTV > RW4 | 2021-06-01 | trust-successors
RBZ > RH8 | 2022-04-01 | trust-successors
RW6 > R0A | 2021-10-01 | trust-successors
RW6 > RM3 | 2021-10-01 | trust-successors
99P > 15N | 2019-04-01 | trust-successors
03D > 42D | 2020-04-01 | trust-successors
RQK > 5AT | 2002-04-01 | trust-successors
RQK > RV3 | 2002-04-01 | trust-successors
5AT > RQK |            | org-changes
";

/// FTE in post of the five trusts of south London, from the staff statistics.
const SOUTH_LONDON: &str = "
RYQ 2013-09 5010.735510
RYQ 2013-10 17.683330
RJ2 2013-09 2742.344490
RJ2 2013-10 5109.349790
RJZ 2013-09 7291.176180
RJZ 2013-10 9683.715110
RN7 2013-09 2196.361150
RN7 2013-10 2454.960110
RPG 2013-09 2771.182160
RPG 2013-10 2903.426980
";

fn cells(line: &str) -> Vec<&str> {
    line.split('|').map(str::trim).collect()
}

fn day(text: &str) -> Option<Date> {
    text.parse().ok()
}

fn record(line: &str) -> (String, PlaceRecord) {
    let [code, kind, parent, opened, closed, publication] = cells(line)[..] else { panic!("{line}") };
    let parent = Some(parent.to_owned()).filter(|parent| !parent.is_empty());
    let record = PlaceRecord {
        code: code.to_owned(),
        kind: serde_json::from_value(kind.into()).unwrap(),
        name: String::new(),
        parent,
        opened: day(opened),
        closed: day(closed),
        seen_from: None,
        seen_to: None,
        cluster: None,
    };
    (publication.to_owned(), record)
}

fn succession(line: &str) -> (String, Succession) {
    let [codes, on, publication] = cells(line)[..] else { panic!("{line}") };
    let (from, to) = codes.split_once(" > ").unwrap();
    (publication.to_owned(), step(from, to, day(on), None))
}

fn step(from: &str, to: &str, date: Option<Date>, share: Option<Amount>) -> Succession {
    Succession { from: from.to_owned(), to: to.to_owned(), date, share, change: String::new() }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.is_empty())
}

/// Staff in post: `place month value`.
fn staff(text: &str) -> Facts {
    let mut facts = Facts::default();
    for line in lines(text) {
        let [place, month, value] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let subject = Subject { place: facts.words.add(place), measure: facts.words.add("fte"), ..Subject::default() };
        let source = facts.words.add("hchs-staff 2021-03-31");
        let unit = facts.words.add("FTE");
        let period: Period = month.parse().unwrap();
        facts.list.push(Fact { subject, period, value: Some(value.parse().unwrap()), unit, source });
    }
    facts
}

fn fixture() -> Places {
    let records: Vec<_> = lines(RECORDS).map(record).collect();
    let successions: Vec<_> = lines(SUCCESSIONS).map(succession).collect();
    Places::from_records(&records, &successions, &staff(SOUTH_LONDON))
}

fn whole(code: &str) -> Vec<(String, Amount)> {
    vec![(code.to_owned(), Amount::from(1))]
}

fn holds_known_mergers(places: &Places) {
    for (to, from, expected) in MERGERS {
        for from in from {
            let [step] = places.successors(from) else { panic!("{from}: {:?}", places.successors(from)) };
            assert_eq!(step.to, to, "{from}");
            // Some files give the last day of the old trust, others the first of the new.
            let apart = (step.date.unwrap() - expected.parse::<Date>().unwrap()).get_days().abs();
            assert!(apart <= 1, "{from} became {to} on {expected}, not on {:?}", step.date);
            assert_eq!((step.basis, places.as_now(from, TODAY)), (Basis::Whole, whole(to)), "{from}");
            assert_eq!(places.as_now(from, date(2010, 1, 1)), whole(from), "{from} was itself in 2010");
        }
    }
    assert_eq!(
        places.as_now("RM4", TODAY),
        whole("R0A"),
        "Trafford became Central Manchester, and that Manchester University"
    );
}

#[test]
fn the_successors_of_mergers_that_everyone_knows_are_right() {
    holds_known_mergers(&fixture());
}

#[test]
fn a_commissioning_group_is_followed_to_its_board_as_an_employer_and_to_its_location_as_an_area() {
    let places = fixture();
    assert_eq!(places.as_now("99P", TODAY), whole("QJK.B"));
    assert_eq!(places.area_as_now("99P", TODAY), whole("15N"));
    assert_eq!(places.as_now("99P", date(2021, 1, 1)), whole("15N"));
    assert!(places.get("99P").unwrap().is(PlaceKind::Organisation));
    assert_eq!(places.members("QJK", PlaceKind::Organisation, Some(date(2015, 1, 1))), ["5QQ", "99P", "RBZ", "RH8"]);
    assert_eq!(places.members("QJK", PlaceKind::Organisation, Some(date(2021, 1, 1))), ["15N", "5QQ", "RBZ", "RH8"]);
    assert_eq!(places.members("QJK", PlaceKind::Organisation, Some(date(2023, 1, 1))), ["5QQ", "QJK.B", "RH8"]);
}

#[test]
fn the_staff_of_a_trust_that_was_divided_go_where_its_successors_grew() {
    let places = fixture();
    let now = places.as_now("RYQ", TODAY);
    let shares: Vec<String> = now.iter().map(|(code, share)| format!("{code} {share}")).collect();
    // Lewisham grew by 2,367 FTE, King's by 2,393, Dartford by 259 and Oxleas by 132.
    assert_eq!(shares, ["RJ2 0.459578", "RJZ 0.464537", "RN7 0.050209", "RPG 0.025676"]);
    assert!(places.successors("RYQ").iter().all(|step| step.basis == Basis::Staff && step.source == "muster"));
    assert_eq!(now.into_iter().map(|(_, share)| share).sum::<Amount>(), Amount::from(1));
}

#[test]
fn a_trust_that_was_divided_in_unknown_shares_stays_itself_and_is_listed() {
    let places = fixture();
    assert_eq!(places.as_now("RW6", TODAY), whole("RW6"));
    assert!(places.has_ended("RW6", TODAY));
    assert!(places.findings().iter().any(|finding| finding.code == "RW6" && finding.text.contains("R0A, RM3")));
}

#[test]
fn what_publications_do_not_agree_on_is_listed() {
    let places = fixture();
    let found = |code: &str, text: &str, severity: Severity| {
        let list: Vec<_> = places.findings().iter().filter(|finding| finding.code == code).collect();
        assert!(list.iter().any(|finding| finding.severity == severity && finding.text.contains(text)), "{list:?}");
    };
    found("03D", "belongs to more than one system: QHM (hchs-staff) and QOQ (ods-ccgs)", Severity::Warning);
    found("99P", "filed as sub icb (ods-ccgs) and as organisation (hchs-staff)", Severity::Note);
    found("RVL", "became RAL on 2014-07-01, as trust-successors says; org-changes has 2014-07-02", Severity::Note);
    found("5AT", "became RQK, org-changes says, which is itself or became 5AT: set aside", Severity::Note);
    found("RA3", "Muster's own list", Severity::Note);
    assert_eq!(places.parent("RXK", None), Some("QHL"), "staff statistics have the first word");
    assert_eq!(places.ancestors("RXK"), ["QHL", "Y60", "ENG"]);
}

#[test]
fn a_place_is_found_by_its_code_and_by_a_name_without_the_words_that_all_names_have() {
    let named = |code: &str, name: &str| {
        let (publication, record) = record(&format!("{code} | organisation | QJK | | | hchs-staff"));
        (publication, PlaceRecord { name: name.to_owned(), ..record })
    };
    let list = [
        named("RH8", "Royal Devon University Healthcare NHS Foundation Trust"),
        named("RK9", "University Hospitals Plymouth NHS Trust"),
        named("RWV", "Devon Partnership NHS Trust"),
    ];
    let places = Places::from_records(&list, &[], &Facts::default());
    let found = |text: &str| places.find(text).into_iter().map(|place| place.code.as_str()).collect::<Vec<_>>();
    assert_eq!(found("rh8"), ["RH8"]);
    assert_eq!(found("ROYAL DEVON UNIVERSITY HEALTHCARE")[0], "RH8");
    assert_eq!(found("Devon"), ["RWV", "RH8"]);
    assert_eq!(found("hospitals plymuoth")[0], "RK9");
    assert_eq!(found("Mars"), Vec::<&str>::new());
}

#[test]
fn places_of_one_cluster_are_peers() {
    let in_cluster = |code: &str, cluster: &str| {
        let (_, record) = record(&format!("{code} | organisation | | | | x"));
        ("staff-survey-2024".to_owned(), PlaceRecord { cluster: Some(cluster.to_owned()), ..record })
    };
    let list = [in_cluster("RA9", "Acute"), in_cluster("RH8", "Acute"), in_cluster("RYF", "Ambulance")];
    let places = Places::from_records(&list, &[], &Facts::default());
    assert_eq!((places.cluster("RH8"), places.peers("RH8")), (Some("Acute"), vec!["RA9"]));
    assert!(places.peers("RYF").is_empty());
}

#[test]
fn as_it_is_now_an_old_trust_adds_to_its_successor_and_what_cannot_be_added_stays() {
    let places = fixture();
    let mut facts = staff("RM2 2016-03 10.5\nRW3 2016-03 20.25\nR0A 2018-03 33\nRW6 2016-03 7");
    let rate = facts.words.add("sickness_rate");
    let mut unsummed = facts.list[0];
    unsummed.subject.measure = rate;
    facts.list.push(unsummed);
    let withheld = Fact { value: None, period: "2016-04".parse().unwrap(), ..facts.list[0] };
    facts.list.push(withheld);
    let now = places.as_it_is_on(&facts, TODAY, |measure| measure == "fte");
    let line = |fact: &Fact| {
        let word = |word| now.facts.words.text(word);
        let value = fact.value.map_or("withheld".to_owned(), |value| value.to_string());
        format!("{} {} {} {value}", word(fact.subject.place), fact.period, word(fact.subject.measure))
    };
    assert_eq!(
        now.facts.list.iter().map(line).collect::<Vec<_>>(),
        [
            "R0A 2016-03 fte 30.75",
            "R0A 2018-03 fte 33",
            "RW6 2016-03 fte 7",
            "RM2 2016-03 sickness_rate 10.5",
            "RM2 2016-04 fte withheld",
        ]
    );
    assert_eq!((now.moved, now.withheld), (2, 1));
}

// Random successions

fn code(number: usize) -> String {
    format!("X{number:02}")
}

proptest! {
    #[test]
    fn no_successions_whatever_lose_or_create_staff_or_go_round_in_circles(
        steps in prop::collection::vec(
            (0..12_usize, 0..12_usize, prop::option::of(2_000..2_030_i16), prop::option::of(-200_000..1_200_000_i64)),
            0..40,
        ),
        values in prop::collection::vec(-5_000_000_i64..9_000_000_000, 12),
        year in 1_995..2_035_i16,
    ) {
        let said: Vec<(String, Succession)> = steps
            .into_iter()
            .map(|(from, to, year, share)| {
                let date = year.map(|year| date(year, 4, 1));
                let source = if from % 2 == 0 { "trust-successors" } else { "org-changes" };
                (source.to_owned(), step(&code(from), &code(to), date, share.map(Amount::from_millionths)))
            })
            .collect();
        let places = Places::from_records(&[], &said, &Facts::default());
        let today = date(year, 6, 1);
        for number in 0..12 {
            let now = places.as_now(&code(number), today);
            prop_assert!(now.iter().all(|(_, share)| *share > Amount::ZERO), "{now:?}");
            prop_assert_eq!(now.iter().map(|(_, share)| *share).sum::<Amount>(), Amount::from(1));
        }
        let text: Vec<String> = values
            .iter()
            .enumerate()
            .map(|(number, value)| format!("{} 2012-03 {}", code(number), Amount::from_millionths(*value)))
            .collect();
        let facts = staff(&text.join("\n"));
        let now = places.as_it_is_on(&facts, today, |_| true);
        let total = |facts: &Facts| facts.list.iter().filter_map(|fact| fact.value).sum::<Amount>();
        prop_assert_eq!(total(&now.facts), total(&facts));
    }
}

// The publications themselves, where they are

fn publications() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("MUSTER_PUBLICATIONS").map_or_else(beside, PathBuf::from);
    folder.is_dir().then_some(folder)
}

/// A dataset of the reference files and the staff statistics, made once.
static REAL: LazyLock<Option<(tempfile::TempDir, Dataset, Places)>> = LazyLock::new(|| {
    let folder = publications()?;
    let data = tempfile::tempdir().unwrap();
    let paths = ["reference_organisations", "hchs_workforce"].map(|name| folder.join(name));
    Dataset::add(data.path(), &paths, &AddOptions::default(), &mut |_| {}).unwrap();
    let dataset = Dataset::open(data.path()).unwrap();
    let places = Places::of(&dataset).unwrap();
    Some((data, dataset, places))
});

/// Does something with the publications, or says that they are not there.
fn with_publications(test: impl FnOnce(&Dataset, &Places)) {
    match &*REAL {
        Some((_, dataset, places)) => test(dataset, places),
        None => println!("skipped: no publications beside the repository, and MUSTER_PUBLICATIONS names none"),
    }
}

/// FTE in total by place and month, up to the last month for which statistics of all of England were published.
fn fte(dataset: &Dataset) -> Facts {
    let filter = Filter {
        publication: Some("hchs-staff".to_owned()),
        measures: vec!["fte".to_owned()],
        staff: vec!["all".to_owned()],
        within: Period::new(date(2009, 9, 1), date(2021, 3, 31)),
        ..Filter::default()
    };
    dataset.facts(&filter).unwrap()
}

#[test]
fn every_organisation_of_the_staff_statistics_has_a_place_in_every_month_that_it_reports() {
    with_publications(|dataset, places| {
        let facts = fte(dataset);
        let mut checked = 0;
        let mut outside = BTreeSet::new();
        for fact in &facts.list {
            let code = facts.words.text(fact.subject.place);
            let place = places.get(code);
            assert!(place.is_some(), "{code} reports in {} and has no place", fact.period);
            if code != "ENG" && places.ancestors_on(code, Some(fact.period.ends())).last() != Some(&"ENG") {
                outside.insert(code.to_owned());
            }
            checked += 1;
        }
        assert!(outside.is_empty(), "outside England: {outside:?}");
        println!("{checked} months of organisations, systems and regions have a place");
    });
}

#[test]
fn the_publications_have_the_mergers_that_everyone_knows() {
    with_publications(|_, places| {
        holds_known_mergers(places);
        let shares = |code: &str| places.as_now(code, TODAY).into_iter().map(|(code, _)| code).collect::<Vec<_>>();
        assert_eq!(shares("RYQ"), ["RJ2", "RJZ", "RN7", "RPG"], "South London Healthcare was divided");
        assert_eq!(shares("RJD"), ["RJE", "RL4"], "Mid Staffordshire was divided");
    });
}

#[test]
fn every_commissioning_group_that_employed_people_came_to_one_of_the_42_boards() {
    with_publications(|_, places| {
        let mut boards = BTreeSet::new();
        for group in places
            .all()
            .filter(|place| place.kind == PlaceKind::SubIcb && place.sources.iter().any(|by| by == "ccg-icb"))
        {
            let now = places.as_now(&group.code, TODAY);
            let [(board, _)] = &now[..] else { panic!("{}: {now:?}", group.code) };
            let system = board.strip_suffix(".B").unwrap_or_else(|| panic!("{} became {board}", group.code));
            assert_eq!(places.get(system).map(|place| place.kind), Some(PlaceKind::System), "{}", group.code);
            boards.insert(board.clone());
        }
        assert_eq!(boards.len(), 42);
    });
}

#[test]
fn the_staff_of_england_are_the_same_in_every_month_when_old_codes_are_read_as_those_of_today() {
    with_publications(|dataset, places| {
        let facts = fte(dataset);
        let is_body = |facts: &Facts, fact: &Fact| {
            let place = places.get(facts.words.text(fact.subject.place));
            place.is_none_or(|place| place.is(PlaceKind::Organisation))
        };
        let by_month = |facts: &Facts| {
            let mut totals: BTreeMap<Period, Amount> = BTreeMap::new();
            for fact in facts.list.iter().filter(|fact| is_body(facts, fact)) {
                *totals.entry(fact.period).or_default() += fact.value.unwrap_or_default();
            }
            totals
        };
        let now = places.as_it_is_now(&facts, dataset.library());
        let (before, after) = (by_month(&facts), by_month(&now));
        assert_eq!(before.len(), 139, "September 2009 to March 2021");
        assert_eq!(before, after);
        let codes = |facts: &Facts| {
            facts.list.iter().map(|fact| facts.words.text(fact.subject.place).to_owned()).collect::<BTreeSet<_>>()
        };
        println!("{} codes become {}", codes(&facts).len(), codes(&now).len());
    });
}
