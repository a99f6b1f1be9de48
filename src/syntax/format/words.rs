//! Parts of a definition on one line.

use crate::base::Spanned;
use crate::syntax::ast::{
    Access, Condition, ConditionGroup, Count, Criterion, EventTest, Group, InputRef, Joiner, Literal, SettingValue,
    Status, Test, TimeFilter,
};

/// A text as the language writes it.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Entries with commas.
pub(super) fn list<T>(entries: &[Spanned<T>], word: impl Fn(&T) -> String) -> String {
    entries.iter().map(|entry| word(entry)).collect::<Vec<_>>().join(", ")
}

pub(super) fn input(input: &InputRef) -> String {
    input.workspace.as_ref().map_or_else(|| input.input.to_string(), |of| format!("{}.{}", of.value, input.input.value))
}

pub(super) fn status(status: Status) -> &'static str {
    match status {
        Status::Draft => "draft",
        Status::Active => "active",
    }
}

pub(super) fn access(access: Access) -> &'static str {
    match access {
        Access::Private => "private",
        Access::ViewOnly => "view_only",
        Access::Usable => "usable",
    }
}

pub(super) fn joiner(joiner: Option<Joiner>) -> &'static str {
    match joiner {
        Some(Joiner::Or) => "or ",
        _ => "and ",
    }
}

/// A criterion on one line.
pub(super) fn criterion(criterion: &Criterion) -> String {
    match criterion {
        Criterion::Group(inner) => format!("({})", group(inner)),
        Criterion::Not(inner) => format!("not {}", self::criterion(inner)),
        Criterion::Labelled { label, of } => format!("{}: {}", label.value, self::criterion(of)),
        Criterion::Everyone => "everyone".to_owned(),
        Criterion::Audience(address) => format!("audience {}", address.value),
        Criterion::Named(address) => format!("criterion {}", address.value),
        Criterion::UserAttribute { list, attribute, test, scope } => {
            let list = if *list { "list " } else { "" };
            format!("user {list}{} {}{}", quoted(attribute), self::test(test), self::scope(scope))
        }
        Criterion::Seen { first, time, scope } => {
            let edge = if *first { "first" } else { "last" };
            format!("{edge} seen {}{}", self::time(time), self::scope(scope))
        }
        Criterion::Identity { identity, test, scope } => {
            format!("identity {} {}{}", identity.value, self::test(test), self::scope(scope))
        }
        Criterion::Event(event) => self::event(event),
    }
}

/// A group on one line, without its parentheses.
pub(super) fn group(group: &Group) -> String {
    let mut text = String::new();
    for (at, term) in group.terms.iter().enumerate() {
        if at > 0 {
            text.push(' ');
            text.push_str(joiner(group.joiner));
        }
        text.push_str(&criterion(term));
    }
    for exclude in &group.excludes {
        text.push_str(if text.is_empty() { "" } else { " " });
        text.push_str("exclude ");
        text.push_str(&criterion(exclude));
    }
    text
}

fn event(event: &EventTest) -> String {
    let mut parts = vec![format!("event {}", quoted(&event.name))];
    parts.extend(event.event_type.as_ref().map(|event_type| format!("type {}", event_type.value)));
    parts.extend(event.filter.as_ref().map(|filter| format!("where {}", condition(filter))));
    parts.extend(event.count.as_ref().map(|count| self::count(count.value)));
    parts.extend(event.time.as_ref().map(|time| self::time(time)));
    parts.join(" ") + &scope(&event.scope)
}

fn scope(scope: &[Spanned<InputRef>]) -> String {
    if scope.is_empty() { String::new() } else { format!(" in {}", list(scope, input)) }
}

fn condition(condition: &Condition) -> String {
    match condition {
        Condition::Group(ConditionGroup { joiner, terms }) => {
            let between = format!(" {}", self::joiner(*joiner));
            let terms: Vec<_> = terms.iter().map(|term| self::condition(term)).collect();
            format!("({})", terms.join(&between))
        }
        Condition::Not(inner) => format!("not {}", self::condition(inner)),
        Condition::Attribute { qualifier, attribute, test } => {
            let qualifier = qualifier.as_ref().map_or_else(String::new, |word| format!("{} ", word.value));
            format!("{qualifier}{} {}", quoted(attribute), self::test(test))
        }
    }
}

fn test(test: &Test) -> String {
    let not = |negated: bool| if negated { "not " } else { "" };
    match test {
        Test::Compare { operator, value } => format!("{} {}", operator.words(), literal(value)),
        Test::In { negated, values } => format!("is {}in [{}]", not(*negated), list(values, literal)),
        Test::Between { low, high } => format!("between {} and {}", low.text, high.text),
        Test::Time(filter) => time(filter),
        Test::Boolean(value) => format!("is {value}"),
        Test::Empty { negated } => format!("is {}empty", not(*negated)),
        Test::Exists { negated: true } => "does not exist".to_owned(),
        Test::Exists { negated: false } => "exists".to_owned(),
    }
}

pub(super) fn literal(literal: &Literal) -> String {
    match literal {
        Literal::String(text) => quoted(text),
        Literal::Number(number) => number.text.clone(),
    }
}

pub(super) fn setting(value: &SettingValue) -> String {
    match value {
        SettingValue::Literal(value) => literal(value),
        SettingValue::Boolean(value) => value.to_string(),
        SettingValue::List(values) => format!("[{}]", list(values, literal)),
    }
}

fn count(count: Count) -> String {
    let times = |count: u64| if count == 1 { "1 time".to_owned() } else { format!("{count} times") };
    match count {
        Count::AtLeast(count) => format!("at least {}", times(count)),
        Count::AtMost(count) => format!("at most {}", times(count)),
        Count::MoreThan(count) => format!("more than {}", times(count)),
        Count::FewerThan(count) => format!("fewer than {}", times(count)),
        Count::Exactly(count) => format!("exactly {}", times(count)),
        Count::Between(least, most) => format!("between {least} and {}", times(most)),
        Count::Never => "never".to_owned(),
    }
}

fn time(filter: &TimeFilter) -> String {
    match filter {
        TimeFilter::WithinLast(last) => format!("within last {}", last.value),
        TimeFilter::BetweenAgo { first, second, unit } => {
            let plural = if second.value == 1 { "" } else { "s" };
            format!("between {} and {} {}{plural} ago", first.value, second.value, unit.name())
        }
        TimeFilter::MoreThanAgo(ago) => format!("more than {} ago", ago.value),
        TimeFilter::Before(moment) => format!("before {}", moment.value),
        TimeFilter::After(moment) => format!("after {}", moment.value),
        TimeFilter::On(moment) => format!("on {}", moment.value),
        TimeFilter::Between(from, to) => format!("between {} and {}", from.value, to.value),
    }
}
