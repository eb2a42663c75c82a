//! The findings of a dataset: made when publications change, kept beside their facts.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Catalogue, Dataset, Filter, StoreError, Stored, damaged, failed, tables, write_whole};
use crate::Facts;
use crate::quality::{self, Findings, Holding};
use crate::read::{PlaceRecord, Succession};

impl Dataset {
    /// What the checks found in a publication; they are run now where that was not kept.
    pub fn findings(&self, publication: &str) -> Result<Findings, StoreError> {
        let stored = self.catalogue.publications.get(publication).and_then(|found| found.findings.as_ref());
        let Some(stored) = stored else {
            let successions = self.successions()?.into_iter().map(|(_, succession)| succession).collect::<Vec<_>>();
            return self.run_checks(publication, &successions);
        };
        let path = self.folder.join(&stored.file);
        serde_json::from_slice(&self.bytes(stored)?).map_err(|error| damaged(&path, error.to_string()))
    }

    /// Runs the checks of every publication that changed, and of all when what became of places did.
    pub(super) fn check_changed(&mut self, before: &Catalogue) -> Result<(), StoreError> {
        let successors = |catalogue: &Catalogue| -> Vec<Stored> {
            catalogue.publications.values().filter_map(|found| found.successors.clone()).collect()
        };
        let all = successors(&self.catalogue) != successors(before);
        let added: BTreeSet<&str> =
            self.catalogue.log.iter().skip(before.log.len()).map(|entry| entry.publication.as_str()).collect();
        let changed: Vec<String> =
            self.catalogue.publications.keys().filter(|id| all || added.contains(id.as_str())).cloned().collect();
        let successions = self.successions()?.into_iter().map(|(_, succession)| succession).collect::<Vec<_>>();
        for id in changed {
            let findings = self.run_checks(&id, &successions)?;
            let stored = self.store_findings(&id, &findings)?;
            if let Some(publication) = self.catalogue.publications.get_mut(&id) {
                publication.findings = Some(stored);
            }
        }
        Ok(())
    }

    fn run_checks(&self, id: &str, successions: &[Succession]) -> Result<Findings, StoreError> {
        let (Some(publication), Some(description)) =
            (self.catalogue.publications.get(id), self.library.publication(id))
        else {
            return Ok(Findings::default());
        };
        let mut facts = Facts::default();
        if let Some(stored) = &publication.facts {
            self.read_facts(stored, &Filter::default(), &mut facts)?;
        }
        let places: Vec<PlaceRecord> = self.old(publication.places.as_ref())?;
        let holding = Holding { description, library: &self.library, facts: &facts, places: &places, successions };
        Ok(quality::check(&holding))
    }

    fn store_findings(&self, id: &str, findings: &Findings) -> Result<Stored, StoreError> {
        let bytes = serde_json::to_vec_pretty(findings).map_err(|error| failed(Path::new(id), error))?;
        let sha256 = tables::hash(&bytes);
        let file = format!("findings/{id}-{}.json", &sha256[..16]);
        let path = self.folder.join(&file);
        if !path.is_file() {
            write_whole(&path, &bytes)?;
        }
        Ok(Stored { file, rows: findings.list.len(), sha256 })
    }
}
