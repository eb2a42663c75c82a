//! Standard normal scores of many variables, for any range of draws.
//!
//! Each variable has a stream of its own, named after it. Its first number in a draw is its score, the start of its path, or
//! the end of its walk; later numbers are the years of a path. A score depends on the seed, the name, the draw and the year,
//! and never on how many draws are asked for or in what pieces. With [`Method::Sobol`] it also depends on the variable's place
//! in the list.
//!
//! # Sobol numbers
//!
//! The first number of variable k is dimension k of a Sobol sequence, Owen-scrambled. Later years of a path take random
//! numbers: the first number already carries most of a path's variance (a walk is drawn from its end, by a Brownian bridge),
//! and the first dimensions of the sequence are its best, so they are not spent on what matters less. For the same reason
//! the variables that matter most should come first. Beyond dimension 1,000 the random stream is used.
//!
//! Draws are divided over [`REPLICATES`] independent scramblings: draw d is point d / 16 of scrambling d % 16. That costs a
//! little accuracy and buys an honest error, which is read from how far the scramblings disagree.

mod points;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use thiserror::Error;

use crate::dependence::Correlation;
use crate::normal;
use crate::stream::Stream;
use points::Points;

/// How many independent scramblings Sobol draws are divided over.
pub const REPLICATES: u64 = 16;

/// How the first number of each variable is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Method {
    /// Independent random numbers.
    #[default]
    Random,
    /// Scrambled Sobol numbers, which fill the space more evenly. Best with 16 times a power of 2 of draws.
    Sobol,
}

impl Method {
    fn points(self, streams: &[Stream]) -> Vec<Points> {
        match self {
            Self::Random => Vec::new(),
            Self::Sobol => Points::of(streams),
        }
    }
}

/// How a variable's score moves over the years.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub enum Path {
    /// One score for all years.
    #[default]
    Fixed,
    /// Each year keeps `persistence` of the year before, and is a standard normal by itself: the range holds in every year.
    Autoregressive {
        /// The correlation of one year with the next, above −1 and below 1.
        persistence: f64,
    },
    /// Nothing at the baseline, spreading evenly to a standard normal in the last year: the range holds at the horizon.
    RandomWalk,
}

/// One thing to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// What names its stream.
    pub name: String,
    /// How it moves over the years.
    pub path: Path,
}

/// Variables that are correlated with each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// What the group is called in messages.
    pub name: String,
    /// The places of its members in the list of variables.
    pub members: Vec<usize>,
    /// Their correlations, in the order of `members`. They hold for the scores of every year.
    pub correlation: Correlation,
}

/// Why variables and groups do not go together.
#[derive(Clone, Debug, PartialEq, Error)]
#[allow(missing_docs, reason = "the message says what each is")]
pub enum Misfit {
    /// Two variables with one name would share their numbers.
    #[error("two assumptions are both called {name}; give each its own name")]
    SameName { name: String },
    /// Persistence that does not die away.
    #[error(
        "the persistence of {name} is {persistence}; it must lie between -1 and 1, and 0.7 is usual for yearly rates"
    )]
    Persistence { name: String, persistence: f64 },
    /// A member that is not in the list.
    #[error("the group {group} names assumption number {member}, and there are {count}")]
    NoSuchMember { group: String, member: usize, count: usize },
    /// The matrix has another size than the group.
    #[error("the group {group} has {members} members and correlations for {size}; write one row for each member")]
    Size { group: String, members: usize, size: usize },
    /// A variable in two groups, or twice in one.
    #[error("{name} is in {first} and in {second}; put all that it is correlated with into one group")]
    InTwoGroups { name: String, first: String, second: String },
    /// Members that move over the years in different ways have no single correlation.
    #[error(
        "in the group {group}, {first} and {second} move over the years in different ways, so no one correlation holds between them; give both the same path"
    )]
    MixedPaths { group: String, first: String, second: String },
}

/// Draws the scores of a list of variables.
#[derive(Clone, Debug)]
pub struct Sampler {
    seed: u64,
    method: Method,
    variables: Vec<Variable>,
    streams: Vec<Stream>,
    groups: Vec<Group>,
    years: usize,
    /// The Sobol points of each of the first variables; none when drawing at random.
    points: Vec<Points>,
    /// Where each variable's columns begin, and where the last one's end.
    columns: Vec<usize>,
}

impl Sampler {
    /// A sampler of `variables` from the baseline (year 0) to the horizon (year `years`).
    ///
    /// # Errors
    ///
    /// [`Misfit`], if the variables and groups do not go together.
    pub fn new(
        seed: u64,
        method: Method,
        variables: Vec<Variable>,
        groups: Vec<Group>,
        years: usize,
    ) -> Result<Self, Misfit> {
        check_variables(&variables)?;
        check_groups(&variables, &groups)?;
        let streams: Vec<Stream> = variables.iter().map(|variable| Stream::named(seed, &variable.name)).collect();
        let points = method.points(&streams);
        let mut columns = vec![0];
        for variable in &variables {
            let wide = if variable.path == Path::Fixed { 1 } else { years + 1 };
            columns.push(columns[columns.len() - 1] + wide);
        }
        Ok(Self { seed, method, variables, streams, groups, years, points, columns })
    }

    /// How the first number of each variable is drawn.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The variables, in order.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// The last year.
    pub fn years(&self) -> usize {
        self.years
    }

    /// The scores of these draws.
    pub fn scores(&self, draws: Range<u64>) -> Scores {
        let mut columns = self.independent(&draws);
        self.correlate(&mut columns);
        self.follow_paths(draws.start, columns)
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The groups of correlated variables.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// A sampler of the same variables and then of each again, under a name of its own and without correlations: what is
    /// needed to ask what if some of a draw had come out otherwise.
    pub(crate) fn twice(&self) -> Self {
        // No name in a plan has a zero byte in it, so none is the same.
        let again = |variable: &Variable| Variable { name: format!("{}\0again", variable.name), ..variable.clone() };
        let mut twice = self.clone();
        twice.groups.clear();
        twice.variables.extend(self.variables.iter().map(again));
        let added = &twice.variables[self.variables.len()..];
        twice.streams.extend(added.iter().map(|variable| Stream::named(self.seed, &variable.name)));
        twice.points = self.method.points(&twice.streams);
        let width = self.columns[self.variables.len()];
        twice.columns.extend(self.columns.iter().skip(1).map(|start| start + width));
        twice
    }

    /// Which columns hold the numbers of a variable: one, or one for each year.
    pub(crate) fn columns_of(&self, variable: usize) -> Range<usize> {
        self.columns[variable]..self.columns[variable + 1]
    }

    /// Independent standard normal numbers for all that is drawn, before correlations and paths.
    pub(crate) fn independent(&self, draws: &Range<u64>) -> Vec<Vec<f64>> {
        let count = usize::try_from(draws.end.saturating_sub(draws.start)).unwrap_or(0);
        let mut columns = Vec::with_capacity(self.columns[self.variables.len()]);
        for (k, variable) in self.variables.iter().enumerate() {
            for step in 0..self.columns_of(k).len() {
                let wanted = step < self.steps(variable.path).max(1);
                columns.push(if wanted { self.numbers(k, step, draws.start, count) } else { vec![0.0; count] });
            }
        }
        columns
    }

    /// Correlates the numbers of each group, year by year.
    pub(crate) fn correlate(&self, columns: &mut [Vec<f64>]) {
        for group in &self.groups {
            for step in 0..self.width(group) {
                let places = group.members.iter().map(|&k| self.columns[k] + step);
                let mut members: Vec<Vec<f64>> =
                    places.clone().map(|place| std::mem::take(&mut columns[place])).collect();
                group.correlation.apply(&mut members);
                places.zip(members).for_each(|(place, column)| columns[place] = column);
            }
        }
    }

    /// How many numbers of each member of a group a draw holds: all have the same path.
    pub(crate) fn width(&self, group: &Group) -> usize {
        group.members.first().map_or(0, |&k| self.columns_of(k).len())
    }

    /// Turns the numbers of each variable into its path.
    pub(crate) fn follow_paths(&self, first_draw: u64, mut columns: Vec<Vec<f64>>) -> Scores {
        let count = columns.first().map_or(0, Vec::len);
        for (k, variable) in self.variables.iter().enumerate() {
            let path = &mut columns[self.columns_of(k)];
            match variable.path {
                Path::Fixed => {}
                Path::Autoregressive { persistence } => autoregress(path, persistence),
                Path::RandomWalk => walk(path),
            }
        }
        Scores { first_draw, count, starts: self.columns.clone(), columns }
    }

    /// How many numbers a draw of a path takes.
    fn steps(&self, path: Path) -> usize {
        match path {
            Path::Fixed => 1,
            Path::Autoregressive { .. } => self.years + 1,
            Path::RandomWalk => self.years,
        }
    }

    /// Independent standard normal numbers: one step of one variable, for consecutive draws.
    fn numbers(&self, variable: usize, step: usize, first_draw: u64, count: usize) -> Vec<f64> {
        let mut numbers = vec![0.0; count];
        match self.points.get(variable) {
            Some(points) if step == 0 => points.uniforms(&self.streams[variable], first_draw, &mut numbers),
            _ => self.streams[variable].uniforms(first_draw, step as u32, &mut numbers),
        }
        normal::scores(&mut numbers);
        numbers
    }
}

/// Independent numbers, one column a year, become an autoregressive path.
fn autoregress(path: &mut [Vec<f64>], persistence: f64) {
    let fresh = (1.0 - persistence * persistence).sqrt();
    for year in 1..path.len() {
        let (before, rest) = path.split_at_mut(year);
        let last = &before[year - 1];
        rest[0].iter_mut().zip(last).for_each(|(score, last)| *score = persistence * last + fresh * *score);
    }
}

/// Independent numbers become a walk from 0 at the baseline to a standard normal at the horizon, drawn from its end: column 0
/// holds the end, and each year between lies on the line from the year before to the end, give or take what a Brownian bridge
/// leaves open.
fn walk(path: &mut [Vec<f64>]) {
    let horizon = path.len() - 1;
    if horizon == 0 {
        path[0].fill(0.0);
        return;
    }
    // Column 0 holds the end, and column t the number of year t, up to the year before the horizon.
    let baseline = vec![0.0; path[0].len()];
    let end = std::mem::replace(&mut path[0], baseline);
    for year in 1..horizon {
        let left = (horizon - year + 1) as f64;
        let spread = ((left - 1.0) / (left * horizon as f64)).sqrt();
        let (before, rest) = path.split_at_mut(year);
        for ((score, last), end) in rest[0].iter_mut().zip(&before[year - 1]).zip(&end) {
            *score = last + (end - last) / left + spread * *score;
        }
    }
    path[horizon] = end;
}

/// The scores of a range of draws.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    first_draw: u64,
    count: usize,
    starts: Vec<usize>,
    columns: Vec<Vec<f64>>,
}

impl Scores {
    /// Scores made elsewhere, one column for each variable, none of which has a path. They count as draws from 0 on.
    pub fn fixed(columns: Vec<Vec<f64>>) -> Self {
        let count = columns.iter().map(Vec::len).min().unwrap_or(0);
        Self { first_draw: 0, count, starts: (0..=columns.len()).collect(), columns }
    }

    /// How many draws.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The draws that these are.
    pub fn draws(&self) -> Range<u64> {
        self.first_draw..self.first_draw + self.count as u64
    }

    /// The scores of a variable in a year (0 is the baseline), one for each draw in order. A variable without a path has the
    /// same ones in every year.
    ///
    /// # Panics
    ///
    /// If there is no such variable, or its path no such year.
    pub fn slice(&self, variable: usize, year: usize) -> &[f64] {
        let columns = &self.columns[self.starts[variable]..self.starts[variable + 1]];
        if let [only] = columns { only } else { &columns[year] }
    }

    /// The score of a variable in a year of one draw, counted from the first of these draws.
    ///
    /// # Panics
    ///
    /// If there is no such variable, year or draw.
    pub fn score(&self, variable: usize, year: usize, place: usize) -> f64 {
        self.slice(variable, year)[place]
    }
}

fn check_variables(variables: &[Variable]) -> Result<(), Misfit> {
    let mut names = BTreeSet::new();
    for variable in variables {
        let name = variable.name.clone();
        if !names.insert(variable.name.as_str()) {
            return Err(Misfit::SameName { name });
        }
        if let Path::Autoregressive { persistence } = variable.path
            && !(persistence > -1.0 && persistence < 1.0)
        {
            return Err(Misfit::Persistence { name, persistence });
        }
    }
    Ok(())
}

fn check_groups(variables: &[Variable], groups: &[Group]) -> Result<(), Misfit> {
    let mut taken: BTreeMap<usize, &str> = BTreeMap::new();
    for group in groups {
        let (name, members) = (group.name.clone(), group.members.len());
        if group.correlation.size() != members {
            return Err(Misfit::Size { group: name, members, size: group.correlation.size() });
        }
        for &member in &group.members {
            let Some(variable) = variables.get(member) else {
                return Err(Misfit::NoSuchMember { group: name, member, count: variables.len() });
            };
            if let Some(first) = taken.insert(member, &group.name) {
                return Err(Misfit::InTwoGroups { name: variable.name.clone(), first: first.to_owned(), second: name });
            }
            let leader = &variables[group.members[0]];
            if leader.path != variable.path {
                let (first, second) = (leader.name.clone(), variable.name.clone());
                return Err(Misfit::MixedPaths { group: name, first, second });
            }
        }
    }
    Ok(())
}
