//! A fix as the lines before and after it, where that is quick to read.

use crate::base::SourceMap;
use crate::diagnostic::{Edit, Fix};
use crate::report::visible;

/// More characters than this in a line are not quick to read.
const LONGEST: usize = 80;
/// More lines than this are not, either.
const MOST: usize = 6;

/// Lines with `-` and lines with `+`. `None` where the edits are not all in one line of one source, or too long.
pub(super) struct Diff {
    /// The line before.
    pub(super) removed: Option<String>,
    /// What stands there afterwards.
    pub(super) added: Vec<String>,
}

/// The difference that a fix makes.
pub(super) fn diff(fix: &Fix, sources: &SourceMap) -> Option<Diff> {
    let first = fix.edits.first()?.span;
    if fix.edits.iter().any(|edit| edit.span.source != first.source) {
        return None;
    }
    let text = &*sources.get(first.source)?.text;
    let start = text.get(..first.start as usize)?.rfind('\n').map_or(0, |at| at + 1);
    let end = text.get(start..)?.find('\n').map_or(text.len(), |at| start + at);
    let line = text.get(start..end)?.trim_end();
    let after = edited(line, start, &fix.edits)?;
    if after.split_whitespace().eq(line.split_whitespace()) {
        return None; // a change of blanks cannot be seen
    }
    let (before, after): (Vec<&str>, Vec<&str>) = (line.lines().collect(), after.lines().collect());
    if after.len() > MOST || before.iter().chain(&after).any(|line| line.chars().count() > LONGEST) {
        return None;
    }
    let indent = before.iter().chain(&after).filter(|line| !line.trim().is_empty()).map(|line| indentation(line)).min();
    let shown = |line: &&str| visible(line.get(indent.unwrap_or(0)..).unwrap_or_default().trim_end()).into_owned();
    // A line that stays as it is (where the edit only inserts others) is no difference.
    let kept = before.first().filter(|line| after.contains(line)).copied();
    Some(Diff {
        removed: before.iter().find(|line| Some(**line) != kept).map(shown),
        added: after.iter().filter(|line| Some(**line) != kept && !line.trim().is_empty()).map(shown).collect(),
    })
}

/// The line, which starts at byte `start` of its text, after the edits. `None` where one reaches beyond it.
fn edited(line: &str, start: usize, edits: &[Edit]) -> Option<String> {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.span.start);
    let mut after = String::new();
    let mut at = 0;
    for edit in edits {
        let (from, to) = ((edit.span.start as usize).checked_sub(start)?, (edit.span.end as usize).checked_sub(start)?);
        after.push_str(line.get(at..from)?);
        after.push_str(&edit.text);
        at = to;
    }
    after.push_str(line.get(at..)?);
    Some(after)
}

/// How many blanks a line starts with; tabs count as one.
fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Span;

    fn shown(text: &str, edits: &[(usize, usize, &str)]) -> Option<(Option<String>, Vec<String>)> {
        let mut sources = SourceMap::default();
        let id = sources.add("a", text);
        let edits =
            edits.iter().map(|(start, end, text)| Edit { span: Span::new(id, *start, *end), text: (*text).into() });
        let diff = diff(&Fix { title: String::new(), edits: edits.collect() }, &sources)?;
        Some((diff.removed, diff.added))
    }

    #[test]
    fn a_line_before_and_after() {
        let text = "a:\n    inptu: web # x\n";
        assert_eq!(
            shown(text, &[(7, 12, "input")]),
            Some((Some("inptu: web # x".into()), vec!["input: web # x".into()]))
        );
        assert_eq!(shown(text, &[(7, 7, "[")]).unwrap().1, vec!["[inptu: web # x"]);
        assert_eq!(shown(text, &[(22, 22, "\n    b: 1")]), Some((None, vec!["b: 1".into()])));
        assert_eq!(shown(text, &[(3, 21, "")]), Some((Some("inptu: web # x".into()), vec![])));
    }

    #[test]
    fn nothing_where_it_would_not_help() {
        assert_eq!(shown("a\nb\n", &[(0, 3, "c")]), None);
        assert_eq!(shown(&"x".repeat(500), &[(0, 1, "c")]), None);
        assert_eq!(shown("é", &[(1, 2, "c")]), None);
        assert_eq!(shown("a", &[(7, 9, "c")]), None);
    }
}
