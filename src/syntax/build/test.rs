//! What a value must be: operators and their values.

use pest::iterators::Pair;

use super::super::grammar::Rule;
use super::super::mistakes;
use super::{Builder, find};
use crate::base::{Moment, Span, Spanned};
use crate::diagnostic::Code;
use crate::syntax::ast::{Literal, Operator, Test, TimeFilter};

impl Builder<'_> {
    /// Whether a rule is a test other than a time.
    pub(super) fn is_test(rule: Rule) -> bool {
        use Rule::{alt_null, alt_one_of, between, boolean, comparison, empty, exists, one_of};
        matches!(rule, between | one_of | alt_one_of | empty | alt_null | boolean | exists | comparison)
    }

    /// The test among the pairs of a criterion or a condition.
    pub(super) fn test(&mut self, pair: &Pair<Rule>) -> Option<Spanned<Test>> {
        if Self::is_time(pair.as_rule()) {
            return self.time(pair).map(|time| time.map(Test::Time));
        }
        let negated = find(pair, Rule::kw_not).is_some();
        let test = match pair.as_rule() {
            Rule::between => {
                let mut numbers = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::number);
                let (low, high) = (numbers.next()?, numbers.next()?);
                Test::Between { low: self.number(&low), high: self.number(&high) }
            }
            Rule::one_of => Test::In { negated, values: self.literals(&find(pair, Rule::literal_list)?) },
            Rule::alt_one_of => return self.foreign_one_of(pair),
            Rule::empty => Test::Empty { negated },
            Rule::exists => Test::Exists { negated },
            Rule::boolean => return Some(self.boolean(pair)),
            Rule::alt_null => {
                let exists = negated || find(pair, Rule::unequal).is_some();
                self.report(mistakes::null_test(self.span(pair), self.slice(pair)));
                Test::Empty { negated: exists }
            }
            Rule::comparison => return self.comparison(pair),
            _ => return None,
        };
        Some(self.at(pair, test))
    }

    /// `in [ … ]` and `not in [ … ]`.
    fn foreign_one_of(&mut self, pair: &Pair<Rule>) -> Option<Spanned<Test>> {
        let negated = find(pair, Rule::alt_not_word).is_some();
        let span = self.span(pair);
        let word = self.span(&find(pair, Rule::kw_in)?);
        let operator = Span { end: word.end, ..span };
        let (written, meant) = if negated { ("not in", "is not in") } else { ("in", "is in") };
        self.report(mistakes::instead(Code::ForeignOperator, operator, written, meant));
        let values = self.literals(&find(pair, Rule::literal_list)?);
        Some(Spanned::new(Test::In { negated, values }, span))
    }

    fn boolean(&mut self, pair: &Pair<Rule>) -> Spanned<Test> {
        let value = find(pair, Rule::kw_true).is_some();
        let written = self.slice(pair);
        if find(pair, Rule::alt_is_not).is_some() {
            self.report(mistakes::is_not_boolean(self.span(pair), value));
        } else if !written.starts_with("is") {
            self.instead(Code::OperatorOfOtherType, pair, if value { "is true" } else { "is false" });
        }
        self.at(pair, Test::Boolean(value))
    }

    /// An operator with one value; an operator of another type is mended where the value leaves no doubt.
    fn comparison(&mut self, pair: &Pair<Rule>) -> Option<Spanned<Test>> {
        let mut inner = pair.clone().into_inner();
        let (operator_pair, value_pair) = (inner.next()?, inner.next()?);
        let is_number = value_pair.as_rule() == Rule::number;
        let operator = self.operator(&operator_pair, is_number);
        if value_pair.as_rule() == Rule::date {
            return self.date_comparison(pair, operator, &value_pair);
        }
        let mut value = self.literal(&value_pair);
        let mut meant = operator.value;
        match (operator.value, is_number) {
            (Operator::Is, true) => meant = Operator::Equal,
            (Operator::IsNot, true) => meant = Operator::NotEqual,
            (Operator::Equal, false) => meant = Operator::Is,
            (Operator::NotEqual, false) => meant = Operator::IsNot,
            (operator, true) if takes_text(operator) => {
                self.report(mistakes::number_for_text(value.span, operator.words(), self.slice(&value_pair)));
                value.value = Literal::String(self.slice(&value_pair).to_owned());
            }
            _ => {}
        }
        if meant != operator.value {
            self.report(mistakes::operator_of_other_type(operator.span, operator.words(), meant.words(), is_number));
        }
        let operator = Spanned::new(meant, operator.span);
        Some(self.at(pair, Test::Compare { operator, value }))
    }

    /// `< 2018-09-09` and the like: dates have words of their own.
    fn date_comparison(
        &mut self,
        pair: &Pair<Rule>,
        operator: Spanned<Operator>,
        value: &Pair<Rule>,
    ) -> Option<Spanned<Test>> {
        let moment: Spanned<Moment> = self.moment(value);
        let filter = match operator.value {
            Operator::Less => Some(("before", TimeFilter::Before(moment))),
            Operator::GreaterOrEqual => Some(("after", TimeFilter::After(moment))),
            Operator::Is | Operator::Equal => Some(("on", TimeFilter::On(moment))),
            _ => None,
        };
        self.report(mistakes::operator_on_date(
            operator.span,
            operator.words(),
            filter.as_ref().map(|(word, _)| *word),
        ));
        Some(self.at(pair, Test::Time(filter.map_or(TimeFilter::On(moment), |(_, filter)| filter))))
    }

    /// The operator, a foreign one mended.
    fn operator(&mut self, pair: &Pair<Rule>, on_number: bool) -> Spanned<Operator> {
        let rule = pair.as_rule();
        if let Some((_, operator)) = OPERATORS.iter().find(|(each, _)| *each == rule) {
            return self.at(pair, *operator);
        }
        let written = self.slice(pair);
        let equal = if on_number { Operator::Equal } else { Operator::Is };
        let unequal = if on_number { Operator::NotEqual } else { Operator::IsNot };
        let words: Vec<String> = written.split_ascii_whitespace().map(str::to_ascii_lowercase).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).skip_while(|word| *word == "is").collect();
        let (operator, certain) = match words.as_slice() {
            ["==" | "===" | "equals" | "equal", ..] => (equal, true),
            ["!==" | "<>" | "≠"] => (unequal, true),
            ["=<" | "≤"] => (Operator::LessOrEqual, true),
            ["=>" | "≥"] => (Operator::GreaterOrEqual, true),
            ["greater", ..] => (Operator::Greater, true),
            ["less", ..] => (Operator::Less, true),
            ["begins", ..] => (Operator::StartsWith, true),
            ["not", "contains" | "contain"] => (Operator::DoesNotContain, true),
            ["not", "matches" | "match"] => (Operator::DoesNotMatch, true),
            ["not", "includes" | "include"] => (Operator::DoesNotInclude, true),
            ["not", "starts" | "start", ..] => (Operator::DoesNotStartWith, true),
            ["not", "ends" | "end", ..] => (Operator::DoesNotEndWith, true),
            ["not", "like"] => (Operator::DoesNotMatch, false),
            _ => (Operator::Matches, false),
        };
        let span = self.span(pair);
        self.report(if certain {
            mistakes::instead(Code::ForeignOperator, span, written, operator.words())
        } else {
            mistakes::like(span, written, operator.words())
        });
        Spanned::new(operator, span)
    }
}

/// Whether an operator compares text alone.
fn takes_text(operator: Operator) -> bool {
    use Operator::{
        Contains, DoesNotContain, DoesNotEndWith, DoesNotMatch, DoesNotStartWith, EndsWith, Matches, StartsWith,
    };
    matches!(
        operator,
        Contains
            | DoesNotContain
            | StartsWith
            | DoesNotStartWith
            | EndsWith
            | DoesNotEndWith
            | Matches
            | DoesNotMatch
            | Operator::PartiallyMatches
            | Operator::DoesNotPartiallyMatch
    )
}

/// The rule of each operator.
const OPERATORS: [(Rule, Operator); 20] = [
    (Rule::is, Operator::Is),
    (Rule::is_not, Operator::IsNot),
    (Rule::equals, Operator::Equal),
    (Rule::unequal, Operator::NotEqual),
    (Rule::greater, Operator::Greater),
    (Rule::at_least_symbol, Operator::GreaterOrEqual),
    (Rule::less, Operator::Less),
    (Rule::at_most_symbol, Operator::LessOrEqual),
    (Rule::contains, Operator::Contains),
    (Rule::does_not_contain, Operator::DoesNotContain),
    (Rule::starts_with, Operator::StartsWith),
    (Rule::does_not_start_with, Operator::DoesNotStartWith),
    (Rule::ends_with, Operator::EndsWith),
    (Rule::does_not_end_with, Operator::DoesNotEndWith),
    (Rule::matches, Operator::Matches),
    (Rule::does_not_match, Operator::DoesNotMatch),
    (Rule::includes, Operator::Includes),
    (Rule::does_not_include, Operator::DoesNotInclude),
    (Rule::partially_matches, Operator::PartiallyMatches),
    (Rule::does_not_partially_match, Operator::DoesNotPartiallyMatch),
];
