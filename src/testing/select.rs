//! Which tests to run.

use std::path::Path;

use crate::base::SourceMap;
use crate::ir::Scenario;

/// Tests by what they are called, what they are about, and where they stand.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Tests whose title holds one of these, in any case, or that expect something of an audience of that address; empty for
    /// all.
    pub words: Vec<String>,
    /// Tests in these files, by their path or the end of it; empty for all.
    pub files: Vec<String>,
}

impl Selection {
    /// Whether everything is selected.
    pub fn is_everything(&self) -> bool {
        self.words.is_empty() && self.files.is_empty()
    }

    /// Whether a test is.
    pub fn takes(&self, scenario: &Scenario, sources: &SourceMap) -> bool {
        let title = scenario.title.to_lowercase();
        let about = |word: &str| scenario.audiences().any(|address| address == word);
        let word = |word: &String| title.contains(&word.to_lowercase()) || about(word);
        let path = scenario.origin.0.and_then(|span| sources.get(span.source)).map(|source| source.path.as_path());
        let file = |file: &String| path.is_some_and(|path| path.ends_with(Path::new(file.trim_start_matches("./"))));
        (self.words.is_empty() || self.words.iter().any(word)) && (self.files.is_empty() || self.files.iter().any(file))
    }
}
