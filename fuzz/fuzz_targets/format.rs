//! Formatting never panics, never finds itself at fault, and changes nothing the second time.
#![no_main]

use aud::diagnostic::Code;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match aud::syntax::format(text) {
        Ok(once) => assert_eq!(aud::syntax::format(&once).as_deref(), Ok(once.as_str())),
        Err(found) => assert!(found.iter().all(|each| each.code != Code::FormatterUnsound), "{text:?}"),
    }
});
