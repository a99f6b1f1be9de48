//! Diagnostics as JSON, for editors and other tools.
//!
//! The schema, version 1 (fields are added without a new version, never removed or given another meaning):
//!
//! ```json
//! { "version": 1,
//!   "diagnostics": [
//!     { "code": "AUD0404",
//!       "severity": "error",
//!       "message": "unknown key `projct`",
//!       "labels": [
//!         { "path": "aud.yaml", "start": { "byte": 11, "line": 2, "column": 1 },
//!           "end": { "byte": 17, "line": 2, "column": 7 }, "text": "" } ],
//!       "notes": [],
//!       "help": "did you mean `project`?",
//!       "fix": {
//!         "title": "write `project`",
//!         "edits": [
//!           { "path": "aud.yaml", "start": { "byte": 11, "line": 2, "column": 1 },
//!             "end": { "byte": 17, "line": 2, "column": 7 }, "text": "project" } ] } } ] }
//! ```
//!
//! `severity` is `error` or `warning`. The first label is the main place. Lines and columns count from 1, columns in
//! characters; bytes count from 0, in the text as UTF-8 without a byte order mark; `end` is one past the last one.
//! `help` and `fix` are `null` where there is none.

use serde::Serialize;

use crate::base::{SourceMap, Span};
use crate::diagnostic::{Diagnostic, Severity};

/// The version of the schema.
pub const VERSION: u32 = 1;

/// One diagnostic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Record {
    /// The code, such as `AUD0404`.
    pub code: String,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// What is wrong.
    pub message: String,
    /// Where; the first one is the main place.
    pub labels: Vec<LabelRecord>,
    /// Background.
    pub notes: Vec<String>,
    /// What to do about it.
    pub help: Option<String>,
    /// The edits that mend it.
    pub fix: Option<FixRecord>,
}

/// A place and what to say there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LabelRecord {
    /// The path that the source is shown under.
    pub path: String,
    /// The first character.
    pub start: Place,
    /// One past the last character.
    pub end: Place,
    /// What to say there; may be empty.
    pub text: String,
}

/// A position in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Bytes before it.
    pub byte: u32,
    /// Its line, from 1.
    pub line: usize,
    /// Its column in characters, from 1.
    pub column: usize,
}

/// A set of edits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FixRecord {
    /// What they do, as an instruction.
    pub title: String,
    /// The edits; they do not overlap.
    pub edits: Vec<EditRecord>,
}

/// One replacement; the same shape as a label, with the new text.
pub type EditRecord = LabelRecord;

/// All diagnostics as one document of the schema, with a line feed at the end.
pub fn json(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let document = serde_json::json!({ "version": VERSION, "diagnostics": records(diagnostics, sources) });
    format!("{document:#}\n")
}

/// The diagnostics as values, to be embedded in a larger document. Labels whose source is unknown are left out.
pub fn records(diagnostics: &[Diagnostic], sources: &SourceMap) -> Vec<Record> {
    let place = |span: Span, text: &str| {
        let source = sources.get(span.source)?;
        let at = |byte: u32| {
            let (line, column) = source.line_column(byte);
            Place { byte, line, column }
        };
        let path = source.path.to_string_lossy().into_owned();
        Some(LabelRecord { path, start: at(span.start), end: at(span.end), text: text.to_owned() })
    };
    let record = |diagnostic: &Diagnostic| Record {
        code: diagnostic.code.to_string(),
        severity: match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        message: diagnostic.message.clone(),
        labels: diagnostic.labels.iter().filter_map(|label| place(label.span, &label.text)).collect(),
        notes: diagnostic.notes.clone(),
        help: diagnostic.help.clone(),
        fix: diagnostic.fix.as_ref().map(|fix| FixRecord {
            title: fix.title.clone(),
            edits: fix.edits.iter().filter_map(|edit| place(edit.span, &edit.text)).collect(),
        }),
    };
    diagnostics.iter().map(record).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;

    #[test]
    fn a_document_of_the_schema() {
        let mut sources = SourceMap::default();
        let id = sources.add("aud.yaml", "é: 1\nprojct: shop\n");
        let span = Span::new(id, 6, 12);
        let found = Diagnostic::new(Code::InvalidYaml, "unknown key `projct`").label(span, "here").did_you_mean(
            span,
            &["project"],
            str::to_owned,
        );
        let value: serde_json::Value = serde_json::from_str(&json(&[found], &sources)).unwrap();
        let end = serde_json::json!({ "byte": 12, "line": 2, "column": 7 });
        assert_eq!(value["version"], 1);
        assert_eq!(value["diagnostics"][0]["labels"][0]["end"], end);
        assert_eq!(value["diagnostics"][0]["fix"]["edits"][0]["text"], "project");
        assert_eq!(value["diagnostics"][0]["severity"], "error");
    }
}
