//! The tree for people.

use super::words;
use crate::base::{Origin, SourceMap};
use crate::explain::{Explanation, Fewest, Inside, Node, Population, Tree, Turn};
use crate::report::number::{instant, now};
use crate::report::{Style, visible};

/// The explanation as text, with a line break at its end.
pub fn text(explanation: &Explanation, sources: &SourceMap, style: Style) -> String {
    let tree = &explanation.tree;
    let verdict = if tree.member { "is in" } else { "is not in" };
    let head = format!("user {} {verdict} {} \"{}\"", explanation.mpid, tree.address, visible(&tree.name));
    let mut text =
        format!("{}\n{}\n\n", style.paint(Style::STRONG, head), style.paint(Style::FAINT, now(explanation.now)));
    text.push_str(&self::tree(tree, sources, style));
    text.push('\n');
    for line in [fewest(explanation), turn(explanation)] {
        text.push_str(&visible(&line));
        text.push('\n');
    }
    text
}

/// The tree alone, with a line break at its end.
pub fn tree(tree: &Tree, sources: &SourceMap, style: Style) -> String {
    let mut page = Page { lines: Vec::new(), populations: Vec::new(), sources, style };
    page.tree(tree, 0);
    page.finish()
}

/// A line before it is drawn: how deep, a verdict, what it says, and where that was written.
struct Line {
    depth: usize,
    holds: Option<bool>,
    text: String,
    place: String,
}

struct Page<'a> {
    lines: Vec<Line>,
    /// Those of the audiences around the line at hand.
    populations: Vec<Population>,
    sources: &'a SourceMap,
    style: Style,
}

impl Page<'_> {
    fn line(&mut self, depth: usize, holds: Option<bool>, text: &str, place: String) {
        self.lines.push(Line { depth, holds, text: visible(text).into_owned(), place });
    }

    fn tree(&mut self, tree: &Tree, depth: usize) {
        if tree.stored {
            let note = format!("as stored, for {}; what follows is evaluated anew", instant(tree.at));
            self.line(depth, None, &note, String::new());
        }
        // A nested audience mostly has the population of the one around it, which was shown already.
        if self.populations.last() != Some(&tree.population) {
            self.line(depth, Some(tree.population.holds), "population", String::new());
            for line in words::population(&tree.population) {
                self.line(depth + 2, None, &line, String::new());
            }
        }
        self.populations.push(tree.population.clone());
        self.node(&tree.root, depth);
        self.populations.pop();
    }

    fn node(&mut self, node: &Node, depth: usize) {
        let label = node.label.as_ref().map_or_else(String::new, |label| format!("{label}: "));
        let word = match &node.inside {
            Inside::All(_) => "all of these",
            Inside::Any(_) => "any of these",
            Inside::Not(inner) => return self.not(node, inner, depth, &label),
            Inside::Member(..) | Inside::Leaf(_) => &node.text,
        };
        self.line(depth, Some(node.holds), &format!("{label}{word}"), self.place(node));
        self.inside(node, depth);
    }

    /// A negated group in one line: `none of these`.
    fn not(&mut self, node: &Node, inner: &Node, depth: usize, label: &str) {
        let word = match &inner.inside {
            Inside::All(_) => "not all of these",
            Inside::Any(_) => "none of these",
            _ => "not this",
        };
        let inner_label = inner.label.as_ref().map_or_else(String::new, |label| format!("{label}: "));
        self.line(depth, Some(node.holds), &format!("{label}{inner_label}{word}"), self.place(inner));
        match &inner.inside {
            Inside::All(_) | Inside::Any(_) => self.inside(inner, depth),
            _ => self.node(inner, depth + 1),
        }
    }

    fn inside(&mut self, node: &Node, depth: usize) {
        match &node.inside {
            Inside::All(inner) | Inside::Any(inner) => inner.iter().for_each(|each| self.node(each, depth + 1)),
            Inside::Not(inner) => self.node(inner, depth + 1),
            Inside::Member(_, Some(tree)) => self.tree(tree, depth + 1),
            Inside::Member(..) => {}
            Inside::Leaf(facts) => {
                for fact in facts {
                    self.line(depth + 2, None, &words::fact(fact), String::new());
                }
            }
        }
    }

    /// Where a criterion was written. A group stands where its parts do.
    fn place(&self, node: &Node) -> String {
        match node.inside {
            Inside::All(_) | Inside::Any(_) | Inside::Not(_) => String::new(),
            Inside::Member(..) | Inside::Leaf(_) => place(node.origin, self.sources).unwrap_or_default(),
        }
    }

    /// The lines with their places in a column of their own, as far right as the longest line that leaves room.
    fn finish(self) -> String {
        let room = self.style.width;
        let width = |line: &Line| 2 * line.depth + 2 + line.text.chars().count();
        let fits = |line: &&Line| !line.place.is_empty() && width(line) + 2 + line.place.chars().count() <= room;
        let column = self.lines.iter().filter(fits).map(width).max().unwrap_or(0);
        let mut text = String::new();
        for line in &self.lines {
            let mark = match line.holds {
                Some(true) => self.style.paint(Style::ADDED, "✓ "),
                Some(false) => self.style.paint(Style::REMOVED, "✗ "),
                None => String::new(),
            };
            let indent = "  ".repeat(line.depth);
            let said =
                if line.holds.is_none() { self.style.paint(Style::FAINT, &line.text) } else { line.text.clone() };
            text.push_str(&format!("{indent}{mark}{said}"));
            if !line.place.is_empty() {
                let gap = " ".repeat(column.saturating_sub(width(line)) + 2);
                text.push_str(&format!("{gap}{}", self.style.paint(Style::FAINT, &line.place)));
            }
            text.push('\n');
        }
        text
    }
}

/// `audiences/a.aud:9`.
pub(in crate::report) fn place(origin: Origin, sources: &SourceMap) -> Option<String> {
    let span = origin.0?;
    let source = sources.get(span.source)?;
    Some(visible(&format!("{}:{}", source.path.display(), source.line_column(span.start).0)).into_owned())
}

fn fewest(explanation: &Explanation) -> String {
    let tree = &explanation.tree;
    let way = if tree.member { "out" } else { "in" };
    match &explanation.fewest {
        Fewest::Population => "To be in, the user must be in the population first.".to_owned(),
        Fewest::Nothing if tree.stored => "The membership is stored, so nothing changes it.".to_owned(),
        Fewest::Nothing => "No criterion decides: only the population does.".to_owned(),
        Fewest::Criteria(numbers) => {
            let mut texts = Vec::new();
            tree.root.visit(&mut |node| {
                if numbers.contains(&node.number) {
                    texts.push((node.number, name(node)));
                }
            });
            texts.sort();
            let texts: Vec<String> = texts.into_iter().map(|(_, text)| format!("  {text}")).collect();
            let which = if texts.len() == 1 { "this criterion" } else { "these criteria" };
            format!("The user would be {way} if {which} changed:{}", joined(&texts))
        }
    }
}

fn joined(texts: &[String]) -> String {
    texts.iter().map(|text| format!(" {}", text.trim())).collect::<Vec<_>>().join(" ·")
}

fn name(node: &Node) -> String {
    match &node.label {
        Some(label) => format!("{label}: {}", node.text),
        None => node.text.clone(),
    }
}

fn turn(explanation: &Explanation) -> String {
    match explanation.turn {
        Some(Turn { at, member }) => {
            let way = if member { "in" } else { "out" };
            let exact =
                if at.0.rem_euclid(1000) == 0 { String::new() } else { format!(".{:03}", at.0.rem_euclid(1000)) };
            format!("By time alone the user is {way} from {}{exact} UTC on.", instant(at))
        }
        None if explanation.tree.member => "Time alone never takes the user out.".to_owned(),
        None => "Time alone never brings the user in.".to_owned(),
    }
}
