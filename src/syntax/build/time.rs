//! Time filters and counts.

use pest::iterators::Pair;

use super::super::grammar::Rule;
use super::super::mistakes;
use super::{Builder, find};
use crate::base::{Moment, Spanned};
use crate::diagnostic::Code;
use crate::syntax::ast::{Count, Quantity, TimeFilter, Unit};

impl Builder<'_> {
    /// Whether a rule is a time filter.
    pub(super) fn is_time(rule: Rule) -> bool {
        use Rule::{after, alt_recent, before, between_ago, between_moments, more_than_ago, on, within_last};
        matches!(rule, after | alt_recent | before | between_ago | between_moments | more_than_ago | on | within_last)
    }

    /// A time filter.
    pub(super) fn time(&mut self, pair: &Pair<Rule>) -> Option<Spanned<TimeFilter>> {
        let filter = match pair.as_rule() {
            Rule::within_last => TimeFilter::WithinLast(self.quantity(&find(pair, Rule::quantity)?)),
            Rule::more_than_ago => TimeFilter::MoreThanAgo(self.quantity(&find(pair, Rule::quantity)?)),
            Rule::between_ago => {
                let first = self.whole(&find(pair, Rule::number)?);
                let quantity = find(pair, Rule::quantity)?;
                let second = self.quantity(&quantity);
                let number = quantity.into_inner().next()?;
                let second_span = self.span(&number);
                let (count, unit) = (second.count, second.unit);
                TimeFilter::BetweenAgo { first, second: Spanned::new(count, second_span), unit }
            }
            Rule::before => TimeFilter::Before(self.moments(pair).into_iter().next()?),
            Rule::after => TimeFilter::After(self.moments(pair).into_iter().next()?),
            Rule::on => TimeFilter::On(self.moments(pair).into_iter().next()?),
            Rule::between_moments => {
                let mut moments = self.moments(pair).into_iter();
                TimeFilter::Between(moments.next()?, moments.next()?)
            }
            _ => return self.recent(pair),
        };
        Some(self.at(pair, filter))
    }

    /// `last 7 days` and other spellings of `within last` and `after`.
    fn recent(&mut self, pair: &Pair<Rule>) -> Option<Spanned<TimeFilter>> {
        if let Some(since) = find(pair, Rule::alt_since) {
            self.instead(Code::TimeSpelling, &since, "after");
            let moment = self.moments(pair).into_iter().next()?;
            return Some(self.at(pair, TimeFilter::After(moment)));
        }
        self.instead(Code::TimeSpelling, &find(pair, Rule::alt_recent_words)?, "within last");
        let quantity = self.quantity(&find(pair, Rule::quantity)?);
        Some(self.at(pair, TimeFilter::WithinLast(quantity)))
    }

    pub(super) fn moments(&mut self, pair: &Pair<Rule>) -> Vec<Spanned<Moment>> {
        let moments = pair.clone().into_inner().filter(|inner| matches!(inner.as_rule(), Rule::date | Rule::alt_date));
        moments.map(|moment| self.moment(&moment)).collect()
    }

    /// `7 days`.
    pub(super) fn quantity(&mut self, pair: &Pair<Rule>) -> Spanned<Quantity> {
        let mut quantity = Quantity { count: 1, unit: Unit::Day };
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::number => quantity.count = self.whole(&inner).value,
                Rule::tight_number => {
                    quantity.count = self.whole(&inner).value;
                    let known = find(pair, Rule::unit).is_some_and(|unit| find(&unit, Rule::alt_unit).is_none());
                    if known {
                        self.report(mistakes::tight_unit(self.span(pair), self.span(&inner).after()));
                    }
                }
                _ => quantity.unit = self.unit(&inner, quantity.count),
            }
        }
        self.at(pair, quantity)
    }

    fn unit(&mut self, pair: &Pair<Rule>, count: u64) -> Unit {
        let word = self.slice(pair);
        let singular = word.strip_suffix('s').unwrap_or(word);
        if let Some((unit, _)) = Unit::ALL.iter().find(|(_, name)| *name == singular) {
            return *unit;
        }
        let touches =
            pair.as_span().start().checked_sub(1).and_then(|at| self.piece.text().as_bytes().get(at).copied());
        let space = if touches.is_some_and(|byte| byte.is_ascii_digit()) { " " } else { "" };
        let meant = match word {
            "d" => Some(Unit::Day),
            "h" | "hr" | "hrs" => Some(Unit::Hour),
            "min" | "mins" => Some(Unit::Minute),
            "s" | "sec" | "secs" => Some(Unit::Second),
            "w" | "wk" | "wks" => Some(Unit::Week),
            _ => None,
        };
        let span = self.span(pair);
        self.report(match meant {
            Some(unit) => {
                let spelling = Quantity { count, unit }.to_string();
                let spelling = spelling.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
                mistakes::short_unit(span, word, spelling, space)
            }
            None => mistakes::unit_of_no_fixed_length(span, word),
        });
        meant.unwrap_or(Unit::Day)
    }

    /// Whether a rule is a count.
    pub(super) fn is_count(rule: Rule) -> bool {
        use Rule::{alt_count, at_least, at_most, between_times, exactly, fewer_than, more_than, never};
        matches!(rule, alt_count | at_least | at_most | between_times | exactly | fewer_than | more_than | never)
    }

    /// A count.
    pub(super) fn count(&mut self, pair: &Pair<Rule>) -> Spanned<Count> {
        if pair.as_rule() == Rule::alt_count {
            return self.foreign_count(pair);
        }
        let numbers: Vec<u64> = self.wholes(pair);
        let number = |at: usize| numbers.get(at).copied().unwrap_or(1);
        let count = match pair.as_rule() {
            Rule::at_least => Count::AtLeast(number(0)),
            Rule::at_most => Count::AtMost(number(0)),
            Rule::more_than => Count::MoreThan(number(0)),
            Rule::fewer_than => Count::FewerThan(number(0)),
            Rule::between_times => Count::Between(number(0), number(1)),
            Rule::exactly => Count::Exactly(number(0)),
            _ => Count::Never,
        };
        self.at(pair, count)
    }

    fn wholes(&mut self, pair: &Pair<Rule>) -> Vec<u64> {
        let numbers = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::number);
        numbers.map(|number| self.whole(&number).value).collect()
    }

    /// `count >= 3`, `less than 3 times`, `3 times`, `once`.
    fn foreign_count(&mut self, pair: &Pair<Rule>) -> Spanned<Count> {
        let once = find(pair, Rule::alt_once);
        let number = match &once {
            Some(word) => {
                if self.slice(word) == "twice" {
                    2
                } else {
                    1
                }
            }
            None => self.wholes(pair).first().copied().unwrap_or(1),
        };
        let symbol = find(pair, Rule::alt_count_symbol);
        let symbol = symbol.map(|symbol| self.slice(&symbol));
        let has = |rule| find(pair, rule).is_some();
        let certain = match symbol {
            Some(">=") => Some(Count::AtLeast(number)),
            Some("<=") => Some(Count::AtMost(number)),
            Some(">") => Some(Count::MoreThan(number)),
            Some("<") => Some(Count::FewerThan(number)),
            Some(_) => Some(Count::Exactly(number)),
            None if has(Rule::alt_less) => Some(Count::FewerThan(number)),
            None if has(Rule::alt_at_least) => Some(Count::AtLeast(number)),
            None if has(Rule::alt_at_most) => Some(Count::AtMost(number)),
            None => None,
        };
        let (span, written) = (self.span(pair), self.slice(pair));
        self.report(match &certain {
            Some(count) => mistakes::instead(Code::CountSpelling, span, written, &count.to_string()),
            None => mistakes::vague_count(span, written, number),
        });
        Spanned::new(certain.unwrap_or(Count::Exactly(number)), span)
    }
}
