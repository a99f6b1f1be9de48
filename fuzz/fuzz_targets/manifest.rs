//! A store whose manifest is anything: as it is, and under a checksum that fits it. It is opened, verified and read to its end, or refused;
//! never a panic. The other files are whole.
#![no_main]

use std::path::Path;

use aud::base::{Fingerprint, Timestamp};
use aud::system::{MemorySystem, System, write_bytes};
use libfuzzer_sys::fuzz_target;

#[path = "../read_all.rs"]
mod read_all;

/// The files that the seeds name.
const FILES: [(&str, &[u8]); 4] = [
    ("users-1.arrow", include_bytes!("../../tests/store/golden/format-2/users-1.arrow")),
    ("identities-1.arrow", include_bytes!("../../tests/store/golden/format-2/identities-1.arrow")),
    (
        "events-purchase-e632dd7fb2a2-1.arrow",
        include_bytes!("../../tests/store/golden/format-2/events-purchase-e632dd7fb2a2-1.arrow"),
    ),
    ("events--9ad71ae4764b-1.arrow", include_bytes!("../../tests/store/golden/format-2/events--9ad71ae4764b-1.arrow")),
];

fuzz_target!(|bytes: &[u8]| {
    let folder = Path::new("/s");
    let system = MemorySystem::new(Timestamp(0));
    for (name, content) in FILES {
        write_bytes(&system, &folder.join(name), content).unwrap();
    }
    let sum = Fingerprint::of(bytes);
    let sealed = [format!("{{\"format\":3,\"checksum\":\"{sum}\",\"store\":").as_bytes(), bytes, b"}"].concat();
    for manifest in [bytes, &sealed] {
        write_bytes(&system, &folder.join("manifest.json"), manifest).unwrap();
        read_all::read_all(&system, folder);
    }
    assert!(system.read(&folder.join("manifest.json")).is_ok());
});
