//! One picture while it is drawn, and its SVG when it is done.
//!
//! In: shapes and texts in pixels. Out: SVG. Texts never pass through the drawing crate: it writes a token for each, and
//! when all is drawn the tokens become escaped texts, and the place-holder colours those of the theme.

use std::cell::RefCell;
use std::fmt::Write as _;

use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontTransform, IntoFont, RGBAColor, ShapeStyle, TextStyle};

use super::palette::{Paint, Theme};
use super::text::cut;
use super::{PictureError, Size};
use crate::base::visible::markup;

/// What a drawing step gives.
pub(super) type Drawn = Result<(), PictureError>;

/// The font of everything. Whoever opens the picture has it.
const FONT: &str = "system-ui, sans-serif";

/// The drawing crate multiplies sizes of fonts by this much.
const FONT_FACTOR: f64 = 1.24;

/// Sizes of fonts in pixels.
pub(super) const TITLE: i32 = 16;
pub(super) const BODY: i32 = 12;
pub(super) const SMALL: i32 = 11;

/// How far from the edge everything stays.
pub(super) const MARGIN: i32 = 16;

/// A token starts and ends with these; both are for private use.
const TOKEN: (char, char) = ('\u{e000}', '\u{e001}');

/// How a text is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pen {
    pub(super) paint: Paint,
    pub(super) font: i32,
    pub(super) bold: bool,
    /// Which of its ends stands at the place it is given.
    pub(super) anchor: Anchor,
    /// Whether it runs upwards.
    pub(super) turned: bool,
}

/// Which part of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Pen {
    pub(super) const BODY: Self =
        Self { paint: Paint::Ink, font: BODY, bold: false, anchor: Anchor::Start, turned: false };
    pub(super) const SMALL: Self = Self { paint: Paint::Quiet, font: SMALL, ..Self::BODY };

    pub(super) fn end(self) -> Self {
        Self { anchor: Anchor::End, ..self }
    }

    pub(super) fn middle(self) -> Self {
        Self { anchor: Anchor::Middle, ..self }
    }

    pub(super) fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub(super) fn paint(self, paint: Paint) -> Self {
        Self { paint, ..self }
    }

    pub(super) fn turned(self) -> Self {
        Self { turned: true, ..self }
    }

    pub(super) fn style(self) -> TextStyle<'static> {
        let h = match self.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let font = (FONT, f64::from(self.font) * FONT_FACTOR).into_font();
        let font = if self.bold { font.style(plotters::style::FontStyle::Bold) } else { font };
        let font = if self.turned { font.transform(FontTransform::Rotate270) } else { font };
        let color = self.paint.rgb().to_backend_color();
        TextStyle { font, color, pos: Pos::new(h, VPos::Center) }
    }
}

/// A text to be written, and the whole of it where it was cut.
struct Text {
    shown: String,
    whole: Option<String>,
}

/// One picture while it is drawn.
pub(super) struct Sheet<'a> {
    pub(super) area: DrawingArea<SVGBackend<'a>, Shift>,
    texts: RefCell<Vec<Text>>,
}

/// What is on a picture, for those who do not see it.
pub(super) struct About<'a> {
    pub(super) title: &'a str,
    pub(super) said: String,
}

/// Draws a picture.
pub(super) fn draw(
    size: Size,
    theme: Theme,
    about: &About<'_>,
    onto: impl FnOnce(&Sheet<'_>) -> Drawn,
) -> Result<String, PictureError> {
    let mut raw = String::new();
    let texts = drawn(&mut raw, size, about.title, onto)?;
    Ok(finished(&raw, &texts, size, theme, about))
}

/// Draws in place-holder colours and with tokens for texts. Gives the texts.
fn drawn(
    raw: &mut String,
    size: Size,
    title: &str,
    onto: impl FnOnce(&Sheet<'_>) -> Drawn,
) -> Result<Vec<Text>, PictureError> {
    let area = SVGBackend::with_string(raw, (size.width, size.height)).into_drawing_area();
    let sheet = Sheet { area, texts: RefCell::default() };
    sheet.title(title, size)?;
    onto(&sheet)?;
    sheet.area.present()?;
    Ok(sheet.texts.into_inner())
}

impl Sheet<'_> {
    fn title(&self, title: &str, size: Size) -> Drawn {
        let pen = Pen { font: TITLE, ..Pen::BODY.bold() };
        self.write(title, (MARGIN, MARGIN + 8), pen, pixels(size.width) - 2 * MARGIN)
    }

    /// A text in its place, cut to its room.
    pub(super) fn write(&self, text: &str, at: (i32, i32), pen: Pen, room: i32) -> Drawn {
        if text.is_empty() {
            return Ok(());
        }
        // Bold text is about a seventh wider.
        let room = if pen.bold { room - room / 7 } else { room };
        let token = self.token(text, pen.font, room);
        Ok(self.area.draw_text(&token, &pen.style(), at)?)
    }

    /// What the drawing crate writes instead of a text.
    pub(super) fn token(&self, text: &str, font: i32, room: i32) -> String {
        let mut texts = self.texts.borrow_mut();
        texts.push(match cut(text, font, room) {
            Some(shown) => Text { shown, whole: Some(text.to_owned()) },
            None => Text { shown: text.to_owned(), whole: None },
        });
        format!("{}{}{}", TOKEN.0, texts.len() - 1, TOKEN.1)
    }

    /// A filled rectangle. One that would be narrower than a pixel is a pixel wide: what is there is seen.
    pub(super) fn fill(&self, from: (i32, i32), to: (i32, i32), colour: RGBAColor) -> Drawn {
        let to = (to.0.max(from.0 + 1), to.1.max(from.1 + 1));
        Ok(self.area.draw(&Rectangle::new([from, to], colour.filled()))?)
    }

    /// A line through points.
    pub(super) fn line(&self, points: Vec<(i32, i32)>, colour: RGBAColor, width: u32) -> Drawn {
        Ok(self.area.draw(&PathElement::new(points, stroke(colour, width)))?)
    }

    /// A filled shape around points.
    pub(super) fn shape(&self, points: Vec<(i32, i32)>, colour: RGBAColor) -> Drawn {
        Ok(self.area.draw(&Polygon::new(points, colour.filled()))?)
    }

    /// A dot.
    pub(super) fn dot(&self, at: (i32, i32), radius: i32, colour: RGBAColor) -> Drawn {
        Ok(self.area.draw(&Circle::new(at, radius, colour.filled()))?)
    }

    /// A level line with an upright mark at each end.
    pub(super) fn whisker(&self, from: i32, to: i32, y: i32, paint: Paint) -> Drawn {
        let colour = paint.faint(1.0);
        // A whisker on a bar stands out by the ground around it.
        self.line(vec![(from, y), (to, y)], Paint::Ground.faint(0.7), 5)?;
        self.line(vec![(from, y), (to, y)], colour, 1)?;
        self.line(vec![(from, y - 4), (from, y + 4)], colour, 1)?;
        self.line(vec![(to, y - 4), (to, y + 4)], colour, 1)
    }

    /// Which colour is what, in one line.
    pub(super) fn legend(&self, y: i32, entries: &[(RGBAColor, &str)]) -> Drawn {
        let mut x = MARGIN;
        for (colour, text) in entries {
            self.fill((x, y - 5), (x + 10, y + 5), *colour)?;
            self.write(text, (x + 16, y), Pen::SMALL, i32::MAX)?;
            x += 16 + super::text::width(text, SMALL) + 18;
        }
        Ok(())
    }
}

pub(super) fn stroke(colour: RGBAColor, width: u32) -> ShapeStyle {
    colour.stroke_width(width)
}

/// A size as a coordinate.
pub(super) fn pixels(size: u32) -> i32 {
    i32::try_from(size).unwrap_or(i32::MAX)
}

/// The SVG of what was drawn.
fn finished(raw: &str, texts: &[Text], Size { width, height }: Size, theme: Theme, about: &About<'_>) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" font-family=\"{FONT}\">\n<title>{}</title>\n<desc>{}</desc>\n",
        markup(about.title),
        markup(&about.said)
    );
    if theme == Theme::Reader {
        let _ = writeln!(svg, "<style>{}</style>", style(raw));
    }
    let ground = swapped("<rect width=\"100%\" height=\"100%\" fill=\"#5A0000\"/>", theme);
    let _ = writeln!(svg, "{ground}");
    // The drawing crate writes an element a line, and a text in three: its start, itself, and its end.
    for line in raw.lines().skip(1) {
        match line.strip_prefix(TOKEN.0).and_then(|rest| rest.strip_suffix(TOKEN.1)) {
            Some(index) => {
                if let Some(text) = index.parse().ok().and_then(|index: usize| texts.get(index)) {
                    svg.push_str(&markup(&text.shown));
                    // Behind what is shown: some programs place what follows a title as if it had no `dy`.
                    let whole = text.whole.as_ref().map(|whole| format!("<title>{}</title>", markup(whole)));
                    svg.push_str(&whole.unwrap_or_default());
                }
            }
            None if line.starts_with("<text") => svg.push_str(&swapped(line, theme)),
            None if line.starts_with('<') => {
                svg.push_str(&swapped(line, theme));
                svg.push('\n');
            }
            None => svg.push_str(&markup(line)),
        }
    }
    svg
}

/// An element with the colours of the theme, without what it says needlessly.
fn swapped(element: &str, theme: Theme) -> String {
    let mut element = element.to_owned();
    for needless in [" opacity=\"1\"", " stroke=\"none\"", " font-family=\"system-ui, sans-serif\""] {
        element = element.replace(needless, "");
    }
    // Level and upright lines are drawn in whole pixels; the lines of the grid are nothing else.
    let crisp = " shape-rendering=\"crispEdges\"";
    if is_straight(&element) {
        element.insert_str("<polyline".len(), crisp);
    } else if element.starts_with("<line") {
        element.insert_str("<line".len(), crisp);
    }
    for (attribute, letter) in [("fill", 'f'), ("stroke", 's')] {
        let start = format!("{attribute}=\"#5A00");
        let Some((before, (code, after))) =
            element.split_once(&start).and_then(|(before, rest)| Some((before, rest.split_once('"')?)))
        else {
            continue;
        };
        let paint = Paint::of(u8::from_str_radix(code, 16).unwrap_or_default());
        let class = match theme {
            Theme::Reader => format!("class=\"{letter}-{}\" ", paint.class()),
            Theme::Light | Theme::Dark => String::new(),
        };
        element = format!("{before}{class}{attribute}=\"{}\"{after}", paint.css(theme));
    }
    element
}

/// Whether an element is one level or upright line.
fn is_straight(element: &str) -> bool {
    let points = element.strip_prefix("<polyline").and_then(|rest| rest.split_once("points=\""));
    let points = points.and_then(|(_, rest)| rest.split_once('"'));
    let points = points.map(|(points, _)| points.split_whitespace().filter_map(|point| point.split_once(',')));
    match points.map(Iterator::collect::<Vec<_>>).as_deref() {
        Some([one, other]) => one.0 == other.0 || one.1 == other.1,
        _ => false,
    }
}

/// The colours for readers who prefer dark: those that occur.
fn style(raw: &str) -> String {
    let mut rules = String::new();
    for paint in Paint::all() {
        let plotters::style::RGBColor(red, green, blue) = paint.rgb();
        for (attribute, letter) in [("fill", 'f'), ("stroke", 's')] {
            let occurs = raw.contains(&format!("{attribute}=\"#{red:02X}{green:02X}{blue:02X}\""));
            if occurs || (paint == Paint::Ground && attribute == "fill") {
                let (class, colour) = (paint.class(), paint.css(Theme::Dark));
                let _ = write!(rules, ".{letter}-{class}{{{attribute}:{colour}}}");
            }
        }
    }
    format!("@media (prefers-color-scheme:dark){{{rules}}}")
}
