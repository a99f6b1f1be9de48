//! Who was forgotten: marks by which an import knows what it must not bring back.
//!
//! In: `forgotten.json` beside the files of a store. Out: whether an identity or an MPID is somebody's who was forgotten. What always
//! holds: a file that is gone is noticed, since the manifest says that somebody was forgotten; the file has no identity and no MPID, only keyed hashes of them. Whoever has the file can test a value that they know,
//! and read none from it.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::files::Manifest;
use crate::base::text::fold;
use crate::base::{Fingerprint, Mpid};
use crate::catalog::IdentityType;
use crate::system::{System, write_bytes};

/// The name of the file inside a store's folder.
pub(super) const FILE: &str = "forgotten.json";
const FORMAT: u64 = 1;

/// Everybody who was forgotten.
#[derive(Clone, Debug, Default)]
pub(super) struct Forgotten {
    key: [u8; 32],
    marks: HashSet<Fingerprint>,
    pub(super) people: Vec<Tombstone>,
}

/// What is left of a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Tombstone {
    /// Hashes of the MPID and of each identity.
    marks: Vec<Fingerprint>,
    /// The row of the store that was the person's; `None` where the data did not know the person.
    pub(super) row: Option<u32>,
    /// Whether everything of the person is gone.
    pub(super) done: bool,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    key: Fingerprint,
    people: Vec<Tombstone>,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    format: u64,
    checksum: Fingerprint,
    forgotten: Kept,
}

impl Forgotten {
    /// Reads the file of a folder; nobody where there is none, and the manifest knows of nobody either.
    pub(super) fn read(system: &dyn System, folder: &Path) -> Result<Self, StoreError> {
        let file = folder.join(FILE);
        if let Some(forgotten) = Self::read_file(system, &file)? {
            return Ok(forgotten);
        }
        let was_anybody = match Manifest::read(system, folder) {
            Ok(manifest) => manifest.is_some_and(|manifest| manifest.forgotten),
            // What it said cannot be known, and whoever needs it is told that it is damaged.
            Err(StoreError::Damaged { .. }) => false,
            Err(error) => return Err(error),
        };
        if !was_anybody {
            return Ok(Self::default());
        }
        // It may have been written in between, and comes before the manifest.
        let read = Self::read_file(system, &file)?;
        read.ok_or_else(|| StoreError::ForgottenDamaged { file, what: "it is missing".to_owned() })
    }

    fn read_file(system: &dyn System, file: &Path) -> Result<Option<Self>, StoreError> {
        match system.read(file) {
            Ok(bytes) => Self::parse(&bytes, file).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::system("read who was forgotten")(error)),
        }
    }

    fn parse(bytes: &[u8], file: &Path) -> Result<Self, StoreError> {
        let damaged = |what: String| StoreError::ForgottenDamaged { file: PathBuf::from(file), what };
        let sealed: Sealed = serde_json::from_slice(bytes).map_err(|error| damaged(error.to_string()))?;
        if sealed.format > FORMAT {
            return Err(StoreError::Newer { file: file.to_owned(), found: sealed.format, known: FORMAT });
        }
        let Sealed { checksum, forgotten: kept, .. } = sealed;
        let sum = checksum_of(&kept).map_err(|error| damaged(error.to_string()))?;
        if sum != checksum {
            return Err(damaged("its checksum does not fit its content".to_owned()));
        }
        let marks = kept.people.iter().flat_map(|person| person.marks.iter().copied()).collect();
        Ok(Self { key: *kept.key.bytes(), marks, people: kept.people })
    }

    /// Replaces the file of a folder.
    pub(super) fn write(&self, system: &dyn System, folder: &Path) -> Result<(), StoreError> {
        let kept = Kept { key: Fingerprint::from_bytes(self.key), people: self.people.clone() };
        let bytes = checksum_of(&kept)
            .and_then(|checksum| serde_json::to_vec_pretty(&Sealed { format: FORMAT, checksum, forgotten: kept }))
            .map_err(io::Error::from);
        bytes
            .and_then(|bytes| write_bytes(system, &folder.join(FILE), &bytes))
            .map_err(StoreError::system("write down who is forgotten"))
    }

    /// Whether nobody was forgotten: then nothing needs to be asked.
    pub(super) fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// Whether an identity, whatever its case, is somebody's who was forgotten.
    pub(super) fn has(&self, identity: IdentityType, value: &str) -> bool {
        !self.is_empty()
            && (self.marks.contains(&self.mark(&any_case(identity, value)))
                || self.marks.contains(&self.mark(&as_it_is(identity, value))))
    }

    /// Whether an MPID is somebody's who was forgotten.
    pub(super) fn has_mpid(&self, mpid: Mpid) -> bool {
        !self.is_empty() && self.marks.contains(&self.mark(&of_mpid(mpid)))
    }

    /// Whether anything in a row, such as one that was left out as bad, is an identity of somebody who was forgotten.
    pub(super) fn is_in(&self, row: &[u8]) -> bool {
        !self.is_empty() && values(row).iter().any(|value| self.is_anybodys(value))
    }

    fn is_anybodys(&self, value: &str) -> bool {
        let value = value.trim();
        value.parse().is_ok_and(|mpid| self.has_mpid(mpid))
            || (!value.is_empty() && IdentityType::ALL.iter().any(|(_, identity)| self.has(*identity, value)))
    }

    /// Adds a person, whose data is still there. `shared` says whether another person has an identity but for its case: then only
    /// the very value is marked.
    pub(super) fn add(
        &mut self,
        mpid: Mpid,
        identities: &[(IdentityType, String)],
        row: Option<u32>,
        shared: impl Fn(IdentityType, &str) -> bool,
    ) {
        if self.people.is_empty() {
            let random = [uuid::Uuid::new_v4(), uuid::Uuid::new_v4()].map(|part| part.into_bytes());
            self.key = *Fingerprint::of_parts(random).bytes();
        }
        let mut marks = vec![self.mark(&of_mpid(mpid))];
        for (identity, value) in identities {
            let text = if shared(*identity, value) { as_it_is(*identity, value) } else { any_case(*identity, value) };
            marks.push(self.mark(&text));
        }
        self.marks.extend(marks.iter().copied());
        self.people.push(Tombstone { marks, row, done: false });
    }

    /// The person that an MPID was.
    pub(super) fn of_mpid(&self, mpid: Mpid) -> Option<&Tombstone> {
        let mark = self.mark(&of_mpid(mpid));
        self.people.iter().rfind(|person| person.marks.contains(&mark))
    }

    /// The person that an identity was of.
    pub(super) fn of(&self, identity: IdentityType, value: &str) -> Option<&Tombstone> {
        let marks = [any_case(identity, value), as_it_is(identity, value)].map(|text| self.mark(&text));
        self.people.iter().rfind(|person| marks.iter().any(|mark| person.marks.contains(mark)))
    }

    fn mark(&self, text: &str) -> Fingerprint {
        Fingerprint::from_bytes(*blake3::keyed_hash(&self.key, text.as_bytes()).as_bytes())
    }
}

fn checksum_of(kept: &Kept) -> serde_json::Result<Fingerprint> {
    serde_json::to_vec(kept).map(Fingerprint::of)
}

fn of_mpid(mpid: Mpid) -> String {
    format!("mpid:{mpid}")
}

fn any_case(identity: IdentityType, value: &str) -> String {
    format!("{identity}:{}", fold(value.trim()))
}

fn as_it_is(identity: IdentityType, value: &str) -> String {
    format!("{identity}={}", value.trim())
}

/// All values in a row of JSON, or else the cells of a row of CSV.
fn values(row: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    if let Ok(value @ (serde_json::Value::Object(_) | serde_json::Value::Array(_))) = serde_json::from_slice(row) {
        collect(value, &mut found);
        return found;
    }
    let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(row);
    for record in reader.into_byte_records().map_while(Result::ok) {
        found.extend(record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()));
    }
    found
}

fn collect(value: serde_json::Value, found: &mut Vec<String>) {
    // Not recursive: a row may be nested as deep as it is long.
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            serde_json::Value::Array(all) => open.extend(all),
            serde_json::Value::Object(all) => open.extend(all.into_iter().map(|(_, value)| value)),
            serde_json::Value::String(text) => found.push(text),
            serde_json::Value::Number(number) => found.push(number.to_string()),
            serde_json::Value::Null | serde_json::Value::Bool(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Timestamp;
    use crate::system::MemorySystem;

    #[test]
    fn marks_survive_and_say_nothing() {
        let system = MemorySystem::new(Timestamp(0));
        let folder = Path::new("/d");
        let mut forgotten = Forgotten::read(&system, folder).unwrap();
        assert!(forgotten.is_empty() && !forgotten.has_mpid(Mpid(0)));
        let identities = [(IdentityType::Email, "Ann@x".to_owned()), (IdentityType::CustomerId, "A1".to_owned())];
        forgotten.add(Mpid(-5), &identities, Some(3), |identity, _| identity == IdentityType::CustomerId);
        forgotten.write(&system, folder).unwrap();
        let text = String::from_utf8(system.read(&folder.join(FILE)).unwrap()).unwrap();
        assert!(!text.to_lowercase().contains("ann") && !text.contains("A1") && !text.contains("-5"));
        let read = Forgotten::read(&system, folder).unwrap();
        assert_eq!(read.people, forgotten.people);
        assert!(read.has_mpid(Mpid(-5)) && !read.has_mpid(Mpid(5)));
        assert!(read.has(IdentityType::Email, " aNN@X ") && !read.has(IdentityType::Other, "ann@x"));
        assert!(read.has(IdentityType::CustomerId, "A1") && !read.has(IdentityType::CustomerId, "a1"));
        assert!(read.is_in(br#"{"a":[{"b":"ann@x"}]}"#) && read.is_in(b"7,\"ann@x\",9") && read.is_in(b"-5,x"));
        assert!(!read.is_in(b"7,ann,9") && !read.is_in(b""));
        crate::system::write_bytes(&system, &folder.join(FILE), text.replace("false", "true").as_bytes()).unwrap();
        assert!(matches!(Forgotten::read(&system, folder), Err(StoreError::ForgottenDamaged { .. })));
    }
}
