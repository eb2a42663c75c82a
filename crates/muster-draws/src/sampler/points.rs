//! Owen-scrambled Sobol points, one dimension for each variable.
//!
//! Direction numbers are those of Joe and Kuo (SIAM Journal on Scientific Computing 30, 2008). The scrambling is by hash
//! (Burley, Journal of Computer Graphics Techniques 9, 2020), with the constants that Vegdahl found to scramble more evenly.

use sobol::Sobol;
use sobol::params::JoeKuoD6;

use super::REPLICATES;
use crate::stream::Stream;

/// How many dimensions have direction numbers.
const DIMENSIONS: usize = 1_000;
/// How many dimensions the short table of them has.
const SHORT_TABLE: usize = 100;
/// The step of a stream that keys its scramblings, and the one that fills the digits below the 32 of a point. No path is as
/// long.
const KEY_STEP: u32 = u32::MAX;
const FILL_STEP: u32 = u32::MAX - 1;

/// The points of one variable: a dimension of the sequence, scrambled in several ways.
#[derive(Clone, Debug)]
pub(super) struct Points {
    directions: Vec<u32>,
    keys: Vec<u32>,
}

impl Points {
    /// The points of each of the first variables, by their streams: as many as there are dimensions.
    pub(super) fn of(streams: &[Stream]) -> Vec<Self> {
        let dimensions = streams.len().min(DIMENSIONS);
        // The short table is the beginning of the long one, and quicker to read.
        let table = if dimensions <= SHORT_TABLE { JoeKuoD6::minimal() } else { JoeKuoD6::standard() };
        let directions = Sobol::<u32>::init_direction_vals::<u32>(dimensions, 32, &table);
        let keys = |stream: &Stream| (0..REPLICATES).map(|k| (stream.bits(k, KEY_STEP) >> 32) as u32).collect();
        directions
            .into_iter()
            .zip(streams)
            .map(|(directions, stream)| Self { directions, keys: keys(stream) })
            .collect()
    }

    /// Numbers strictly between 0 and 1 for consecutive draws. Below its 32 digits a point is filled up at random, so that it
    /// has the digits of any other number.
    pub(super) fn uniforms(&self, stream: &Stream, first_draw: u64, out: &mut [f64]) {
        stream.uniforms(first_draw, FILL_STEP, out);
        for (number, draw) in out.iter_mut().zip(first_draw..) {
            let key = self.keys[(draw % REPLICATES) as usize];
            let digits = f64::from(scrambled(self.point((draw / REPLICATES) as u32), key));
            *number = ((digits + *number) / 4_294_967_296.0).min(1.0 - f64::EPSILON);
        }
    }

    /// One point of the plain sequence, as 32 binary digits.
    fn point(&self, mut index: u32) -> u32 {
        let mut point = 0;
        while index != 0 {
            point ^= self.directions[index.trailing_zeros() as usize];
            index &= index - 1;
        }
        point
    }
}

/// Owen scrambling: each digit is flipped, or not, by a hash of the digits before it.
fn scrambled(point: u32, key: u32) -> u32 {
    let mut n = point.reverse_bits();
    n ^= n.wrapping_mul(0x3d20_adea);
    n = n.wrapping_add(key);
    n = n.wrapping_mul((key >> 16) | 1);
    n ^= n.wrapping_mul(0x0552_6c56);
    n ^= n.wrapping_mul(0x53a2_2864);
    n.reverse_bits()
}
