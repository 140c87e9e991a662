//! One whole story, told without a terminal: plan, refusal, approval by two people, execution, the proof by a witness, the
//! way back; where there is a new broker the same for moves, and where there is RocketMQ the same there; the audit log. It
//! ends well only if each step really happened.

use super::growth::Growth;
use super::replay::Replay;
use super::stage::Stage;
use crate::chat::{Door, Shown};
use crate::desk::{Incoming, Rooms};
use crate::store::audit::Verdict;
use crate::store::{Filter, Page, StoreError};
use crate::text::{Card, Drawing, console};
use engine::Operation;
use engine::port::{Boxed, Journal};
use interlock::approval::State;
use interlock::command::parse_line;
use interlock::plan::{Action, KafkaAction, Work};
use interlock::principal::{Place, Principal};
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::broadcast;

/// How long one step may take.
const PATIENCE: Duration = Duration::from_secs(180);

/// A group's committed offsets by topic and partition, as somebody else than our own client sees them.
pub type Committed = BTreeMap<(String, i32), i64>;

/// Tells what is really committed.
pub trait Witness: Send + Sync {
    /// The group's committed offsets.
    fn committed<'a>(&'a self, group: &'a str) -> Boxed<'a, Result<Committed, String>>;
}

/// Who speaks, by name: alice, bob and carol.
pub type Cast<'a> = &'a (dyn Fn(&str) -> Option<Principal> + Send + Sync);

/// What the story is about. alice operates, bob and carol approve, and the settings demand both of them.
pub struct Tale<'a> {
    /// The stage.
    pub stage: &'a Stage,
    /// The cluster, by name.
    pub cluster: &'a str,
    /// A stopped group with committed offsets that are not at the beginning.
    pub group: &'a str,
    /// Who speaks. They are spoken for in this process, by no way from outside.
    pub cast: Cast<'a>,
    /// Who tells what is really committed.
    pub witness: &'a dyn Witness,
    /// A new broker that gets its share; none where there is none.
    pub growth: Option<Growth<'a>>,
    /// A group on RocketMQ that reads again; none where there is no such cluster.
    pub replay: Option<Replay<'a>>,
}

/// Where the story went wrong.
#[derive(Debug, thiserror::Error)]
pub enum NotTold {
    /// Something did not happen as told.
    #[error("the story breaks: {0}")]
    Breaks(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The journal failed.
    #[error(transparent)]
    Journal(#[from] engine::port::JournalError),
    /// Nobody can be told.
    #[error("the output cannot be written: {0}")]
    Output(#[from] std::io::Error),
}

/// Tells the story to `out`.
///
/// # Errors
/// At the first step that does not happen as told.
pub async fn tell(tale: &Tale<'_>, out: &mut (dyn Write + Send)) -> Result<(), NotTold> {
    let mut teller = Teller { tale, out };
    let before = teller.committed().await?;
    teller.says("1. alice asks for a reset; nothing is changed by asking.")?;
    let line = format!(
        "/reset-offset cluster:{} group:{} to:earliest reason:\"replay for the demo\"",
        tale.cluster, tale.group
    );
    let operation = teller.asks("alice", &line, "reset-offset").await?;

    teller
        .says("2. alice cannot approve what she asked for. It takes bob and carol, and either alone is not enough.")?;
    for too_few in ["alice", "bob"] {
        teller.approves(too_few, &operation).await?;
        teller.expects(&operation, State::AwaitingApproval).await?;
    }
    let done = teller.approved_by("carol", &operation).await?;

    teller.says("3. The witness: is committed what the plan says?")?;
    let after = teller.committed().await?;
    let planned = teller.planned(&done).await?;
    teller.agrees(&after, &planned, "the plan")?;

    teller.says("4. alice takes it back; the first approval covers it, she confirms.")?;
    let line = format!("/rollback operation:{}", operation.id);
    let back = teller.asks("alice", &line, "rollback").await?;
    teller.approved_by("alice", &back).await?;
    let restored = teller.committed().await?;
    teller.agrees(&restored, &before, "what stood before")?;

    if let Some(growth) = &tale.growth {
        teller.grows(growth).await?;
    }
    if let Some(replay) = &tale.replay {
        teller.replays(replay).await?;
    }

    teller.says("Last. The audit log: is the chain whole?")?;
    match tale.stage.house.rooms().store.audit_verify(None).await? {
        Verdict::Verified { head, .. } => {
            teller.says(&format!("   {} entries, each follows from the one before.", head.seq))
        }
        Verdict::Broken { seq, why } => Err(NotTold::Breaks(format!("the audit chain breaks at {seq}: {}", why.key()))),
    }
}

/// Who tells the story.
pub(super) struct Teller<'a> {
    tale: &'a Tale<'a>,
    out: &'a mut (dyn Write + Send),
}

impl Teller<'_> {
    pub(super) fn rooms(&self) -> &Rooms {
        self.tale.stage.house.rooms()
    }

    pub(super) async fn rests(&self) {
        self.rooms().clock.sleep(Duration::from_millis(20)).await;
    }

    pub(super) fn says(&mut self, words: &str) -> Result<(), NotTold> {
        Ok(writeln!(self.out, "\n{words}")?)
    }

    fn shows(&mut self, card: &Card) -> Result<(), NotTold> {
        let drawing = Drawing { width: 78, colour: false };
        Ok(writeln!(self.out, "{}", console(&card.uncut(), drawing))?)
    }

    pub(super) async fn types_and_shows(&mut self, who: &str, line: &str) -> Result<(), NotTold> {
        let card = self.types(who, line).await?;
        self.shows(&card)
    }

    /// Asks for a change, and shows the card of its plan: nobody approves what was not shown.
    pub(super) async fn asks(&mut self, who: &str, line: &str, command: &str) -> Result<Operation, NotTold> {
        let mut cards = self.listens();
        self.types_and_shows(who, line).await?;
        let operation = self.newest(command).await?;
        self.voting_opens(&operation).await?;
        if self.shows_all(&mut cards).await?.is_empty() {
            return Err(NotTold::Breaks(format!("the card of {} was not shown", operation.id)));
        }
        Ok(operation)
    }

    /// What consoles are told from now on.
    pub(super) fn listens(&self) -> broadcast::Receiver<Arc<Shown>> {
        self.tale.stage.house.hub().subscribe()
    }

    /// Shows what the console was told meanwhile; the last card may still be on its way. All of it as text.
    pub(super) async fn shows_all(&mut self, cards: &mut broadcast::Receiver<Arc<Shown>>) -> Result<String, NotTold> {
        self.tale.stage.house.delivery().once().await?;
        let mut told = String::new();
        while let Ok(shown) = cards.try_recv() {
            self.shows(&shown.card)?;
            told.push_str(&console(&shown.card.uncut(), Drawing { width: 78, colour: false }));
            told.push('\n');
        }
        Ok(told)
    }

    async fn types(&mut self, who: &str, line: &str) -> Result<Card, NotTold> {
        writeln!(self.out, "{who}> {line}")?;
        let house = &self.tale.stage.house;
        let breaks = |why: String| NotTold::Breaks(why);
        let parsed = parse_line(&house.rooms().catalogue, line).map_err(|mistake| breaks(mistake.id))?;
        let principal = (self.tale.cast)(who).ok_or_else(|| breaks(format!("there is no {who}")))?;
        let incoming = Incoming {
            command: parsed.command,
            options: parsed.options,
            principal,
            place: Place::Console,
            locale: "en-US".to_owned(),
            at: house.rooms().clock.now(),
        };
        Ok(house.door().command(incoming).await)
    }

    pub(super) async fn newest(&self, command: &str) -> Result<Operation, NotTold> {
        let page = Page { before: None, limit: 1 };
        let found = self.tale.stage.house.rooms().store.operations(&Filter::default(), page).await?;
        let newest = found.into_iter().next().map(|listed| listed.operation);
        newest
            .filter(|operation| operation.command == command)
            .ok_or_else(|| NotTold::Breaks(format!("no operation of /{command} was made")))
    }

    async fn voting_opens(&self, operation: &Operation) -> Result<(), NotTold> {
        let began = Instant::now();
        while !self.rooms().store.voting_open(&operation.id).await? {
            self.in_time(began, "voting does not open")?;
            self.rests().await;
        }
        Ok(())
    }

    pub(super) async fn approves(&mut self, who: &str, operation: &Operation) -> Result<(), NotTold> {
        self.voting_opens(operation).await?;
        let card = self.types(who, &format!("/approve operation:{} digest:{}", operation.id, operation.digest)).await?;
        self.shows(&card)
    }

    pub(super) async fn approved_by(&mut self, who: &str, operation: &Operation) -> Result<Operation, NotTold> {
        let mut cards = self.listens();
        self.approves(who, operation).await?;
        let done = self.becomes(operation, State::Succeeded).await?;
        self.shows_all(&mut cards).await?;
        Ok(done)
    }

    async fn now(&self, operation: &Operation) -> Result<Operation, NotTold> {
        let found = self.tale.stage.house.rooms().store.operation(&operation.id).await?;
        found.ok_or_else(|| NotTold::Breaks(format!("{} is gone", operation.id)))
    }

    pub(super) async fn expects(&self, operation: &Operation, state: State) -> Result<(), NotTold> {
        let now = self.now(operation).await?;
        if now.state == state {
            Ok(())
        } else {
            Err(NotTold::Breaks(format!("{} is {}, not {state}", now.id, now.state)))
        }
    }

    pub(super) async fn becomes(&self, operation: &Operation, state: State) -> Result<Operation, NotTold> {
        let began = Instant::now();
        loop {
            let now = self.now(operation).await?;
            if now.state == state {
                return Ok(now);
            }
            if now.state.has_ended() {
                return Err(NotTold::Breaks(format!("{} ended as {} ({})", now.id, now.state, now.why.id)));
            }
            self.in_time(began, "it does not end")?;
            self.rests().await;
        }
    }

    pub(super) fn in_time(&self, began: Instant, what: &str) -> Result<(), NotTold> {
        if began.elapsed() < PATIENCE { Ok(()) } else { Err(NotTold::Breaks(what.to_owned())) }
    }

    async fn committed(&self) -> Result<Committed, NotTold> {
        self.tale.witness.committed(self.tale.group).await.map_err(NotTold::Breaks)
    }

    /// What the sealed plan says will be committed.
    async fn planned(&self, operation: &Operation) -> Result<Committed, NotTold> {
        let plan = self.tale.stage.house.rooms().store.plan(operation).await?;
        let mut planned = Committed::new();
        for step in &plan.plan().steps {
            if let Work::Act(Action::Kafka(KafkaAction::CommitOffsets { moves, .. })) = &step.work {
                planned.extend(moves.iter().map(|one| ((one.topic.to_string(), one.partition), one.to.offset)));
            }
        }
        Ok(planned)
    }

    /// Every place of `expected` stands so in `found`.
    fn agrees(&mut self, found: &Committed, expected: &Committed, whom: &str) -> Result<(), NotTold> {
        if expected.is_empty() {
            return Err(NotTold::Breaks("there is nothing to compare".to_owned()));
        }
        for (place, offset) in expected {
            if found.get(place) != Some(offset) {
                let (topic, partition) = place;
                return Err(NotTold::Breaks(format!(
                    "{topic} {partition}: {:?} is committed, {offset} by {whom}",
                    found.get(place)
                )));
            }
        }
        self.says(&format!("   {} partitions agree with {whom}.", expected.len()))
    }
}
