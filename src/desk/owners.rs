//! The owners of what a plan changes, and where they are told.

use super::rooms::Rooms;
use interlock::facts::Facts;
use interlock::plan::{Check, Level, Plan};
use interlock::policy::{Grantee, names_of};
use interlock::principal::{Account, ChatRole, Place};
use std::collections::BTreeSet;
use std::sync::PoisonError;

impl Rooms {
    /// Who owns something that a plan changes.
    pub(crate) fn owners(&self, plan: &Plan) -> BTreeSet<Grantee> {
        let names = names_of(plan);
        self.policy.owners.of_any(&plan.cluster, names.iter().map(String::as_str))
    }

    /// Where the owners are told: in the chat where it was asked for; of what was asked in a console, in a channel that may
    /// show the cluster, else in the operators'. None where no chat is in the settings.
    pub(crate) fn owners_place(&self, plan: &Plan) -> Option<Place> {
        if plan.place != Place::Console {
            return Some(plan.place.clone());
        }
        let (places, cluster) = (&self.policy.places, &plan.cluster);
        let guild = *places.guilds.first()?;
        let of_cluster = places.channels.get(cluster).and_then(|channels| channels.first().copied());
        let of_cluster = of_cluster.map(|channel| Place::Discord { guild, channel, thread: None });
        of_cluster.or_else(|| self.times.operators.clone())
    }

    /// Whether somebody owns what a plan changes and can be told.
    pub(super) fn owners_must_hear(&self, plan: &Plan) -> bool {
        self.owners_place(plan).is_some() && !self.owners(plan).is_empty()
    }

    /// The warning that owners cannot be told, or that nobody can call them there. Those of a demo sit at its console.
    pub(super) fn owners_unreachable(&self, plan: &Plan) -> Option<Check> {
        let owners = self.owners(plan);
        let (id, away) = match self.owners_place(plan) {
            None => ("owners-unreachable", owners.iter().filter(|owner| !self.sits_here(owner)).count()),
            Some(_) => ("owners-not-callable", owners.iter().filter(|owner| !self.can_be_called(owner)).count()),
        };
        (away > 0).then(|| Check::new(Level::Warn, id, Facts::none().with("count", away)))
    }

    /// Asks the chat which roles of owners call nobody. Where it does not answer, what was known stays.
    pub(crate) async fn look_at_roles_of_owners(&self) {
        let owners = self.policy.owners.0.iter().flat_map(|owner| &owner.to);
        let role = |owner: &Grantee| match owner {
            Grantee::ChatRole(role) => Some(*role),
            Grantee::Account(_) | Grantee::Person(_) => None,
        };
        let roles: BTreeSet<ChatRole> = owners.filter_map(role).collect();
        let Some(chat) = self.chat().filter(|_| !roles.is_empty()) else { return };
        match chat.silent(&roles).await {
            Ok(silent) => *self.silent.write().unwrap_or_else(PoisonError::into_inner) = silent,
            Err(error) => tracing::info!(%error, "whether roles of owners call anybody is not known"),
        }
    }

    /// Whether a role calls those who have it, as far as is known.
    #[must_use]
    pub fn calls(&self, role: ChatRole) -> bool {
        !self.silent.read().unwrap_or_else(PoisonError::into_inner).contains(&role)
    }

    /// Whether a message in the chat can call an owner.
    pub(crate) fn can_be_called(&self, owner: &Grantee) -> bool {
        let is_there = |account: &Account| matches!(account, Account::Discord(_));
        match owner {
            Grantee::ChatRole(role) => self.calls(*role),
            Grantee::Account(account) => is_there(account),
            Grantee::Person(person) => self.policy.people.accounts(person).any(|account| is_there(&account)),
        }
    }

    fn sits_here(&self, owner: &Grantee) -> bool {
        let is_persona = |account: &Account| matches!(account, Account::Persona(_));
        match owner {
            Grantee::Account(account) => is_persona(account),
            Grantee::Person(person) => self.policy.people.accounts(person).any(|account| is_persona(&account)),
            Grantee::ChatRole(_) => false,
        }
    }
}
