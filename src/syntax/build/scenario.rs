//! Tests: users, steps, facts and expectations.

use pest::iterators::Pair;

use super::super::grammar::Rule;
use super::super::mistakes;
use super::{Builder, find};
use crate::base::{Name, Spanned};
use crate::syntax::ast::scenario::{
    At, Entry, Expect, Fact, Happening, Pair as Known, StepEntry, Test, Time, User, Value, When,
};
use crate::syntax::ast::{Literal, What};

/// An audience and its variant.
type Members = (Spanned<Name>, Option<Spanned<Name>>);

impl Builder<'_> {
    /// `test "title" { … }`.
    pub(in crate::syntax) fn scenario(&mut self, pair: &Pair<Rule>) -> Option<Test> {
        let title = self.text(&pair.clone().into_inner().nth(1)?);
        let entries = pair.clone().into_inner().filter_map(|inner| self.entry(&inner)).collect();
        Some(Test { docs: Vec::new(), title, entries, span: self.span(pair) })
    }

    /// One entry of a test; `None` for anything else among its pairs.
    pub(in crate::syntax) fn entry(&mut self, pair: &Pair<Rule>) -> Option<Spanned<Entry>> {
        let entry = match pair.as_rule() {
            Rule::now => Entry::Now(self.moment(&pair.clone().into_inner().nth(1)?)),
            Rule::test_user | Rule::test_user_start => Entry::User(self.test_user(pair)?),
            Rule::test_step | Rule::test_step_start => Entry::At(self.test_step(pair)?),
            Rule::expect => Entry::Expect(self.expect(pair)?),
            _ => return None,
        };
        Some(self.at(pair, entry))
    }

    fn test_user(&mut self, pair: &Pair<Rule>) -> Option<User> {
        let name = self.own_name(pair)?;
        let from = find(pair, Rule::origin).and_then(|origin| self.own_name(&origin));
        let facts = pair.clone().into_inner().filter_map(|inner| self.fact(&inner)).collect();
        Some(User { name, from, facts })
    }

    fn test_step(&mut self, pair: &Pair<Rule>) -> Option<At> {
        let when = find(pair, Rule::step_when)?;
        let value = match find(&when, Rule::quantity) {
            Some(quantity) => When::Later(self.quantity(&quantity).value),
            None => When::Instant(self.moment(&when.clone().into_inner().next()?).value),
        };
        let entries = pair.clone().into_inner().filter_map(|inner| self.step_entry(&inner)).collect();
        Some(At { when: self.at(&when, value), entries })
    }

    /// One entry of a step; `None` for anything else among its pairs.
    pub(in crate::syntax) fn step_entry(&mut self, pair: &Pair<Rule>) -> Option<Spanned<StepEntry>> {
        let entry = match pair.as_rule() {
            Rule::expect => StepEntry::Expect(self.expect(pair)?),
            Rule::step_fact => {
                let user = self.own_name(pair);
                let fact = self.fact(&pair.clone().into_inner().nth(2)?)?;
                StepEntry::Fact { user: user?, fact }
            }
            _ => return None,
        };
        Some(self.at(pair, entry))
    }

    fn expect(&mut self, pair: &Pair<Rule>) -> Option<Expect> {
        let inner = pair.clone().into_inner().nth(1)?;
        let (audience, variant) = self.members(&find(&inner, Rule::audience_ref)?)?;
        if let Some(list) = find(&inner, Rule::name_list) {
            let users = self.names(&list);
            return Some(Expect::Members { audience, variant, users });
        }
        let negated = find(&inner, Rule::kw_not).is_some();
        Some(Expect::Member { user: self.own_name(&inner)?, negated, audience, variant })
    }

    /// `lapsed_spenders / push`.
    fn members(&mut self, pair: &Pair<Rule>) -> Option<Members> {
        let names = pair.clone().into_inner().filter(|inner| inner.as_rule() != Rule::slash);
        let mut names = names.map(|name| self.code_name(&name)).collect::<Option<Vec<_>>>()?.into_iter();
        Some((names.next()?, names.next()))
    }

    /// One fact; `None` for anything else among the pairs of a user.
    pub(in crate::syntax) fn fact(&mut self, pair: &Pair<Rule>) -> Option<Spanned<Fact>> {
        let part = |index| pair.clone().into_inner().nth(index);
        let fact = match pair.as_rule() {
            Rule::fact_mpid => Fact::Mpid(self.mpid(&part(1)?)),
            Rule::fact_seen => Fact::FirstSeen(self.fact_time(&part(2)?)?),
            Rule::fact_identity => Fact::Identity(self.code_name(&part(1)?)?, self.text(&part(2)?)),
            Rule::fact_attribute => Fact::Attribute(self.data_name(&part(1)?), self.fact_value(&part(2)?)),
            Rule::fact_no_attribute => Fact::NoAttribute(self.data_name(&part(2)?)),
            Rule::fact_calculated => Fact::Calculated(self.data_name(&part(1)?), self.fact_value(&part(2)?)),
            Rule::fact_consent => {
                let (regulation, purpose, state) = (self.code_name(&part(1)?), self.data_name(&part(2)?), part(3)?);
                Fact::Consent(regulation?, purpose, self.at(&state, state.as_rule() == Rule::kw_granted))
            }
            Rule::fact_device => Fact::Device(self.code_name(&part(1)?)?, self.text(&part(2)?)),
            Rule::fact_location => self.fact_location(pair)?,
            Rule::fact_attribution => {
                let known = find(pair, Rule::pairs).map_or_else(Vec::new, |pairs| self.pairs(&pairs));
                Fact::Attribution(self.edge(pair)?, known)
            }
            Rule::happening => Fact::Event(Box::new(self.happening(pair)?)),
            _ => return None,
        };
        Some(self.at(pair, fact))
    }

    fn fact_location(&mut self, pair: &Pair<Rule>) -> Option<Fact> {
        let (mut point, mut fields, mut at) = (None, Vec::new(), None);
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::point => point = self.point(&inner),
                Rule::location_point => {
                    let again = self.point(&find(&inner, Rule::point)?);
                    if point.is_some() {
                        let span = self.span(&inner);
                        self.report(mistakes::repeated_fact(span, "`point`"));
                        continue;
                    }
                    point = again;
                }
                Rule::location_field => {
                    let (name, text) = (self.own_name(&inner), self.own_text(&inner));
                    fields.extend(name.zip(text));
                }
                Rule::fact_at => at = self.fact_time(&inner.into_inner().nth(1)?),
                _ => {}
            }
        }
        Some(Fact::Location { point, fields, at })
    }

    fn point(
        &mut self,
        pair: &Pair<Rule>,
    ) -> Option<(Spanned<crate::syntax::ast::Number>, Spanned<crate::syntax::ast::Number>)> {
        let mut numbers = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::number);
        let (north, east) = (numbers.next()?, numbers.next()?);
        Some((self.number(&north), self.number(&east)))
    }

    fn happening(&mut self, pair: &Pair<Rule>) -> Option<Happening> {
        let what = self.what(&find(pair, Rule::what)?)?;
        if matches!(what.value, What::Kind { item: true, .. }) {
            self.report(mistakes::item_in_test(what.span));
        }
        let mut happening = Happening {
            what,
            event_type: None,
            attributes: Vec::new(),
            products: Vec::new(),
            times: None,
            input: None,
            id: None,
            at: None,
        };
        let mut written: Vec<(Rule, crate::base::Span)> = Vec::new();
        for inner in pair.clone().into_inner().skip(1) {
            let (rule, span) = (inner.as_rule(), self.span(&inner));
            let first = written.iter().find(|(other, _)| *other == rule && rule != Rule::product);
            if let Some((_, first)) = first {
                self.report(mistakes::repeated_part(*first, span, happening_part(rule)));
                continue;
            }
            written.push((rule, span));
            self.happening_part(&mut happening, &inner);
        }
        Some(happening)
    }

    fn happening_part(&mut self, happening: &mut Happening, pair: &Pair<Rule>) -> Option<()> {
        match pair.as_rule() {
            Rule::event_type => happening.event_type = self.code_name(&pair.clone().into_inner().nth(1)?),
            Rule::pairs => happening.attributes = self.pairs(pair),
            Rule::product => happening.products.push(self.pairs(&find(pair, Rule::pairs)?)),
            Rule::happening_times => happening.times = Some(self.whole(&find(pair, Rule::number)?)),
            Rule::scope => {
                let mut inputs = self.scope(pair).into_iter();
                happening.input = inputs.next();
                if let Some(second) = inputs.next() {
                    self.report(mistakes::second_input(second.span));
                }
            }
            Rule::event_id => happening.id = self.own_text(pair),
            Rule::fact_at => happening.at = self.fact_time(&pair.clone().into_inner().nth(1)?),
            _ => {}
        }
        Some(())
    }

    /// `{ "price" 60, "gift" true }`; missing commas are reported.
    fn pairs(&mut self, pair: &Pair<Rule>) -> Vec<Known> {
        let mut pairs: Vec<Known> = Vec::new();
        for inner in self.entries(pair) {
            pairs.extend(self.pair(&inner));
        }
        pairs
    }

    fn pair(&mut self, pair: &Pair<Rule>) -> Option<Known> {
        let mut inner = pair.clone().into_inner();
        let (name, value) = (inner.next()?, inner.next_back()?);
        Some(Known { name: self.data_name(&name), value: self.fact_value(&value) })
    }

    fn fact_value(&mut self, pair: &Pair<Rule>) -> Spanned<Value> {
        let value = match pair.as_rule() {
            Rule::kw_true => Value::Boolean(true),
            Rule::kw_false => Value::Boolean(false),
            Rule::kw_null => Value::Null,
            Rule::literal_list => Value::List(self.literals(pair)),
            Rule::number => Value::Literal(Literal::Number(self.number(pair).value)),
            _ => Value::Literal(self.literal(pair).value),
        };
        self.at(pair, value)
    }

    /// `2026-03-01`, `5 days ago`.
    fn fact_time(&mut self, pair: &Pair<Rule>) -> Option<Spanned<Time>> {
        if pair.as_rule() != Rule::ago {
            return Some(self.moment(pair).map(Time::Moment));
        }
        let quantity = self.quantity(&find(pair, Rule::quantity)?).value;
        Some(self.at(pair, Time::Ago(quantity)))
    }

    fn mpid(&mut self, pair: &Pair<Rule>) -> Spanned<i64> {
        let (span, text) = (self.span(pair), self.slice(pair));
        let value = text.parse().ok().filter(|_| !text.starts_with('+'));
        if value.is_none() {
            self.report(mistakes::not_an_mpid(span, text));
        }
        Spanned::new(value.unwrap_or(0), span)
    }
}

/// What a message calls a part of an event in a test.
fn happening_part(rule: Rule) -> &'static str {
    match rule {
        Rule::event_type => "`type`",
        Rule::pairs => "the list of attributes",
        Rule::happening_times => "the count",
        Rule::scope => "`in`",
        Rule::event_id => "`id`",
        _ => "`at`",
    }
}
