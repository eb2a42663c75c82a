//! What the checks found in the publications that an addition changed, in a few lines.

use std::collections::BTreeSet;
use std::path::Path;

use muster_data::Dataset;
use muster_data::quality::Severity;
use muster_data::store::{Added, Outcome};
use muster_run::RunError;

use super::asked;
use crate::output::Output;

/// How many errors and warnings of each publication are shown.
const SHOWN: usize = 3;

pub(super) fn report(data: &Path, added: &[Added], output: &Output) -> Result<(), RunError> {
    let changed: BTreeSet<&str> = added
        .iter()
        .filter_map(|file| match &file.outcome {
            Outcome::Filed(entry, _) => Some(entry.publication.as_str()),
            _ => None,
        })
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    let dataset = Dataset::open(data).map_err(asked)?;
    for id in changed {
        let findings = dataset.findings(id).map_err(asked)?;
        let (total, sums) = (findings.total(), &findings.sums);
        let (tried, hold): (usize, usize) =
            (sums.iter().map(|sums| sums.tried).sum(), sums.iter().map(|sums| sums.hold).sum());
        if tried + total.errors + total.warnings + total.notes == 0 {
            continue;
        }
        let held = if tried == 0 { String::new() } else { format!("; {hold} of {tried} sums hold") };
        let counts = [(total.errors, "error"), (total.warnings, "warning"), (total.notes, "note")];
        let counts = counts.map(|(count, what)| format!("{count} {what}{}", if count == 1 { "" } else { "s" }));
        output.say(&format!("{id}: {}{held}", counts.join(", ")));
        let person_level = dataset.catalogue().publications.get(id).is_none_or(|found| found.person_level);
        let shown = findings.list.iter().filter(|finding| finding.severity < Severity::Note && !person_level);
        for finding in shown.take(SHOWN) {
            let of = [&finding.place, &finding.staff, &finding.measure].map(String::as_str);
            let period = finding.period.map(|period| period.to_string()).unwrap_or_default();
            let what: Vec<&str> = of.into_iter().chain([period.as_str()]).filter(|text| !text.is_empty()).collect();
            let what = if what.is_empty() { String::new() } else { format!("{}: ", what.join(" · ")) };
            output.say(&format!("  {}: {what}{}", finding.severity.title(), finding.message));
        }
    }
    output.say("`muster data report` makes a page of all of it.");
    Ok(())
}
