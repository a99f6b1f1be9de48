//! Facts about profiles: values, sightings, locations, and about identities.

use std::collections::BTreeSet;

use super::Facts;
use crate::base::{Timestamp, WorkspaceName};
use crate::catalog::{IdentityType, LocationField, ProfileField};
use crate::explain::node::{Fact, Value};
use crate::ir::{Criterion, Kind, Predicate, SeenEdge};

/// The radius of the sphere that distances are measured on, in metres (M17).
const EARTH: f64 = 6_371_008.8;

impl Facts<'_> {
    /// What each workspace says to a criterion about profiles.
    pub(super) fn profile(&self, kind: &Kind) -> Vec<Fact> {
        let (Kind::UserAttribute { workspaces, .. }
        | Kind::Profile { workspaces, .. }
        | Kind::Attribution { workspaces, .. }
        | Kind::Seen { workspaces, .. }
        | Kind::Near { workspaces, .. }) = kind
        else {
            return Vec::new();
        };
        let alone: Vec<Criterion> = workspaces.iter().map(|each| Criterion::new(alone(kind, each))).collect();
        let holds = self.probe.holds(&self.person.store, &alone);
        let each = workspaces.iter().zip(holds);
        each.flat_map(|(workspace, holds)| self.in_workspace(kind, workspace, holds)).collect()
    }

    fn in_workspace(&self, kind: &Kind, workspace: &WorkspaceName, holds: bool) -> Vec<Fact> {
        let alive = || self.alive(workspace);
        let value = |field: &ProfileField| Fact::Value {
            field: field.clone(),
            workspace: workspace.clone(),
            value: self.person.value(workspace, field),
            alive: alive(),
            holds,
        };
        match kind {
            Kind::UserAttribute { attribute, .. } => vec![value(&ProfileField::attribute(attribute))],
            Kind::Profile { field, .. } => vec![value(field)],
            Kind::Attribution { edge, .. } => {
                let ours = |field: &&ProfileField| matches!(field, ProfileField::Attribution(each, _) if each == edge);
                let known = |field: &&ProfileField| self.person.value(workspace, field) != Value::Missing;
                let facts: Vec<Fact> = self.person.fields(workspace).filter(ours).filter(known).map(value).collect();
                if facts.is_empty() { vec![value(&ProfileField::Attribution(*edge, None))] } else { facts }
            }
            Kind::Seen { edge, .. } => vec![self.seen(*edge, workspace, holds)],
            Kind::Near { latitude, longitude, workspaces, .. } => {
                let point = ProfileField::Location(LocationField::Point);
                let metres = match self.person.value(workspace, &point) {
                    Value::Text(text) => point_of(&text).map(|at| distance(at, (latitude.get(), longitude.get()))),
                    _ => None,
                };
                let at = self.person.said(workspace, &point);
                let latest = at.is_some() && at == self.latest_location(workspaces);
                vec![Fact::Location { workspace: workspace.clone(), at, metres, latest, holds: holds && latest }]
            }
            _ => Vec::new(),
        }
    }

    fn alive(&self, workspace: &WorkspaceName) -> bool {
        self.probe.alive(&self.person.store, workspace)
    }

    /// When the latest location was known among living profiles.
    fn latest_location(&self, workspaces: &BTreeSet<WorkspaceName>) -> Option<Timestamp> {
        let point = ProfileField::Location(LocationField::Point);
        let known =
            |workspace: &&WorkspaceName| self.person.value(workspace, &point).is_known() && self.alive(workspace);
        workspaces.iter().filter(known).filter_map(|workspace| self.person.said(workspace, &point)).max()
    }

    fn seen(&self, edge: SeenEdge, workspace: &WorkspaceName, holds: bool) -> Fact {
        let now = self.probe.at().ms();
        let at = self.person.sightings(workspace).and_then(|(first, last)| match edge {
            SeenEdge::First => Some(first),
            SeenEdge::Last => {
                let events = self.person.event_times(workspace);
                events.into_iter().chain([first, last]).filter(|at| *at <= now).max()
            }
        });
        Fact::Seen { edge, workspace: workspace.clone(), at: at.map(Timestamp), holds }
    }

    /// The identities of a type, each with whether it satisfies the predicate.
    pub(super) fn identity(
        &self,
        identity: IdentityType,
        predicate: &Predicate,
        workspaces: &BTreeSet<WorkspaceName>,
    ) -> Vec<Fact> {
        let (predicate, workspaces) = (predicate.clone(), workspaces.clone());
        let criterion = Criterion::new(Kind::Identity { identity, predicate, workspaces });
        let holds = self.identities_passing(&criterion);
        let all = self.person.store.users.identities.of(0).zip(holds);
        let ours = all.filter(|(each, _)| each.identity == identity);
        let facts: Vec<Fact> =
            ours.map(|(each, holds)| Fact::Identity { identity, value: Some(each.value.to_owned()), holds }).collect();
        if facts.is_empty() { vec![Fact::Identity { identity, value: None, holds: false }] } else { facts }
    }
}

/// The same criterion, reading one workspace.
fn alone(kind: &Kind, workspace: &WorkspaceName) -> Kind {
    let mut kind = kind.clone();
    if let Kind::UserAttribute { workspaces, .. }
    | Kind::Profile { workspaces, .. }
    | Kind::Attribution { workspaces, .. }
    | Kind::Seen { workspaces, .. }
    | Kind::Near { workspaces, .. } = &mut kind
    {
        *workspaces = [workspace.clone()].into();
    }
    kind
}

/// `latitude,longitude` in degrees.
fn point_of(text: &str) -> Option<(f64, f64)> {
    let (latitude, longitude) = text.split_once(',')?;
    Some((latitude.trim().parse().ok()?, longitude.trim().parse().ok()?))
}

/// The great-circle distance in metres.
fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    let half = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
    let chord = half(a.0, b.0) + a.0.to_radians().cos() * b.0.to_radians().cos() * half(a.1, b.1);
    2.0 * EARTH * chord.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_great_circles() {
        let (paris, london) = ((48.8566, 2.3522), (51.5074, -0.1278));
        assert!((distance(paris, london) - 343_556.0).abs() < 500.0);
        assert_eq!(point_of(" 1.5, -2"), Some((1.5, -2.0)));
        assert_eq!(point_of("here"), None);
    }
}
