//! Votes: those by command are facts, those by reaction are what was read last.

use super::database::{Tx, vals};
use super::error::StoreError;
use super::rows::{damaged, from_json, json, parsed};
use super::{Store, audit, operations};
use engine::{Actor, Record};
use interlock::approval::{Voice, Vote, Voted};
use interlock::facts::Facts;
use interlock::id::{OperationId, PersonId, RequestId};
use interlock::plan::Digest;
use interlock::principal::Account;
use interlock::time::Millis;
use std::collections::BTreeSet;

/// Most votes read from one card.
const MOST: usize = 10_000;

/// What came of a vote by command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cast {
    /// It stands now.
    Stored,
    /// It stood already.
    Already,
    /// Withdrawing: there was none.
    NoneThere,
    /// The card is not posted yet, the plan is another, or the operation takes no votes any more. Nothing was written.
    Closed,
}

/// The reactions on a card as they were read: all of them.
#[derive(Debug, Clone)]
pub struct ReactionVotes<'a> {
    /// The operation.
    pub operation: &'a OperationId,
    /// The plan of the card that was read.
    pub digest: Digest,
    /// Everything that stands there, each by reaction and on this plan.
    pub votes: &'a [Vote],
    /// When it was read.
    pub at: Millis,
}

/// What came of storing what was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reread {
    /// Stored; what is new and what is gone since it was read before.
    Stored {
        /// Votes that were not there before.
        added: Vec<Vote>,
        /// Votes that are no longer there.
        removed: Vec<Vote>,
    },
    /// The plan is another, or the operation takes no votes any more. Nothing was written.
    Closed,
}

#[derive(sqlx::FromRow)]
struct VoteRow {
    digest: String,
    account: String,
    person: String,
    voice: String,
    cast_by: String,
    at: i64,
}

impl VoteRow {
    fn read(self) -> Result<Vote, StoreError> {
        Ok(Vote {
            account: from_json(&self.account, "an account")?,
            person: parsed(&self.person, "a person")?,
            voice: match self.voice.as_str() {
                "approve" => Voice::Approve,
                "veto" => Voice::Veto,
                other => return Err(damaged("a vote", other)),
            },
            by: match self.cast_by.as_str() {
                "reaction" => Voted::Reaction,
                "command" => Voted::Command,
                other => return Err(damaged("how a vote was cast", other)),
            },
            digest: parsed(&self.digest, "a digest")?,
            at: Millis(self.at),
        })
    }
}

fn voice_key(voice: Voice) -> &'static str {
    match voice {
        Voice::Approve => "approve",
        Voice::Veto => "veto",
    }
}

fn cast_key(by: Voted) -> &'static str {
    match by {
        Voted::Reaction => "reaction",
        Voted::Command => "command",
    }
}

#[derive(sqlx::FromRow)]
struct ReasonRow {
    person: String,
    reason: String,
}

#[derive(sqlx::FromRow)]
struct AccountRow {
    account: String,
}

const POWERLESS: &str = "SELECT account FROM votes \
     WHERE operation = $1 AND digest = $2 AND voice = 'veto' AND cast_by = 'reaction' AND powerless = 1";

const VOTES: &str =
    "SELECT digest, account, person, voice, cast_by, at FROM votes WHERE operation = $1 AND digest = $2";

impl Store {
    /// Stores a vote by command. A veto takes the place of the same account's approval; an approval leaves its veto standing.
    /// In a chat it needs the card; at the console it does not: that is the way in when the chat takes no card. With it come the
    /// request, if it was one, and why, in the person's words.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn put_vote(
        &self,
        operation: &OperationId,
        vote: &Vote,
        (request, reason): (Option<&RequestId>, &str),
    ) -> Result<Cast, StoreError> {
        let mut tx = self.pools.begin().await?;
        let open = operations::touch_votable(&mut tx, operation.as_str(), &vote.digest.to_string()).await?;
        if !is_taken(open, vote.account) {
            tx.rollback().await?;
            return Ok(Cast::Closed);
        }
        let mine: Vec<Vote> = by_command(&mut tx, operation, (vote.digest, vote.account)).await?;
        if mine.iter().any(|earlier| earlier.voice == vote.voice) {
            tx.rollback().await?;
            return Ok(Cast::Already);
        }
        // Only an approval has an end: a veto is final.
        for earlier in mine.iter().filter(|earlier| earlier.voice == Voice::Approve) {
            delete(&mut tx, operation, earlier).await?;
        }
        let vote = Vote { by: Voted::Command, ..vote.clone() };
        let reason = reason.replace('\0', "");
        insert(&mut tx, operation, (&vote, &reason)).await?;
        let mut record = Record { request: request.cloned(), ..record(operation, &vote, cast_what(vote.voice)) };
        if !reason.is_empty() {
            record.facts = record.facts.with("reason", reason);
        }
        audit::append(&mut tx, vote.at, &[record]).await?;
        tx.commit().await?;
        Ok(Cast::Stored)
    }

    /// Votes on a plan are worth something else than they were, though none has come or gone: its card is out of date.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn votes_weigh_otherwise(&self, operation: &OperationId, digest: Digest) -> Result<(), StoreError> {
        let mut tx = self.pools.begin().await?;
        operations::touch_votable(&mut tx, operation.as_str(), &digest.to_string()).await?;
        tx.commit().await
    }

    /// Takes an account's approval by command back. A veto is not taken back.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn withdraw_vote(
        &self,
        operation: &OperationId,
        of: (Digest, Account),
        by: (Option<&RequestId>, Millis),
    ) -> Result<Cast, StoreError> {
        let mut tx = self.pools.begin().await?;
        let open = operations::touch_votable(&mut tx, operation.as_str(), &of.0.to_string()).await?;
        if !is_taken(open, of.1) {
            tx.rollback().await?;
            return Ok(Cast::Closed);
        }
        let mine = by_command(&mut tx, operation, of).await?;
        let Some(vote) = mine.into_iter().find(|vote| vote.voice == Voice::Approve) else {
            tx.rollback().await?;
            return Ok(Cast::NoneThere);
        };
        delete(&mut tx, operation, &vote).await?;
        let record = Record { request: by.0.cloned(), ..record(operation, &vote, "withdrawn") };
        audit::append(&mut tx, by.1, &[record]).await?;
        tx.commit().await?;
        Ok(Cast::Stored)
    }

    /// All votes on a plan, by command and by reaction.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn votes(&self, operation: &OperationId, digest: Digest) -> Result<Vec<Vote>, StoreError> {
        let rows: Vec<VoteRow> = self.pools.all(VOTES, vals![operation.as_str(), &digest.to_string()]).await?;
        sorted(rows)
    }

    /// Why people vetoed a plan, in their own words, first who did first. Who said nothing is left out.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn veto_reasons(
        &self,
        operation: &OperationId,
        digest: Digest,
    ) -> Result<Vec<(PersonId, String)>, StoreError> {
        let rows: Vec<ReasonRow> = self
            .pools
            .all(
                "SELECT person, reason FROM votes \
                 WHERE operation = $1 AND digest = $2 AND voice = 'veto' AND reason <> '' ORDER BY at, account LIMIT 100",
                vals![operation.as_str(), &digest.to_string()],
            )
            .await?;
        rows.into_iter().map(|row| Ok((parsed(&row.person, "a person")?, row.reason))).collect()
    }

    /// The accounts whose veto by reaction on a plan was worth nothing when they were looked up last.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn powerless(&self, operation: &OperationId, digest: Digest) -> Result<BTreeSet<Account>, StoreError> {
        let digest = digest.to_string();
        let rows: Vec<AccountRow> = self.pools.all(POWERLESS, vals![operation.as_str(), &digest]).await?;
        rows.into_iter().map(|row| from_json(&row.account, "an account")).collect()
    }

    /// Remembers of vetoes by reaction whether they are worth nothing, as their casters were just looked up.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn vetoes_weighed(
        &self,
        (operation, digest): (&OperationId, Digest),
        looked_up: &[(Account, bool)],
    ) -> Result<(), StoreError> {
        let (digest, mut tx) = (digest.to_string(), self.pools.begin().await?);
        for (account, powerless) in looked_up {
            let account = json(account)?;
            tx.run(
                "UPDATE votes SET powerless = $1 WHERE operation = $2 AND digest = $3 AND account = $4 \
                 AND voice = 'veto' AND cast_by = 'reaction'",
                vals![*powerless, operation.as_str(), &digest, &account],
            )
            .await?;
        }
        tx.commit().await
    }

    /// Puts what was read from a card in the place of what was read before. A vote keeps the time it was first seen, also when
    /// its account has become another person's since: then it is that person's from now on.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn replace_reaction_votes(&self, read: &ReactionVotes<'_>) -> Result<Reread, StoreError> {
        if read.votes.len() > MOST {
            return Err(StoreError::Unstorable(format!("{} votes; {MOST} are the most", read.votes.len())));
        }
        let digest = read.digest.to_string();
        let mut tx = self.pools.begin().await?;
        if operations::touch_votable(&mut tx, read.operation.as_str(), &digest).await?.is_none() {
            tx.rollback().await?;
            return Ok(Reread::Closed);
        }
        let rows: Vec<VoteRow> = tx.all(VOTES, vals![read.operation.as_str(), &digest]).await?;
        let before: Vec<Vote> = sorted(rows)?.into_iter().filter(|vote| vote.by == Voted::Reaction).collect();
        let (mut added, mut moved): (Vec<Vote>, Vec<(Vote, Vote)>) = (Vec::new(), Vec::new());
        for vote in standing(read) {
            match before.iter().find(|one| is_same(one, vote)) {
                None => added.push(vote.clone()),
                Some(one) if one.person != vote.person => moved.push((one.clone(), vote.clone())),
                Some(_) => {}
            }
        }
        let powerless: Vec<AccountRow> = tx.all(POWERLESS, vals![read.operation.as_str(), &digest]).await?;
        let powerless = powerless.into_iter().map(|row| from_json(&row.account, "an account"));
        let powerless = powerless.collect::<Result<BTreeSet<Account>, _>>()?;
        // A veto that was seen is an event: moderators can remove other people's reactions. One that is worth nothing is none.
        let has_an_end = |one: &Vote| one.voice == Voice::Approve || powerless.contains(&one.account);
        let gone =
            before.into_iter().filter(|one| has_an_end(one) && !read.votes.iter().any(|vote| is_same(one, vote)));
        let removed: Vec<Vote> = gone.collect();
        if added.is_empty() && removed.is_empty() && moved.is_empty() {
            tx.rollback().await?;
            return Ok(Reread::Stored { added, removed });
        }
        let mut records = Vec::with_capacity(added.len() + removed.len() + moved.len());
        for vote in &removed {
            delete(&mut tx, read.operation, vote).await?;
            records.push(record(read.operation, vote, "withdrawn"));
        }
        for (was, now) in &moved {
            change_person(&mut tx, read.operation, now).await?;
            let record = record(read.operation, now, "vote-of-another-person");
            records.push(Record { facts: record.facts.with("was", was.person.as_str()), ..record });
        }
        for vote in &added {
            insert(&mut tx, read.operation, (vote, "")).await?;
            records.push(record(read.operation, vote, cast_what(vote.voice)));
        }
        audit::append(&mut tx, read.at, &records).await?;
        tx.commit().await?;
        Ok(Reread::Stored { added, removed })
    }
}

/// Whether a vote by command is taken, where voting in the chat is open, not yet, or not at all.
pub(super) fn is_taken(open: Option<bool>, account: Account) -> bool {
    match open {
        Some(posted) => posted || !matches!(account, Account::Discord(_)),
        None => false,
    }
}

/// What stands on the card that was read, each once.
fn standing<'a>(read: &ReactionVotes<'a>) -> Vec<&'a Vote> {
    let mut seen = BTreeSet::new();
    let ours = read.votes.iter().filter(|vote| vote.digest == read.digest && vote.by == Voted::Reaction);
    ours.filter(|vote| seen.insert((vote.account, vote.voice))).collect()
}

/// Whether two votes are one: the same account says the same in the same way. Whose account it is may have changed between.
fn is_same(one: &Vote, other: &Vote) -> bool {
    (one.account, one.voice, one.by, one.digest) == (other.account, other.voice, other.by, other.digest)
}

fn sorted(rows: Vec<VoteRow>) -> Result<Vec<Vote>, StoreError> {
    let mut votes = rows.into_iter().map(VoteRow::read).collect::<Result<Vec<_>, _>>()?;
    votes.sort_by_key(|vote| (vote.at, vote.account, vote.voice));
    Ok(votes)
}

async fn by_command(tx: &mut Tx, operation: &OperationId, of: (Digest, Account)) -> Result<Vec<Vote>, StoreError> {
    let rows: Vec<VoteRow> = tx
        .all(
            "SELECT digest, account, person, voice, cast_by, at FROM votes \
             WHERE operation = $1 AND digest = $2 AND account = $3 AND cast_by = 'command'",
            vals![operation.as_str(), &of.0.to_string(), &json(&of.1)?],
        )
        .await?;
    sorted(rows)
}

async fn insert(tx: &mut Tx, operation: &OperationId, (vote, reason): (&Vote, &str)) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO votes (operation, digest, account, person, voice, cast_by, at, reason) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        vals![
            operation.as_str(),
            &vote.digest.to_string(),
            &json(&vote.account)?,
            vote.person.as_str(),
            voice_key(vote.voice),
            cast_key(vote.by),
            vote.at.0,
            reason,
        ],
    )
    .await?;
    Ok(())
}

/// Whose vote it is, by the table of persons of now.
async fn change_person(tx: &mut Tx, operation: &OperationId, vote: &Vote) -> Result<(), StoreError> {
    tx.run(
        "UPDATE votes SET person = $1 \
         WHERE operation = $2 AND digest = $3 AND account = $4 AND voice = $5 AND cast_by = $6",
        vals![
            vote.person.as_str(),
            operation.as_str(),
            &vote.digest.to_string(),
            &json(&vote.account)?,
            voice_key(vote.voice),
            cast_key(vote.by),
        ],
    )
    .await?;
    Ok(())
}

async fn delete(tx: &mut Tx, operation: &OperationId, vote: &Vote) -> Result<(), StoreError> {
    tx.run(
        "DELETE FROM votes WHERE operation = $1 AND digest = $2 AND account = $3 AND voice = $4 AND cast_by = $5",
        vals![
            operation.as_str(),
            &vote.digest.to_string(),
            &json(&vote.account)?,
            voice_key(vote.voice),
            cast_key(vote.by),
        ],
    )
    .await?;
    Ok(())
}

fn cast_what(voice: Voice) -> &'static str {
    match voice {
        Voice::Approve => "approved",
        Voice::Veto => "vetoed",
    }
}

fn record(operation: &OperationId, vote: &Vote, what: &str) -> Record {
    Record {
        what: what.to_owned(),
        actor: Actor::Person { account: vote.account, person: vote.person.clone() },
        operation: Some(operation.clone()),
        request: None,
        digest: Some(vote.digest),
        facts: Facts::none().with("by", cast_key(vote.by)).with("voice", voice_key(vote.voice)),
    }
}
