//! A file of a store that is anything, under a checksum that fits it, as the formats before the third are read. The first byte says which
//! table, the second how many rows. It is opened, verified and read to its end, or refused; never a panic.
#![no_main]

use std::path::Path;

use aud::base::{Fingerprint, Timestamp};
use aud::system::{MemorySystem, write_bytes};
use libfuzzer_sys::fuzz_target;

#[path = "../read_all.rs"]
mod read_all;

const TABLES: [&str; 4] =
    ["\"users\"", "\"identities\"", "\"requests\"", "{\"events\":{\"kind\":\"custom\",\"name\":\"Purchase\"}}"];

fuzz_target!(|input: &[u8]| {
    let [table, rows, bytes @ ..] = input else { return };
    let folder = Path::new("/s");
    let system = MemorySystem::new(Timestamp(0));
    write_bytes(&system, &folder.join("f.arrow"), bytes).unwrap();
    let (table, sum, length) = (TABLES[usize::from(*table) % TABLES.len()], Fingerprint::of(bytes), bytes.len());
    let store = format!(
        "{{\"id\":\"s\",\"version\":1,\"generation\":1,\"inputs\":[\"shop.web\"],\"users\":{rows},\"files\":[{{\"name\":\"f.arrow\",\
         \"table\":{table},\"rows\":{rows},\"bytes\":{length},\"blake3\":\"{sum}\"}}],\"imported\":[],\
         \"detected\":{{\"user\":{{}},\"events\":[]}}}}"
    );
    let manifest = format!("{{\"format\":2,\"checksum\":\"{}\",\"store\":{store}}}", Fingerprint::of(&store));
    write_bytes(&system, &folder.join("manifest.json"), manifest.as_bytes()).unwrap();
    assert!(read_all::manifest_is_read(&system, folder), "the manifest is not what this target means");
    read_all::read_all(&system, folder);
});
