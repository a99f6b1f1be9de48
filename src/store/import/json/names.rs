//! Where the things that batches name are kept: found by name once, and then remembered.

use std::collections::HashMap;

use rapidhash::fast::RandomState;

use super::super::super::builder::Builder;
use super::super::super::log::Place;
use super::super::super::profiles::ProfileTarget;
use super::super::rows::SourceRows;
use crate::catalog::{EventKey, EventKind, ProfileField};

type ByName<T> = HashMap<String, T, RandomState>;

/// What was found of one input's data.
#[derive(Debug, Default)]
pub(super) struct Names {
    logs: HashMap<EventKind, ByName<usize>, RandomState>,
    /// Attributes of each log: of events, of actions, of products.
    attributes: Vec<[ByName<usize>; 3]>,
    user_attributes: ByName<ProfileTarget>,
    fields: HashMap<ProfileField, ProfileTarget, RandomState>,
}

impl Names {
    /// The log of a kind and name.
    pub(super) fn log(&mut self, builder: &mut Builder, kind: EventKind, name: &str) -> usize {
        let logs = self.logs.entry(kind).or_default();
        if let Some(log) = logs.get(name) {
            return *log;
        }
        let log = builder.log(&EventKey { kind, name: name.into() });
        logs.insert(name.to_owned(), log);
        log
    }

    /// The position of an attribute in a log.
    pub(super) fn attribute(&mut self, builder: &mut Builder, log: usize, of: Place, name: &str) -> usize {
        if self.attributes.len() <= log {
            self.attributes.resize_with(log + 1, Default::default);
        }
        let known = match (self.attributes.get_mut(log), of) {
            (Some([of_event, _, _]), Place::Event) => of_event,
            (Some([_, of_action, _]), Place::Action) => of_action,
            (Some([_, _, of_product]), Place::Product) => of_product,
            (None, _) => return usize::MAX,
        };
        if let Some(at) = known.get(name) {
            return *at;
        }
        let at = builder.logs.get_mut(log).map_or(usize::MAX, |(_, log)| log.attribute(of, name, usize::MAX));
        known.insert(name.to_owned(), at);
        at
    }

    /// The column of a user attribute.
    pub(super) fn user_attribute(&mut self, builder: &mut Builder, input: u8, name: &str) -> ProfileTarget {
        if let Some(target) = self.user_attributes.get(name) {
            return *target;
        }
        let target = builder.profile_column(input, &ProfileField::attribute(name));
        self.user_attributes.insert(name.to_owned(), target);
        target
    }

    /// The column of any other field.
    pub(super) fn field(&mut self, builder: &mut Builder, input: u8, field: &ProfileField) -> ProfileTarget {
        if let Some(target) = self.fields.get(field) {
            return *target;
        }
        let target = builder.profile_column(input, field);
        self.fields.insert(field.clone(), target);
        target
    }

    /// Tells what the source brought.
    pub(super) fn tell(self, kept: &mut SourceRows) {
        kept.user_attributes.extend(self.user_attributes.into_keys());
        for (log, [of_event, of_action, of_product]) in self.attributes.into_iter().enumerate() {
            let of_event = of_event.into_keys().chain(of_action.into_keys()).map(|name| (log as u32, false, name));
            kept.attributes.extend(of_event.chain(of_product.into_keys().map(|name| (log as u32, true, name))));
        }
    }
}
