//! Importing batches never panics, whatever the bytes of the file; a store that was written opens, and says the same again when
//! it is made anew. The same bytes are read as rows.
#![no_main]

use std::path::Path;

use aud::base::{SourceMap, Timestamp};
use aud::store::{BadRowLimit, ImportOptions, import, open};
use aud::system::{MemorySystem, write_bytes};
use libfuzzer_sys::fuzz_target;

const PROJECT: &str = "
version: 1
project: shop
workspaces: { shop: { inputs: { web: { kind: platform } } } }
data:
  sources:
    - { name: app, input: web, files: b, format: mparticle }
    - name: rows
      input: web
      files: b
      format: ndjson
      user: { customer_id: mpid }
      event: { name: { column: source_request_id }, time: timestamp_unixtime_ms, attributes: [events, context.location] }
      user_attributes: { a: user_attributes.a }
";

fuzz_target!(|bytes: &[u8]| {
    let system = MemorySystem::new(Timestamp(1_700_000_000_000)).with_file("/p/aud.yaml", PROJECT);
    let mut sources = SourceMap::default();
    let (project, _) = aud::project::load(&system, Path::new("/p"), &mut sources);
    let Some(project) = project else { return };
    write_bytes(&system, Path::new("/p/b"), bytes).unwrap();
    let bad_rows = BadRowLimit { percent: 100, at_least: u64::MAX };
    let count = |rebuild| {
        let report = import(&system, &project, ImportOptions { bad_rows, rebuild }, &|_| {}).ok()?;
        let read = report.sources.iter().map(|source| (source.rows, source.events, source.bad.clone())).collect::<Vec<_>>();
        let store = open(&system, &project.data_path).unwrap();
        Some((read, store.user_count(), store.event_count()))
    };
    assert_eq!(count(false), count(true));
});
