//! The documents are true: what they show as definitions reads without an error and is in canonical form.

use std::path::Path;

use aud::syntax::format;

/// The code blocks of a language in a Markdown text.
fn blocks(markdown: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let parts = markdown.split(fence.as_str()).skip(1);
    parts.map(|part| part.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn definitions_in_the_documents_are_canonical() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seen = 0;
    for file in ["README.md", "docs/language.md", "docs/plan.md", "docs/state.md"] {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        for block in blocks(&text, "aud").into_iter().chain(blocks(&text, "aud fragment")) {
            let whole = if block.starts_with("version") { block.clone() } else { format!("version 1\n\n{block}") };
            let formatted = format(&whole).unwrap_or_else(|found| panic!("{file}: {found:?}\n{block}"));
            assert_eq!(formatted, whole, "{file}");
            seen += 1;
        }
    }
    assert!(seen >= 9);
}

#[test]
fn every_document_that_the_readme_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let links = readme.split("](").skip(1).filter_map(|part| part.split(')').next());
    let links: Vec<_> = links.filter(|link| !link.starts_with("http")).collect();
    assert!(links.len() > 5);
    for link in links {
        assert!(root.join(link).exists(), "{link}");
    }
}
