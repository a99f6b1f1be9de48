//! Any text is read: no panic, no overflow, and every span lies in the text.
#![no_main]

use aud::base::{Source, SourceId};
use aud::syntax::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let parsed = parse(&Source::new("fuzz.aud", text), SourceId(0));
    let labels = parsed.diagnostics.iter().flat_map(|found| found.labels.iter().map(|label| label.span));
    let fixes = parsed.diagnostics.iter().filter_map(|found| found.fix.as_ref());
    let edits = fixes.flat_map(|fix| fix.edits.iter().map(|edit| edit.span));
    for span in labels.chain(edits).chain(parsed.comments.iter().map(|comment| comment.span)) {
        assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?}");
    }
});
