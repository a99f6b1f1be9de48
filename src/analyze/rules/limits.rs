//! Limits of a guard: whole numbers of people or percentages that can hold, each by itself and all together (M24).

use super::bounds;
use crate::base::{Origin, Span, Spanned};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ir::{Bound, Float, Limit, Measure};
use crate::syntax::ast::{self, Number, Operator};

/// The limits that are fine.
pub(super) fn check(item: &ast::Guard, found: &mut Diagnostics) -> Vec<Limit> {
    if item.limits.is_empty() {
        found.push(
            Diagnostic::new(Code::EmptyGuard, format!("the guard of `{}` limits nothing", item.audience.value))
                .label(item.audience.span, "no limit in it")
                .help("add a limit such as `drops <= 5%`, `adds <= 1000` or `size between 1000 and 50000`"),
        );
    }
    let mut kept: Vec<(&Spanned<ast::Limit>, Limit)> = Vec::new();
    for written in &item.limits {
        let Some(limit) = limit(written, found) else { continue };
        let same = |(_, other): &&(_, Limit)| (other.measure, other.percent) == (limit.measure, limit.percent);
        if let Some((first, _)) = kept.iter().filter(same).find(|(_, other)| other.bound == limit.bound) {
            found.push(
                Diagnostic::new(Code::DuplicateGuard, "this limit stands twice")
                    .label(written.span, "again here")
                    .label(first.span, "first here")
                    .help("keep one of them"),
            );
        } else {
            let against = kept.iter().filter(same).find(|(_, other)| apart(other, &limit));
            found.extend(against.map(|(first, _)| contradiction(first.span, written.span)));
            kept.push((written, limit));
        }
    }
    kept.into_iter().map(|(_, limit)| limit).collect()
}

fn contradiction(first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(Code::LimitNeverHolds, "these limits contradict each other, so that every plan would be stopped")
        .label(second, "cannot hold together")
        .label(first, "with this one")
        .help("write one range that can hold, such as `size between 1000 and 50000`")
}

/// Whether no number passes both limits.
fn apart(one: &Limit, other: &Limit) -> bool {
    let (one, other) = (range(one.bound, one.percent), range(other.bound, other.percent));
    one.low.max(other.low) > one.high.min(other.high)
}

/// One limit by itself; `None` where it is wrong.
fn limit(written: &Spanned<ast::Limit>, found: &mut Diagnostics) -> Option<Limit> {
    let ast::Limit { measure, bound, percent } = &written.value;
    let (measure, word) = measured(measure.value);
    if *percent && measure == Measure::Size {
        found.push(
            Diagnostic::new(Code::LimitForm, "a size is a number of people, not a percentage")
                .label(written.span, "per cent of what?")
                .note("percentages are of the size before the plan")
                .help("write `size between 1000 and 50000`, or limit `adds` and `drops` in per cent"),
        );
        return None;
    }
    let numbers: Vec<&Spanned<Number>> = match bound {
        ast::Bound::Compare(_, number) => vec![number],
        ast::Bound::Between(low, high) => vec![low, high],
    };
    let wrong: Vec<Diagnostic> = numbers.iter().filter_map(|each| number(word, each, *percent)).collect();
    if !wrong.is_empty() {
        found.extend(wrong);
        return None;
    }
    let bound = meaning(bound, found)?;
    found.extend(holds(word, &range(bound, *percent), measure, *percent, written.span));
    let never = range(bound, *percent).is_outside(ceiling(measure, *percent));
    (!never).then(|| Limit { measure, bound, percent: *percent, origin: Origin::from(written.span) })
}

/// The most that can be measured.
fn ceiling(measure: Measure, percent: bool) -> f64 {
    if percent && measure == Measure::Drops { 100.0 } else { f64::INFINITY }
}

/// What is said of a limit that holds never, or always.
fn holds(word: &str, range: &Range, measure: Measure, percent: bool, span: Span) -> Option<Diagnostic> {
    let most = ceiling(measure, percent);
    if range.is_outside(most) {
        let why = if range.high < 0.0 { "nothing is less than nobody" } else { "at most everybody can leave" };
        let example = if percent { "5%" } else { "1000" };
        return Some(
            Diagnostic::new(Code::LimitNeverHolds, "this limit can never hold, so that every plan would be stopped")
                .label(span, why)
                .help(format!("write a limit such as `{word} <= {example}`")),
        );
    }
    (range.low <= 0.0 && range.high >= most).then(|| {
        Diagnostic::new(Code::LimitAlwaysHolds, "this limit holds for every plan")
            .label(span, "always holds")
            .help("write a tighter limit, or leave it out")
    })
}

/// What is wrong with one number.
fn number(word: &str, written: &Spanned<Number>, percent: bool) -> Option<Diagnostic> {
    let Number { text, value } = &written.value;
    let error = |message: String| Diagnostic::new(Code::LimitForm, message);
    if *value < 0.0 {
        return Some(
            error(format!("{text} is less than nobody"))
                .label(written.span, "never negative")
                .help(format!("`{word}` counts people; write a number from 0")),
        );
    }
    if !percent && value.fract() != 0.0 {
        return Some(
            error(format!("{text} is not a whole number of people"))
                .label(written.span, "people are whole")
                .help(format!("write {} or {}, or a percentage such as `5%`", value.floor(), value.ceil())),
        );
    }
    (percent && *value > 100.0 && word == "drops").then(|| {
        error(format!("at most 100 % can leave, and this says {text} %"))
            .label(written.span, "more than everybody")
            .help("write a percentage from 0 to 100")
    })
}

/// The meaning of a bound; `None`, and a diagnostic, where its ends are swapped or its operator compares nothing.
fn meaning(written: &ast::Bound, found: &mut Diagnostics) -> Option<Bound> {
    match written {
        ast::Bound::Between(low, high) => {
            bounds::numbers(low, high, found).then_some(())?;
            Some(Bound::Between(Float::new(low.value.value)?, Float::new(high.value.value)?))
        }
        ast::Bound::Compare(operator, number) => {
            let number = Float::new(number.value.value)?;
            match operator.value {
                Operator::Equal => Some(Bound::Equal(number)),
                Operator::Less => Some(Bound::Less(number)),
                Operator::LessOrEqual => Some(Bound::AtMost(number)),
                Operator::Greater => Some(Bound::Greater(number)),
                Operator::GreaterOrEqual => Some(Bound::AtLeast(number)),
                other => {
                    found.push(
                        Diagnostic::new(Code::LimitForm, format!("`{}` bounds no number", other.words()))
                            .label(operator.span, "not a bound")
                            .help("bounds are `=`, `<`, `<=`, `>`, `>=` and `between … and …`"),
                    );
                    None
                }
            }
        }
    }
}

/// The measure, and its word.
fn measured(written: ast::Measure) -> (Measure, &'static str) {
    match written {
        ast::Measure::Adds => (Measure::Adds, "adds"),
        ast::Measure::Drops => (Measure::Drops, "drops"),
        ast::Measure::Size => (Measure::Size, "size"),
    }
}

/// Numbers from `low` to `high`, both inside.
#[derive(Clone, Copy, Debug)]
struct Range {
    low: f64,
    high: f64,
}

impl Range {
    /// Whether none of it lies between 0 and the most.
    fn is_outside(&self, most: f64) -> bool {
        self.high < 0.0 || self.low > most
    }
}

/// What a bound lets pass. People are whole, so that `< 5` is at most 4.
fn range(bound: Bound, percent: bool) -> Range {
    let all = Range { low: f64::NEG_INFINITY, high: f64::INFINITY };
    match bound {
        Bound::Equal(number) => Range { low: number.get(), high: number.get() },
        Bound::Less(number) if percent => Range { high: number.get().next_down(), ..all },
        Bound::Less(number) => Range { high: number.get() - 1.0, ..all },
        Bound::AtMost(number) => Range { high: number.get(), ..all },
        Bound::Greater(number) if percent => Range { low: number.get().next_up(), ..all },
        Bound::Greater(number) => Range { low: number.get() + 1.0, ..all },
        Bound::AtLeast(number) => Range { low: number.get(), ..all },
        Bound::Between(low, high) => Range { low: low.get(), high: high.get() },
    }
}
