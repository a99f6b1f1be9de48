//! What attributes are read as.
//!
//! In: the catalog, and what uses tell. Out: for each attribute its [`Known`] type and where it came from: the project file
//! before the platform before the data before the first use (an attribute that none of them knows gets the type that the
//! operators ask for). Which operators fit a type is told by [`fits`].

use std::collections::{BTreeMap, HashMap};

use rapidhash::fast::RandomState;

use crate::base::{Span, Spanned};
use crate::catalog::{Attribute, Catalog, EventKey, EventKind, Part, Provenance, ValueType, platform_attribute};
use crate::syntax::ast::{Literal, Operator, Test};

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
#[derive(Clone, Copy, Debug, PartialEq)]
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

/// What an attribute belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Owner {
    /// Users.
    User,
    /// Users, calculated elsewhere.
    Calculated,
    /// Events of a key, or a part of them (M21).
    Event(EventKey, Option<Part>),
}

impl Owner {
    /// Where the project file declares the types of its attributes.
    pub(super) fn schema(&self) -> String {
        match self {
            Self::User => "schema.user".to_owned(),
            Self::Calculated => "schema.calculated".to_owned(),
            Self::Event(key, part) => match (key.kind, part) {
                (EventKind::Custom, _) => "schema.events".to_owned(),
                (EventKind::Screen, _) => "schema.screens".to_owned(),
                (kind, Some(Part::Product)) => format!("schema.{}.product", kind.word()),
                (kind, _) => format!("schema.{}", kind.word()),
            },
        }
    }
}

/// The types that only uses tell: the first use in the order of the files decides.
#[derive(Debug, Default)]
pub(super) struct Types<'a> {
    pub(super) uses: HashMap<(Owner, &'a str), Use, RandomState>,
}

impl Types<'_> {
    /// The type of an attribute, where anything tells it.
    pub(super) fn of<'c>(&self, catalog: &'c Catalog, owner: &Owner, attribute: &str) -> Option<Known<'c>> {
        beyond_uses(catalog, owner, attribute).or_else(|| {
            let uses = self.uses.get(&(owner.clone(), attribute));
            uses.copied().map(Known::Use)
        })
    }
}

/// The type of an attribute, where project, platform or data tell it.
pub(super) fn beyond_uses<'c>(catalog: &'c Catalog, owner: &Owner, attribute: &str) -> Option<Known<'c>> {
    match owner {
        Owner::User => catalog.user_attributes.get(attribute).map(Known::Attribute),
        Owner::Calculated => catalog.calculated.get(attribute).map(Known::Attribute),
        Owner::Event(event, Some(part)) => of_part(catalog, event, *part, attribute),
        // A bare name is the event's own attribute, then the action's, then the product's (M21).
        Owner::Event(event, None) => of_part(catalog, event, Part::Action, attribute)
            .or_else(|| of_part(catalog, event, Part::Product, attribute)),
    }
}

/// The catalog keeps the attributes of an event and those of its action together.
fn of_part<'c>(catalog: &'c Catalog, event: &EventKey, part: Part, attribute: &str) -> Option<Known<'c>> {
    let known = catalog.events.get(event).and_then(|known| part_of(known, part).get(attribute));
    let declared = known.filter(|known| known.provenance == Provenance::Declared).map(Known::Attribute);
    let platform = || platform_attribute(event.kind, part, attribute);
    declared
        .or_else(|| platform().map(|value_type| Known::Fixed(value_type, "the platform gives it this type")))
        .or_else(|| known.map(Known::Attribute))
}

/// The attributes of a part of an event.
pub(super) fn part_of(event: &crate::catalog::Event, part: Part) -> &BTreeMap<String, Attribute> {
    match part {
        Part::Action => &event.attributes,
        Part::Product => &event.products,
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
