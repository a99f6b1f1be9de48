//! An operator fits the type of what it tests (section 3 of the language). The message names the type, where it came from,
//! and how to override it.

use super::quoted;
use crate::analyze::lower::Subject;
use crate::analyze::typing::{self, Known};
use crate::base::{Day, Span, Spanned};
use crate::catalog::{Provenance, ValueType};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Edit, Fix};
use crate::syntax::ast::{Literal, Operator, Test};

/// Checks a test against the type of its subject, and `list` against both.
pub(in crate::analyze) fn check(
    subject: &Subject<'_>,
    known: Option<Known<'_>>,
    test: &Spanned<Test>,
    found: &mut Diagnostics,
) -> bool {
    let told = typing::told(test);
    if let Subject::User { attribute, list, span } = *subject {
        let value_type = known.map(|known| known.value_type());
        let lists = value_type.is_none_or(|known| known == ValueType::List);
        if !list && told == Some(ValueType::List) && lists {
            found.push(list_left_out(attribute, test));
            return false;
        }
        if list && !lists && told.is_none_or(|told| told == ValueType::List) {
            found.push(not_a_list(attribute, span, known, test));
            return false;
        }
        let by_use = matches!(known, None | Some(Known::Use(_)));
        if list && lists && by_use && told == Some(ValueType::String) {
            found.push(other_word_for_lists(test));
            return false;
        }
    }
    let Some(known) = known.filter(|known| !typing::fits(test, known.value_type())) else { return true };
    found.push(mismatch(subject, known, test));
    false
}

fn list_left_out(attribute: &Spanned<String>, test: &Spanned<Test>) -> Diagnostic {
    let (words, span) = operator(test);
    Diagnostic::new(Code::ListWord, format!("`{words}` asks a list, and `list` is not written"))
        .label(span, "an operator of lists")
        .help(format!("write `user list {} {words} …`", quoted(&attribute.value)))
        .fix(Fix { title: "write `user list`".to_owned(), edits: vec![insert_list(attribute)] })
}

/// `user list "m" contains "x"`: the operators of texts have counterparts among those of lists.
fn other_word_for_lists(test: &Spanned<Test>) -> Diagnostic {
    use Operator as O;
    let (words, span) = operator(test);
    let wrong = Diagnostic::new(Code::ListWord, format!("`{words}` asks one text, and `list` is written"))
        .label(span, "an operator of texts")
        .help("`includes` asks for a whole entry, `partially matches` for an entry that contains a text");
    let meant = match &test.value {
        Test::Compare { operator, .. } => match operator.value {
            O::Is => "includes",
            O::IsNot => "does not include",
            O::Contains => "partially matches",
            O::DoesNotContain => "does not partially match",
            _ => return wrong,
        },
        _ => return wrong,
    };
    wrong.fix(Fix::replace(format!("write `{meant}`"), span, meant))
}

fn insert_list(attribute: &Spanned<String>) -> Edit {
    Edit { span: attribute.span.before(), text: "list ".to_owned() }
}

fn not_a_list(attribute: &Spanned<String>, span: Span, known: Option<Known<'_>>, test: &Spanned<Test>) -> Diagnostic {
    let value_type = known.map_or(ValueType::String, |known| known.value_type());
    let keyword = Span { end: attribute.span.start, ..span };
    let mut wrong = Diagnostic::new(
        Code::TypeMismatch,
        format!("`user list` does not fit `{}`, which is {}", attribute.value, value_type.with_article()),
    )
    .label(keyword.to(attribute.span), "asks for a list")
    .help(format!(
        "write `user {} …`; or {}",
        quoted(&attribute.value),
        override_help("schema.user", &attribute.value, ValueType::List)
    ));
    if matches!(test.value, Test::Exists { .. }) {
        wrong = wrong.fix(Fix::replace("leave `list` out", keyword, "user "));
    }
    because(wrong, known)
}

fn mismatch(subject: &Subject<'_>, known: Known<'_>, test: &Spanned<Test>) -> Diagnostic {
    let value_type = known.value_type();
    let (words, span) = operator(test);
    let needed = typing::told(test).map_or("a string or a list".to_owned(), ValueType::with_article);
    if let Known::Use(first) = known {
        let name = subject.name();
        return Diagnostic::new(
            Code::ConflictingUses,
            format!("`{name}` is used as {needed} here and as {} elsewhere", value_type.with_article()),
        )
        .label(span, format!("this operator needs {needed}"))
        .label(first.span, format!("this one needs {}", value_type.with_article()))
        .help(match subject.declared_at() {
            Some((schema, _)) => format!("use it as one type, or declare it under `{schema}` in aud.yaml"),
            None => "use it as one type".to_owned(),
        });
    }
    let mut wrong = Diagnostic::new(
        Code::TypeMismatch,
        format!("`{words}` does not fit `{}`, which is {}", subject.name(), value_type.with_article()),
    )
    .label(span, format!("this operator needs {needed}"));
    let advice = advice(subject, value_type);
    wrong = match (known, subject.declared_at()) {
        (_, None) => wrong.help(advice),
        (Known::Attribute(attribute), Some((schema, _))) if attribute.provenance == Provenance::Declared => {
            wrong.help(format!("{advice}; or change its type under `{schema}` in aud.yaml"))
        }
        (_, Some((schema, name))) => {
            let needed = typing::told(test).unwrap_or(ValueType::String);
            wrong.help(format!("{advice}; or {}", override_help(&schema, name, needed)))
        }
    };
    if let Some(fix) = instead(subject, value_type, test) {
        wrong = wrong.fix(fix);
    }
    because(wrong, Some(known))
}

fn because(diagnostic: Diagnostic, known: Option<Known<'_>>) -> Diagnostic {
    match known {
        Some(Known::Attribute(attribute)) => diagnostic.note(attribute.provenance.explain(attribute.value_type)),
        Some(Known::Use(first)) => {
            diagnostic.label(first.span, format!("used as {} here", first.value_type.with_article()))
        }
        Some(Known::Fixed(_, why)) => diagnostic.note(why),
        None => diagnostic,
    }
}

fn override_help(schema: &str, name: &str, value_type: ValueType) -> String {
    format!("declare `{name}` {} under `{schema}` in aud.yaml", value_type.with_article())
}

/// The operators of a type, as a sentence.
fn advice(subject: &Subject<'_>, value_type: ValueType) -> &'static str {
    match value_type {
        ValueType::String => "compare strings with is, is not, contains, starts with, ends with, matches, is in",
        ValueType::Number => "compare numbers with =, !=, <, <=, >, >=, between, is in",
        ValueType::Boolean => "ask a boolean with is true, is false",
        ValueType::Date => "compare dates with within last, between … ago, before, after, on",
        ValueType::List if !matches!(subject, Subject::User { .. }) => {
            "ask a list with includes, does not include, partially matches, is empty"
        }
        ValueType::List => "ask a list with `user list`: includes, does not include, partially matches, is empty",
    }
}

/// The operator of a test, and where it stands.
fn operator(test: &Spanned<Test>) -> (&'static str, Span) {
    let words = match &test.value {
        Test::Compare { operator, .. } => return (operator.value.words(), operator.span),
        Test::In { negated: false, .. } => "is in",
        Test::In { negated: true, .. } => "is not in",
        Test::Between { .. } => "between",
        Test::Time(time) => time_words(time),
        Test::Boolean(true) => "is true",
        Test::Boolean(false) => "is false",
        Test::Empty { negated: false } => "is empty",
        Test::Empty { negated: true } => "is not empty",
        Test::Exists { negated: false } => "exists",
        Test::Exists { negated: true } => "does not exist",
    };
    (words, test.span)
}

fn time_words(time: &crate::syntax::ast::TimeFilter) -> &'static str {
    use crate::syntax::ast::TimeFilter as T;
    match time {
        T::WithinLast(_) => "within last",
        T::BetweenAgo { .. } => "between … ago",
        T::MoreThanAgo(_) => "more than … ago",
        T::Before(_) => "before",
        T::After(_) => "after",
        T::On(_) => "on",
        T::Between(..) => "between",
    }
}

/// The test that asks the same of the type, where that is certain.
fn instead(subject: &Subject<'_>, value_type: ValueType, test: &Spanned<Test>) -> Option<Fix> {
    let text = match (&test.value, value_type) {
        (Test::Compare { operator, value }, _) => compare_instead(operator.value, &value.value, value_type)?,
        (Test::In { negated, values }, _) => {
            let values: Vec<String> =
                values.iter().map(|value| literal_as(&value.value, value_type)).collect::<Option<_>>()?;
            format!("{} [{}]", if *negated { "is not in" } else { "is in" }, values.join(", "))
        }
        _ => return None,
    };
    let mut edits = Vec::new();
    if let Subject::User { attribute, list: false, .. } = subject
        && value_type == ValueType::List
    {
        edits.push(insert_list(attribute));
    }
    edits.push(Edit { span: test.span, text: text.clone() });
    Some(Fix { title: format!("write `{text}`"), edits })
}

/// The same value as a text or a number.
fn literal_as(value: &Literal, value_type: ValueType) -> Option<String> {
    match (value, value_type) {
        (Literal::String(text), ValueType::Number) => {
            text.trim().parse::<f64>().ok().filter(|number| number.is_finite()).map(|number| number.to_string())
        }
        (Literal::Number(number), ValueType::String) => Some(quoted(&number.text)),
        _ => None,
    }
}

fn compare_instead(operator: Operator, value: &Literal, value_type: ValueType) -> Option<String> {
    use Operator as O;
    let sign = match operator {
        O::Is | O::Equal => true,
        O::IsNot | O::NotEqual => false,
        O::Contains if value_type == ValueType::List => true,
        O::DoesNotContain if value_type == ValueType::List => false,
        _ => return None,
    };
    let either = |positive: &str, negative: &str| if sign { positive.to_owned() } else { negative.to_owned() };
    match (value, value_type) {
        (Literal::String(_), ValueType::Number) => {
            Some(format!("{} {}", either("=", "!="), literal_as(value, value_type)?))
        }
        (Literal::Number(_), ValueType::String) => {
            Some(format!("{} {}", either("is", "is not"), literal_as(value, value_type)?))
        }
        (Literal::String(text), ValueType::Boolean) => {
            let value = if text.eq_ignore_ascii_case("true") { Some(sign) } else { None };
            let value = value.or_else(|| text.eq_ignore_ascii_case("false").then_some(!sign))?;
            // `is not "true"` also holds for a missing value, which `is false` does not.
            sign.then(|| format!("is {value}"))
        }
        (Literal::String(text), ValueType::Date) => Day::parse(text).filter(|_| sign).map(|day| format!("on {day}")),
        (Literal::String(text), ValueType::List) => {
            let part = matches!(operator, O::Contains | O::DoesNotContain);
            let words = match part {
                true => either("partially matches", "does not partially match"),
                false => either("includes", "does not include"),
            };
            Some(format!("{words} {}", quoted(text)))
        }
        _ => None,
    }
}
