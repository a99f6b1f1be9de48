//! Pages: text, pictures and tables in one HTML document.

use std::fmt::Write as _;

use super::browse::{self, Browse, Tone};
use super::palette::{Paint, Theme, text_colours};
use super::{Drawing, PictureError, Table};
use crate::base::visible::markup;

/// One HTML document that needs nothing else: no font, no file beside it, and no script but that of tables to look things up in, which say everything without it.
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
    /// A table to look things up in.
    Browse(Browse),
    /// A few figures that come first.
    Figures(Vec<Figure>),
    /// A sentence that is to be seen.
    Notice(Tone, String),
}

/// A figure with what it is of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    /// The figure.
    pub value: String,
    /// What it is of.
    pub label: String,
    /// What it says by its colour.
    pub tone: Tone,
}

impl Page {
    /// The document. It is well-formed XML too. Nothing in it may load anything, and nothing may run but the script of its tables; it says so to the browser.
    pub fn html(&self, theme: Theme) -> Result<String, PictureError> {
        let title = markup(&self.title);
        let browses = self.parts.iter().any(|part| matches!(part, Part::Browse(_)));
        let policy = if browses { format!("; script-src {}", browse::script_source()) } else { String::new() };
        let mut html = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'{policy}\"/>\n\
             <title>{title}</title>\n<style>{}</style>\n</head>\n<body>\n<main{}>\n<h1>{title}</h1>\n",
            style(theme),
            if browses { " class=\"broad\"" } else { "" }
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
                Part::Browse(browse) => html.push_str(&browse.html()),
                Part::Figures(figures) => {
                    let each = |figure: &Figure| {
                        let (value, label) = (markup(&figure.value), markup(&figure.label));
                        format!("<div><dd{}>{value}</dd><dt>{label}</dt></div>", figure.tone.attribute())
                    };
                    let _ = writeln!(html, "<dl>{}</dl>", figures.iter().map(each).collect::<String>());
                }
                Part::Notice(tone, text) => {
                    let _ = writeln!(html, "<div class=\"notice\"><p{}>{}</p></div>", tone.attribute(), markup(text));
                }
            }
        }
        if browses {
            let _ = writeln!(html, "<script>{}</script>", browse::SCRIPT);
        }
        html.push_str("</main>\n</body>\n</html>\n");
        Ok(html)
    }
}

/// How the page looks. What is wider than the window scrolls by itself.
fn style(theme: Theme) -> String {
    let colours = |theme: Theme| {
        let css = |paint: Paint| paint.css(theme);
        let [comes, goes] = text_colours(theme);
        format!(
            "--ground:{};--ink:{};--quiet:{};--rule:{};--in:{comes};--out:{goes}",
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
.broad{{max-width:1080px}}
.broad table{{width:100%}}
.broad td.figures,.broad th.figures{{white-space:nowrap}}
.quiet{{color:var(--quiet)}}
.in{{color:var(--in)}}
.out{{color:var(--out)}}
dl{{display:flex;flex-wrap:wrap;gap:12px;margin:20px 0}}
dl div{{border:1px solid var(--rule);border-radius:6px;padding:10px 16px;min-width:84px;display:flex;flex-direction:column}}
dd{{margin:0;font-size:22px;font-weight:600;font-variant-numeric:tabular-nums}}
dt{{color:var(--quiet);font-size:13px}}
.notice{{border:1px solid var(--rule);border-left:4px solid var(--out);border-radius:4px;padding:2px 16px;margin:16px 0}}
.tools{{display:flex;gap:12px;align-items:baseline;color:var(--quiet);font-size:14px}}
.tools input{{font:inherit;font-size:15px;padding:6px 10px;width:24em;max-width:70%;color:var(--ink);background:var(--ground);border:1px solid var(--rule);border-radius:6px}}
th button{{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer}}
th[aria-sort=ascending] button::after{{content:\" ↑\"}}
th[aria-sort=descending] button::after{{content:\" ↓\"}}
summary{{cursor:pointer}}
details ul{{margin:6px 0 4px;padding-left:18px;font-size:13px}}
",
        colours(theme)
    )
}
