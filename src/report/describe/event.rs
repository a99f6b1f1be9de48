//! Criteria about events, in words.

use super::clause::Words;
use super::predicate::{condition, filter, name, predicate};
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

/// What one event of a key is called, and several.
fn names(event: &EventKey) -> (String, String) {
    let name = quoted(&event.name);
    match event.kind {
        EventKind::Custom => (format!("{name} event"), format!("{name} events")),
        EventKind::Screen => (format!("view of the screen {name}"), format!("views of the screen {name}")),
        EventKind::Purchase => ("purchase".to_owned(), "purchases".to_owned()),
        EventKind::Refund => ("refund".to_owned(), "refunds".to_owned()),
        EventKind::Session => ("session".to_owned(), "sessions".to_owned()),
        EventKind::Crash => ("crash".to_owned(), "crashes".to_owned()),
        kind => {
            let word = kind.word().replace('_', " ");
            (format!("{word} event"), format!("{word} events"))
        }
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

    /// Of what type, and through which inputs.
    fn which(&self, events: &Events) -> String {
        let custom = events.event_type.map_or_else(String::new, |custom| format!(" (type {})", custom.name()));
        format!("{custom}{}", self.through(events))
    }

    pub(super) fn event(&self, test: &EventTest, negated: bool) -> String {
        let events = &test.events;
        let (did, do_) = deed(&events.event);
        let which = self.which(events);
        let asked = format!("{}{}", self.period(events), filter(events.filter.as_ref()));
        let Count { least, most } = test.count;
        let never = if test.count.contains(0) == negated { "" } else { " (also people who never did)" };
        match (negated, most) {
            (true, None) if least < 2 => format!("did not {do_}{which}{asked} (also people of whom nothing is known)"),
            (true, None) => {
                let count = times(Count { least: 0, most: Some(least - 1) }, events.unit);
                format!("{did}{which}{count}{asked}{never}")
            }
            (true, Some(most)) => {
                let unit = if events.unit == Unit::Item { "products" } else { "times" };
                format!("{did}{which} fewer than {least} or more than {most} {unit}{asked}{never}")
            }
            (false, _) => format!("{did}{which}{}{asked}{never}", times(test.count, events.unit)),
        }
    }

    pub(super) fn picked(&self, test: &PickedTest, negated: bool) -> String {
        let edge = if test.pick == Pick::First { "first" } else { "latest" };
        let events = &test.events;
        let pool = Events { time: None, filter: None, ..events.clone() };
        let rest = format!("{}{}", self.which(events), self.period(&pool));
        let (one, _) = names(&events.event);
        let mut asks = Vec::new();
        asks.extend(events.filter.as_ref().map(|filter| format!("was one where {}", condition(filter))));
        asks.extend(events.time.map(|time| format!("happened {}", when(time))));
        match (asks.is_empty(), negated) {
            (true, false) => format!("who have any {one}{rest}"),
            (true, true) => format!("who have no {one}{rest}"),
            (false, false) => format!("whose {edge} {one}{rest} {}", asks.join(" and ")),
            (false, true) => {
                format!(
                    "of whom it is not so that their {edge} {one}{rest} {} (also people without any)",
                    asks.join(" and ")
                )
            }
        }
    }

    pub(super) fn sequence(&self, sequence: &Sequence, negated: bool) -> String {
        let time = |events: &Events| events.time.map_or_else(String::new, |time| format!(" {}", when(time)));
        let did = |events: &Events| {
            let (did, which, where_) = (deed(&events.event).0, self.which(events), filter(events.filter.as_ref()));
            format!("{did}{which}{}{where_}", time(events))
        };
        let mut words = format!("first {}", did(&sequence.first));
        for step in &sequence.steps {
            let within =
                step.within.map_or_else(|| "at any later time".to_owned(), |within| format!("within {within}"));
            words.push_str(&format!("; then, {within}, {}", did(&step.events)));
            for without in &step.without {
                let (do_, which, where_) =
                    (deed(&without.event).1, self.which(without), filter(without.filter.as_ref()));
                words.push_str(&format!(", but did not {do_}{which}{}{where_} in between", time(without)));
            }
        }
        let bare = Events { time: None, ..sequence.first.clone() };
        words.push_str(&format!("; all of it{}", self.period(&bare)));
        match negated {
            true => format!("who are not among those who {words} (so also people who did none of it)"),
            false => format!("who {words}"),
        }
    }

    pub(super) fn abandoned(&self, test: &AbandonedTest, negated: bool) -> String {
        let add = Events::of(EventKey::of(EventKind::AddToCart), test.inputs.clone());
        let (which, wait, where_) = (self.which(&add), test.wait, filter(test.filter.as_ref()));
        let words = match test.unit {
            Unit::Event => format!(
                "put something into the cart{which}{where_}, and for {wait} or longer have bought nothing and put in \
                 nothing more of the kind"
            ),
            Unit::Item => format!(
                "put a product into the cart{which}{where_}, and for {wait} or longer have not bought that product nor \
                 put it in again"
            ),
        };
        match negated {
            true => format!("who are not among those who {words} (so also people without a cart)"),
            false => format!("who {words}"),
        }
    }

    pub(super) fn aggregate(&self, test: &AggregateTest, negated: bool) -> String {
        let events = &test.events;
        let (_, several) = names(&events.event);
        let where_ = filter(events.filter.as_ref());
        let where_ = if where_.is_empty() { where_ } else { format!("{where_},") };
        let which = format!("{several}{}{}{where_}", self.which(events), self.period(events));
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
        let words = match (&test.predicate, negated) {
            (Predicate::Exists, false) => "can be calculated".to_owned(),
            (Predicate::Exists, true) => "cannot be calculated, since there is nothing to calculate it over".to_owned(),
            (asked, negated) => predicate(asked, negated),
        };
        match counts && !plain {
            // Over no events these are 0 and never missing (M11).
            true => format!("{what} {} (0 for people without any)", words.trim_end_matches(" (or is not known)")),
            false => format!("{what} {words}"),
        }
    }
}
