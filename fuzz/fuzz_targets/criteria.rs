//! Criteria in a match: never a panic, spans in the text, sound formatting.
#![no_main]

use aud::base::{Source, SourceId};
use aud::diagnostic::Code;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|inside: &str| {
    let text = format!("version 1\naudience a {{ match {{ {inside} }} }}\n");
    let parsed = aud::syntax::parse(&Source::new("fuzz.aud", &*text), SourceId(0));
    for label in parsed.diagnostics.iter().flat_map(|diagnostic| &diagnostic.labels) {
        assert!(text.get(label.span.start as usize..label.span.end as usize).is_some(), "{label:?} in {text:?}");
    }
    match aud::syntax::format(&text) {
        Ok(once) => assert_eq!(aud::syntax::format(&once).as_deref(), Ok(once.as_str())),
        Err(found) => assert!(found.iter().all(|each| each.code != Code::FormatterUnsound), "{text:?}"),
    }
});
