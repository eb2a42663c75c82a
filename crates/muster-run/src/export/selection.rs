//! Which professions are exported: those asked for, and those from which people move into them.

use muster_book::{Plan, Taxonomy, did_you_mean, professions_named};

use crate::run::RunError;

/// Professions to export, as indices in the order of the taxonomy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selection {
    /// All that are exported.
    pub professions: Vec<usize>,
    /// Those that nobody asked for: people move from them into those asked for.
    pub added: Vec<usize>,
}

impl Selection {
    /// Reads ids of professions, staff groups or tags; everyone when there are none.
    ///
    /// The stock of a profession depends on those from which people move into it, so these are added, and so on up. What lies the other
    /// way, professions into which people move, has no say in it: moves there are kept as people who go.
    pub(crate) fn of(plan: &Plan, names: &[String]) -> Result<Self, RunError> {
        let taxonomy = &plan.shelf.taxonomy;
        let mut chosen = vec![names.is_empty(); taxonomy.professions.len()];
        for name in names {
            let kinds = ["profession", "group", "tag"];
            let found =
                kinds.map(|kind| professions_named(taxonomy, kind, name)).into_iter().find(|found| !found.is_empty());
            for profession in found.ok_or_else(|| unknown(taxonomy, name))? {
                chosen[profession] = true;
            }
        }
        let asked = chosen.clone();
        loop {
            let missing = taxonomy.moves.iter().find(|movement| chosen[movement.to] && !chosen[movement.from]);
            let Some(movement) = missing else { break };
            chosen[movement.from] = true;
        }
        let all = 0..chosen.len();
        Ok(Self {
            professions: all.clone().filter(|i| chosen[*i]).collect(),
            added: all.filter(|i| chosen[*i] && !asked[*i]).collect(),
        })
    }

    /// Whether a profession is exported.
    pub(crate) fn has(&self, profession: usize) -> bool {
        self.professions.contains(&profession)
    }

    /// What a reader should know about where the selection ends.
    pub(crate) fn notes(&self, taxonomy: &Taxonomy) -> Vec<String> {
        let mut notes = Vec::new();
        let titles = |list: &[usize]| {
            list.iter().map(|i| taxonomy.professions[*i].title.as_str()).collect::<Vec<_>>().join(", ")
        };
        if !self.added.is_empty() {
            notes.push(format!(
                "Added, because people move from them into the professions asked for: {}.",
                titles(&self.added)
            ));
        }
        let cut: Vec<&str> = taxonomy
            .moves
            .iter()
            .filter(|movement| self.has(movement.from) && !self.has(movement.to))
            .map(|movement| movement.title.as_str())
            .collect();
        if !cut.is_empty() {
            notes.push(format!(
                "Cut: the professions that these moves lead to are not here, so the people are only seen to go: {}.",
                cut.join(", ")
            ));
        }
        notes
    }
}

fn unknown(taxonomy: &Taxonomy, name: &str) -> RunError {
    let mut known: Vec<&str> = taxonomy.professions.iter().map(|item| item.id.as_str()).collect();
    known.extend(taxonomy.groups.iter().map(|item| item.id.as_str()));
    known.extend(taxonomy.tags());
    let hint = did_you_mean(name, known)
        .map_or("`muster books list professions` shows the names".to_owned(), |name| format!("did you mean `{name}`?"));
    RunError::Request(format!("no profession, staff group or tag is called `{name}`: {hint}"))
}
