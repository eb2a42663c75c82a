//! `muster data compare`: a place beside its peers.

use std::path::Path;

use muster_data::Dataset;
use muster_data::lens::{Peers, compare};
use muster_data::places::Places;
use muster_run::RunError;

use super::asked;
use super::question::{QuestionArgs, for_people, long, passport, shown, unit};
use crate::output::{Output, Rows};

/// Compare a place with its peers.
///
/// For example: `muster data compare --measure sickness_rate --place RH8 --peers region`
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    question: QuestionArgs,
    /// With whom.
    #[arg(long, value_enum, default_value_t = With::Cluster)]
    peers: With,
    /// Compare growth over so many years, in percent, instead of the value.
    #[arg(long, value_name = "YEARS")]
    growth: Option<u32>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum With {
    /// Those that a publication puts into the same cluster.
    Cluster,
    /// Those of the same kind in the same system.
    System,
    /// Those of the same kind in the same region.
    Region,
    /// All of the same kind.
    All,
}

pub(crate) fn run(data: &Path, args: &Args, output: &Output) -> Result<bool, RunError> {
    let dataset = Dataset::open(data).map_err(asked)?;
    let places = Places::of(&dataset).map_err(asked)?;
    let peers = match args.peers {
        With::Cluster => Peers::Cluster,
        With::System => Peers::System,
        With::Region => Peers::Region,
        With::All => Peers::All,
    };
    let question = args.question.question_back(args.growth)?;
    let found = compare(&dataset, &places, &question, peers, args.growth).map_err(asked)?;
    if !for_people(output) && args.growth.is_none() {
        output.rows(&long(&found.answer));
        return Ok(true);
    }
    let heading = match args.growth {
        None => unit(&found.answer).to_owned(),
        Some(years) => format!("Growth over {years} years, %"),
    };
    let mut rows = Rows::new(&["Rank", "Place", "Name", &heading], Some(3));
    for (at, (row, value)) in found.ranked.iter().enumerate() {
        let cells = vec![(at + 1).to_string(), row.place.clone(), row.place_name.clone(), shown(Some(*value))];
        if at + 1 == found.rank { rows.push_strong(cells) } else { rows.push(cells) }
    }
    output.rows(&rows);
    let [lower, median, upper] = found.quartiles.map(|value| shown(Some(value)));
    let (row, value) = &found.ranked[found.rank - 1];
    output.say(&format!(
        "{} ({}), {}: {}, place {} of {} from the largest. Median {median}, middle half {lower} to {upper}. Peers: {}.",
        row.place_name,
        row.place,
        found.period,
        shown(Some(*value)),
        found.rank,
        found.ranked.len(),
        found.peers
    ));
    if found.ranked.len() < found.count {
        output.say(&format!(
            "{} of {} have a value for {}: the others are not ranked. Choose an earlier date with --until to see more.",
            found.ranked.len(),
            found.count,
            found.period
        ));
    }
    passport(&found.answer, output);
    Ok(true)
}
