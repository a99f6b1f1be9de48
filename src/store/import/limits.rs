//! How long, and how many, the platform lets things be.
//!
//! Nothing is cut or left out for being beyond: the report says how often it happens, and where first.

use std::fmt;

use super::report::{Place, SourceReport};

/// Something that the platform limits. Texts are measured in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// The name of an event or screen.
    EventName,
    /// The name of an attribute of an event.
    AttributeName,
    /// The value of an attribute of an event.
    AttributeValue,
    /// The attributes of one event.
    Attributes,
    /// The name of a user attribute.
    UserAttributeName,
    /// The value of a user attribute.
    UserAttributeValue,
    /// The user attributes of one batch.
    UserAttributes,
    /// The entries of a list.
    ListEntries,
    /// One entry of a list.
    ListEntry,
}

impl Limit {
    /// The most that is allowed.
    pub fn most(self) -> usize {
        match self {
            Self::EventName | Self::AttributeName | Self::UserAttributeName => 256,
            Self::AttributeValue | Self::UserAttributeValue => 4096,
            Self::Attributes | Self::UserAttributes => 100,
            Self::ListEntries => 1000,
            Self::ListEntry => 512,
        }
    }

    /// A name that does not change.
    pub fn name(self) -> &'static str {
        match self {
            Self::EventName => "event_name",
            Self::AttributeName => "attribute_name",
            Self::AttributeValue => "attribute_value",
            Self::Attributes => "attributes",
            Self::UserAttributeName => "user_attribute_name",
            Self::UserAttributeValue => "user_attribute_value",
            Self::UserAttributes => "user_attributes",
            Self::ListEntries => "list_entries",
            Self::ListEntry => "list_entry",
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = self.most();
        match self {
            Self::EventName => write!(f, "event names of more than {most} characters"),
            Self::AttributeName => write!(f, "attribute names of more than {most} characters"),
            Self::AttributeValue => write!(f, "attribute values of more than {most} characters"),
            Self::Attributes => write!(f, "events with more than {most} attributes"),
            Self::UserAttributeName => write!(f, "user attribute names of more than {most} characters"),
            Self::UserAttributeValue => write!(f, "user attribute values of more than {most} characters"),
            Self::UserAttributes => write!(f, "batches with more than {most} user attributes"),
            Self::ListEntries => write!(f, "lists of more than {most} entries"),
            Self::ListEntry => write!(f, "list entries of more than {most} characters"),
        }
    }
}

/// How often something is beyond a limit, and where first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beyond {
    /// How often.
    pub count: u64,
    /// The file as people know it.
    pub file: String,
    /// The line that the row begins on, from 1.
    pub line: u64,
}

impl SourceReport {
    /// Looks whether a text is too long.
    pub(super) fn measure(&mut self, limit: Limit, text: &str, place: Place<'_>) {
        // No text has more characters than bytes, so that most are never counted.
        if text.len() > limit.most() && text.chars().count() > limit.most() {
            self.beyond(limit, place);
        }
    }

    /// Looks whether there are too many.
    pub(super) fn count(&mut self, limit: Limit, many: usize, place: Place<'_>) {
        if many > limit.most() {
            self.beyond(limit, place);
        }
    }

    /// Looks at a list and its entries.
    pub(super) fn measure_list<T: AsRef<str>>(&mut self, entries: &[T], place: Place<'_>) {
        self.count(Limit::ListEntries, entries.len(), place);
        entries.iter().for_each(|entry| self.measure(Limit::ListEntry, entry.as_ref(), place));
    }
}
