//! `muster plan divide`, `submit-check` and `rollup` as a script would use them.

use std::fs;

use crate::{code, err, muster, out};

#[test]
fn a_plan_is_divided_submitted_and_rolled_up() {
    let folder = tempfile::tempdir().unwrap();
    let plans = folder.path().join("plans");
    let plans = plans.to_str().unwrap();
    let divided =
        muster(&["plan", "divide", "plans/ltwp-2023", "--to", "regions", "--out", plans, "--today", "2026-11-23"]);
    code(&divided, 0);
    assert!(out(&divided).contains("7 plans written"), "{}", out(&divided));
    code(&muster(&["plan", "divide", "plans/ltwp-2023", "--to", "regions", "--out", plans]), 2);

    let devon = format!("{plans}/Y58");
    code(&muster(&["check", &devon]), 0);
    let unsigned = muster(&["plan", "submit-check", &devon, "--today", "2026-11-23"]);
    code(&unsigned, 1);
    assert!(out(&unsigned).contains("nobody has signed the plan off"), "{}", out(&unsigned));

    let page = folder.path().join("rollup.html");
    let rolled = muster(&["rollup", plans, "--today", "2026-11-23", "--html", page.to_str().unwrap()]);
    code(&rolled, 1);
    for words in ["South West", "Staff in post, FTE", "Rules that were not kept"] {
        assert!(out(&rolled).contains(words), "{words} is not in {}", out(&rolled));
    }
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("Roll-up: England") && page.contains("Statement of England"));

    let csv = muster(&["rollup", plans, "--today", "2026-11-23", "--format", "csv"]);
    assert!(out(&csv).starts_with("place,name,level,standing,year,item,unit,line,amount\nENG,England,country,added,2036/37,staff_fte,FTE,modelled,"));
    let json = muster(&["rollup", plans, "--today", "2026-11-23", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(out(&json)).unwrap();
    assert_eq!(json["rollup"]["year"], "2036/37");

    let nothing = muster(&["rollup", folder.path().join("nowhere").to_str().unwrap()]);
    code(&nothing, 2);
    assert!(err(&nothing).contains("there is no such folder"));
}
