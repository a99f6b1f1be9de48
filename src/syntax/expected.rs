//! What the grammar expected, in the words of the language.
//!
//! In: where a piece could not be read and the rules that were tried there. Out: a diagnostic on the offending token, and
//! where the author's meaning is likely enough to read on with, what to read instead.

use pest::error::{Error, ErrorVariant, InputLocation};

use super::grammar::{PieceText, Rule};
use super::mistakes::{self, shorten};
use super::token::{Kind, Tokens};
use super::words;
use crate::base::{Span, suggest};
use crate::diagnostic::{Code, Diagnostic};

/// Why a piece could not be read.
pub(super) struct Stuck {
    /// What to tell the author.
    pub(super) diagnostic: Diagnostic,
    /// The byte of the piece where reading stopped.
    pub(super) at: usize,
    /// A range of the piece with what to read instead, so that reading goes on.
    pub(super) mend: Option<(usize, usize, String)>,
    /// The brackets that would have been right.
    pub(super) brackets: Vec<&'static str>,
}

/// What stands where reading stopped.
struct Found<'a> {
    tokens: &'a Tokens<'a>,
    /// The index of its token; one past the last at the end of the file.
    index: usize,
    text: &'a str,
    span: Span,
    is_word: bool,
    first_of_line: bool,
    /// Where reading stopped in the piece.
    at: usize,
    /// The same place in the file.
    in_file: usize,
    /// Whether it lies in the piece, and not behind its end.
    inside: bool,
}

/// A range of the piece, with what to read there instead.
type Mend = Option<(usize, usize, String)>;

/// Explains an error of the grammar.
pub(super) fn explain(piece: &PieceText, tokens: &Tokens, error: &Error<Rule>) -> Stuck {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let rules: &[Rule] = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives,
        ErrorVariant::CustomError { .. } => &[],
    };
    let found = found(piece, tokens, at);
    let (diagnostic, mend) = diagnose(&found, rules);
    let brackets = rules.iter().filter_map(|rule| match rule {
        Rule::open => Some("{"),
        Rule::close => Some("}"),
        Rule::close_paren => Some(")"),
        Rule::close_bracket => Some("]"),
        _ => None,
    });
    Stuck { diagnostic, at, mend, brackets: brackets.collect() }
}

fn found<'a>(piece: &PieceText, tokens: &'a Tokens<'a>, at: usize) -> Found<'a> {
    let index = tokens.at_byte(piece.in_file(at));
    let end = tokens.all.last().map_or(0, |token| token.end);
    let (start, end) = tokens.get(index).map_or((end, end), |token| (token.start, token.end));
    Found {
        tokens,
        index,
        text: tokens.word(index),
        span: Span { start: start as u32, end: end as u32, ..piece.range(at, at) },
        is_word: tokens.is_word(index),
        first_of_line: tokens.get(index).is_none_or(|token| token.first_of_line),
        at,
        in_file: piece.in_file(at),
        inside: at < piece.text().len(),
    }
}

impl Found<'_> {
    /// Right behind the token before.
    fn after_previous(&self) -> Span {
        let previous = self.index.checked_sub(1).and_then(|index| self.tokens.get(index));
        previous.map_or(self.span.before(), |token| Span { end: token.end as u32, ..self.span }.after())
    }

    /// Reads something else instead of the word found.
    fn replaced(&self, with: &str) -> Mend {
        self.inside.then(|| (self.at, self.at + self.text.len(), with.to_owned()))
    }

    /// Reads something more before what was found.
    fn inserted(&self, text: &str) -> Mend {
        Some((self.at, self.at, text.to_owned()))
    }
}

fn diagnose(found: &Found, rules: &[Rule]) -> (Diagnostic, Mend) {
    let expects = |rule| rules.contains(&rule);
    if let Some(found) = not_a_name(found, rules).or_else(|| dangling_joiner(found, rules)) {
        return found;
    }
    if !found.is_word || found.text.len() > 40 {
        return (unexpected(found, rules), None);
    }
    let candidates = words::candidates(rules);
    let lower = found.text.to_ascii_lowercase();
    if let Some(word) = candidates.iter().find(|word| **word == lower && lower != found.text) {
        return (mistakes::instead(Code::WrongCase, found.span, found.text, word), found.replaced(word));
    }
    let joins = expects(Rule::kw_and) && expects(Rule::kw_exclude);
    if joins && words::starts_criterion(found.text) {
        return (missing_joiner(found), found.inserted("and "));
    }
    let nearest = suggest::nearest(found.text, candidates.iter().copied());
    if let Some(best) = nearest.first().filter(|_| found.inside) {
        let message = format!("`{}` cannot stand here", found.text);
        let diagnostic = Diagnostic::new(Code::UnexpectedText, message).label(found.span, "misspelt?").did_you_mean(
            found.span,
            &nearest,
            str::to_owned,
        );
        return (diagnostic, found.replaced(best));
    }
    if found.inside && !found.first_of_line && !words::is_keyword(found.text) {
        if expects(Rule::comma) {
            return (mistakes::missing_comma(found.after_previous(), found.span), found.inserted(", "));
        }
        if (expects(Rule::string) || expects(Rule::text_list)) && !expects(Rule::open) {
            return (mistakes::unquoted_text(found.span, found.text), found.replaced(&mistakes::quote(found.text)));
        }
    }
    (unexpected(found, rules), None)
}

/// `my-audience`, `2nd`: words and signs that touch each other where a name stands.
fn not_a_name(found: &Found, rules: &[Rule]) -> Option<(Diagnostic, Mend)> {
    let touches = |index: usize| {
        let (left, right) = (found.tokens.get(index.checked_sub(1)?)?, found.tokens.get(index)?);
        let sign = matches!(found.tokens.word(index), "-");
        let part = right.kind == Kind::Word || right.kind == Kind::Number || sign;
        (left.end == right.start && part).then_some(())
    };
    let mut first = found.index;
    if found.text.starts_with('-') && touches(first).is_some() && found.tokens.is_word(first - 1) {
        first -= 1;
    } else if !rules.contains(&Rule::name) || found.tokens.get(first)?.kind != Kind::Number {
        return None;
    }
    let mut last = found.index;
    while touches(last + 1).is_some() {
        last += 1;
    }
    let (start, end) = (found.tokens.get(first)?.start, found.tokens.get(last)?.end);
    let written = found.tokens.slice(start, end);
    let span = Span { start: start as u32, end: end as u32, ..found.span };
    let meant = written.replace('-', "_");
    let meant = crate::base::Name::new(&meant).is_ok().then_some(meant);
    let from = (found.at + start).saturating_sub(found.in_file);
    let mend = meant.clone().map(|meant| (from, from + written.len(), meant));
    Some((mistakes::not_a_name(span, written, meant.as_deref()), mend.filter(|_| found.inside)))
}

/// A joiner with nothing behind it.
fn dangling_joiner(found: &Found, rules: &[Rule]) -> Option<(Diagnostic, Mend)> {
    let before = found.index.checked_sub(1)?;
    let (word, joiner) = (found.tokens.word(before), found.tokens.get(before)?);
    let ends = !found.inside || matches!(found.text, "" | "}" | ")");
    let expected = [Rule::term, Rule::body, Rule::condition_term].iter().any(|rule| rules.contains(rule));
    if !matches!(word, "and" | "or") || !ends || !expected && !rules.contains(&Rule::kw_everyone) {
        return None;
    }
    let span = Span { start: joiner.start as u32, end: joiner.end as u32, ..found.span };
    let from = (found.at + joiner.start).checked_sub(found.in_file);
    let mend = from.map(|from| (from, from + word.len(), String::new()));
    Some((mistakes::joiner_before_nothing(span, word), mend))
}

fn missing_joiner(found: &Found) -> Diagnostic {
    Diagnostic::new(Code::UnexpectedText, "two criteria follow each other without `and` or `or`")
        .label(found.span, "`and` or `or` stands before this")
}

fn unexpected(found: &Found, rules: &[Rule]) -> Diagnostic {
    let message = match found.text {
        "" => "the file ends too early".to_owned(),
        text => format!("unexpected `{}`", shorten(text)),
    };
    let (things, help) = words::listed(rules);
    let label = match things.as_str() {
        "" if rules.contains(&Rule::EOI) => "expected nothing more here".to_owned(),
        "" => "cannot stand here".to_owned(),
        things => format!("expected {things}"),
    };
    let diagnostic = Diagnostic::new(Code::UnexpectedText, message).label(found.span, label);
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}
