//! Which requests this client knows (`RequestCode`), with what they do.

/// What a request does at the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Effect {
    /// Nothing is changed: may be sent again freely.
    Read,
    /// Something is changed: sent again only where it is known that nothing was applied.
    Change,
}

/// One request of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Api {
    /// Its name and number, as errors tell them.
    pub(crate) name: &'static str,
    /// Its number.
    pub(crate) code: i32,
    /// Whether it changes something.
    pub(crate) effect: Effect,
}

macro_rules! apis {
    ($($code:literal $effect:ident $name:ident;)*) => {
        $(pub(crate) const $name: Api = Api {
            name: concat!(stringify!($name), " (", $code, ")"),
            code: $code,
            effect: Effect::$effect,
        };)*

        /// All of them.
        #[cfg(test)]
        pub(crate) const ALL: &[Api] = &[$($name),*];
    };
}

apis! {
    12 Read QUERY_MESSAGE;
    14 Read QUERY_CONSUMER_OFFSET;
    15 Change UPDATE_CONSUMER_OFFSET;
    17 Change UPDATE_AND_CREATE_TOPIC;
    18 Change UPDATE_AND_CREATE_TOPIC_LIST;
    21 Read GET_ALL_TOPIC_CONFIG;
    25 Change UPDATE_BROKER_CONFIG;
    26 Read GET_BROKER_CONFIG;
    28 Read GET_BROKER_RUNTIME_INFO;
    29 Read SEARCH_OFFSET_BY_TIMESTAMP;
    30 Read GET_MAX_OFFSET;
    31 Read GET_MIN_OFFSET;
    32 Read GET_EARLIEST_MSG_STORETIME;
    33 Read VIEW_MESSAGE_BY_ID;
    43 Read GET_ALL_CONSUMER_OFFSET;
    100 Change PUT_KV_CONFIG;
    101 Read GET_KV_CONFIG;
    102 Change DELETE_KV_CONFIG;
    105 Read GET_ROUTEINFO_BY_TOPIC;
    106 Read GET_BROKER_CLUSTER_INFO;
    200 Change UPDATE_AND_CREATE_SUBSCRIPTIONGROUP;
    201 Read GET_ALL_SUBSCRIPTIONGROUP_CONFIG;
    202 Read GET_TOPIC_STATS_INFO;
    203 Read GET_CONSUMER_CONNECTION_LIST;
    204 Read GET_PRODUCER_CONNECTION_LIST;
    205 Change WIPE_WRITE_PERM_OF_BROKER;
    206 Read GET_ALL_TOPIC_LIST_FROM_NAMESERVER;
    207 Change DELETE_SUBSCRIPTIONGROUP;
    208 Read GET_CONSUME_STATS;
    215 Change DELETE_TOPIC_IN_BROKER;
    216 Change DELETE_TOPIC_IN_NAMESRV;
    222 Change INVOKE_BROKER_TO_RESET_OFFSET;
    224 Read GET_TOPICS_BY_CLUSTER;
    225 Change UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST;
    300 Read QUERY_TOPIC_CONSUME_BY_WHO;
    303 Read QUERY_CONSUME_TIME_SPAN;
    304 Read GET_SYSTEM_TOPIC_LIST_FROM_NS;
    307 Read GET_CONSUMER_RUNNING_INFO;
    314 Change CLONE_GROUP_OFFSET;
    317 Read GET_BROKER_CONSUME_STATS;
    318 Change UPDATE_NAMESRV_CONFIG;
    319 Read GET_NAMESRV_CONFIG;
    327 Change ADD_WRITE_PERM_OF_BROKER;
    328 Read GET_ALL_PRODUCER_INFO;
    343 Read QUERY_TOPICS_BY_CONSUMER;
    351 Read GET_TOPIC_CONFIG;
    352 Read GET_SUBSCRIPTIONGROUP_CONFIG;
}
