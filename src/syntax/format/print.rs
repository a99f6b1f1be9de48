//! The tree to lines.

use super::blocks::claim_words;
use super::criteria::{self, inputs, literal, literals};
use super::document::{Entry, flat_entries};
use super::lines::{Lines, SHORT, WIDTH};
use crate::base::{Source, SourceId, Span, Spanned};
use crate::syntax::ast::{
    Access, Audience, Connect, Criterion, Field, Item, Match, NamedCriterion, Setting, SettingValue, Split, Standard,
    Status,
};
use crate::syntax::mistakes::quote;
use crate::syntax::token::{Tokens, scan};
use crate::syntax::{Comment, Parsed};

/// The canonical text of a file without errors.
pub(super) fn print(source: &Source, parsed: &Parsed) -> String {
    let mut comments = parsed.comments.clone();
    for item in &parsed.file.items {
        let docs = match item {
            Item::Audience(audience) => &audience.docs,
            Item::Criterion(criterion) => &criterion.docs,
            Item::Calculated(item) => &item.docs,
            Item::BulkConnect(item) => &item.docs,
            Item::Guard(item) => &item.docs,
            Item::Assert(item) => &item.docs,
            Item::Test(item) => &item.docs,
            Item::Defaults(_) | Item::Moved(_) => continue,
        };
        comments.extend(docs.iter().map(|doc| Comment { span: doc.span, own_line: true }));
    }
    comments.sort_by_key(|comment| comment.span.start);
    let tokens = scan(&source.text, SourceId(0));
    let mut printer = Printer { lines: Lines::new(source, comments), source, tokens };
    printer.file(parsed);
    printer.lines.finish()
}

/// Prints the items of a file.
pub(super) struct Printer<'a> {
    pub(super) lines: Lines<'a>,
    pub(super) source: &'a Source,
    pub(super) tokens: Tokens<'a>,
}

impl Printer<'_> {
    fn file(&mut self, parsed: &Parsed) {
        let mut after_block = true;
        if let Some(version) = &parsed.file.version {
            self.lines.start(version.span);
            self.lines.push(vec![format!("version {}", version.value)]);
            self.lines.trailing(version.span.end);
        }
        for item in &parsed.file.items {
            let block = self.is_block(item);
            if block || after_block {
                self.lines.blank();
            }
            self.item(item);
            self.lines.trailing(item.span().end);
            after_block = block;
        }
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Defaults(defaults) => self.block_item("defaults", &defaults.fields, defaults.span),
            Item::Audience(audience) => self.audience(audience),
            Item::Criterion(criterion) => self.named(criterion),
            Item::Calculated(item) => self.calculation(item),
            Item::BulkConnect(bulk) => self.bulk(bulk),
            Item::Guard(guard) => self.guard(guard),
            Item::Assert(assert) => {
                self.lines.start(assert.span);
                self.lines.push(vec![claim_words(&assert.claim)]);
            }
            Item::Test(test) => self.test(test),
            Item::Moved(moved) => {
                self.lines.start(moved.span);
                self.lines.push(vec![format!("moved {} to {}", moved.from.value, moved.to.value)]);
            }
        }
    }

    fn audience(&mut self, audience: &Audience) {
        let name = audience.name.as_ref().map_or(String::new(), |name| format!(" {}", quote(name)));
        let header = format!("audience {}{name}", audience.address.value);
        if let Some(line) = self.one_line(&header, audience) {
            self.lines.start(audience.span);
            self.lines.push(vec![line]);
        } else {
            self.block_item(&header, &audience.fields, audience.span);
        }
    }

    /// An audience that says nothing but a short `match`, and was written on one line.
    fn one_line(&self, header: &str, audience: &Audience) -> Option<String> {
        let [Spanned { value: Field::Match(matched), .. }] = audience.fields.as_slice() else { return None };
        let was_one_line = !self.source.slice(audience.span).contains('\n');
        let line = format!("{header} {{ {} }}", self.short_match(matched)?);
        (was_one_line && line.chars().count() <= SHORT).then_some(line)
    }

    fn block_item(&mut self, header: &str, fields: &[Spanned<Field>], span: Span) {
        self.lines.start_block(span.start);
        if fields.is_empty() && !self.lines.has_comment(span) {
            self.lines.push(vec![format!("{header} {{ }}")]);
            return;
        }
        let first = fields.first().map_or(span.end, |field| field.span.start);
        self.lines.open(format!("{header} {{"), first);
        for field in fields {
            self.field(field);
            self.lines.trailing(field.span.end);
        }
        self.lines.close(vec!["}".to_owned()], span.end);
    }

    fn named(&mut self, item: &NamedCriterion) {
        let header = format!("criterion {} =", item.address.value);
        let entries = match &item.criterion.value {
            // Parentheses around the whole say nothing, unless they hold one criterion alone.
            Criterion::Group(group) if group.terms.len() + group.excludes.len() > 1 || !group.excludes.is_empty() => {
                criteria::entries(group)
            }
            _ => vec![Entry { word: "", pieces: criteria::criterion(&item.criterion), span: item.criterion.span }],
        };
        self.line_item(header, &entries, item.span);
    }

    /// An item of one line, or of a header and lines below it where that is too wide.
    pub(super) fn line_item(&mut self, header: String, entries: &[Entry], span: Span) {
        let line = format!("{header} {}", flat_entries(entries));
        if line.chars().count() <= WIDTH && !self.lines.has_comment(span) {
            self.lines.start(span);
            self.lines.push(vec![line]);
            return;
        }
        self.lines.start_block(span.start);
        let first = entries.first().map_or(span.end, |entry| entry.span.start);
        self.lines.open(header, first);
        self.entries(entries);
        self.lines.leave(span);
        self.lines.indent -= 1;
    }

    fn field(&mut self, field: &Spanned<Field>) {
        let (word, value) = match &field.value {
            Field::Workspaces(names) => {
                let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
                (if names.len() == 1 { "workspace" } else { "workspaces" }, names.join(", "))
            }
            Field::Inputs(list) => ("inputs", inputs(list)),
            Field::Tags(tags) => ("tags", texts(tags)),
            Field::ExternalName(name) => ("external_name", quote(name)),
            Field::Status(status) => ("status", status_word(status.value).to_owned()),
            Field::Access(access) => ("access", access_word(access.value).to_owned()),
            Field::Protect(protect) => ("protect", protect.value.to_string()),
            Field::Standard(standard) => match &standard.value {
                Standard::All => ("standard", "all".to_owned()),
                Standard::Between(from, to) => ("standard", format!("between {} and {}", from.value, to.value)),
            },
            Field::Match(matched) => return self.matched(matched, field.span),
            Field::Split(split) => return self.split(split, field.span),
            Field::Connect(connect) => return self.connect(connect, field.span),
        };
        self.lines.start(field.span);
        self.lines.push(vec![word.to_owned(), value]);
    }

    /// `match { … }` on one line, where it holds one criterion, was written so, and has no comment, whatever its width.
    fn short_match(&self, matched: &Match) -> Option<String> {
        let single = matched.group.terms.len() + matched.group.excludes.len() == 1;
        let one_line = !self.source.slice(matched.span).contains('\n');
        let short = single && one_line && !self.lines.has_comment(matched.span);
        short.then(|| format!("match {{ {} }}", flat_entries(&criteria::entries(&matched.group))))
    }

    fn matched(&mut self, matched: &Match, span: Span) {
        let short = self.short_match(matched).filter(|line| self.lines.indent * 2 + line.chars().count() <= SHORT);
        if let Some(line) = short {
            self.lines.start(span);
            self.lines.push(vec![line]);
            return;
        }
        self.lines.start_block(span.start);
        let entries = criteria::entries(&matched.group);
        let first = entries.first().map_or(span.end, |entry| entry.span.start);
        self.lines.open("match {".to_owned(), first);
        self.entries(&entries);
        self.lines.close(vec!["}".to_owned()], span.end);
    }

    fn split(&mut self, split: &Split, span: Span) {
        let mut rows: Vec<Row> = Vec::new();
        if let Some(salt) = &split.salt {
            rows.push(Row {
                span: self.with_word(salt.span, 1),
                cells: vec![format!("salt {}", quote(salt))],
                inner: Vec::new(),
            });
        }
        for variant in &split.variants {
            let title = variant.title.as_ref().map_or(String::new(), |title| quote(title));
            let cells = vec![format!("variant {}", variant.name.value), title, format!("{}%", variant.share.text)];
            rows.push(Row { span: variant.span, cells, inner: Vec::new() });
        }
        self.block(&format!("split {}", split.name.value), rows, span);
    }

    /// A block of lines, in the order of the source.
    pub(super) fn block(&mut self, header: &str, mut rows: Vec<Row>, span: Span) {
        rows.sort_by_key(|row| row.span.start);
        self.lines.start_block(span.start);
        if rows.is_empty() && !self.lines.has_comment(span) {
            self.lines.push(vec![format!("{header} {{ }}")]);
            return;
        }
        self.lines.open(format!("{header} {{"), rows.first().map_or(span.end, |row| row.span.start));
        for row in rows {
            self.row(row);
        }
        self.lines.close(vec!["}".to_owned()], span.end);
    }

    fn row(&mut self, row: Row) {
        let width = self.lines.indent * 2 + row.cells.iter().map(|cell| cell.chars().count() + 1).sum::<usize>();
        if row.inner.is_empty() || width <= SHORT && !self.lines.has_comment(row.span) {
            self.lines.start(row.span);
            self.lines.push(row.cells);
        } else {
            self.lines.start_block(row.span.start);
            let word = row.cells.first().map_or("", String::as_str);
            let first = row.inner.first().map_or(row.span.end, |(span, _)| span.start);
            self.lines.open(format!("{word} {{"), first);
            for (span, cells) in row.inner {
                self.lines.start(span);
                self.lines.push(cells);
                self.lines.trailing(span.end);
            }
            self.lines.close(vec!["}".to_owned()], row.span.end);
        }
        self.lines.trailing(row.span.end);
    }

    fn connect(&mut self, connect: &Connect, span: Span) {
        let header = format!("connect {}", connect.output.value);
        if !connect.has_block {
            self.lines.start(span);
            self.lines.push(vec![header]);
            return;
        }
        let rows = self.connect_rows(connect);
        self.block(&header, rows, span);
    }

    /// The lines of a connection.
    pub(super) fn connect_rows(&self, connect: &Connect) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        let mut row = |span: Span, word: &str, value: String, inner| {
            rows.push(Row { span, cells: vec![word.to_owned(), value], inner });
        };
        if let Some(variant) = &connect.variant {
            row(self.with_word(variant.span, 1), "variant", variant.value.to_string(), Vec::new());
        }
        if let Some(sending) = &connect.sending {
            row(
                self.with_word(sending.span, 1),
                "status",
                if sending.value { "sending" } else { "inactive" }.to_owned(),
                Vec::new(),
            );
        }
        if let Some(whole) = connect.share.iter().map(|share| share.span).reduce(Span::to) {
            row(self.with_word(whole, 1), "share", texts(&connect.share), Vec::new());
        }
        let settings: Vec<(Span, Vec<String>)> = connect.settings.iter().map(setting).collect();
        if let Some(whole) = settings.iter().map(|(span, _)| *span).reduce(Span::to) {
            let flat: Vec<String> = settings.iter().map(|(_, cells)| cells.join(" ")).collect();
            row(self.with_braces(whole), "with", format!("{{ {} }}", flat.join(" ")), settings);
        }
        rows
    }
}

impl Printer<'_> {
    /// The span of a value with the tokens before it, which the tree does not keep: its word, and a brace after it.
    pub(super) fn with_word(&self, value: Span, tokens: usize) -> Span {
        let first = self.tokens.at_byte(value.start as usize).checked_sub(tokens);
        let start = first.and_then(|first| self.tokens.get(first)).map_or(value.start, |token| token.start as u32);
        Span { start, ..value }
    }

    /// The span of settings with their word and braces.
    fn with_braces(&self, settings: Span) -> Span {
        let close = self.tokens.get(self.tokens.at_byte(settings.end as usize));
        let end = close.map_or(settings.end, |close| close.end as u32);
        Span { end, ..self.with_word(settings, 2) }
    }
}

/// One line of a block, or the block of its own that it becomes where it is too wide.
pub(super) struct Row {
    pub(super) span: Span,
    pub(super) cells: Vec<String>,
    pub(super) inner: Vec<(Span, Vec<String>)>,
}

pub(super) fn texts(texts: &[Spanned<String>]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quote(text)).collect();
    texts.join(", ")
}

fn setting(setting: &Setting) -> (Span, Vec<String>) {
    let value = match &setting.value.value {
        SettingValue::Literal(value) => literal(value),
        SettingValue::Boolean(value) => value.to_string(),
        SettingValue::List(values) => literals(values),
    };
    (setting.key.span.to(setting.value.span), vec![setting.key.value.to_string(), value])
}

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Draft => "draft",
        Status::Active => "active",
    }
}

fn access_word(access: Access) -> &'static str {
    match access {
        Access::Private => "private",
        Access::ViewOnly => "view_only",
        Access::Usable => "usable",
    }
}
