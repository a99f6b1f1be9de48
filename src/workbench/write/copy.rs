//! The text of a copy, made of the text of the original.
//!
//! In: the text of a file, the audience in it, what the copy is called. Out: the text of the copy, not yet in canonical form. What the original says about
//! who is in it stays as it is written, names of criteria and comments included.

use crate::base::{Address, Span};
use crate::ir::quoted;
use crate::syntax::ast::{Audience, Field};

/// A piece of text in place of another one.
type Edit = (usize, usize, String);

/// The copy as text. A draft, called `name` everywhere; its test and its connections only where they are `kept`.
pub(super) fn copied_text(
    text: &str,
    audience: &Audience,
    address: &Address,
    name: &str,
    kept: bool,
) -> Option<String> {
    let bytes = |span: Span| (span.start as usize, span.end as usize);
    let start = audience.docs.iter().map(|doc| doc.span).chain([audience.span]).map(|span| bytes(span).0).min()?;
    // Documentation begins with its marker, wherever its text does.
    let line = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let (_, end) = bytes(audience.span);
    let (from, to) = bytes(audience.address.span);
    let mut edits: Vec<Edit> = vec![(from, to, address.to_string())];
    match &audience.name {
        Some(old) => edits.push((bytes(old.span).0, bytes(old.span).1, quoted(name))),
        None => edits.push((to, to, format!(" {}", quoted(name)))),
    }
    let first = audience.fields.iter().map(|field| field_bytes(text, field.span).0).min();
    let first = first.unwrap_or(end.checked_sub(1)?);
    edits.push((first, first, "status draft\n".to_owned()));
    for field in &audience.fields {
        let (from, to) = field_bytes(text, field.span);
        match &field.value {
            Field::ExternalName(_) | Field::Status(_) | Field::Protect(_) => edits.push((from, to, String::new())),
            Field::Split(_) | Field::Connect(_) if !kept => edits.push((from, to, String::new())),
            Field::Split(split) => {
                // Another test has other buckets.
                let salt = split.salt.as_ref().map(|salt| bytes(salt.span));
                edits.extend(salt.map(|(from, to)| (keyword(text, from), to, String::new())));
            }
            _ => {}
        }
    }
    edits.sort();
    let mut copy = String::new();
    let mut at = line;
    for (from, to, new) in edits {
        copy.push_str(text.get(at..from)?);
        copy.push_str(&new);
        at = to;
    }
    copy.push_str(text.get(at..end)?);
    Some(copy)
}

/// A field with the whole of its lines, where nothing else stands on them.
fn field_bytes(text: &str, span: Span) -> (usize, usize) {
    let (from, to) = (span.start as usize, span.end as usize);
    let (before, after) = (text.get(..from).unwrap_or_default(), text.get(to..).unwrap_or_default());
    let start = before.trim_end_matches([' ', '\t']).len();
    let rest = after.trim_start_matches([' ', '\t', '\r']);
    match before.get(..start).is_some_and(|line| line.ends_with('\n')) && rest.starts_with('\n') {
        true => (start, text.len() - rest.len() + 1),
        false => (from, to),
    }
}

/// Where the word `salt` before its text begins; the text itself where there is none, as where the span holds both.
fn keyword(text: &str, from: usize) -> usize {
    let before = text.get(..from).unwrap_or_default().trim_end();
    before.strip_suffix("salt").map_or(from, str::len)
}
