//! Tests of one value.

use super::Lowering;
use crate::analyze::rules::{allowed, bounds, literals, time_bounds, type_mismatch};
use crate::analyze::typing::{self, Known, Owner};
use crate::base::{Span, Spanned};
use crate::diagnostic::Diagnostics;
use crate::ir::{Float, Predicate};
use crate::syntax::ast::{Literal, Operator, Test};

/// What a test is asked of.
#[derive(Clone, Copy, Debug)]
pub(in crate::analyze) enum Subject<'a> {
    /// A user attribute.
    User {
        /// Its name.
        attribute: &'a Spanned<String>,
        /// Whether `list` was written.
        list: bool,
        /// The whole criterion.
        span: Span,
    },
    /// An attribute of an event.
    Event {
        /// Its name.
        attribute: &'a Spanned<String>,
        /// The event, or the part of it.
        owner: &'a Owner,
    },
    /// A calculated attribute that comes with profiles.
    Calculated {
        /// Its name.
        attribute: &'a Spanned<String>,
    },
    /// A value that is calculated over events.
    Value {
        /// What it is called.
        name: &'a str,
        /// The attribute that it has its type from, and the event or part that this belongs to.
        of: Option<(&'a Owner, &'a str)>,
    },
    /// What is text by nature: identities, devices, locations, attributions.
    Field {
        /// What it is called.
        name: &'a str,
    },
}

impl Subject<'_> {
    /// What it is called.
    pub(in crate::analyze) fn name(&self) -> &str {
        match self {
            Self::User { attribute, .. } | Self::Event { attribute, .. } | Self::Calculated { attribute } => {
                &attribute.value
            }
            Self::Value { name, .. } | Self::Field { name } => name,
        }
    }

    /// Where the project file declares its type, and under which name; `None` where it cannot be declared.
    pub(in crate::analyze) fn declared_at(&self) -> Option<(String, &str)> {
        match self {
            Self::User { attribute, .. } => Some((Owner::User.schema(), attribute)),
            Self::Event { attribute, owner } => Some((owner.schema(), attribute)),
            Self::Calculated { attribute } => Some((Owner::Calculated.schema(), attribute)),
            Self::Value { of, .. } => of.map(|(owner, attribute)| (owner.schema(), attribute)),
            Self::Field { .. } => None,
        }
    }
}

impl Lowering<'_, '_> {
    /// The positive form of a test, and whether the test is its complement.
    pub(super) fn predicate(
        &mut self,
        subject: &Subject<'_>,
        known: Option<Known<'_>>,
        test: &Spanned<Test>,
    ) -> Option<(Predicate, bool)> {
        literals::check(subject, known, test, self.found).then_some(())?;
        type_mismatch::check(subject, known, test, self.found).then_some(())?;
        let fine = allowed::check(subject, known, test, self.found);
        lower(test, self.found).filter(|_| fine)
    }
}

fn lower(test: &Test, found: &mut Diagnostics) -> Option<(Predicate, bool)> {
    Some(match test {
        Test::Compare { operator, value } => compare(operator.value, &value.value)?,
        Test::In { negated, values } => (list(values)?, *negated),
        Test::Between { low, high } => {
            bounds::numbers(low, high, found).then_some(())?;
            (Predicate::Between(Float::new(low.value.value)?, Float::new(high.value.value)?), false)
        }
        Test::Time(time) => (Predicate::Time(time_bounds::filter(time, found)?), false),
        Test::Boolean(value) => (Predicate::Boolean(*value), false),
        Test::Empty { negated } => (Predicate::Empty, *negated),
        Test::Exists { negated } => (Predicate::Exists, *negated),
    })
}

fn compare(operator: Operator, value: &Literal) -> Option<(Predicate, bool)> {
    use Operator as O;
    let text = || match value {
        Literal::String(text) => Some(text.clone()),
        Literal::Number(_) => None,
    };
    let number = || match value {
        Literal::Number(number) => Float::new(number.value),
        Literal::String(_) => None,
    };
    Some(match operator {
        O::Is => (Predicate::Is(text()?), false),
        O::IsNot => (Predicate::Is(text()?), true),
        O::Contains => (Predicate::Contains(text()?), false),
        O::DoesNotContain => (Predicate::Contains(text()?), true),
        O::StartsWith => (Predicate::StartsWith(text()?), false),
        O::DoesNotStartWith => (Predicate::StartsWith(text()?), true),
        O::EndsWith => (Predicate::EndsWith(text()?), false),
        O::DoesNotEndWith => (Predicate::EndsWith(text()?), true),
        O::Matches => (Predicate::Matches(text()?), false),
        O::DoesNotMatch => (Predicate::Matches(text()?), true),
        O::Equal => (Predicate::Equal(number()?), false),
        O::NotEqual => (Predicate::Equal(number()?), true),
        O::Less => (Predicate::Less(number()?), false),
        O::LessOrEqual => (Predicate::AtMost(number()?), false),
        O::Greater => (Predicate::Greater(number()?), false),
        O::GreaterOrEqual => (Predicate::AtLeast(number()?), false),
        O::Includes => (Predicate::Includes(text()?), false),
        O::DoesNotInclude => (Predicate::Includes(text()?), true),
        O::PartiallyMatches => (Predicate::PartiallyMatches(text()?), false),
        O::DoesNotPartiallyMatch => (Predicate::PartiallyMatches(text()?), true),
    })
}

/// The values of a list, which are all of one kind.
fn list(values: &[Spanned<Literal>]) -> Option<Predicate> {
    let number = |value: &Spanned<Literal>| match &value.value {
        Literal::Number(number) => Float::new(number.value),
        Literal::String(_) => None,
    };
    let text = |value: &Spanned<Literal>| match &value.value {
        Literal::String(text) => Some(text.clone()),
        Literal::Number(_) => None,
    };
    match typing::literal_type(values)? {
        crate::catalog::ValueType::Number => values.iter().map(number).collect::<Option<_>>().map(Predicate::OneOf),
        _ => values.iter().map(text).collect::<Option<_>>().map(Predicate::IsIn),
    }
}
