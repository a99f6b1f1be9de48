//! Fields of profiles that the language knows by name: of devices, of locations, of consent.

use super::quoted;
use crate::analyze::resolve::listed;
use crate::base::{Name, Spanned, suggest, text};
use crate::catalog::{Catalog, DeviceField, LocationField, Regulation};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Fix};

use super::never_seen;

/// The only purpose of consent under `ccpa`.
const OPT_OUT: &str = "data_sale_opt_out";

/// What is asked of a device.
pub(in crate::analyze) fn device(name: &Spanned<Name>, found: &mut Diagnostics) -> Option<DeviceField> {
    let field = DeviceField::parse(name.as_str());
    if field.is_none() {
        let known = DeviceField::ALL.iter().map(|(word, _)| *word);
        found.push(unknown(Code::UnknownDeviceField, "a device has no", "devices have", name, known));
    }
    field
}

/// What is asked of a location. Points are asked with a distance.
pub(in crate::analyze) fn location(name: &Spanned<Name>, found: &mut Diagnostics) -> Option<LocationField> {
    let field = LocationField::parse(name.as_str()).filter(|field| *field != LocationField::Point);
    if field.is_none() {
        let known = LocationField::ALL.iter().filter(|(_, field)| *field != LocationField::Point);
        let known = known.map(|(word, _)| *word);
        let mut wrong = unknown(Code::UnknownLocationField, "a location has no", "locations have", name, known);
        if ["point", "latitude", "longitude"].contains(&name.as_str()) {
            wrong = wrong.help("ask how far away it is: `location within 25 km of 48.8566, 2.3522`");
        }
        found.push(wrong);
    }
    field
}

/// The law under which consent is asked.
pub(in crate::analyze) fn regulation(name: &Spanned<Name>, found: &mut Diagnostics) -> Option<Regulation> {
    let regulation = Regulation::parse(name.as_str());
    if regulation.is_none() {
        let known = Regulation::ALL.iter().map(|(word, _)| *word);
        found.push(unknown(
            Code::UnknownRegulation,
            "there is no consent under",
            "consent is given under",
            name,
            known,
        ));
    }
    regulation
}

/// Checks the purpose of a consent: `ccpa` has one, `gdpr` those that the data brings.
pub(in crate::analyze) fn purpose(
    catalog: &Catalog,
    regulation: Regulation,
    purpose: &Spanned<String>,
    found: &mut Diagnostics,
) -> bool {
    if regulation == Regulation::Ccpa {
        if purpose.value != OPT_OUT {
            found.push(
                Diagnostic::new(Code::UnknownPurpose, format!("`ccpa` has no purpose `{}`", purpose.value))
                    .label(purpose.span, "no purpose of it")
                    .note("granted under `ccpa` means: has opted out of the sale of data")
                    .fix(Fix::replace(format!("write `{OPT_OUT}`"), purpose.span, quoted(OPT_OUT))),
            );
        }
        return purpose.value == OPT_OUT;
    }
    let known = || catalog.purposes.iter().filter(|(each, _)| *each == regulation).map(|(_, name)| name.as_str());
    if known().any(|name| name == purpose.value) {
        return true;
    }
    let folded = text::fold(&purpose.value);
    let alike: Vec<&str> = known().filter(|each| text::fold(each) == folded).collect();
    if let [first, ..] = alike.as_slice() {
        found.push(
            Diagnostic::new(
                Code::LetterCase,
                format!("there is no purpose `{}`, but there is `{first}`", purpose.value),
            )
            .label(purpose.span, "differs in upper and lower case")
            .note("names of purposes match exactly")
            .did_you_mean(purpose.span, &alike, quoted),
        );
        return false;
    }
    never_seen::purpose(catalog, purpose, known(), found);
    true
}

fn unknown<'k>(
    code: Code,
    lack: &str,
    all_are: &str,
    name: &Spanned<Name>,
    known: impl Iterator<Item = &'k str> + Clone,
) -> Diagnostic {
    Diagnostic::new(code, format!("{lack} `{}`", name.value))
        .label(name.span, "not known")
        .help(format!("{all_are} {}", listed(known.clone())))
        .did_you_mean(name.span, &suggest::nearest(name.as_str(), known), str::to_owned)
}
