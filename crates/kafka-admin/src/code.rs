//! Error codes of the protocol, with their names.

use std::fmt;

use kafka_protocol::error::ResponseError;

/// An error code as a broker sent it; never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ErrorCode(pub i16);

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        impl ErrorCode {
            $($(#[$doc])* pub const $name: Self = Self($code);)*
        }
    };
}

codes! {
    /// The broker failed in a way it does not name.
    UNKNOWN_SERVER_ERROR = -1;
    /// The topic or partition does not exist, or may not be seen.
    UNKNOWN_TOPIC_OR_PARTITION = 3;
    /// An election is under way.
    LEADER_NOT_AVAILABLE = 5;
    /// The broker does not lead the partition (any more); what it began as the leader may be done.
    NOT_LEADER_OR_FOLLOWER = 6;
    /// The broker gave up waiting; the change may still be applied.
    REQUEST_TIMED_OUT = 7;
    /// A replica is not there.
    REPLICA_NOT_AVAILABLE = 9;
    /// The connection between brokers broke; the change may still be applied.
    NETWORK_EXCEPTION = 13;
    /// The coordinator is reading its log.
    COORDINATOR_LOAD_IN_PROGRESS = 14;
    /// There is no coordinator now, or its write was not confirmed in time.
    COORDINATOR_NOT_AVAILABLE = 15;
    /// The broker does not coordinate the group (any more); what it began as the coordinator may come through.
    NOT_COORDINATOR = 16;
    /// The write reached the leader only; it may still be applied.
    NOT_ENOUGH_REPLICAS_AFTER_APPEND = 20;
    /// The group has members, which own its offsets.
    UNKNOWN_MEMBER_ID = 25;
    /// The principal may not do this to the topic.
    TOPIC_AUTHORIZATION_FAILED = 29;
    /// The principal may not do this to the group.
    GROUP_AUTHORIZATION_FAILED = 30;
    /// The principal may not do this to the cluster.
    CLUSTER_AUTHORIZATION_FAILED = 31;
    /// The broker does not know this version of the request.
    UNSUPPORTED_VERSION = 35;
    /// The topic exists already.
    TOPIC_ALREADY_EXISTS = 36;
    /// Brokers that there are not, too few of them, or a log directory that takes nothing new.
    INVALID_REPLICA_ASSIGNMENT = 39;
    /// The broker is not the controller.
    NOT_CONTROLLER = 41;
    /// The request contradicts itself.
    INVALID_REQUEST = 42;
    /// The principal may not use this transactional id.
    TRANSACTIONAL_ID_AUTHORIZATION_FAILED = 53;
    /// Cluster security is not set up.
    SECURITY_DISABLED = 54;
    /// A disk failed; the change may still be applied.
    KAFKA_STORAGE_ERROR = 56;
    /// The broker has no such log directory.
    LOG_DIR_NOT_FOUND = 57;
    /// The credentials were refused.
    SASL_AUTHENTICATION_FAILED = 58;
    /// The principal may not use this delegation token.
    DELEGATION_TOKEN_AUTHORIZATION_FAILED = 65;
    /// The group is not empty.
    NON_EMPTY_GROUP = 68;
    /// There is no such group.
    GROUP_ID_NOT_FOUND = 69;
    /// The leader epoch of the request is old.
    FENCED_LEADER_EPOCH = 74;
    /// The leader epoch of the request is newer than the broker's.
    UNKNOWN_LEADER_EPOCH = 75;
    /// No leader can be elected: none of the replicas asked for is alive.
    PREFERRED_LEADER_NOT_AVAILABLE = 80;
    /// The election is not needed.
    ELECTION_NOT_NEEDED = 84;
    /// Nothing is being reassigned.
    NO_REASSIGNMENT_IN_PROGRESS = 85;
    /// The group is subscribed to the topic.
    GROUP_SUBSCRIBED_TO_TOPIC = 86;
    /// A transaction with offsets of the partition is open.
    UNSTABLE_OFFSET_COMMIT = 88;
    /// There is no topic of this id.
    UNKNOWN_TOPIC_ID = 100;
    /// There is no such broker.
    BROKER_ID_NOT_REGISTERED = 102;
}

impl ErrorCode {
    /// The code of a field, where 0 means "no error".
    pub(crate) fn of(field: i16) -> Option<Self> {
        (field != 0).then_some(Self(field))
    }

    /// The name in the protocol, such as `NOT_COORDINATOR`; `UNKNOWN_CODE_n` for one this client has no name for.
    #[must_use]
    pub fn name(self) -> String {
        match ResponseError::try_from_code(self.0) {
            Some(known) if !matches!(known, ResponseError::Unknown(_)) => upper_snake(&format!("{known:?}")),
            _ => format!("UNKNOWN_CODE_{}", self.0),
        }
    }

    /// Whether the principal lacks a right.
    #[must_use]
    pub fn is_authorization(self) -> bool {
        matches!(
            self,
            Self::TOPIC_AUTHORIZATION_FAILED
                | Self::GROUP_AUTHORIZATION_FAILED
                | Self::CLUSTER_AUTHORIZATION_FAILED
                | Self::TRANSACTIONAL_ID_AUTHORIZATION_FAILED
                | Self::DELEGATION_TOKEN_AUTHORIZATION_FAILED
        )
    }

    /// Whether a change answered by this code may be applied nevertheless, now or later.
    ///
    /// Some codes read like refusals and are not always: Kafka answers with them for writes that
    /// stand in the log already and were waiting to be confirmed.
    /// - NOT_COORDINATOR: a coordinator that loses its partition fails all waiting writes with it
    ///   (`CoordinatorRuntime.unload`, before Kafka 4 the callback in `GroupMetadataManager`). The next one
    ///   reads the log and may find them there.
    /// - COORDINATOR_NOT_AVAILABLE: a write that was not confirmed in time.
    /// - NOT_LEADER_OR_FOLLOWER: a leader that steps down while its replicas delete records
    ///   (`DelayedDeleteRecords`) has deleted its own.
    #[must_use]
    pub fn leaves_outcome_open(self) -> bool {
        matches!(
            self,
            Self::UNKNOWN_SERVER_ERROR
                | Self::NOT_LEADER_OR_FOLLOWER
                | Self::REQUEST_TIMED_OUT
                | Self::NETWORK_EXCEPTION
                | Self::COORDINATOR_NOT_AVAILABLE
                | Self::NOT_COORDINATOR
                | Self::NOT_ENOUGH_REPLICAS_AFTER_APPEND
                | Self::KAFKA_STORAGE_ERROR
        )
    }

    /// Codes after which even a change is sent again: the broker says them before it begins anything.
    ///
    /// NOT_CONTROLLER is among them although a KRaft controller that steps down fails waiting writes with it
    /// (`QuorumController.renounce`): the broker between keeps that to itself and sends on to the next controller.
    /// What comes through is the answer of a cluster with ZooKeeper, where the controller looks first.
    pub(crate) fn is_before_work(self) -> bool {
        matches!(self, Self::COORDINATOR_LOAD_IN_PROGRESS | Self::NOT_CONTROLLER)
    }

    /// Codes that say that somebody else is in charge, who has to be found.
    pub(crate) fn is_moved(self) -> bool {
        self.is_before_work() || matches!(self, Self::NOT_COORDINATOR | Self::NOT_LEADER_OR_FOLLOWER)
    }

    /// Codes after which a look is asked again.
    pub(crate) fn is_passing(self) -> bool {
        self.is_moved()
            || matches!(
                self,
                Self::LEADER_NOT_AVAILABLE
                    | Self::REQUEST_TIMED_OUT
                    | Self::REPLICA_NOT_AVAILABLE
                    | Self::NETWORK_EXCEPTION
                    | Self::COORDINATOR_NOT_AVAILABLE
                    | Self::FENCED_LEADER_EPOCH
                    | Self::UNKNOWN_LEADER_EPOCH
            )
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name(), self.0)
    }
}

fn upper_snake(camel: &str) -> String {
    let mut name = String::with_capacity(camel.len() + 8);
    for (index, letter) in camel.char_indices() {
        if index > 0 && letter.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_protocol() {
        assert_eq!(ErrorCode(16).to_string(), "NOT_COORDINATOR (16)");
        assert_eq!(ErrorCode(-1).name(), "UNKNOWN_SERVER_ERROR");
        assert_eq!(ErrorCode(69).name(), "GROUP_ID_NOT_FOUND");
        assert_eq!(ErrorCode(31000).name(), "UNKNOWN_CODE_31000");
    }

    #[test]
    fn a_code_that_leaves_the_outcome_open_never_sends_a_change_again() {
        for code in -1..200 {
            let code = ErrorCode(code);
            assert!(!(code.is_before_work() && code.leaves_outcome_open()), "{code}");
        }
    }
}
