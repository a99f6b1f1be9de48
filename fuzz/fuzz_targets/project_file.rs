//! Reading a project file never panics, whatever its bytes.
#![no_main]

use std::path::Path;

use aud::base::{SourceMap, Timestamp};
use aud::system::MemorySystem;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let system = MemorySystem::new(Timestamp(0)).with_file("/p/aud.yaml", bytes.to_vec());
    let mut sources = SourceMap::default();
    let (project, diagnostics) = aud::project::load(&system, Path::new("/p"), &mut sources);
    assert!(project.is_some() || diagnostics.has_errors());
});
