//! Named streams of random numbers, addressed and not consumed.
//!
//! A number is a function of four things: the seed, the name of what it is for, the draw, and the step within the draw
//! (a year of a path). So draw 17 is draw 17 among 20 or 20,000, on any thread, in any order, and two scenarios that
//! share an assumption share its numbers.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// What every key begins with. It changes only if the numbers of a seed are ever meant to change.
const EDITION: &[u8] = b"muster draws 1";

/// The random numbers of one name under one seed: `ChaCha8`, with the key from the seed and the name, one stream a step, and
/// two words a draw.
#[derive(Clone, Debug)]
pub struct Stream {
    generator: ChaCha8Rng,
}

impl Stream {
    /// The stream of `name` under `seed`. The name is hashed with SHA-256, so it is the same on every machine and version.
    pub fn named(seed: u64, name: &str) -> Self {
        let key = Sha256::new().chain_update(EDITION).chain_update(seed.to_le_bytes()).chain_update(name.as_bytes());
        Self { generator: ChaCha8Rng::from_seed(key.finalize().into()) }
    }

    /// The 64 random bits of one draw and step.
    pub fn bits(&self, draw: u64, step: u32) -> u64 {
        self.at(draw, step).next_u64()
    }

    /// A number strictly between 0 and 1: an odd multiple of 2^−53, so that neither end is ever reached.
    pub fn uniform(&self, draw: u64, step: u32) -> f64 {
        open_unit(self.bits(draw, step))
    }

    /// The numbers of consecutive draws from `first_draw` on: the same as [`Stream::uniform`] gives one at a time, made a
    /// block at a time.
    pub fn uniforms(&self, first_draw: u64, step: u32, out: &mut [f64]) {
        let mut generator = self.at(first_draw, step);
        for number in out {
            *number = open_unit(generator.next_u64());
        }
    }

    /// The generator, standing at a draw of a step.
    fn at(&self, draw: u64, step: u32) -> ChaCha8Rng {
        let mut generator = self.generator.clone();
        generator.set_stream(u64::from(step));
        generator.set_word_pos(2 * u128::from(draw));
        generator
    }
}

/// 52 bits and a half: exact in a double, and in the open interval.
fn open_unit(bits: u64) -> f64 {
    ((bits >> 12) as f64 + 0.5) * (1.0 / (1_u64 << 52) as f64)
}
