//! What the grammar expected, in the words of the language.
//!
//! In: where a piece could not be read and the rules that were tried there. Out: a diagnostic on the offending token, and
//! where the author's meaning is likely enough to read on with, what to read instead.

use pest::error::{Error, ErrorVariant, InputLocation};

use super::grammar::{PieceText, Rule};
use super::mistakes::{self, shorten};
use super::token::{Kind, Tokens};
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
    let candidates = candidates(rules);
    let lower = found.text.to_ascii_lowercase();
    if let Some(word) = candidates.iter().find(|word| **word == lower && lower != found.text) {
        return (mistakes::instead(Code::WrongCase, found.span, found.text, word), found.replaced(word));
    }
    let joins = expects(Rule::kw_and) && expects(Rule::kw_exclude);
    if joins && CRITERION.contains(&found.text) {
        return (missing_joiner(found), found.inserted("and "));
    }
    let nearest = suggest::nearest(found.text, candidates.iter().copied());
    if let Some(best) = nearest.first().filter(|_| found.inside) {
        let message = format!("`{}` is no word that can stand here", found.text);
        let diagnostic = Diagnostic::new(Code::UnexpectedText, message)
            .label(found.span, "not known here")
            .did_you_mean(found.span, &nearest, str::to_owned);
        return (diagnostic, found.replaced(best));
    }
    let is_keyword = WORDS.iter().any(|(_, word)| *word == found.text);
    if found.inside && !found.first_of_line && !is_keyword {
        if expects(Rule::comma) {
            return (mistakes::missing_comma(found.span.before(), found.span), found.inserted(", "));
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
    let (things, help) = listed(rules);
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

/// The expected things as people read them, at most a handful, and the words behind a kind of thing.
fn listed(rules: &[Rule]) -> (String, Option<String>) {
    const MOST: usize = 6;
    let (mut things, mut words): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut kinds: Vec<(&'static KindOfWord, Option<&'static str>)> = Vec::new();
    for rule in rules {
        match meaning(*rule) {
            Meaning::Hidden => {}
            Meaning::Thing(thing) => things.push(thing.to_owned()),
            Meaning::Kind(kind) => add_kind(&mut kinds, kind, None),
            Meaning::Word(word) => match KINDS.iter().find(|kind| kind.words.contains(&word)) {
                Some(kind) => add_kind(&mut kinds, kind, Some(word)),
                None => words.push(format!("`{word}`")),
            },
        }
    }
    let mut help = None;
    for (kind, only) in &kinds {
        match only {
            Some(word) => words.push(format!("`{word}`")),
            None => {
                things.push(kind.name.to_owned());
                help = Some(format!("{} {}", kind.introduction, enumerate(kind.words, "and")));
            }
        }
    }
    things.append(&mut words);
    let mut seen = Vec::new();
    things.retain(|thing| {
        !seen.contains(thing) && {
            seen.push(thing.clone());
            true
        }
    });
    if things.len() > MOST {
        things.truncate(MOST - 1);
        things.push("something else".to_owned());
        help = None;
    }
    (join(&things, "or"), help.filter(|_| kinds.len() == 1))
}

/// Notes a kind: by its single word, or by its name where several of its words are expected.
fn add_kind(
    kinds: &mut Vec<(&'static KindOfWord, Option<&'static str>)>,
    kind: &'static KindOfWord,
    word: Option<&'static str>,
) {
    match kinds.iter_mut().find(|(other, _)| other.name == kind.name) {
        Some((_, only)) => *only = only.filter(|only| Some(*only) == word),
        None => kinds.push((kind, word)),
    }
}

fn enumerate(words: &[&str], last: &str) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    join(&words, last)
}

fn join(things: &[String], last: &str) -> String {
    match things {
        [] => String::new(),
        [only] => only.clone(),
        [head @ .., tail] => format!("{} {last} {tail}", head.join(", ")),
    }
}

/// Words of one kind, which a message names together.
struct KindOfWord {
    name: &'static str,
    introduction: &'static str,
    words: &'static [&'static str],
}

const CRITERION: &[&str] = &["everyone", "user", "event", "audience", "criterion", "identity", "first", "last", "not"];
const ITEM: KindOfWord = KindOfWord {
    name: "an item",
    introduction: "items start with",
    words: &["version", "defaults", "audience", "criterion", "moved"],
};
const FIELD: KindOfWord = KindOfWord {
    name: "a field of an audience",
    introduction: "the fields are",
    words: &[
        "workspace",
        "workspaces",
        "inputs",
        "tags",
        "external_name",
        "status",
        "access",
        "protect",
        "match",
        "split",
        "connect",
    ],
};
const CRITERIA: KindOfWord = KindOfWord { name: "a criterion", introduction: "criteria start with", words: CRITERION };
const OPERATOR: KindOfWord = KindOfWord {
    name: "an operator",
    introduction: "operators are `=`, `!=`, `<`, `<=`, `>`, `>=`,",
    words: &["is", "contains", "starts", "ends", "matches", "includes", "partially", "does", "exists"],
};
const COUNT: KindOfWord =
    KindOfWord { name: "a count", introduction: "counts start with", words: &["at", "fewer", "exactly", "never"] };
const TIME: KindOfWord = KindOfWord {
    name: "a time",
    introduction: "times start with",
    words: &["within", "between", "more", "before", "after", "on"],
};
const UNIT: KindOfWord = KindOfWord {
    name: "a unit of time",
    introduction: "units are",
    words: &["seconds", "minutes", "hours", "days", "weeks"],
};

/// A kind that a word belongs to is the first one that lists it.
static KINDS: [KindOfWord; 7] = [ITEM, FIELD, CRITERIA, OPERATOR, COUNT, TIME, UNIT];

/// What a rule means to the author.
enum Meaning {
    /// A spelling that is read but not offered.
    Hidden,
    /// A word of the language.
    Word(&'static str),
    /// Something else.
    Thing(&'static str),
    /// One of several words.
    Kind(&'static KindOfWord),
}

fn meaning(rule: Rule) -> Meaning {
    let [_, _, criteria, operator, count, time, unit] = &KINDS;
    if let Some((_, word)) = WORDS.iter().find(|(each, _)| *each == rule) {
        return Meaning::Word(word);
    }
    match rule {
        Rule::name | Rule::input | Rule::input_list | Rule::label => Meaning::Thing("a name"),
        Rule::string | Rule::text_list => Meaning::Thing("a text in quotes"),
        Rule::number | Rule::quantity => Meaning::Thing("a number"),
        Rule::date => Meaning::Thing("a date such as `2018-09-09`"),
        Rule::open => Meaning::Thing("`{`"),
        Rule::close => Meaning::Thing("`}`"),
        Rule::open_paren => Meaning::Thing("`(`"),
        Rule::close_paren => Meaning::Thing("`)`"),
        Rule::open_bracket | Rule::literal_list => Meaning::Thing("`[`"),
        Rule::close_bracket => Meaning::Thing("`]`"),
        Rule::comma => Meaning::Thing("`,`"),
        Rule::percent => Meaning::Thing("`%`"),
        Rule::condition | Rule::condition_term | Rule::condition_body | Rule::conditions => {
            Meaning::Thing("a condition such as `\"price\" > 20`")
        }
        Rule::qualifier => Meaning::Hidden,
        Rule::body | Rule::term | Rule::seen | Rule::exclusion => Meaning::Kind(criteria),
        Rule::exists | Rule::boolean | Rule::comparison | Rule::equals | Rule::unequal | Rule::less | Rule::greater => {
            Meaning::Kind(operator)
        }
        Rule::is | Rule::is_not | Rule::at_most_symbol | Rule::at_least_symbol => Meaning::Kind(operator),
        Rule::unit => Meaning::Kind(unit),
        Rule::at_least | Rule::between_times => Meaning::Kind(count),
        Rule::within_last => Meaning::Kind(time),
        Rule::workspaces => Meaning::Word("workspaces"),
        Rule::version | Rule::audience | Rule::defaults => Meaning::Thing("an item"),
        _ => Meaning::Hidden,
    }
}

/// The words that a misspelt word may have been.
fn candidates(rules: &[Rule]) -> Vec<&'static str> {
    let mut words: Vec<&'static str> = Vec::new();
    for rule in rules {
        match (rule, meaning(*rule)) {
            (Rule::seen, _) => words.extend(["first", "last"]),
            (Rule::exists, _) => words.extend(["exists", "does"]),
            (Rule::workspaces, _) => words.extend(["workspace", "workspaces"]),
            (Rule::version, _) => words.extend(ITEM.words),
            (_, Meaning::Word(word)) => words.push(word),
            (_, Meaning::Kind(kind)) => words.extend(kind.words),
            _ => {}
        }
    }
    words.sort_unstable();
    words.dedup();
    words
}

macro_rules! words {
    ($($rule:ident $word:literal,)*) => {
        /// The rules of single words.
        const WORDS: &[(Rule, &str)] = &[$((Rule::$rule, $word),)*];
    };
}

words! {
    kw_version "version", kw_defaults "defaults", kw_audience "audience", kw_criterion "criterion", kw_moved "moved",
    kw_to "to", kw_workspace "workspace", kw_workspaces "workspaces", kw_inputs "inputs", kw_tags "tags",
    kw_external_name "external_name", kw_status "status", kw_draft "draft", kw_active "active", kw_access "access",
    kw_private "private", kw_view_only "view_only", kw_usable "usable", kw_protect "protect", kw_true "true",
    kw_false "false", kw_match "match", kw_split "split", kw_salt "salt", kw_variant "variant", kw_connect "connect",
    kw_sending "sending", kw_inactive "inactive", kw_share "share", kw_with "with", kw_and "and", kw_or "or",
    kw_exclude "exclude", kw_not "not", kw_everyone "everyone", kw_user "user", kw_list "list", kw_first "first",
    kw_last "last", kw_seen "seen", kw_identity "identity", kw_event "event", kw_type "type", kw_where "where",
    kw_in "in", kw_product "product", kw_action "action", kw_is "is", kw_empty "empty", kw_exists "exists",
    kw_does "does", kw_exist "exist", kw_between "between", kw_contains "contains", kw_contain "contain",
    kw_starts "starts", kw_start "start", kw_ends "ends", kw_end "end", kw_matches "matches", kw_match_op "match",
    kw_includes "includes", kw_include "include", kw_partially "partially", kw_at "at", kw_least "least",
    kw_most "most", kw_more "more", kw_fewer "fewer", kw_than "than", kw_exactly "exactly", kw_never "never",
    kw_times "times", kw_within "within", kw_ago "ago", kw_before "before", kw_after "after", kw_on "on",
}
