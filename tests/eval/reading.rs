//! How the reference reads texts: folding, wildcards, numbers, booleans and dates, straight from M1, M2 and M5.
//!
//! In: what was sent. Out: what the rules make of it. Shares nothing with `base`.

use chrono::NaiveDateTime;
use icu_casemap::CaseMapper;

/// M1: character by character, simple case folding.
pub(super) fn folded(text: &str) -> Vec<char> {
    text.chars().map(|c| CaseMapper::new().simple_fold(c)).collect()
}

/// M2, by trying everything.
pub(super) fn fits(pattern: &[char], text: &[char]) -> bool {
    let same = |a: char, b: char| CaseMapper::new().simple_fold(a) == CaseMapper::new().simple_fold(b);
    match (pattern, text) {
        ([], _) => text.is_empty(),
        (['*', rest @ ..], _) => (0..=text.len()).any(|swallowed| fits(rest, &text[swallowed..])),
        (['?', rest @ ..], [_, others @ ..]) => fits(rest, others),
        (['\\', literal, rest @ ..], [c, others @ ..]) => same(*literal, *c) && fits(rest, others),
        ([literal, rest @ ..], [c, others @ ..]) => same(*literal, *c) && fits(rest, others),
        (_, []) => false,
    }
}

/// M5: what a JSON reader takes for a number, once trimmed.
pub(super) fn number(text: &str) -> Option<f64> {
    let trimmed = text.trim();
    let number: serde_json::Number = serde_json::from_str(trimmed).ok()?;
    number.as_f64()?;
    trimmed.parse().ok()
}

/// M5.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// M5: the shape decides which form it is, chrono reads it.
pub(super) fn instant(text: &str) -> Option<i64> {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    if !shape.is_empty() && shape.trim_start_matches('-').chars().all(|c| c == '0') {
        return text.parse().ok();
    }
    let civil = |text: &str, format| NaiveDateTime::parse_from_str(text, format).ok();
    let read = match shape.as_str() {
        "0000-00-00" => civil(&format!("{text} 00:00"), "%Y-%m-%d %H:%M"),
        "0000-00-00 00:00" => civil(text, "%Y-%m-%d %H:%M"),
        "0000-00-00T00:00" => civil(text, "%Y-%m-%dT%H:%M"),
        "0000-00-00 00:00:00" => civil(text, "%Y-%m-%d %H:%M:%S"),
        "0000-00-00T00:00:00" => civil(text, "%Y-%m-%dT%H:%M:%S"),
        "0000-00-00 00:00:00.000" => civil(text, "%Y-%m-%d %H:%M:%S%.3f"),
        "0000-00-00T00:00:00.000" => civil(text, "%Y-%m-%dT%H:%M:%S%.3f"),
        _ => return chrono::DateTime::parse_from_rfc3339(text).ok().map(|at| at.timestamp_millis()),
    };
    read.map(|at| at.and_utc().timestamp_millis())
}
