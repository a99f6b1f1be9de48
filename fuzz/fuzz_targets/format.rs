//! A text that can be read is laid out, says the same, and stays as it is the second time.
#![no_main]

use aud::base::{Source, SourceId};
use aud::syntax::ast::Same;
use aud::syntax::{format, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let read = |text: &str| parse(&Source::new("fuzz.aud", text), SourceId(0));
    let written = read(text);
    if written.diagnostics.has_errors() {
        return;
    }
    let once = format(text).expect("what can be read can be laid out");
    assert_eq!(format(&once).expect("what is laid out can be read"), once);
    let again = read(&once);
    assert!(again.file.same(&written.file));
    assert_eq!(again.comments.len(), written.comments.len());
});
