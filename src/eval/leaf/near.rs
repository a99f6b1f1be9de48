//! The latest location: which users were last known to be inside a circle (M17).
//!
//! The latest point over the living profiles of the workspaces read decides, where it is at most 30 days old; of several
//! at that instant any may be inside. The distance is found once for each distinct point.

use super::codes::CodeSet;
use super::seen::LastSeen;
use super::{Context, Kernel, Selection};
use crate::base::geo::Point;
use crate::base::time::DAY_MS;
use crate::base::{Now, Window};
use crate::catalog::{LocationField, ProfileField};
use crate::eval::bits::set;
use crate::eval::program::{Circle, Family, Located};
use crate::store::{Column, Dictionary, Store, Verified};

/// How long a location counts.
pub(in crate::eval) const LOCATION_AGE_MS: i64 = 30 * DAY_MS;

/// From when on a location counts.
pub(super) fn oldest_location(now: Now) -> i64 {
    now.ms().saturating_sub(LOCATION_AGE_MS)
}

/// Questions about the latest location in some workspaces.
pub(super) struct Places<'a> {
    store: &'a Store,
    profiles: Vec<Profiles<'a>>,
    /// When a living profile was last seen.
    alive: Window,
    /// From when on a location counts.
    oldest: i64,
    questions: usize,
}

/// The locations known in one workspace.
struct Profiles<'a> {
    seen: LastSeen<'a>,
    column: &'a Column,
    times: &'a Verified<i64>,
    /// Which codes are points.
    points: CodeSet,
    /// For each question, which points are inside.
    inside: Vec<CodeSet>,
}

impl<'a> Places<'a> {
    pub(super) fn new(context: &Context<'a>, family: &'a Family<Located, Circle>) -> Self {
        let users = &context.store.users;
        let field = ProfileField::Location(LocationField::Point);
        let profiles = family.of.workspaces.iter().filter_map(|workspace| {
            let column = users.fields.get(workspace)?.get(&field)?;
            let points = points(&column.dictionary);
            let point = |code: u32| points.get(code as usize).copied().flatten();
            let circle = |circle: &Circle| {
                let centre = Point { latitude: circle.latitude.get(), longitude: circle.longitude.get() };
                let inside = |point: Point| point.metres_to(centre) <= circle.metres.get();
                CodeSet::new(points.len(), |code| point(code).is_some_and(inside))
            };
            Some(Profiles {
                seen: LastSeen::new(context, workspace),
                column,
                times: users.field_times.get(workspace)?.get(&field)?,
                points: CodeSet::new(points.len(), |code| point(code).is_some()),
                inside: family.tests.iter().map(circle).collect(),
            })
        });
        Self {
            store: context.store,
            profiles: profiles.collect(),
            alive: family.of.alive.window(context.now),
            oldest: oldest_location(context.now),
            questions: family.tests.len(),
        }
    }
}

fn points(dictionary: &Dictionary) -> Vec<Option<Point>> {
    (0..dictionary.len() as u32).map(|code| dictionary.text(code).and_then(Point::parse)).collect()
}

impl Profiles<'_> {
    /// The instant and the code of the point of a user, where there is one that counts.
    fn point(&self, row: usize, oldest: i64) -> Option<(i64, u32)> {
        let (at, code) = (*self.times.get(row)?, self.column.code(row));
        (at >= oldest && self.points.contains(code)).then_some((at, code))
    }
}

impl Kernel for Places<'_> {
    fn answer(&self, selection: Selection<'_>, slots: &mut [&mut [u64]]) {
        slots.iter_mut().for_each(|slot| slot.fill(0));
        let seen: Vec<_> = self.profiles.iter().map(|profiles| (profiles, profiles.seen.of(selection))).collect();
        for (user, row) in selection.rows(self.store).enumerate() {
            let points = seen.iter().filter_map(|(profiles, seen)| {
                let alive = seen.get(user).is_some_and(|last| LastSeen::is_in(*last, self.alive));
                let (at, code) = profiles.point(row, self.oldest).filter(|_| alive)?;
                Some((at, code, profiles))
            });
            let Some(latest) = points.clone().map(|(at, ..)| at).max() else { continue };
            for (_, code, profiles) in points.filter(|(at, ..)| *at == latest) {
                for question in 0..self.questions {
                    let inside = profiles.inside.get(question).is_some_and(|inside| inside.contains(code));
                    if let Some(slot) = slots.get_mut(question).filter(|_| inside) {
                        set(slot, user);
                    }
                }
            }
        }
    }
}
