//! The colours of pictures, in light and dark.
//!
//! In: what something is, as a [`Paint`]. Out: its colour in a [`Theme`]. The hues are those of Okabe and Ito, which
//! people who see colours differently tell apart. Drawing is done in place-holder colours, one a paint, that are swapped
//! for those of the theme at the end: so what is drawn does not depend on the theme.

use plotters::style::{Color, RGBAColor, RGBColor};

/// For which ground the colours are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Dark on white.
    Light,
    /// Light on nearly black.
    Dark,
    /// Whatever the one who opens it prefers; light where the program that shows it knows no preference.
    #[default]
    Reader,
}

/// How many shades there are between nothing and everything.
pub(super) const SHADES: u8 = 9;

/// What something is that has a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    /// Behind everything.
    Ground,
    /// Text and marks.
    Ink,
    /// Text that matters less.
    Quiet,
    /// Lines of a grid.
    Rule,
    /// The figures themselves.
    Bar,
    /// What comes in.
    Add,
    /// What goes out, and what is not as it should be.
    Drop,
    /// What goes out for several reasons.
    Mixed,
    /// A cell of so much, up to [`SHADES`].
    Shade(u8),
    /// Text on such a cell.
    OnShade(u8),
}

/// What comes in and what goes out, as the colours of text: darker than bars have to be.
pub(super) fn text_colours(theme: Theme) -> [String; 2] {
    let colours = if theme == Theme::Dark { DARK_TEXTS } else { LIGHT_TEXTS };
    colours.map(|(red, green, blue)| format!("#{red:02x}{green:02x}{blue:02x}"))
}

type Rgb = (u8, u8, u8);

const LIGHT_TEXTS: [Rgb; 2] = [(0x00, 0x70, 0x50), (0xa8, 0x43, 0x00)];
const DARK_TEXTS: [Rgb; 2] = [(0x2f, 0xcb, 0x9b), (0xff, 0x9a, 0x4d)];

/// The lightest and the darkest shade.
const LIGHT_SHADES: (Rgb, Rgb) = ((0xe8, 0xf0, 0xf8), (0x00, 0x42, 0x70));
const DARK_SHADES: (Rgb, Rgb) = ((0x18, 0x24, 0x30), (0x86, 0xc8, 0xf2));

impl Paint {
    /// All paints, in the order of their place-holders.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let plain = [Self::Ground, Self::Ink, Self::Quiet, Self::Rule, Self::Bar, Self::Add, Self::Drop, Self::Mixed];
        let shades = (0..=SHADES).flat_map(|shade| [Self::Shade(shade), Self::OnShade(shade)]);
        plain.into_iter().chain(shades)
    }

    /// Its place among all.
    fn code(self) -> u8 {
        match self {
            Self::Ground => 0,
            Self::Ink => 1,
            Self::Quiet => 2,
            Self::Rule => 3,
            Self::Bar => 4,
            Self::Add => 5,
            Self::Drop => 6,
            Self::Mixed => 7,
            Self::Shade(shade) => 8 + 2 * shade.min(SHADES),
            Self::OnShade(shade) => 9 + 2 * shade.min(SHADES),
        }
    }

    /// The paint of a place-holder.
    pub(super) fn of(code: u8) -> Self {
        Self::all().nth(usize::from(code)).unwrap_or(Self::Ink)
    }

    /// The place-holder that is drawn with.
    pub(super) fn rgb(self) -> RGBColor {
        RGBColor(0x5a, 0, self.code())
    }

    /// The same, so much of it covering what lies below.
    pub(super) fn faint(self, cover: f64) -> RGBAColor {
        self.rgb().mix(cover)
    }

    /// The colour as CSS.
    pub(super) fn css(self, theme: Theme) -> String {
        let (red, green, blue) = self.colour(theme == Theme::Dark);
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// Its name in style sheets.
    pub(super) fn class(self) -> String {
        match self {
            Self::Ground => "ground".to_owned(),
            Self::Ink => "ink".to_owned(),
            Self::Quiet => "quiet".to_owned(),
            Self::Rule => "rule".to_owned(),
            Self::Bar => "bar".to_owned(),
            Self::Add => "add".to_owned(),
            Self::Drop => "drop".to_owned(),
            Self::Mixed => "mixed".to_owned(),
            Self::Shade(shade) => format!("shade{shade}"),
            Self::OnShade(shade) => format!("on{shade}"),
        }
    }

    fn colour(self, dark: bool) -> Rgb {
        let pick = |on_light: Rgb, on_dark: Rgb| if dark { on_dark } else { on_light };
        match self {
            Self::Ground => pick((0xff, 0xff, 0xff), (0x0d, 0x11, 0x17)),
            Self::Ink => pick((0x1f, 0x23, 0x28), (0xe6, 0xed, 0xf3)),
            Self::Quiet => pick((0x59, 0x63, 0x6e), (0x9d, 0xa7, 0xb3)),
            Self::Rule => pick((0xd8, 0xde, 0xe4), (0x2a, 0x31, 0x3a)),
            Self::Bar => pick((0x00, 0x72, 0xb2), (0x56, 0xb4, 0xe9)),
            Self::Add => pick((0x00, 0x9e, 0x73), (0x00, 0xb8, 0x86)),
            Self::Drop => pick((0xd5, 0x5e, 0x00), (0xf0, 0x7a, 0x1c)),
            Self::Mixed => pick((0xe6, 0x9f, 0x00), (0xe6, 0x9f, 0x00)),
            Self::Shade(shade) => between(if dark { DARK_SHADES } else { LIGHT_SHADES }, shade),
            Self::OnShade(shade) => {
                let below = Self::Shade(shade).colour(dark);
                // One of these two stands out on every colour.
                let (white, black) = ((0xff, 0xff, 0xff), (0, 0, 0));
                if contrast(below, white) > contrast(below, black) { white } else { black }
            }
        }
    }
}

fn between((from, to): (Rgb, Rgb), shade: u8) -> Rgb {
    let share = f64::from(shade.min(SHADES)) / f64::from(SHADES);
    let mix = |from: u8, to: u8| (f64::from(from) + share * (f64::from(to) - f64::from(from))).round() as u8;
    (mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

/// The contrast of two colours as WCAG 2 defines it: from 1 to 21, and 4.5 is enough for text.
fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance((red, green, blue): Rgb) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_holders_are_read_back() {
        for (code, paint) in (0..).zip(Paint::all()) {
            assert_eq!((paint.code(), Paint::of(code)), (code, paint));
        }
    }

    #[test]
    fn text_stands_out_and_so_do_marks() {
        for dark in [false, true] {
            let ground = Paint::Ground.colour(dark);
            for paint in [Paint::Ink, Paint::Quiet] {
                assert!(contrast(paint.colour(dark), ground) >= 4.5, "{paint:?}, dark: {dark}");
            }
            for text in if dark { DARK_TEXTS } else { LIGHT_TEXTS } {
                assert!(contrast(text, ground) >= 4.5, "{text:?}, dark: {dark}");
            }
            for paint in [Paint::Bar, Paint::Add, Paint::Drop] {
                assert!(contrast(paint.colour(dark), ground) >= 3.0, "{paint:?}, dark: {dark}");
            }
            for shade in 0..=SHADES {
                let (below, text) = (Paint::Shade(shade).colour(dark), Paint::OnShade(shade).colour(dark));
                assert!(contrast(below, text) >= 4.5, "shade {shade}, dark: {dark}");
            }
        }
    }
}
