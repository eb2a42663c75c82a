//! What passes between Muster and the process that solves: a program on its way there, an answer on its way back.
//!
//! Little-endian numbers, so that every bit arrives as it was; JSON has no infinity. Names stay at home. Whatever is shorter, longer or other than it
//! should be is refused.

use super::{Answer, Limits, Program, Row, Solution, Variable};

const QUESTION: &[u8; 8] = b"MUSTERQ1";
const ANSWER: &[u8; 8] = b"MUSTERA1";
/// The longest answer that is read: a hundred million numbers would be 800 MB.
pub(super) const ANSWER_BYTES: u64 = 1 << 30;

/// A program and its limits, its length first.
pub(super) fn question(program: &Program, limits: &Limits) -> Vec<u8> {
    let mut bytes = QUESTION.to_vec();
    let mut put = |value: [u8; 8]| bytes.extend(value);
    put(limits.seconds.to_le_bytes());
    put(limits.megabytes.to_le_bytes());
    put((program.variables.len() as u64).to_le_bytes());
    for variable in &program.variables {
        put(variable.low.to_le_bytes());
        put(variable.high.to_le_bytes());
        put(variable.cost.to_le_bytes());
        put(u64::from(variable.whole).to_le_bytes());
    }
    put((program.rows.len() as u64).to_le_bytes());
    for row in &program.rows {
        put(row.low.to_le_bytes());
        put(row.high.to_le_bytes());
        put((row.terms.len() as u64).to_le_bytes());
        for (index, factor) in &row.terms {
            put((*index as u64).to_le_bytes());
            put(factor.to_le_bytes());
        }
    }
    let mut framed = (bytes.len() as u64).to_le_bytes().to_vec();
    framed.extend(bytes);
    framed
}

/// The program and limits of a question, without its length; `None` where it is none.
pub(super) fn read_question(bytes: &[u8]) -> Option<(Program, Limits)> {
    let mut reader = Reader(bytes.strip_prefix(QUESTION)?);
    let limits = Limits { seconds: reader.number()?, megabytes: reader.whole()? };
    let mut program = Program::default();
    for _ in 0..reader.count(32)? {
        let (low, high, cost) = (reader.number()?, reader.number()?, reader.number()?);
        program.variable(Variable { name: String::new(), low, high, cost, whole: reader.whole()? != 0 });
    }
    for _ in 0..reader.count(24)? {
        let (low, high) = (reader.number()?, reader.number()?);
        let terms = (0..reader.count(16)?)
            .map(|_| Some((reader.whole()? as usize, reader.number()?)))
            .collect::<Option<_>>()?;
        program.row(Row { name: String::new(), low, high, terms });
    }
    reader.0.is_empty().then_some((program, limits))
}

/// An answer, or a fault in words.
pub(super) fn answer(answer: &Result<Answer, String>) -> Vec<u8> {
    let mut bytes = ANSWER.to_vec();
    let (tag, words, solution) = match answer {
        Ok(Answer::Optimal(solution)) => (0_u64, "", Some(solution)),
        Ok(Answer::Infeasible) => (1, "", None),
        Ok(Answer::Unbounded) => (2, "", None),
        Ok(Answer::Stopped { why, best }) => (3, why.as_str(), best.as_ref()),
        Err(fault) => (4, fault.as_str(), None),
    };
    bytes.extend(tag.to_le_bytes());
    bytes.extend((words.len() as u64).to_le_bytes());
    bytes.extend(words.as_bytes());
    bytes.extend(u64::from(solution.is_some()).to_le_bytes());
    if let Some(solution) = solution {
        for list in [&solution.values, &solution.row_prices, &solution.reduced_costs] {
            bytes.extend((list.len() as u64).to_le_bytes());
            list.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
        }
    }
    bytes
}

/// The answer in these bytes; its objective and sums of rows are left for who knows the program. `None` where it is none. What a library may have printed
/// before it is passed over.
pub(super) fn read_answer(bytes: &[u8]) -> Option<Result<Answer, String>> {
    let begins = bytes.windows(ANSWER.len()).position(|window| window == ANSWER)?;
    let mut reader = Reader(&bytes[begins + ANSWER.len()..]);
    let tag = reader.whole()?;
    let length = reader.count(1)?;
    let words = String::from_utf8(reader.take(length)?.to_vec()).ok()?;
    let list = |reader: &mut Reader| (0..reader.count(8)?).map(|_| reader.number()).collect::<Option<Vec<f64>>>();
    let solution = match reader.whole()? {
        0 => None,
        1 => Some(Solution {
            values: list(&mut reader)?,
            row_prices: list(&mut reader)?,
            reduced_costs: list(&mut reader)?,
            ..Solution::default()
        }),
        _ => return None,
    };
    if !reader.0.is_empty() {
        return None;
    }
    match (tag, solution) {
        (0, Some(solution)) => Some(Ok(Answer::Optimal(solution))),
        (1, None) => Some(Ok(Answer::Infeasible)),
        (2, None) => Some(Ok(Answer::Unbounded)),
        (3, best) => Some(Ok(Answer::Stopped { why: words, best })),
        (4, None) => Some(Err(words)),
        _ => None,
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn eight(&mut self) -> Option<[u8; 8]> {
        self.take(8)?.try_into().ok()
    }

    fn number(&mut self) -> Option<f64> {
        self.eight().map(f64::from_le_bytes)
    }

    fn whole(&mut self) -> Option<u64> {
        self.eight().map(u64::from_le_bytes)
    }

    /// How many things follow; no more than can be there when each takes at least this many bytes.
    fn count(&mut self, each: usize) -> Option<usize> {
        let count = self.whole()? as usize;
        (count <= self.0.len() / each).then_some(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> Program {
        let variable =
            |whole| Variable { name: String::new(), low: f64::NEG_INFINITY, high: 0.1 + 0.2, cost: 1e-300, whole };
        let row = Row { name: String::new(), low: -0.0, high: f64::INFINITY, terms: vec![(1, 1.0 / 3.0), (0, -2.0)] };
        Program { variables: vec![variable(false), variable(true)], rows: vec![row] }
    }

    #[test]
    fn a_question_arrives_bit_for_bit() {
        let limits = Limits { seconds: 1.5, megabytes: 77 };
        let framed = question(&asked(), &limits);
        assert_eq!(framed[..8], ((framed.len() - 8) as u64).to_le_bytes());
        assert_eq!(read_question(&framed[8..]), Some((asked(), limits)));
    }

    #[test]
    fn an_answer_arrives_bit_for_bit() {
        let solution = Solution { values: vec![0.1, -0.0], row_prices: vec![1e300], ..Solution::default() };
        let stopped = Answer::Stopped { why: "time".to_owned(), best: Some(solution.clone()) };
        let answers = [
            Ok(Answer::Optimal(solution)),
            Ok(Answer::Infeasible),
            Ok(Answer::Unbounded),
            Ok(stopped),
            Err("no".to_owned()),
        ];
        for given in answers {
            assert_eq!(read_answer(&answer(&given)), Some(given));
        }
    }

    #[test]
    fn nonsense_is_noticed() {
        let sound = answer(&Ok(Answer::Optimal(Solution { values: vec![1.0; 3], ..Solution::default() })));
        for length in 0..sound.len() {
            assert_eq!(read_answer(&sound[..length]), None, "cut after {length} bytes");
        }
        let mut longer = sound.clone();
        longer.push(0);
        assert_eq!(read_answer(&longer), None);
        // A count that would ask for all the memory there is.
        let mut greedy = sound;
        greedy[32..40].copy_from_slice(&u64::MAX.to_le_bytes());
        assert_eq!(read_answer(&greedy), None);
        let framed = question(&asked(), &Limits::default());
        for length in 8..framed.len() {
            assert_eq!(read_question(&framed[8..length]), None);
        }
    }
}
