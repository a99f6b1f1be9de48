//! What attributes are read as.
//!
//! In: the items and the catalog. Out: for each attribute its [`Known`] type and where it came from: the project file before
//! the data before the first use (an attribute that neither knows gets the type that the operators ask for). Which
//! operators fit a type is told by [`fits`].

use std::collections::HashMap;

use super::declare::Declared;
use crate::base::{Span, Spanned};
use crate::catalog::{Attribute, Catalog, EventKey, ValueType};
use crate::syntax::ast::{self, Condition, Criterion, Literal, Operator, Test};

/// The type of an attribute, and why.
#[derive(Clone, Copy, Debug)]
pub(super) enum Known<'a> {
    /// The project file or the data tell.
    Attribute(&'a Attribute),
    /// The first use tells.
    Use(Use),
    /// The language tells, for the reason given.
    Fixed(ValueType, &'static str),
}

/// A use that tells a type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Use {
    /// The type.
    pub(super) value_type: ValueType,
    /// The operator that tells it.
    pub(super) span: Span,
}

impl Known<'_> {
    /// What values are read as.
    pub(super) fn value_type(&self) -> ValueType {
        match self {
            Self::Attribute(attribute) => attribute.value_type,
            Self::Use(first) => first.value_type,
            Self::Fixed(value_type, _) => *value_type,
        }
    }
}

/// The types that only uses tell: the first use in the order of the files decides.
#[derive(Debug, Default)]
pub(super) struct Types<'a> {
    user: HashMap<&'a str, Use>,
    events: HashMap<(&'a str, &'a str), Use>,
}

impl<'a> Types<'a> {
    /// The type of a user attribute, where anything tells it.
    pub(super) fn user(&self, catalog: &'a Catalog, attribute: &str) -> Option<Known<'a>> {
        let known = catalog.user_attributes.get(attribute).map(Known::Attribute);
        known.or_else(|| self.user.get(attribute).copied().map(Known::Use))
    }

    /// The type of an event's attribute, where anything tells it.
    pub(super) fn event(&self, catalog: &'a Catalog, event: &EventKey, attribute: &str) -> Option<Known<'a>> {
        let known = catalog.events.get(event).and_then(|known| known.attributes.get(attribute)).map(Known::Attribute);
        known.or_else(|| self.events.get(&(&*event.name, attribute)).copied().map(Known::Use))
    }
}

/// Reads the types of attributes that the catalog does not know off their uses.
pub(super) fn infer<'a>(declared: &Declared<'a>, catalog: &Catalog) -> Types<'a> {
    let mut inference = Inference { types: Types::default(), catalog };
    for audience in &declared.audiences {
        for field in &audience.item.fields {
            if let ast::Field::Match(matching) = &field.value {
                inference.group(&matching.group);
            }
        }
    }
    declared.criteria.iter().for_each(|criterion| inference.criterion(&criterion.criterion));
    inference.types
}

struct Inference<'a, 'c> {
    types: Types<'a>,
    catalog: &'c Catalog,
}

impl<'a> Inference<'a, '_> {
    fn group(&mut self, group: &'a ast::Group) {
        group.terms.iter().chain(&group.excludes).for_each(|term| self.criterion(term));
    }

    fn criterion(&mut self, criterion: &'a Criterion) {
        match criterion {
            Criterion::Group(group) => self.group(group),
            Criterion::Not(inner) | Criterion::Labelled { of: inner, .. } => self.criterion(inner),
            Criterion::UserAttribute { list, attribute, test, .. } => {
                let told = if *list { Some(ValueType::List) } else { told(test) };
                if let Some(value_type) = told
                    && !self.catalog.user_attributes.contains_key(&attribute.value)
                {
                    self.types.user.entry(&attribute.value).or_insert(Use { value_type, span: test.span });
                }
            }
            Criterion::Event(event) => {
                if let ast::What::Named { name, .. } = &event.events.what {
                    event.events.filter.iter().for_each(|filter| self.condition(&name.value, filter));
                }
            }
            _ => {}
        }
    }

    fn condition(&mut self, event: &'a str, condition: &'a Condition) {
        match condition {
            Condition::Group(group) => group.terms.iter().for_each(|term| self.condition(event, term)),
            Condition::Not(inner) => self.condition(event, inner),
            Condition::Attribute { attribute, test, .. } => {
                let known = self.catalog.events.get(&EventKey::custom(event));
                let known = known.is_some_and(|known| known.attributes.contains_key(&attribute.value));
                if let Some(value_type) = told(test)
                    && !known
                {
                    let place = (event, attribute.value.as_str());
                    self.types.events.entry(place).or_insert(Use { value_type, span: test.span });
                }
            }
        }
    }
}

/// The type that a test alone tells, where it tells one.
pub(super) fn told(test: &Test) -> Option<ValueType> {
    match test {
        Test::Compare { operator, value } => {
            let told = operator_type(operator.value);
            let fits = matches!(
                (told, &value.value),
                (ValueType::Number, Literal::Number(_)) | (ValueType::String | ValueType::List, Literal::String(_))
            );
            fits.then_some(told)
        }
        Test::In { values, .. } => literal_type(values),
        Test::Between { .. } => Some(ValueType::Number),
        Test::Time(_) => Some(ValueType::Date),
        Test::Boolean(_) => Some(ValueType::Boolean),
        Test::Empty { .. } | Test::Exists { .. } => None,
    }
}

/// The type of a list of values; `None` where it mixes or is empty.
pub(super) fn literal_type(values: &[Spanned<Literal>]) -> Option<ValueType> {
    let numbers = values.iter().filter(|value| matches!(value.value, Literal::Number(_))).count();
    match numbers {
        _ if values.is_empty() => None,
        0 => Some(ValueType::String),
        all if all == values.len() => Some(ValueType::Number),
        _ => None,
    }
}

/// The type that an operator with one value asks for.
pub(super) fn operator_type(operator: Operator) -> ValueType {
    use Operator as O;
    match operator {
        O::Equal | O::NotEqual | O::Less | O::LessOrEqual | O::Greater | O::GreaterOrEqual => ValueType::Number,
        O::Includes | O::DoesNotInclude | O::PartiallyMatches | O::DoesNotPartiallyMatch => ValueType::List,
        _ => ValueType::String,
    }
}

/// Whether a test can be asked of values of a type (section 3 of the language).
pub(super) fn fits(test: &Test, value_type: ValueType) -> bool {
    match test {
        Test::Exists { .. } => true,
        Test::Empty { .. } => matches!(value_type, ValueType::String | ValueType::List),
        other => told(other) == Some(value_type),
    }
}
