//! Different texts: how many there are, which one is the most frequent, whether any of them passes.
//!
//! The values of all users of a shard are sorted by user and text in one go, so that equal ones lie together. The parts of
//! an event have dictionaries of their own; a text that several of them know gets one number.

use hashbrown::HashMap;
use rapidhash::fast::RandomState;

use super::{Aggregates, Input, Test};
use crate::catalog::Calculation;
use crate::eval::bits::set;
use crate::eval::leaf::check::Reads;
use crate::eval::leaf::parts::Parts;
use crate::eval::leaf::values::Value;
use crate::ir::Pick;
use crate::store::Dictionary;

/// One number for each distinct text, over all segments and parts.
pub(super) struct Texts<'a> {
    /// The number of each code of each segment; `NONE` for what is no text.
    numbers: Vec<Parts<Vec<u32>>>,
    /// The text of each number, and where it is.
    texts: Vec<(&'a str, Value)>,
}

const NONE: u32 = u32::MAX;

/// Whether a calculation tells texts apart.
pub(super) fn tells_apart(calculation: Calculation) -> bool {
    use Calculation as C;
    matches!(calculation, C::UniqueCount | C::MostFrequent | C::UniqueList)
}

impl<'a> Texts<'a> {
    pub(super) fn new(dictionaries: &[Parts<&'a Dictionary>]) -> Self {
        let mut known: HashMap<&'a str, u32, RandomState> = HashMap::default();
        let mut texts = Vec::new();
        let mut number = |segment: usize, part: usize, dictionary: &'a Dictionary| {
            let numbers = (0..dictionary.len() as u32).map(|code| {
                let Some(text) = dictionary.text(code) else { return NONE };
                *known.entry(text).or_insert_with(|| {
                    texts.push((text, Value { segment, part, code }));
                    texts.len() as u32 - 1
                })
            });
            numbers.collect()
        };
        let of_segment = |(segment, parts): (usize, &Parts<&'a Dictionary>)| Parts {
            own: parts.own.map(|dictionary| number(segment, 0, dictionary)),
            action: parts.action.map(|dictionary| number(segment, 1, dictionary)),
            product: parts.product.map(|dictionary| number(segment, 2, dictionary)),
        };
        let numbers = dictionaries.iter().enumerate().map(of_segment).collect();
        Self { numbers, texts }
    }

    fn number(&self, value: Value) -> Option<u32> {
        let number = self.numbers.get(value.segment)?.get(value.part)?.get(value.code as usize).copied();
        number.filter(|number| *number != NONE)
    }

    fn text(&self, number: u32) -> Option<(&'a str, Value)> {
        self.texts.get(number as usize).copied()
    }
}

pub(super) fn answer(of: &Aggregates<'_>, input: &Input<'_>, slots: &mut [&mut [u64]]) {
    let Some(texts) = of.texts.as_ref() else { return };
    // Users without any value: a user with some takes the answer back.
    let nothing = vec![(); input.users];
    of.fill(tells_apart, &nothing, slots, |test, ()| test.passes_nothing());
    let mut values: Vec<(u32, u32)> = Vec::new();
    input.each(Pick::First, |row, cells| {
        let user = row.user as u32;
        cells.each(row.rows, row.row, |value| values.extend(texts.number(value).map(|number| (user, number))));
    });
    values.sort_unstable();
    for values in values.chunk_by(|(user, _), (other, _)| user == other) {
        let Some((user, _)) = values.first() else { continue };
        for (test, slot) in of.tests.iter().zip(slots.iter_mut()).filter(|(test, _)| tells_apart(test.calculation)) {
            clear(slot, *user as usize);
            if test.passes(values, texts) {
                set(slot, *user as usize);
            }
        }
    }
}

fn clear(slot: &mut [u64], user: usize) {
    if let Some(word) = slot.get_mut(user / 64) {
        *word &= !(1 << (user % 64));
    }
}

impl Test<'_> {
    /// Whether a user without any value passes: the number of values is 0 then, everything else is missing (M11).
    fn passes_nothing(&self) -> bool {
        match self.calculation {
            Calculation::UniqueCount => self.check.calculated(Some(0.0)),
            _ => self.check.calculated(None),
        }
    }

    /// Whether a user with some values, equal ones together, passes.
    fn passes(&self, values: &[(u32, u32)], texts: &Texts<'_>) -> bool {
        let mut runs = values.chunk_by(|a, b| a == b);
        match self.calculation {
            Calculation::UniqueCount => self.check.calculated(Some(runs.count() as f64)),
            Calculation::UniqueList => match self.check.reads() {
                Reads::Presence => self.check.list(&[String::new()]),
                _ => self.check.is_of_lists() && runs.any(|run| self.accepts_any(run, texts)),
            },
            _ => most_frequent(runs, texts).is_some_and(|value| self.accepts(value)),
        }
    }

    fn accepts_any(&self, run: &[(u32, u32)], texts: &Texts<'_>) -> bool {
        let number = run.first().map(|(_, number)| *number);
        number.and_then(|number| texts.text(number)).is_some_and(|(_, value)| self.accepts(value))
    }
}

/// The text of the longest run; of several as long, the first by code points.
fn most_frequent<'v>(runs: impl Iterator<Item = &'v [(u32, u32)]>, texts: &Texts<'_>) -> Option<Value> {
    let counted = runs.filter_map(|run| {
        let (text, value) = texts.text(run.first()?.1)?;
        Some((std::cmp::Reverse(run.len()), text, value))
    });
    counted.min_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1))).map(|(_, _, value)| value)
}
