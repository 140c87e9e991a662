//! Acts: one admin call each, to every master that it concerns, and what is known after it. Slaves are never asked.

use super::act_offsets as offsets;
use super::failure::{kind, said};
use super::{act_queues, act_topics};
use engine::port::{Acted, Reason};
use interlock::cluster::FailureKind;
use interlock::plan::RocketmqAction;
use rocketmq_admin::{Client, Code, Error};

/// Does it with a client that sends nothing after the permit's end.
pub(super) async fn act(client: &Client, action: &RocketmqAction) -> Acted {
    if let Some(acted) = act_queues::act(client, action).await {
        return acted;
    }
    if let Some(acted) = act_topics::act(client, action).await {
        return acted;
    }
    match action {
        RocketmqAction::SetOffsets { group, moves, running } => offsets::set(client, (group, *running), moves).await,
        RocketmqAction::TellClients { group, topic, at, moves } => {
            offsets::tell_clients(client, (group, topic), *at, moves).await
        }
        _ => Acted::NotApplied(Reason::of_another_kind()),
    }
}

/// All of them well: applied. None, and that is certain: not applied. Anything between is settled by looking.
pub(super) fn sum_up(results: &[Result<(), Error>]) -> Acted {
    let errors: Vec<&Error> = results.iter().filter_map(|result| result.as_ref().err()).collect();
    let Some(first) = errors.first() else { return Acted::Applied };
    let nothing = errors.len() == results.len() && errors.iter().all(|error| error.is_known_not_applied());
    if nothing { Acted::NotApplied(reason(first)) } else { Acted::Unknown(reason(first)) }
}

fn reason(error: &Error) -> Reason {
    Reason { kind: kind(error), id: meaning(error).to_owned(), said: said(error) }
}

/// Refusals that trying again would not change.
fn meaning(error: &Error) -> &'static str {
    match error.code() {
        Some(Code::TOPIC_NOT_EXIST) => "topic-gone",
        Some(Code::SUBSCRIPTION_GROUP_NOT_EXIST) => "group-gone",
        _ if kind(error) == FailureKind::Denied => "missing-right",
        _ => "",
    }
}
