//! Texts, numbers, dates and names.

use pest::iterators::Pair;

use super::super::grammar::Rule;
use super::super::mistakes;
use super::Builder;
use crate::base::{Day, Moment, Name, Span, Spanned, Timestamp};
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::ast::{InputRef, Literal, Number};

/// What may stand around a text, foreign quotes included.
const QUOTES: [char; 5] = ['"', '\'', '“', '”', '„'];

impl Builder<'_> {
    /// A text in quotes, unescaped.
    pub(super) fn text(&mut self, pair: &Pair<Rule>) -> Spanned<String> {
        let span = self.span(pair);
        let raw = self.slice(pair);
        if pair.as_rule() == Rule::alt_string {
            let text = raw.trim_matches(QUOTES).to_owned();
            self.report(mistakes::foreign_quotes(span, raw, &text));
            return Spanned::new(text, span);
        }
        let inside = raw.strip_prefix('"').unwrap_or(raw);
        let inside = if closes(inside) { &inside[..inside.len() - 1] } else { inside };
        let value = if inside.bytes().all(|byte| byte >= 0x20 && byte != b'\\') {
            inside.to_owned()
        } else {
            let start = pair.as_span().start() + 1;
            self.unescape(inside, start)
        };
        Spanned::new(value, span)
    }

    /// A name of data: in quotes, or without by mistake.
    pub(super) fn data_name(&mut self, pair: &Pair<Rule>) -> Spanned<String> {
        if !matches!(pair.as_rule(), Rule::alt_bare | Rule::alt_bare_over) {
            return self.text(pair);
        }
        let (span, written) = (self.span(pair), self.slice(pair));
        self.report(mistakes::unquoted(span, written));
        Spanned::new(written.to_owned(), span)
    }

    /// A name of code: without quotes, or with them by mistake.
    pub(super) fn code_name(&mut self, pair: &Pair<Rule>) -> Option<Spanned<Name>> {
        let span = self.span(pair);
        if pair.as_rule() == Rule::name {
            return Name::new(self.slice(pair)).ok().map(|name| Spanned::new(name, span));
        }
        let text = self.slice(pair).trim_matches(QUOTES);
        let name = Name::new(text).ok();
        self.report(mistakes::quoted(span, text, name.is_some()));
        name.map(|name| Spanned::new(name, span))
    }

    /// `ios` or `shop.ios`.
    pub(super) fn inputs(&mut self, pair: &Pair<Rule>) -> Vec<Spanned<InputRef>> {
        let inputs = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::input);
        inputs.filter_map(|input| self.input(&input)).collect()
    }

    fn input(&mut self, pair: &Pair<Rule>) -> Option<Spanned<InputRef>> {
        let mut names = pair.clone().into_inner().filter_map(|inner| self.code_name(&inner));
        let first = names.next()?;
        let second = names.next();
        let value = match second {
            Some(input) => InputRef { workspace: Some(first), input },
            None => InputRef { workspace: None, input: first },
        };
        Some(self.at(pair, value))
    }

    /// A number as JSON writes it, with an optional sign.
    pub(super) fn number(&mut self, pair: &Pair<Rule>) -> Spanned<Number> {
        let (span, text) = (self.span(pair), self.slice(pair));
        let value = if is_json_number(text) { text.parse().ok().filter(|value: &f64| value.is_finite()) } else { None };
        if value.is_none() {
            self.report(mistakes::invalid_number(span, text, mended_number(text).as_deref()));
        }
        Spanned::new(Number { text: text.to_owned(), value: value.unwrap_or(0.0) }, span)
    }

    /// A whole number of something.
    pub(super) fn whole(&mut self, pair: &Pair<Rule>) -> Spanned<u64> {
        let (span, text) = (self.span(pair), self.slice(pair));
        let value = text.parse().ok().filter(|_| is_json_number(text) && !text.starts_with('+'));
        if value.is_none() {
            self.report(mistakes::not_whole(span, text, mended_number(text).as_deref()));
        }
        Spanned::new(value.unwrap_or(1), span)
    }

    /// A text or a number.
    pub(super) fn literal(&mut self, pair: &Pair<Rule>) -> Spanned<Literal> {
        match pair.as_rule() {
            Rule::number => self.number(pair).map(Literal::Number),
            _ => self.text(pair).map(Literal::String),
        }
    }

    /// The entries of `["a", "b"]`; missing commas are reported.
    pub(super) fn literals(&mut self, pair: &Pair<Rule>) -> Vec<Spanned<Literal>> {
        let mut values = Vec::new();
        for inner in self.entries(pair) {
            values.push(self.literal(&inner));
        }
        values
    }

    /// `"a", "b"`; missing commas are reported.
    pub(super) fn texts(&mut self, pair: &Pair<Rule>) -> Vec<Spanned<String>> {
        let mut values = Vec::new();
        for inner in self.entries(pair) {
            values.push(self.text(&inner));
        }
        values
    }

    /// The pairs of a list, brackets and commas apart.
    pub(super) fn entries<'i>(&mut self, list: &Pair<'i, Rule>) -> Vec<Pair<'i, Rule>> {
        let mut entries: Vec<Pair<Rule>> = Vec::new();
        let mut separated = true;
        for inner in list.clone().into_inner() {
            match inner.as_rule() {
                Rule::comma => separated = true,
                Rule::open_bracket | Rule::close_bracket | Rule::open | Rule::close => {}
                Rule::kw_disjoint | Rule::open_paren | Rule::close_paren => {}
                _ => {
                    if let (false, Some(previous)) = (separated, entries.last()) {
                        let after = self.span(previous).after();
                        self.report(mistakes::missing_comma(after, self.span(&inner)));
                    }
                    separated = false;
                    entries.push(inner);
                }
            }
        }
        entries
    }

    /// A date or an instant.
    pub(super) fn moment(&mut self, pair: &Pair<Rule>) -> Spanned<Moment> {
        let (span, mut text) = (self.span(pair), self.slice(pair));
        if pair.as_rule() == Rule::alt_date {
            text = text.trim_matches(QUOTES);
            if read_moment(text).is_ok() {
                self.report(mistakes::instead(Code::InvalidDate, span, self.slice(pair), text));
            }
        }
        let value = read_moment(text).unwrap_or_else(|problem| {
            self.report(problem.diagnostic(span, text));
            Moment::Day(Day(0))
        });
        Spanned::new(value, span)
    }

    /// The text between the quotes without its escapes. `start` is its first byte in the piece.
    fn unescape(&mut self, raw: &str, start: usize) -> String {
        let mut text = String::with_capacity(raw.len());
        let mut rest = raw;
        while let Some(c) = rest.chars().next() {
            let (value, length, problem) = match c {
                '\\' => escape(rest),
                c if (c as u32) < 0x20 => (Some(c), 1, Some("control characters are written as escapes")),
                c => (Some(c), c.len_utf8(), None),
            };
            if let Some(problem) = problem {
                let at = start + raw.len() - rest.len();
                let span = self.piece.range(at, at + length);
                self.report(mistakes::invalid_escape(span, rest.get(..length).unwrap_or(rest), problem));
            }
            text.extend(value);
            rest = rest.get(length..).unwrap_or("");
        }
        text
    }
}

/// Whether a text without its first quote ends with a quote that is not escaped.
fn closes(inside: &str) -> bool {
    let Some(before) = inside.strip_suffix('"') else { return false };
    let backslashes = before.bytes().rev().take_while(|byte| *byte == b'\\').count();
    backslashes % 2 == 0
}

/// The character that the escape at the start of `rest` stands for, its length, and what is wrong with it.
fn escape(rest: &str) -> (Option<char>, usize, Option<&'static str>) {
    let Some(kind) = rest.chars().nth(1) else {
        return (None, 1, Some("a backslash takes the next character with it"));
    };
    let simple = match kind {
        '"' | '\\' | '/' => kind,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => return unicode(rest),
        _ => return (Some(kind), 1 + kind.len_utf8(), Some("there is no such escape")),
    };
    (Some(simple), 2, None)
}

/// `\uXXXX`, or a surrogate pair of two.
fn unicode(rest: &str) -> (Option<char>, usize, Option<&'static str>) {
    let unit = |at: usize| {
        let digits = rest.get(at..at + 6)?.strip_prefix("\\u")?;
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
    };
    let Some(first) = unit(0) else { return (None, 2, Some("`\\u` takes four hexadecimal digits")) };
    if let Some(c) = char::from_u32(first.into()) {
        return (Some(c), 6, None);
    }
    match unit(6).map(|second| char::decode_utf16([first, second]).next()) {
        Some(Some(Ok(c))) => (Some(c), 12, None),
        _ => (None, 6, Some("half of a surrogate pair is no character")),
    }
}

/// Whether a text is a JSON number, `+` allowed as a sign.
fn is_json_number(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(m, e)| (m, Some(e)));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(w, f)| (w, Some(f)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['-', '+']).unwrap_or(exponent)))
}

/// What an almost-number was meant to be, where that is certain.
fn mended_number(text: &str) -> Option<String> {
    let (sign, digits) = text.split_at(text.len() - text.trim_start_matches(['-', '+']).len());
    let digits = digits.replace('_', "");
    let digits = if digits.starts_with('.') { format!("0{digits}") } else { digits };
    let digits = digits.strip_suffix('.').unwrap_or(&digits);
    let mended = format!("{sign}{digits}");
    (is_json_number(&mended) && mended != text && mended.parse().is_ok_and(f64::is_finite)).then_some(mended)
}

/// What is wrong with a date.
enum BadDate {
    /// It is written in another form.
    Form,
    /// The month or the day of the month does not exist.
    Calendar(String),
    /// An instant lacks its offset.
    Offset,
}

impl BadDate {
    fn diagnostic(self, span: Span, text: &str) -> Diagnostic {
        match self {
            Self::Form => mistakes::date_form(span, text),
            Self::Calendar(why) => mistakes::date_off_calendar(span, text, &why),
            Self::Offset => mistakes::instant_without_offset(span, text),
        }
    }
}

fn read_moment(text: &str) -> Result<Moment, BadDate> {
    let day = text.get(..10).unwrap_or(text);
    check_day(day)?;
    if text.len() == day.len() {
        return Day::parse(text).map(Moment::Day).ok_or(BadDate::Form);
    }
    if let Some(at) = Timestamp::parse_rfc3339(text) {
        // An offset may carry the instant out of the years that can be written.
        let written = at.to_string().starts_with(|c: char| c.is_ascii_digit());
        return if written { Ok(Moment::Instant(at)) } else { Err(BadDate::Form) };
    }
    Err(if Timestamp::parse_rfc3339(&format!("{text}Z")).is_some() { BadDate::Offset } else { BadDate::Form })
}

/// Says why a well-formed day is none of the calendar's.
fn check_day(text: &str) -> Result<(), BadDate> {
    const MONTHS: [(&str, u32); 12] = [
        ("January", 31),
        ("February", 28),
        ("March", 31),
        ("April", 30),
        ("May", 31),
        ("June", 30),
        ("July", 31),
        ("August", 31),
        ("September", 30),
        ("October", 31),
        ("November", 30),
        ("December", 31),
    ];
    let mut parts = text.split('-');
    let mut part = |length: usize| -> Option<u32> { parts.next().filter(|part| part.len() == length)?.parse().ok() };
    let (Some(year), Some(month), Some(day)) = (part(4), part(2), part(2)) else { return Err(BadDate::Form) };
    let Some((name, days)) = MONTHS.get((month as usize).wrapping_sub(1)) else {
        return Err(BadDate::Calendar(format!("there is no month {month}")));
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = if month == 2 && leap { 29 } else { *days };
    match day {
        0 => Err(BadDate::Calendar("days are counted from 1".to_owned())),
        day if day > days => Err(BadDate::Calendar(format!("{name} {year} has {days} days"))),
        _ => Ok(()),
    }
}
