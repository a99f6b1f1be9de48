//! Criteria about events, in words.

use super::clause::Words;
use super::predicate::{filter, name, predicate};
use super::quoted;
use super::time::{reach, when, within};
use crate::catalog::{Calculation, EventKey, EventKind};
use crate::ir::{AbandonedTest, AggregateTest, Count, EventTest, Events, Pick, PickedTest, Predicate, Sequence, Unit};

/// What people did, in the past and after `did not`.
fn deed(event: &EventKey) -> (String, String) {
    let (did, do_) = match event.kind {
        EventKind::Custom => return (format!("did {}", quoted(&event.name)), format!("do {}", quoted(&event.name))),
        EventKind::Screen => {
            let screen = quoted(&event.name);
            return (format!("saw the screen {screen}"), format!("see the screen {screen}"));
        }
        EventKind::Purchase => ("made a purchase", "make a purchase"),
        EventKind::Refund => ("got a refund", "get a refund"),
        EventKind::AddToCart => ("put something into the cart", "put anything into the cart"),
        EventKind::RemoveFromCart => ("took something out of the cart", "take anything out of the cart"),
        EventKind::Checkout => ("went to the checkout", "go to the checkout"),
        EventKind::CheckoutOption => ("chose a checkout option", "choose a checkout option"),
        EventKind::Click => ("clicked on a product", "click on a product"),
        EventKind::ViewDetail => ("looked at a product in detail", "look at a product in detail"),
        EventKind::AddToWishlist => ("put something on the wishlist", "put anything on the wishlist"),
        EventKind::RemoveFromWishlist => ("took something off the wishlist", "take anything off the wishlist"),
        EventKind::PromotionView => ("saw a promotion", "see a promotion"),
        EventKind::PromotionClick => ("clicked on a promotion", "click on a promotion"),
        EventKind::Impression => ("were shown a product", "get shown a product"),
        EventKind::Session => ("had a session", "have a session"),
        EventKind::Crash => ("had a crash", "have a crash"),
        EventKind::Install => ("installed the app", "install the app"),
        EventKind::Uninstall => ("uninstalled the app", "uninstall the app"),
        EventKind::Upgrade => ("upgraded the app", "upgrade the app"),
        EventKind::OptOut => ("opted out", "opt out"),
    };
    (did.to_owned(), do_.to_owned())
}

/// What the events of a key are called.
fn plural(event: &EventKey) -> String {
    match event.kind {
        EventKind::Custom => format!("{} events", quoted(&event.name)),
        EventKind::Screen => format!("views of the screen {}", quoted(&event.name)),
        EventKind::Purchase => "purchases".to_owned(),
        kind => format!("{} events", kind.word().replace('_', " ")),
    }
}

/// ` at least 3 times`; nothing for "at least once".
fn times(count: Count, unit: Unit) -> String {
    let times = |count: u64| match (unit, count) {
        (Unit::Event, 1) => "once".to_owned(),
        (Unit::Event, count) => format!("{count} times"),
        (Unit::Item, 1) => "1 product".to_owned(),
        (Unit::Item, count) => format!("{count} products"),
    };
    let words = match (count.least, count.most) {
        (1, None) if unit == Unit::Event => return String::new(),
        (least, None) => format!("at least {}", times(least)),
        (0, Some(most)) => format!("at most {}", times(most)),
        (least, Some(most)) if least == most => format!("exactly {}", times(least)),
        (least, Some(most)) => format!("between {least} and {}", times(most)),
    };
    match unit {
        Unit::Event => format!(" {words}"),
        Unit::Item => format!(", {words} in all,"),
    }
}

impl Words<'_> {
    /// When the events happened: in the window, and inside the retention.
    pub(super) fn period(&self, events: &Events) -> String {
        let kept = self.model.event_retention;
        match (events.time, kept) {
            _ if self.home.standard.is_some() => {
                events.time.map_or_else(String::new, |time| format!(" {}", when(time)))
            }
            (None, None) => " at any time".to_owned(),
            (None, Some(kept)) => format!(" {}", within(kept)),
            (Some(time), Some(kept)) if reach(time).is_none_or(|reach| reach > kept) => {
                format!(" {} (events count for {kept})", when(time))
            }
            (Some(time), _) => format!(" {}", when(time)),
        }
    }

    /// What kind, which, and through which inputs.
    fn which(&self, events: &Events) -> String {
        let custom = events.event_type.map_or_else(String::new, |custom| format!(" (type {})", custom.name()));
        format!("{custom}{}{}", filter(events.filter.as_ref()), self.through(events))
    }

    pub(super) fn event(&self, test: &EventTest, negated: bool) -> String {
        let events = &test.events;
        let (did, do_) = deed(&events.event);
        let (which, period) = (self.which(events), self.period(events));
        let Count { least, most } = test.count;
        match (negated, least, most) {
            (true, 0 | 1, None) => format!("did not {do_}{which}{period} (also people of whom nothing is known)"),
            (true, least, None) => {
                let count = times(Count { least: 0, most: Some(least - 1) }, events.unit);
                format!("{did}{which}{count}{period} (also people who never did)")
            }
            (true, _, _) => {
                let zero = if test.count.contains(0) { "" } else { " (also people who never did)" };
                let count = times(test.count, events.unit).replacen(' ', " not ", 1);
                format!("{did}{which}{count}{period}{zero}")
            }
            (false, 0, Some(_)) => {
                format!("{did}{which}{}{period} (also people who never did)", times(test.count, events.unit))
            }
            (false, _, _) => format!("{did}{which}{}{period}", times(test.count, events.unit)),
        }
    }

    pub(super) fn picked(&self, test: &PickedTest, negated: bool) -> String {
        let edge = if test.pick == Pick::First { "first" } else { "latest" };
        let events = &test.events;
        let pool = Events { time: None, filter: None, ..events.clone() };
        let custom = events.event_type.map_or_else(String::new, |custom| format!(" of type {}", custom.name()));
        let what =
            format!("{edge} of their {}{custom}{}{}", plural(&events.event), self.through(events), self.period(&pool));
        let mut asks = Vec::new();
        asks.extend(
            events.filter.as_ref().map(|filter| format!("is one where {}", super::predicate::condition(filter))),
        );
        asks.extend(events.time.map(|time| format!("happened {}", when(time))));
        match (asks.is_empty(), negated) {
            (true, false) => format!("have a {what}"),
            (true, true) => format!("have no {what}"),
            (false, false) => format!("have a {what} that {}", asks.join(" and ")),
            (false, true) => format!("have no {what} that {} (also people without any)", asks.join(" and ")),
        }
    }

    pub(super) fn sequence(&self, sequence: &Sequence, negated: bool) -> String {
        let did = |events: &Events| format!("{}{}{}", deed(&events.event).0, self.which(events), self.period(events));
        let mut words = format!("first {}", did(&sequence.first));
        for step in &sequence.steps {
            let within = step.within.map_or_else(String::new, |within| format!(" within {within} of that"));
            words.push_str(&format!(", then later{within} {}", did(&step.events)));
            for without in &step.without {
                let between = format!("{}{}", deed(&without.event).1, self.which(without));
                words.push_str(&format!(", and in between did not {between}"));
            }
        }
        match negated {
            true => format!("did not do this in order: {words} (also people who did none of it)"),
            false => words,
        }
    }

    pub(super) fn abandoned(&self, test: &AbandonedTest, negated: bool) -> String {
        let add = Events {
            filter: test.filter.clone(),
            ..Events::of(EventKey::of(EventKind::AddToCart), test.inputs.clone())
        };
        let (which, wait) = (self.which(&add), test.wait);
        let words = match test.unit {
            Unit::Event => format!(
                "put something into the cart{which}, and for {wait} or longer have bought nothing and put in nothing more of the kind"
            ),
            Unit::Item => {
                format!("put a product into the cart{which}, and for {wait} or longer have not bought that product")
            }
        };
        match negated {
            true => format!(
                "have not abandoned a cart; that is, it is not so that they {words} (also people without a cart)"
            ),
            false => words,
        }
    }

    pub(super) fn aggregate(&self, test: &AggregateTest, negated: bool) -> String {
        let events = &test.events;
        let which = format!("{}{}{}", plural(&events.event), self.which(events), self.period(events));
        let attribute = test.attribute.as_ref().map_or_else(String::new, |each| name(each.part, &each.name));
        let what = match test.calculation {
            Calculation::Count if events.unit == Unit::Item => format!("the number of products in their {which}"),
            Calculation::Count => format!("the number of their {which}"),
            Calculation::UniqueCount => format!("the number of different {attribute} in their {which}"),
            Calculation::UniqueList => format!("the list of different {attribute} in their {which}"),
            Calculation::First | Calculation::Latest => {
                format!("the {} {attribute} in their {which}", test.calculation.words())
            }
            Calculation::FirstTime => format!("the time of the first of their {which}"),
            Calculation::LatestTime => format!("the time of the latest of their {which}"),
            Calculation::MostFrequent => format!("the most frequent {attribute} in their {which}"),
            Calculation::Sum | Calculation::Average | Calculation::Minimum | Calculation::Maximum => {
                format!("the {} of {attribute} over their {which}", test.calculation.words())
            }
        };
        let counts = matches!(test.calculation, Calculation::Count | Calculation::Sum | Calculation::UniqueCount);
        let plain = matches!(test.predicate, Predicate::Exists | Predicate::Empty);
        let words = predicate(&test.predicate, negated);
        match counts && !plain {
            // Over no events these are 0 and never missing (M11).
            true => format!("{what} {} (0 for people without any)", words.trim_end_matches(" (or is not known)")),
            false => format!("{what} {words}"),
        }
    }
}
