//! Pay bands: how a profession's staff divide between them, and what a band earns beside another.
//!
//! They divide a pay bill that is known already, and never change it: the mean of a profession stays its `earnings_gbp`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::assumption::{Kind, Passport};
use crate::book::Context;
use crate::diagnostic::{Diagnostics, suggest};
use crate::document::{At, Document};
use crate::files::TextFile;

/// The name of the file, in a book.
pub(crate) const FILE: &str = "pay_bands.toml";

/// A pay band.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PayBand {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it earns, in any unit that is the same for all bands.
    pub earnings: f64,
}

/// The bands of a book, and how professions divide between them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PayBands {
    /// The bands, from the lowest.
    pub bands: Vec<PayBand>,
    /// By profession, the share of its FTE in each band; empty where it is paid on a scale of its own.
    pub mix: Vec<Vec<f64>>,
    /// Where the earnings of the bands came from.
    pub earnings: Passport,
    /// Where the shares came from.
    pub shares: Passport,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPayBands {
    /// What the file holds, and how it was made.
    about: At<String>,
    /// Where the earnings of the bands came from.
    earnings: RawPassport,
    /// Where the shares came from.
    shares: RawPassport,
    band: Vec<RawBand>,
    mix: Vec<At<RawMix>>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawPassport {
    kind: Kind,
    source: At<String>,
    #[serde(rename = "where", default)]
    where_in_source: String,
    #[serde(default)]
    why: String,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawBand {
    id: At<String>,
    title: String,
    /// What it earns beside the other bands.
    earnings: At<f64>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawMix {
    profession: At<String>,
    /// The share of its FTE in each band; they add to 1.
    share: BTreeMap<String, f64>,
}

/// Reads the bands of a book, if it states any.
pub(crate) fn read(folder: &Path, context: &mut Context<'_>, diagnostics: &mut Diagnostics) -> Option<PayBands> {
    let path = folder.join(FILE);
    if !context.files.has_file(&path) {
        return None;
    }
    let file = context.files.read(&path, diagnostics)?;
    let raw = Document::parse(&file, diagnostics)?.rest::<RawPayBands>("pay bands", diagnostics)?;
    let before = diagnostics.count();
    if raw.about.trim().is_empty() {
        let at = file.locate(raw.about.span.clone());
        diagnostics.push("M005", at, "the definition in `about` is empty", "say how the bands were found");
    }
    let earnings = raw.earnings.read(&file, context, diagnostics);
    let shares = raw.shares.read(&file, context, diagnostics);
    for (i, band) in raw.band.iter().enumerate() {
        if raw.band[..i].iter().any(|other| other.id.value == band.id.value) {
            let message = format!("two bands are called `{}`", band.id.value);
            diagnostics.push("M013", file.locate(band.id.span.clone()), message, "give one of them another id");
        }
        if !(band.earnings.value.is_finite() && band.earnings.value > 0.0) {
            let message = format!("band `{}` cannot earn {}", band.id.value, band.earnings.value);
            diagnostics.push("M009", file.locate(band.earnings.span.clone()), message, "write a number above nought");
        }
    }
    let mut mix = vec![Vec::new(); context.taxonomy.professions.len()];
    for one in &raw.mix {
        let Some(profession) = context.taxonomy.profession(&one.profession) else {
            let known = context.taxonomy.professions.iter().map(|profession| profession.id.as_str());
            let help = suggest(&one.profession, known, "`muster books list --professions` shows the names");
            let message = format!("no profession is called `{}`", one.profession.value);
            diagnostics.push("M010", file.locate(one.profession.span.clone()), message, help);
            continue;
        };
        let at = || file.locate(one.span.clone());
        let unknown = one.share.keys().find(|id| !raw.band.iter().any(|band| band.id.value == **id));
        if let Some(unknown) = unknown {
            let help =
                suggest(unknown, raw.band.iter().map(|band| band.id.as_str()), "bands are listed under [[band]]");
            diagnostics.push("M010", at(), format!("no band is called `{unknown}`"), help);
        }
        let share = |band: &RawBand| one.share.get(&band.id.value).copied().unwrap_or(0.0);
        let shares: Vec<f64> = raw.band.iter().map(share).collect();
        let sum: f64 = shares.iter().sum();
        if !((sum - 1.0).abs() < 1e-6 && shares.iter().all(|share| (0.0..=1.0).contains(share))) {
            let message =
                format!("the shares of `{}` in pay bands add to {}", one.profession.value, (sum * 1e6).round() / 1e6);
            diagnostics.push("M015", at(), message, "change them so that they add to 1");
        }
        if !mix[profession].is_empty() {
            let message = format!("the pay bands of `{}` are stated twice", one.profession.value);
            diagnostics.push("M013", at(), message, "remove one of them");
        }
        mix[profession] = shares;
    }
    let band = |band: &RawBand| PayBand {
        id: band.id.value.clone(),
        title: band.title.clone(),
        earnings: band.earnings.value,
    };
    (diagnostics.count() == before).then(|| PayBands {
        bands: raw.band.iter().map(band).collect(),
        mix,
        earnings,
        shares,
    })
}

impl RawPassport {
    fn read(&self, file: &TextFile, context: &Context<'_>, diagnostics: &mut Diagnostics) -> Passport {
        let at = || file.locate(self.source.span.clone());
        context.sources.need(&self.source, at(), diagnostics);
        if self.kind == Kind::Published && self.where_in_source.trim().is_empty() {
            let message = "a published number does not say where in its source it is printed";
            diagnostics.push("M011", at(), message, "add `where`: the table or page");
        }
        if self.kind != Kind::Published && self.why.trim().is_empty() {
            let help = "add `why`, so that another planner can disagree with it";
            diagnostics.push("M012", at(), "the number does not say its reason", help);
        }
        Passport {
            kind: self.kind,
            source: self.source.value.clone(),
            where_in_source: self.where_in_source.clone(),
            why: self.why.clone(),
        }
    }
}

impl PayBands {
    /// How a profession's pay divides between bands: (band, share), the shares adding to 1; empty where it has a scale of its own.
    pub fn shares_of_pay(&self, profession: usize) -> Vec<(usize, f64)> {
        let mix = self.mix.get(profession).map(Vec::as_slice).unwrap_or_default();
        let weigh = |(band, share): (usize, &f64)| (*share > 0.0).then(|| (band, share * self.bands[band].earnings));
        let weighed: Vec<(usize, f64)> = mix.iter().enumerate().filter_map(weigh).collect();
        let whole: f64 = weighed.iter().map(|(_, weight)| weight).sum();
        weighed.into_iter().map(|(band, weight)| (band, weight / whole)).collect()
    }
}
