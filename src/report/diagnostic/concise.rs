//! One line a diagnostic, for editors, `grep` and logs.

use std::fmt::Write;

use crate::base::SourceMap;
use crate::diagnostic::Diagnostic;
use crate::report::{Style, visible};

use super::human::severity;

/// `path:line:column: error[AUD0404]: message (help)`, a line each. The place is left out where there is none.
pub fn concise(diagnostics: &[Diagnostic], sources: &SourceMap, style: Style) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        if let Some(span) = diagnostic.span()
            && let Some(source) = sources.get(span.source)
        {
            let (line, column) = source.line_column(span.start);
            let place = format!("{}:{line}:{column}:", visible(&source.path.to_string_lossy()));
            let _ = write!(out, "{} ", style.paint(Style::STRONG, place));
        }
        let _ = write!(out, "{}: {}", severity(diagnostic, style), visible(&diagnostic.message));
        if let Some(help) = &diagnostic.help {
            let _ = write!(out, " ({})", visible(help));
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Span;
    use crate::diagnostic::Code;

    #[test]
    fn a_line_each() {
        let mut sources = SourceMap::default();
        let id = sources.add("aud.yaml", "version: 1\nprojct: shop\n");
        let found = [
            Diagnostic::new(Code::InvalidYaml, "unknown key `projct`")
                .label(Span::new(id, 11, 17), "")
                .help("did you mean `project`?"),
            Diagnostic::new(Code::NeverSeen, "no data"),
        ];
        assert_eq!(
            concise(&found, &sources, Style::PLAIN),
            "aud.yaml:2:1: error[AUD0401]: unknown key `projct` (did you mean `project`?)\nwarning[AUD0501]: no data\n"
        );
    }
}
