//! The page of each diagnostic code: what the rule is for, what breaks it, what to write instead.
//!
//! In: a code. Out: its page, Markdown from `docs/codes/`, compiled in. A test sees to it that no code is without one.

use include_dir::{Dir, include_dir};

use crate::diagnostic::Code;

static PAGES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/docs/codes");

/// The page of a code.
pub fn code_page(code: Code) -> Option<&'static str> {
    PAGES.get_file(format!("{code}.md"))?.contents_utf8()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_page_and_every_page_a_code() {
        for code in Code::ALL {
            let page = code_page(*code).unwrap_or_else(|| panic!("docs/codes/{code}.md is missing"));
            let head = format!("# {code}: ");
            assert!(page.starts_with(&head), "docs/codes/{code}.md begins with `{head}…`");
            assert!(page.contains(code.summary()), "docs/codes/{code}.md holds the summary: {}", code.summary());
        }
        assert_eq!(PAGES.files().count(), Code::ALL.len(), "a page of no code");
    }
}
