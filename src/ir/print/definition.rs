//! Whole definitions as a file of the language.
//!
//! In: a model. Out: text that, in the project that it came from, is read back as an equal model. What was put into
//! audiences from elsewhere (defaults, named criteria, bulk connections) stands written out in each of them.

use std::collections::BTreeSet;
use std::fmt::{Display, Write};

use super::quoted;
use crate::ir::{
    Access, Assertion, Audience, Bound, Connection, ConnectionStatus, Guard, Limit, Measure, Model, Split, Standard,
    Status, VariantName,
};

/// Lines with their depth.
#[derive(Default)]
struct Page {
    text: String,
    depth: usize,
}

impl Page {
    fn line(&mut self, line: impl Display) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{:width$}{line}", "", width = 2 * self.depth);
    }

    fn block(&mut self, head: impl Display, inside: impl FnOnce(&mut Self)) {
        self.line(format_args!("{head} {{"));
        self.depth += 1;
        inside(self);
        self.depth -= 1;
        self.line("}");
    }
}

impl Model {
    /// All definitions as one file of the language.
    pub fn text(&self) -> String {
        let mut page = Page::default();
        page.line("version 1");
        for audience in self.audiences.values() {
            page.line("");
            audience.write(&mut page);
        }
        for moved in &self.moves {
            page.line("");
            page.line(format_args!("moved {} to {}", moved.from, moved.to));
        }
        for guard in &self.guards {
            page.line("");
            guard.write(&mut page);
        }
        for assertion in &self.assertions {
            page.line("");
            page.line(assertion.text());
        }
        page.text
    }
}

impl Audience {
    /// The definition as an item of a file.
    pub fn text(&self) -> String {
        let mut page = Page::default();
        self.write(&mut page);
        page.text
    }

    fn write(&self, page: &mut Page) {
        for line in self.doc.iter().flat_map(|doc| doc.split('\n')) {
            page.line(format_args!("## {line}"));
        }
        page.block(format_args!("audience {} {}", self.address, quoted(&self.name)), |page| {
            self.fields(page);
            page.block("match", |page| page.line(self.criterion_text()));
            self.split.iter().for_each(|split| split.write(page));
            self.connections.iter().for_each(|connection| connection.write(page));
        });
    }

    fn fields(&self, page: &mut Page) {
        let word = if self.workspaces.len() == 1 { "workspace" } else { "workspaces" };
        page.line(format_args!("{word} {}", listed(&self.workspaces)));
        page.line(format_args!("inputs {}", listed(&self.inputs)));
        page.line(format_args!("external_name {}", quoted(&self.external_name)));
        if !self.tags.is_empty() {
            page.line(format_args!("tags {}", texts(&self.tags)));
        }
        if self.status == Status::Draft {
            page.line("status draft");
        }
        if self.access != Access::Usable {
            page.line(format_args!("access {}", self.access.word()));
        }
        if self.protect {
            page.line("protect true");
        }
        match &self.standard {
            None => {}
            Some(Standard::All) => page.line("standard all"),
            Some(Standard::Between(from, to)) => page.line(format_args!("standard between {from} and {to}")),
        }
    }
}

impl Split {
    fn write(&self, page: &mut Page) {
        page.block(format_args!("split {}", self.name), |page| {
            self.salt.iter().for_each(|salt| page.line(format_args!("salt {}", quoted(salt))));
            for variant in &self.variants {
                page.line(format_args!("variant {} {} {}%", variant.name, quoted(&variant.title), variant.share));
            }
        });
    }
}

impl Connection {
    fn write(&self, page: &mut Page) {
        page.block(format_args!("connect {}", self.output), |page| {
            match &self.variant {
                VariantName::Whole => {}
                part => page.line(format_args!("variant {part}")),
            }
            if self.status == ConnectionStatus::Inactive {
                page.line("status inactive");
            }
            if !self.share.is_empty() {
                page.line(format_args!("share {}", texts(&self.share)));
            }
            if !self.settings.is_empty() {
                page.block("with", |page| {
                    self.settings.iter().for_each(|(key, value)| page.line(format_args!("{key} {value}")));
                });
            }
        });
    }
}

impl Guard {
    fn write(&self, page: &mut Page) {
        page.block(format_args!("guard {}", self.audience), |page| {
            self.limits.iter().for_each(|limit| page.line(limit.text()));
        });
    }
}

impl Limit {
    /// The limit as the language writes it: `drops <= 5%`.
    pub fn text(&self) -> String {
        let measure = Measure::ALL.iter().find(|(_, each)| *each == self.measure).map_or("size", |(word, _)| word);
        let percent = if self.percent { "%" } else { "" };
        let bound = match self.bound {
            Bound::Equal(number) => format!("= {number}{percent}"),
            Bound::Less(number) => format!("< {number}{percent}"),
            Bound::AtMost(number) => format!("<= {number}{percent}"),
            Bound::Greater(number) => format!("> {number}{percent}"),
            Bound::AtLeast(number) => format!(">= {number}{percent}"),
            Bound::Between(low, high) => format!("between {low}{percent} and {high}{percent}"),
        };
        format!("{measure} {bound}")
    }
}

impl Assertion {
    /// The assertion as the language writes it.
    pub fn text(&self) -> String {
        match self {
            Self::Disjoint { audiences, .. } => format!("assert disjoint({})", listed(audiences)),
            Self::Inside { audience, inside, .. } => format!("assert {audience} inside {inside}"),
        }
    }
}

fn listed<T: Display>(names: impl IntoIterator<Item = T>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| name.to_string()).collect();
    names.join(", ")
}

fn texts(texts: &BTreeSet<String>) -> String {
    listed(texts.iter().map(|text| quoted(text)))
}
