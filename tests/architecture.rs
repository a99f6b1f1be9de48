//! The architecture holds: layers only look down, rooms stay small, every module says what it is.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut folders = vec![root().join("src")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(root()).unwrap().to_owned(), text));
            }
        }
    }
    found.sort();
    found
}

/// The text before the unit tests of a file.
fn product(text: &str) -> &str {
    text.split("\n#[cfg(test)]\nmod ").next().unwrap()
}

/// The first segment of every path that starts with `crate::`, braces included.
fn used_modules(text: &str) -> Vec<String> {
    let mut used = Vec::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for part in line.split("crate::").skip(1) {
            let names = part.strip_prefix('{').map_or_else(
                || vec![part],
                |group| group.split('}').next().unwrap().split(',').map(str::trim).collect(),
            );
            for name in names {
                used.push(name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
            }
        }
    }
    used
}

#[test]
fn layers_only_look_down() {
    let lib = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let order: Vec<&str> = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let rank: HashMap<&str, usize> = order.iter().enumerate().map(|(at, name)| (*name, at)).collect();
    assert!(rank.len() > 10, "lib.rs lists the layers");
    let mut upward = Vec::new();
    for (path, text) in sources() {
        let layer = path.components().nth(1).unwrap().as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned();
        let Some(own) = rank.get(layer.as_str()) else { continue };
        for used in used_modules(product(&text)) {
            if rank.get(used.as_str()).is_some_and(|other| other > own) {
                upward.push(format!("{} uses {used}", path.display()));
            }
        }
    }
    assert_eq!(upward, Vec::<String>::new());
}

#[test]
fn rooms_are_small_and_labelled() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        if product(&text).lines().count() > 600 {
            wrong.push(format!("{} is longer than 600 lines", path.display()));
        }
        if !text.starts_with("//!") && !text.starts_with("#![doc") {
            wrong.push(format!("{} does not open with //!", path.display()));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn yaml_is_read_in_one_module() {
    let users: Vec<_> =
        sources().into_iter().filter(|(_, text)| text.contains("serde_yaml::")).map(|(p, _)| p).collect();
    assert!(users.len() <= 1, "{users:?}");
}
