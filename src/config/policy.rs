//! `[[person]]`, `[[grant]]`, `[[owner]]`, `[seats]`: who is who, who may what, who must agree.

use super::cluster::tier;
use super::error::near;
use super::reader::{Field, Section};
use interlock::cluster::{Cluster, Tier};
use interlock::id::{ClusterName, PersonId};
use interlock::plan::Effect;
use interlock::policy::{
    Grant, Grantee, Grants, Names, Of, Owner, Owners, Pattern, People, Places, Policy, Reach, Role, SeatRules,
};
use interlock::principal::{Account, ChatRole};
use std::collections::{BTreeMap, BTreeSet};

/// The languages that people are spoken to in.
pub(super) const LANGUAGES: [&str; 2] = ["en-US", "zh-CN"];

/// What the rest of the settings says about the world.
pub(super) struct World {
    /// The clusters.
    pub(super) clusters: BTreeMap<ClusterName, Cluster>,
    /// Where they may be shown.
    pub(super) places: Places,
    /// The names of clusters, those with errors too.
    pub(super) names: BTreeSet<ClusterName>,
    /// Whether every cluster is valid: else what they lack says nothing about what refers to them.
    pub(super) all_valid: bool,
    /// Whether there is a chat, be it valid or not.
    pub(super) has_chat: bool,
    /// Whether there are personas: not beside a real cluster.
    pub(super) has_personas: bool,
}

/// Reads who may what.
pub(super) fn policy(root: &Section<'_>, world: World) -> Policy {
    let (people, names) = people(root, world.has_personas);
    let reading = Reading { names: &names, world: &world };
    let grants = root.tables("grant", |section| reading.grant(section));
    let owners = root.tables("owner", |section| reading.owner(section));
    let seats = root.table("seats", seats).unwrap_or_default();
    Policy {
        people,
        grants: Grants(grants),
        owners: Owners(owners),
        seats,
        clusters: world.clusters,
        places: world.places,
    }
}

fn people(root: &Section<'_>, personas_allowed: bool) -> (People, BTreeSet<PersonId>) {
    let mut people = People::default();
    let mut names = BTreeSet::new();
    root.tables("person", |section| {
        let name = section.required_parsed("name", person_name);
        let discord = accounts(section, "discord", |id| Some(Account::Discord(id)));
        let uids = accounts(section, "uids", |id| u32::try_from(id).ok().map(Account::System));
        let personas = accounts(section, "personas", |id| u32::try_from(id).ok().map(Account::Persona));
        let language = section.parsed("language", language);
        if let Some(first) = personas.first().filter(|_| !personas_allowed) {
            section.wrong_at(&first.spot, "personas belong to the simulated fleet");
        }
        let name = name?;
        if !names.insert(name.clone()) {
            section.wrong_at(&section.at("name"), format!("there are two persons of the name {name}"));
        }
        for account in discord.into_iter().chain(uids).chain(personas) {
            section.kept(&account.spot, people.add(&name, account.value).map_err(|error| error.to_string()));
        }
        if let Some(language) = language {
            people.speaks(&name, &language);
        }
        Some(())
    });
    (people, names)
}

fn accounts(section: &Section<'_>, key: &'static str, make: impl Fn(u64) -> Option<Account>) -> Vec<Field<Account>> {
    let account = |field: Field<u64>| match make(field.value) {
        Some(account) => Some(Field { value: account, spot: field.spot }),
        None => {
            section.wrong_at(&field.spot, "is too large for an account");
            None
        }
    };
    section.ids(key).into_iter().filter_map(account).collect()
}

/// Without `:`, so that nobody is called like an account that is not listed.
fn person_name(text: &str) -> Result<PersonId, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if !text.chars().all(plain) {
        return Err("has a character that is not allowed here; wanted are letters, digits, . _ and -".to_owned());
    }
    text.parse().map_err(|error: interlock::id::NotAName| error.to_string())
}

pub(super) fn language(text: &str) -> Result<String, String> {
    if LANGUAGES.contains(&text) {
        return Ok(text.to_owned());
    }
    Err(format!("is no language of mine; wanted is {}", LANGUAGES.join(" or ")))
}

struct Reading<'r> {
    names: &'r BTreeSet<PersonId>,
    world: &'r World,
}

impl Reading<'_> {
    fn grant(&self, section: &Section<'_>) -> Option<Grant> {
        let role = section.required_parsed("role", |text| {
            let keys = Role::ALL.map(Role::key);
            Role::from_key(text).ok_or_else(|| format!("is no role; wanted is {}{}", keys.join(", "), near(text, keys)))
        });
        let to = self.to(section, role != Some(Role::Viewer));
        let clusters = self.clusters(section);
        if clusters.is_none() && !section.has("clusters") {
            section.wrong("says not where; write clusters = [\"*\"] for all");
        }
        let tiers = self.tiers(section);
        let domains = self.domains(section);
        let names = match section.has("names") {
            true => Names::Matching(patterns(section)),
            false => Names::All,
        };
        Some(Grant { role: role?, to, reach: Reach { clusters: clusters?, tiers, domains, names } })
    }

    fn owner(&self, section: &Section<'_>) -> Option<Owner> {
        let names = patterns(section);
        if !section.has("names") {
            section.missing("names");
        }
        let to = self.to(section, true);
        let clusters = if section.has("clusters") { self.clusters(section)? } else { Of::All };
        Some(Owner { names, clusters, to })
    }

    /// Whom something is given. `@everyone` has the guild's id, and never more than a look.
    fn to(&self, section: &Section<'_>, more_than_looks: bool) -> BTreeSet<Grantee> {
        let mut to = BTreeSet::new();
        for field in section.texts("persons") {
            match self.names.iter().find(|name| name.as_str() == field.value) {
                Some(name) => _ = to.insert(Grantee::Person(name.clone())),
                None => {
                    let near = near(field.value, self.names.iter().map(PersonId::as_str));
                    section.wrong_at(&field.spot, format!("there is no [[person]] of this name{near}"));
                }
            }
        }
        for field in section.ids("chat_roles") {
            let guilds = &self.world.places.guilds;
            if !self.world.has_chat {
                section.wrong_at(&field.spot, "there are no chat roles without [discord]");
            }
            if more_than_looks && guilds.contains(&field.value) {
                section.wrong_at(&field.spot, "this is @everyone");
            }
            to.insert(Grantee::ChatRole(ChatRole(field.value)));
        }
        for field in accounts(section, "discord", |id| Some(Account::Discord(id))) {
            to.insert(Grantee::Account(field.value));
        }
        for field in accounts(section, "uids", |id| u32::try_from(id).ok().map(Account::System)) {
            to.insert(Grantee::Account(field.value));
        }
        if to.is_empty() {
            section.wrong("names nobody; write persons, chat_roles, discord or uids");
        }
        to
    }

    fn clusters(&self, section: &Section<'_>) -> Option<Of<ClusterName>> {
        let fields = section.texts("clusters");
        if fields.iter().any(|field| field.value == "*") {
            if fields.len() > 1 {
                section.wrong_at(&section.at("clusters"), "* stands alone");
            }
            return Some(Of::All);
        }
        let mut names = BTreeSet::new();
        for field in &fields {
            match self.world.names.iter().find(|name| name.as_str() == field.value) {
                Some(name) => _ = names.insert(name.clone()),
                None => {
                    let near = near(field.value, self.world.names.iter().map(ClusterName::as_str));
                    section.wrong_at(&field.spot, format!("there is no [[cluster]] of this name{near}"));
                }
            }
        }
        if names.is_empty() { None } else { Some(Of::These(names)) }
    }

    fn tiers(&self, section: &Section<'_>) -> Of<Tier> {
        if !section.has("tiers") {
            return Of::All;
        }
        let fields = section.texts("tiers");
        Of::These(fields.iter().filter_map(|field| section.kept(&field.spot, tier(field.value))).collect())
    }

    fn domains(&self, section: &Section<'_>) -> Of<String> {
        if !section.has("domains") {
            return Of::All;
        }
        let known: BTreeSet<&str> = self.world.clusters.values().map(|cluster| cluster.domain.as_str()).collect();
        let fields = section.texts("domains");
        for field in fields.iter().filter(|field| self.world.all_valid && !known.contains(field.value)) {
            let near = near(field.value, known.iter().copied());
            section.wrong_at(&field.spot, format!("no [[cluster]] serves this domain{near}"));
        }
        Of::These(fields.into_iter().map(|field| field.value.to_owned()).collect())
    }
}

fn patterns(section: &Section<'_>) -> Vec<Pattern> {
    let pattern =
        |field: Field<&str>| section.kept(&field.spot, Pattern::new(field.value).map_err(|error| error.to_string()));
    section.texts("names").into_iter().filter_map(pattern).collect()
}

fn seats(section: &Section<'_>) -> SeatRules {
    let mut rules = SeatRules::default();
    rules.requester_approves_in_development = section.flag("requester_approves_in_development").unwrap_or(false);
    for tier in Tier::ALL {
        section.table(tier.key(), |section| {
            let effects =
                [("safe", Effect::Safe), ("reversible", Effect::Reversible), ("irreversible", Effect::Irreversible)];
            for (key, effect) in effects {
                let Some(wanted) = section.number(key, 0..=1_000) else { continue };
                let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
                section.kept(&section.at(key), rules.demand(tier, effect, wanted).map_err(|error| error.to_string()));
            }
        });
    }
    rules
}
