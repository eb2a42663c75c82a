//! Whole people of one large cell, drawn many times and timed: the cohort engine's side of `bench/people.py`.
//!
//! The model comes on standard input as lines of `age,opening,leaver,joiner_share`; the arguments are years, joiners per opening
//! head and year, international recruits a year, draws, and the first draw. It prints one line for each way of knowing the
//! headcount at the horizon: `name,draws,seconds,people_years,mean,variance`, the seconds being those of all draws together.

use std::error::Error;
use std::io::Read;
use std::time::Instant;

use muster_core::{STAFF_AGES, Setting};
use muster_engine::{
    Ages, Cell, CellYear, Decides, Inputs, Projection, Stream, headcount_moments, project, project_people,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<f64> = std::env::args().skip(1).map(|argument| argument.parse()).collect::<Result<_, _>>()?;
    let [years, joiner_rate, recruits, draws, first_draw] = arguments[..] else {
        return Err("give years, joiners per head, recruits a year, draws and the first draw".into());
    };
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let inputs = read(&text, years as usize, joiner_rate, recruits)?;

    let start = Instant::now();
    let expected = project(&inputs)?;
    report("expected numbers", start, &[closing(&expected)], lived(&expected), closing(&expected), 0.0);

    let start = Instant::now();
    let exact = headcount_moments(&inputs, 0)?[inputs.years];
    report("exact moments", start, &[exact.mean], lived(&expected), exact.mean, exact.variance);

    let start = Instant::now();
    let (mut headcounts, mut people_years) = (Vec::new(), 0.0);
    for draw in 0..draws as u64 {
        let future = project_people(&inputs, |stream| generator(stream, first_draw as u64 + draw))?;
        headcounts.push(closing(&future));
        people_years += lived(&future);
    }
    let mean = headcounts.iter().sum::<f64>() / draws;
    let variance = headcounts.iter().map(|people| (people - mean).powi(2)).sum::<f64>() / (draws - 1.0);
    report("whole people", start, &headcounts, people_years, mean, variance);
    Ok(())
}

/// One cell, in which every year is like the last.
fn read(text: &str, years: usize, joiner_rate: f64, recruits: f64) -> Result<Inputs, Box<dyn Error>> {
    let [mut opening, mut leaver, mut joiner_ages]: [Ages; 3] = [[0.0; STAFF_AGES.len()]; 3];
    for line in text.lines() {
        let row: Vec<f64> = line.split(',').map(str::parse).collect::<Result<_, _>>()?;
        let youngest = f64::from(STAFF_AGES.youngest);
        let [age, people, chance, share] = row[..] else {
            return Err(format!("'{line}' is not an age, people, a leaver rate and a share").into());
        };
        if !(youngest..youngest + opening.len() as f64).contains(&age) {
            return Err(format!("'{line}' is of an age at which nobody works").into());
        }
        let at = (age - youngest) as usize;
        (opening[at], leaver[at], joiner_ages[at]) = (people, chance, share);
    }
    let mut inputs = Inputs::empty(years);
    let year = CellYear {
        leaver: inputs.profiles.intern(leaver),
        participation: inputs.profiles.intern([1.0; STAFF_AGES.len()]),
        joiner_ages: inputs.profiles.intern(joiner_ages),
        wider_market_rate: joiner_rate,
        international_headcount: recruits,
        ..CellYear::default()
    };
    inputs.cells.push(Cell {
        place: 0,
        profession: 0,
        setting: Setting::Acute,
        opening: vec![opening],
        opening_participation: year.participation,
        demand_base_fte: 0.0,
        baseline: year,
        years: vec![year; years],
    });
    Ok(inputs)
}

/// The stream is the key and the draw the place in it, so a draw is the same whichever came before it.
fn generator(stream: Stream, draw: u64) -> ChaCha8Rng {
    let kind = match stream.decides {
        Decides::Leavers { .. } => 0,
        Decides::Movers { .. } => 1,
        Decides::Joiners { .. } => 2,
        Decides::Students { .. } => 3,
    };
    let mut seed = [kind; 32];
    seed[..8].copy_from_slice(&(stream.step as u64).to_le_bytes());
    let mut generator = ChaCha8Rng::from_seed(seed);
    generator.set_stream(draw);
    generator
}

fn closing(projection: &Projection) -> f64 {
    projection.cells[0].years.last().map_or(0.0, |year| year.headcount)
}

/// Everyone in post when a year opens lives that year.
fn lived(projection: &Projection) -> f64 {
    projection.cells[0].years.iter().rev().skip(1).map(|year| year.headcount).sum()
}

fn report(name: &str, start: Instant, headcounts: &[f64], people_years: f64, mean: f64, variance: f64) {
    let seconds = start.elapsed().as_secs_f64();
    println!("{name},{},{seconds},{people_years},{mean},{variance}", headcounts.len());
}
