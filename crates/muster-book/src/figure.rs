//! Figures: questions to a run. Checks, targets and `muster explain` all ask in the same words.

use muster_core::{FinancialYear, PlaceCode, Setting};
use serde::{Deserialize, Serialize};

use crate::book::Context;
use crate::diagnostic::{Diagnostics, suggest};
use crate::document::At;
use crate::files::TextFile;
use crate::taxonomy::Taxonomy;

/// What a figure measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FigureMeasure {
    /// FTE in post.
    SupplyFte,
    /// People in post.
    SupplyHeadcount,
    /// FTE needed.
    DemandFte,
    /// Demand less supply, surpluses set against shortfalls.
    GapFte,
    /// The sum of shortfalls, surpluses left out.
    ShortfallFte,
    /// Bank and agency staff.
    TemporaryFte,
    /// Bank and agency staff as a share of all staff at work.
    TemporaryShare,
    /// Employer's cost of permanent and temporary staff.
    PayBillGbp,
    /// Cost of bank and agency staff.
    TemporaryGbp,
    /// Cost of students, by programme.
    TrainingGbp,
    /// Cost of hiring, at home and abroad.
    RecruitmentGbp,
    /// Everything that is counted: pay, temporary staff, training, recruitment and the plan's actions.
    SpendGbp,
    /// Leavers in the year per head in post at its start.
    LeaverRate,
    /// People who left in the year.
    LeaversHeadcount,
    /// People who joined in the year.
    JoinerHeadcount,
    /// Of those, the share from abroad.
    InternationalShare,
    /// People who started training in the year.
    TrainingIntake,
    /// People who finished training in the year.
    TrainingCompletions,
}

/// What to make of a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// The number itself.
    #[default]
    Value,
    /// How much more than in an earlier year.
    Change,
    /// How many times that of an earlier year.
    Ratio,
    /// Growth a year, compound, since an earlier year.
    Growth,
    /// The sum over all years from an earlier one on.
    Total,
}

/// A question to a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// What is measured.
    pub measure: FigureMeasure,
    /// Which professions, as indices; none for all.
    pub professions: Option<Vec<usize>>,
    /// Which programmes, as indices; none for all.
    pub programmes: Option<Vec<usize>>,
    /// Which setting.
    pub setting: Option<Setting>,
    /// Which place; none for the whole run.
    pub place: Option<PlaceCode>,
    /// When.
    pub year: FinancialYear,
    /// Compared with when.
    pub since: Option<FinancialYear>,
    /// How.
    pub form: Form,
}

/// A figure as written.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawFigure {
    measure: FigureMeasure,
    profession: Option<At<String>>,
    group: Option<At<String>>,
    tag: Option<At<String>>,
    programme: Option<At<String>>,
    programmes: Option<Vec<At<String>>>,
    setting: Option<Setting>,
    place: Option<At<String>>,
    year: At<String>,
    since: Option<At<String>>,
    #[serde(rename = "as", default)]
    form: Form,
}

impl FigureMeasure {
    /// Every measure, in order.
    pub const ALL: [Self; 18] = [
        Self::SupplyFte,
        Self::SupplyHeadcount,
        Self::DemandFte,
        Self::GapFte,
        Self::ShortfallFte,
        Self::TemporaryFte,
        Self::TemporaryShare,
        Self::PayBillGbp,
        Self::TemporaryGbp,
        Self::TrainingGbp,
        Self::RecruitmentGbp,
        Self::SpendGbp,
        Self::LeaverRate,
        Self::LeaversHeadcount,
        Self::JoinerHeadcount,
        Self::InternationalShare,
        Self::TrainingIntake,
        Self::TrainingCompletions,
    ];

    /// As written in checks and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::SupplyFte => "supply_fte",
            Self::SupplyHeadcount => "supply_headcount",
            Self::DemandFte => "demand_fte",
            Self::GapFte => "gap_fte",
            Self::ShortfallFte => "shortfall_fte",
            Self::TemporaryFte => "temporary_fte",
            Self::TemporaryShare => "temporary_share",
            Self::PayBillGbp => "pay_bill_gbp",
            Self::TemporaryGbp => "temporary_gbp",
            Self::TrainingGbp => "training_gbp",
            Self::RecruitmentGbp => "recruitment_gbp",
            Self::SpendGbp => "spend_gbp",
            Self::LeaverRate => "leaver_rate",
            Self::LeaversHeadcount => "leavers_headcount",
            Self::JoinerHeadcount => "joiner_headcount",
            Self::InternationalShare => "international_share",
            Self::TrainingIntake => "training_intake",
            Self::TrainingCompletions => "training_completions",
        }
    }

    /// Whether it counts students rather than staff.
    pub fn of_training(self) -> bool {
        matches!(self, Self::TrainingIntake | Self::TrainingCompletions | Self::TrainingGbp)
    }

    /// Whether it is in pounds.
    pub fn is_money(self) -> bool {
        self.of_ledger() || matches!(self, Self::PayBillGbp | Self::TemporaryGbp)
    }

    /// Whether prices go into it that the engine does not read.
    pub fn of_ledger(self) -> bool {
        matches!(self, Self::TrainingGbp | Self::RecruitmentGbp | Self::SpendGbp)
    }

    /// Whether it counts what happens in a year, which the baseline has nothing of.
    pub fn of_flow(self) -> bool {
        matches!(
            self,
            Self::TrainingIntake
                | Self::TrainingCompletions
                | Self::RecruitmentGbp
                | Self::LeaverRate
                | Self::LeaversHeadcount
                | Self::JoinerHeadcount
                | Self::InternationalShare
        )
    }

    /// Whether it is a share or a rate.
    pub fn is_share(self) -> bool {
        matches!(self, Self::TemporaryShare | Self::LeaverRate | Self::InternationalShare)
    }
}

impl Figure {
    /// A figure for everyone, everywhere in the run.
    pub fn of(measure: FigureMeasure, year: FinancialYear) -> Self {
        let form = Form::Value;
        Self { measure, professions: None, programmes: None, setting: None, place: None, year, since: None, form }
    }

    /// The same, as another form since a year.
    #[must_use]
    pub fn since(self, since: FinancialYear, form: Form) -> Self {
        Self { since: Some(since), form, ..self }
    }
}

impl RawFigure {
    /// Looks the names up.
    pub(crate) fn resolve(
        &self,
        file: &TextFile,
        context: &Context<'_>,
        (first, last): (FinancialYear, FinancialYear),
        diagnostics: &mut Diagnostics,
    ) -> Option<Figure> {
        let before = diagnostics.count();
        let taxonomy = context.taxonomy;
        let mut year = |text: &At<String>, earliest: FinancialYear| -> Option<FinancialYear> {
            let year = text.parse::<FinancialYear>().ok().filter(|year| (earliest..=last).contains(year));
            if year.is_none() {
                let message = format!("`{}` is not a year this figure can be asked for", text.value);
                let help = format!("write a year from {earliest} to {last}");
                diagnostics.push("M023", file.locate(text.span.clone()), message, help);
            }
            year
        };
        let earliest = if self.measure.of_flow() { first + 1 } else { first };
        let asked = year(&self.year, earliest);
        let since = self.since.as_ref().map(|since| year(since, earliest));
        let professions = self.professions(file, taxonomy, diagnostics);
        let programmes = self.programmes(file, taxonomy, diagnostics);
        let place = self.place.as_ref().and_then(|text| {
            let code = text.parse::<PlaceCode>().ok().filter(|code| context.places.get(code).is_some());
            if code.is_none() {
                let message = format!("no place has the code `{}`", text.value);
                let known = context.places.iter().map(|place| place.code.as_str());
                let help = suggest(text, known, "places are listed in places.csv of the national book");
                diagnostics.push("M010", file.locate(text.span.clone()), message, help);
            }
            code
        });
        if (self.form == Form::Value) != self.since.is_none() {
            let message = "a figure with `since` also says `as`, and the other way round";
            let help = "write since = \"2021/22\" and as = \"change\", \"ratio\", \"growth\" or \"total\"";
            diagnostics.push("M023", file.locate(self.year.span.clone()), message, help);
        }
        if let (Some(Some(since)), Some(year)) = (since, asked)
            && since >= year
        {
            let message = format!("the figure compares {year} with {since}, which is not earlier");
            diagnostics.push("M023", file.locate(self.year.span.clone()), message, "put `since` before `year`");
        }
        if self.form == Form::Total && self.measure.is_share() {
            let message = format!("`{}` is a share, and shares of several years do not add", self.measure.id());
            let help = "ask for it in one year, or ask for the number it is a share of";
            diagnostics.push("M023", file.locate(self.year.span.clone()), message, help);
        }
        let (staff, training) = (professions.is_some() || self.setting.is_some(), programmes.is_some());
        if (self.measure.of_training() && staff)
            || (!self.measure.of_training() && training)
            || (self.measure == FigureMeasure::SpendGbp && staff)
            || (self.measure == FigureMeasure::RecruitmentGbp && self.setting.is_some())
        {
            let message = format!("`{}` cannot be asked for that", self.measure.id());
            let help = "ask training figures by programme, and staff figures by profession, group, tag or setting";
            diagnostics.push("M023", file.locate(self.year.span.clone()), message, help);
        }
        (diagnostics.count() == before).then_some(Figure {
            measure: self.measure,
            professions,
            programmes,
            setting: self.setting,
            place,
            year: asked?,
            since: since.flatten(),
            form: self.form,
        })
    }

    fn professions(&self, file: &TextFile, taxonomy: &Taxonomy, diagnostics: &mut Diagnostics) -> Option<Vec<usize>> {
        let mut chosen: Option<Vec<usize>> = None;
        let mut asked_for = Vec::new();
        for (what, text) in [("profession", &self.profession), ("group", &self.group), ("tag", &self.tag)] {
            let Some(text) = text else { continue };
            let matching = professions_named(taxonomy, what, text);
            if matching.is_empty() {
                let help = suggest(
                    text,
                    names(taxonomy, what),
                    "`muster books list` with professions, groups, programmes, moves or places shows the names",
                );
                diagnostics.push(
                    "M010",
                    file.locate(text.span.clone()),
                    format!("no {what} is called `{}`", text.value),
                    help,
                );
            }
            chosen = Some(match chosen {
                None => matching,
                Some(before) => {
                    let both: Vec<usize> = before.iter().copied().filter(|i| matching.contains(i)).collect();
                    if both.is_empty() && !before.is_empty() && !matching.is_empty() {
                        let message =
                            format!("nobody in {} is in {what} `{}` as well", asked_for.join(" and "), text.value);
                        let help = "leave one of them out, or name professions that belong together";
                        diagnostics.push("M023", file.locate(text.span.clone()), message, help);
                    }
                    both
                }
            });
            asked_for.push(format!("{what} `{}`", text.value));
        }
        chosen
    }

    fn programmes(&self, file: &TextFile, taxonomy: &Taxonomy, diagnostics: &mut Diagnostics) -> Option<Vec<usize>> {
        let written: Vec<&At<String>> = self.programme.iter().chain(self.programmes.iter().flatten()).collect();
        let mut found = Vec::new();
        for text in &written {
            found.extend(taxonomy.programme(text));
            if taxonomy.programme(text).is_none() {
                let help = suggest(
                    text,
                    names(taxonomy, "programme"),
                    "`muster books list` with professions, groups, programmes, moves or places shows the names",
                );
                let message = format!("no programme is called `{}`", text.value);
                diagnostics.push("M010", file.locate(text.span.clone()), message, help);
            }
        }
        (!written.is_empty()).then_some(found)
    }
}

/// The professions that a name means, as a profession, a group or a tag.
pub fn professions_named(taxonomy: &Taxonomy, what: &str, name: &str) -> Vec<usize> {
    let matches = |profession: &crate::Profession| match what {
        "profession" => profession.id == name,
        "group" => taxonomy.groups[profession.group].id == name,
        _ => profession.tags.iter().any(|tag| tag == name),
    };
    (0..taxonomy.professions.len()).filter(|i| matches(&taxonomy.professions[*i])).collect()
}

fn names<'t>(taxonomy: &'t Taxonomy, what: &str) -> Vec<&'t str> {
    match what {
        "profession" => taxonomy.professions.iter().map(|item| item.id.as_str()).collect(),
        "group" => taxonomy.groups.iter().map(|item| item.id.as_str()).collect(),
        "programme" => taxonomy.programmes.iter().map(|item| item.id.as_str()).collect(),
        _ => taxonomy.tags(),
    }
}
