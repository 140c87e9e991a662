//! What looks give, as data; and what the desk answers from the store and the catalogue.

use super::{ClustersLook, GroupLook, Health, LagLook, Report, TopicLook};
use crate::approval::{State, Tally};
use crate::command::Kind;
use crate::facts::Facts;
use crate::freeze::Freeze;
use crate::id::{ClusterName, OperationId, PersonId, RequestId};
use crate::plan::{Effect, Seat};
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a look gave, as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LookAnswer {
    /// `/clusters`
    Clusters(ClustersLook),
    /// `/health`
    Health(Health),
    /// `/topic`
    Topic(TopicLook),
    /// `/group`
    Group(GroupLook),
    /// `/lag`
    Lag(LagLook),
    /// Every other look at a cluster.
    Report(Report),
    /// `/help`, made by the desk from the catalogue.
    Help(Help),
    /// `/whoami`, made by the desk from the policy.
    WhoAmI(WhoAmI),
    /// `/operations`, made by the desk from the store.
    Operations(OperationsList),
    /// `/status`, made by the desk from the store.
    Status(Box<OperationStatus>),
    /// `/audit search`, made by the desk from the store.
    AuditPage(AuditPage),
    /// `/audit verify`, made by the desk from the store.
    AuditVerified(AuditVerified),
}

/// The clusters that an answer tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToldOf<'a> {
    /// These, or none.
    Clusters(BTreeSet<&'a ClusterName>),
    /// It is not known which: any there are.
    Any,
}

impl LookAnswer {
    /// What everybody may read of it where its clusters may be shown: no addresses of clients. None of what is about whoever
    /// asked, about the bot, or from the audit log.
    #[must_use]
    pub fn for_everybody(&self) -> Option<Self> {
        match self {
            Self::Group(seen) => Some(Self::Group(seen.for_everybody())),
            Self::Report(seen) => Some(Self::Report(seen.for_everybody())),
            Self::Clusters(_) | Self::Health(_) | Self::Topic(_) | Self::Lag(_) | Self::Status(_) => Some(self.clone()),
            Self::Help(_) | Self::WhoAmI(_) | Self::Operations(_) | Self::AuditPage(_) | Self::AuditVerified(_) => None,
        }
    }

    /// The clusters that it tells of.
    #[must_use]
    pub fn told_of(&self) -> ToldOf<'_> {
        ToldOf::Clusters(match self {
            Self::Clusters(seen) => seen.clusters.iter().map(|line| &line.name).collect(),
            Self::Health(seen) => [&seen.cluster].into(),
            Self::Topic(seen) => [&seen.cluster].into(),
            Self::Group(seen) => [&seen.cluster].into(),
            Self::Lag(seen) => [&seen.cluster].into(),
            Self::Report(seen) => [&seen.cluster].into(),
            Self::WhoAmI(who) => who.clusters.iter().collect(),
            Self::Operations(list) => {
                let lines = list.waiting_for_me.iter().chain(&list.reviews).chain(&list.others);
                lines.map(|one| &one.cluster).collect()
            }
            Self::Status(status) => [&status.line.cluster].into(),
            Self::Help(_) | Self::AuditVerified(_) => BTreeSet::new(),
            Self::AuditPage(_) => return ToldOf::Any,
        })
    }
}

/// Help: the list of commands, or one of them in detail. Texts are in the reader's language already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Help {
    /// All commands the person may use; options may be left out.
    List(Vec<HelpCommand>),
    /// One command.
    Command(Box<HelpCommand>),
}

/// What is to be said of one command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpCommand {
    /// Its name ("reset-offset").
    pub name: String,
    /// How it is typed ("/reset-offset cluster: group: topic: to: …").
    pub usage: String,
    /// What it does, in the reader's language.
    pub description: String,
    /// Its options.
    pub options: Vec<HelpOption>,
    /// The role it needs.
    pub role: String,
    /// Whether it looks, changes or controls.
    pub kind: Kind,
    /// What it does to the world.
    pub effect: Effect,
    /// Examples as they are typed.
    pub examples: Vec<String>,
}

/// One option of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpOption {
    /// Its name.
    pub name: String,
    /// What it is, in the reader's language.
    pub description: String,
    /// Whether it must be given.
    pub required: bool,
}

/// Who somebody is to the bot, and what they may do here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhoAmI {
    /// The account, as it is written in the settings ("discord:80351110224678912").
    pub account: String,
    /// The human behind it.
    pub person: PersonId,
    /// The roles in this place.
    pub roles: Vec<String>,
    /// The clusters they hold for; empty if there is none.
    pub clusters: Vec<ClusterName>,
    /// The commands that may be used here.
    pub commands: Vec<String>,
    /// The topics and groups the person owns, as the settings' patterns.
    pub owns: Vec<String>,
}

/// Operations, in two parts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OperationsList {
    /// Those that wait for the person who asks: seats they could fill.
    pub waiting_for_me: Vec<OperationLine>,
    /// Those whose glass was broken and whose review the person who asks can close.
    #[serde(default)]
    pub reviews: Vec<OperationLine>,
    /// The others that are open or ended lately, newest first.
    pub others: Vec<OperationLine>,
    /// How many more of those that were read there are.
    pub left_out: usize,
    /// Older operations were not read.
    pub is_cut: bool,
}

/// One operation in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationLine {
    /// Its id.
    pub operation: OperationId,
    /// Where it stands.
    pub state: State,
    /// The command.
    pub command: String,
    /// The cluster.
    pub cluster: ClusterName,
    /// Whether its stored plan can be read; if not, nobody knows what it is about.
    pub is_readable: bool,
    /// What it is about: names of its topics and groups, at most a few.
    pub about: Vec<String>,
    /// Who asked for it, by the name to show.
    pub asked_by: String,
    /// When it last changed.
    pub updated_at: Millis,
    /// When it expires; none once it has started or ended.
    pub expires_at: Option<Millis>,
    /// The freeze that its start waits for.
    #[serde(default)]
    pub frozen: Option<Freeze>,
}

/// One operation in detail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationStatus {
    /// As in a list.
    pub line: OperationLine,
    /// How it came to its state: the key of a sentence, or empty.
    pub why: String,
    /// The facts of it.
    pub why_facts: Facts,
    /// The revision of the plan that counts.
    pub revision: u32,
    /// The whole digest of that plan, in hex.
    pub digest: String,
    /// The seats that must be filled: the plan's, or more where the settings became stricter since.
    pub seats: Vec<Seat>,
    /// Who fills them, and whose vote does not count: as it was when it started, else as it is now.
    pub tally: Tally,
    /// Whether it has started.
    pub has_started: bool,
    /// Its steps.
    pub steps: Vec<StepLine>,
    /// The operation it takes back.
    pub reverses: Option<OperationId>,
}

/// One step of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepLine {
    /// Its number, from 1.
    pub number: u32,
    /// What it does: the key of an action, or "wait", "capture", "rule".
    pub what: String,
    /// Whether it is done and verified.
    pub done: bool,
}

/// One page of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AuditPage {
    /// The entries, newest first.
    pub entries: Vec<AuditEntry>,
    /// How many more fit the search.
    pub left_out: usize,
    /// The search went no further back than to this entry; none if it saw the whole log.
    pub unsearched_before: Option<i64>,
}

/// One entry of the audit log, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its place in the chain.
    pub seq: i64,
    /// When.
    pub at: Millis,
    /// What happened ("approved").
    pub what: String,
    /// Who, by the name to show; empty for the bot itself.
    pub who: String,
    /// The operation, if one is concerned.
    pub operation: Option<OperationId>,
    /// The request, if it comes from one.
    pub request: Option<RequestId>,
}

/// What verifying the audit log found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditVerified {
    /// Every entry follows from the one before.
    Whole {
        /// How many entries.
        entries: i64,
        /// The last entry's hash, in hex; empty if there is none.
        head: String,
        /// The head from outside that it was compared with; without one a cut at the end cannot be excluded.
        compared: Option<AuditHead>,
    },
    /// It does not fit.
    Broken {
        /// The first entry that does not fit.
        seq: i64,
        /// Why, as the key of its sentence: "changed", "missing", "truncated".
        why: String,
    },
}

/// A head of the log that was kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditHead {
    /// The entry's place.
    pub seq: i64,
    /// Where it was kept, in words ("message of 12 May in #audit").
    pub kept: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(cluster: &str) -> OperationLine {
        OperationLine {
            operation: "K7F3QD".parse().unwrap(),
            state: State::AwaitingApproval,
            command: "reset-offset".to_owned(),
            cluster: cluster.parse().unwrap(),
            is_readable: true,
            about: Vec::new(),
            asked_by: "alice".to_owned(),
            updated_at: Millis(0),
            expires_at: None,
            frozen: None,
        }
    }

    #[test]
    fn an_answer_tells_of_every_cluster_in_it() {
        let names = |list: &[&str]| list.iter().map(|name| name.parse().unwrap()).collect::<Vec<ClusterName>>();
        let told = |answer: &LookAnswer| match answer.told_of() {
            ToldOf::Clusters(all) => Some(all.into_iter().cloned().collect::<Vec<_>>()),
            ToldOf::Any => None,
        };
        let list = OperationsList {
            waiting_for_me: vec![line("pay"), line("logs")],
            reviews: vec![line("old")],
            others: vec![line("lab"), line("pay")],
            ..OperationsList::default()
        };
        assert_eq!(told(&LookAnswer::Operations(list)), Some(names(&["lab", "logs", "old", "pay"])));
        assert_eq!(told(&LookAnswer::AuditPage(AuditPage::default())), None, "entries do not say it");
        assert_eq!(told(&LookAnswer::Help(Help::List(Vec::new()))), Some(Vec::new()));
    }
}
