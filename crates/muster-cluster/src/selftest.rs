//! A small run with a known answer: whether a cluster works, before a real run is sent to it.

use crate::{Bundle, Task, Work};

/// Numbers made from a seed, a draw and a place, by whole-number arithmetic: the same on every machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SelfTest;

impl SelfTest {
    /// The kind of its bundles.
    pub const KIND: &'static str = "self-test";

    /// What its tasks need.
    pub fn bundle(seed: u64) -> Bundle {
        Bundle::new(Self::KIND, seed.to_le_bytes().to_vec())
    }

    /// The people of a draw and a place, up to a million.
    pub fn people(seed: u64, draw: u64, place: u64) -> u64 {
        // SplitMix64, with a counter made from the three.
        let mut state = seed ^ draw.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ place.wrapping_mul(0xD1B5_4A32_D192_ED03);
        state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (state ^ (state >> 31)) % 1_000_000
    }
}

impl Work for SelfTest {
    /// How many draws, how many places, then one number for each draw and place, all as little-endian 64 bits.
    fn run(&self, bundle: &Bundle, task: &Task) -> Result<Vec<u8>, String> {
        let seed = <[u8; 8]>::try_from(bundle.bytes()).map_err(|_| "a self-test needs a seed of 8 bytes".to_owned())?;
        let seed = u64::from_le_bytes(seed);
        let mut answer = [task.draw_count.to_le_bytes(), task.place_count.to_le_bytes()].concat();
        for draw in task.first_draw..task.first_draw + task.draw_count {
            for place in task.first_place..task.first_place + task.place_count {
                answer.extend((Self::people(seed, draw, place) as f64).to_le_bytes());
            }
        }
        Ok(answer)
    }

    fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }
}

#[cfg(feature = "ballista")]
pub use on_a_cluster::selftest;

#[cfg(feature = "ballista")]
mod on_a_cluster {
    use std::num::NonZero;
    use std::sync::Arc;

    use super::SelfTest;
    use crate::{Ballista, ClusterError, Executor, Local, Task, Work};

    /// Works a small run out on the cluster and here, and compares every byte. Gives the number of tasks and of bytes.
    pub fn selftest(url: &str, work: &Arc<dyn Work>) -> Result<(usize, usize), ClusterError> {
        let bundle = SelfTest::bundle(1);
        let tasks = Task::split(6_400, 100, 42, 42);
        let cluster = Ballista::new(url, Arc::clone(work))?.collect(&bundle, &tasks)?;
        let local = Local::new(Arc::clone(work), NonZero::<usize>::MIN).collect(&bundle, &tasks)?;
        match tasks.iter().zip(cluster.iter().zip(&local)).find(|(_, (theirs, ours))| theirs != ours) {
            Some((task, _)) => Err(ClusterError::Different { worker: "a worker".to_owned(), task: *task }),
            None => Ok((tasks.len(), cluster.iter().map(Vec::len).sum())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;
    use std::sync::Arc;

    use super::*;
    use crate::{Executor, Local};

    #[test]
    fn the_numbers_are_known() {
        // Worked out with Python's integers from the three lines above.
        let known =
            [(1, 0, 0), (1, 6_399, 41), (2, 17, 3)].map(|(seed, draw, place)| SelfTest::people(seed, draw, place));
        assert_eq!(known, [578_789, 881_412, 237_469]);
    }

    #[test]
    fn a_task_does_not_depend_on_how_the_run_was_cut() {
        let bundle = SelfTest::bundle(7);
        let numbers = |draws, places| {
            let tasks = Task::split(30, draws, 4, places);
            let mut numbers = Vec::new();
            for (task, answer) in tasks
                .iter()
                .zip(Local::new(Arc::new(SelfTest), NonZero::<usize>::MIN).collect(&bundle, &tasks).unwrap())
            {
                let mut values = answer[16..].chunks(8).map(<[u8]>::to_vec);
                for draw in task.first_draw..task.first_draw + task.draw_count {
                    for place in task.first_place..task.first_place + task.place_count {
                        numbers.push((draw, place, values.next().unwrap()));
                    }
                }
            }
            numbers.sort();
            numbers
        };
        assert_eq!(numbers(30, 4), numbers(7, 3));
    }
}
