//! What is exported says the same as the engine, worked out by somebody else.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use muster_book::{PLAN, Plan};
use muster_engine::{Step, YearResult, project};
use muster_run::{Contents, ExportFormat, ExportRequest, RunError, export};

use super::{Copy, root};

/// A variable of the model, and what the engine calls it.
type Variable = (&'static str, fn(&YearResult) -> f64);

/// Every variable that is compared.
const COMPARED: [Variable; 8] = [
    ("headcount", |year| year.headcount),
    ("headcount 55 and over", |year| year.headcount_55_and_over),
    ("FTE", |year| year.fte),
    ("demand", |year| year.demand_fte),
    ("gap", |year| year.gap_fte),
    ("temporary FTE", |year| year.temporary_fte),
    ("pay bill", |year| year.pay_gbp),
    ("temporary pay bill", |year| year.temporary_gbp),
];

/// How far two ways of adding up the same numbers may differ.
const RELATIVE: f64 = 1e-9;

fn python(script: &Path, args: &[&str]) -> Option<BTreeMap<String, serde_json::Value>> {
    let output = Command::new("python3").arg(script).args(args).output().ok()?;
    assert!(output.status.success(), "PySD: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).ok()
}

/// Whether PySD is there; says so where it is not.
fn pysd(script: &Path) -> bool {
    let found = python(script, &[]).is_some_and(|answer| answer.contains_key("version"));
    if !found {
        println!("skipped: python3 has no pysd (pip install pysd==3.14.3)");
    }
    found
}

/// Letters and digits alone, as names are written in a model.
fn plain(title: &str) -> String {
    let title = title.replace(['\'', '’'], "");
    let title: String = title.chars().map(|letter| if letter.is_alphanumeric() { letter } else { ' ' }).collect();
    title.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn request(places: &[&str], professions: &[&str], format: ExportFormat) -> ExportRequest {
    let texts = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
    ExportRequest { scenario: PLAN.to_owned(), places: texts(places), professions: texts(professions), format }
}

fn ltwp() -> Plan {
    Plan::read(&root().join("plans/ltwp-2023")).unwrap()
}

/// Runs the exported model in PySD and compares every cell of every year with the engine; gives the largest relative difference.
fn agrees(plan: &Plan, places: &[&str], professions: &[&str]) -> f64 {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all/export_pysd.py");
    if !pysd(&script) {
        return 0.0;
    }
    let request = request(places, professions, ExportFormat::Mdl);
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("model.mdl");
    let exported = export(plan, &request).unwrap();
    exported.write(&model).unwrap();
    let names = COMPARED.map(|(name, _)| name);
    let mut args = vec![model.to_str().unwrap()];
    args.extend(names);
    let found = python(&script, &args).unwrap();

    let codes = plan.places_named(&request.places).unwrap();
    let inputs = plan.resolve(plan.scenario(PLAN).unwrap(), &codes, Step::Year).unwrap().inputs;
    let projection = project(&inputs).unwrap();
    let taxonomy = &plan.shelf.taxonomy;
    let several = |size: usize, part: String| if size > 1 { Some(part) } else { None };
    let mut largest: f64 = 0.0;
    let mut compared = 0;
    for (i, cell) in inputs.cells.iter().enumerate() {
        let profession = plain(&taxonomy.professions[cell.profession].title);
        let place = plan.shelf.places.get(&codes[cell.place]).unwrap();
        let subscripts: Vec<String> =
            [Some(profession), Some(plain(cell.setting.title())), several(codes.len(), plain(&place.name))]
                .into_iter()
                .flatten()
                .collect();
        for (name, of) in COMPARED {
            let column = format!("{name}[{}]", subscripts.join(","));
            let Some(values) = found.get(&column) else {
                let exported = found.keys().any(|known| known.starts_with(&format!("{name}[{},", subscripts[0])));
                assert!(!exported, "no {column}");
                continue;
            };
            for (year, result) in projection.cells[i].years.iter().enumerate() {
                let (theirs, ours) = (values[year].as_f64().unwrap_or(f64::NAN), of(result));
                // A gap is the difference of two larger numbers.
                let size = if name == "gap" { result.demand_fte.max(result.fte) } else { ours.abs() };
                let off = if theirs == ours { 0.0 } else { (theirs - ours).abs() / size.max(1e-3) };
                assert!(off <= RELATIVE, "{column}, year {year}: PySD says {theirs}, the engine {ours}");
                largest = largest.max(off);
                compared += 1;
            }
        }
    }
    println!("{compared} cells of {} kB: largest relative difference {largest:e}", exported.bytes() / 1000);
    assert!(compared >= COMPARED.len() * (inputs.years + 1) * professions.len());
    largest
}

#[test]
fn pysd_agrees_with_the_engine_about_every_year_of_nursing_in_england() {
    agrees(&ltwp(), &["england"], &["nursing"]);
}

/// Training grades, moves of all kinds (one of which asks for more people than there are), programmes of one to five years, several
/// settings and two places; professions that are added, and moves that lead out of the selection.
#[test]
fn pysd_agrees_about_grades_moves_programmes_and_places() {
    let copy = Copy::new();
    copy.edit(
        "books/england/supply/moves/move_headcount.csv",
        "foundation-to-gp-training,1300,1000,1600",
        "foundation-to-gp-training,90000,80000,99000",
    );
    let plan = Plan::read(&copy.plan()).unwrap();
    let professions =
        ["gps", "nursing-associates", "dental-hygienists", "psychological-therapists", "child-psychotherapists"];
    agrees(&plan, &["QJK", "QE1"], &professions);
}

/// The rows of an exported table, by column.
struct Rows(Vec<BTreeMap<String, String>>);

impl Rows {
    fn read(files: &[(String, Vec<u8>)], name: &str) -> Self {
        let (_, bytes) = files.iter().find(|(file, _)| file == name).unwrap();
        let mut lines = std::str::from_utf8(bytes).unwrap().lines().map(cells);
        let head = lines.next().unwrap();
        Self(lines.map(|row| head.iter().cloned().zip(row).collect()).collect())
    }

    /// The numbers of a column in the rows that say this.
    fn numbers(&self, column: &str, says: &[(&str, &str)]) -> Vec<f64> {
        let fits = |row: &&BTreeMap<String, String>| says.iter().all(|(column, text)| row[*column] == *text);
        self.0.iter().filter(fits).map(|row| row[column].parse().unwrap()).collect()
    }

    /// The one number that it must be.
    fn number(&self, column: &str, says: &[(&str, &str)]) -> f64 {
        let found = self.numbers(column, says);
        assert_eq!(found.len(), 1, "{column} {says:?}");
        found[0]
    }
}

/// A line of a CSV: commas between quotes are no ends of cells.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cells.last_mut().unwrap().push(other),
        }
    }
    cells
}

/// Children's nurses in hospitals, worked out with nothing but the exported tables and the sheet that says how: people leave, some
/// become school nurses, students qualify, others join, everyone has a birthday.
#[test]
fn the_arithmetic_can_be_redone_from_the_exported_tables() {
    let plan = ltwp();
    let exported = export(&plan, &request(&["england"], &["childrens-nurses"], ExportFormat::Csv)).unwrap();
    assert!(exported.notes[0].contains("Children's nurses qualifying as school nurses"), "{:?}", exported.notes);
    let Contents::Folder(files) = &exported.contents else { panic!("a folder") };
    let read = |name: &str| Rows::read(files, name);
    let (opening, leaver, hours, ages) =
        (read("opening-people.csv"), read("leaver-rate.csv"), read("fte-per-person.csv"), read("ages-of-joiners.csv"));
    let (rates, moves, results) = (read("cells.csv"), read("moves.csv"), read("results.csv"));
    let (students, programmes, entry, placing) =
        (read("students.csv"), read("programmes.csv"), read("ages-of-starters.csv"), read("placing.csv"));
    let (drivers, population, care) = (read("demand-drivers.csv"), read("population.csv"), read("use-of-care.csv"));
    let here = [("Profession", "childrens-nurses"), ("Setting", "acute")];
    let rate = |measure: &str, year: &str| rates.number(year, &[here[0], here[1], ("Measure", measure)]);
    let course = |measure: &str, year: &str| programmes.number(year, &[("Measure", measure)]);
    let driver = |measure: &str, year: &str| drivers.number(year, &[here[1], ("Measure", measure)]);
    let older = |people: &[f64]| {
        let mut next = vec![0.0; people.len()];
        for (age, people) in people.iter().enumerate() {
            next[(age + 1).min(59)] += people;
        }
        next
    };
    let years: Vec<String> = plan.years().iter().map(ToString::to_string).collect();
    let need = |year: &str| -> f64 {
        population
            .numbers(year, &[])
            .iter()
            .zip(care.numbers("Relative use per person", &[here[1]]))
            .map(|(p, u)| p * u)
            .sum()
    };

    let mut people = opening.numbers("People", &here);
    let mut in_training = students.numbers("Students at the baseline", &[]);
    let at_completion = (0..in_training.len()).fold(entry.numbers("Share of starters", &[]), |ages, _| older(&ages));
    let mut growth = 1.0;
    for year in &years[1..] {
        let at_last_close: f64 = people.iter().sum();
        for (people, rate) in people.iter_mut().zip(leaver.numbers(year, &[here[0]])) {
            *people *= 1.0 - rate;
        }
        let posts: f64 = moves.numbers(year, &[("From setting", "acute"), ("How", "posts")]).iter().sum();
        let there: f64 = people.iter().sum();
        assert!(posts > 0.0 && posts < there);
        people.iter_mut().for_each(|people| *people *= 1.0 - posts / there);
        let staying = 1.0 - course("withdrawal", year);
        let completed = in_training.last().unwrap() * staying;
        let qualified =
            completed * course("training_join_share", year) * placing.number("Share of those who join", &[here[1]]);
        in_training.rotate_right(1);
        in_training.iter_mut().for_each(|students| *students *= staying);
        in_training[0] = course("training_intake", year);
        let joiners = (rate("returner_rate", year) + rate("wider_market_rate", year)) * at_last_close
            + rate("international_headcount", year);
        let ages = ages.numbers(year, &[here[0]]);
        for (age, people) in people.iter_mut().enumerate() {
            *people += qualified * at_completion[age] + joiners * ages[age];
        }
        people = older(&people);

        growth *= (1.0 + driver("other_growth", year)) / (1.0 + driver("productivity_growth", year));
        let ratio = |now: f64, start: f64| now / start;
        let demand = rate("demand_fte", &years[0])
            * ratio(need(year), need(&years[0]))
            * growth
            * ratio(driver("setting_shift", year), driver("setting_shift", &years[0]))
            * ratio(rate("skill_mix", year), rate("skill_mix", &years[0]));
        let fte: f64 = people.iter().zip(hours.numbers(year, &[here[0]])).map(|(people, hours)| people * hours).sum();
        for (figure, redone) in
            [("headcount", people.iter().sum()), ("supply_fte", fte), ("demand_fte", demand), ("gap_fte", demand - fte)]
        {
            let engine = results.number(year, &[here[0], here[1], ("Figure", figure)]);
            assert!((redone - engine).abs() <= RELATIVE * demand, "{figure} in {year}: {redone}, the engine {engine}");
        }
    }
}

/// Vensim tells names apart neither by capitals nor by what they name.
#[test]
fn no_two_things_in_a_model_have_one_name() {
    let Contents::File(bytes) = export(&ltwp(), &request(&["systems"], &["gps"], ExportFormat::Mdl)).unwrap().contents
    else {
        panic!("a file")
    };
    let text = String::from_utf8(bytes).unwrap();
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    let mut insert = |name: &str, what| {
        let known = names.insert(name.trim().to_lowercase(), what);
        // A variable has an equation for each part of it, and an element may be in several ranges.
        assert!(known.is_none_or(|known| known == what), "{name} is a {what} and a {known:?}");
    };
    for block in text.split("\n\n") {
        let Some((left, right)) = block.split_once('\n') else { continue };
        if let Some(range) = left.strip_suffix(':') {
            insert(range, "range");
            let elements = right.lines().take_while(|line| !line.starts_with("\t~"));
            elements.filter(|line| !line.contains('(')).for_each(|line| insert(line.trim_end_matches(','), "element"));
        } else if let Some(variable) = left.strip_suffix('=') {
            insert(variable.split('[').next().unwrap(), "variable");
        }
    }
    assert!(names.len() > 150 && names.values().filter(|what| **what == "element").count() > 42 + 5);
}

#[test]
fn the_same_export_is_the_same_bytes_and_a_workbook_holds_the_same_sheets() {
    let plan = ltwp();
    let made = |format| export(&plan, &request(&["QJK"], &["midwives"], format)).unwrap().contents;
    for format in [ExportFormat::Mdl, ExportFormat::Csv, ExportFormat::Xlsx] {
        assert_eq!(made(format), made(format), "{format:?}");
    }
    let Contents::File(workbook) = made(ExportFormat::Xlsx) else { panic!("a file") };
    assert!(workbook.starts_with(b"PK"));
}

#[test]
fn what_cannot_be_exported_is_refused_and_nothing_is_left_behind() {
    let plan = ltwp();
    let refused = |request: &ExportRequest| match export(&plan, request) {
        Err(RunError::Request(words)) => words,
        other => panic!("{other:?}"),
    };
    assert!(refused(&request(&[], &["midwifes"], ExportFormat::Mdl)).contains("did you mean `midwives`?"));
    assert!(refused(&request(&["QQQ"], &[], ExportFormat::Mdl)).contains("no place has the code"));
    let unknown = ExportRequest { scenario: "plann".to_owned(), ..request(&[], &[], ExportFormat::Mdl) };
    assert!(refused(&unknown).contains("did you mean `plan`?"));

    let of = |named, out: &str| ExportFormat::of(named, Path::new(out)).map_err(|error| error.to_string());
    assert_eq!(of(None, "a.mdl"), Ok(ExportFormat::Mdl));
    assert_eq!(of(Some(ExportFormat::Csv), "tables"), Ok(ExportFormat::Csv));
    assert!(of(Some(ExportFormat::Mdl), "a.xlsx").unwrap_err().contains("use --out a.mdl, or --format xlsx"));
    assert!(of(Some(ExportFormat::Xlsx), "a").unwrap_err().contains("use --out a.xlsx"));
    assert!(of(None, "a.csv").unwrap_err().contains("--format csv --out a"));
    assert!(of(None, "a.txt").unwrap_err().contains("end it in .mdl or .xlsx"));

    let folder = tempfile::tempdir().unwrap();
    let exported = export(&plan, &request(&["england"], &["midwives"], ExportFormat::Csv)).unwrap();
    let out = folder.path().join("tables");
    exported.write(&out).unwrap();
    let again = exported.write(&out).unwrap_err().to_string();
    assert!(again.contains("is already there: move it, or choose another --out"), "{again}");
    let nowhere = exported.write(&folder.path().join("none/tables")).unwrap_err().to_string();
    assert!(nowhere.contains("none is not a folder: make it first"), "{nowhere}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
