//! How many errors and warnings there are, in words.

use crate::diagnostic::{Diagnostic, Severity};

/// `2 errors, 1 warning`, without the part that is zero; `no errors` where there is nothing.
///
/// ```
/// assert_eq!(aud::report::diagnostic::summary(&[]), "no errors");
/// ```
pub fn summary(diagnostics: &[Diagnostic]) -> String {
    let count = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let parts: Vec<String> = [(count(Severity::Error), "error"), (count(Severity::Warning), "warning")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
        .collect();
    if parts.is_empty() { "no errors".to_owned() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;

    #[test]
    fn counts_in_words() {
        let of = |codes: &[Code]| summary(&codes.iter().map(|code| Diagnostic::new(*code, "x")).collect::<Vec<_>>());
        assert_eq!(of(&[Code::NeverSeen]), "1 warning");
        assert_eq!(of(&[Code::InvalidYaml, Code::NeverSeen, Code::InvalidYaml]), "2 errors, 1 warning");
    }
}
