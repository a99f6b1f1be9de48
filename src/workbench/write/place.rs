//! Definitions put among others.
//!
//! In: the text of a file, a definition as text. Out: the file with it. Always: every byte that stood there stands there still.

use crate::base::{Address, Source, SourceId};
use crate::syntax::{self, ast};

/// The head of a file.
const HEAD: &str = "version 1\n";

/// What stands in a text; `None` where it is wrong in its shape.
pub(super) fn parsed(text: &str) -> Option<ast::File> {
    let parsed = syntax::parse(&Source::new("", text), SourceId(0));
    (!parsed.diagnostics.has_errors()).then_some(parsed.file)
}

/// The audience of an address.
pub(super) fn audience<'f>(file: &'f ast::File, address: &Address) -> Option<&'f ast::Audience> {
    file.items.iter().find_map(|item| match item {
        ast::Item::Audience(audience) if audience.address.value == *address => Some(audience),
        _ => None,
    })
}

/// Where an audience of a text ends, if it stands there.
pub(super) fn end_of(text: &str, address: &Address) -> Option<usize> {
    parsed(text).and_then(|file| Some(audience(&file, address)?.span.end as usize))
}

/// A definition in canonical form, without a line break at its end; as it came where that cannot be had.
pub(super) fn canonical(definition: &str) -> String {
    let formatted = syntax::format(&format!("{HEAD}\n{definition}\n"));
    let text = formatted.unwrap_or_else(|_| definition.to_owned());
    text.strip_prefix(HEAD).unwrap_or(&text).trim().to_owned()
}

/// The file with a definition after an item that ends at `after`, or else at its end.
pub(super) fn placed(text: &str, after: Option<usize>, written: &str) -> String {
    let Some((before, rest)) = after.and_then(|end| text.split_at_checked(line_end(text, end))) else {
        let head = if text.trim().is_empty() { HEAD } else { text };
        return format!("{}\n\n{written}\n", head.trim_end());
    };
    let end = if rest.is_empty() { "\n" } else { "" };
    // Whatever follows on the next line keeps a line between.
    let apart = if rest.starts_with("\n\n") || rest.trim().is_empty() { "" } else { "\n" };
    format!("{before}\n\n{written}{end}{apart}{rest}")
}

/// The end of the line where nothing but a comment stands behind the item; the end of the item itself otherwise.
fn line_end(text: &str, end: usize) -> usize {
    let rest = text.get(end..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    let behind = line.trim();
    if behind.is_empty() || behind.starts_with('#') { end + line.len() } else { end }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stood_there_stands_there_still() {
        let new = "n {\n}";
        assert_eq!(placed("v\n\na {\n} # ours\n\nb\n", Some(8), new), "v\n\na {\n} # ours\n\nn {\n}\n\nb\n");
        assert_eq!(placed("v\na {\n}\nb\n", Some(7), new), "v\na {\n}\n\nn {\n}\n\nb\n");
        assert_eq!(placed("v\na {\n} b\n", Some(7), new), "v\na {\n}\n\nn {\n}\n b\n");
        assert_eq!(placed("v\na {\n}", Some(7), new), "v\na {\n}\n\nn {\n}\n");
        assert_eq!(placed("v\n# the end\n", None, new), "v\n# the end\n\nn {\n}\n");
        assert_eq!(placed("", None, new), "version 1\n\nn {\n}\n");
    }
}
