//! Parsing never panics, and says where everything is.
#![no_main]

use aud::base::{Source, SourceId};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let parsed = aud::syntax::parse(&Source::new("fuzz.aud", text), SourceId(0));
    for diagnostic in &parsed.diagnostics {
        for label in &diagnostic.labels {
            assert!(label.span.end as usize <= text.len(), "{diagnostic:?}");
            assert!(text.is_char_boundary(label.span.start as usize) && text.is_char_boundary(label.span.end as usize));
        }
    }
});
