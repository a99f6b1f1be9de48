//! What a row says of its user's profile.
//!
//! In: the cells of a row. Out: for each field a code, or [`UNSAID`] where the row says nothing of it. Fields that belong
//! together, such as those of a location, are said together or not at all.

use super::super::builder::Builder;
use super::super::column::{ABSENT, NULL};
use super::super::error::StoreError;
use super::super::profiles::ProfileTarget;
use super::record::{Record, Said};
use super::report::BadRow;
use crate::base::value::read_number;
use crate::catalog::{LocationField, ProfileField};
use crate::project::{LocationMapping, ProfileMapping, ValueMapping};

/// No code: the row says nothing of the field.
pub(super) const UNSAID: u32 = u32::MAX;

/// Fields that are said together.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) fields: Vec<(ProfileField, Cell)>,
}

/// Where the value of a field comes from.
#[derive(Debug)]
pub(super) enum Cell {
    /// The text of a column.
    Text(usize),
    /// The entries of a list, and what stands between them.
    Split(usize, String),
    /// Latitude and longitude.
    Point(usize, usize),
    /// `true`, where the row says any of the other fields.
    Mark,
    /// Nothing: what was known is known no more, where the row says any of the other fields.
    Nothing,
}

/// The groups of a source, with the places of their columns.
pub(super) fn groups(
    mapping: &ProfileMapping,
    find: impl Fn(&str) -> Result<usize, StoreError>,
) -> Result<Vec<Group>, StoreError> {
    let mut groups = Vec::new();
    let mut alone = |field, cell| groups.push(Group { fields: vec![(field, cell)] });
    for value in &mapping.user_attributes {
        alone(ProfileField::Attribute(value.name.clone()), cell(value, &find)?);
    }
    for value in &mapping.calculated {
        alone(ProfileField::Calculated(value.name.clone()), cell(value, &find)?);
    }
    for (regulation, purpose) in &mapping.consent {
        alone(ProfileField::Consent(*regulation, purpose.name.clone()), Cell::Text(find(&purpose.column)?));
    }
    for (field, column) in &mapping.device {
        alone(ProfileField::Device(*field), Cell::Text(find(column)?));
    }
    groups.extend(location(&mapping.location, &find)?);
    for (edge, columns) in &mapping.attribution {
        let mut fields = vec![(ProfileField::Attribution(*edge, None), Cell::Mark)];
        for each in columns {
            fields.push((ProfileField::Attribution(*edge, Some(each.name.clone())), Cell::Text(find(&each.column)?)));
        }
        groups.push(Group { fields });
    }
    Ok(groups)
}

fn cell(value: &ValueMapping, find: impl Fn(&str) -> Result<usize, StoreError>) -> Result<Cell, StoreError> {
    let column = find(&value.column)?;
    Ok(value.split.as_ref().map_or(Cell::Text(column), |separator| Cell::Split(column, separator.clone())))
}

/// All fields of a location, those without a column too; none where the source knows no places.
fn location(
    mapping: &LocationMapping,
    find: impl Fn(&str) -> Result<usize, StoreError>,
) -> Result<Option<Group>, StoreError> {
    if *mapping == LocationMapping::default() {
        return Ok(None);
    }
    let mut fields = Vec::new();
    for (_, field) in LocationField::ALL {
        let column = mapping.fields.iter().find(|(each, _)| each == field).map(|(_, column)| column);
        let cell = match (column, &mapping.point) {
            (Some(column), _) => Cell::Text(find(column)?),
            (None, Some((latitude, longitude))) if *field == LocationField::Point => {
                Cell::Point(find(latitude)?, find(longitude)?)
            }
            (None, _) => Cell::Nothing,
        };
        fields.push((ProfileField::Location(*field), cell));
    }
    Ok(Some(Group { fields }))
}

impl Group {
    /// The fields, in the order in which codes are given.
    pub(super) fn fields(&self) -> impl Iterator<Item = &ProfileField> {
        self.fields.iter().map(|(field, _)| field)
    }

    /// The columns that are read.
    pub(super) fn columns(&self) -> impl Iterator<Item = usize> {
        self.fields
            .iter()
            .flat_map(|(_, cell)| match cell {
                Cell::Text(column) | Cell::Split(column, _) => [Some(*column), None],
                Cell::Point(latitude, longitude) => [Some(*latitude), Some(*longitude)],
                Cell::Mark | Cell::Nothing => [None, None],
            })
            .flatten()
    }

    /// Puts other places in place of the columns'.
    pub(super) fn move_columns(&mut self, place: impl Fn(usize) -> usize) {
        for (_, cell) in &mut self.fields {
            match cell {
                Cell::Text(column) | Cell::Split(column, _) => *column = place(*column),
                Cell::Point(latitude, longitude) => (*latitude, *longitude) = (place(*latitude), place(*longitude)),
                Cell::Mark | Cell::Nothing => {}
            }
        }
    }

    /// Appends the code of each field; `targets` are the fields' columns.
    pub(super) fn read(
        &self,
        record: &impl Record,
        builder: &mut Builder,
        targets: &[ProfileTarget],
        codes: &mut Vec<u32>,
    ) -> Result<(), BadRow> {
        let from = codes.len();
        let mut said = false;
        for ((field, cell), target) in self.fields.iter().zip(targets) {
            let code = cell.read(field, record, builder, *target)?;
            said |= code.is_some();
            codes.push(code.unwrap_or(ABSENT));
        }
        for ((_, cell), (code, target)) in self.fields.iter().zip(codes.iter_mut().skip(from).zip(targets)) {
            match cell {
                _ if !said => *code = UNSAID,
                Cell::Mark => *code = builder.profile_code(*target, "true"),
                _ => {}
            }
        }
        Ok(())
    }
}

impl Cell {
    /// The code of what the row says; `None` where it says nothing.
    fn read(
        &self,
        field: &ProfileField,
        record: &impl Record,
        builder: &mut Builder,
        target: ProfileTarget,
    ) -> Result<Option<u32>, BadRow> {
        let (column, separator) = match self {
            Self::Mark | Self::Nothing => return Ok(None),
            Self::Point(latitude, longitude) => {
                let point = point(record.text(*latitude)?, record.text(*longitude)?);
                return Ok(point.map(|point| builder.profile_code(target, &point)));
            }
            Self::Text(column) => (*column, None),
            Self::Split(column, separator) => (*column, Some(separator)),
        };
        let is_attribute = is_attribute(field);
        Ok(match (record.said(column)?, separator) {
            (Said::Missing, _) => None,
            (Said::Null, _) => is_attribute.then_some(NULL),
            (Said::Text(""), _) if !is_attribute => None,
            (Said::Text(text), None) => Some(builder.profile_code(target, text)),
            (Said::Text(text), Some(separator)) => Some(builder.profile_list(target, &entries(text, separator))),
            (Said::List(entries), _) => {
                let entries: Vec<&str> = entries.iter().map(AsRef::as_ref).collect();
                Some(builder.profile_list(target, &entries))
            }
        })
    }
}

/// Only attributes can be there without a value.
pub(super) fn is_attribute(field: &ProfileField) -> bool {
    matches!(field, ProfileField::Attribute(_) | ProfileField::Calculated(_))
}

/// The entries of a list in one cell.
pub(super) fn entries<'t>(text: &'t str, separator: &str) -> Vec<&'t str> {
    text.split(separator).map(str::trim).filter(|entry| !entry.is_empty()).collect()
}

/// A point in degrees as it is stored; `None` where it is not one.
pub(super) fn point(latitude: &str, longitude: &str) -> Option<String> {
    let degrees = |text: &str, most: f64| read_number(text).filter(|degrees| degrees.abs() <= most);
    degrees(latitude, 90.0).and(degrees(longitude, 180.0))?;
    Some(format!("{},{}", latitude.trim(), longitude.trim()))
}
