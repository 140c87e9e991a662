//! `/route` on RocketMQ: where each NameServer sends the clients of a topic.

use super::topic::{agreement, found};
use super::write_past_read;
use crate::cluster::Looker;
use crate::cluster::rocketmq::{Route, RouteQueues, Said};
use crate::looks::report::{Cell, Phrase, Report, Sheet, Stop, reported};
use crate::looks::{Asked, Looking};

pub(in crate::looks) fn look(asked: &Asked<'_>) -> Looking {
    reported(asked, report)
}

fn report<'a>(asked: &Asked<'a>, looker: &mut Looker<'a>) -> Result<Report, Stop> {
    let (name, topic) = found(asked, looker)?;
    let mut lines: Vec<Phrase> = write_past_read(topic.settings()).into_iter().collect();
    lines.push(agreement(topic));
    for (address, said) in &topic.routes {
        if let Said::Silent(failure) = said {
            lines.push(Phrase::new("name-server-silent").with("address", address.as_str()).because(failure));
        }
    }
    let mut orders: Vec<&str> = topic.routes.iter().filter_map(|(_, said)| route(said)?.order.as_deref()).collect();
    orders.dedup();
    lines.extend(orders.into_iter().map(|order| Phrase::new("route-order").with("order", order)));
    let headline = Phrase::new("route-headline").with("topic", name.as_str());
    Ok(Report {
        cluster: asked.cluster.name.clone(),
        grade: None,
        headline: headline.with("cluster", asked.cluster.name.as_str()),
        lines,
        tables: vec![
            Sheet::new("route", &["name-server", "broker", "read", "write", "perm"])
                .rows(topic.routes.iter().flat_map(|(address, said)| rows(address, said))),
        ],
    })
}

fn route(said: &Said<Option<Route>>) -> Option<&Route> {
    said.answer()?.as_ref()
}

fn rows(address: &str, said: &Said<Option<Route>>) -> Vec<Vec<Cell>> {
    let one =
        |word: &str| vec![vec![Cell::name(address), Cell::word(word), Cell::Nothing, Cell::Nothing, Cell::Nothing]];
    let row = |queues: &RouteQueues| {
        vec![
            Cell::name(address),
            Cell::name(&queues.broker),
            Cell::Number(i64::from(queues.read)),
            Cell::Number(i64::from(queues.write)),
            Cell::name(queues.perm),
        ]
    };
    match said {
        Said::Silent(_) => one("silent"),
        Said::Answer(None) => one("no-route"),
        Said::Answer(Some(route)) => route.queues.iter().map(row).collect(),
    }
}
