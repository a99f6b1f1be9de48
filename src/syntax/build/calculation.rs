//! Calculations over events, as criteria and as items.

use pest::iterators::Pair;

use super::super::grammar::Rule;
use super::super::mistakes;
use super::parts::{Part, Parts};
use super::{Builder, find};
use crate::base::{Name, Span, Spanned};
use crate::catalog::Calculation;
use crate::diagnostic::Code;
use crate::syntax::ast::{Aggregate, Calculated, Condition, Count, Criterion, Literal, Number, Operator, Test};

/// An attribute, and `product` or `action` before it.
type Attribute = (Option<Spanned<Name>>, Spanned<String>);

impl Builder<'_> {
    /// `sum of "amount" over event "Purchase" … > 100`.
    pub(super) fn aggregate(&mut self, pair: &Pair<Rule>) -> Option<Criterion> {
        let (value, mut parts) = self.calculated(pair)?;
        let scope = std::mem::take(&mut parts.scope);
        let test = match (parts.test.take(), parts.count.take()) {
            (Some(test), count) => {
                if let Some(count) = count {
                    self.report(mistakes::count_of_calculation(count.span));
                }
                test
            }
            (None, Some(count)) => self.test_of_count(count)?,
            (None, None) => {
                self.report(mistakes::missing_test(self.span(pair), value.calculation.value));
                return None;
            }
        };
        Some(Criterion::Aggregate(Box::new(Aggregate { value, test, scope })))
    }

    /// A count where the test of a calculation stands: `at least 3 times` is `>= 3`.
    fn test_of_count(&mut self, count: Spanned<Count>) -> Option<Spanned<Test>> {
        let (operator, number) = match count.value {
            Count::AtLeast(number) => (Operator::GreaterOrEqual, number),
            Count::AtMost(number) => (Operator::LessOrEqual, number),
            Count::MoreThan(number) => (Operator::Greater, number),
            Count::FewerThan(number) => (Operator::Less, number),
            Count::Exactly(number) => (Operator::Equal, number),
            Count::Never => (Operator::Equal, 0),
            Count::Between(low, high) => {
                let meant = format!("between {low} and {high}");
                self.report(mistakes::count_for_test(count.span, &meant));
                let number = |value: u64| Spanned::new(whole(value), count.span);
                return Some(Spanned::new(Test::Between { low: number(low), high: number(high) }, count.span));
            }
        };
        self.report(mistakes::count_for_test(count.span, &format!("{} {number}", operator.words())));
        let (operator, value) = (Spanned::new(operator, count.span), Literal::Number(whole(number)));
        let value = Spanned::new(value, count.span);
        Some(Spanned::new(Test::Compare { operator, value }, count.span))
    }

    /// The calculation of an item, which is tested where it is used.
    pub(super) fn untested(&mut self, pair: &Pair<Rule>) -> Option<Calculated> {
        let (mut value, parts) = self.calculated(pair)?;
        if let Some(count) = &parts.count {
            self.report(mistakes::count_of_calculation(count.span));
        }
        if let Some(scope) = parts.place(Part::Scope) {
            self.report(mistakes::scope_of_item(scope));
        }
        match (parts.test, &value.events.value.time) {
            (Some(Spanned { value: Test::Time(time), span }), None) => {
                value.events.value.time = Some(Spanned::new(time, span));
                value.events.span = value.events.span.to(span);
            }
            (Some(test), _) => self.report(mistakes::test_of_item(test.span)),
            (None, _) => {}
        }
        Some(value)
    }

    /// A calculation over events, and the parts that are not the events'.
    fn calculated<'i>(&mut self, pair: &Pair<'i, Rule>) -> Option<(Calculated, Parts<'i>)> {
        let head = find(pair, Rule::calculation)?;
        let group = find(pair, Rule::alt_events_group);
        let (calculation, attribute) = self.calculation(&head, group.is_some());
        let what = self.what(&find(group.as_ref().unwrap_or(pair), Rule::what)?);
        let mut parts = self.event_parts(pair);
        if let Some(group) = &group {
            let without_of = find(&head, Rule::alt_no_of).is_some();
            self.report(mistakes::events_in_parentheses(self.span(group), without_of));
        }
        if let Some(filter) = parts.filter.as_ref().filter(|filter| !in_parentheses(filter)) {
            self.report(mistakes::bare_filter(filter.span));
        }
        let what = what?;
        let end = parts.events_end.unwrap_or(what.span);
        let events = Spanned::new(parts.take_events(what.value), what.span.to(end));
        let (qualifier, attribute) = attribute.map_or((None, None), |(qualifier, name)| (qualifier, Some(name)));
        Some((Calculated { calculation: calculation?, qualifier, attribute, events }, parts))
    }

    /// How something is calculated, and of which attribute.
    fn calculation(&mut self, head: &Pair<Rule>, grouped: bool) -> (Option<Spanned<Calculation>>, Option<Attribute>) {
        let (mut words, mut place, mut qualifier, mut attribute) = (Vec::new(), None::<Span>, None, None);
        for inner in head.clone().into_inner() {
            let span = self.span(&inner);
            match inner.as_rule() {
                Rule::kw_of | Rule::kw_over => {}
                // Said together with the parentheses.
                Rule::alt_no_of if grouped => {}
                Rule::alt_no_of | Rule::alt_missing_of => self.report(mistakes::missing_word(span.before(), "of")),
                Rule::alt_over => self.instead(Code::OtherWord, &inner, "over"),
                Rule::qualifier => qualifier = self.qualifier(inner),
                Rule::alt_attribute_group => {
                    self.report(mistakes::called(span, find(head, Rule::kw_of).is_none()));
                    for inner in inner.into_inner() {
                        match inner.as_rule() {
                            Rule::qualifier => qualifier = self.qualifier(inner),
                            Rule::open_paren | Rule::close_paren => {}
                            _ => attribute = Some(self.data_name(&inner)),
                        }
                    }
                }
                Rule::string | Rule::alt_string | Rule::alt_bare | Rule::alt_bare_over => {
                    attribute = Some(self.data_name(&inner));
                }
                Rule::alt_calculation => {
                    let meant = meant(self.slice(&inner));
                    self.instead(Code::OtherWord, &inner, meant);
                    (words, place) = (vec![meant], Some(span));
                }
                _ => {
                    place = Some(place.map_or(span, |place| place.to(span)));
                    words.push(self.slice(&inner));
                }
            }
        }
        let words = words.join(" ");
        let calculation = Calculation::ALL.iter().find(|(each, _)| *each == words).map(|(_, each)| *each);
        let calculation = calculation.zip(place).map(|(calculation, place)| Spanned::new(calculation, place));
        (calculation, attribute.map(|attribute| (qualifier, attribute)))
    }
}

fn whole(value: u64) -> Number {
    Number { text: value.to_string(), value: value as f64 }
}

/// What another language's word for a calculation is here.
fn meant(word: &str) -> &'static str {
    match word.to_ascii_lowercase().split_ascii_whitespace().collect::<Vec<_>>().as_slice() {
        ["avg" | "mean"] => "average",
        ["min"] => "minimum",
        ["max"] => "maximum",
        ["total"] => "sum",
        ["distinct", "list"] | ["distinct" | "unique", "values"] => "unique list",
        _ => "unique count",
    }
}

/// Whether a filter stands in parentheses; several conditions without them are reported already.
fn in_parentheses(filter: &Spanned<Condition>) -> bool {
    matches!(filter.value, Condition::Group(_))
}
