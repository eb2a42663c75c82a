//! The results of a run as a workbook: what its formulas found is what the run says.

use calamine::Reader;
use muster_run::{Request, Run, summary};
use muster_workbook::export_results;

use crate::bench::Desk;

#[test]
fn groups_gaps_and_costs_in_the_workbook_are_those_of_the_run() {
    let desk = Desk::small();
    let request = Request { plan: desk.plan(), scenarios: Vec::new(), places: Vec::new(), monthly: false, draws: None };
    let run = Run::make(request, &|_| {}).unwrap();
    let bytes = export_results(&run).unwrap();
    assert!(bytes == export_results(&run).unwrap(), "the same run gives the same workbook");
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    let table = summary(&run);
    for (scenario, (id, _)) in table.scenarios.iter().enumerate() {
        let sheet = book.worksheet_range(&format!("Staff {id}")).unwrap();
        let formulas = book.worksheet_formula(&format!("Staff {id}")).unwrap();
        for (at, row) in table.rows.iter().enumerate() {
            let last = row.lines[scenario].last().unwrap();
            let cell =
                |column: u32| sheet.get_value((4 + at as u32, column)).unwrap().to_string().parse::<f64>().unwrap();
            let near = |a: f64, b: f64| (a - b).abs() < 1e-6 * b.abs().max(1.0);
            assert!(near(cell(2), last.supply_fte.into()) && near(cell(8), last.gap_fte.into()), "{}", row.title);
            assert!(near(cell(13), last.pay_gbp + last.temporary_gbp), "{}", row.title);
            assert!(formulas.get_value((4 + at as u32, 8)).is_some_and(|text| !text.is_empty()));
        }
        // All staff and the two groups are sums.
        let sum = formulas.get_value((4, 2)).unwrap();
        assert!(sum.contains('+'), "{sum}");
    }
    let mut said = Vec::new();
    for sheet in ["Targets", "Checks"] {
        let rows = book.worksheet_range(sheet).unwrap();
        said.extend(rows.rows().skip(4).map(|row| row[8].to_string()));
    }
    assert_eq!(said.len(), run.verdicts.len());
    assert!(said.iter().all(|word| ["met", "missed", "not asked"].contains(&word.as_str())), "{said:?}");
}
