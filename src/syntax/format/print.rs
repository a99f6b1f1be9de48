//! Items, fields and groups, line by line.

use super::WIDTH;
use super::page::Page;
use super::words::{self, quoted};
use crate::base::{Span, Spanned};
use crate::syntax::Parsed;
use crate::syntax::ast::{Audience, Connect, Criterion, Doc, Field, Group, Item, Match, Split};

/// A whole file.
pub(super) fn file(parsed: &Parsed, text: &str) -> String {
    let mut page = Page::new(text, &parsed.comments);
    if let Some(version) = &parsed.file.version {
        page.line(0, &format!("version {}", version.value), version.span);
    }
    for (at, item) in parsed.file.items.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| parsed.file.items.get(before));
        // Renames and named criteria may stand close together; everything else is set apart.
        let close = matches!(
            (before, item),
            (Some(Item::Moved(_)), Item::Moved(_)) | (Some(Item::Criterion(_)), Item::Criterion(_))
        );
        if !close {
            page.part();
        }
        self::item(&mut page, item);
    }
    page.finish()
}

fn item(page: &mut Page<'_>, item: &Item) {
    match item {
        Item::Defaults(defaults) => {
            let start = defaults.span.start as usize;
            page.open(0, "defaults {", start, start);
            fields(page, &defaults.fields);
            page.close(0, "}", defaults.span.end as usize);
        }
        Item::Audience(each) => audience(page, each),
        Item::Criterion(each) => {
            docs(page, &each.docs);
            let prefix = format!("criterion {} = ", each.address.value);
            term(page, 0, &prefix, &each.criterion, each.span.start as usize);
        }
        Item::Moved(each) => page.line(0, &format!("moved {} to {}", each.from.value, each.to.value), each.span),
    }
}

fn docs(page: &mut Page<'_>, docs: &[Doc]) {
    for doc in docs {
        page.line(0, format!("## {}", doc.value.trim()).trim_end(), doc.span);
    }
}

fn audience(page: &mut Page<'_>, audience: &Audience) {
    docs(page, &audience.docs);
    let name = audience.name.as_ref().map_or_else(String::new, |name| format!(" {}", quoted(name)));
    let head = audience.name.as_ref().map_or(audience.address.span, |name| name.span);
    if let [Spanned { value: Field::Match(body), .. }] = audience.fields.as_slice()
        && !page.is_broken(audience.span)
    {
        let text = format!("audience {}{name} {{ match {{ {} }} }}", audience.address.value, words::group(&body.group));
        if fits(0, &text) {
            page.line(0, &text, audience.span);
            return;
        }
    }
    let text = format!("audience {}{name} {{", audience.address.value);
    page.open(0, &text, audience.span.start as usize, head.end as usize);
    fields(page, &audience.fields);
    page.close(0, "}", audience.span.end as usize);
}

fn fits(depth: usize, text: &str) -> bool {
    depth * 2 + text.chars().count() <= WIDTH
}

/// A field of one line: its word and its value.
fn simple(field: &Field) -> Option<(&'static str, String)> {
    Some(match field {
        Field::Workspaces(names) if names.len() == 1 => ("workspace", words::list(names, ToString::to_string)),
        Field::Workspaces(names) => ("workspaces", words::list(names, ToString::to_string)),
        Field::Inputs(inputs) => ("inputs", words::list(inputs, words::input)),
        Field::Tags(tags) => ("tags", words::list(tags, |tag| quoted(tag))),
        Field::ExternalName(name) => ("external_name", quoted(name)),
        Field::Status(status) => ("status", words::status(status.value).to_owned()),
        Field::Access(access) => ("access", words::access(access.value).to_owned()),
        Field::Protect(protect) => ("protect", protect.value.to_string()),
        Field::Match(_) | Field::Split(_) | Field::Connect(_) => return None,
    })
}

/// The fields of a block. Values of neighbours that no blank line parts stand in one column.
fn fields(page: &mut Page<'_>, fields: &[Spanned<Field>]) {
    let mut width = 0;
    for (at, field) in fields.iter().enumerate() {
        let Some((word, value)) = simple(field) else {
            width = 0;
            block(page, field);
            continue;
        };
        if width == 0 || starts_run(page, fields, at) {
            width = run_width(page, fields, at);
        }
        page.line(1, &format!("{word:width$} {value}"), field.span);
    }
}

/// Whether a blank line parts a field from the one before it.
fn starts_run(page: &Page<'_>, fields: &[Spanned<Field>], at: usize) -> bool {
    let Some(pair) = at.checked_sub(1).and_then(|before| fields.get(before..=at)) else { return true };
    matches!(pair, [before, field] if page.has_blank(before.span.end as usize, field.span.start as usize))
}

/// The longest word of the run of simple fields that begins here.
fn run_width(page: &Page<'_>, fields: &[Spanned<Field>], from: usize) -> usize {
    let mut width = 0;
    for (at, field) in fields.iter().enumerate().skip(from) {
        match simple(field) {
            Some((word, _)) if at == from || !starts_run(page, fields, at) => width = width.max(word.len()),
            _ => break,
        }
    }
    width
}

fn block(page: &mut Page<'_>, field: &Spanned<Field>) {
    match &field.value {
        Field::Match(body) => self::body(page, body, field.span),
        Field::Split(split) => self::split(page, split, field.span),
        Field::Connect(connect) => self::connect(page, connect, field.span),
        _ => {}
    }
}

fn body(page: &mut Page<'_>, body: &Match, span: Span) {
    let short = format!("match {{ {} }}", words::group(&body.group));
    if !page.is_broken(body.span) && fits(1, &short) {
        page.line(1, &short, span);
        return;
    }
    let start = span.start as usize;
    page.open(1, "match {", start, start);
    group(page, 2, &body.group);
    page.close(1, "}", span.end as usize);
}

/// The terms of a group, one a line.
fn group(page: &mut Page<'_>, depth: usize, group: &Group) {
    for (at, each) in group.terms.iter().enumerate() {
        let prefix = if at == 0 { "" } else { words::joiner(group.joiner) };
        term(page, depth, prefix, each, each.span.start as usize);
    }
    for each in &group.excludes {
        term(page, depth, "exclude ", each, each.span.start as usize);
    }
}

/// One criterion: on one line, or with a group opened up where it is too long or has a comment inside.
fn term(page: &mut Page<'_>, depth: usize, prefix: &str, criterion: &Spanned<Criterion>, start: usize) {
    let text = format!("{prefix}{}", words::criterion(criterion));
    let span = Span { start: start as u32, ..criterion.span };
    let (head, inner) = opened(criterion);
    match inner {
        Some(inner) if !fits(depth, &text) || page.has_comment(criterion.span) => {
            page.open(depth, &format!("{prefix}{head}("), start, inner.span.start as usize);
            if let Criterion::Group(inner) = &inner.value {
                group(page, depth + 1, inner);
            }
            page.close(depth, ")", criterion.span.end as usize);
        }
        _ => page.line(depth, &text, span),
    }
}

/// The group that a criterion is, below its `not` and label, and the words before it.
fn opened(criterion: &Spanned<Criterion>) -> (String, Option<&Spanned<Criterion>>) {
    let (mut head, mut at) = (String::new(), criterion);
    loop {
        match &at.value {
            Criterion::Group(_) => return (head, Some(at)),
            Criterion::Not(inner) => {
                head.push_str("not ");
                at = inner;
            }
            Criterion::Labelled { label, of } => {
                head.push_str(&format!("{}: ", label.value));
                at = of;
            }
            _ => return (head, None),
        }
    }
}

fn split(page: &mut Page<'_>, split: &Split, span: Span) {
    let head = format!("split {} {{", split.name.value);
    page.open(1, &head, span.start as usize, split.name.span.end as usize);
    let title =
        |each: &crate::syntax::ast::Variant| each.title.as_ref().map_or_else(String::new, |title| quoted(title));
    let names = split.variants.iter().map(|each| each.name.as_str().chars().count()).max().unwrap_or(0);
    let titles = split.variants.iter().map(|each| title(each).chars().count()).max().unwrap_or(0);
    let salt_first = split.salt.as_ref().filter(|salt| split.variants.first().is_none_or(|v| salt.span < v.span));
    if let Some(salt) = salt_first {
        page.line(2, &format!("salt {}", quoted(salt)), salt.span);
    }
    for each in &split.variants {
        let title = title(each);
        let (name, share) = (each.name.as_str(), &each.share.text);
        let text = if titles == 0 {
            format!("variant {name:names$} {share}%")
        } else {
            format!("variant {name:names$} {title:titles$} {share}%")
        };
        page.line(2, &text, each.span);
    }
    if let Some(salt) = split.salt.as_ref().filter(|_| salt_first.is_none()) {
        page.line(2, &format!("salt {}", quoted(salt)), salt.span);
    }
    page.close(1, "}", span.end as usize);
}

fn connect(page: &mut Page<'_>, connect: &Connect, span: Span) {
    let head = format!("connect {}", connect.output.value);
    let mut lines: Vec<(&str, String, Span)> = Vec::new();
    lines.extend(connect.variant.as_ref().map(|variant| ("variant", variant.to_string(), variant.span)));
    lines.extend(
        connect
            .sending
            .as_ref()
            .map(|sending| ("status", if sending.value { "sending" } else { "inactive" }.to_owned(), sending.span)),
    );
    if let (Some(first), Some(last)) = (connect.share.first(), connect.share.last()) {
        lines.push(("share", words::list(&connect.share, |name| quoted(name)), first.span.to(last.span)));
    }
    if let (Some(first), Some(last)) = (connect.settings.first(), connect.settings.last()) {
        let settings: Vec<_> = connect
            .settings
            .iter()
            .map(|setting| format!("{} {}", setting.key.value, words::setting(&setting.value)))
            .collect();
        lines.push(("with", format!("{{ {} }}", settings.join(" ")), first.key.span.to(last.value.span)));
    }
    lines.sort_by_key(|(_, _, span)| span.start);
    match lines.as_slice() {
        [] if !connect.has_block && !page.has_comment(span) => page.line(1, &head, span),
        [] if !page.has_comment(span) => page.line(1, &format!("{head} {{}}"), span),
        [(word, value, _)] if !page.is_broken(span) => page.line(1, &format!("{head} {{ {word} {value} }}"), span),
        lines => {
            page.open(1, &format!("{head} {{"), span.start as usize, connect.output.span.end as usize);
            let width = lines.iter().map(|(word, _, _)| word.len()).max().unwrap_or(0);
            for (word, value, span) in lines {
                page.line(2, &format!("{word:width$} {value}"), *span);
            }
            page.close(1, "}", span.end as usize);
        }
    }
}
