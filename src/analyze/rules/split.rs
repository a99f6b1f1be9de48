//! A/B tests: whole shares that sum to at most 100, few variants, unique names, Control reserved (M15).

use crate::base::{Span, Spanned, text};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ir;
use crate::syntax::ast::{Number, Split, Variant};

/// The model of a split; `None` where a share is wrong.
pub(in crate::analyze) fn check(split: &Split, most: u32, found: &mut Diagnostics) -> Option<ir::Split> {
    if split.variants.is_empty() {
        found.push(
            Diagnostic::new(Code::NoVariants, format!("split `{}` has no variants", split.name.value))
                .label(split.name.span, "everybody would be in Control")
                .help("add a line such as `variant push \"Push message\" 50%`"),
        );
    }
    if let Some(extra) = split.variants.get(most as usize) {
        found.push(
            Diagnostic::new(
                Code::TooManyVariants,
                format!(
                    "split `{}` has {} variants; at most {most} are possible besides Control",
                    split.name.value,
                    split.variants.len()
                ),
            )
            .label(extra.span, "one too many from here on")
            .help("take variants out, or raise `limits.variants` in aud.yaml"),
        );
    }
    reserved(split, found);
    unique(split, found);
    let shares: Vec<Option<u8>> = split.variants.iter().map(|variant| share(&variant.share, found)).collect();
    let shares: Vec<u8> = shares.into_iter().collect::<Option<_>>()?;
    let sum: u32 = shares.iter().map(|share| u32::from(*share)).sum();
    if sum > 100 {
        found.push(too_large(split, sum));
    }
    let variants = split.variants.iter().zip(shares).map(|(variant, share)| ir::Variant {
        name: variant.name.value.clone(),
        title: title(variant).0.to_owned(),
        share,
    });
    let variants = variants.collect();
    let salt = split.salt.as_ref().map(|salt| salt.value.clone());
    Some(ir::Split { name: split.name.value.clone(), salt, variants })
}

/// The title of a variant, and where it stands.
fn title(variant: &Variant) -> (&str, Span) {
    match &variant.title {
        Some(title) => (&title.value, title.span),
        None => (variant.name.value.as_str(), variant.name.span),
    }
}

fn share(written: &Spanned<Number>, found: &mut Diagnostics) -> Option<u8> {
    let value = written.value.value;
    if value.fract() == 0.0 && (1.0..=100.0).contains(&value) {
        return Some(value as u8);
    }
    let shown = &written.value.text;
    let (message, label) = if value.fract() != 0.0 {
        (format!("{shown} % is not a whole percentage"), "shares are whole numbers")
    } else if value < 1.0 {
        (format!("a variant cannot take {shown} %"), "shares are at least 1 %")
    } else {
        (format!("a variant cannot take {shown} %"), "shares are at most 100 %")
    };
    let mut wrong = Diagnostic::new(Code::ShareOfVariant, message).label(written.span, label);
    if value.fract() != 0.0 {
        wrong = wrong.help(format!("write {}% or {}%", value.floor().max(1.0), value.ceil().max(1.0)));
    } else if value < 1.0 {
        wrong = wrong.help("leave the variant out; Control takes what the variants leave");
    } else {
        wrong = wrong.help("write a whole percentage from 1 to 100");
    }
    found.push(wrong);
    None
}

fn too_large(split: &Split, sum: u32) -> Diagnostic {
    let shares: Vec<Span> = split.variants.iter().map(|variant| variant.share.span).collect();
    let mut wrong = Diagnostic::new(
        Code::SharesTooLarge,
        format!("the shares of split `{}` sum to {sum} %, which is {} too many", split.name.value, sum - 100),
    );
    if let [first, .., last] = shares.as_slice() {
        wrong = wrong.label(*last, format!("{sum} % with this one")).label(*first, "counted from here");
    }
    wrong.help("lower them to 100 % in all: Control takes what they leave, which may be 0 %")
}

fn reserved(split: &Split, found: &mut Diagnostics) {
    for variant in &split.variants {
        let named = (variant.name.value.as_str(), variant.name.span);
        let called = [named, title(variant)].into_iter().find(|(name, _)| text::fold(name) == "control");
        if let Some((name, span)) = called {
            found.push(
                Diagnostic::new(Code::ControlReserved, format!("`{name}` is reserved for those whom no variant takes"))
                    .label(span, "cannot be a variant")
                    .help("leave this variant out: Control takes the remainder by itself; `connect` names it `variant control`"),
            );
        }
    }
}

fn unique(split: &Split, found: &mut Diagnostics) {
    for (at, variant) in split.variants.iter().enumerate() {
        let before = split.variants.get(..at).unwrap_or_default();
        if let Some(first) = before.iter().find(|first| first.name.value == variant.name.value) {
            found.push(twice("called", variant.name.as_str(), variant.name.span, first.name.span));
        } else if let Some(first) = before.iter().find(|first| title(first).0 == title(variant).0) {
            found.push(twice("titled", title(variant).0, title(variant).1, title(first).1));
        }
    }
}

fn twice(how: &str, name: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::new(Code::DuplicateVariant, format!("two variants are {how} `{name}`"))
        .label(span, "again here")
        .label(first, "first here")
        .help("outputs and `connect` tell variants apart by name and title; give this one another")
}
