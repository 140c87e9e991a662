//! Changes: planned, sealed, and made durable before anybody sees them.

use super::answer::{Denied, Done};
use super::drafting::Wanted;
use super::handle::{Ask, Desk, about, denied};
use engine::port::JournalError;
use engine::{NewOperation, Notice, Record, Seeded};
use interlock::cluster::Mode;
use interlock::command::is_one_topic;
use interlock::facts::Facts;
use interlock::id::{ClusterName, OperationId};
use interlock::plan::{Mistake, Requester, Sealed};
use interlock::policy::{Needs, names_of};

/// How often another operation id is drawn when one is taken.
const DRAWS: usize = 5;
/// What is asked for touches something that the asker may not see. It is not named.
const BEYOND_SIGHT: Denied = Denied { id: "beyond-sight", needs: None };
/// The same of a list of topics; so is one that finds none.
const BEYOND_SIGHT_OF_LIST: Denied = Denied { id: "beyond-sight-of-list", needs: None };

impl Desk {
    pub(super) async fn submit(&self, ask: &Ask<'_>) -> Result<Done, Done> {
        let cluster = ask.arguments().cluster("cluster").ok_or(Done::Bug)?;
        self.post(ask, cluster).await
    }

    /// Plans, and unless it is a dry run makes the operation.
    pub(super) async fn post(&self, ask: &Ask<'_>, cluster: &ClusterName) -> Result<Done, Done> {
        let (known, _) = self.rooms.cluster(cluster)?;
        self.rooms.policy.places.may_post(cluster, &ask.request.place).map_err(denied)?;
        let dry = ask.arguments().flag("dry-run") || known.mode == Mode::Observe;
        if !dry {
            self.may_have_one_more(ask).await?;
        }
        for _ in 0..DRAWS {
            let operation = OperationId::from_random(rand::random());
            let sealed = self.sealed(ask, self.wanted(ask, (cluster, operation))).await?;
            if dry {
                return Ok(Done::DryRun(Box::new(sealed)));
            }
            let seats = sealed.plan().votes.iter().filter(|seat| !seat.is_confirmation()).count();
            let operation = sealed.plan().operation.clone();
            about(&operation);
            // Planning took its time: others of this person may have been posted meanwhile.
            let _posting = self.rooms.posting.lock().await;
            self.may_have_one_more(ask).await?;
            match self.engine.journal().create(&new(ask, sealed)).await {
                Ok(_) => return Ok(Done::Planned { operation, seats }),
                Err(JournalError::Taken) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Done::Bug)
    }

    /// What is asked for, as the first plan of an operation.
    pub(super) fn wanted<'a>(&self, ask: &'a Ask<'_>, of: (&'a ClusterName, OperationId)) -> Wanted<'a> {
        let principal = &ask.request.principal;
        let (cluster, operation) = of;
        Wanted {
            command: &ask.command.name,
            request: ask.arguments(),
            cluster,
            requesters: vec![Requester { account: principal.account, person: principal.person.clone() }],
            place: ask.request.place.clone(),
            operation,
            revision: 1,
            stale: None,
            now: self.rooms.clock.now(),
        }
    }

    /// A plan of what is wanted, if whoever asks may see and do all that is in it.
    pub(super) async fn sealed(&self, ask: &Ask<'_>, wanted: Wanted<'_>) -> Result<Sealed, Done> {
        let cluster = wanted.cluster;
        let sealed = self.rooms.seal(&ask.request.principal, wanted).await;
        let sealed = sealed.map_err(|no| within_sight(self.meant(no.on(cluster), ask, cluster), ask, cluster))?;
        self.covers(ask, &sealed)?;
        Ok(sealed)
    }

    /// Asked again with the names of the plan: a request without a topic concerns every topic it resolved to.
    fn covers(&self, ask: &Ask<'_>, sealed: &Sealed) -> Result<(), Done> {
        let plan = sealed.plan();
        let names = names_of(plan);
        // A warning may name what the plan does not touch.
        let told = plan.checks.iter().all(|check| ask.sight.finding(&plan.cluster, &check.facts));
        if !told || !ask.sight.all_names(&plan.cluster, names.iter().map(String::as_str)) {
            return Err(beyond_sight(ask));
        }
        let needs = Needs { access: ask.command.access, cluster: Some(&plan.cluster), names: &names };
        self.rooms.policy.may(&ask.request.principal, &needs).map_err(denied)
    }

    /// Adds what was perhaps meant to a name that is not there, out of what this person may see.
    pub(super) fn meant(&self, done: Done, ask: &Ask<'_>, cluster: &ClusterName) -> Done {
        let Done::Mistake(Mistake { id, facts }) = done else { return done };
        let view = ask.view(None);
        let name = match facts.get("name") {
            Some(interlock::facts::Fact::Text(name)) => name.clone(),
            _ => return Done::Mistake(Mistake { id, facts }),
        };
        let near = match id.as_str() {
            "unknown-topic" => interlock::command::did_you_mean(&name, view.topics(cluster)),
            "unknown-group" => interlock::command::did_you_mean(&name, view.groups(cluster)),
            _ => Vec::new(),
        };
        let facts = if near.is_empty() { facts } else { facts.with("suggestions", near) };
        Done::Mistake(Mistake { id, facts })
    }
}

/// What a request without a topic found is told only if the asker may see everything that is named in it. Else the answer is
/// always the same, whatever was found. A finding may be about topics that it does not name: all that a list of topics means has
/// to be in sight, by the names that were last seen.
fn within_sight(done: Done, ask: &Ask<'_>, cluster: &ClusterName) -> Done {
    let listed = ask.arguments().topics("topics").unwrap_or_default();
    let listed = listed.iter().all(|word| lies_in_sight(word, ask, cluster));
    let seen = |facts: &Facts| listed && ask.sight.finding(cluster, facts);
    let all = match &done {
        Done::Refused(checks) => checks.iter().all(|check| seen(&check.facts)),
        Done::Mistake(mistake) => seen(&mistake.facts),
        _ => true,
    };
    if all { done } else { beyond_sight(ask) }
}

/// Whether what a word of a list of topics means may be seen. What a name means needs not be there.
fn lies_in_sight(word: &str, ask: &Ask<'_>, cluster: &ClusterName) -> bool {
    if is_one_topic(word) { ask.sight.name(cluster, word) } else { ask.view(None).has_all_of(cluster, word) }
}

fn beyond_sight(ask: &Ask<'_>) -> Done {
    let is_list = ask.arguments().topics("topics").is_some();
    Done::Denied(if is_list { BEYOND_SIGHT_OF_LIST } else { BEYOND_SIGHT })
}

fn new(ask: &Ask<'_>, plan: Sealed) -> NewOperation {
    let record = Record {
        what: "planned".to_owned(),
        actor: ask.actor(),
        operation: Some(plan.plan().operation.clone()),
        request: Some(ask.request.id.clone()),
        digest: Some(plan.digest()),
        facts: Facts::none().with("command", ask.command.name.as_str()).with("seats", plan.plan().votes.len()),
    };
    NewOperation {
        at: plan.plan().made_at,
        records: vec![record],
        notices: vec![
            Notice::PostCard { revision: plan.plan().revision },
            Notice::Seed { reactions: Seeded::Votes },
            Notice::OpenThread,
        ],
        typed: ask.typed.clone(),
        plan,
    }
}
