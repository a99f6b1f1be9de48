//! The wording of likely mistakes, each with the edit that mends it where that is certain.
//!
//! In: places and what was written there. Out: diagnostics. No decision is taken here.

mod events;

use super::ast::{Count, Joiner};
use crate::base::{Name, Span, Spanned};
use crate::diagnostic::{Code, Diagnostic, Edit, Fix};

pub(super) use events::*;

/// A part of what was written, short enough for a message.
pub(in crate::syntax) fn shorten(text: &str) -> String {
    const LONGEST: usize = 40;
    let line = text.lines().next().unwrap_or("");
    if line.chars().count() <= LONGEST && line.len() == text.len() {
        return line.replace('\0', "\\0");
    }
    let head: String = line.chars().take(LONGEST).collect();
    format!("{}…", head.trim_end().replace('\0', "\\0"))
}

fn insert(place: Span, text: &str) -> Edit {
    Edit { span: place, text: text.to_owned() }
}

/// The edits that put parentheses around a place.
pub(in crate::syntax) fn parentheses(span: Span) -> [Edit; 2] {
    [insert(span.before(), "("), insert(span.after(), ")")]
}

/// A text as the language writes it.
pub(in crate::syntax) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if (c as u32) < 0x20 => quoted.push_str(&format!("\\u{:04x}", c as u32)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Something with one certain spelling.
pub(in crate::syntax) fn instead(code: Code, span: Span, written: &str, meant: &str) -> Diagnostic {
    Diagnostic::new(code, format!("`{}` is written `{meant}`", shorten(written)))
        .label(span, why_instead(code))
        .fix(Fix::replace(format!("write `{meant}`"), span, meant))
}

/// `is null`: whether a missing key is meant too, only the author knows (M3a).
pub(in crate::syntax) fn null_test(span: Span, written: &str) -> Diagnostic {
    Diagnostic::new(Code::ForeignOperator, format!("`{}` is no operator of this language", shorten(written)))
        .label(span, "from another language")
        .note("a key whose value is null does exist")
        .help("`is empty` holds for null, an empty text and a missing key; `exists` asks for the key alone")
}

/// What stands under something with another spelling.
fn why_instead(code: Code) -> &'static str {
    match code {
        Code::ForeignOperator => "from another language",
        Code::WrongCase => "words stand in lower case",
        Code::InvalidDate => "dates stand without quotes",
        Code::CountSpelling => "counts have words of their own",
        _ => "another spelling",
    }
}

pub(in crate::syntax) fn foreign_quotes(span: Span, written: &str, text: &str) -> Diagnostic {
    let meant = quote(text);
    Diagnostic::new(Code::ForeignQuotes, format!("`{}` is not in double quotes", shorten(written)))
        .label(span, "texts stand in `\"`")
        .fix(Fix::replace(format!("write `{}`", shorten(&meant)), span, meant))
}

pub(in crate::syntax) fn unquoted(span: Span, name: &str) -> Diagnostic {
    let meant = quote(name);
    Diagnostic::new(Code::UnquotedName, format!("`{name}` is a name of data and lacks its quotes"))
        .label(span, "names of events and attributes stand in quotes")
        .fix(Fix::replace(format!("write `{meant}`"), span, meant))
}

pub(in crate::syntax) fn quoted(span: Span, text: &str, is_name: bool) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::QuotedName, format!("`\"{}\"` is no name of code", shorten(text)))
        .label(span, "a name without quotes stands here");
    if is_name {
        return diagnostic.fix(Fix::replace(format!("write `{text}`"), span, text));
    }
    let slug: String = text.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let slug = slug.trim_matches('_');
    let example =
        if slug.is_empty() || slug.len() > 40 || slug.starts_with(|c: char| c.is_ascii_digit()) { "" } else { slug };
    let example = if example.is_empty() { String::new() } else { format!(", such as `{example}`") };
    diagnostic.help(format!("names of code are letters, digits and `_`{example}"))
}

pub(in crate::syntax) fn unterminated(span: Span) -> Diagnostic {
    Diagnostic::new(Code::UnterminatedText, "this text has no closing quote")
        .label(span, "starts here and runs to the end of the line")
        .help("close it with `\"`; a line break inside a text is written `\\n`")
}

pub(in crate::syntax) fn invalid_escape(span: Span, written: &str, problem: &str) -> Diagnostic {
    let meant = match written.chars().next() {
        Some('\\') => written.replacen('\\', "\\\\", 1),
        _ => quote(written).trim_matches('"').to_owned(),
    };
    let shown = written.escape_debug().to_string();
    let shown = if written.starts_with('\\') { written } else { shown.as_str() };
    let diagnostic = Diagnostic::new(Code::InvalidEscape, format!("`{shown}` cannot stand in a text"))
        .label(span, problem)
        .help("texts are written as in JSON: `\\\"`, `\\\\`, `\\n`, `\\t`, `\\u00e9`");
    // Half an escape of a character was meant to be one.
    if written.starts_with("\\u") {
        return diagnostic;
    }
    diagnostic.fix(Fix::replace(format!("write `{meant}`"), span, meant))
}

pub(in crate::syntax) fn invalid_number(span: Span, written: &str, meant: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::InvalidNumber, format!("`{}` is not a number", shorten(written)))
        .label(span, "numbers are written as in JSON: `5`, `-0.5`, `1e6`");
    mend_number(diagnostic, span, meant)
}

pub(in crate::syntax) fn not_whole(span: Span, written: &str, meant: Option<&str>) -> Diagnostic {
    if !written.is_empty() && written.bytes().all(|byte| byte.is_ascii_digit()) && written.len() > 15 {
        return Diagnostic::new(Code::InvalidNumber, format!("`{}` is too large", shorten(written)))
            .label(span, "no count, length or version is as large as this");
    }
    let meant = meant.filter(|meant| meant.bytes().all(|byte| byte.is_ascii_digit()));
    let diagnostic = Diagnostic::new(Code::InvalidNumber, format!("`{}` is not a whole number", shorten(written)))
        .label(span, "digits without sign or fraction stand here");
    mend_number(diagnostic, span, meant)
}

fn mend_number(diagnostic: Diagnostic, span: Span, meant: Option<&str>) -> Diagnostic {
    match meant {
        Some(meant) => diagnostic.fix(Fix::replace(format!("write `{meant}`"), span, meant)),
        None => diagnostic,
    }
}

pub(in crate::syntax) fn date_form(span: Span, written: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidDate, format!("`{}` is not a date", shorten(written)))
        .label(span, "a date stands here")
        .help("write a day as `2018-09-09`, an instant as `2018-09-09T13:00:00Z` or `2018-09-09T15:00:00+02:00`")
}

pub(in crate::syntax) fn date_off_calendar(span: Span, written: &str, why: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidDate, format!("`{}` is not in the calendar", shorten(written))).label(span, why)
}

pub(in crate::syntax) fn instant_without_offset(span: Span, written: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidDate, format!("`{written}` has no offset"))
        .label(span, "an instant says where its clock stands")
        .help("`Z` stands for UTC; an offset is written `+02:00`")
        .fix(Fix::replace("read it as UTC", span.after(), "Z"))
}

pub(in crate::syntax) fn missing_comma(place: Span, next: Span) -> Diagnostic {
    Diagnostic::new(Code::MissingComma, "a comma is missing between two entries")
        .label(next, "a comma stands before this")
        .fix(Fix::replace("add the comma", place, ","))
}

pub(in crate::syntax) fn missing_percent(share: Span, text: &str) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(Code::MissingPercent, format!("`{text}` lacks its `%`")).label(share, "shares are percentages");
    if text.contains('.') {
        return diagnostic.help("write a whole percentage, such as `40%`");
    }
    diagnostic.fix(Fix::replace(format!("write `{text}%`"), share.after(), "%"))
}

pub(in crate::syntax) fn tight_unit(quantity: Span, place: Span) -> Diagnostic {
    Diagnostic::new(Code::TimeSpelling, "number and unit stand apart")
        .label(quantity, "a space is missing")
        .fix(Fix::replace("add the space", place, " "))
}

pub(in crate::syntax) fn short_unit(span: Span, written: &str, meant: &str, space: &str) -> Diagnostic {
    Diagnostic::new(Code::TimeSpelling, format!("`{written}` is written `{meant}`"))
        .label(span, "units of time are written out")
        .fix(Fix::replace(format!("write `{meant}`"), span, format!("{space}{meant}")))
}

pub(in crate::syntax) fn unit_of_no_fixed_length(span: Span, written: &str) -> Diagnostic {
    Diagnostic::new(Code::TimeSpelling, format!("`{written}` is no unit of fixed length"))
        .label(span, "`seconds`, `minutes`, `hours`, `days` or `weeks` stand here")
        .help("say how many days are meant, such as `30 days`")
}

pub(in crate::syntax) fn vague_count(span: Span, written: &str, count: u64) -> Diagnostic {
    let (exactly, least) = (Count::Exactly(count), Count::AtLeast(count));
    Diagnostic::new(Code::CountSpelling, format!("`{}` is no count", shorten(written)))
        .label(span, "does it mean just so often, or at least?")
        .help(format!("write `{exactly}` or `{least}`"))
}

pub(in crate::syntax) fn is_not_boolean(span: Span, value: bool) -> Diagnostic {
    let (value, other) = if value { ("true", "false") } else { ("false", "true") };
    Diagnostic::new(Code::OperatorOfOtherType, format!("`is not {value}` is not part of the language"))
        .label(span, "`is true` or `is false` stands here")
        .help(format!(
            "write `is {other}`; or `not` before the criterion and `is {value}`, which also holds where there is no value"
        ))
}

pub(in crate::syntax) fn number_for_text(value: Span, operator: &str, written: &str) -> Diagnostic {
    let meant = quote(written);
    Diagnostic::new(Code::OperatorOfOtherType, format!("`{operator}` compares texts and `{written}` is a number"))
        .label(value, "a text in quotes stands here")
        .fix(Fix::replace(format!("write `{meant}`"), value, meant))
}

pub(in crate::syntax) fn operator_of_other_type(
    operator: Span,
    written: &str,
    meant: &str,
    number: bool,
) -> Diagnostic {
    let (of, is) = if number { ("texts", "number") } else { ("numbers", "text") };
    Diagnostic::new(Code::OperatorOfOtherType, format!("`{written}` compares {of} and the value is a {is}"))
        .label(operator, format!("a {is} is compared with `{meant}`"))
        .fix(Fix::replace(format!("write `{meant}`"), operator, meant))
}

pub(in crate::syntax) fn operator_on_date(operator: Span, written: &str, meant: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::OperatorOfOtherType, format!("`{written}` does not compare dates"))
        .label(operator, "dates have words of their own");
    match meant {
        Some(meant) => diagnostic.fix(Fix::replace(format!("write `{meant}`"), operator, meant)),
        None => {
            diagnostic.help("`before` leaves its day out, `after` and `on` include it, `between … and …` both days")
        }
    }
}

pub(in crate::syntax) fn like(span: Span, written: &str, meant: &str) -> Diagnostic {
    Diagnostic::new(Code::ForeignOperator, format!("`{written}` is not an operator of this language"))
        .label(span, "no such operator")
        .help(format!("use `{meant}` with `*` for any run of characters and `?` for one"))
}

fn joiner_word(joiner: Joiner) -> &'static str {
    match joiner {
        Joiner::And => "and",
        Joiner::Or => "or",
    }
}

pub(in crate::syntax) fn stray_joiner(joiner: Spanned<Joiner>) -> Diagnostic {
    let word = joiner_word(joiner.value);
    Diagnostic::new(Code::StrayJoiner, format!("nothing stands before this `{word}`"))
        .label(joiner.span, "joins nothing")
        .fix(Fix::replace(format!("remove `{word}`"), joiner.span, ""))
}

pub(in crate::syntax) fn joined_exclusion(joiner: Spanned<Joiner>) -> Diagnostic {
    let word = joiner_word(joiner.value);
    Diagnostic::new(Code::StrayJoiner, format!("`exclude` follows without `{word}`"))
        .label(joiner.span, "not needed here")
        .fix(Fix::replace(format!("remove `{word}`"), joiner.span, ""))
}

pub(in crate::syntax) fn joiner_after_exclude(joiner: Spanned<Joiner>, before: Span) -> Diagnostic {
    let word = joiner_word(joiner.value);
    Diagnostic::new(
        Code::JoinerAfterExclude,
        format!("`{word}` after `exclude` leaves open what is taken away from what"),
    )
    .label(joiner.span, "joins the whole group, or what `exclude` takes away?")
    .help("put everything up to the end of `exclude` into parentheses, or move `exclude` to the end")
    .fix(Fix { title: "put what stands before into parentheses".to_owned(), edits: parentheses(before).into() })
}

pub(in crate::syntax) fn mixed_joiners(joiner: Spanned<Joiner>, edits: Vec<Edit>) -> Diagnostic {
    let (word, other) = match joiner.value {
        Joiner::And => ("and", "or"),
        Joiner::Or => ("or", "and"),
    };
    Diagnostic::new(Code::MixedJoiners, format!("`{word}` and `{other}` are mixed without parentheses"))
        .label(joiner.span, format!("`{other}` joins what stands before"))
        .help("say with parentheses what belongs together")
        .fix(Fix { title: "put what `and` joins into parentheses".to_owned(), edits })
}

pub(in crate::syntax) fn misplaced_label(place: Span, label: &Spanned<Name>, last_not: Option<Span>) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::MisplacedLabel, "this label does not stand right before its criterion")
        .label(place, "one label stands here, after any `not`");
    let Some(not) = last_not else { return diagnostic.help("keep one of the labels") };
    let edits = vec![Edit { span: place, text: String::new() }, insert(not.after(), &format!(" {}:", label.value))];
    diagnostic.fix(Fix { title: "put `not` before the label".to_owned(), edits })
}

pub(in crate::syntax) fn empty_group(span: Span) -> Diagnostic {
    Diagnostic::new(Code::EmptyGroup, "there is nothing in these parentheses").label(span, "a criterion stands here")
}

pub(in crate::syntax) fn empty_match(span: Span) -> Diagnostic {
    Diagnostic::new(Code::EmptyGroup, "this `match` asks for nothing")
        .label(span, "a criterion stands here")
        .help("`everyone` stands for all users of the workspaces")
        .fix(Fix::replace("match everyone", span, "{ everyone }"))
}

pub(in crate::syntax) fn repeated_part(first: Span, again: Span, part: &str) -> Diagnostic {
    Diagnostic::new(Code::RepeatedPart, format!("{part} is written twice"))
        .label(again, "once more here")
        .label(first, "first here")
        .help(match part {
            "`where`" => "join the conditions in one: `where (… and …)`",
            "`in`" => "list all of them behind one `in`, with commas",
            "the count" => "keep one of them; `between 2 and 5 times` has two bounds",
            _ => "keep one of them",
        })
}

pub(in crate::syntax) fn out_of_order(
    early: Spanned<&str>,
    late: Spanned<&str>,
    order: &str,
    edits: Vec<Edit>,
) -> Diagnostic {
    Diagnostic::new(Code::PartsOutOfOrder, format!("{} stands before {}", early.value, late.value))
        .label(late.span, format!("{} comes first", late.value))
        .help(format!("the order is: {order}"))
        .fix(Fix { title: "put the parts in order".to_owned(), edits })
}

pub(in crate::syntax) fn bare_conditions(span: Span, joiner: Option<Spanned<Joiner>>) -> Diagnostic {
    Diagnostic::new(Code::BareConditions, "several conditions stand in parentheses")
        .label(joiner.map_or(span, |joiner| joiner.span), "joins conditions, or criteria?")
        .fix(Fix { title: "put the conditions into parentheses".to_owned(), edits: parentheses(span).into() })
}

pub(in crate::syntax) fn bare_date_condition(span: Span) -> Diagnostic {
    Diagnostic::new(Code::BareConditions, "a condition on a date stands in parentheses")
        .label(span, "without parentheses it could be read as the time of the event")
        .fix(Fix { title: "put the condition into parentheses".to_owned(), edits: parentheses(span).into() })
}

pub(in crate::syntax) fn sign_in_settings(span: Span, sign: &str) -> Diagnostic {
    Diagnostic::new(Code::UnexpectedText, format!("settings are written without `{sign}`"))
        .label(span, "not needed here")
        .fix(Fix::replace(format!("remove `{sign}`"), span, ""))
}

pub(in crate::syntax) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::new(Code::NestingTooDeep, "criteria nest deeper than 64 levels")
        .label(span, "level 65 starts here")
        .help("leave out parentheses and `not`s that change nothing, or make an audience of an inner group and nest it")
}

pub(in crate::syntax) fn unclosed(open: Span, bracket: &str, close: &str) -> Diagnostic {
    Diagnostic::new(Code::Unclosed, format!("`{bracket}` is not closed"))
        .label(open, format!("opens here and lacks its `{close}`"))
        .help(format!("write `{close}` where it ends"))
}

pub(in crate::syntax) fn missing_version(start: Span, first: Span) -> Diagnostic {
    Diagnostic::new(Code::MissingVersion, "this file does not say which version of the language it is written in")
        .label(first, "`version 1` stands before this")
        .help("this build reads version 1")
        .fix(Fix::replace("add `version 1`", start, "version 1\n\n"))
}

pub(in crate::syntax) fn unknown_version(number: Spanned<u64>) -> Diagnostic {
    Diagnostic::new(Code::UnknownVersion, format!("this build does not read version {}", number.value))
        .label(number.span, "version 1 is the one that it reads")
        .help("write `version 1`, or update `aud` to a build that reads this version")
}

pub(in crate::syntax) fn repeated_version(item: Span, first: Span) -> Diagnostic {
    Diagnostic::new(Code::MisplacedVersion, "`version` is written twice")
        .label(item, "once more here")
        .label(first, "first here")
        .fix(Fix::replace("remove it", item, ""))
}

pub(in crate::syntax) fn misplaced_version(item: Span, start: Span, number: u64) -> Diagnostic {
    let edits = vec![insert(start, &format!("version {number}\n\n")), Edit { span: item, text: String::new() }];
    Diagnostic::new(Code::MisplacedVersion, "`version` is the first item of a file")
        .label(item, "stands behind other items")
        .fix(Fix { title: "move it to the start".to_owned(), edits })
}

pub(in crate::syntax) fn joiner_before_nothing(joiner: Span, word: &str) -> Diagnostic {
    Diagnostic::new(Code::StrayJoiner, format!("nothing stands behind this `{word}`"))
        .label(joiner, "joins nothing")
        .fix(Fix::replace(format!("remove `{word}`"), joiner, ""))
}

pub(in crate::syntax) fn unquoted_text(span: Span, word: &str) -> Diagnostic {
    let meant = quote(word);
    Diagnostic::new(Code::UnquotedName, format!("`{word}` lacks its quotes"))
        .label(span, "a text in quotes stands here")
        .fix(Fix::replace(format!("write `{meant}`"), span, meant))
}

pub(in crate::syntax) fn not_a_name(span: Span, written: &str, meant: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::InvalidName, format!("`{}` is no name", shorten(written)))
        .label(span, "names of code are letters, digits and `_`, and start with no digit");
    match meant {
        Some(meant) => diagnostic.fix(Fix::replace(format!("write `{meant}`"), span, meant)),
        None => diagnostic,
    }
}
