//! Criteria to documents.

use super::document::{Doc, Entry, GroupDoc, push};
use crate::base::{Span, Spanned};
use crate::syntax::ast::{
    Condition, Criterion, EventTest, Group, InputRef, Joiner, Literal, Operator, Quantity, Test, TimeFilter,
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
        Criterion::Group(group) => pieces.push(Doc::Group(GroupDoc { span, entries: entries(group) })),
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
        Criterion::Event(event) => add_event(pieces, event),
    }
}

fn add_event(pieces: &mut Vec<Doc>, event: &EventTest) {
    push(pieces, &format!("event {}", quote(&event.name)));
    if let Some(name) = &event.event_type {
        push(pieces, &format!(" type {}", name.value));
    }
    if let Some(filter) = &event.filter {
        push(pieces, " where ");
        add_condition(pieces, filter);
    }
    if let Some(count) = &event.count {
        push(pieces, &format!(" {}", count.value));
    }
    if let Some(time) = &event.time {
        push(pieces, &format!(" {}", time_words(time)));
    }
    push(pieces, &scope_words(&event.scope));
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
            pieces.push(Doc::Group(GroupDoc { span: condition.span, entries: entries.collect() }));
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
