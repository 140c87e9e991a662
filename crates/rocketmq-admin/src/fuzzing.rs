//! What the fuzz target and the random tests feed: everything that reads bytes of a server. None of it may panic, hang
//! or take more memory than its bound; what it cannot read it says so.

use bytes::Bytes;

use crate::api::cluster::Cluster;
use crate::api::message_bytes;
use crate::api::properties;
use crate::api::routes::TopicRoute;
use crate::api::running::RunningInfo;
use crate::json;
use crate::version::Version;
use crate::wire::frame;
use crate::wire::request::Answer;

/// A value as fastjson writes it. What is read is written and read again: it stays the same.
///
/// # Panics
/// When it does not.
pub fn value(bytes: &[u8]) {
    if let Ok(value) = json::parse(bytes) {
        let written = value.to_string();
        assert_eq!(json::parse(written.as_bytes()).as_ref(), Ok(&value), "{written}");
    }
}

/// A frame behind its length, with either kind of header.
pub fn frame(bytes: &[u8]) {
    drop(frame::decode(Bytes::copy_from_slice(bytes)));
}

/// The body of an answer, read as several kinds of it.
pub fn body(bytes: &[u8]) {
    let body = Bytes::copy_from_slice(bytes);
    let answer =
        Answer { version: Version::OURS, remark: None, fields: std::collections::BTreeMap::new(), body: body.clone() };
    drop(Cluster::read(&answer));
    drop(TopicRoute::read(&answer));
    drop(answer.json().and_then(|body| RunningInfo::read(&body)));
    drop(answer.text().and_then(properties::read));
    drop(message_bytes::read_all(body, "broker"));
}
