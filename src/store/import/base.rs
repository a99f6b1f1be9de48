//! What an import starts from, and what it gathers.

use std::path::Path;
use std::sync::Arc;

use super::super::builder::Builder;
use super::super::error::StoreError;
use super::super::files::{Manifest, load, read_users};
use super::super::forgotten::Forgotten;
use super::super::{Store, Users};
use super::requests::Requests;
use super::rows::Rows;
use crate::base::InputName;
use crate::catalog::LookupOrder;
use crate::project::{DataSource, EventId, EventMapping, Format, Project};
use crate::system::System;

/// What an import starts from.
pub(super) struct Base {
    pub(super) manifest: Manifest,
    /// The whole store, or where everything is read anew only its users' numbers.
    pub(super) store: Store,
    pub(super) rebuild: bool,
}

impl Base {
    pub(super) fn load(
        system: &dyn System,
        folder: &Path,
        manifest: Option<Manifest>,
        rebuild: bool,
    ) -> Result<Self, StoreError> {
        let Some(manifest) = manifest else {
            let store = Store::empty();
            let manifest = Manifest { id: store.id.as_ref().to_owned(), ..Manifest::default() };
            return Ok(Self { manifest, store, rebuild });
        };
        if !rebuild {
            let store = load(system, folder, &manifest)?;
            return Ok(Self { manifest, store, rebuild });
        }
        let mut store = Store::empty();
        match read_users(system, folder, &manifest) {
            Ok(users) => {
                store.users = Users { mpids: users.mpids, ..Users::default() }.into();
                store.id = manifest.id.as_str().into();
                Ok(Self { manifest, store, rebuild })
            }
            // The numbers are lost, so they must not be taken for the old ones: another id.
            Err(StoreError::Damaged { .. }) => {
                let id = store.id.as_ref().to_owned();
                Ok(Self { manifest: Manifest { id, ..manifest }, store, rebuild })
            }
            Err(error) => Err(error),
        }
    }

    /// Which users are somebody already. A number of whom nothing is known is free for the user that it was derived for.
    pub(super) fn claimed(&self) -> Vec<bool> {
        let users = &self.store.users;
        let seen = |row: usize| users.seen.values().any(|seen| seen.first.get(row).is_some_and(|at| *at != i64::MAX));
        let count = self.store.user_count();
        (0..count).map(|row| seen(row) || users.identities.of(row as u32).next().is_some()).collect()
    }
}

/// An import under way.
pub(super) struct Work {
    pub(super) builder: Builder,
    pub(super) rows: Rows,
    pub(super) inputs: Vec<InputName>,
    pub(super) requests: Requests,
    /// Which of a row's identities decides.
    pub(super) identity_order: LookupOrder,
    /// Whose rows are left out.
    pub(super) forgotten: Arc<Forgotten>,
}

impl Work {
    pub(super) fn start(
        project: &Project,
        base: &Base,
        requests: Requests,
        forgotten: Arc<Forgotten>,
    ) -> Result<Self, StoreError> {
        let mut inputs = base.store.inputs.to_vec();
        for input in project.inputs() {
            if !inputs.contains(&input.name) {
                inputs.push(input.name.clone());
            }
        }
        if inputs.len() > 256 {
            return Err(StoreError::TooManyInputs { count: inputs.len() });
        }
        let mut builder = Builder::of(&base.store, &inputs);
        if base.rebuild {
            builder.touch_all();
        }
        // A later row of a group joins the event that is there, which has to be at hand for that.
        let groups = |event: &EventMapping| matches!(event.id, EventId::Group(_));
        if !project.sources.iter().any(|source| source.event.as_ref().is_some_and(groups)) {
            builder.keep_apart();
        }
        let mut rows = Rows::default();
        let has_ids = |event: &EventMapping| event.id != EventId::None;
        let brings_ids =
            |source: &DataSource| source.format == Format::Mparticle || source.event.as_ref().is_some_and(has_ids);
        if project.sources.iter().any(brings_ids) {
            rows.remember_ids(&base.store);
        }
        let identity_order = project.identity_order.clone();
        Ok(Self { builder, rows, inputs, requests, identity_order, forgotten })
    }

    pub(super) fn input_code(&self, input: &InputName) -> u8 {
        self.inputs.iter().position(|each| each == input).unwrap_or(0) as u8
    }
}
