//! Steps: one intended change of the outside world each.

use super::action::Action;
use super::condition::Condition;
use super::expectation::Expectation;
use super::rocketmq_rule::QueuesOf;
use super::rule::Rule;
use crate::facts::Facts;
use crate::id::{GroupId, TopicName};
use serde::{Deserialize, Serialize};

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its number, from 1.
    pub number: u32,
    /// What is done.
    pub work: Work,
    /// What must be true right before it.
    pub needs: Vec<Expectation>,
    /// What proves it done.
    pub done: Condition,
    /// How it is taken back.
    pub undo: Undo,
}

/// The kinds of step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// Exactly this.
    Act(Action),
    /// What the rule gives when its turn comes, within its bounds; the expansion is journalled before it is acted on.
    Rule(Rule),
    /// Nothing but waiting.
    Wait(Wait),
    /// Values of this moment are written to the journal, for the steps after and for the way back.
    Capture(Capture),
}

/// A wait for a condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// What is waited for.
    pub condition: Condition,
    /// The time between two looks, in milliseconds.
    pub interval_ms: u64,
    /// How long at most, in milliseconds; after that the operation ends as stopped with nothing changed by this step.
    pub deadline_ms: u64,
}

/// What is captured into the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capture {
    /// All commits of a group in these partitions, absent ones as absent.
    KafkaCommitted {
        /// The group.
        group: GroupId,
        /// The topics and partitions.
        partitions: Vec<(TopicName, Vec<i32>)>,
    },
    /// All offsets of a group in these queues, absent ones as absent.
    RocketmqOffsets {
        /// The group.
        group: GroupId,
        /// The queues of each topic, by broker.
        queues: Vec<QueuesOf>,
    },
}

/// How a step is taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undo {
    /// There is nothing to take back.
    Nothing,
    /// These actions, if the expectations hold.
    Literal {
        /// The actions, in this order.
        actions: Vec<Action>,
        /// What must be true before them.
        needs: Vec<Expectation>,
    },
    /// What was done is done backwards, last first: each action with its before and after exchanged.
    Inverse {
        /// What must be true before that.
        needs: Vec<Expectation>,
    },
    /// The values that the capture step of this number put into the journal are written back.
    Captured {
        /// The capture step.
        step: u32,
    },
    /// The topic that it made is deleted again, as long as nobody has written to it and nobody reads it.
    WhileEmpty {
        /// The topic.
        topic: TopicName,
    },
    /// It cannot be taken back.
    Irreversible {
        /// What is lost, in numbers.
        lost: Facts,
    },
}
