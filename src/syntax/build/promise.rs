//! Items that say what must hold of plans and memberships, bulk connections, calculated attributes.

use pest::iterators::Pair;

use super::super::grammar::Rule;
use super::super::mistakes;
use super::{Builder, find};
use crate::base::{Name, Spanned};
use crate::diagnostic::Code;
use crate::syntax::ast::{
    Assert, Bound, BulkConnect, Claim, Connect, Guard, Limit, Measure, NamedCalculation, Operator, Standard,
};

impl Builder<'_> {
    /// `calculated name = …`.
    pub(super) fn named_calculation(&mut self, pair: &Pair<Rule>) -> Option<NamedCalculation> {
        let address = self.own_name(pair);
        let value = self.untested(pair)?;
        Some(NamedCalculation { docs: Vec::new(), address: address?, value, span: self.span(pair) })
    }

    /// `bulk connect output { … }`.
    pub(super) fn bulk(&mut self, pair: &Pair<Rule>) -> Option<BulkConnect> {
        let connect = Connect {
            output: self.own_name(pair)?,
            variant: None,
            sending: None,
            share: Vec::new(),
            settings: Vec::new(),
            has_block: true,
        };
        let mut bulk = BulkConnect { docs: Vec::new(), tags: Vec::new(), connect, span: self.span(pair) };
        for inner in pair.clone().into_inner() {
            self.bulk_part(&mut bulk, &inner);
        }
        Some(bulk)
    }

    /// One part of a bulk connection.
    pub(in crate::syntax) fn bulk_part(&mut self, bulk: &mut BulkConnect, pair: &Pair<Rule>) {
        if pair.as_rule() != Rule::tags {
            return self.connect_part(&mut bulk.connect, pair);
        }
        let Some(list) = find(pair, Rule::text_list) else { return };
        let tags = self.texts(&list);
        if let (Some(first), Some(again)) = (bulk.tags.first(), tags.first()) {
            self.report(mistakes::repeated_part(first.span, again.span, "`tags`"));
            return;
        }
        bulk.tags = tags;
    }

    /// `guard audience { … }`.
    pub(super) fn guard(&mut self, pair: &Pair<Rule>) -> Option<Guard> {
        let audience = self.own_name(pair)?;
        let limits = pair.clone().into_inner().filter_map(|inner| self.limit(&inner)).collect();
        Some(Guard { docs: Vec::new(), audience, limits, span: self.span(pair) })
    }

    /// One limit of a guard; `None` for anything else among its pairs.
    pub(in crate::syntax) fn limit(&mut self, pair: &Pair<Rule>) -> Option<Spanned<Limit>> {
        if pair.as_rule() != Rule::limit {
            return None;
        }
        let word = pair.clone().into_inner().next()?;
        let measure = match word.as_rule() {
            Rule::kw_adds => Measure::Adds,
            Rule::kw_drops => Measure::Drops,
            _ => Measure::Size,
        };
        let numbers: Vec<_> = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::number).collect();
        let mut numbers = numbers.iter().map(|number| self.number(number)).collect::<Vec<_>>().into_iter();
        let (first, second) = (numbers.next()?, numbers.next());
        let bound = match second {
            Some(second) => Bound::Between(first, second),
            None => Bound::Compare(self.limit_sign(&pair.clone().into_inner().nth(1)?), first),
        };
        let percent = find(pair, Rule::percent).is_some();
        let limit = Limit { measure: self.at(&word, measure), bound, percent };
        Some(self.at(pair, limit))
    }

    fn limit_sign(&mut self, pair: &Pair<Rule>) -> Spanned<Operator> {
        let alternative = match self.slice(pair).split_ascii_whitespace().collect::<Vec<_>>().as_slice() {
            ["at", "least"] | ["min" | "=>" | "≥"] => Operator::GreaterOrEqual,
            ["more", "than"] | ["over"] => Operator::Greater,
            ["fewer" | "less", "than"] | ["under"] => Operator::Less,
            ["exactly" | "is" | "=="] => Operator::Equal,
            _ => Operator::LessOrEqual,
        };
        if pair.as_rule() == Rule::alt_limit {
            self.instead(Code::ForeignOperator, pair, alternative.words());
            return self.at(pair, alternative);
        }
        let operator = match pair.as_rule() {
            Rule::at_most_symbol => Operator::LessOrEqual,
            Rule::at_least_symbol => Operator::GreaterOrEqual,
            Rule::less => Operator::Less,
            Rule::greater => Operator::Greater,
            _ => Operator::Equal,
        };
        self.at(pair, operator)
    }

    /// `assert …`.
    pub(super) fn assertion(&mut self, pair: &Pair<Rule>) -> Option<Assert> {
        let claim = pair.clone().into_inner().nth(1)?;
        let names = self.names(&claim);
        if let Some(other) = find(&claim, Rule::alt_inside) {
            self.instead(Code::OtherWord, &other, "inside");
        }
        let claim = match claim.as_rule() {
            Rule::disjoint => Claim::Disjoint(names),
            _ => {
                let mut names = names.into_iter();
                Claim::Inside(names.next()?, names.next()?)
            }
        };
        Some(Assert { docs: Vec::new(), claim, span: self.span(pair) })
    }

    /// The names of code of a list; missing commas are reported.
    pub(super) fn names(&mut self, list: &Pair<Rule>) -> Vec<Spanned<Name>> {
        let mut names = Vec::new();
        let in_list = list.as_rule() != Rule::inside;
        let pairs = if in_list { self.entries(list) } else { list.clone().into_inner().collect() };
        for inner in pairs.iter().filter(|inner| matches!(inner.as_rule(), Rule::name | Rule::alt_quoted)) {
            names.extend(self.code_name(inner));
        }
        names
    }

    /// `standard all`, `standard between 2025-06-01 and 2025-08-31`.
    pub(super) fn standard(&mut self, pair: &Pair<Rule>) -> Option<Spanned<Standard>> {
        let word = self.span(&pair.clone().into_inner().nth(1)?);
        let mut moments = self.moments(pair).into_iter();
        let value = match (moments.next(), moments.next()) {
            (Some(from), Some(to)) => Standard::Between(from, to),
            _ => Standard::All,
        };
        Some(Spanned::new(value, word.to(self.span(pair))))
    }
}
