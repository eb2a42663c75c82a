//! What is exported says the same as the engine, worked out by somebody else.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use muster_book::{PLAN, Plan};
use muster_engine::{Step, YearResult, project};
use muster_run::{ExportFormat, ExportRequest, export};

use super::{Copy, root};

/// Every variable that is compared, and what the engine calls it.
const COMPARED: [(&str, fn(&YearResult) -> f64); 8] = [
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

/// Runs the exported model in PySD and compares every cell of every year with the engine; gives the largest relative difference.
fn agrees(plan: &Plan, places: &[&str], professions: &[&str]) -> f64 {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all/export_pysd.py");
    if !pysd(&script) {
        return 0.0;
    }
    let texts = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
    let request = ExportRequest {
        scenario: PLAN.to_owned(),
        places: texts(places),
        professions: texts(professions),
        format: ExportFormat::Mdl,
    };
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("model.mdl");
    let exported = export(plan, &request).unwrap();
    std::fs::write(&model, &exported.bytes).unwrap();
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
                assert!(!professions.is_empty(), "no {column}");
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
    println!("{compared} cells of {} kB: largest relative difference {largest:e}", exported.bytes.len() / 1000);
    assert!(compared >= COMPARED.len() * (inputs.years + 1) * professions.len());
    largest
}

#[test]
fn pysd_agrees_with_the_engine_about_every_year_of_nursing_in_england() {
    let plan = Plan::read(&root().join("plans/ltwp-2023")).unwrap();
    agrees(&plan, &["england"], &["nursing"]);
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
