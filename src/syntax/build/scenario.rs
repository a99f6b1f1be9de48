//! Tests: users, steps, facts and expectations.

use pest::iterators::Pair;

use super::super::grammar::Rule;
use super::super::mistakes;
use super::known::consent_meant;
use super::{Builder, find};
use crate::base::{Name, Spanned};
use crate::diagnostic::Code;
use crate::syntax::ast::scenario::{
    At, Entry, Expect, Fact, Happening, Pair as Known, StepEntry, Test, Time, User, Value, When,
};
use crate::syntax::ast::{ConsentState, Literal, Number, What};

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
        let origin = find(pair, Rule::origin);
        if let Some(other) = origin.as_ref().and_then(|origin| find(origin, Rule::alt_origin)) {
            self.instead(Code::OtherWord, &other, "from");
        }
        let from = origin.and_then(|origin| self.own_name(&origin));
        let facts = pair.clone().into_inner().filter_map(|inner| self.fact(&inner)).collect();
        Some(User { name, from, facts })
    }

    fn test_step(&mut self, pair: &Pair<Rule>) -> Option<At> {
        let entries = pair.clone().into_inner().filter_map(|inner| self.step_entry(&inner)).collect();
        if let Some(after) = find(pair, Rule::alt_after) {
            self.instead(Code::OtherWord, &after, "at +");
            let quantity = self.quantity(&find(pair, Rule::quantity)?);
            return Some(At { when: quantity.map(When::Later), entries });
        }
        let when = find(pair, Rule::step_when)?;
        let value = match find(&when, Rule::quantity) {
            Some(quantity) => When::Later(self.quantity(&quantity).value),
            None => When::Instant(self.moment(&when.clone().into_inner().next()?).value),
        };
        Some(At { when: self.at(&when, value), entries })
    }

    /// One entry of a step; `None` for anything else among its pairs.
    pub(in crate::syntax) fn step_entry(&mut self, pair: &Pair<Rule>) -> Option<Spanned<StepEntry>> {
        let entry = match pair.as_rule() {
            Rule::expect => StepEntry::Expect(self.expect(pair)?),
            Rule::step_fact => {
                let user = self.own_name(pair);
                let fact_pair = pair.clone().into_inner().next_back()?;
                self.check_verb(pair, &fact_pair);
                let fact = self.fact(&fact_pair)?;
                StepEntry::Fact { user: user?, fact }
            }
            _ => return None,
        };
        Some(self.at(pair, entry))
    }

    /// Reports a verb other than `does` before events and `has` before all else.
    fn check_verb(&mut self, pair: &Pair<Rule>, fact: &Pair<Rule>) {
        let happens = fact.as_rule() == Rule::happening;
        let (meant, word) = if happens { (Rule::kw_does, "does") } else { (Rule::kw_has, "has") };
        let verb = |rule: Rule| matches!(rule, Rule::kw_does | Rule::kw_has | Rule::alt_verb);
        match pair.clone().into_inner().find(|inner| verb(inner.as_rule())) {
            Some(verb) if verb.as_rule() == meant => {}
            Some(verb) => self.instead(Code::OtherWord, &verb, word),
            None => self.report(mistakes::missing_word(self.span(fact).before(), word)),
        }
    }

    fn expect(&mut self, pair: &Pair<Rule>) -> Option<Expect> {
        let inner = pair.clone().into_inner().nth(1)?;
        let (audience, variant) = self.members(&find(&inner, Rule::audience_ref)?)?;
        if let Some(list) = find(&inner, Rule::name_list) {
            if let Some(other) = find(&inner, Rule::alt_are) {
                self.instead(Code::OtherWord, &other, "are");
            }
            let users = self.names(&list);
            return Some(Expect::Members { audience, variant, users });
        }
        let other = find(&inner, Rule::alt_not_be);
        let negated = other.is_some() || find(&inner, Rule::kw_not).is_some();
        if let Some(be) = find(&inner, Rule::alt_be) {
            self.report(mistakes::superfluous(self.span(&be), self.slice(&be)));
        }
        if let Some(other) = other {
            self.instead(Code::OtherWord, &other, "not");
        }
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
        let part = |index| {
            let parts =
                pair.clone().into_inner().filter(|inner| !matches!(inner.as_rule(), Rule::alt_sign | Rule::alt_at));
            parts.clone().nth(index)
        };
        for sign in pair.clone().into_inner().filter(|inner| matches!(inner.as_rule(), Rule::alt_sign | Rule::alt_at)) {
            self.report(mistakes::superfluous(self.span(&sign), self.slice(&sign)));
        }
        let fact = match pair.as_rule() {
            Rule::fact_mpid => Fact::Mpid(self.mpid(&part(1)?)),
            Rule::fact_seen => Fact::FirstSeen(self.fact_time(&part(2)?)?),
            Rule::fact_identity => Fact::Identity(self.code_name(&part(1)?)?, self.text(&part(2)?)),
            Rule::fact_attribute => Fact::Attribute(self.data_name(&part(1)?), self.fact_value(&part(2)?)),
            Rule::fact_no_attribute => Fact::NoAttribute(self.data_name(&part(2)?)),
            Rule::fact_calculated => Fact::Calculated(self.data_name(&part(1)?), self.fact_value(&part(2)?)),
            Rule::fact_consent => {
                let (regulation, purpose, state) = (self.code_name(&part(1)?), self.data_name(&part(2)?), part(3)?);
                Fact::Consent(regulation?, purpose, self.consent_given(&state))
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

    /// `granted` or `rejected`.
    fn consent_given(&mut self, pair: &Pair<Rule>) -> Spanned<bool> {
        let meant = match pair.as_rule() {
            Rule::kw_granted => return self.at(pair, true),
            Rule::kw_rejected => return self.at(pair, false),
            _ => consent_meant(&self.slice(pair).split_ascii_whitespace().collect::<Vec<_>>()),
        };
        match meant {
            Some(ConsentState::Granted) => self.instead(Code::OtherWord, pair, "granted"),
            Some(ConsentState::Rejected) => self.instead(Code::OtherWord, pair, "rejected"),
            _ => {
                let (span, written) = (self.span(pair), self.slice(pair));
                self.report(mistakes::unclear_given(span, written));
            }
        }
        self.at(pair, meant == Some(ConsentState::Granted))
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
                    if let Some(sign) = find(&inner, Rule::alt_sign) {
                        self.report(mistakes::superfluous(self.span(&sign), self.slice(&sign)));
                    }
                    let (name, text) = (self.own_name(&inner), self.own_text(&inner));
                    fields.extend(name.zip(text));
                }
                Rule::fact_at => at = self.fact_at(&inner),
                _ => {}
            }
        }
        Some(Fact::Location { point, fields, at })
    }

    fn point(&mut self, pair: &Pair<Rule>) -> Option<(Spanned<Number>, Spanned<Number>)> {
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
                let again = mistakes::repeated_part(*first, span, happening_part(rule));
                self.report(again.help("keep one of them"));
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
            Rule::fact_at => happening.at = self.fact_at(pair),
            Rule::alt_bare_at => {
                self.report(mistakes::missing_word(self.span(pair).before(), "at"));
                happening.at = self.fact_time(&pair.clone().into_inner().next()?);
            }
            Rule::filter => self.report(mistakes::filter_in_test(self.span(pair))),
            rule if Self::is_count(rule) => self.count_in_test(happening, pair),
            _ => {}
        }
        Some(())
    }

    /// `at 5 days ago`.
    fn fact_at(&mut self, pair: &Pair<Rule>) -> Option<Spanned<Time>> {
        if let Some(other) = find(pair, Rule::alt_at) {
            self.instead(Code::OtherWord, &other, "at");
        }
        self.fact_time(&pair.clone().into_inner().nth(1)?)
    }

    /// `exactly 3 times`, `once`, `at least 3 times`: what happens in a test happens so often.
    fn count_in_test(&mut self, happening: &mut Happening, pair: &Pair<Rule>) {
        let span = self.span(pair);
        let written = self.slice(pair);
        let certain = match (pair.as_rule(), written) {
            (_, "once") => Some(1),
            (_, "twice") => Some(2),
            (Rule::exactly, _) => find(pair, Rule::number).map(|number| self.whole(&number).value),
            _ => None,
        };
        self.report(mistakes::count_in_test(span, written, certain));
        happening.times = certain.map(|times| Spanned::new(times, span));
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
        if let Some(sign) = find(pair, Rule::alt_sign) {
            self.report(mistakes::superfluous(self.span(&sign), self.slice(&sign)));
        }
        Some(Known { name: self.data_name(&name), value: self.fact_value(&value) })
    }

    fn fact_value(&mut self, pair: &Pair<Rule>) -> Spanned<Value> {
        let value = match pair.as_rule() {
            Rule::kw_true => Value::Boolean(true),
            Rule::kw_false => Value::Boolean(false),
            Rule::kw_null => Value::Null,
            Rule::alt_null_word => {
                self.instead(Code::OtherWord, pair, "null");
                Value::Null
            }
            Rule::date => {
                let (span, written) = (self.span(pair), self.slice(pair));
                self.report(mistakes::unquoted_date(span, written));
                Value::Literal(Literal::String(written.to_owned()))
            }
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
        rule if Builder::is_count(rule) => "the count",
        Rule::filter => "`where`",
        Rule::scope => "`in`",
        Rule::event_id => "`id`",
        _ => "`at`",
    }
}
