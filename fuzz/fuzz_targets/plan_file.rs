//! Reading a saved plan never panics, whatever its bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = aud::plan::file::decode(bytes);
});
