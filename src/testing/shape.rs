//! The criteria of an audience as a flat list of parts, in the order written.
//!
//! A part is a criterion together with the negations around it: `not user "a" exists` is one part, not two. What holds for
//! everybody is no part of the coverage, since nothing can show it false.

use crate::base::{Address, Name, Origin};
use crate::ir::{Audience, Criterion, Kind};

/// The parts of one audience; the first is the whole criterion.
pub(super) struct Shape<'a> {
    pub(super) parts: Vec<Part<'a>>,
}

/// One part.
pub(super) struct Part<'a> {
    /// As written, negations included.
    pub(super) criterion: &'a Criterion,
    /// The label of it, or of what it negates.
    pub(super) label: Option<&'a Name>,
    /// Where it was written.
    pub(super) origin: Origin,
    negated: bool,
    pub(super) core: Core<'a>,
}

/// What is inside the negations.
pub(super) enum Core<'a> {
    All(Vec<usize>),
    Any(Vec<usize>),
    Member(&'a Address),
    /// A question to the data, and its number among them.
    Question(usize, &'a Criterion),
    Everyone,
}

/// What one user is to one part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) holds: bool,
    /// Whether the membership would be the other way round if this part were.
    pub(super) decides: bool,
}

impl<'a> Shape<'a> {
    pub(super) fn new(audience: &'a Audience) -> Self {
        let mut shape = Self { parts: Vec::new() };
        let mut questions = 0;
        shape.add(&audience.criterion, &mut questions);
        shape
    }

    fn add(&mut self, criterion: &'a Criterion, questions: &mut usize) -> usize {
        let (mut core, mut label, mut negated) = (criterion, criterion.label.as_ref(), false);
        while let Kind::Not(inner) = &core.kind {
            (core, negated) = (inner, !negated);
            label = label.or(core.label.as_ref());
        }
        let origin = Origin(criterion.origin.0.or(core.origin.0));
        let at = self.parts.len();
        self.parts.push(Part { criterion, label, origin, negated, core: Core::Everyone });
        let core = match &core.kind {
            Kind::All(inner) => Core::All(self.add_all(inner, questions)),
            Kind::Any(inner) => Core::Any(self.add_all(inner, questions)),
            Kind::Member(address) => Core::Member(address),
            Kind::Everyone => Core::Everyone,
            _ => {
                *questions += 1;
                Core::Question(*questions - 1, core)
            }
        };
        if let Some(part) = self.parts.get_mut(at) {
            part.core = core;
        }
        at
    }

    fn add_all(&mut self, inner: &'a [Criterion], questions: &mut usize) -> Vec<usize> {
        let mut inner: Vec<&Criterion> = inner.iter().collect();
        inner.sort_by_key(|each| start(each));
        inner.into_iter().map(|each| self.add(each, questions)).collect()
    }

    /// The questions to the data, by their numbers.
    pub(super) fn questions(&self) -> Vec<&'a Criterion> {
        let question = |part: &Part<'a>| match part.core {
            Core::Question(_, criterion) => Some(criterion),
            _ => None,
        };
        self.parts.iter().filter_map(question).collect()
    }

    /// How deep each part stands inside groups.
    pub(super) fn depths(&self) -> Vec<usize> {
        let mut depths = vec![0; self.parts.len()];
        for (at, part) in self.parts.iter().enumerate() {
            let depth = depths.get(at).copied().unwrap_or(0);
            if let Core::All(inner) | Core::Any(inner) = &part.core {
                inner.iter().for_each(|at| depths.get_mut(*at).into_iter().for_each(|inner| *inner = depth + 1));
            }
        }
        depths
    }

    /// What a user is to each part, given the answers. `in_population` says whether anything decides at all (M12).
    pub(super) fn seen(
        &self,
        answer: &impl Fn(usize) -> bool,
        member: &impl Fn(&Address) -> bool,
        in_population: bool,
    ) -> Vec<Seen> {
        let mut seen = vec![Seen::default(); self.parts.len()];
        // What is inside a part stands after it.
        for at in (0..self.parts.len()).rev() {
            let holds = self.holds(at, &seen, answer, member);
            if let Some(seen) = seen.get_mut(at) {
                seen.holds = holds;
            }
        }
        self.decide(0, in_population, &mut seen);
        seen
    }

    fn holds(
        &self,
        at: usize,
        seen: &[Seen],
        answer: &impl Fn(usize) -> bool,
        member: &impl Fn(&Address) -> bool,
    ) -> bool {
        let Some(part) = self.parts.get(at) else { return false };
        let inner = |at: &usize| seen.get(*at).is_some_and(|seen| seen.holds);
        let core = match &part.core {
            Core::All(parts) => parts.iter().all(inner),
            Core::Any(parts) => parts.iter().any(inner),
            Core::Member(address) => member(address),
            Core::Question(number, _) => answer(*number),
            Core::Everyone => true,
        };
        core != part.negated
    }

    fn decide(&self, at: usize, decides: bool, seen: &mut Vec<Seen>) {
        let Some(part) = self.parts.get(at) else { return };
        if let Some(seen) = seen.get_mut(at) {
            seen.decides = decides;
        }
        // In `and` a part decides where all others hold, in `or` where none does.
        let (inner, others) = match &part.core {
            Core::All(inner) => (inner, true),
            Core::Any(inner) => (inner, false),
            _ => return,
        };
        let is_other = |at: usize, seen: &[Seen]| seen.get(at).is_none_or(|seen| seen.holds != others);
        let against: Vec<usize> = inner.iter().copied().filter(|at| is_other(*at, seen)).collect();
        for each in inner {
            let alone = against.iter().all(|at| at == each);
            self.decide(*each, decides && alone, seen);
        }
    }
}

/// Where the first part of a criterion stands: a complement may have no place of its own.
fn start(criterion: &Criterion) -> Option<(u32, u32)> {
    let own = criterion.origin.0.map(|span| (span.source.0, span.start));
    own.or_else(|| match &criterion.kind {
        Kind::All(inner) | Kind::Any(inner) => inner.iter().filter_map(start).min(),
        Kind::Not(inner) => start(inner),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Name;
    use crate::ir::{Access, Status};

    fn member(address: &str) -> Criterion {
        Criterion::new(Kind::Member(Name::new(address).unwrap()))
    }

    fn audience(criterion: Criterion) -> Audience {
        Audience {
            address: Name::new("x").unwrap(),
            name: String::new(),
            external_name: String::new(),
            doc: None,
            workspaces: Default::default(),
            inputs: Default::default(),
            tags: Default::default(),
            status: Status::Active,
            access: Access::Usable,
            protect: false,
            criterion: criterion.into(),
            standard: None,
            split: None,
            connections: Vec::new(),
            origin: Origin::default(),
        }
    }

    /// `a and (b or not c)`: the parts are the whole, a, the group, b, not c.
    fn decides(members: &[&str], in_population: bool) -> Vec<bool> {
        let not = Criterion::new(Kind::Not(Box::new(member("c"))));
        let any = Criterion::new(Kind::Any(vec![member("b"), not]));
        let audience = audience(Criterion::new(Kind::All(vec![member("a"), any])));
        let shape = Shape::new(&audience);
        assert_eq!(shape.depths(), [0, 1, 1, 2, 2]);
        let seen = shape.seen(&|_| false, &|address| members.contains(&address.as_str()), in_population);
        seen.iter().map(|seen| seen.decides).collect()
    }

    #[test]
    fn a_part_decides_where_the_others_leave_it_to_it() {
        assert_eq!(decides(&["a", "c"], true), [true, false, true, true, true]);
        assert_eq!(decides(&["a", "b", "c"], true), [true, true, true, true, false]);
        assert_eq!(decides(&["a", "b"], true), [true, true, true, false, false]);
        assert_eq!(decides(&["b"], true), [true, true, false, false, false]);
        assert_eq!(decides(&["c"], true), [true, false, false, false, false]);
    }

    #[test]
    fn outside_the_population_nothing_decides() {
        assert_eq!(decides(&["a", "c"], false), [false; 5]);
    }
}
