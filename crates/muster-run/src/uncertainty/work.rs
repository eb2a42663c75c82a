//! The projecting part of a run as tasks that any machine can work out, from the texts of the plan alone.
//!
//! What a task gives is what the blocks of its draws add up to: the same numbers that a thread of this machine would have left in the
//! same place. Summing them up stays with whoever asked.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use muster_book::{Files, Limited, Plan};
use muster_cluster::{Bundle, Task, Work};
use muster_core::PlaceCode;
use muster_draws::sampler::Sampler;
use muster_engine::{LANES, Lanes, Step};
use serde::{Deserialize, Serialize};

use super::Ask;
use super::drawing::{Drawing, Drawn};
use super::ensemble::{MOST, Pass, drawing_of, sampler, targets_of};
use super::rows::{RowOf, Sums, rows_of};
use crate::run::{Run, RunError};

/// A plan and what is drawn of it, without any file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Texts {
    /// By path below the folder that holds them all.
    files: BTreeMap<String, String>,
    /// The plan's folder among them.
    plan: String,
    places: Vec<String>,
    monthly: bool,
    ask: Ask,
}

/// What one pass over the draws of a scenario keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) scenario: String,
    pub(crate) rows: Wanted,
    /// Whether the sums that targets need are kept too.
    pub(crate) sums: bool,
}

/// Which rows are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Wanted {
    /// Of all places together, some of the rows in the order of reports.
    Together {
        /// The first.
        from: usize,
        /// How many.
        count: usize,
    },
    /// All rows of each place.
    EachPlace,
}

impl Wanted {
    /// The rows, for some places.
    pub(crate) fn rows(self, plan: &Plan, places: &[usize]) -> Vec<RowOf> {
        match self {
            Self::Together { from, count } => rows_of(plan, None).into_iter().skip(from).take(count).collect(),
            Self::EachPlace => places.iter().flat_map(|place| rows_of(plan, Some(*place))).collect(),
        }
    }
}

impl Texts {
    /// Everything that workers need to know of a run.
    pub(crate) fn of(run: &Run, ask: &Ask) -> Self {
        let files = run.plan.files.by_relative_path().into_iter();
        Self {
            files: files.map(|(path, file)| (path, file.text.to_string())).collect(),
            plan: run.plan.relative_folder(),
            places: run.request.places.clone(),
            monthly: run.request.monthly,
            ask: ask.clone(),
        }
    }

    /// A pass of it, to be sent.
    pub(crate) fn bundle(&self, order: &Order) -> Result<Bundle, RunError> {
        let bytes = serde_json::to_vec(&(self, order));
        let bytes = bytes.map_err(|error| RunError::File { path: "JSON".to_owned(), error: error.to_string() })?;
        Ok(Bundle::new(Projecting::KIND, bytes))
    }
}

/// What the head of an answer says, each as 64 bits, little end first: blocks, values of a block, values at a limit, of how many.
const HEAD: usize = 4;

/// An answer: its head, then every number of every block.
fn write(blocks: &[Lanes], width: usize, limited: Limited) -> Vec<u8> {
    let count = blocks.len() / width.max(1);
    let mut bytes = Vec::with_capacity(8 * (HEAD + blocks.len() * LANES));
    [count as u64, width as u64, limited.values, limited.of].iter().for_each(|head| bytes.extend(head.to_le_bytes()));
    blocks.as_flattened().iter().for_each(|number| bytes.extend(number.to_le_bytes()));
    bytes
}

/// Reads an answer into the place of its blocks; none where it is not of their size.
pub(crate) fn read(bytes: &[u8], blocks: &mut [Lanes], width: usize) -> Option<Limited> {
    let (words, rest) = bytes.as_chunks::<8>();
    let (head, numbers) = words.split_first_chunk::<HEAD>()?;
    let [count, of_block, values, of] = head.map(u64::from_le_bytes);
    let expected = [(blocks.len() / width.max(1)) as u64, width as u64];
    if [count, of_block] != expected || numbers.len() != blocks.len() * LANES || !rest.is_empty() {
        return None;
    }
    blocks.as_flattened_mut().iter_mut().zip(numbers).for_each(|(into, number)| *into = f64::from_le_bytes(*number));
    Some(Limited { values, of })
}

/// Works out draws for somebody else. It reads no file and writes none.
#[derive(Default)]
pub struct Projecting {
    plans: Latest<Texts, Read>,
    scenarios: Latest<[u8; 32], Ready>,
}

/// A plan that was read.
struct Read {
    plan: Plan,
    places: Vec<PlaceCode>,
    sampler: Sampler,
}

/// A pass over a scenario, made ready.
struct Ready {
    read: Arc<Read>,
    order: Order,
    drawing: Drawing,
    sums: Sums,
    ask: Ask,
}

impl Projecting {
    /// The kind of its bundles.
    pub const KIND: &'static str = "draws";

    fn ready(&self, bundle: &Bundle) -> Result<Ready, String> {
        let (texts, order): (Texts, Order) =
            serde_json::from_slice(bundle.bytes()).map_err(|error| format!("what was sent cannot be read: {error}"))?;
        let (ask, monthly) = (texts.ask.clone(), texts.monthly);
        let read = self.plans.get(texts, Read::of)?;
        let step = if monthly { Step::Month } else { Step::Year };
        let drawing = drawing_of(&read.plan, &order.scenario, &read.places, step).map_err(|error| in_words(&error))?;
        let model = &drawing.futures.model;
        let sums = if order.sums {
            let asked = targets_of(&read.plan, &read.places, &order.scenario, model);
            Sums::new(asked.iter().map(|(_, question)| question), model)
        } else {
            Sums::default()
        };
        Ok(Ready { read, order, drawing, sums, ask })
    }
}

impl Read {
    fn of(texts: &Texts) -> Result<Self, String> {
        let plan = Plan::read_from(Path::new(&texts.plan), Files::in_memory(texts.files.clone()));
        let plan = plan.map_err(|faults| in_words(&RunError::Plan(faults)))?;
        let places = plan.places_named(&texts.places)?;
        let sampler = sampler(&plan, &texts.ask).map_err(|error| in_words(&error))?;
        Ok(Self { plan, places, sampler })
    }
}

/// An error with its first fault: a worker has nowhere to list them all.
fn in_words(error: &RunError) -> String {
    match error {
        RunError::Plan(faults) => {
            let first = faults.first().map(|fault| format!(", the first: {}", fault.message));
            format!("{error}{}", first.unwrap_or_default())
        }
        other => other.to_string(),
    }
}

impl Ready {
    fn project(&self, task: &Task) -> Result<Vec<u8>, String> {
        let end = |first: u64, count: u64, most: usize| first.checked_add(count).filter(|end| *end <= most as u64);
        let draws =
            end(task.first_draw, task.draw_count, MOST).filter(|_| task.first_draw.is_multiple_of(LANES as u64));
        let places = end(task.first_place, task.place_count, self.read.places.len());
        let (Some(last_draw), Some(last_place)) = (draws, places) else {
            return Err("it asks for draws or places that no run has".to_owned());
        };
        let places: Vec<usize> = (task.first_place as usize..last_place as usize).collect();
        let wanted = self.order.rows.rows(&self.read.plan, &places);
        let drawn = Drawn::some(&self.read.sampler, task.first_draw..last_draw, self.ask.method());
        let pass = Pass::new(&self.read.plan, &self.drawing, &wanted, &self.sums);
        // A worker has as many tasks at once as it has slots: each is one thread.
        let (blocks, limited) = pass.project_on_one_thread(&self.drawing, &drawn, &places).map_err(|e| in_words(&e))?;
        Ok(write(&blocks, pass.width(), limited))
    }
}

impl Work for Projecting {
    /// A head, then the numbers of each block in turn, all as 64 bits, little end first.
    fn run(&self, bundle: &Bundle, task: &Task) -> Result<Vec<u8>, String> {
        self.scenarios.get(*bundle.sha256(), |_| self.ready(bundle))?.project(task)
    }

    fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }
}

/// How many are remembered.
const REMEMBERED: usize = 4;

/// Made by one of those who asked at the same time; the others wait.
type Cell<V> = Arc<OnceLock<Result<Arc<V>, String>>>;

/// What was made last, so that the tasks of a run make it once.
struct Latest<K, V>(Mutex<VecDeque<(Arc<K>, Cell<V>)>>);

impl<K, V> Default for Latest<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: PartialEq, V> Latest<K, V> {
    fn get(&self, key: K, make: impl FnOnce(&K) -> Result<V, String>) -> Result<Arc<V>, String> {
        let (key, cell) = {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let found = known.iter().position(|(of, _)| **of == key).and_then(|index| known.remove(index));
            let entry = found.unwrap_or_else(|| (Arc::new(key), Cell::default()));
            known.push_back(entry.clone());
            if known.len() > REMEMBERED {
                known.pop_front();
            }
            entry
        };
        cell.get_or_init(|| make(&key).map(Arc::new)).clone()
    }
}
