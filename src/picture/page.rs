//! Pages: text, pictures and tables in one HTML document.

use std::fmt::Write as _;

use super::palette::{Paint, Theme};
use super::{Drawing, PictureError, Table};
use crate::base::visible::markup;

/// One HTML document that needs nothing else: no script, no font, no file beside it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// What the page is about.
    pub title: String,
    /// What is on it, from top to bottom.
    pub parts: Vec<Part>,
}

/// One part of a page.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// The head of what follows.
    Heading(String),
    /// Plain text.
    Paragraph(String),
    /// A picture.
    Drawing(Drawing),
    /// A table.
    Table(Table),
}

impl Page {
    /// The document. It is well-formed XML too. Nothing in it may run or load anything, and it says so to the browser.
    pub fn html(&self, theme: Theme) -> Result<String, PictureError> {
        let title = markup(&self.title);
        let mut html = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n\
             <title>{title}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n",
            style(theme)
        );
        for part in &self.parts {
            match part {
                Part::Heading(text) => {
                    let _ = writeln!(html, "<h2>{}</h2>", markup(text));
                }
                Part::Paragraph(text) => {
                    let _ = writeln!(html, "<p>{}</p>", markup(text));
                }
                Part::Drawing(drawing) => {
                    let _ = writeln!(html, "<figure class=\"wide\">\n{}</figure>", drawing.svg(theme)?);
                }
                Part::Table(table) => html.push_str(&table.html()),
            }
        }
        html.push_str("</main>\n</body>\n</html>\n");
        Ok(html)
    }
}

/// How the page looks. What is wider than the window scrolls by itself.
fn style(theme: Theme) -> String {
    let colours = |theme: Theme| {
        let css = |paint: Paint| paint.css(theme);
        format!(
            "--ground:{};--ink:{};--quiet:{};--rule:{}",
            css(Paint::Ground),
            css(Paint::Ink),
            css(Paint::Quiet),
            css(Paint::Rule)
        )
    };
    let (scheme, dark) = match theme {
        Theme::Light => ("light", String::new()),
        Theme::Dark => ("dark", String::new()),
        Theme::Reader => {
            ("light dark", format!("\n@media (prefers-color-scheme:dark){{:root{{{}}}}}", colours(Theme::Dark)))
        }
    };
    format!(
        "\n:root{{color-scheme:{scheme};{}}}{dark}
body{{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}}
main{{max-width:800px;margin:0 auto;padding:24px 20px 64px}}
h1,h2,p,td,th,caption{{overflow-wrap:anywhere}}
h1{{font-size:26px;line-height:1.25}}
h2{{font-size:19px;margin:40px 0 8px}}
.wide{{margin:16px 0;overflow-x:auto}}
svg{{display:block}}
table{{border-collapse:collapse;font-size:14px;min-width:50%}}
caption{{text-align:left;color:var(--quiet);padding-bottom:6px}}
th,td{{text-align:left;vertical-align:top;padding:5px 14px 5px 0;border-bottom:1px solid var(--rule);min-width:4em}}
th{{color:var(--quiet);font-weight:600}}
.figures{{text-align:right;font-variant-numeric:tabular-nums}}
",
        colours(theme)
    )
}
