//! The schemas in `schemas/` are those of the code, and hold for every file of the repository.

use std::path::{Path, PathBuf};

use jsonschema::Validator;
use muster_book::schemas;
use serde_json::Value;

use crate::small::{Edit, Small, small, swap};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The schema that a file is held to, by its name and folder.
fn schema_of(path: &Path) -> &'static str {
    let name = path.file_name().unwrap().to_str().unwrap();
    let in_folder = |folder: &str| path.parent().is_some_and(|of| of.ends_with(folder));
    match name {
        _ if in_folder("sources") => "source",
        _ if in_folder("actions") => "action",
        _ if in_folder("frameworks") => "framework",
        "book.toml" => "book",
        "plan.toml" => "plan",
        "professions.toml" => "profession",
        "programmes.toml" => "programme",
        "moves.toml" => "move",
        "calibration.toml" => "calibration",
        "dependence.toml" => "dependence",
        "actions.toml" => "action",
        "progress.toml" => "progress",
        "maturity.toml" => "maturity",
        "scenarios.toml" => "scenario",
        "stress.toml" => "stress",
        "targets.toml" => "target",
        "checks.toml" => "check",
        "pay_bands.toml" => "pay_bands",
        "solve.toml" => "question",
        "geography.toml" => "geography",
        _ => "assumption",
    }
}

fn validator(name: &str) -> Validator {
    let (_, schema) = schemas().into_iter().find(|(known, _)| *known == name).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

/// TOML as an editor's validator sees it: dates are text.
fn as_json(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(date) => Value::String(date.to_string()),
        toml::Value::Array(list) => list.into_iter().map(as_json).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, as_json(value))).collect(),
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(yes) => yes.into(),
    }
}

/// Everything that its schema has against a file.
fn against(path: &Path, text: &str) -> Vec<String> {
    let file = as_json(toml::Value::Table(text.parse().unwrap()));
    validator(schema_of(path)).iter_errors(&file).map(|error| format!("{}: {error}", path.display())).collect()
}

fn toml_files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| if path.is_dir() { toml_files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    found.sort();
    found
}

#[test]
fn the_schemas_in_the_repository_are_those_of_the_code() {
    let folder = root().join("schemas");
    let bless = std::env::var_os("MUSTER_BLESS").is_some_and(|say| say == "1");
    let mut expected = Vec::new();
    for (name, schema) in schemas() {
        let path = folder.join(format!("{name}.schema.json"));
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if bless {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(found, text, "{} is out of date: run the tests once with MUSTER_BLESS=1", path.display());
        expected.push(format!("{name}.schema.json"));
    }
    for entry in std::fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(expected.contains(&name), "schemas/{name} belongs to no file of a book or plan");
    }
}

#[test]
fn every_file_of_the_repository_is_as_its_schema_says() {
    let files: Vec<PathBuf> = ["books", "frameworks", "plans", "sources"]
        .iter()
        .flat_map(|folder| toml_files(&root().join(folder)))
        // What a plan asks of submissions is read by `muster-plan`, and tested there.
        .filter(|path| !path.ends_with("submission-rules.toml"))
        .collect();
    assert!(files.len() > 80, "{} files", files.len());
    let wrong: Vec<String> =
        files.iter().flat_map(|path| against(path, &std::fs::read_to_string(path).unwrap())).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_of_the_small_plan_is_as_its_schema_says() {
    let wrong = wrong_in(&small());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn wrong_in(plan: &Small) -> Vec<String> {
    let paths = plan.paths();
    let toml = paths.iter().map(Path::new).filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
    toml.flat_map(|path| against(path, &plan.text(path.to_str().unwrap()))).collect()
}

#[test]
fn a_file_that_is_not_as_its_schema_says_is_refused() {
    let broken: [(&str, Edit); 11] = [
        ("books/small/supply/participation.toml", swap("value  = 0.9", "value  = \"0.9\"")),
        ("books/small/supply/participation.toml", swap("kind   = \"published\"", "kind   = \"guessed\"")),
        ("books/small/supply/participation.toml", swap("2021-04-01", "\"in 2021\"")),
        ("books/small/moves.toml", swap("how   = \"rate\"", "how   = \"rates\"")),
        ("books/small/professions.toml", swap("[\"acute\"]", "[\"hospital\"]")),
        ("books/small/programmes.toml", swap("= 3", "= \"three\"")),
        ("books/small/demand/temporary_fill.toml", swap("[0.4, 0.6]", "[0.4, 0.5, 0.6]")),
        ("plans/small/actions.toml", swap("theme ", "themes ")),
        ("plans/small/actions.toml", swap("\"train\"", "\"trian\"")),
        ("plans/small/plan.toml", swap("sources  = \"../../sources\"\n", "")),
        ("sources/register.toml", swap("\"A\"", "\"Z\"")),
    ];
    for (path, edit) in broken {
        let wrong = wrong_in(&small().with(path, edit));
        assert!(wrong.iter().any(|wrong| wrong.starts_with(path)), "{path}: {wrong:?}");
    }
}
