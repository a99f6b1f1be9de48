//! A compact dump of a tree: its debug form without spans, broken into lines where it is long.

use aud::syntax::Parsed;

/// The tree of a file and its comments.
pub(super) fn tree(parsed: &Parsed) -> String {
    let mut out = match &parsed.file.version {
        Some(version) => format!("version {}\n", version.value),
        None => "no version\n".to_owned(),
    };
    for item in &parsed.file.items {
        layout(&brief(without_spans(&format!("{item:?}"))), 0, &mut out);
        out.push('\n');
    }
    out += &format!("{} comments", parsed.comments.len());
    out
}

/// Leaves out what says nothing.
fn brief(mut text: String) -> String {
    for field in ["docs", "name", "salt", "title", "scope", "excludes", "qualifier", "workspace", "joiner"]
        .into_iter()
        .chain(["event_type", "filter", "count", "time", "variant", "sending", "share", "settings"])
    {
        for nothing in ["None", "[]"] {
            text = text.replace(&format!("{field}: {nothing}, "), "").replace(&format!(", {field}: {nothing}"), "");
        }
    }
    text
}

/// Removes `Spanned { value: …, span: … }` around values and every other span.
pub(super) fn without_spans(debug: &str) -> String {
    let (mut out, mut rest) = (String::new(), debug);
    let mut open: Vec<bool> = Vec::new();
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("Spanned { value: ") {
            open.push(true);
            rest = after;
        } else if let Some(after) = rest.strip_prefix(", span: Span { ") {
            rest = after.split_once(" }").unwrap().1;
        } else if c == '"' {
            let end = text_end(rest);
            out += &rest[..end];
            rest = &rest[end..];
        } else if open.last() == Some(&true) && rest.starts_with(" }") {
            open.pop();
            rest = &rest[2..];
        } else {
            match c {
                '{' => open.push(false),
                '}' => _ = open.pop(),
                _ => {}
            }
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

fn text_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Breaks a debug form into lines of bearable length.
fn layout(text: &str, indent: usize, out: &mut String) {
    let Some(open) = opening(text).filter(|_| text.len() + indent > 110) else {
        out.push_str(text);
        return;
    };
    out.push_str(&text[..=open]);
    let inside = &text[open + 1..text.len() - 1];
    for part in split(inside) {
        out.push('\n');
        out.push_str(&" ".repeat(indent + 2));
        layout(part.trim(), indent + 2, out);
    }
    out.push('\n');
    out.push_str(&" ".repeat(indent));
    out.push_str(&text[text.len() - 1..]);
}

/// The bracket whose partner ends the text.
fn opening(text: &str) -> Option<usize> {
    text.ends_with(['}', ')', ']']).then(|| text.find(['{', '(', '['])).flatten()
}

/// The parts between the outermost commas.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start, mut at) = (Vec::new(), 0, 0, 0);
    while at < text.len() {
        match text.as_bytes()[at] {
            b'"' => {
                at += text_end(&text[at..]);
                continue;
            }
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => depth -= 1,
            b',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    if !text[start..].trim().is_empty() {
        parts.push(&text[start..]);
    }
    parts
}
