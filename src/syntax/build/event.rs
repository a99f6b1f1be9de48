//! `event` with its parts, in the language's order or put into it.

use pest::iterators::Pair;

use super::super::grammar::Rule;
use super::super::mistakes;
use super::{Builder, find};
use crate::base::{Span, Spanned};
use crate::catalog::EventKind;
use crate::diagnostic::Edit;
use crate::syntax::ast::{EventTest, Events, What};

/// The parts of an event criterion, in the language's order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Type,
    Where,
    Count,
    Time,
    Scope,
}

impl Part {
    fn of(rule: Rule) -> Option<Self> {
        match rule {
            Rule::event_type => Some(Self::Type),
            Rule::filter => Some(Self::Where),
            Rule::scope => Some(Self::Scope),
            rule if Builder::is_count(rule) => Some(Self::Count),
            rule if Builder::is_time(rule) => Some(Self::Time),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Type => "`type`",
            Self::Where => "`where`",
            Self::Count => "the count",
            Self::Time => "the time",
            Self::Scope => "`in`",
        }
    }
}

impl Builder<'_> {
    /// An event criterion.
    pub(super) fn event(&mut self, pair: &Pair<Rule>) -> Option<EventTest> {
        let mut inner = pair.clone().into_inner().skip(1);
        let mut event = EventTest {
            events: Events {
                what: What::Named { kind: EventKind::Custom, name: self.data_name(&inner.next()?) },
                event_type: None,
                filter: None,
                time: None,
            },
            count: None,
            scope: Vec::new(),
        };
        let mut parts: Vec<(Part, Pair<Rule>)> = Vec::new();
        for inner in inner {
            let Some(part) = Part::of(inner.as_rule()) else {
                let word = find(&inner, Rule::kw_then)?;
                self.report(mistakes::not_in_this_build(self.span(&word), "then"));
                continue;
            };
            if let Some((_, first)) = parts.iter().find(|(other, _)| *other == part) {
                let (first, again) = (self.span(first), self.span(&inner));
                self.report(mistakes::repeated_part(first, again, part.name()));
                continue;
            }
            self.part(&mut event, part, &inner);
            parts.push((part, inner));
        }
        self.check_order(&parts);
        Some(event)
    }

    fn part(&mut self, event: &mut EventTest, part: Part, pair: &Pair<Rule>) {
        match part {
            Part::Type => {
                let name = pair.clone().into_inner().nth(1);
                event.events.event_type = name.and_then(|name| self.code_name(&name));
            }
            Part::Where => event.events.filter = self.filter(pair),
            Part::Count => event.count = Some(self.count(pair)),
            Part::Time => event.events.time = self.time(pair),
            Part::Scope => event.scope = self.scope(pair),
        }
    }

    /// Reports parts in another order, with the edits that write them in order.
    fn check_order(&mut self, parts: &[(Part, Pair<Rule>)]) {
        let Some(wrong) = parts.windows(2).find(|pair| pair[0].0 > pair[1].0) else { return };
        let mut sorted: Vec<&(Part, Pair<Rule>)> = parts.iter().collect();
        sorted.sort_by_key(|(part, _)| *part);
        let moved = parts.iter().zip(&sorted).filter(|(here, there)| here.0 != there.0);
        let edits: Vec<Edit> = moved
            .map(|(here, there)| Edit { span: self.span(&here.1), text: self.slice(&there.1).to_owned() })
            .collect();
        let (early, late): (Span, Span) = (self.span(&wrong[0].1), self.span(&wrong[1].1));
        let early = Spanned::new(wrong[0].0.name(), early);
        self.report(mistakes::out_of_order(early, Spanned::new(wrong[1].0.name(), late), edits));
    }
}
