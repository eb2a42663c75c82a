//! Shares of systems: of all staff as they were counted, and of each staff group by proportional fitting.

use std::collections::BTreeMap;

use super::book::Book;
use super::entry::Entry;
use super::ipf;
use super::number::{places, significant, whole};
use super::observed::{AMBULANCE_TRUSTS, Evidence, STAFF_GROUPS};
use super::{FitError, Fitted, Passport, stock_fte};
use crate::Period;

/// The table of the shares that hold where no group has its own.
pub const FILE: &str = "places/place_share";
/// The table of the shares of groups and professions.
pub const GROUP_FILE: &str = "places/place_share_of_groups";
/// The settings in which staff are shared as trusts employ them.
const EMPLOYED: [&str; 3] = ["acute", "community", "mental_health"];
/// The settings in which staff are shared as people are registered.
const REGISTERED: [&str; 2] = ["primary_care", "ambulance"];
/// Staff groups that give no share: ambulance staff outside ambulance trusts are few and of few trusts, and so are those of
/// unknown classification.
const NOT_SHARED: [&str; 3] = ["ambulance", "support-ambulance", "unknown"];
/// Shares are written to a millionth.
const MILLION: f64 = 1e6;
/// How many years of its own history say how far a system's share of all staff may be off.
const YEARS: i16 = 5;

/// Systems in rows and staff groups in columns.
struct Table {
    rows: Vec<String>,
    cells: Vec<Vec<f64>>,
}

impl Table {
    /// The rows and columns of one publication and month.
    fn read(evidence: &Evidence, groups: &super::observed::Observed, period: Period) -> Result<Self, FitError> {
        let mut by_row: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for (column, group) in STAFF_GROUPS.iter().enumerate() {
            for (row, fte) in evidence.by_row(groups, group, period) {
                by_row.entry(row).or_insert_with(|| vec![0.0; STAFF_GROUPS.len()])[column] += fte;
            }
        }
        if by_row.is_empty() {
            return Err(FitError::Missing(format!(
                "no staff by organisation and group in {period}: add files of `nationality`"
            )));
        }
        let (rows, cells) = by_row.into_iter().unzip();
        Ok(Self { rows, cells })
    }

    fn totals_of_rows(&self) -> Vec<f64> {
        self.cells.iter().map(|row| row.iter().sum()).collect()
    }

    fn totals_of_columns(&self) -> Vec<f64> {
        (0..STAFF_GROUPS.len()).map(|column| self.cells.iter().map(|row| row[column]).sum()).collect()
    }

    fn without_ambulance(&self) -> Self {
        let systems = self.rows.iter().zip(&self.cells).filter(|(row, _)| *row != AMBULANCE_TRUSTS);
        let (rows, cells) = systems.map(|(row, cells)| (row.clone(), cells.clone())).unzip();
        Self { rows, cells }
    }

    /// The same rows as another table.
    fn rows_of(&self, other: &Self) -> Self {
        let cells = other.rows.iter().map(|row| {
            let at = self.rows.iter().position(|own| own == row);
            at.map_or_else(|| vec![0.0; STAFF_GROUPS.len()], |at| self.cells[at].clone())
        });
        Self { rows: other.rows.clone(), cells: cells.collect() }
    }
}

/// What a test against a table that was published says of the method.
#[derive(Debug, Clone)]
pub struct HeldOut {
    /// The weighted mean absolute percentage error of all cells.
    pub all: f64,
    /// The same for each of the [`STAFF_GROUPS`].
    pub by_group: Vec<f64>,
    /// What it would be had every system England's mix of staff.
    pub without_seed: f64,
    /// The month of the seed and that of the truth.
    pub months: [Period; 2],
}

/// The shares, and how far they were off where the truth is known.
#[derive(Debug)]
pub struct Shares {
    /// Of everyone.
    pub of_all: Fitted,
    /// Of groups and professions.
    pub of_groups: Fitted,
    /// England, from one edition to the next.
    pub england: HeldOut,
    /// The South West, six years on.
    pub region: HeldOut,
}

fn month(year: i16, month: i8) -> Period {
    Period::month(jiff::civil::date(year, month, 1))
}

/// Fits `place_share`.
///
/// Staff by organisation and group were last published for June 2018. In the last month of the dataset, systems are known in
/// total and groups for England; the table of 2018 is scaled until it has those totals.
pub fn fit(evidence: &Evidence, book: &Book) -> Result<Shares, FitError> {
    let seed = Table::read(evidence, &evidence.groups, month(2018, 6))?;
    let england = {
        let before = Table::read(evidence, &evidence.groups, month(2017, 9))?;
        held_out(&before, &seed, [month(2017, 9), month(2018, 6)])?
    };
    let region = {
        let truth = Table::read(evidence, &evidence.staff, month(2024, 8))?;
        held_out(&seed, &truth, [month(2018, 6), month(2024, 8)])?
    };
    let totals = evidence.by_row(&evidence.staff, "all", evidence.month);
    let rows: Vec<f64> = seed.rows.iter().map(|row| totals.get(row).copied().unwrap_or(0.0)).collect();
    let groups = STAFF_GROUPS.iter().map(|group| evidence.england("fte", group, evidence.month));
    let groups = groups.collect::<Result<Vec<_>, _>>()?;
    let cells = ipf::fit(&seed.cells, &rows, &groups)?;
    let fitted = Table { rows: seed.rows.clone(), cells };
    let of_all = of_all(evidence, book, &totals)?;
    let of_groups = of_groups(evidence, book, &fitted, &england, &region)?;
    Ok(Shares { of_all, of_groups, england, region })
}

/// Fits one published table from another with nothing but its totals, and says how far it is off. Ambulance trusts are left
/// out: they would make the task look easy.
fn held_out(seed: &Table, truth: &Table, months: [Period; 2]) -> Result<HeldOut, FitError> {
    let truth = truth.without_ambulance();
    let seed = seed.rows_of(&truth);
    let (rows, columns) = (truth.totals_of_rows(), truth.totals_of_columns());
    let (all, by_group) = ipf::error(&ipf::fit(&seed.cells, &rows, &columns)?, &truth.cells);
    let even = vec![vec![1.0; STAFF_GROUPS.len()]; rows.len()];
    let (without_seed, _) = ipf::error(&ipf::fit(&even, &rows, &columns)?, &truth.cells);
    Ok(HeldOut { all, by_group, without_seed, months })
}

impl HeldOut {
    fn says(&self, evidence: &Evidence, whose: &str) -> String {
        let [seed, truth] = self.months.map(|month| month.starts().strftime("%B %Y").to_string());
        let shared = (0..STAFF_GROUPS.len()).filter(|group| !NOT_SHARED.contains(&STAFF_GROUPS[*group]));
        let worst = shared.max_by(|a, b| self.by_group[*a].total_cmp(&self.by_group[*b])).unwrap_or(0);
        format!(
            "{whose} in {truth}, fitted from {seed}, is {:.1}% off (mean absolute percentage error, weighted by FTE; {:.1}% if every system had the same mix); {} most, {:.1}%.",
            100.0 * self.all,
            100.0 * self.without_seed,
            evidence.title(STAFF_GROUPS[worst]).to_lowercase(),
            100.0 * self.by_group[worst]
        )
    }
}

/// Whole millionths of numbers that are shared.
fn shares(parts: &[f64]) -> Vec<String> {
    let all: f64 = parts.iter().sum();
    let exact: Vec<f64> = parts.iter().map(|part| part / all * MILLION).collect();
    whole(&exact, MILLION as i64).into_iter().map(|millionths| format!("{:.6}", millionths as f64 / MILLION)).collect()
}

fn without_ambulance(rows: &BTreeMap<String, f64>) -> BTreeMap<String, f64> {
    rows.iter().filter(|(row, _)| *row != AMBULANCE_TRUSTS).map(|(row, fte)| (row.clone(), *fte)).collect()
}

/// The shares of everyone: of staff where trusts employ them, of registered people in primary care and ambulance services.
fn of_all(evidence: &Evidence, book: &Book, totals: &BTreeMap<String, f64>) -> Result<Fitted, FitError> {
    let staff = without_ambulance(totals);
    let values = shares(&staff.values().copied().collect::<Vec<_>>());
    let mut history: Vec<BTreeMap<String, f64>> = Vec::new();
    for month in evidence.years_before(YEARS) {
        let staff = without_ambulance(&evidence.by_row(&evidence.staff, "all", month));
        let all: f64 = staff.values().sum();
        history.push(staff.into_iter().map(|(system, fte)| (system, fte / all)).collect());
    }
    let mut entries = Vec::new();
    for setting in EMPLOYED {
        for (system, value) in staff.keys().zip(&values) {
            let number: f64 = value.parse().unwrap_or_default();
            let own = || history.iter().filter_map(|shares| shares.get(system).copied());
            entries.push(Entry {
                place: system.clone(),
                setting: setting.to_owned(),
                value: value.clone(),
                low: format!("{:.6}", own().fold(number, f64::min)),
                high: format!("{:.6}", own().fold(number, f64::max)),
                ..Entry::default()
            });
        }
    }
    let people: f64 = evidence.registered.values().sum();
    if evidence.registered.is_empty() {
        return Err(FitError::Missing("no registered people: add files of `icb-allocations`".into()));
    }
    let values = shares(&evidence.registered.values().copied().collect::<Vec<_>>());
    for setting in REGISTERED {
        let why = if setting == "ambulance" {
            "Registered population: the ten ambulance trusts each sit in one system and serve many.".to_owned()
        } else {
            format!("Registered population of the board over that of England ({:.2} million).", people / 1e6)
        };
        entries.extend(evidence.registered.keys().zip(&values).map(|(system, value)| Entry {
            place: system.clone(),
            setting: setting.to_owned(),
            value: value.clone(),
            source: "nhse-icb-allocations-2025".to_owned(),
            location: "Column Population, added up by integrated care board".to_owned(),
            why: why.clone(),
            ..Entry::default()
        }));
    }
    let ambulance = totals.get(AMBULANCE_TRUSTS).copied().unwrap_or(0.0);
    let month = evidence.month.ends().strftime("%-d %B %Y").to_string();
    let passport = Passport {
        measure: "place_share",
        about: "A system's share of England in each setting: what it gets of England's stocks, intakes and demand where a book gives no amount of its own, and the staff group no share of its own.",
        unit: "share of England",
        notes: vec![
            format!(
                "Acute, community and mental health take one share, that of all hospital and community staff: no table splits a system's staff by \
                 setting. The ten ambulance trusts ({} FTE) are left out of it, because ambulance has its own share. Every organisation in the table \
                 belongs to a system, so nothing had to be spread. The share follows where staff are employed, not where patients live: systems with \
                 specialist hospitals have more. Low and high are the least and the most of the system's own shares in the last {YEARS} years.",
                super::number::thousands(ambulance)
            ),
            format!(
                "Primary care and ambulance take registered population: the column Population of the allocation tool (practice lists, {:.2} million). Its \
                 column Patients is empty. Registered lists are larger than the resident population, and somewhat more so in London.",
                people / 1e6
            ),
        ],
        from: book.baseline,
        kind: "derived",
        source: "nhse-hchs-org-2025-05",
        location: format!("FTE by organisation and integrated care system, {month}"),
        why: "FTE of the system's trusts and commissioning bodies, ambulance trusts left out, over that of England. Held for all years.".to_owned(),
    };
    Ok(Fitted { file: FILE, passport, entries, findings: Vec::new() })
}

/// The shares of groups, and of professions that are made of other staff than most of their group.
fn of_groups(
    evidence: &Evidence,
    book: &Book,
    fitted: &Table,
    england: &HeldOut,
    region: &HeldOut,
) -> Result<Fitted, FitError> {
    let systems: Vec<usize> = (0..fitted.rows.len()).filter(|row| fitted.rows[*row] != AMBULANCE_TRUSTS).collect();
    let whole_group = |group: usize| -> f64 { systems.iter().map(|row| fitted.cells[*row][group]).sum() };
    let totals: Vec<f64> = (0..STAFF_GROUPS.len()).map(whole_group).collect();
    let mut entries = Vec::new();
    for (subject, mixture) in subjects(evidence, book)? {
        // What the profession gets of each staff group, times the system's share of that group.
        let all: f64 = mixture.iter().sum();
        let of = |row: usize| -> f64 {
            (0..STAFF_GROUPS.len())
                .map(|group| mixture[group] / all * fitted.cells[row][group] / totals[group].max(1e-9))
                .sum()
        };
        let off: f64 = (0..STAFF_GROUPS.len()).map(|group| mixture[group] / all * region.by_group[group]).sum();
        let values = shares(&systems.iter().map(|row| of(*row)).collect::<Vec<_>>());
        let made_of: Vec<&str> = (0..STAFF_GROUPS.len())
            .filter(|group| mixture[*group] > 0.0)
            .map(|group| evidence.title(STAFF_GROUPS[group]))
            .collect();
        for setting in EMPLOYED.iter().filter(|setting| subject.settings.iter().any(|own| own == **setting)) {
            for (row, value) in systems.iter().zip(&values) {
                let number: f64 = value.parse().unwrap_or_default();
                entries.push(Entry {
                    group: subject.group.clone(),
                    profession: subject.profession.clone(),
                    place: fitted.rows[*row].clone(),
                    setting: (*setting).to_owned(),
                    value: value.clone(),
                    low: significant(number * (1.0 - off), 4),
                    high: significant((number * (1.0 + off)).min(1.0), 4),
                    location: made_of.join(", "),
                    ..Entry::default()
                });
            }
        }
    }
    let findings =
        vec![england.says(evidence, "England by system and staff group"), region.says(evidence, "The South West")];
    let month = evidence.month.starts().strftime("%B %Y").to_string();
    let passport = Passport {
        measure: "place_share",
        about: "A system's share of England's staff of one group, where trusts employ them: what it gets of England's stocks, intakes and demand of that group.",
        unit: "share of England",
        notes: vec![
            format!(
                "Staff by organisation and staff group were last published for June 2018. Since then systems are known in total and groups for England. The \
                 table of June 2018, organisations put into the system they would be in today and merged trusts into that of their successor, is \
                 scaled by rows and columns in turn until it has the totals of {month} (iterative proportional fitting). What is zero stays zero, and \
                 the pattern stays that of 2018. Ambulance trusts are a row of their own and left out of the shares."
            ),
            format!("{} Low and high are the error of the South West for the group, the longer and harder test.", findings.join(" ")),
            "A group has the share of the staff group that most of it comes from (fit/stock_fte.csv); a profession of another make-up has its own. \
             Ambulance staff outside ambulance trusts are few, and most are with trusts that run ambulances or patient transport of their own, so \
             paramedics outside ambulance services have the share of their wider group."
                .to_owned(),
        ],
        from: book.baseline,
        kind: "derived",
        source: "nhsd-nationality-2018",
        location: "FTE by organisation and staff group, all nationalities, June 2018".to_owned(),
        why: format!(
            "June 2018 by system and staff group, scaled to the systems' totals and England's groups in {month} (`nhse-hchs-org-2025-05`, `nhse-hchs-2025-05`). Fitted in the same way six years on, the South West is {:.1}% off. Held for all years.",
            100.0 * region.all
        ),
    };
    Ok(Fitted { file: GROUP_FILE, passport, entries, findings })
}

/// A group or profession that has shares of its own.
struct Subject {
    group: String,
    profession: String,
    settings: Vec<String>,
}

type Mixture = [f64; STAFF_GROUPS.len()];

/// Each group with the make-up of most of its staff, and each profession whose make-up is another.
fn subjects(evidence: &Evidence, book: &Book) -> Result<Vec<(Subject, Mixture)>, FitError> {
    let mut mixtures = stock_fte::mixture(evidence, book)?;
    for mixture in mixtures.values_mut() {
        for (group, fte) in mixture.iter_mut().enumerate() {
            if NOT_SHARED.contains(&STAFF_GROUPS[group]) {
                *fte = 0.0;
            }
        }
    }
    mixtures.retain(|_, mixture| mixture.iter().sum::<f64>() > 0.0);
    let employed = |settings: &[String]| settings.iter().any(|setting| EMPLOYED.contains(&setting.as_str()));
    // Two mixtures are the same when their percentages are.
    let key = |mixture: &Mixture| mixture.map(|fte| places(100.0 * fte / mixture.iter().sum::<f64>(), 0));
    let mut list = Vec::new();
    for group in &book.groups {
        let members: Vec<_> =
            book.professions.iter().filter(|of| of.group == *group && employed(&of.settings)).collect();
        let mut by_key: BTreeMap<_, (f64, Mixture)> = BTreeMap::new();
        for mixture in members.iter().filter_map(|of| mixtures.get(&of.id)) {
            let found = by_key.entry(key(mixture)).or_insert((0.0, *mixture));
            found.0 += mixture.iter().sum::<f64>();
        }
        let Some((common, (_, mixture))) = by_key.iter().max_by(|a, b| a.1.0.total_cmp(&b.1.0)) else { continue };
        let mut settings: Vec<String> = members.iter().flat_map(|of| of.settings.clone()).collect();
        settings.sort();
        settings.dedup();
        list.push((Subject { group: group.clone(), profession: String::new(), settings }, *mixture));
        for of in members {
            let Some(own) = mixtures.get(&of.id).filter(|own| key(own) != *common) else { continue };
            let subject = Subject { group: String::new(), profession: of.id.clone(), settings: of.settings.clone() };
            list.push((subject, *own));
        }
    }
    Ok(list)
}
