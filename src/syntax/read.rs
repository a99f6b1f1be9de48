//! Reads a file piece by piece, so that nothing that is wrong in one hides what stands in another.
//!
//! In: the text of a file. Out: its tree, comments and diagnostics. An item is first read as a whole; one that the
//! grammar cannot read is cut into its fields, and a `match` into its joined criteria, and each of them is read alone.

use std::ops::Range;

use pest::iterators::Pair;

use super::brackets;
use super::build::{Builder, Built, Part};
use super::depth;
use super::docs::Docs;
use super::expected;
use super::grammar::{PieceText, Rule};
use super::items::{self, BrokenBrace, Piece};
use super::token::{Kind, Tokens, scan};
use super::{Parsed, mistakes, words};
use crate::base::{Source, SourceId, Span, Spanned, suggest};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::syntax::ast::{Audience, Connect, Defaults, Field, File, Item, Match, Split};

/// How many slips of one piece are mended for the sake of reading on.
const MENDS: usize = 8;

/// Reads one file.
pub(super) fn read(source: &Source, id: SourceId) -> Parsed {
    let tokens = scan(&source.text, id);
    let pieces = items::cut(&tokens);
    let mut reader =
        Reader { tokens: &tokens, source: id, diagnostics: Diagnostics::default(), noted: Vec::new(), broken: None };
    reader.note_tokens(&pieces);
    let mut file = File { version: None, items: Vec::new() };
    let mut docs = Docs::new(&tokens);
    let mut versions: Vec<(Spanned<u64>, Span, bool)> = Vec::new();
    for piece in &pieces {
        let span = reader.range(piece.tokens.clone());
        match reader.item(piece) {
            Some(Built::Version(number)) => versions.push((number, span, piece.tokens.start == 0)),
            Some(Built::Item(item)) => file.items.push(docs.attach(item, span.start)),
            None => {}
        }
        docs.skip(span.end);
    }
    file.version = reader.version(&versions);
    let mut diagnostics = Diagnostics::default();
    let tidied = |found: Diagnostic| Diagnostic { fix: found.fix.map(|fix| fix.tidied(&source.text)), ..found };
    diagnostics.extend(reader.diagnostics.into_sorted().into_iter().map(tidied));
    Parsed { file, comments: docs.comments(), diagnostics }
}

/// Reads the pieces of one file.
pub(super) struct Reader<'a> {
    pub(super) tokens: &'a Tokens<'a>,
    source: SourceId,
    diagnostics: Diagnostics,
    /// Bytes of what is reported already, ascending: what the grammar says behind one of them, in the same piece, would
    /// be its consequence.
    noted: Vec<usize>,
    /// An unclosed brace of the item being read.
    pub(super) broken: Option<BrokenBrace>,
}

impl<'a> Reader<'a> {
    fn note(&mut self, at: usize, diagnostic: Diagnostic) {
        self.noted.push(at);
        self.diagnostics.push(diagnostic);
    }

    fn token_span(&self, index: usize) -> Span {
        self.tokens
            .get(index)
            .map_or(Span::new(self.source, 0, 0), |token| Span::new(self.source, token.start, token.end))
    }

    /// The span of a range of tokens.
    pub(super) fn range(&self, tokens: Range<usize>) -> Span {
        match tokens.end.checked_sub(1) {
            Some(last) if last >= tokens.start => self.token_span(tokens.start).to(self.token_span(last)),
            _ => self.token_span(tokens.start).before(),
        }
    }

    /// Reports what shows before the grammar reads: texts and brackets that are not closed.
    fn note_tokens(&mut self, pieces: &[Piece]) {
        for (index, token) in self.tokens.all.iter().enumerate() {
            if token.kind == (Kind::Text { closed: false }) {
                let span = self.token_span(index);
                self.note(token.start, mistakes::unterminated(span));
            }
        }
        let texts = self.noted.clone();
        for piece in pieces {
            let span = self.range(piece.tokens.clone());
            let first = texts.partition_point(|at| *at < span.start as usize);
            if texts.get(first).is_none_or(|at| *at >= span.end as usize) {
                self.note_brackets(piece);
            }
        }
        self.noted.sort_unstable();
    }

    fn note_brackets(&mut self, piece: &Piece) {
        if let Some(index) = brackets::unclosed(self.tokens, piece) {
            let (bracket, close) = match self.tokens.word(index) {
                "(" => ("(", ")"),
                "[" => ("[", "]"),
                _ => ("{", "}"),
            };
            let span = self.token_span(index);
            self.note(span.start as usize, mistakes::unclosed(span, bracket, close));
        }
    }

    /// Checks what stands before all items.
    fn version(&mut self, found: &[(Spanned<u64>, Span, bool)]) -> Option<Spanned<u64>> {
        let start = if self.tokens.text.starts_with('\u{feff}') { 3 } else { 0 };
        let start = Span::new(self.source, start, start);
        let Some((number, item, first)) = found.first() else {
            let word = self.tokens.word(0);
            if word != "version" && (word.len() > 20 || suggest::best(word, ["version"]).is_none()) {
                let first = if self.tokens.all.is_empty() { start } else { self.token_span(0) };
                self.diagnostics.push(mistakes::missing_version(start, first));
            }
            return None;
        };
        if !first {
            self.diagnostics.push(mistakes::misplaced_version(*item, start, number.value));
        }
        if number.value != 1 {
            self.diagnostics.push(mistakes::unknown_version(*number));
        }
        for (_, again, _) in found.iter().skip(1) {
            self.diagnostics.push(mistakes::repeated_version(*again, *item));
        }
        Some(*number)
    }

    fn item(&mut self, piece: &Piece) -> Option<Built> {
        self.broken = if piece.closed { None } else { items::culprit(self.tokens, piece) };
        if let Some(deep) = depth::too_deep(self.tokens, piece.tokens.clone()) {
            let at = self.token_span(deep);
            self.diagnostics.push(mistakes::too_deep(at));
        } else if let Some(built) = self.whole(Rule::item_piece, &piece.tokens, |builder, pair| builder.item(&pair)) {
            return built;
        }
        let word = self.tokens.word(piece.tokens.start);
        let meant = items::nearest_item(word);
        match (meant, piece.open) {
            (Some("audience"), Some(open)) => self.audience(piece, open),
            (Some("defaults"), Some(open)) => self.defaults(piece, open),
            (Some("bulk"), Some(open)) => self.bulk(piece, open),
            (Some("guard"), Some(open)) => self.guard(piece, open),
            (Some("test"), Some(open)) => self.test(piece, open),
            _ if depth::too_deep(self.tokens, piece.tokens.clone()).is_some() => None,
            _ => self.piece(Rule::item_piece, piece.tokens.clone(), |builder, pair| builder.item(&pair)),
        }
    }

    fn audience(&mut self, piece: &Piece, open: usize) -> Option<Built> {
        let start = self.piece(Rule::audience_start, piece.tokens.start..open + 1, |builder, pair| builder.item(&pair));
        let fields = self.fields(piece, open);
        let Some(Built::Item(Item::Audience(audience))) = start else { return None };
        Some(Built::Item(Item::Audience(Audience { fields, span: self.range(piece.tokens.clone()), ..audience })))
    }

    fn defaults(&mut self, piece: &Piece, open: usize) -> Option<Built> {
        self.piece(Rule::defaults_start, piece.tokens.start..open + 1, |builder, pair| builder.item(&pair))?;
        let fields = self.fields(piece, open);
        Some(Built::Item(Item::Defaults(Defaults { fields, span: self.range(piece.tokens.clone()) })))
    }

    /// The tokens between the braces of a block.
    pub(super) fn inside(&self, piece: &Piece, open: usize) -> Range<usize> {
        let last = piece.tokens.end.saturating_sub(1);
        // Where an inner block is broken, the last brace still closes the outer one.
        let closed =
            piece.closed || self.broken.is_some_and(|broken| broken.open > open && broken.end < piece.tokens.end);
        let end = if closed && self.tokens.is_bracket(last, b'}') { last } else { piece.tokens.end };
        open + 1..end.max(open + 1)
    }

    fn fields(&mut self, piece: &Piece, open: usize) -> Vec<Spanned<Field>> {
        let parts = items::parts(self.tokens, self.inside(piece, open), words::FIELDS, self.broken);
        parts.iter().filter_map(|part| self.field(part)).collect()
    }

    fn field(&mut self, piece: &Piece) -> Option<Spanned<Field>> {
        let deep = depth::too_deep(self.tokens, piece.tokens.clone()).is_some();
        if !deep {
            let whole = self.whole(Rule::field_piece, &piece.tokens, |builder, pair| builder.field(&pair));
            if let Some(field) = whole {
                return field;
            }
        }
        let start = piece.tokens.start;
        let (span, header) = (self.range(piece.tokens.clone()), piece.open.map(|open| start..open + 1));
        match (self.tokens.word(start), header) {
            ("match", Some(header)) if header.len() == 2 => {
                let inside = self.inside(piece, start + 1);
                let parts = if deep { Vec::new() } else { self.matched(inside) };
                let mut diagnostics = Diagnostics::default();
                let text = PieceText::new("", self.source, 0);
                let group = Builder { piece: &text, diagnostics: &mut diagnostics }.assemble(parts);
                self.diagnostics.append(diagnostics);
                let braces = Span { start: self.token_span(start + 1).start, ..span };
                Some(Spanned::new(Field::Match(Match { group, span: braces }), span))
            }
            _ if deep => None,
            ("split", Some(header)) => self.split(piece, header).map(|split| Spanned::new(Field::Split(split), span)),
            ("connect", Some(header)) => {
                self.connect(piece, header).map(|connect| Spanned::new(Field::Connect(connect), span))
            }
            _ => self.piece(Rule::field_piece, piece.tokens.clone(), |builder, pair| builder.field(&pair)),
        }
    }

    /// The parts of a `match`, each line that starts with a joiner or `exclude` read alone.
    fn matched(&mut self, inside: Range<usize>) -> Vec<Part> {
        let mut starts = vec![inside.start];
        let mut parens = 0usize;
        for index in inside.clone() {
            match self.tokens.get(index).map(|token| (token.kind, token.first_of_line)) {
                Some((Kind::Bracket(b'('), _)) => parens += 1,
                Some((Kind::Bracket(b')'), _)) => parens = parens.saturating_sub(1),
                Some((_, true)) if parens == 0 && index > inside.start && self.joins(index) => starts.push(index),
                _ => {}
            }
        }
        let ends = starts.iter().skip(1).copied().chain([inside.end]);
        let segments: Vec<Range<usize>> = starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect();
        let mut parts: Vec<Part> = Vec::new();
        for (number, segment) in segments.into_iter().enumerate() {
            let found = self.piece(Rule::body_piece, segment, |builder, pair| Some(builder.parts(&pair)));
            let mut found = found.unwrap_or_default();
            if let (true, true, Some(first)) = (number > 0, parts.is_empty(), found.first_mut()) {
                first.joiner = None;
            }
            parts.append(&mut found);
        }
        parts
    }

    fn joins(&self, index: usize) -> bool {
        let word = self.tokens.word(index);
        ["and", "or", "exclude"].iter().any(|joiner| word.eq_ignore_ascii_case(joiner)) || matches!(word, "&&" | "||")
    }

    fn split(&mut self, piece: &Piece, header: Range<usize>) -> Option<Split> {
        let open = header.end - 1;
        let start = self.piece(Rule::split_start, header, |builder, pair| builder.field(&pair))?;
        let Field::Split(mut split) = start.value else { return None };
        for part in items::parts(self.tokens, self.inside(piece, open), &["variant", "salt"], self.broken) {
            self.piece(Rule::split_part_piece, part.tokens, |builder, pair| {
                builder.split_part(&mut split, &pair);
                Some(())
            });
        }
        Some(split)
    }

    fn connect(&mut self, piece: &Piece, header: Range<usize>) -> Option<Connect> {
        let open = header.end - 1;
        let start = self.piece(Rule::connect_start, header, |builder, pair| builder.field(&pair))?;
        let Field::Connect(mut connect) = start.value else { return None };
        const WORDS: [&str; 4] = ["variant", "status", "share", "with"];
        for part in items::parts(self.tokens, self.inside(piece, open), &WORDS, self.broken) {
            self.piece(Rule::connect_part_piece, part.tokens, |builder, pair| {
                builder.connect_part(&mut connect, &pair);
                Some(())
            });
        }
        Some(connect)
    }

    fn text(&self, tokens: &Range<usize>) -> PieceText<'a> {
        let span = self.range(tokens.clone());
        PieceText::new(self.tokens.slice(span.start as usize, span.end as usize), self.source, span.start as usize)
    }

    /// Reads a piece as it stands; the outer `None` where the grammar cannot.
    pub(super) fn whole<T>(
        &mut self,
        rule: Rule,
        tokens: &Range<usize>,
        build: impl FnOnce(&mut Builder, Pair<Rule>) -> Option<T>,
    ) -> Option<Option<T>> {
        let text = self.text(tokens);
        let pair = text.parse(rule).ok()?.next()?;
        Some(build(&mut Builder { piece: &text, diagnostics: &mut self.diagnostics }, pair))
    }

    /// Reads a piece, mending slips on the way; what cannot be mended is reported and ends the piece.
    pub(super) fn piece<T>(
        &mut self,
        rule: Rule,
        tokens: Range<usize>,
        build: impl FnOnce(&mut Builder, Pair<Rule>) -> Option<T>,
    ) -> Option<T> {
        let mut text = self.text(&tokens);
        let mut last = None;
        for _ in 0..MENDS {
            let error = match text.parse(rule) {
                Ok(mut pairs) => {
                    let pair = pairs.next()?;
                    return build(&mut Builder { piece: &text, diagnostics: &mut self.diagnostics }, pair);
                }
                Err(error) => error,
            };
            let stuck = expected::explain(&text, self.tokens, &error);
            let consequence = self.is_consequence(&tokens, text.in_file(stuck.at));
            let mend = if consequence {
                stuck.brackets.first().map(|bracket| (stuck.at, stuck.at, (*bracket).to_owned()))
            } else {
                self.diagnostics.push(stuck.diagnostic);
                stuck.mend
            };
            let (start, end, with) = mend.filter(|_| last.is_none_or(|last| stuck.at > last))?;
            last = Some(stuck.at);
            text.mend(start, end, &with);
        }
        None
    }

    /// Whether something that is reported already stands before a byte in the same piece.
    fn is_consequence(&self, tokens: &Range<usize>, at: usize) -> bool {
        let start = self.range(tokens.clone()).start as usize;
        let first = self.noted.partition_point(|noted| *noted < start);
        self.noted.get(first).is_some_and(|noted| *noted < at)
    }
}
