//! Equality apart from spans: whether two trees say the same.

use super::{
    Abandoned, Aggregate, Assert, Audience, Bound, BulkConnect, Calculated, Claim, Condition, Connect, Criterion,
    Defaults, Distance, EventTest, Events, Field, File, Group, Guard, InputRef, Item, Limit, Literal, Match,
    NamedCalculation, NamedCriterion, Number, Picked, Place, Sequence, Setting, SettingValue, Split, Standard, Step,
    Test, TimeFilter, Variant, What,
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
plain!(i64, super::ConsentState, super::DistanceUnit, crate::catalog::EventKind, crate::catalog::InstallEdge);
plain!(crate::catalog::Calculation, super::Measure);
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
pub(super) use fields;

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
    Events { what, event_type, filter, time }
    EventTest { events, count, scope }
    Picked { first, events, scope }
    Sequence { first, steps, scope }
    Step { events, within, without }
    Abandoned { item, wait, filter, scope }
    Calculated { calculation, qualifier, attribute, events }
    Aggregate { value, test, scope }
    Distance { count, unit }
    NamedCalculation { docs, address, value }
    BulkConnect { docs, tags, connect }
    Guard { docs, audience, limits }
    Limit { measure, bound, percent }
    Assert { docs, claim }
}

impl Same for Item {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Defaults(a), Self::Defaults(b)) => a.same(b),
            (Self::Audience(a), Self::Audience(b)) => a.same(b),
            (Self::Criterion(a), Self::Criterion(b)) => a.same(b),
            (Self::Moved(a), Self::Moved(b)) => a.from.same(&b.from) && a.to.same(&b.to),
            (Self::Calculated(a), Self::Calculated(b)) => a.same(b),
            (Self::BulkConnect(a), Self::BulkConnect(b)) => a.same(b),
            (Self::Guard(a), Self::Guard(b)) => a.same(b),
            (Self::Assert(a), Self::Assert(b)) => a.same(b),
            (Self::Test(a), Self::Test(b)) => a.same(b),
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
            (Self::Standard(a), Self::Standard(b)) => a.same(b),
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
            (Self::Calculated { attribute, test, scope }, Self::Calculated { attribute: a, test: t, scope: s }) => {
                attribute.same(a) && test.same(t) && scope.same(s)
            }
            (
                Self::Consent { regulation, purpose, state, scope },
                Self::Consent { regulation: r, purpose: p, state: st, scope: s },
            ) => regulation.same(r) && purpose.same(p) && state.same(st) && scope.same(s),
            (Self::Device { field, test, scope }, Self::Device { field: f, test: t, scope: s })
            | (Self::Location { field, test, scope }, Self::Location { field: f, test: t, scope: s }) => {
                field.same(f) && test.same(t) && scope.same(s)
            }
            (Self::Near { distance, place, scope }, Self::Near { distance: d, place: p, scope: s }) => {
                distance.same(d) && place.same(p) && scope.same(s)
            }
            (Self::Attribution { edge, filter, scope }, Self::Attribution { edge: e, filter: f, scope: s }) => {
                edge.same(e) && filter.same(f) && scope.same(s)
            }
            (Self::Event(a), Self::Event(b)) => a.same(b),
            (Self::Picked(a), Self::Picked(b)) => a.same(b),
            (Self::Sequence(a), Self::Sequence(b)) => a.same(b),
            (Self::Abandoned(a), Self::Abandoned(b)) => a.same(b),
            (Self::Aggregate(a), Self::Aggregate(b)) => a.same(b),
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

impl Same for What {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Named { kind, name }, Self::Named { kind: k, name: n }) => kind == k && name.same(n),
            (Self::Kind { kind, item }, Self::Kind { kind: k, item: i }) => kind.same(k) && item == i,
            _ => false,
        }
    }
}

impl Same for Place {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::City(a), Self::City(b)) => a == b,
            (Self::Point(a, b), Self::Point(c, d)) => a.same(c) && b.same(d),
            _ => false,
        }
    }
}

impl Same for Standard {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, Self::All) => true,
            (Self::Between(a, b), Self::Between(c, d)) => a.same(c) && b.same(d),
            _ => false,
        }
    }
}

impl Same for Bound {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Compare(a, b), Self::Compare(c, d)) => a.same(c) && b.same(d),
            (Self::Between(a, b), Self::Between(c, d)) => a.same(c) && b.same(d),
            _ => false,
        }
    }
}

impl Same for Claim {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Disjoint(a), Self::Disjoint(b)) => a.same(b),
            (Self::Inside(a, b), Self::Inside(c, d)) => a.same(c) && b.same(d),
            _ => false,
        }
    }
}
