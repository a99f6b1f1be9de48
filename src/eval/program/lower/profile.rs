//! What is asked of profiles: fields of living profiles in the workspaces read (M10, M21), identities, sightings.

use std::collections::BTreeSet;

use super::super::question::{Circle, Located, Seen};
use super::super::{Operand, Period, canonical};
use super::Lowering;
use crate::base::WorkspaceName;
use crate::catalog::{IdentityType, InstallEdge, ProfileField};
use crate::ir::{Condition, Predicate};

impl Lowering<'_> {
    /// A field: in any living profile of the workspaces read (M10, M21). Where there is none, the key is missing,
    /// which `is empty` accepts (M3a).
    pub(super) fn field(
        &mut self,
        field: &ProfileField,
        predicate: &Predicate,
        workspaces: &BTreeSet<WorkspaceName>,
    ) -> Operand {
        let any = self.any_profile(workspaces, |lowering, workspace| lowering.value(workspace, field, predicate));
        if *predicate == Predicate::Empty {
            let alive = self.any_alive(workspaces);
            return self.any(vec![any, alive.negated_if(true)]);
        }
        any
    }

    /// An identity. It belongs to the user, whatever the workspace. `is empty` holds where there is none.
    pub(super) fn identity(&mut self, identity: IdentityType, predicate: Predicate) -> Operand {
        let is_empty = predicate == Predicate::Empty;
        let any = self.leaf(|questions| &mut questions.identities, &identity, predicate);
        if is_empty {
            let exists = self.leaf(|questions| &mut questions.identities, &identity, Predicate::Exists);
            return self.any(vec![any, exists.negated_if(true)]);
        }
        any
    }

    /// An attribution: one living profile has it, and its fields there satisfy the filter.
    pub(super) fn attribution(
        &mut self,
        edge: InstallEdge,
        filter: Option<&Condition>,
        workspaces: &BTreeSet<WorkspaceName>,
    ) -> Operand {
        let filter = filter.map(canonical::condition);
        self.any_profile(workspaces, |lowering, workspace| {
            let mut conjuncts =
                vec![lowering.value(workspace, &ProfileField::Attribution(edge, None), &Predicate::Exists)];
            conjuncts.extend(filter.as_ref().map(|filter| lowering.attributed(edge, filter, workspace)));
            lowering.all(conjuncts)
        })
    }

    /// A condition over the fields of an attribution in one workspace.
    fn attributed(&mut self, edge: InstallEdge, condition: &Condition, workspace: &WorkspaceName) -> Operand {
        match condition {
            Condition::All(inner) => {
                let each = inner.iter().map(|each| self.attributed(edge, each, workspace)).collect();
                self.all(each)
            }
            Condition::Any(inner) => {
                let each = inner.iter().map(|each| self.attributed(edge, each, workspace)).collect();
                self.any(each)
            }
            Condition::Not(inner) => self.attributed(edge, inner, workspace).negated_if(true),
            Condition::Attribute { attribute, predicate, .. } => {
                self.value(workspace, &ProfileField::Attribution(edge, Some(attribute.clone())), predicate)
            }
        }
    }

    /// The latest location over several workspaces, which no single one can tell.
    pub(super) fn near(&mut self, circle: Circle, workspaces: &BTreeSet<WorkspaceName>) -> Operand {
        let located = Located { workspaces: workspaces.clone(), alive: self.living() };
        self.leaf(|questions| &mut questions.places, &located, circle)
    }

    /// A field in one workspace, whether the profile is alive or not.
    fn value(&mut self, workspace: &WorkspaceName, field: &ProfileField, predicate: &Predicate) -> Operand {
        let key = (workspace.clone(), field.clone());
        self.leaf(|questions| &mut questions.attributes, &key, predicate.clone())
    }

    /// The period in which a living profile was last seen (M12).
    fn living(&self) -> Period {
        Period::ALL.retained(self.model.profile_retention).until_now()
    }

    /// Whether a question holds for any living profile in some workspaces.
    pub(super) fn any_profile(
        &mut self,
        workspaces: &BTreeSet<WorkspaceName>,
        mut holds: impl FnMut(&mut Self, &WorkspaceName) -> Operand,
    ) -> Operand {
        let mut each = Vec::new();
        for workspace in workspaces {
            let conjuncts = vec![self.alive(workspace), holds(self, workspace)];
            each.push(self.all(conjuncts));
        }
        self.any(each)
    }

    pub(super) fn any_alive(&mut self, workspaces: &BTreeSet<WorkspaceName>) -> Operand {
        let each = workspaces.iter().map(|workspace| self.alive(workspace)).collect();
        self.any(each)
    }

    /// Whether the profile in a workspace is alive: seen within the retention, up to `now` (M12).
    fn alive(&mut self, workspace: &WorkspaceName) -> Operand {
        if self.alive_everywhere_in == Some(workspace) {
            return Operand::TRUE;
        }
        let living = self.living();
        self.seen(workspace, Seen::Last(living))
    }

    pub(super) fn seen(&mut self, workspace: &WorkspaceName, seen: Seen) -> Operand {
        self.leaf(|questions| &mut questions.sightings, workspace, seen)
    }
}
