//! Any project file is read: what is wrong in it is a diagnostic, never a panic.
#![no_main]

use std::path::Path;

use aud::base::{SourceMap, Timestamp};
use aud::project::{FILE_NAME, load};
use aud::system::MemorySystem;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let system = MemorySystem::new(Timestamp(0)).with_file(Path::new("shop").join(FILE_NAME), text.to_owned());
    let (project, diagnostics) = load(&system, Path::new("shop"), &mut SourceMap::default());
    assert!(project.is_some() || diagnostics.has_errors());
});
