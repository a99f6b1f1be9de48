//! Diagnostics as SARIF 2.1.0 (OASIS), which code scanning and editors read.
//!
//! In: diagnostics and their sources. Out: one log with one run. Every code that occurs is a rule with its summary; fixes are
//! SARIF fixes; further places are related locations. Columns count characters (`unicodeCodePoints`).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::base::{SourceMap, Span};
use crate::diagnostic::{Code, Diagnostic, Severity};

/// The log, with a line feed at the end.
pub fn sarif(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let codes: BTreeSet<Code> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    let codes: Vec<Code> = codes.into_iter().collect();
    let results = diagnostics.iter().map(|diagnostic| result(diagnostic, &codes, sources));
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "aud",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(|code| rule(*code)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results.collect::<Vec<_>>(),
        }],
    });
    format!("{log:#}\n")
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn rule(code: Code) -> Value {
    let mut rule = json!({
        "id": code.to_string(),
        "name": format!("{code:?}"),
        "shortDescription": { "text": code.summary() },
        "defaultConfiguration": { "level": level(code.severity()) },
    });
    if let Some(page) = crate::report::code_page(code)
        && let Some(fields) = rule.as_object_mut()
    {
        fields.insert("help".to_owned(), json!({ "text": page, "markdown": page }));
    }
    rule
}

fn result(diagnostic: &Diagnostic, codes: &[Code], sources: &SourceMap) -> Value {
    let more = diagnostic.notes.iter().chain(&diagnostic.help);
    let text = more.fold(diagnostic.message.clone(), |text, more| format!("{text}\n{more}"));
    let mut places = diagnostic.labels.iter().filter_map(|label| {
        let mut place = location(label.span, sources)?;
        if let Some(fields) = place.as_object_mut().filter(|_| !label.text.is_empty()) {
            fields.insert("message".to_owned(), json!({ "text": label.text }));
        }
        Some(place)
    });
    let first: Vec<Value> = places.next().into_iter().collect();
    let mut result = json!({
        "ruleId": diagnostic.code.to_string(),
        "ruleIndex": codes.iter().position(|code| *code == diagnostic.code),
        "level": level(diagnostic.severity),
        "message": { "text": text },
        "locations": first,
    });
    let related: Vec<Value> = places.collect();
    if let Some(fields) = result.as_object_mut() {
        if !related.is_empty() {
            fields.insert("relatedLocations".to_owned(), related.into());
        }
        if let Some(fix) = fix(diagnostic, sources) {
            fields.insert("fixes".to_owned(), json!([fix]));
        }
    }
    result
}

/// The fix, with the edits of each file together.
fn fix(diagnostic: &Diagnostic, sources: &SourceMap) -> Option<Value> {
    let fix = diagnostic.fix.as_ref()?;
    let files: BTreeSet<_> = fix.edits.iter().map(|edit| edit.span.source).collect();
    let changes = files.into_iter().filter_map(|file| {
        let edits = fix.edits.iter().filter(|edit| edit.span.source == file);
        let replacements = edits.filter_map(|edit| {
            let region = region(edit.span, sources)?;
            Some(json!({ "deletedRegion": region, "insertedContent": { "text": edit.text } }))
        });
        let artifact = json!({ "uri": uri(&sources.get(file)?.path.to_string_lossy()) });
        Some(json!({ "artifactLocation": artifact, "replacements": replacements.collect::<Vec<_>>() }))
    });
    Some(json!({ "description": { "text": fix.title }, "artifactChanges": changes.collect::<Vec<_>>() }))
}

fn location(span: Span, sources: &SourceMap) -> Option<Value> {
    let artifact = json!({ "uri": uri(&sources.get(span.source)?.path.to_string_lossy()) });
    Some(json!({ "physicalLocation": { "artifactLocation": artifact, "region": region(span, sources)? } }))
}

fn region(span: Span, sources: &SourceMap) -> Option<Value> {
    let source = sources.get(span.source)?;
    let (line, column) = source.line_column(span.start);
    let (end_line, end_column) = source.line_column(span.end);
    Some(json!({ "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column }))
}

/// A path as a relative URI reference (RFC 3986): segments keep their separators, everything unusual is per cent encoded.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(byte as char),
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_with_rules_places_and_fixes() {
        let mut sources = SourceMap::default();
        let id = sources.add("audiences/my file.aud", "version 1\naudiense x {}\n");
        let span = Span::new(id, 10, 18);
        let found = Diagnostic::new(Code::UnexpectedText, "no such word")
            .label(span, "here")
            .label(Span::new(id, 0, 7), "the file starts here")
            .did_you_mean(span, &["audience"], str::to_owned);
        let log: Value = serde_json::from_str(&sarif(&[found], &sources)).unwrap();
        let result = &log["runs"][0]["results"][0];
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][0]["id"], "AUD0101");
        assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 2);
        assert_eq!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "audiences/my%20file.aud");
        assert_eq!(result["relatedLocations"][0]["message"]["text"], "the file starts here");
        assert_eq!(result["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"], "audience");
    }
}
