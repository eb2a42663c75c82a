//! stub
use crate::{Dataset, Facts, Library, description::PlaceKind, store::StoreError};
use std::collections::BTreeMap;
/// stub
pub struct Places(BTreeMap<String, Place>);
/// stub
pub struct Place {
    /// stub
    pub code: String,
    /// stub
    pub name: String,
    /// stub
    pub kind: PlaceKind,
    parent: Option<String>,
}
#[allow(missing_docs, dead_code)]
impl Places {
    pub fn of(d: &Dataset) -> Result<Self, StoreError> {
        let mut m = BTreeMap::new();
        for (p, r) in d.place_records()? {
            if p == "hchs-staff" {
                m.insert(r.code.clone(), Place { code: r.code, name: r.name, kind: r.kind, parent: r.parent });
            }
        }
        m.insert(
            "ENG".into(),
            Place { code: "ENG".into(), name: "England".into(), kind: PlaceKind::Country, parent: None },
        );
        Ok(Self(m))
    }
    pub fn get(&self, code: &str) -> Option<&Place> {
        self.0.get(code)
    }
    pub fn find(&self, text: &str) -> Vec<&Place> {
        self.0.values().filter(|p| p.name.to_lowercase().contains(&text.to_lowercase())).collect()
    }
    pub fn ancestors(&self, code: &str) -> Vec<String> {
        let mut v = vec![];
        let mut c = code.to_owned();
        while let Some(p) = self.0.get(&c).and_then(|p| p.parent.clone()) {
            v.push(p.clone());
            c = p;
        }
        v
    }
    pub fn members(&self, code: &str, kind: PlaceKind, _on: Option<jiff::civil::Date>) -> Vec<&str> {
        self.0
            .values()
            .filter(|p| p.kind == kind && (code == "ENG" || self.ancestors(&p.code).iter().any(|a| a == code)))
            .map(|p| p.code.as_str())
            .collect()
    }
    pub fn predecessors(&self, _c: &str) -> Vec<&str> {
        vec![]
    }
    pub fn as_it_is_now(&self, f: &Facts, _l: &Library) -> Facts {
        f.clone()
    }
    pub fn peers(&self, _c: &str) -> Vec<&str> {
        vec![]
    }
    pub fn cluster(&self, _c: &str) -> Option<&str> {
        None
    }
}
