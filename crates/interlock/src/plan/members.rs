//! The members of a group as evidence.

use crate::cluster::kafka::Member;
use crate::facts::Facts;
use crate::id::GroupId;

/// The most client ids that evidence names; the count is always whole.
const MOST_NAMES: usize = 100;

/// The client ids of some members, in order, each once, at most a hundred. Never hosts.
pub(crate) fn client_ids(members: &[Member]) -> Vec<String> {
    let mut names: Vec<String> = members.iter().map(|member| member.client_id.clone()).collect();
    names.sort();
    names.dedup();
    names.truncate(MOST_NAMES);
    names
}

/// Client ids, how many members, how many of them static: those stay until their session times out.
pub(crate) fn member_facts(group: &GroupId, members: &[Member]) -> Facts {
    let fixed = members.iter().filter(|member| member.instance_id.is_some()).count();
    Facts::none()
        .with("group", group.as_str())
        .with("count", members.len())
        .with("members", client_ids(members))
        .with("static", fixed)
}
