//! Criteria to documents.

use super::document::{Brackets, Doc, Entry, GroupDoc, push};
use crate::base::{Name, Span, Spanned};
use crate::syntax::ast::{
    Calculated, Condition, ConsentState, Criterion, DistanceUnit, EventTest, Events, Group, InputRef, Joiner, Literal,
    Operator, Place, Quantity, Sequence, Test, TimeFilter, What,
};
use crate::syntax::mistakes::quote;

/// The entries of a group, each with the word before it.
pub(super) fn entries(group: &Group) -> Vec<Entry> {
    let joiner = group.joiner.map_or("", joiner_word);
    let terms = group.terms.iter().enumerate().map(|(index, term)| entry(if index == 0 { "" } else { joiner }, term));
    let excludes = group.excludes.iter().map(|term| entry("exclude ", term));
    terms.chain(excludes).collect()
}

fn joiner_word(joiner: Joiner) -> &'static str {
    match joiner {
        Joiner::And => "and ",
        Joiner::Or => "or ",
    }
}

fn entry(word: &'static str, term: &Spanned<Criterion>) -> Entry {
    Entry { word, pieces: criterion(term), span: term.span }
}

/// The line of one criterion.
pub(super) fn criterion(criterion: &Spanned<Criterion>) -> Vec<Doc> {
    let mut pieces = Vec::new();
    add(&mut pieces, &criterion.value, criterion.span);
    pieces
}

fn add(pieces: &mut Vec<Doc>, criterion: &Criterion, span: Span) {
    match criterion {
        Criterion::Group(group) => {
            pieces.push(Doc::Group(GroupDoc { span, brackets: Brackets::Parentheses, entries: entries(group) }))
        }
        Criterion::Not(of) => {
            push(pieces, "not ");
            add(pieces, &of.value, of.span);
        }
        Criterion::Labelled { label, of } => {
            push(pieces, &format!("{}: ", label.value));
            add(pieces, &of.value, of.span);
        }
        Criterion::Everyone => push(pieces, "everyone"),
        Criterion::Audience(name) => push(pieces, &format!("audience {}", name.value)),
        Criterion::Named(name) => push(pieces, &format!("criterion {}", name.value)),
        Criterion::UserAttribute { list, attribute, test, scope } => {
            let list = if *list { "list " } else { "" };
            push(pieces, &format!("user {list}{} {}{}", quote(attribute), test_words(test), scope_words(scope)));
        }
        Criterion::Seen { first, time, scope } => {
            let which = if *first { "first" } else { "last" };
            push(pieces, &format!("{which} seen {}{}", time_words(time), scope_words(scope)));
        }
        Criterion::Identity { identity, test, scope } => {
            push(pieces, &format!("identity {} {}{}", identity.value, test_words(test), scope_words(scope)));
        }
        Criterion::Calculated { attribute, test, scope } => {
            push(pieces, &format!("calculated {} {}{}", quote(attribute), test_words(test), scope_words(scope)));
        }
        Criterion::Consent { regulation, purpose, state, scope } => {
            let state = match state.value {
                ConsentState::Granted => "granted",
                ConsentState::Rejected => "rejected",
                ConsentState::NotPresent => "not present",
            };
            let words = format!("consent {} {} is {state}{}", regulation.value, quote(purpose), scope_words(scope));
            push(pieces, &words);
        }
        Criterion::Device { field, test, scope } => {
            push(pieces, &format!("device {} {}{}", field.value, test_words(test), scope_words(scope)));
        }
        Criterion::Location { field, test, scope } => {
            push(pieces, &format!("location {} {}{}", field.value, test_words(test), scope_words(scope)));
        }
        Criterion::Near { distance, place, scope } => {
            let unit = if distance.unit == DistanceUnit::Mile { "mi" } else { "km" };
            let place = match &place.value {
                Place::City(name) => quote(name),
                Place::Point(north, east) => format!("{}, {}", north.text, east.text),
            };
            let words = format!("location within {} {unit} of {place}{}", distance.count.text, scope_words(scope));
            push(pieces, &words);
        }
        Criterion::Attribution { edge, filter, scope } => {
            push(pieces, &format!("attribution {}", edge.value));
            add_filter(pieces, filter.as_ref());
            push(pieces, &scope_words(scope));
        }
        Criterion::Event(event) => add_event(pieces, event),
        Criterion::Picked(picked) => {
            push(pieces, if picked.first { "first " } else { "latest " });
            add_what(pieces, &picked.events);
            add_time(pieces, &picked.events);
            push(pieces, &scope_words(&picked.scope));
        }
        Criterion::Sequence(sequence) => add_sequence(pieces, sequence),
        Criterion::Abandoned(abandoned) => {
            let what = if abandoned.item { "item" } else { "cart" };
            push(pieces, &format!("{what} abandoned for {}", abandoned.wait.value));
            add_filter(pieces, abandoned.filter.as_ref());
            push(pieces, &scope_words(&abandoned.scope));
        }
        Criterion::Aggregate(aggregate) => {
            add_calculated(pieces, &aggregate.value);
            push(pieces, &format!(" {}{}", test_words(&aggregate.test), scope_words(&aggregate.scope)));
        }
    }
}

fn add_what(pieces: &mut Vec<Doc>, events: &Events) {
    push(pieces, &what_words(&events.what));
    push(pieces, &event_type_words(events.event_type.as_ref()));
    add_filter(pieces, events.filter.as_ref());
}

/// `event "Name"`, `item purchase`.
pub(super) fn what_words(what: &What) -> String {
    match what {
        What::Named { kind, name } => format!("{} {}", kind.word(), quote(name)),
        What::Kind { kind, item } => format!("{}{}", if *item { "item " } else { "" }, kind.value.word()),
    }
}

/// ` type navigation`, or nothing.
pub(super) fn event_type_words(event_type: Option<&Spanned<Name>>) -> String {
    event_type.map_or(String::new(), |name| format!(" type {}", name.value))
}

fn add_filter(pieces: &mut Vec<Doc>, filter: Option<&Spanned<Condition>>) {
    if let Some(filter) = filter {
        push(pieces, " where ");
        add_condition(pieces, filter);
    }
}

fn add_time(pieces: &mut Vec<Doc>, events: &Events) {
    if let Some(time) = &events.time {
        push(pieces, &format!(" {}", time_words(time)));
    }
}

fn add_event(pieces: &mut Vec<Doc>, event: &EventTest) {
    add_what(pieces, &event.events);
    if let Some(count) = &event.count {
        push(pieces, &format!(" {}", count.value));
    }
    add_time(pieces, &event.events);
    push(pieces, &scope_words(&event.scope));
}

fn add_sequence(pieces: &mut Vec<Doc>, sequence: &Sequence) {
    add_what(pieces, &sequence.first);
    add_time(pieces, &sequence.first);
    for step in &sequence.steps {
        pieces.push(Doc::Break);
        push(pieces, "then ");
        add_what(pieces, &step.events);
        if let Some(within) = &step.within {
            push(pieces, &format!(" within {}", within.value));
        }
        add_time(pieces, &step.events);
        for without in &step.without {
            push(pieces, " without ");
            add_what(pieces, without);
        }
    }
    push(pieces, &scope_words(&sequence.scope));
}

/// `sum of "amount" over event "Purchase" …`.
pub(super) fn add_calculated(pieces: &mut Vec<Doc>, value: &Calculated) {
    push(pieces, value.calculation.value.words());
    match &value.attribute {
        Some(attribute) => {
            push(pieces, if value.calculation.value.value_type().is_some() { " of " } else { " " });
            if let Some(qualifier) = &value.qualifier {
                push(pieces, &format!("{} ", qualifier.value));
            }
            push(pieces, &format!("{} over ", quote(attribute)));
        }
        None => push(pieces, " of "),
    }
    add_what(pieces, &value.events);
    add_time(pieces, &value.events);
}

fn add_condition(pieces: &mut Vec<Doc>, condition: &Spanned<Condition>) {
    match &condition.value {
        Condition::Group(group) => {
            let joiner = group.joiner.map_or("", joiner_word);
            let entries = group.terms.iter().enumerate().map(|(index, term)| {
                let mut pieces = Vec::new();
                add_condition(&mut pieces, term);
                Entry { word: if index == 0 { "" } else { joiner }, pieces, span: term.span }
            });
            let (span, brackets, entries) = (condition.span, Brackets::Parentheses, entries.collect());
            pieces.push(Doc::Group(GroupDoc { span, brackets, entries }));
        }
        Condition::Not(of) => {
            push(pieces, "not ");
            add_condition(pieces, of);
        }
        Condition::Attribute { qualifier, attribute, test } => {
            if let Some(qualifier) = qualifier {
                push(pieces, &format!("{} ", qualifier.value));
            }
            push(pieces, &format!("{} {}", quote(attribute), test_words(test)));
        }
    }
}

fn test_words(test: &Test) -> String {
    let not = |negated: bool| if negated { "not " } else { "" };
    match test {
        Test::Compare { operator, value } => format!("{} {}", Operator::words(operator.value), literal(value)),
        Test::In { negated, values } => format!("is {}in {}", not(*negated), literals(values)),
        Test::Between { low, high } => format!("between {} and {}", low.text, high.text),
        Test::Time(time) => time_words(time),
        Test::Boolean(value) => format!("is {value}"),
        Test::Empty { negated } => format!("is {}empty", not(*negated)),
        Test::Exists { negated: false } => "exists".to_owned(),
        Test::Exists { negated: true } => "does not exist".to_owned(),
    }
}

/// A value as the language writes it.
pub(super) fn literal(literal: &Literal) -> String {
    match literal {
        Literal::String(text) => quote(text),
        Literal::Number(number) => number.text.clone(),
    }
}

/// `["a", "b"]`.
pub(super) fn literals(values: &[Spanned<Literal>]) -> String {
    let values: Vec<String> = values.iter().map(|value| literal(value)).collect();
    format!("[{}]", values.join(", "))
}

fn time_words(time: &TimeFilter) -> String {
    match time {
        TimeFilter::WithinLast(last) => format!("within last {}", last.value),
        TimeFilter::BetweenAgo { first, second, unit } => {
            format!("between {} and {} ago", first.value, Quantity { count: second.value, unit: *unit })
        }
        TimeFilter::MoreThanAgo(ago) => format!("more than {} ago", ago.value),
        TimeFilter::Before(moment) => format!("before {}", moment.value),
        TimeFilter::After(moment) => format!("after {}", moment.value),
        TimeFilter::On(moment) => format!("on {}", moment.value),
        TimeFilter::Between(from, to) => format!("between {} and {}", from.value, to.value),
    }
}

fn scope_words(scope: &[Spanned<InputRef>]) -> String {
    if scope.is_empty() { String::new() } else { format!(" in {}", inputs(scope)) }
}

/// `ios, shop.web`.
pub(super) fn inputs(inputs: &[Spanned<InputRef>]) -> String {
    let inputs: Vec<String> = inputs
        .iter()
        .map(|input| match &input.workspace {
            Some(workspace) => format!("{}.{}", workspace.value, input.input.value),
            None => input.input.value.to_string(),
        })
        .collect();
    inputs.join(", ")
}
