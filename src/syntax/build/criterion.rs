//! Criteria.

use pest::iterators::Pair;

use super::super::grammar::Rule;
use super::super::mistakes;
use super::{Builder, find};
use crate::base::{Name, Span, Spanned};
use crate::syntax::ast::{Criterion, InputRef, Test};

/// A name of code, what its value must be, and where.
type FieldTest = (Spanned<Name>, Spanned<Test>, Vec<Spanned<InputRef>>);

impl Builder<'_> {
    /// A criterion or group with the `not`s and the label before it; `None` where it could not be read.
    pub(super) fn term(&mut self, pair: &Pair<Rule>) -> Option<Spanned<Criterion>> {
        let span = self.span(pair);
        let mut before: Vec<(Span, Option<Spanned<Name>>)> = Vec::new();
        let mut core = None;
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::label => before.push((self.span(&inner), self.label(&inner))),
                Rule::kw_not => before.push((self.span(&inner), None)),
                Rule::alt_not => {
                    self.foreign_word(&inner, "not");
                    before.push((self.span(&inner), None));
                }
                _ => core = self.criterion(&inner),
            }
        }
        self.check_label(&before);
        let mut whole = core?;
        for (start, label) in before.into_iter().rev() {
            let of = Box::new(whole);
            let node = match label {
                Some(label) => Criterion::Labelled { label, of },
                None => Criterion::Not(of),
            };
            whole = Spanned::new(node, start.to(span));
        }
        Some(whole)
    }

    /// Reports a label that does not stand last among the prefixes.
    fn check_label(&mut self, before: &[(Span, Option<Spanned<Name>>)]) {
        let misplaced = before.iter().rev().skip(1).find_map(|(place, label)| Some((*place, label.as_ref()?)));
        let (Some((place, label)), Some((last, _))) = (misplaced, before.last()) else { return };
        let only = before.iter().filter(|(_, label)| label.is_some()).count() == 1;
        self.report(mistakes::misplaced_label(place, label, only.then_some(*last)));
    }

    fn label(&mut self, pair: &Pair<Rule>) -> Option<Spanned<Name>> {
        let text = self.slice(pair).trim_end_matches([':', ' ', '\t', '\r', '\n']);
        let start = pair.as_span().start();
        let span = self.piece.range(start, start + text.len());
        Name::new(text).ok().map(|name| Spanned::new(name, span))
    }

    /// One criterion, or a group in parentheses.
    fn criterion(&mut self, pair: &Pair<Rule>) -> Option<Spanned<Criterion>> {
        let criterion = match pair.as_rule() {
            Rule::group => self.group(pair),
            Rule::everyone => Some(Criterion::Everyone),
            Rule::membership => self.reference(pair).map(Criterion::Audience),
            Rule::reference => self.reference(pair).map(Criterion::Named),
            Rule::user => self.user(pair),
            Rule::seen => self.seen(pair),
            Rule::identity => self.identity(pair),
            Rule::event => self.event(pair),
            Rule::picked => self.picked(pair),
            Rule::abandoned => self.abandoned(pair),
            Rule::aggregate => self.aggregate(pair),
            Rule::calculated => self.calculated_attribute(pair),
            Rule::consent => self.consent(pair),
            Rule::device => self.field_test(pair).map(|(field, test, scope)| Criterion::Device { field, test, scope }),
            Rule::location => {
                self.field_test(pair).map(|(field, test, scope)| Criterion::Location { field, test, scope })
            }
            Rule::near => self.near(pair),
            Rule::attribution => self.attribution(pair),
            _ => None,
        }?;
        Some(self.at(pair, criterion))
    }

    fn group(&mut self, pair: &Pair<Rule>) -> Option<Criterion> {
        let Some(body) = find(pair, Rule::body) else {
            self.report(mistakes::empty_group(self.span(pair)));
            return None;
        };
        let group = self.body(&body);
        let readable = !group.terms.is_empty() || !group.excludes.is_empty();
        readable.then_some(Criterion::Group(group))
    }

    fn reference(&mut self, pair: &Pair<Rule>) -> Option<Spanned<Name>> {
        let name = pair.clone().into_inner().nth(1)?;
        self.code_name(&name)
    }

    fn user(&mut self, pair: &Pair<Rule>) -> Option<Criterion> {
        let (mut list, mut attribute, mut test, mut scope) = (false, None, None, Vec::new());
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::kw_user => {}
                Rule::kw_list => list = true,
                Rule::string | Rule::alt_string | Rule::alt_bare => attribute = Some(self.data_name(&inner)),
                Rule::scope => scope = self.scope(&inner),
                _ => test = self.test(&inner),
            }
        }
        Some(Criterion::UserAttribute { list, attribute: attribute?, test: test?, scope })
    }

    fn seen(&mut self, pair: &Pair<Rule>) -> Option<Criterion> {
        let (mut first, mut time, mut scope) = (false, None, Vec::new());
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::kw_first => first = true,
                Rule::scope => scope = self.scope(&inner),
                rule if Self::is_time(rule) => time = self.time(&inner),
                _ => {}
            }
        }
        Some(Criterion::Seen { first, time: time?, scope })
    }

    fn identity(&mut self, pair: &Pair<Rule>) -> Option<Criterion> {
        self.field_test(pair).map(|(identity, test, scope)| Criterion::Identity { identity, test, scope })
    }

    /// A name of code, what its value must be, and where.
    fn field_test(&mut self, pair: &Pair<Rule>) -> Option<FieldTest> {
        let (mut field, mut test, mut scope) = (None, None, Vec::new());
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::kw_identity | Rule::kw_device | Rule::kw_location => {}
                Rule::name | Rule::alt_quoted => field = self.code_name(&inner),
                Rule::alt_location_field => {
                    self.report(mistakes::missing_word(self.span(&inner).before(), "location"));
                    field = Name::new(self.slice(&inner)).ok().map(|name| self.at(&inner, name));
                }
                Rule::scope => scope = self.scope(&inner),
                _ => test = self.test(&inner),
            }
        }
        Some((field?, test?, scope))
    }

    /// `in shop, travel`.
    pub(super) fn scope(&mut self, pair: &Pair<Rule>) -> Vec<Spanned<InputRef>> {
        find(pair, Rule::input_list).map_or_else(Vec::new, |list| self.inputs(&list))
    }
}
