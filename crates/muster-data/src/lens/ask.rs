//! Asking: which facts answer a question, and how they are brought to its steps.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::{Answer, Basis, LensError, Question, Row, Source, Step};
use crate::description::{Measure, MeasureKind, PlaceKind};
use crate::fact::{COLUMNS, Fact, Facts};
use crate::places::Places;
use crate::store::{Dataset, Filter};
use crate::{Amount, Library, Period, ages, disclosure};

/// Answers a question.
pub fn ask(dataset: &Dataset, places: &Places, question: &Question) -> Result<Answer, LensError> {
    let measure = measure(dataset, &question.measure)?;
    let wanted = wanted_places(places, &question.places)?;
    let staff = staff(dataset.library(), &question.staff)?;
    let filter = filter(question, &measure, &staff, dataset.library())?;

    let direct = Filter { places: sources_of(places, &wanted, question.as_now), ..filter.clone() };
    let mut facts = dataset.facts(&direct)?;
    if question.as_now {
        facts = places.as_it_is_now(&facts, dataset.library());
    }
    let window = window(question)?;
    let mut found = Found::of(&facts, question, &wanted, window);

    // What no publication says of a place is added from the organisations in it, where adding makes sense.
    let unsaid: Vec<&String> = wanted.iter().filter(|code| !found.places.contains(*code)).collect();
    if measure.adds && !unsaid.is_empty() {
        let members: BTreeMap<&String, Vec<&str>> =
            unsaid.into_iter().map(|code| (code, places.members(code, PlaceKind::Organisation, None))).collect();
        let codes: Vec<String> = members.values().flatten().map(|code| (*code).to_owned()).collect();
        if !codes.is_empty() {
            let parts = dataset.facts(&Filter { places: codes, ..filter.clone() })?;
            found.add_up(&parts, &members, question, window);
        }
    }
    if found.by_publication.is_empty() {
        return Err(nothing(dataset, &measure, &filter, &direct.places)?);
    }
    let (rows, source, mut notes) = found.choose(dataset, question)?;
    if let Some(across) = question.across.as_deref().filter(|across| *across != "staff")
        && rows.iter().all(|row| row.across.is_empty())
    {
        return Err(LensError::Nothing(format!(
            "`{}` is not divided by {across} for these places and staff: ask without --across, or of another staff group",
            measure.id
        )));
    }
    let mut rows = step(rows, question.by, &measure, &mut notes);
    let person_level = dataset.catalogue().publications.get(&source.id).is_some_and(|found| found.person_level);
    if person_level {
        protect(&mut rows);
        notes.push(disclosure::RULES.to_owned());
    }
    for row in &mut rows {
        row.place_name = places.get(&row.place).map(|place| place.name.clone()).unwrap_or_default();
    }
    let order = |row: &Row| {
        let place = wanted.iter().position(|code| *code == row.place);
        (place, staff.iter().position(|id| *id == row.staff), ages::range(&row.across), row.across.clone(), row.period)
    };
    rows.sort_by_key(order);
    if rows.is_empty() {
        return Err(LensError::Nothing(
            "nothing in the dataset answers this: `muster data list` shows what it holds".to_owned(),
        ));
    }
    Ok(Answer { measure, source, rows, notes })
}

/// The measure that is meant. An everyday name with several definitions is refused: they must not mix.
fn measure(dataset: &Dataset, text: &str) -> Result<Measure, LensError> {
    if let Some(measure) = dataset.measure(text) {
        return Ok(measure.clone());
    }
    let family: Vec<String> = dataset
        .library()
        .measures()
        .filter(|measure| measure.family.as_deref() == Some(text))
        .map(|measure| format!("  {}: {}", measure.id, measure.definition))
        .collect();
    if !family.is_empty() {
        return Err(LensError::Unclear(format!(
            "`{text}` has {} definitions, which must not be mixed. Ask for one of them:\n{}",
            family.len(),
            family.join("\n")
        )));
    }
    let ids: Vec<&str> = dataset.library().measures().map(|measure| measure.id.as_str()).collect();
    Err(LensError::Unclear(format!(
        "no measure is called `{text}`: {}",
        did_you_mean(text, &ids, "`muster data list measures` shows them")
    )))
}

pub(super) fn did_you_mean(text: &str, known: &[&str], otherwise: &str) -> String {
    let near = known.iter().map(|name| (strsim::jaro_winkler(text, name), name)).max_by(|a, b| a.0.total_cmp(&b.0));
    match near {
        Some((likeness, name)) if likeness > 0.85 => format!("did you mean `{name}`?"),
        _ => otherwise.to_owned(),
    }
}

/// The professions or staff groups that are meant.
fn staff(library: &Library, texts: &[String]) -> Result<Vec<String>, LensError> {
    if texts.is_empty() {
        return Ok(vec!["all".to_owned()]);
    }
    let id = |text: &String| {
        let ids: Vec<&str> = library.all_staff().map(|staff| staff.id.as_str()).collect();
        library.staff_called(text).map(|staff| staff.id.clone()).ok_or_else(|| {
            LensError::Unclear(format!(
                "no profession or staff group is called `{text}`: {}",
                did_you_mean(text, &ids, "`muster data list staff` shows them")
            ))
        })
    };
    texts.iter().map(id).collect()
}

/// The codes of the places that are meant, in the order in which they were named.
pub(super) fn wanted_places(places: &Places, texts: &[String]) -> Result<Vec<String>, LensError> {
    if texts.is_empty() {
        return Ok(vec!["ENG".to_owned()]);
    }
    let mut codes = Vec::new();
    for text in texts {
        let (level, within) = text.split_once(" of ").unwrap_or((text, "ENG"));
        let kind = match level.to_lowercase().as_str() {
            "regions" => Some(PlaceKind::Region),
            "systems" | "icss" => Some(PlaceKind::System),
            "organisations" | "trusts" => Some(PlaceKind::Organisation),
            _ => None,
        };
        match kind {
            Some(kind) => {
                let within = one_place(places, within)?;
                codes.extend(places.members(&within, kind, None).into_iter().map(ToOwned::to_owned));
            }
            None => codes.push(one_place(places, text)?),
        }
    }
    let mut seen = BTreeSet::new();
    codes.retain(|code| seen.insert(code.clone()));
    Ok(codes)
}

/// The code of a place, from its code or its name.
pub(super) fn one_place(places: &Places, text: &str) -> Result<String, LensError> {
    if text.eq_ignore_ascii_case("england") {
        return Ok("ENG".to_owned());
    }
    let code = text.to_uppercase();
    if places.get(&code).is_some() {
        return Ok(code);
    }
    let wanted = text.to_lowercase();
    let mut found = places.find(text);
    found.retain(|place| place.name.to_lowercase().contains(&wanted));
    // Councils, practices and networks often have the name of a town; who asks for staff means a body of the NHS.
    if found.iter().any(|place| place.kind <= PlaceKind::Organisation) {
        found.retain(|place| place.kind <= PlaceKind::Organisation);
    }
    if let Some(exact) = found.iter().find(|place| place.name.eq_ignore_ascii_case(text)) {
        return Ok(exact.code.clone());
    }
    match found.as_slice() {
        [one] => Ok(one.code.clone()),
        [] => Err(LensError::Unclear(format!("no place is called `{text}`: `muster data places` shows them"))),
        several => {
            let list: Vec<String> =
                several.iter().take(6).map(|place| format!("{} ({})", place.code, place.name)).collect();
            Err(LensError::Unclear(format!("`{text}` may mean {}: give the code", list.join(", "))))
        }
    }
}

/// The codes under which the values of some places were published.
fn sources_of(places: &Places, wanted: &[String], as_now: bool) -> Vec<String> {
    let mut codes = wanted.to_vec();
    if as_now {
        let before = wanted.iter().flat_map(|code| places.predecessors(code));
        codes.extend(before.map(ToOwned::to_owned));
    }
    codes
}

/// The days that are asked about.
fn window(question: &Question) -> Result<Period, LensError> {
    let (since, until) = (question.since.unwrap_or(date(1900, 1, 1)), question.until.unwrap_or(Date::MAX));
    Period::new(since, until).ok_or_else(|| LensError::Unclear("the first day is after the last".to_owned()))
}

/// Why nothing was found: what there is instead, and how to ask for it.
fn nothing(dataset: &Dataset, measure: &Measure, filter: &Filter, places: &[String]) -> Result<LensError, LensError> {
    let held: Vec<String> = dataset
        .catalogue()
        .publications
        .iter()
        .filter(|(_, found)| found.measures.contains(&measure.id))
        .map(|(id, found)| {
            let covers = found.covers.map(|(from, to)| format!(", {from} to {to}")).unwrap_or_default();
            format!("{id}{covers}")
        })
        .collect();
    if held.is_empty() {
        return Ok(LensError::Nothing(format!(
            "no publication in the dataset holds `{}`: add one with `muster data add`",
            measure.id
        )));
    }
    let wide = Filter { measures: filter.measures.clone(), places: places.to_vec(), ..Filter::default() };
    let facts = dataset.facts(&wide)?;
    let of_staff =
        |fact: &&Fact| filter.staff.is_empty() || filter.staff.iter().any(|id| id == facts.texts(&fact.subject)[1]);
    let values = |column: usize, staff: bool| -> String {
        let all: BTreeSet<&str> = facts
            .list
            .iter()
            .filter(|fact| !staff || of_staff(fact))
            .map(|fact| facts.texts(&fact.subject)[column])
            .filter(|text| !text.is_empty())
            .collect();
        let more = if all.len() > 6 { ", …" } else { "" };
        format!("{}{more}", all.into_iter().take(6).collect::<Vec<_>>().join(", "))
    };
    let help = if facts.list.is_empty() {
        "it has no value for these places".to_owned()
    } else if facts.list.iter().filter(of_staff).count() == 0 {
        format!("for these places it has the staff groups {}: ask with --profession", values(1, false))
    } else {
        let divided: Vec<String> = (3..COLUMNS.len())
            .map(|column| (COLUMNS[column], values(column, true)))
            .filter(|(_, values)| !values.is_empty())
            .map(|(name, values)| format!("{name} ({values})"))
            .collect();
        if divided.is_empty() {
            "it has none in that time".to_owned()
        } else {
            format!(
                "it may be divided by {}: hold each with --where, as in `--where name=value`, or lay one out with --across; or there is none in that time",
                divided.join(" and ")
            )
        }
    };
    Ok(LensError::Nothing(format!("`{}` is in {}, but not as asked: {help}", measure.id, held.join(" and "))))
}

fn filter(question: &Question, measure: &Measure, staff: &[String], library: &Library) -> Result<Filter, LensError> {
    let dimensions = &COLUMNS[3..];
    for name in question.held.iter().map(|(name, _)| name).chain(&question.across) {
        if !dimensions.contains(&name.as_str()) && name != "staff" {
            return Err(LensError::Unclear(format!(
                "no dimension is called `{name}`: there are {}",
                dimensions.join(", ")
            )));
        }
    }
    let across = question.across.as_deref();
    let held = |name: &&str| {
        let value = question.held.iter().find(|(held, _)| held == name).map_or("", |(_, value)| value);
        (Some(*name) != across).then(|| ((**name).to_owned(), value.to_owned()))
    };
    // Laid out by staff: the groups below the one that is asked for.
    let staff = if across == Some("staff") {
        library
            .all_staff()
            .filter(|entry| entry.parent.as_ref().is_some_and(|parent| staff.contains(parent)))
            .map(|entry| entry.id.clone())
            .collect()
    } else {
        staff.to_vec()
    };
    Ok(Filter {
        publication: question.publication.clone(),
        measures: vec![measure.id.clone()],
        staff,
        places: Vec::new(),
        within: None,
        dimensions: dimensions.iter().filter_map(held).collect(),
    })
}

/// What was found, by publication.
struct Found {
    by_publication: BTreeMap<String, Vec<(Row, String)>>,
    places: BTreeSet<String>,
}

impl Found {
    fn of(facts: &Facts, question: &Question, wanted: &[String], window: Period) -> Self {
        let mut found = Self { by_publication: BTreeMap::new(), places: BTreeSet::new() };
        for fact in &facts.list {
            let row = row(facts, fact, question);
            if wanted.contains(&row.place) {
                // A place of which a publication speaks at any time is never added up for another.
                found.places.insert(row.place.clone());
                if row.period.within(window) {
                    found.keep(facts.words.text(fact.source), row);
                }
            }
        }
        found
    }

    fn keep(&mut self, source: &str, row: Row) {
        let publication = source.split_once(' ').map_or(source, |(id, _)| id);
        self.by_publication.entry(publication.to_owned()).or_default().push((row, source.to_owned()));
    }

    /// Adds the values of organisations to places of which nothing is said.
    ///
    /// A sum stands for a place only when the publication has at least half of the organisations that it ever has there: bodies
    /// merge, but a month in which it speaks of one region only is no month of England.
    fn add_up(&mut self, parts: &Facts, members: &BTreeMap<&String, Vec<&str>>, question: &Question, window: Period) {
        type Key = (String, String, String, Period, String);
        for (code, inside) in members {
            let inside: BTreeSet<&str> = inside.iter().copied().collect();
            let mut sums: BTreeMap<Key, (Option<Amount>, usize, String)> = BTreeMap::new();
            for fact in &parts.list {
                if !inside.contains(parts.words.text(fact.subject.place)) {
                    continue;
                }
                let row = row(parts, fact, question);
                let source = parts.words.text(fact.source);
                let publication = source.split_once(' ').map_or(source, |(id, _)| id).to_owned();
                let key = (publication, row.staff, row.across, row.period, row.unit);
                let sum = sums.entry(key).or_insert((Some(Amount::ZERO), 0, String::new()));
                // A sum with a part that is withheld is not known.
                sum.0 = sum.0.zip(row.value).map(|(sum, value)| sum + value);
                sum.1 += 1;
                source.clone_into(&mut sum.2);
            }
            let mut most: BTreeMap<String, usize> = BTreeMap::new();
            for ((publication, ..), (_, count, _)) in &sums {
                let known = most.entry(publication.clone()).or_default();
                *known = (*known).max(*count);
            }
            for ((publication, staff, across, period, unit), (value, count, source)) in sums {
                if !period.within(window) || count * 2 < most[&publication] {
                    continue;
                }
                let basis = Basis::Summed(count);
                let place = (*code).clone();
                self.places.insert(place.clone());
                self.keep(&source, Row { place, place_name: String::new(), staff, across, period, value, unit, basis });
            }
        }
    }

    /// The rows of the publication that says most; two publications never mix.
    fn choose(self, dataset: &Dataset, question: &Question) -> Result<(Vec<Row>, Source, Vec<String>), LensError> {
        let mut notes = Vec::new();
        let most = self.by_publication.iter().max_by_key(|(_, rows)| {
            let published = rows.iter().filter(|(row, _)| row.basis == Basis::Published).count();
            (published, rows.len())
        });
        let (id, _) = most.ok_or_else(|| LensError::Nothing("nothing in the dataset answers this".to_owned()))?;
        let id = id.clone();
        let others: Vec<&str> = self.by_publication.keys().filter(|other| **other != id).map(String::as_str).collect();
        if question.publication.is_none() && !others.is_empty() {
            notes.push(format!("Also in {}: ask with --publication.", others.join(", ")));
        }
        let rows = &self.by_publication[&id];
        let editions: BTreeSet<&str> =
            rows.iter().map(|(_, source)| source.split_once(' ').map_or("", |(_, edition)| edition)).collect();
        let known = dataset.catalogue().publications.get(&id);
        let source = Source {
            title: known.map(|found| found.title.clone()).unwrap_or_default(),
            publisher: known.map(|found| found.publisher.clone()).unwrap_or_default(),
            licence: known.map(|found| found.licence.clone()).unwrap_or_default(),
            editions: editions.into_iter().map(ToOwned::to_owned).collect(),
            id: id.clone(),
        };
        let rows: Vec<Row> = rows.iter().map(|(row, _)| row.clone()).collect();
        if rows.iter().any(|row| matches!(row.basis, Basis::Summed(_))) {
            notes.push(
                "Values marked * were added from the organisations that the publication has for the place.".to_owned(),
            );
        }
        if question.as_now {
            notes.push(
                "As it is now: staff of bodies that are no more are counted with those that followed them.".to_owned(),
            );
        }
        Ok((rows, source, notes))
    }
}

fn row(facts: &Facts, fact: &Fact, question: &Question) -> Row {
    let texts = facts.texts(&fact.subject);
    // Staff has a column of its own.
    let across = question.across.as_deref().filter(|across| *across != "staff");
    let across = across.and_then(|across| COLUMNS.iter().position(|name| *name == across));
    Row {
        place: texts[2].to_owned(),
        place_name: String::new(),
        staff: texts[1].to_owned(),
        across: across.map(|at| texts[at].to_owned()).unwrap_or_default(),
        period: fact.period,
        value: fact.value,
        unit: facts.words.text(fact.unit).to_owned(),
        basis: Basis::Published,
    }
}

/// Brings rows to the step that was asked for.
fn step(rows: Vec<Row>, by: Step, measure: &Measure, notes: &mut Vec<String>) -> Vec<Row> {
    let length = match by {
        Step::AsPublished => return rows,
        Step::Month => 1,
        Step::Quarter => 3,
        Step::Year => 12,
    };
    let longer = |period: Period| months(period) > length;
    if rows.iter().all(|row| longer(row.period)) {
        notes.push("The publication has longer steps than were asked for; they are shown as published.".to_owned());
        return rows;
    }
    let adds_in_time = matches!(measure.kind, MeasureKind::Flow | MeasureKind::Count | MeasureKind::Money);
    let is_stock = measure.kind == MeasureKind::Stock;
    if !adds_in_time && !is_stock && rows.iter().any(|row| months(row.period) < length) {
        notes.push("Rates, shares and scores cannot be added over time; they are shown as published.".to_owned());
        return rows;
    }
    let mut steps: BTreeMap<(String, String, String, Period), Vec<Row>> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| !longer(row.period)) {
        let step = step_of(row.period.ends(), length);
        steps.entry((row.place.clone(), row.staff.clone(), row.across.clone(), step)).or_default().push(row);
    }
    let mut kept = Vec::new();
    let mut partial = 0;
    for ((.., step), mut rows) in steps {
        rows.sort_by_key(|row| row.period);
        let Some(last) = rows.last().cloned() else { continue };
        if is_stock {
            // A stock is what it is at the end of the step.
            if last.period.ends() == step.ends() {
                kept.push(Row { period: if length == 1 { last.period } else { step }, ..last });
            } else {
                partial += 1;
            }
        } else if rows.iter().map(|row| months(row.period)).sum::<i32>() == length {
            let value = rows.iter().map(|row| row.value).try_fold(Amount::ZERO, |sum, value| Some(sum + value?));
            kept.push(Row { value, period: step, basis: Basis::Summed(rows.len()), ..last });
        } else {
            partial += 1;
        }
    }
    if partial > 0 {
        notes.push(format!("{partial} steps are left out because their last month, or some month, is not there."));
    }
    kept
}

/// How many months a period is long, to the nearest.
fn months(period: Period) -> i32 {
    let (from, to) = (period.starts(), period.ends());
    (i32::from(to.year()) - i32::from(from.year())) * 12 + i32::from(to.month()) - i32::from(from.month()) + 1
}

/// The month, the quarter or the financial year of a day.
fn step_of(day: Date, length: i32) -> Period {
    let since_april = (i32::from(day.month()) + 8) % 12;
    let first = day.first_of_month().saturating_sub((since_april % length).months());
    let last = first.saturating_add((length - 1).months()).last_of_month();
    Period::new(first, last).unwrap_or(Period::month(day))
}

/// Withholds small counts of each period: places down, staff and the laid-out dimension across.
fn protect(rows: &mut [Row]) {
    let periods: BTreeSet<Period> = rows.iter().map(|row| row.period).collect();
    for period in periods {
        let now = || rows.iter().enumerate().filter(|(_, row)| row.period == period);
        let places: Vec<String> =
            now().map(|(_, row)| row.place.clone()).collect::<BTreeSet<_>>().into_iter().collect();
        let columns: Vec<(String, String)> = now()
            .map(|(_, row)| (row.staff.clone(), row.across.clone()))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let mut counts = vec![vec![Amount::ZERO; columns.len()]; places.len()];
        let mut at = Vec::new();
        for (index, row) in now() {
            let place = places.binary_search(&row.place).unwrap_or_default();
            let column = columns.binary_search(&(row.staff.clone(), row.across.clone())).unwrap_or_default();
            counts[place][column] = row.value.unwrap_or_default();
            at.push((index, place, column));
        }
        let protected = disclosure::protect(&counts);
        for (index, place, column) in at {
            rows[index].value = rows[index].value.and(protected[place][column].shown);
        }
    }
}
