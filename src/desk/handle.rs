//! The line itself: from what a chat hands over to the answer.

use super::answer::{Answer, Denied, Done, Incoming};
use super::changing::Old;
use super::recorder::Recorder;
use super::rooms::Rooms;
use super::sharing::Shares;
use super::strangers::Strangers;
use crate::meters;
use engine::{Actor, Engine, Record};
use interlock::command::{
    Arguments, Command, Directory, Kind, ParseContext, RawValue, Request, View, is_one_topic, parse, write_line,
};
use interlock::facts::Facts;
use interlock::id::{ClusterName, OperationId, RequestId};
use interlock::policy::{Needs, Sight};
use std::sync::{Arc, Mutex};
use tracing::Instrument;

/// The desk.
#[derive(Clone)]
pub struct Desk {
    pub(super) rooms: Arc<Rooms>,
    pub(super) engine: Engine,
    pub(super) recorder: Recorder,
    pub(super) strangers: Arc<Mutex<Strangers>>,
    pub(super) shares: Arc<Mutex<Shares>>,
}

/// A request that is allowed, with what is known of who asks.
pub(super) struct Ask<'a> {
    pub(super) request: Request,
    /// It as it was typed, as one line.
    pub(super) typed: String,
    pub(super) command: &'a Command,
    pub(super) sight: Sight,
    pub(super) directory: Arc<Directory>,
    pub(super) locale: String,
}

impl Ask<'_> {
    pub(super) fn arguments(&self) -> &Arguments {
        &self.request.arguments
    }

    pub(super) fn actor(&self) -> Actor {
        Actor::Person { account: self.request.principal.account, person: self.request.principal.person.clone() }
    }

    pub(super) fn view<'v>(&'v self, here: Option<&'v ClusterName>) -> View<'v> {
        View { directory: &self.directory, sight: &self.sight, here }
    }
}

impl Desk {
    /// A desk in these rooms.
    #[must_use]
    pub fn new(rooms: Arc<Rooms>, engine: Engine, recorder: Recorder) -> Self {
        Self { rooms, engine, recorder, strangers: Arc::default(), shares: Arc::default() }
    }

    /// The rooms.
    #[must_use]
    pub fn rooms(&self) -> &Arc<Rooms> {
        &self.rooms
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Answers a command.
    pub async fn handle(&self, incoming: Incoming) -> Answer {
        let request = RequestId::from_random(rand::random());
        self.answered(&request, &incoming, self.answer(&request, &incoming, None)).await
    }

    /// What comes of a request: logged, counted and recorded.
    pub(super) async fn answered(
        &self,
        request: &RequestId,
        incoming: &Incoming,
        work: impl Future<Output = Result<Done, Done>>,
    ) -> Answer {
        let span = tracing::info_span!(
            "request",
            %request,
            operation = tracing::field::Empty,
            account = %incoming.principal.account,
            command = %cut(&incoming.command),
        );
        async {
            let done = match work.await {
                Ok(done) | Err(done) => done,
            };
            tracing::info!(outcome = outcome(&done), "answered");
            let known = self.rooms.catalogue.get(&incoming.command).map(|command| command.name.as_str());
            meters::request(known, outcome(&done));
            let record = record(request, incoming, &done);
            let recorded = self.record(record, &done, &incoming.principal).await;
            Answer { request: request.clone(), done, recorded }
        }
        .instrument(span)
        .await
    }

    /// Does what a command asks for; where it changes a plan, in the place of that one.
    pub(super) async fn answer(&self, id: &RequestId, incoming: &Incoming, old: Option<&Old>) -> Result<Done, Done> {
        let rooms = &self.rooms;
        rooms.policy.places.serve(&incoming.place).map_err(denied)?;
        let sight = rooms.policy.sight(&incoming.principal);
        let directory = rooms.directory();
        let command = rooms.catalogue.find(&incoming.command).map_err(Done::Mistake)?;
        let mut needs = Needs { access: command.access, cluster: None, names: &[] };
        rooms.policy.may(&incoming.principal, &needs).map_err(denied)?;
        let context = ParseContext {
            now: incoming.at,
            zone: &rooms.times.zone,
            view: View { directory: &directory, sight: &sight, here: rooms.policy.places.cluster_of(&incoming.place) },
        };
        let arguments =
            parse(&rooms.catalogue, &incoming.command, &incoming.options, &context).map_err(Done::Mistake)?;
        let names = names(&arguments);
        needs.names = &names;
        needs.cluster = arguments.cluster("cluster");
        if needs.cluster.is_some() {
            rooms.policy.may(&incoming.principal, &needs).map_err(denied)?;
        }
        let ask = Ask {
            request: Request {
                id: id.clone(),
                command: command.name.clone(),
                arguments,
                principal: incoming.principal.clone(),
                place: incoming.place.clone(),
                asked_at: incoming.at,
            },
            typed: write_line(command, &incoming.options),
            command,
            sight,
            directory: directory.clone(),
            locale: incoming.locale.clone(),
        };
        if let Some(old) = old {
            return self.plan_changed(&ask, old).await;
        }
        match command.kind {
            Kind::Change => self.submit(&ask).await,
            Kind::Look => self.look(&ask).await,
            Kind::Control => self.control(&ask).await,
        }
    }
}

/// The request turns out to be about this operation: what is logged of it from here on says so.
pub(super) fn about(operation: &OperationId) {
    tracing::Span::current().record("operation", tracing::field::display(operation));
}

/// The names of topics and groups that a request is about, as far as it writes them out.
pub(super) fn names(arguments: &Arguments) -> Vec<String> {
    let topic = arguments.topic("topic").map(ToString::to_string);
    let group = arguments.group("group").map(ToString::to_string);
    let listed = arguments.topics("topics").unwrap_or_default().iter().filter(|word| is_one_topic(word)).cloned();
    topic.into_iter().chain(group).chain(listed).collect()
}

/// A denial of the policy, as an answer.
pub(super) fn denied(denied: interlock::policy::Denied) -> Done {
    Done::Denied(Denied { id: denied.id, needs: denied.needs.map(|role| role.key().to_owned()) })
}

fn cut(text: &str) -> String {
    text.chars().take(40).filter(|character| !character.is_control()).collect()
}

/// What came of a request, as audit and metrics name it.
pub(super) fn outcome(done: &Done) -> &'static str {
    match done {
        Done::Looked(_) => "looked",
        Done::Shared => "shared",
        Done::Planned { .. } => "planned",
        Done::DryRun(_) => "dry-run",
        Done::Controlled { .. } => "controlled",
        Done::Frozen(_) => "frozen",
        Done::Unfrozen { .. } => "unfrozen",
        Done::AskedBack(_) | Done::GlassAskedBack(_) => "asked-back",
        Done::Mistake(_) => "mistaken",
        Done::Refused(_) => "refused",
        Done::Denied(_) => "denied",
        Done::Failed { .. } => "failed",
        Done::Bug => "bug",
    }
}

/// The most options, and characters of each, that an audit record keeps of a request.
const MOST_OPTIONS: usize = 25;
const MOST_CHARACTERS: usize = 300;

fn shown(value: &RawValue) -> String {
    match value {
        RawValue::Text(text) => text.clone(),
        RawValue::Integer(number) => number.to_string(),
        RawValue::Flag(flag) => flag.to_string(),
        RawValue::Unreadable => "(unreadable)".to_owned(),
    }
}

fn record(request: &RequestId, incoming: &Incoming, done: &Done) -> Record {
    let mut facts = Facts::none().with("command", cut(&incoming.command));
    for (name, value) in incoming.options.iter().take(MOST_OPTIONS) {
        let text: String = shown(value).chars().take(MOST_CHARACTERS).filter(|c| *c != '\0').collect();
        facts = facts.with(&format!("option {}", cut(name)), text);
    }
    facts = match done {
        Done::Refused(checks) => {
            facts.with("checks", checks.iter().filter(|one| one.blocks()).map(|one| one.id.clone()).collect::<Vec<_>>())
        }
        Done::Mistake(mistake) => facts.with("mistake", mistake.id.as_str()),
        Done::Denied(denied) => facts.with("denied", denied.id),
        Done::Failed { id, .. } => facts.with("failed", id.as_str()),
        _ => facts,
    };
    let operation = match done {
        Done::Planned { operation, .. } | Done::Controlled { operation, .. } => Some(operation.clone()),
        _ => None,
    };
    Record {
        what: outcome(done).to_owned(),
        actor: Actor::Person { account: incoming.principal.account, person: incoming.principal.person.clone() },
        operation,
        request: Some(request.clone()),
        digest: None,
        facts,
    }
}
