//! Tables to look things up in: each row may have more below it, and a small script adds a search and an order by column.
//!
//! In: texts. Out: HTML that says everything without the script too. The script is the same on every page, takes nothing from outside, and is named by its
//! fingerprint, so that a browser runs it and nothing else.

use std::fmt::Write as _;

use base64::Engine as _;
use sha2::{Digest, Sha256};

use super::table::Column;
use crate::base::visible::markup;

/// What something says by its colour. It says the same in words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing.
    #[default]
    Plain,
    /// It matters less.
    Quiet,
    /// It comes in, or is as it should be.
    Add,
    /// It goes out, or is not as it should be.
    Drop,
}

/// A table to look things up in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Browse {
    /// What is to be searched, as the field says it.
    pub search: String,
    /// What stands in its place until it is opened; `None` for a table that is open.
    pub folded: Option<String>,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows. Missing cells stay empty, those beyond the columns are left out.
    pub rows: Vec<Vec<BrowseCell>>,
}

/// One cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BrowseCell {
    /// What it says.
    pub text: String,
    /// What is said behind it, less loudly.
    pub note: String,
    /// What it says by its colour.
    pub tone: Tone,
    /// What it is ordered by; its text where there is none.
    pub value: Option<u64>,
    /// Lines that are shown when it is opened.
    pub below: Vec<(Tone, String)>,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Quiet => "quiet",
            Self::Add => "in",
            Self::Drop => "out",
        }
    }

    /// The attribute, with a space before it.
    pub(super) fn attribute(self) -> String {
        if self == Self::Plain { String::new() } else { format!(" class=\"{}\"", self.class()) }
    }
}

impl Browse {
    /// The table as HTML.
    pub(super) fn html(&self) -> String {
        let head = |column: &Column| {
            let class = if column.figures { " class=\"figures\"" } else { "" };
            format!("<th{class} scope=\"col\">{}</th>", markup(&column.head))
        };
        let heads: String = self.columns.iter().map(head).collect();
        let mut html = format!(
            "<div class=\"wide\"><table class=\"browse\" data-search=\"{}\">\n<thead><tr>{heads}</tr></thead>\n<tbody>\n",
            markup(&self.search)
        );
        let nothing = BrowseCell::default();
        for row in &self.rows {
            let cells = row.iter().chain(std::iter::repeat(&nothing));
            let cells: String = self.columns.iter().zip(cells).map(|(column, cell)| cell.html(column)).collect();
            let _ = writeln!(html, "<tr>{cells}</tr>");
        }
        html.push_str("</tbody>\n</table></div>\n");
        match &self.folded {
            Some(summary) => {
                format!("<details>\n<summary>{}</summary>\n<div>{html}</div></details>\n", markup(summary))
            }
            None => html,
        }
    }
}

impl BrowseCell {
    fn html(&self, column: &Column) -> String {
        let classes = [if column.figures { "figures" } else { "" }, self.tone.class()];
        let classes = classes.into_iter().filter(|class| !class.is_empty()).collect::<Vec<_>>().join(" ");
        let class = if classes.is_empty() { classes } else { format!(" class=\"{classes}\"") };
        let value = self.value.map_or_else(String::new, |value| format!(" data-value=\"{value}\""));
        let note = match self.note.as_str() {
            "" => String::new(),
            note => format!(" <span class=\"quiet\">{}</span>", markup(note)),
        };
        let text = format!("{}{note}", markup(&self.text));
        if self.below.is_empty() {
            return format!("<td{class}{value}>{text}</td>");
        }
        let line = |(tone, text): &(Tone, String)| format!("<li{}>{}</li>", tone.attribute(), markup(text));
        let lines: String = self.below.iter().map(line).collect();
        format!("<td{class}{value}><details><summary>{text}</summary><ul>{lines}</ul></details></td>")
    }
}

/// The script. It has no mark of markup in it, so that the page is well-formed.
pub(super) const SCRIPT: &str = r"
'use strict';
for (const table of document.querySelectorAll('table.browse')) {
  const body = table.tBodies[0], rows = [...body.rows], heads = [...table.tHead.rows[0].cells];
  const texts = rows.map(row => row.textContent.toLowerCase());
  const tools = document.createElement('p'), box = document.createElement('input'), count = document.createElement('span');
  tools.className = 'tools';
  box.type = 'search';
  box.placeholder = table.dataset.search;
  box.setAttribute('aria-label', table.dataset.search);
  count.setAttribute('role', 'status');
  box.addEventListener('input', () => {
    const words = box.value.toLowerCase().split(/\s+/);
    let shown = 0;
    rows.forEach((row, at) => {
      row.hidden = !words.every(word => texts[at].includes(word));
      if (!row.hidden) shown += 1;
    });
    count.textContent = shown === rows.length ? '' : shown + ' of ' + rows.length;
  });
  tools.append(box, count);
  if (rows.length > 1) table.parentNode.before(tools);
  const key = (row, at) => {
    const cell = row.cells[at], value = cell.dataset.value;
    return value === undefined ? cell.textContent.toLowerCase() : Number(value);
  };
  heads.forEach((head, at) => {
    const button = document.createElement('button'), figures = head.className === 'figures';
    button.type = 'button';
    button.textContent = head.textContent;
    button.addEventListener('click', () => {
      const first = figures ? 'descending' : 'ascending', other = figures ? 'ascending' : 'descending';
      const order = head.getAttribute('aria-sort') === first ? other : first;
      heads.forEach(each => each.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', order);
      const sign = order === 'ascending' ? 1 : -1;
      const keyed = rows.map((row, place) => ({ row, place, key: key(row, at) }));
      keyed.sort((a, b) => a.key === b.key ? a.place - b.place : a.key > b.key ? sign : -sign);
      body.append(...keyed.map(each => each.row));
    });
    head.replaceChildren(button);
  });
}
";

/// What a policy calls the script: nothing else may run.
pub(super) fn script_source() -> String {
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(SCRIPT.as_bytes()));
    format!("'sha256-{hash}'")
}
