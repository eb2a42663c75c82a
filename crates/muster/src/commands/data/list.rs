//! `muster data list`: what the dataset holds.

use std::path::Path;

use muster_data::Dataset;
use muster_run::RunError;

use super::asked;
use crate::output::{Output, Rows};

/// List what the dataset holds: publications, measures, staff groups.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// What to list.
    #[arg(value_enum, default_value_t = What::Publications)]
    what: What,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum What {
    Publications,
    Measures,
    Staff,
    Files,
}

pub(crate) fn run(data: &Path, args: &Args, output: &Output) -> Result<bool, RunError> {
    let dataset = Dataset::open(data).map_err(asked)?;
    let catalogue = dataset.catalogue();
    let mut rows;
    match args.what {
        What::Publications => {
            rows = Rows::new(&["Id", "Title", "Publisher", "From", "To", "Facts", "Measures"], None);
            for (id, found) in &catalogue.publications {
                let (from, to) =
                    found.covers.map_or_else(Default::default, |(from, to)| (from.to_string(), to.to_string()));
                let facts = found.facts.as_ref().map_or(0, |stored| stored.rows).to_string();
                let measures = found.measures.iter().cloned().collect::<Vec<_>>().join(", ");
                rows.push(vec![id.clone(), found.title.clone(), found.publisher.clone(), from, to, facts, measures]);
            }
        }
        What::Measures => {
            rows = Rows::new(&["Id", "Title", "Unit", "Family", "In", "Definition"], None);
            for measure in dataset.library().measures() {
                let held = catalogue.publications.iter().filter(|(_, found)| found.measures.contains(&measure.id));
                let held: Vec<&str> = held.map(|(id, _)| id.as_str()).collect();
                if held.is_empty() {
                    continue;
                }
                let family = measure.family.clone().unwrap_or_default();
                let (id, title, unit) = (measure.id.clone(), measure.title.clone(), measure.unit.clone());
                rows.push(vec![id, title, unit, family, held.join(", "), measure.definition.clone()]);
            }
        }
        What::Staff => {
            rows = Rows::new(&["Id", "Title", "Part of"], None);
            for staff in dataset.library().all_staff() {
                rows.push(vec![staff.id.clone(), staff.title.clone(), staff.parent.clone().unwrap_or_default()]);
            }
        }
        What::Files => {
            rows = Rows::new(&["File", "Publication", "Edition", "Rows in", "Filed", "Facts", "SHA-256"], None);
            for file in &catalogue.files {
                let account = &file.account;
                let mut row = vec![file.name.clone(), file.publication.clone(), file.edition.clone()];
                row.extend([account.rows_in, account.rows_filed, account.facts].map(|count| count.to_string()));
                row.push(file.sha256[..16].to_owned());
                rows.push(row);
            }
        }
    }
    output.rows(&rows);
    Ok(true)
}
