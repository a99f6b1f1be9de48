//! Diagnostics as workflow commands, which GitHub shows as annotations beside the lines of a pull request.
//!
//! The form is that of "Workflow commands for GitHub Actions": `::error file=…,line=…,col=…,title=…::message`, a line each.
//! What stands in a property or a message is escaped as that page says, so that no source text can form a command of its own.

use std::fmt::Write;

use crate::base::SourceMap;
use crate::diagnostic::{Diagnostic, Severity};

/// One command a diagnostic. Notes, help and further places follow in the message.
pub fn github(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let command = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let _ = write!(out, "::{command} ");
        if let Some(span) = diagnostic.span()
            && let Some(source) = sources.get(span.source)
        {
            let (line, column) = source.line_column(span.start);
            let (end_line, end_column) = source.line_column(span.end);
            let _ = write!(out, "file={},", property(&source.path.to_string_lossy()));
            let _ = write!(out, "line={line},endLine={end_line},col={column},");
            // A column at the end means something on one line only.
            if end_line == line {
                let _ = write!(out, "endColumn={end_column},");
            }
        }
        let _ = writeln!(out, "title={}::{}", diagnostic.code, message(&text(diagnostic, sources)));
    }
    out
}

fn text(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let mut text = diagnostic.message.clone();
    for label in diagnostic.labels.iter().skip(1) {
        if let Some(source) = sources.get(label.span.source) {
            let (line, _) = source.line_column(label.span.start);
            let _ = write!(text, "\n{} ({}:{line})", label.text, source.path.display());
        }
    }
    diagnostic.notes.iter().for_each(|note| text.extend(["\nnote: ", note]));
    diagnostic.help.iter().for_each(|help| text.extend(["\nhelp: ", help]));
    text
}

fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Span;
    use crate::diagnostic::Code;

    #[test]
    fn a_command_each_and_nothing_breaks_out() {
        let mut sources = SourceMap::default();
        let id = sources.add("a,b:c.aud", "version 1\naudience x {}\n");
        let found = [
            Diagnostic::new(Code::MissingMatch, "100 %\n::error::forged")
                .label(Span::new(id, 10, 20), "")
                .label(Span::new(id, 0, 7), "see here")
                .help("add `match`"),
            Diagnostic::new(Code::NeverSeen, "no data"),
        ];
        assert_eq!(
            github(&found, &sources),
            "::error file=a%2Cb%3Ac.aud,line=2,endLine=2,col=1,endColumn=11,title=AUD0320::100 %25%0A::error::forged%0A\
             see here (a,b:c.aud:1)%0Ahelp: add `match`\n::warning title=AUD0501::no data\n"
        );
    }
}
