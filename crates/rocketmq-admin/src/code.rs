//! The codes of answers, with their names (`ResponseCode`, `RemotingSysResponseCode`).

use std::fmt;

/// The code of an answer that is no success; never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub i32);

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        impl Code {
            $($(#[$doc])* pub const $name: Self = Self($code);)*

            /// The name in the protocol, such as `TOPIC_NOT_EXIST`, if this client has one for it.
            #[must_use]
            pub fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => Some(stringify!($name)),)*
                    _ => None,
                }
            }
        }
    };
}

codes! {
    /// Something failed; 4.9 also refuses with it. The remark says what.
    SYSTEM_ERROR = 1;
    /// The server has too much to do; it did not begin.
    SYSTEM_BUSY = 2;
    /// The server has no such request.
    REQUEST_CODE_NOT_SUPPORTED = 3;
    /// The disk was too slow.
    FLUSH_DISK_TIMEOUT = 10;
    /// There is no slave.
    SLAVE_NOT_AVAILABLE = 11;
    /// The slave was too slow.
    FLUSH_SLAVE_TIMEOUT = 12;
    /// The message is not well formed.
    MESSAGE_ILLEGAL = 13;
    /// The server does not do this now.
    SERVICE_NOT_AVAILABLE = 14;
    /// The version is not supported.
    VERSION_NOT_SUPPORTED = 15;
    /// The account may not do this, or nobody may.
    NO_PERMISSION = 16;
    /// There is no such topic, or no route to it.
    TOPIC_NOT_EXIST = 17;
    /// There is such a topic already.
    TOPIC_EXIST_ALREADY = 18;
    /// What was looked for is not there: a message, a setting, an offset of a group.
    QUERY_NOT_FOUND = 22;
    /// The subscription cannot be read.
    SUBSCRIPTION_PARSE_FAILED = 23;
    /// The group does not subscribe to this.
    SUBSCRIPTION_NOT_EXIST = 24;
    /// The subscription is older than the one of another client.
    SUBSCRIPTION_NOT_LATEST = 25;
    /// There is no such group.
    SUBSCRIPTION_GROUP_NOT_EXIST = 26;
    /// The request contradicts itself or the server's rules (5.x; 4.9 says SYSTEM_ERROR).
    INVALID_PARAMETER = 29;
    /// The group has no client connected, or not this one.
    CONSUMER_NOT_ONLINE = 206;
    /// The client took too long.
    CONSUME_MSG_TIMEOUT = 207;
    /// No message.
    NO_MESSAGE = 208;
    /// There is no such broker.
    BROKER_NOT_EXIST = 211;
    /// The broker has not indexed all of its messages yet.
    BROKER_DISPATCH_NOT_COMPLETE = 212;
    /// The group consumes by broadcast, so its offsets are with its clients.
    BROADCAST_CONSUMPTION = 213;
    /// Too much at once; it did not begin.
    FLOW_CONTROL = 215;
    /// Somebody else is in charge of the queue.
    NOT_LEADER_FOR_QUEUE = 501;
    /// The server does not do such things.
    ILLEGAL_OPERATION = 604;
    /// The other server did not answer the one that was asked.
    RPC_UNKNOWN = -1000;
    /// The other server's address is not known.
    RPC_ADDR_IS_NULL = -1002;
    /// The other server could not be sent to.
    RPC_SEND_TO_CHANNEL_FAILED = -1004;
    /// The other server took too long.
    RPC_TIME_OUT = -1006;
    /// The server is shutting down; it did not begin.
    GO_AWAY = 1500;
    /// There is no such user.
    USER_NOT_EXIST = 3001;
    /// There is no such policy.
    POLICY_NOT_EXIST = 3002;
}

/// Remarks of SYSTEM_ERROR that say no before anything is begun, by how they begin; where each is said was read in the
/// sources of 4.9.7 and 5.5.0.
const BEFORE_WORK: [&str; 5] = [
    // AdminBrokerProcessor.validateSlave
    "Can't modify topic or subscription group from slave broker",
    // TopicValidator.isSystemTopic: "The topic[…] is conflict with system topic."
    "The topic[",
    // TopicValidator.validateTopic: blank, too long, or with characters that are not allowed
    "The specified topic",
    // Broker2Client.resetOffset: "THe consumer group <…> not exist"
    "THe consumer group <",
    // resetOffsetInner: "Target offset … not in consume queue range […]"
    "Target offset ",
];

impl Code {
    /// The code of a field, where 0 means success.
    pub(crate) fn of(field: i32) -> Option<Self> {
        (field != 0).then_some(Self(field))
    }

    /// Whether a change answered by this code may be applied nevertheless, all of it or a part.
    ///
    /// Known not to be are the codes that are said before anything is begun. SYSTEM_ERROR is said for whatever failed
    /// on the way, too: creating a topic stores it first and registers it then. So of it only the remarks count that
    /// are known to come first. A code without a name says nothing.
    #[must_use]
    pub fn leaves_outcome_open(self, remark: Option<&str>) -> bool {
        if self == Self::SYSTEM_ERROR {
            return !remark.is_some_and(|remark| BEFORE_WORK.iter().any(|known| remark.starts_with(known)));
        }
        !matches!(
            self,
            Self::SYSTEM_BUSY
                | Self::REQUEST_CODE_NOT_SUPPORTED
                | Self::MESSAGE_ILLEGAL
                | Self::VERSION_NOT_SUPPORTED
                | Self::NO_PERMISSION
                | Self::TOPIC_NOT_EXIST
                | Self::TOPIC_EXIST_ALREADY
                | Self::QUERY_NOT_FOUND
                | Self::SUBSCRIPTION_NOT_EXIST
                | Self::SUBSCRIPTION_GROUP_NOT_EXIST
                | Self::INVALID_PARAMETER
                | Self::CONSUMER_NOT_ONLINE
                | Self::BROADCAST_CONSUMPTION
                | Self::FLOW_CONTROL
                | Self::GO_AWAY
        )
    }

    /// Whether it says that this account may not: 5.x has a code for it, 4.9 throws an `AclException`.
    pub(crate) fn is_denial(self, remark: Option<&str>) -> bool {
        let thrown =
            || remark.and_then(|remark| remark.split(':').next()).is_some_and(|by| by.ends_with("AclException"));
        self == Self::NO_PERMISSION || (self == Self::SYSTEM_ERROR && thrown())
    }

    /// Codes after which even a change is sent again: they are said before the request is begun
    /// (`NettyRemotingAbstract.processRequestCommand`, `BrokerFastFailure`).
    pub(crate) fn is_before_work(self) -> bool {
        matches!(self, Self::SYSTEM_BUSY | Self::FLOW_CONTROL | Self::GO_AWAY)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} ({})", self.0),
            None => write!(f, "code {}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_named() {
        assert_eq!(Code(17).to_string(), "TOPIC_NOT_EXIST (17)");
        assert_eq!(Code(31_000).to_string(), "code 31000");
    }

    #[test]
    fn a_code_that_leaves_the_outcome_open_never_sends_a_change_again() {
        for code in -2_000..4_000 {
            let code = Code(code);
            assert!(!(code.is_before_work() && code.leaves_outcome_open(None)), "{code}");
        }
    }

    #[test]
    fn of_a_system_error_only_known_remarks_are_refusals() {
        let open = |remark| Code::SYSTEM_ERROR.leaves_outcome_open(Some(remark));
        assert!(!open("The topic[TBW102] is conflict with system topic."));
        assert!(open("java.lang.NullPointerException, java.base/java.lang.String.<init>(String.java:1387)"));
        assert!(Code::SYSTEM_ERROR.leaves_outcome_open(None));
        assert!(Code(31_000).leaves_outcome_open(None));
    }

    #[test]
    fn denials_of_both_lines_are_told() {
        let thrown = "org.apache.rocketmq.acl.common.AclException: No accessKey is configured, org.apache…";
        assert!(Code::SYSTEM_ERROR.is_denial(Some(thrown)));
        assert!(Code::SYSTEM_ERROR.is_denial(Some("AclException: Check signature failed")));
        assert!(!Code::SYSTEM_ERROR.is_denial(Some("store: AclException: no")));
        assert!(!Code::SYSTEM_ERROR.is_denial(None));
        assert!(Code::NO_PERMISSION.is_denial(None));
    }
}
