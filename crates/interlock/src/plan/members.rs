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

/// The same with the hosts they connect from ("billing-1/10.0.9.1", in no language): for whoever asks alone.
pub(crate) fn client_places(members: &[Member]) -> Vec<String> {
    let place = |member: &Member| format!("{}/{}", member.client_id, member.host.trim_start_matches('/'));
    let mut places: Vec<String> = members.iter().map(place).collect();
    places.sort();
    places.dedup();
    places.truncate(MOST_NAMES);
    places
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
