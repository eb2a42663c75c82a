//! What can be tracked: which measure of the dataset answers which of the plan, on which definition, and for whom.

use muster_book::Taxonomy;
use serde::{Deserialize, Serialize};

/// A measure of the plan that actuals may be set against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tracking {
    /// Full-time equivalent staff in post.
    StaffFte,
    /// People who leave.
    Leavers,
    /// People who join.
    Joiners,
    /// People who leave in a year, of those there at its start.
    LeaverRate,
}

impl Tracking {
    /// Every measure, in the order of reports.
    pub const ALL: [Self; 4] = [Self::StaffFte, Self::Leavers, Self::Joiners, Self::LeaverRate];

    /// As written on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::StaffFte => "staff_fte",
            Self::Leavers => "leavers",
            Self::Joiners => "joiners",
            Self::LeaverRate => "leaver_rate",
        }
    }

    /// In words.
    pub fn title(self) -> &'static str {
        match self {
            Self::StaffFte => "Staff in post",
            Self::Leavers => "Leavers",
            Self::Joiners => "Joiners",
            Self::LeaverRate => "Leaver rate",
        }
    }

    /// The unit.
    pub fn unit(self) -> &'static str {
        match self {
            Self::StaffFte => "FTE",
            Self::Leavers | Self::Joiners => "people",
            Self::LeaverRate => "share a year",
        }
    }

    /// What the plan means by it.
    pub(crate) fn of_plan(self) -> &'static str {
        match self {
            Self::StaffFte => {
                "FTE in post in NHS trusts and other core bodies: the plan's staff outside general practice"
            }
            Self::Leavers => "people who leave the NHS in England in a year, on the book's definition of `leaver_rate`",
            Self::Joiners => {
                "people who join the NHS in England: newly qualified, returners, from the wider labour market, from abroad"
            }
            Self::LeaverRate => "leavers from the NHS in England in a year, of those in post at its start",
        }
    }

    /// The assumptions that a departure points to.
    pub(crate) fn assumptions(self) -> &'static [&'static str] {
        match self {
            Self::Leavers | Self::LeaverRate => &["leaver_rate"],
            Self::Joiners => &JOINING,
            Self::StaffFte => &EVERYTHING,
        }
    }

    /// The same in words.
    pub(crate) fn points_to(self) -> &'static str {
        match self {
            Self::Leavers | Self::LeaverRate => "the leaver rate",
            Self::Joiners => "what brings joiners: training, returners, the wider labour market, recruitment abroad",
            Self::StaffFte => "the sum of leaving, joining and training: a stock alone cannot tell which",
        }
    }

    /// Where the dataset may have it, the nearest definition first.
    pub(crate) fn sources(self) -> &'static [DataSource] {
        match self {
            Self::StaffFte => &[STAFF_IN_POST],
            Self::Leavers => &[LEAVERS_NHS, LEAVERS_ORGANISATION],
            Self::Joiners => &[JOINERS_NHS, JOINERS_ORGANISATION],
            Self::LeaverRate => &[RATE_NHS, RATE_ORGANISATION],
        }
    }
}

const JOINING: [&str; 5] =
    ["returner_rate", "wider_market_rate", "international_headcount", "training_intake", "training_join_share"];
const EVERYTHING: [&str; 7] = [
    "leaver_rate",
    "returner_rate",
    "wider_market_rate",
    "international_headcount",
    "training_intake",
    "course_attrition",
    "training_join_share",
];

/// A measure of the dataset.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DataSource {
    pub(crate) publication: &'static str,
    pub(crate) measure: &'static str,
    /// What it is divided by.
    pub(crate) over: Option<&'static str>,
    /// Whether it counts the same as the plan; where not, only growth is compared.
    pub(crate) same_definition: bool,
    /// What it counts, in words.
    pub(crate) definition: &'static str,
    /// Whether its everybody is without doctors in training.
    pub(crate) without_residents: bool,
}

const STAFF_IN_POST: DataSource = DataSource {
    publication: "hchs-staff",
    measure: "fte",
    over: None,
    same_definition: true,
    definition: "FTE in post on the last day of the month in NHS trusts and other core bodies",
    without_residents: false,
};
const LEAVERS_NHS: DataSource = DataSource {
    publication: "turnover",
    measure: "leavers_nhs_headcount",
    over: None,
    same_definition: false,
    definition: "people who are in no NHS trust or core body at the end of the year, those on maternity leave and career breaks \
                 included, whom the plan does not count",
    without_residents: false,
};
const JOINERS_NHS: DataSource = DataSource {
    measure: "joiners_nhs_headcount",
    definition: "people who were in no NHS trust or core body at the start of the year, those back from maternity leave and career \
                 breaks included, whom the plan does not count",
    ..LEAVERS_NHS
};
const RATE_NHS: DataSource = DataSource { over: Some("opening_nhs_headcount"), ..LEAVERS_NHS };
const LEAVERS_ORGANISATION: DataSource = DataSource {
    publication: "turnover-benchmarking",
    measure: "leavers_org_headcount",
    over: None,
    same_definition: false,
    definition: "people who leave an organisation, moves to the next trust and unpaid breaks included, which the plan does not count",
    without_residents: true,
};
const JOINERS_ORGANISATION: DataSource = DataSource {
    measure: "joiners_org_headcount",
    definition: "people who join an organisation, moves from another trust included, which the plan does not count",
    ..LEAVERS_ORGANISATION
};
const RATE_ORGANISATION: DataSource = DataSource { over: Some("opening_org_headcount"), ..LEAVERS_ORGANISATION };

/// A staff group of the dataset, and who that is in the plan.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Staff {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    /// Whose seasonal factors it has.
    pub(crate) season: &'static str,
    /// Groups of the plan.
    groups: &'static [&'static str],
    /// Professions beside those groups.
    with: &'static [&'static str],
    /// Professions of those groups that are counted elsewhere.
    without: &'static [&'static str],
}

/// The groups of NHS workforce statistics. Where the two lists differ a little, growth hardly does.
pub(crate) const STAFF: [Staff; 8] = [
    Staff { id: "all", title: "All staff", season: "all", groups: &[], with: &[], without: &[] },
    Staff {
        id: "doctors",
        title: "Doctors",
        season: "doctors",
        groups: &["medical"],
        with: &["dentists"],
        without: &[],
    },
    Staff {
        id: "nurses",
        title: "Nurses and health visitors",
        season: "nurses",
        groups: &["nursing"],
        with: &[],
        without: &["midwives", "nursing-associates"],
    },
    Staff { id: "midwives", title: "Midwives", season: "midwives", groups: &[], with: &["midwives"], without: &[] },
    Staff {
        id: "ambulance",
        title: "Ambulance staff",
        season: "ambulance",
        groups: &[],
        with: &["paramedics"],
        without: &[],
    },
    Staff {
        id: "st-and-t",
        title: "Scientific, therapeutic and technical staff",
        season: "st-and-t",
        groups: &["allied", "scientific"],
        with: &["dental-therapists", "dental-hygienists", "physician-associates", "anaesthesia-associates"],
        without: &["paramedics"],
    },
    Staff {
        id: "support",
        title: "Support to clinical staff",
        season: "support-clinical",
        groups: &["support"],
        with: &["nursing-associates", "peer-support-workers"],
        without: &[],
    },
    Staff {
        id: "infrastructure",
        title: "Infrastructure support",
        season: "estates",
        groups: &["infrastructure"],
        with: &[],
        without: &[],
    },
];

impl Staff {
    /// The professions of the plan, as indices; none where the plan's list of professions is another one.
    pub(crate) fn professions(&self, taxonomy: &Taxonomy) -> Vec<usize> {
        let is_one = |index: &usize| {
            let profession = &taxonomy.professions[*index];
            let (id, group) = (profession.id.as_str(), taxonomy.groups[profession.group].id.as_str());
            self.id == "all" || self.with.contains(&id) || (self.groups.contains(&group) && !self.without.contains(&id))
        };
        (0..taxonomy.professions.len()).filter(is_one).collect()
    }

    /// Its id in a publication.
    pub(crate) fn id_in(&self, source: &DataSource) -> String {
        match self.id {
            "all" | "doctors" if source.without_residents => format!("{}-excluding-residents", self.id),
            id => id.to_owned(),
        }
    }
}

/// The staff group of this name, or what it may have been meant to be.
pub(crate) fn staff_named(name: &str) -> Result<&'static Staff, String> {
    STAFF.iter().find(|staff| staff.id == name).ok_or_else(|| {
        let ids = STAFF.iter().map(|staff| staff.id);
        let list = ids.clone().collect::<Vec<_>>().join(", ");
        let hint = muster_book::did_you_mean(name, ids)
            .map_or(format!("use one of: {list}"), |near| format!("did you mean `{near}`?"));
        format!("no staff group that can be tracked is called `{name}`: {hint}")
    })
}
