//! Equality apart from spans: whether two trees say the same.

use super::{
    Audience, Condition, Connect, Criterion, Defaults, EventTest, Field, File, Group, InputRef, Item, Literal, Match,
    NamedCriterion, Number, Setting, SettingValue, Split, Test, TimeFilter, Variant,
};
use crate::base::Spanned;

/// Things that can be compared apart from where they stand.
pub trait Same {
    /// Whether both say the same, wherever they stand.
    fn same(&self, other: &Self) -> bool;
}

impl<T: Same> Same for Spanned<T> {
    fn same(&self, other: &Self) -> bool {
        self.value.same(&other.value)
    }
}

impl<T: Same> Same for Vec<T> {
    fn same(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|(a, b)| a.same(b))
    }
}

impl<T: Same> Same for Option<T> {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Some(a), Some(b)) => a.same(b),
            (None, None) => true,
            _ => false,
        }
    }
}

impl<T: Same> Same for Box<T> {
    fn same(&self, other: &Self) -> bool {
        (**self).same(&**other)
    }
}

/// Types without spans inside.
macro_rules! plain {
    ($($type:ty),* $(,)?) => {$(
        impl Same for $type {
            fn same(&self, other: &Self) -> bool {
                self == other
            }
        }
    )*};
}

plain!(bool, u64, String, crate::base::Name, crate::base::Moment, Number, Literal);
plain!(super::Access, super::Count, super::Joiner, super::Operator, super::Quantity, super::Status, super::Unit);

/// Structs whose fields are compared one by one; a field `span` is left out.
macro_rules! fields {
    ($($type:ident { $($field:ident),* })*) => {$(
        impl Same for $type {
            fn same(&self, other: &Self) -> bool {
                $(self.$field.same(&other.$field))&&*
            }
        }
    )*};
}

fields! {
    File { version, items }
    Defaults { fields }
    Audience { docs, address, name, fields }
    NamedCriterion { docs, address, criterion }
    InputRef { workspace, input }
    Match { group }
    Split { name, salt, variants }
    Variant { name, title, share }
    Connect { output, variant, sending, share, settings, has_block }
    Setting { key, value }
    Group { joiner, terms, excludes }
    EventTest { name, event_type, filter, count, time, scope }
}

impl Same for Item {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Defaults(a), Self::Defaults(b)) => a.same(b),
            (Self::Audience(a), Self::Audience(b)) => a.same(b),
            (Self::Criterion(a), Self::Criterion(b)) => a.same(b),
            (Self::Moved(a), Self::Moved(b)) => a.from.same(&b.from) && a.to.same(&b.to),
            _ => false,
        }
    }
}

impl Same for Field {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Workspaces(a), Self::Workspaces(b)) => a.same(b),
            (Self::Inputs(a), Self::Inputs(b)) => a.same(b),
            (Self::Tags(a), Self::Tags(b)) => a.same(b),
            (Self::ExternalName(a), Self::ExternalName(b)) => a.same(b),
            (Self::Status(a), Self::Status(b)) => a.same(b),
            (Self::Access(a), Self::Access(b)) => a.same(b),
            (Self::Protect(a), Self::Protect(b)) => a.same(b),
            (Self::Match(a), Self::Match(b)) => a.same(b),
            (Self::Split(a), Self::Split(b)) => a.same(b),
            (Self::Connect(a), Self::Connect(b)) => a.same(b),
            _ => false,
        }
    }
}

impl Same for SettingValue {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Literal(a), Self::Literal(b)) => a.same(b),
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::List(a), Self::List(b)) => a.same(b),
            _ => false,
        }
    }
}

impl Same for Criterion {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Group(a), Self::Group(b)) => a.same(b),
            (Self::Not(a), Self::Not(b)) => a.same(b),
            (Self::Labelled { label, of }, Self::Labelled { label: other, of: other_of }) => {
                label.same(other) && of.same(other_of)
            }
            (Self::Everyone, Self::Everyone) => true,
            (Self::Audience(a), Self::Audience(b)) | (Self::Named(a), Self::Named(b)) => a.same(b),
            (
                Self::UserAttribute { list, attribute, test, scope },
                Self::UserAttribute { list: l, attribute: a, test: t, scope: s },
            ) => list == l && attribute.same(a) && test.same(t) && scope.same(s),
            (Self::Seen { first, time, scope }, Self::Seen { first: f, time: t, scope: s }) => {
                first == f && time.same(t) && scope.same(s)
            }
            (Self::Identity { identity, test, scope }, Self::Identity { identity: i, test: t, scope: s }) => {
                identity.same(i) && test.same(t) && scope.same(s)
            }
            (Self::Event(a), Self::Event(b)) => a.same(b),
            _ => false,
        }
    }
}

impl Same for Condition {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Group(a), Self::Group(b)) => a.joiner == b.joiner && a.terms.same(&b.terms),
            (Self::Not(a), Self::Not(b)) => a.same(b),
            (
                Self::Attribute { qualifier, attribute, test },
                Self::Attribute { qualifier: q, attribute: a, test: t },
            ) => qualifier.same(q) && attribute.same(a) && test.same(t),
            _ => false,
        }
    }
}

impl Same for Test {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Compare { operator, value }, Self::Compare { operator: o, value: v }) => {
                operator.same(o) && value.same(v)
            }
            (Self::In { negated, values }, Self::In { negated: n, values: v }) => negated == n && values.same(v),
            (Self::Between { low, high }, Self::Between { low: l, high: h }) => low.same(l) && high.same(h),
            (Self::Time(a), Self::Time(b)) => a.same(b),
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::Empty { negated }, Self::Empty { negated: n })
            | (Self::Exists { negated }, Self::Exists { negated: n }) => negated == n,
            _ => false,
        }
    }
}

impl Same for TimeFilter {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::WithinLast(a), Self::WithinLast(b)) | (Self::MoreThanAgo(a), Self::MoreThanAgo(b)) => a.same(b),
            (Self::BetweenAgo { first, second, unit }, Self::BetweenAgo { first: f, second: s, unit: u }) => {
                first.same(f) && second.same(s) && unit == u
            }
            (Self::Before(a), Self::Before(b)) | (Self::After(a), Self::After(b)) | (Self::On(a), Self::On(b)) => {
                a.same(b)
            }
            (Self::Between(a, b), Self::Between(c, d)) => a.same(c) && b.same(d),
            _ => false,
        }
    }
}
