//! Criteria about attributes of users. A null attribute satisfies none of them but `exists: false`.

use serde_json::Value;

use super::super::error::Wrong;
use super::super::json::Place;
use super::{Lowering, days, not, number};
use crate::base::TimeFilter;
use crate::ir::{Criterion, Kind, Predicate};

impl Lowering {
    pub(super) fn attribute(&self, place: &Place<'_>) -> Result<Criterion, Wrong> {
        let (cmp, value) = (place.field("cmp")?, place.field("value")?);
        let predicate = match cmp.text()? {
            "eq" => equal(&value)?,
            "in" => one_of(&value)?,
            "gt" => Predicate::Greater(number(&value)?),
            "lt" => Predicate::Less(number(&value)?),
            "between" => {
                let [low, high] = value.pair()?;
                Predicate::Between(number(&low)?, number(&high)?)
            }
            "exists" => Predicate::Empty,
            "contains" => Predicate::Contains(value.text()?.to_owned()),
            "includes" => Predicate::Includes(value.text()?.to_owned()),
            // Up to `now`, which nothing lies after.
            "within_days" => Predicate::Time(TimeFilter::WithinLast(days(&value)?)),
            "older_than_days" => Predicate::Time(TimeFilter::MoreThanAgo(days(&value)?)),
            other => return Err(cmp.wrong(format!("`{other}` is no comparison of an attribute"))),
        };
        let complement = predicate == Predicate::Empty && value.boolean()?;
        let criterion = Criterion::new(Kind::UserAttribute {
            attribute: place.field("attr")?.text()?.to_owned(),
            list: matches!(predicate, Predicate::Includes(_)),
            predicate,
            workspaces: self.workspaces.clone(),
        });
        Ok(if complement { not(criterion) } else { criterion })
    }
}

/// Equal to a text, a number or a truth value.
pub(super) fn equal(value: &Place<'_>) -> Result<Predicate, Wrong> {
    match value.value() {
        Value::Bool(value) => Ok(Predicate::Boolean(*value)),
        Value::Number(_) => Ok(Predicate::Equal(number(value)?)),
        Value::String(text) => Ok(Predicate::Is(text.clone())),
        _ => Err(value.wrong("expected a text, a number, `true` or `false`")),
    }
}

/// Equal to one of some texts, or of some numbers.
pub(super) fn one_of(value: &Place<'_>) -> Result<Predicate, Wrong> {
    let items = value.items()?;
    match items.first().map(Place::value) {
        Some(Value::Number(_)) => Ok(Predicate::OneOf(items.iter().map(number).collect::<Result<_, _>>()?)),
        _ => {
            let texts = items.iter().map(|item| item.text().map(str::to_owned));
            Ok(Predicate::IsIn(texts.collect::<Result<_, _>>()?))
        }
    }
}
