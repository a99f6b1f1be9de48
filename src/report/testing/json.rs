//! Tests as a JSON document.

use serde_json::{Value, json as object};

use super::VERSION;
use crate::base::{Origin, SourceMap};
use crate::ir::VariantName;
use crate::report::explain;
use crate::testing::{Coverage, Covered, CoveredAudience, Failure, Report, Tested, Wrong};

/// The document; `left_out` is how many tests were not selected.
pub fn json(report: &Report, left_out: usize, sources: &SourceMap) -> Value {
    let mut document = object!({
        "version": VERSION,
        "passed": report.passed(),
        "failed": report.failed(),
        "left_out": left_out,
        "tests": report.tests.iter().map(|each| test(each, sources)).collect::<Vec<_>>(),
    });
    if let (Some(fields), Some(coverage)) = (document.as_object_mut(), &report.coverage) {
        fields.insert("coverage".to_owned(), self::coverage(coverage, sources));
    }
    document
}

fn test(test: &Tested, sources: &SourceMap) -> Value {
    object!({
        "title": test.title,
        "place": place(test.origin, sources),
        "passed": test.passed(),
        "expectations": test.expectations,
        "duration_ms": test.duration_ms,
        "failures": test.failures.iter().map(|each| failure(each, sources)).collect::<Vec<_>>(),
    })
}

fn failure(failure: &Failure, sources: &SourceMap) -> Value {
    object!({
        "place": place(failure.origin, sources),
        "now": failure.now.to_string(),
        "audience": failure.audience,
        "variant": variant(&failure.variant),
        "members": failure.found,
        "wrong": failure.wrong.iter().map(|each| wrong(each, sources)).collect::<Vec<_>>(),
    })
}

fn wrong(wrong: &Wrong, sources: &SourceMap) -> Value {
    object!({
        "user": wrong.user,
        "inside": wrong.inside,
        "bucket": wrong.placed.as_ref().map(|placed| placed.bucket),
        "bucket_of": wrong.placed.as_ref().and_then(|placed| variant(&placed.part)),
        "explanation": wrong.explanation.as_ref().map(|each| explain::json(each, sources)),
    })
}

fn variant(variant: &VariantName) -> Option<String> {
    (*variant != VariantName::Whole).then(|| variant.to_string())
}

fn coverage(coverage: &Coverage, sources: &SourceMap) -> Value {
    let (earned, all) = coverage.points();
    object!({
        "percent": coverage.percent(),
        "points": earned,
        "of": all,
        "audiences": coverage.audiences.iter().map(|each| audience(each, sources)).collect::<Vec<_>>(),
    })
}

fn audience(audience: &CoveredAudience, sources: &SourceMap) -> Value {
    let (earned, all) = audience.points();
    object!({
        "address": audience.address,
        "place": place(audience.origin, sources),
        "expectations": audience.expectations,
        "percent": audience.percent(),
        "points": earned,
        "of": all,
        "criteria": audience.criteria.iter().map(|each| criterion(each, sources)).collect::<Vec<_>>(),
    })
}

fn criterion(covered: &Covered, sources: &SourceMap) -> Value {
    object!({
        "label": covered.label,
        "text": covered.text,
        "place": place(covered.origin, sources),
        "depth": covered.depth,
        "seen_true": covered.seen_true,
        "seen_false": covered.seen_false,
        "decided": covered.decided,
    })
}

fn place(origin: Origin, sources: &SourceMap) -> Option<String> {
    explain::place(origin, sources)
}
