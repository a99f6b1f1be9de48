//! A large project: 10,000 audiences in 1,000 files.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// How many files.
pub(crate) const FILES: usize = 1_000;
/// How many audiences are in each.
pub(crate) const AUDIENCES: usize = 10;

const PROJECT: &str = "\
version: 1
project: large
workspaces: { shop: { inputs: { ios: { kind: platform }, web: { kind: platform } } } }
outputs: { warehouse: { kind: file, settings: { path: delivered } } }
limits: { nesting_depth: 3 }
";

/// What makes the audiences of a file differ from those of another.
fn definitions(file: usize, edit: u64) -> String {
    let mut text = String::from("version 1\n\ndefaults { workspace shop tags \"Lifecycle\" }\n");
    for at in 0..AUDIENCES {
        let (spend, days, times) = (100 + file % 50 * 10 + at, 1 + (file + at) % 28, 1 + at % 5);
        let nested = match (file, at) {
            (_, 0) | (0, _) => String::new(),
            _ => format!("\n    exclude audience a{}_0", file - 1),
        };
        // Formatting into a string cannot fail.
        let _ = write!(
            text,
            "
## People of segment {file}, {at}.
audience a{file}_{at} \"Audience {file} {at}\" {{
  tags \"Segment {times}\"
  match {{
    spend: user \"lifetime_value\" > {spend}
    and event \"Purchase\" where (\"category\" contains \"shoe\" and \"price\" > {at}) more than {times} times within last {days} days
    and (user \"plan\" is in [\"pro\", \"team\"] or identity email contains \"@example.com\")
    and not event \"App Open\" within last {edit_days} days{nested}
  }}
  connect warehouse
}}
",
            edit_days = 1 + (edit as usize + at) % 28,
        );
    }
    text
}

/// The project in a folder that goes at the end.
pub(crate) struct Project {
    folder: tempfile::TempDir,
    edits: AtomicU64,
}

impl Project {
    /// The project, and more of its project file.
    pub(crate) fn with(more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("audiences")).unwrap();
        std::fs::write(folder.path().join("aud.yaml"), format!("{PROJECT}{more}")).unwrap();
        let project = Self { folder, edits: AtomicU64::new(0) };
        (0..FILES).for_each(|file| std::fs::write(project.file(file), definitions(file, 0)).unwrap());
        project
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn file(&self, file: usize) -> PathBuf {
        self.folder.path().join(format!("audiences/f{file:04}.aud"))
    }

    /// Changes one window in every audience of one file.
    pub(crate) fn edit(&self) {
        let edit = self.edits.fetch_add(1, Ordering::Relaxed) + 1;
        std::fs::write(self.file(FILES / 2), definitions(FILES / 2, edit)).unwrap();
    }
}
