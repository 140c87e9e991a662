//! `/health` of a RocketMQ cluster: NameServers that are silent or differ, brokers without a master, disks, slaves that are
//! behind, brokers that are not written to.

use super::{copies, not_seen};
use crate::cluster::rocketmq::{
    BrokerSet, DISK_FILLING, FromMasters, MASTER, NameServer, Perm, Process, ProcessSeen, RocketmqCluster, Routes,
    Said, TopicOverview,
};
use crate::cluster::{Looker, rocketmq::TopicKind};
use crate::freeze::Freeze;
use crate::looks::report::{Cell, Phrase, Report, Sheet, Stop, names, reported, seen};
use crate::looks::{Asked, Grade, Looking, Part, part};

/// `diskSpaceWarningLevelRatio`: from here on a broker refuses what is sent.
const DISK_FULL: u32 = 90;
/// A slave that is more bytes behind than this is told of; master and slave are not asked at one instant.
const BEHIND: u64 = 64 << 20;

/// What was found, with the worst of it.
#[derive(Default)]
struct Found {
    broken: Vec<Phrase>,
    degraded: Vec<Phrase>,
    told: Vec<Phrase>,
}

pub(in crate::looks) fn look(asked: &Asked<'_>) -> Looking {
    reported(asked, report)
}

fn report<'a>(asked: &Asked<'a>, looker: &mut Looker<'a>) -> Result<Report, Stop> {
    let (cluster, topics, routes) = (looker.rocketmq_cluster(), looker.rocketmq_topics(), looker.rocketmq_routes());
    let copies = looker.rocketmq_copies(None);
    let cluster = seen(cluster)?;
    let copies = part(copies).ok_or(Stop::Ask)?;
    let topics = part(topics).ok_or(Stop::Ask)?;
    let routes = part(routes).ok_or(Stop::Ask)?;
    let mut found = Found::default();
    found.name_servers(cluster);
    cluster.brokers.iter().for_each(|broker| found.broker(broker));
    found.registered(cluster);
    // For the time until a slave's next synchronization it is nothing but late: that alone makes no cluster less healthy.
    found.told.extend(copies::of_all(&topics, copies, asked.visible.topic));
    found.told.extend(asked.freezes.iter().map(frozen));
    found.topics(asked, topics);
    found.routes(asked, routes);
    let grade = found.grade(!asked.obligations.is_empty());
    Ok(Report {
        cluster: asked.cluster.name.clone(),
        grade: Some(grade),
        headline: Phrase::new("rocketmq-health").with("cluster", asked.cluster.name.as_str()),
        lines: [found.broken, found.degraded, found.told].concat(),
        tables: vec![processes(cluster)],
    })
}

/// A freeze stops changes, and makes nothing less healthy.
fn frozen(freeze: &Freeze) -> Phrase {
    Phrase { id: format!("frozen-{}", freeze.on.kind()), facts: freeze.facts() }
}

impl Found {
    fn grade(&self, owing: bool) -> Grade {
        match (self.broken.is_empty(), self.degraded.is_empty() && !owing) {
            (false, _) => Grade::Broken,
            (true, false) => Grade::Degraded,
            (true, true) => Grade::Healthy,
        }
    }

    fn name_servers(&mut self, cluster: &RocketmqCluster) {
        for server in &cluster.name_servers {
            if let Said::Silent(failure) = &server.said {
                let phrase = Phrase::new("name-server-silent").with("address", server.address.as_str());
                self.degraded.push(phrase.because(failure));
            }
        }
        let answering = cluster.name_servers.iter().filter(|server| server.said.answer().is_some()).count();
        let all = cluster.name_servers.len();
        self.told.push(Phrase::new("name-servers").with("count", answering).with("all", all));
        let brokers = names(cluster.brokers.iter().map(|broker| &broker.name));
        self.told.push(Phrase::new("brokers").with("brokers", brokers));
    }

    fn broker(&mut self, broker: &BrokerSet) {
        let of = |id: &str| Phrase::new(id).with("broker", broker.name.as_str());
        match broker.master().map(|master| &master.said) {
            None => self.broken.push(of("no-master")),
            Some(Said::Silent(failure)) => self.broken.push(of("master-silent").because(failure)),
            Some(Said::Answer(seen)) => self.permission(&of, seen.perm),
        }
        for slave in broker.slaves() {
            if let Said::Silent(failure) = &slave.said {
                self.degraded.push(of("slave-silent").with("process", id(slave)).because(failure));
            }
            if let Some(bytes) = broker.behind_bytes(slave).filter(|bytes| *bytes > BEHIND) {
                let behind = crate::facts::Fact::Bytes(bytes);
                self.degraded.push(of("process-behind").with("process", id(slave)).with("bytes", behind));
            }
        }
        for process in &broker.processes {
            let percent = process.said.answer().and_then(|seen| seen.disk_percent).unwrap_or(0);
            let disk = |key: &str| of(key).with("process", id(process)).with("percent", i64::from(percent));
            match percent {
                DISK_FULL.. => self.broken.push(disk("disk-full")),
                DISK_FILLING.. => self.degraded.push(disk("disk-filling")),
                _ => {}
            }
        }
    }

    fn permission(&mut self, of: &impl Fn(&str) -> Phrase, perm: Option<Perm>) {
        let Some(perm) = perm else { return };
        if !perm.may_read() {
            self.broken.push(of("read-off"));
        }
        if !perm.may_write() {
            self.degraded.push(of("write-off"));
        }
    }

    /// Every NameServer has to know every process that another one knows: clients ask one of them.
    fn registered(&mut self, cluster: &RocketmqCluster) {
        let everywhere = cluster
            .brokers
            .iter()
            .flat_map(|broker| broker.processes.iter().map(move |process| (&broker.name, process)));
        for (broker, process) in everywhere {
            let lacks = |server: &&NameServer| {
                let known = |one: &crate::cluster::rocketmq::Registered| one.broker == *broker && one.id == process.id;
                server.said.answer().is_some_and(|seen| !seen.registered.iter().any(known))
            };
            for server in cluster.name_servers.iter().filter(lacks) {
                let phrase = Phrase::new("not-registered").with("broker", broker.as_str());
                self.degraded.push(phrase.with("process", id(process)).with("address", server.address.as_str()));
            }
        }
    }

    fn topics(&mut self, asked: &Asked<'_>, topics: Part<&FromMasters<Vec<TopicOverview>>>) {
        let topics = match topics {
            Part::Known(topics) => topics,
            Part::Unknown(failure) => return self.degraded.push(Phrase::new("topics-not-seen").because(&failure)),
        };
        let past = topics.seen.iter().filter(|topic| topic.at.iter().any(super::TopicAt::writes_past_reads));
        let past = names(past.map(|topic| &topic.name).filter(|name| (asked.visible.topic)(name)));
        if !past.is_empty() {
            self.degraded.push(Phrase::new("write-past-read").with("where", past));
        }
        self.degraded.extend(not_seen(&topics.silent));
        let ours = topics.seen.iter().filter(|topic| topic.kind == TopicKind::Ordinary).count();
        self.told.push(Phrase::new("broker-topics").with("count", ours));
    }

    fn routes(&mut self, asked: &Asked<'_>, routes: Part<&Routes>) {
        let routes = match routes {
            Part::Known(routes) => routes,
            Part::Unknown(failure) => return self.degraded.push(Phrase::new("routes-not-seen").because(&failure)),
        };
        let differ: Vec<_> = routes.topics.iter().filter(|topic| !topic.agree()).map(|topic| &topic.topic).collect();
        let (shown, hidden): (Vec<_>, Vec<_>) = differ.into_iter().partition(|name| (asked.visible.topic)(name));
        if !shown.is_empty() {
            self.degraded.push(Phrase::new("routes-differ").with("topics", names(shown)));
        }
        if !hidden.is_empty() {
            self.degraded.push(Phrase::new("routes-differ-unseen").with("count", hidden.len()));
        }
        if routes.left_out > 0 {
            self.told.push(Phrase::new("topics-left-out").with("count", routes.left_out));
        }
    }
}

fn id(process: &Process) -> i64 {
    i64::try_from(process.id).unwrap_or(i64::MAX)
}

/// One row a process.
pub(in crate::looks) fn processes(cluster: &RocketmqCluster) -> Sheet {
    let rows = cluster.brokers.iter().flat_map(|broker| broker.processes.iter().map(move |one| row(broker, one)));
    Sheet::new("processes", &["broker", "role", "version", "perm", "disk", "behind"]).rows(rows)
}

fn row(broker: &BrokerSet, process: &Process) -> Vec<Cell> {
    let role = if process.id == MASTER { "master" } else { "slave" };
    let behind = match broker.behind_bytes(process) {
        _ if process.id == MASTER => Cell::Nothing,
        Some(bytes) => Cell::Bytes(bytes),
        None => Cell::Unknown,
    };
    let (version, perm, disk) = match &process.said {
        Said::Silent(_) => (Cell::word("silent"), Cell::Unknown, Cell::Unknown),
        Said::Answer(ProcessSeen { version, perm, disk_percent, .. }) => (
            Cell::name(version),
            perm.map_or(Cell::Unknown, Cell::name),
            disk_percent.map_or(Cell::Unknown, Cell::Percent),
        ),
    };
    vec![Cell::name(&broker.name), Cell::word(role), version, perm, disk, behind]
}
