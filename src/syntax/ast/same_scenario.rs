//! Equality of tests apart from spans.

use super::Same;
use super::same::fields;
use super::scenario::{At, Entry, Expect, Fact, Happening, Pair, StepEntry, Test, Time, User, Value, When};

fields! {
    Test { docs, title, entries }
    User { name, from, facts }
    At { when, entries }
    Pair { name, value }
    Happening { what, event_type, attributes, products, times, input, id, at }
}

impl<A: Same, B: Same> Same for (A, B) {
    fn same(&self, other: &Self) -> bool {
        self.0.same(&other.0) && self.1.same(&other.1)
    }
}

impl Same for Entry {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Now(a), Self::Now(b)) => a.same(b),
            (Self::User(a), Self::User(b)) => a.same(b),
            (Self::Expect(a), Self::Expect(b)) => a.same(b),
            (Self::At(a), Self::At(b)) => a.same(b),
            _ => false,
        }
    }
}

impl Same for When {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Instant(a), Self::Instant(b)) => a.same(b),
            (Self::Later(a), Self::Later(b)) => a.same(b),
            _ => false,
        }
    }
}

impl Same for StepEntry {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Fact { user, fact }, Self::Fact { user: u, fact: f }) => user.same(u) && fact.same(f),
            (Self::Expect(a), Self::Expect(b)) => a.same(b),
            _ => false,
        }
    }
}

impl Same for Fact {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Mpid(a), Self::Mpid(b)) => a.same(b),
            (Self::FirstSeen(a), Self::FirstSeen(b)) => a.same(b),
            (Self::Identity(a, b), Self::Identity(c, d)) | (Self::Device(a, b), Self::Device(c, d)) => {
                a.same(c) && b.same(d)
            }
            (Self::Attribute(a, b), Self::Attribute(c, d)) | (Self::Calculated(a, b), Self::Calculated(c, d)) => {
                a.same(c) && b.same(d)
            }
            (Self::NoAttribute(a), Self::NoAttribute(b)) => a.same(b),
            (Self::Consent(a, b, c), Self::Consent(d, e, f)) => a.same(d) && b.same(e) && c.same(f),
            (Self::Location { point, fields, at }, Self::Location { point: p, fields: f, at: a }) => {
                point.same(p) && fields.same(f) && at.same(a)
            }
            (Self::Attribution(a, b), Self::Attribution(c, d)) => a.same(c) && b.same(d),
            (Self::Event(a), Self::Event(b)) => a.same(b),
            _ => false,
        }
    }
}

impl Same for Value {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Literal(a), Self::Literal(b)) => a.same(b),
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::Null, Self::Null) => true,
            (Self::List(a), Self::List(b)) => a.same(b),
            _ => false,
        }
    }
}

impl Same for Time {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Moment(a), Self::Moment(b)) => a.same(b),
            (Self::Ago(a), Self::Ago(b)) => a.same(b),
            _ => false,
        }
    }
}

impl Same for Expect {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Member { user, negated, audience, variant },
                Self::Member { user: u, negated: n, audience: a, variant: v },
            ) => user.same(u) && negated == n && audience.same(a) && variant.same(v),
            (Self::Members { audience, variant, users }, Self::Members { audience: a, variant: v, users: u }) => {
                audience.same(a) && variant.same(v) && users.same(u)
            }
            _ => false,
        }
    }
}
