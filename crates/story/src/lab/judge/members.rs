//! Real consumers as members of a group.

use super::{JudgeError, KafkaJudge};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Duration;

/// Longest wait for an assignment and for records.
const MEMBER_LIMIT: Duration = Duration::from_secs(80);

/// How the group keeps itself together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// JoinGroup and SyncGroup.
    Classic,
    /// KIP-848's ConsumerGroupHeartbeat.
    Consumer,
}

/// When a member commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Commit {
    /// Every 200 ms and when it leaves, by the client itself.
    Auto,
    /// After each poll that brought records.
    EachPoll,
    /// Only by [`Member::commit`].
    OnDemand,
}

/// A consumer to start.
#[derive(Clone, Debug, Serialize)]
pub struct MemberSpec {
    group: String,
    topics: Vec<String>,
    protocol: Protocol,
    commit: Commit,
    member_client_id: String,
    session_timeout_ms: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    budget: Option<u64>,
    within_ms: u128,
}

impl MemberSpec {
    /// A classic member that reads everything and commits on demand.
    pub fn new(group: &str, topic: &str) -> Self {
        Self {
            group: group.to_owned(),
            topics: vec![topic.to_owned()],
            protocol: Protocol::Classic,
            commit: Commit::OnDemand,
            member_client_id: format!("{group}-member"),
            session_timeout_ms: 30_000,
            instance_id: None,
            budget: None,
            within_ms: MEMBER_LIMIT.as_millis(),
        }
    }

    /// Which protocol it joins with.
    #[must_use]
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.protocol = protocol;
        self
    }

    /// When it commits.
    #[must_use]
    pub fn commit(mut self, commit: Commit) -> Self {
        self.commit = commit;
        self
    }

    /// Its client id, which group descriptions show.
    #[must_use]
    pub fn client_id(mut self, id: &str) -> Self {
        self.member_client_id = id.to_owned();
        self
    }

    /// Makes it a static member.
    #[must_use]
    pub fn static_id(mut self, id: &str) -> Self {
        self.instance_id = Some(id.to_owned());
        self
    }

    /// It reads this many records, then waits for [`Member::consume`], a living member all the time.
    #[must_use]
    pub fn reads_only(mut self, records: u64) -> Self {
        self.budget = Some(records);
        self
    }

    /// A classic member's session timeout in milliseconds (the broker sets the consumer protocol's).
    #[must_use]
    pub fn session_timeout_ms(mut self, ms: u32) -> Self {
        self.session_timeout_ms = ms;
        self
    }

    /// Does not wait for an assignment, for example where there are more members than partitions.
    #[must_use]
    pub fn without_waiting(mut self) -> Self {
        self.within_ms = 0;
        self
    }
}

/// How far a member has come.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct MemberStatus {
    /// Records read so far.
    pub consumed: u64,
    /// The id the coordinator gave it.
    pub member_id: String,
    /// The next offset it reads, for each assigned partition.
    pub positions: Vec<Position>,
}

/// The next offset that a member reads from a partition.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Position {
    /// The topic's name.
    pub topic: String,
    /// The partition's number.
    pub partition: i32,
    /// The next offset.
    pub offset: i64,
}

/// A running consumer. It runs until stopped, or until this test process ends.
#[derive(Debug)]
pub struct Member {
    judge: KafkaJudge,
    member: u64,
}

impl Member {
    /// Reads so many records more and returns when it has.
    ///
    /// # Errors
    /// When the records do not come, or the consumer has failed.
    pub async fn consume(&self, count: u64) -> Result<MemberStatus, JudgeError> {
        let fields = json!({
            "member": self.member, "count": count, "within_ms": MEMBER_LIMIT.as_millis(),
        });
        self.judge.ask("member_consume", fields).await
    }

    /// Commits where it stands.
    ///
    /// # Errors
    /// When the coordinator refuses, for example because it is a member no longer.
    pub async fn commit(&self) -> Result<MemberStatus, JudgeError> {
        self.judge.ask("member_commit", self.fields()).await
    }

    /// How far it has come.
    ///
    /// # Errors
    /// When the consumer has failed.
    pub async fn status(&self) -> Result<MemberStatus, JudgeError> {
        self.judge.ask("member_status", self.fields()).await
    }

    /// Stops it properly: it leaves the group.
    ///
    /// # Errors
    /// When the consumer had failed.
    pub async fn stop(self) -> Result<MemberStatus, JudgeError> {
        let fields = json!({ "member": self.member, "leave": true });
        self.judge.ask("stop_member", fields).await
    }

    /// Ends it without a word, like a crash: the group keeps it until its session times out.
    ///
    /// # Errors
    /// When the consumer had failed.
    pub async fn vanish(self) -> Result<MemberStatus, JudgeError> {
        let fields = json!({ "member": self.member, "leave": false });
        self.judge.ask("stop_member", fields).await
    }

    fn fields(&self) -> Value {
        json!({ "member": self.member })
    }
}

impl KafkaJudge {
    /// Starts a consumer and waits until partitions are assigned to it.
    ///
    /// # Errors
    /// When it gets none, or Kafka refuses it.
    pub async fn start_member(&self, spec: MemberSpec) -> Result<Member, JudgeError> {
        #[derive(Deserialize)]
        struct Started {
            member: u64,
        }
        let started: Started = self.ask("start_member", spec).await?;
        Ok(Member { judge: self.clone(), member: started.member })
    }
}
