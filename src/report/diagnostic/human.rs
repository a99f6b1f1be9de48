//! Diagnostics for people: what is wrong, the source with labels, background, advice.

use crate::base::{SourceMap, Span};
use crate::diagnostic::{Diagnostic, Fix, Label, Severity};
use crate::report::{Style, visible};

use super::diff::diff;
use super::snippet::Snippets;

/// How many diagnostics are drawn; nobody reads more at once.
const MOST: usize = 200;

/// Every diagnostic in full, an empty line between two; of very many, the first two hundred.
///
/// ```
/// use aud::base::{SourceMap, Span};
/// use aud::diagnostic::{Code, Diagnostic};
/// use aud::report::{Style, diagnostic::human};
///
/// let mut sources = SourceMap::default();
/// let id = sources.add("aud.yaml", "version: one\n");
/// let found = Diagnostic::new(Code::InvalidYaml, "`one` is not a version").label(Span::new(id, 9, 12), "a number");
/// assert_eq!(human(&[found], &sources, Style::PLAIN), "\
/// error[AUD0401]: `one` is not a version
///    ╭─[aud.yaml:1:10]
///  1 │ version: one
///    ·          ─┬─
///    ·           ╰── a number
///    ╰────
/// ");
/// ```
pub fn human(diagnostics: &[Diagnostic], sources: &SourceMap, style: Style) -> String {
    let mut snippets = Snippets::new(sources, style);
    let mut out = String::new();
    for diagnostic in diagnostics.iter().take(MOST) {
        if !out.is_empty() {
            out.push('\n');
        }
        let message = style.paint(Style::STRONG, visible(&diagnostic.message));
        out.push_str(&format!("{}: {message}\n", severity(diagnostic, style)));
        out.push_str(&snippets.draw(diagnostic));
        for note in &diagnostic.notes {
            paragraph(&mut out, "note", note, style);
        }
        advice(&mut out, diagnostic, sources, style);
    }
    if let Some(more) = diagnostics.len().checked_sub(MOST).filter(|more| *more > 0) {
        out.push_str(&format!("\n… and {more} more; `--json` has them all\n"));
    }
    out
}

/// The source around a place, with a text under it, drawn as that of an error.
pub fn snippet(span: Span, text: &str, sources: &SourceMap, style: Style) -> String {
    Snippets::new(sources, style).boxes(&[Label { span, text: text.to_owned() }], Severity::Error)
}

/// `error[AUD0404]`, painted.
pub(super) fn severity(diagnostic: &Diagnostic, style: Style) -> String {
    let (paint, word) = match diagnostic.severity {
        Severity::Error => (Style::ERROR, "error"),
        Severity::Warning => (Style::WARNING, "warning"),
    };
    style.paint(paint, format_args!("{word}[{}]", diagnostic.code))
}

/// The help, and the fix as a difference under it. A fix without help gives its title as help.
fn advice(out: &mut String, diagnostic: &Diagnostic, sources: &SourceMap, style: Style) {
    let title = diagnostic.fix.as_ref().map(|fix| &fix.title);
    if let Some(help) = diagnostic.help.as_ref().or(title) {
        paragraph(out, "help", help, style);
    }
    if let Some(fix) = &diagnostic.fix {
        difference(out, fix, sources, style);
    }
}

fn difference(out: &mut String, fix: &Fix, sources: &SourceMap, style: Style) {
    let Some(diff) = diff(fix, sources) else { return };
    if let Some(line) = &diff.removed {
        out.push_str(&format!("        {}\n", style.paint(Style::REMOVED, format_args!("- {line}"))));
    }
    for line in &diff.added {
        out.push_str(&format!("        {}\n", style.paint(Style::ADDED, format_args!("+ {line}"))));
    }
}

/// `  note: …`, wrapped between words and indented under its first word. What stands in backticks is not torn apart.
fn paragraph(out: &mut String, word: &str, text: &str, style: Style) {
    let room = style.width.saturating_sub(8).max(20);
    let mut lines = vec![String::new()];
    let mut in_code = false;
    let between_words = |c: char| {
        in_code ^= c == '`';
        c == ' ' && !in_code
    };
    for part in visible(text).split(between_words) {
        let line = lines.last().map_or(0, |line| line.chars().count());
        if line > 0 && line + 1 + part.chars().count() > room {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(part);
        }
    }
    out.push_str(&format!("  {} {}\n", style.paint(Style::ADVICE, format_args!("{word}:")), lines.join("\n        ")));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base::{SourceId, Span};
    use crate::diagnostic::Code;

    #[test]
    fn several_labels_several_files() {
        let mut sources = SourceMap::default();
        let aud = sources.add("audiences/lapsed.aud", "match {\n  user \"lifetime_value\" contains \"5\"\n}\n");
        let yaml = sources.add("aud.yaml", "one: 1\ntwo: 2\nthree: 3\nfour: 4\nfive: 5\nsix: 6\nseven: 7\n");
        let found = Diagnostic::new(Code::UnknownAudience, "`contains` does not fit `lifetime_value`, which is a number")
            .label(Span::new(aud, 32, 40), "this operator needs a string")
            .label(Span::new(yaml, 0, 3), "declared here")
            .label(Span::new(aud, 15, 31), "a number")
            .label(Span::new(yaml, 49, 54), "and here")
            .note("detected as a number in 48,112 of 48,112 profiles (source purchases), which is a long note that is wrapped")
            .help("compare numbers with =, <, <=");
        insta::assert_snapshot!(human(&[found], &sources, Style::PLAIN));
    }

    #[test]
    fn windows_lines_unseen_characters_and_the_end_of_the_text() {
        let mut sources = SourceMap::default();
        let id = sources.add("a\u{1b}.yaml", "key: \u{1b}[31m\u{202e}red\r\n\tnext: é\r\nlast: [\r\n\r\n");
        let at = |start, end, text| {
            Diagnostic::new(Code::InvalidYaml, "bad \u{1b}[0m text").label(Span::new(id, start, end), text)
        };
        let end = sources.get(id).unwrap().text.len();
        let found = [at(5, 16, "colour"), at(26, 29, "after a tab"), at(5, end, "over lines"), at(end, end, "here")];
        let shown = human(&found, &sources, Style::PLAIN);
        assert!(!shown.contains('\u{1b}') && !shown.contains('\r') && !shown.contains('\u{202e}'));
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn a_fix_is_shown_as_a_difference() {
        let mut sources = SourceMap::default();
        let id = sources.add("aud.yaml", "workspaces:\n  shop:\n    inptus: {}\n");
        let span = Span::new(id, 24, 30);
        let found = Diagnostic::new(Code::NeverSeen, "unknown key `inptus`").label(span, "no such key");
        let help = found.clone().did_you_mean(span, &["inputs"], str::to_owned);
        let title = found.fix(Fix::replace("write `inputs`", span, "inputs"));
        insta::assert_snapshot!(human(&[help, title], &sources, Style::PLAIN));
    }

    #[test]
    fn a_label_at_the_start_of_an_empty_line_is_drawn() {
        let mut sources = SourceMap::default();
        let id = sources.add("a", "aa\n\nb\n");
        let found = Diagnostic::new(Code::InvalidYaml, "m").label(Span::new(id, 3, 3), "here");
        let shown = human(&[found.label(Span::new(id, 0, 0), "here")], &sources, Style::PLAIN);
        assert_eq!(shown.matches("here").count(), 2, "{shown}");
    }

    #[test]
    fn colour_where_wanted() {
        let mut sources = SourceMap::default();
        let id = sources.add("a", "x");
        let found = Diagnostic::new(Code::InvalidYaml, "m").label(Span::new(id, 0, 1), "l").help("h");
        let shown = human(std::slice::from_ref(&found), &sources, Style { color: true, ..Style::PLAIN });
        assert!(shown.contains("\u{1b}["));
        assert!(!human(&[found], &sources, Style::PLAIN).contains('\u{1b}'));
    }

    proptest! {
        #[test]
        fn no_span_is_too_odd(text in "[a-z\té\u{1b}\r\n 日]{0,60}", spans in prop::collection::vec((0u32..80, 0u32..80, 0u32..2), 1..5)) {
            let mut sources = SourceMap::default();
            sources.add("a", text.clone());
            sources.add("b", "");
            let mut found = Diagnostic::new(Code::InvalidYaml, "m");
            for (start, end, source) in spans {
                found = found.label(Span::new(SourceId(source), start as usize, end as usize), "here");
            }
            let labels = found.labels.len();
            let shown = human(&[found], &sources, Style::PLAIN);
            prop_assert_eq!(shown.matches("here").count(), labels, "{}", shown);
        }
    }
}
