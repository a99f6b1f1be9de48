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
    pub(super) closers: Vec<&'static str>,
}

/// What stands where reading stopped.
struct Found<'a> {
    text: &'a str,
    span: Span,
    is_word: bool,
    first_of_line: bool,
    /// Its bytes in the piece; empty at the end.
    local: (usize, usize),
}

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
    let closers = rules.iter().filter_map(|rule| match rule {
        Rule::close => Some("}"),
        Rule::close_paren => Some(")"),
        Rule::close_bracket => Some("]"),
        _ => None,
    });
    Stuck { diagnostic, at, mend, closers: closers.collect() }
}

fn found<'a>(piece: &PieceText, tokens: &'a Tokens, at: usize) -> Found<'a> {
    let in_file = piece.in_file(at);
    let index = tokens.at_byte(in_file);
    let Some(token) = tokens.get(index) else {
        let end = tokens.all.last().map_or(0, |token| token.end);
        let span = piece.range(at, at).before();
        let span = Span { start: end as u32, end: end as u32, ..span };
        return Found { text: "", span, is_word: false, first_of_line: true, local: (at, at) };
    };
    let span = Span { start: token.start as u32, end: token.end as u32, ..piece.range(at, at) };
    let inside = at < piece.text().len();
    Found {
        text: tokens.word(index),
        span,
        is_word: token.kind == Kind::Word,
        first_of_line: token.first_of_line,
        local: if inside { (at, (at + token.end).saturating_sub(in_file.max(token.start))) } else { (at, at) },
    }
}

type Mend = Option<(usize, usize, String)>;

fn diagnose(found: &Found, rules: &[Rule]) -> (Diagnostic, Mend) {
    let here = |with: &str| Some((found.local.0, found.local.0, with.to_owned()));
    let candidates = candidates(rules);
    if found.is_word && found.text.len() < 40 {
        let lower = found.text.to_ascii_lowercase();
        let replaced = |with: &str| Some((found.local.0, found.local.1, with.to_owned()));
        if let Some(word) = candidates.iter().find(|word| **word == lower) {
            return (mistakes::instead(Code::WrongCase, found.span, found.text, word), replaced(word));
        }
        let joins = rules.contains(&Rule::kw_and) && rules.contains(&Rule::kw_exclude);
        if joins && CRITERION.contains(&found.text) {
            return (missing_joiner(found), here("and "));
        }
        let nearest = suggest::nearest(found.text, candidates.iter().copied());
        if let Some(best) = nearest.first() {
            let diagnostic =
                Diagnostic::new(Code::UnexpectedText, format!("`{}` is no word that can stand here", found.text))
                    .label(found.span, "not known here")
                    .did_you_mean(found.span, &nearest, str::to_owned);
            return (diagnostic, replaced(best));
        }
        if rules.contains(&Rule::comma) && !found.first_of_line {
            return (mistakes::missing_comma(found.span.before(), found.span), here(", "));
        }
    }
    (unexpected(found, rules), None)
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
    let label = if things.is_empty() { "cannot stand here".to_owned() } else { format!("expected {things}") };
    let diagnostic = Diagnostic::new(Code::UnexpectedText, message).label(found.span, label);
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// The expected things as people read them, at most a handful, and the words behind a kind of thing.
fn listed(rules: &[Rule]) -> (String, Option<String>) {
    let mut things: Vec<String> = Vec::new();
    let mut kinds: Vec<&'static KindOfWord> = Vec::new();
    for rule in rules {
        match meaning(*rule) {
            Meaning::Hidden => {}
            Meaning::Thing(thing) => things.push(thing.to_owned()),
            Meaning::Word(word) => match KINDS.iter().find(|kind| kind.words.contains(&word)) {
                Some(kind) => kinds.push(kind),
                None => things.push(format!("`{word}`")),
            },
            Meaning::Kind(kind) => kinds.extend([kind, kind]),
        }
    }
    let single: Vec<&KindOfWord> = kinds.clone();
    kinds.sort_by_key(|kind| kind.name);
    kinds.dedup_by_key(|kind| kind.name);
    let mut help = None;
    for kind in &kinds {
        if single.iter().filter(|each| each.name == kind.name).count() > 1 {
            things.push(kind.name.to_owned());
            help = Some(format!("{} {}", kind.introduction, enumerate(kind.words, "and")));
        } else {
            let word = rules.iter().find_map(|rule| match meaning(*rule) {
                Meaning::Word(word) if kind.words.contains(&word) => Some(word),
                _ => None,
            });
            things.extend(word.map(|word| format!("`{word}`")));
        }
    }
    things.sort();
    things.dedup();
    const MOST: usize = 6;
    if things.len() > MOST {
        things.truncate(MOST - 1);
        things.push("something else".to_owned());
        return (join(&things, "or"), None);
    }
    (join(&things, "or"), help.filter(|_| kinds.len() == 1))
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
        Rule::condition | Rule::condition_term | Rule::conditions => {
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
