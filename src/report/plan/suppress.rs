//! Small counts are not told, nor what would give them away.
//!
//! In: a view with exact figures and a bound. Out: the same view, in which counts from 1 up to the bound are [`Figure::Below`], and those that would give one away
//! by addition or subtraction are withheld. Nobody stays nobody.
//!
//! The figures of an audience are in three rings, each a division of the one outside it: the audience itself (before, after, enters, leaves, guards); its causes,
//! variants and connections; the identities of who is sent. A suppressed count withholds everything else in its own ring that is not nobody, and the rings inside.
//! The ring outside stays exact, unless so few are divided there that the division could be guessed.
//!
//! What this cannot do: hide from who compares several plans what one of them suppresses, or what a guard's limit says about who kept to it.

use std::collections::BTreeSet;

use super::figure::Figure;
use super::view::*;

/// Suppresses by the view's own bound; without one, nothing.
pub(super) fn suppress(view: &mut PlanView) {
    let Some(bound) = view.suppressed_below else { return };
    let small = Small(bound);
    let mut hidden: BTreeSet<String> = BTreeSet::new();
    for change in &mut view.changes {
        let exact = change.people.clone();
        small.change(change);
        if change.people != exact {
            hidden.insert(change.address.clone());
        }
    }
    let shown: Vec<(&str, &PeopleView)> =
        view.changes.iter().map(|change| (change.address.as_str(), &change.people)).collect();
    for check in &mut view.checks {
        small.check(check, &shown, &hidden);
    }
    let total = |of: fn(&PeopleView) -> Figure| Figure::sum(view.changes.iter().map(|change| of(&change.people)));
    let all_told = view.changes.iter().all(|change| change.people.adds.exact().is_some());
    (view.counts.enter, view.counts.leave) = (total(|people| people.adds), total(|people| people.drops));
    view.new_users = if all_told { small.mark(view.new_users) } else { withheld(view.new_users) };
}

/// Which counts are small.
#[derive(Clone, Copy)]
struct Small(u64);

/// Anything but nobody is withheld. A figure that is not told already stays as it is.
fn withheld(figure: Figure) -> Figure {
    if figure.exact().is_some() && !figure.is_zero() { Figure::Withheld } else { figure }
}

impl Small {
    fn is(self, figure: Figure) -> bool {
        figure.exact().is_some_and(|count| (1..self.0).contains(&count))
    }

    fn mark(self, figure: Figure) -> Figure {
        if self.is(figure) { Figure::Below(self.0) } else { figure }
    }

    /// One audience, from the outermost ring inwards.
    fn change(self, change: &mut ChangeView) {
        let exact = change.people.clone();
        let parts = self.has_small_parts(change);
        let causes = self.has_small_causes(change);
        // So few, divided so often, that the division could be guessed.
        let columns = [(exact.adds, 0), (exact.drops, 1)].map(|(all, column)| {
            let most = count_of_parts(change, column);
            (parts || causes) && all.exact().is_some_and(|all| all > 0 && all < most + 2)
        });
        self.people(&mut change.people, columns);
        let hidden = change.people != exact;
        if let Some(why) = change.why.as_mut().filter(|_| hidden || causes) {
            self.causes(why, [exact.adds, exact.drops], hidden);
        }
        if hidden || causes || parts {
            change.samples.clear();
        }
        if hidden || parts {
            let sums = [exact.before, exact.after.unwrap_or(Figure::Exact(0)), exact.adds, exact.drops];
            let few = few(&sums, self.0, change.variants.len().max(1) as u64);
            let shown = change.people.clone();
            change.variants.iter_mut().for_each(|variant| self.part(&mut variant.people, few));
            for connection in &mut change.connections {
                self.connection(connection, (&exact, &shown), few);
            }
        }
        if hidden || parts || change.connections.iter().any(|each| self.has_small_reach(each)) {
            change.connections.iter_mut().for_each(|each| self.reach(each, hidden || parts));
        }
    }

    /// The audience itself. `guessed` says which of enters and leaves have to be withheld for what they are divided into.
    fn people(self, people: &mut PeopleView, guessed: [bool; 2]) {
        let exact = people.clone();
        let kept = match (exact.before, exact.drops) {
            (Figure::Exact(before), Figure::Exact(drops)) => Figure::Exact(before.saturating_sub(drops)),
            _ => Figure::Exact(0),
        };
        let after = exact.after.unwrap_or(Figure::Exact(0));
        let small = [exact.before, after, exact.adds, exact.drops, kept].map(|figure| self.is(figure));
        let [before_small, after_small, adds_small, drops_small, kept_small] = small;
        // Of ten, fewer than six leave and fewer than six are left: five and five.
        let narrow = small.contains(&true) && !before_small && few(&[exact.before], self.0, 1);
        people.before = self.mark(exact.before);
        people.adds = self.told(exact.adds, guessed[0] || narrow);
        people.drops = self.told(exact.drops, guessed[1] || narrow);
        people.after = exact.after.map(|after| self.told(after, narrow));
        // before + adds − drops = after, and before − drops stay.
        if before_small || adds_small || drops_small || kept_small || guessed[0] || guessed[1] {
            people.after = people.after.map(withheld);
        }
        if after_small || kept_small {
            people.drops = withheld(people.drops);
        }
    }

    fn told(self, figure: Figure, hide: bool) -> Figure {
        if hide { withheld(figure) } else { self.mark(figure) }
    }

    fn has_small_parts(self, change: &ChangeView) -> bool {
        let of = |people: &PeopleView| {
            let kept =
                people.before.exact().zip(people.drops.exact()).map(|(before, drops)| before.saturating_sub(drops));
            let all =
                [Some(people.before), people.after, Some(people.adds), Some(people.drops), kept.map(Figure::Exact)];
            all.into_iter().flatten().any(|figure| self.is(figure))
        };
        let connection =
            |each: &ConnectionView| [each.adds, each.drops, each.kept].into_iter().any(|each| self.is(each));
        change.variants.iter().any(|variant| of(&variant.people)) || change.connections.iter().any(connection)
    }

    fn has_small_causes(self, change: &ChangeView) -> bool {
        let moves = change.why.iter().flat_map(WhyView::causes).flat_map(|(_, moves)| [moves.adds, moves.drops]);
        moves.into_iter().any(|figure| self.is(figure))
    }

    fn has_small_reach(self, connection: &ConnectionView) -> bool {
        self.is(connection.unreachable) || connection.identities.values().any(|figure| self.is(*figure))
    }

    /// A part of a ring in which something is suppressed.
    fn inner(self, figure: Figure, few: bool) -> Figure {
        if few || !self.is(figure) { withheld(figure) } else { self.mark(figure) }
    }

    fn causes(self, why: &mut WhyView, [adds, drops]: [Figure; 2], hidden: bool) {
        let causes =
            |of: fn(&MovesView) -> Figure| why.causes().iter().filter(|(_, moves)| !of(moves).is_zero()).count() as u64;
        let few = [few(&[adds], self.0, causes(|m| m.adds)), few(&[drops], self.0, causes(|m| m.drops))];
        for moves in [&mut why.edit, &mut why.data, &mut why.time] {
            moves.adds = self.inner(moves.adds, few[0] || hidden);
            moves.drops = self.inner(moves.drops, few[1] || hidden);
        }
    }

    fn part(self, people: &mut PeopleView, few: bool) {
        people.before = self.inner(people.before, few);
        people.after = people.after.map(|after| self.inner(after, few));
        people.adds = self.inner(people.adds, few);
        people.drops = self.inner(people.drops, few);
    }

    /// A connection. One of the whole audience tells no more than the audience itself, and no less.
    fn connection(self, connection: &mut ConnectionView, (exact, shown): (&PeopleView, &PeopleView), few: bool) {
        let is_whole = connection.variant.is_none();
        let same = |figure: Figure, all: Figure, told: Figure| {
            if is_whole && figure == all { told } else { self.inner(figure, few) }
        };
        let (after, after_shown) = (exact.after.unwrap_or(Figure::Exact(0)), shown.after.unwrap_or(Figure::Exact(0)));
        (connection.adds, connection.drops) = match connection.action {
            ConnectionActionView::Connect => (same(connection.adds, after, after_shown), connection.drops),
            ConnectionActionView::Disconnect => (connection.adds, same(connection.drops, exact.before, shown.before)),
            ConnectionActionView::Continue => {
                (same(connection.adds, exact.adds, shown.adds), same(connection.drops, exact.drops, shown.drops))
            }
        };
        connection.kept = self.inner(connection.kept, few);
    }

    /// The innermost ring.
    fn reach(self, connection: &mut ConnectionView, hidden: bool) {
        let total = connection.adds.exact().zip(connection.drops.exact()).map(|(adds, drops)| adds + drops);
        let few = hidden || total.is_none_or(|total| total < 2 * self.0);
        connection.identities.values_mut().for_each(|figure| *figure = self.inner(*figure, few));
        connection.unreachable = self.inner(connection.unreachable, few);
    }

    /// A guard says the same as the head of its audience.
    fn check(self, check: &mut CheckView, shown: &[(&str, &PeopleView)], hidden: &BTreeSet<String>) {
        let exact = check.people;
        let of = |address: &str| shown.iter().find(|(each, _)| *each == address).map(|(_, people)| *people);
        check.people = match check.name.rsplit_once('.').filter(|_| check.kind == CheckKind::Guard) {
            Some((address, measure)) => match (of(address), measure) {
                (Some(people), "adds") => people.adds,
                (Some(people), "drops") => people.drops,
                (Some(people), _) => people.after.unwrap_or(self.mark(exact)),
                (None, _) => self.mark(exact),
            },
            None => {
                let mut words = check.name.split(|c: char| !(c.is_alphanumeric() || c == '_'));
                if words.any(|word| hidden.contains(word)) { withheld(exact) } else { self.mark(exact) }
            }
        };
        // A share of a size that is not told would tell it.
        let of_told = check.name.rsplit_once('.').and_then(|(address, _)| of(address));
        if check.people.exact().is_none() || of_told.is_some_and(|people| people.before.exact().is_none()) {
            check.percent = None;
        }
    }
}

/// Whether so few are divided into so many parts that bounds alone would narrow them down.
fn few(sums: &[Figure], bound: u64, parts: u64) -> bool {
    sums.iter().filter_map(|sum| sum.exact()).any(|sum| sum > 0 && sum < 2 * bound.saturating_mul(parts.max(1)))
}

/// Into how many parts that are not nobody those who enter (0) or leave (1) are divided, at most.
fn count_of_parts(change: &ChangeView, column: usize) -> u64 {
    let of = |adds: Figure, drops: Figure| !(if column == 0 { adds } else { drops }).is_zero();
    let variants = change.variants.iter().filter(|each| of(each.people.adds, each.people.drops)).count();
    let causes = change.why.iter().flat_map(WhyView::causes).filter(|(_, each)| of(each.adds, each.drops)).count();
    variants.max(causes) as u64
}
