//! How many events there are, and the sum, mean, least and greatest of the values that are numbers.

use super::{Aggregates, Input, sums};
use crate::catalog::Calculation;
use crate::ir::Pick;

/// What is known of one user.
#[derive(Clone, Copy)]
struct Tally {
    /// Events; products, where they are counted.
    events: u32,
    /// Values that are numbers.
    values: u32,
    sum: f64,
    least: f64,
    most: f64,
}

const NOTHING: Tally = Tally { events: 0, values: 0, sum: 0.0, least: f64::INFINITY, most: f64::NEG_INFINITY };

/// Whether a calculation is over numbers.
pub(super) fn reads_numbers(calculation: Calculation) -> bool {
    use Calculation as C;
    matches!(calculation, C::Sum | C::Average | C::Minimum | C::Maximum)
}

fn is_answered(calculation: Calculation) -> bool {
    calculation == Calculation::Count || reads_numbers(calculation)
}

pub(super) fn answer(of: &Aggregates<'_>, input: &Input<'_>, slots: &mut [&mut [u64]]) {
    if !of.asks(is_answered) {
        return;
    }
    if !of.asks(|calculation| is_answered(calculation) && calculation != Calculation::Sum)
        && let Some(parts) = sums::parts(of, input)
    {
        return sums::answer(of, input, &parts, slots);
    }
    let mut tallies = vec![NOTHING; input.users];
    let numbers: Vec<_> = of.numbers.iter().map(|each| each.map(|reading| reading.numbers())).collect();
    input.each(Pick::First, |row, cells| {
        let Some(tally) = tallies.get_mut(row.user) else { return };
        tally.events = tally.events.saturating_add(row.rows.count(row.row));
        cells.each(row.rows, row.row, |value| {
            let numbers = numbers.get(value.segment).and_then(|parts| parts.get(value.part));
            let number = numbers.and_then(|numbers| numbers.get(value.code as usize));
            if let Some(number) = number.filter(|number| !number.is_nan()) {
                tally.add(*number);
            }
        });
    });
    of.fill(is_answered, &tallies, slots, |test, tally| test.check.calculated(tally.value(test.calculation)));
}

impl Tally {
    fn add(&mut self, number: f64) {
        self.values = self.values.saturating_add(1);
        self.sum += number;
        self.least = self.least.min(number);
        self.most = self.most.max(number);
    }

    fn value(&self, calculation: Calculation) -> Option<f64> {
        let any = self.values > 0;
        match calculation {
            Calculation::Count => Some(f64::from(self.events)),
            Calculation::Sum => Some(self.sum),
            Calculation::Average => any.then(|| self.sum / f64::from(self.values)),
            Calculation::Minimum => any.then_some(self.least),
            Calculation::Maximum => any.then_some(self.most),
            _ => None,
        }
    }
}
