//! Whole topics and groups of RocketMQ, from the planner by the act to what is read back, on both lines.

use super::{NOON, name, ready};
use crate::{Fleet, HandClock, RocketmqGroupSpec, RocketmqSpec, RocketmqTopicSpec, SimulatedRocketmq};
use engine::port::{Acted, Clock, Observe};
use interlock::changes::{Context, Guards, plan};
use interlock::cluster::rocketmq::RocketmqQuery;
use interlock::cluster::{Cluster, ClusterKind, Looker, Mode, Query, Sections, Tier};
use interlock::command::{Arguments, Value};
use interlock::id::BrokerName;
use interlock::plan::{
    Action, Awaited, Condition, Draft, Expectation, Held, Looked, Memory, Pace, Planning, Probe, Work, evaluate,
    inverse, look, probe,
};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);
const LOOK: Duration = Duration::from_secs(2);

struct Shop {
    clock: HandClock,
    shop: SimulatedRocketmq,
}

fn broker(letter: char) -> BrokerName {
    name(&format!("broker-{letter}"))
}

fn of(command: &'static str, options: &[(&str, Value)]) -> (&'static str, Arguments) {
    (command, Arguments(options.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()))
}

fn fresh() -> (&'static str, Value) {
    ("topic", Value::Topic(name("fresh")))
}

fn create() -> (&'static str, Arguments) {
    of("topic-create", &[fresh(), ("partitions", Value::Count(3))])
}

fn group(command: &'static str, text: &str) -> (&'static str, Arguments) {
    of(command, &[("group", Value::Group(name(text)))])
}

impl Shop {
    fn new(version: &str) -> Self {
        let clock = HandClock::at(NOON);
        let fleet = Fleet::new(Arc::new(clock.clone()), 7);
        let spec = RocketmqSpec {
            cluster: "Lab".to_owned(),
            version: version.to_owned(),
            name_servers: 2,
            brokers: vec![(broker('a'), 1), (broker('b'), 0)],
            up_for: HOUR,
        };
        let shop = fleet.add_rocketmq(&name("lab"), &spec).unwrap();
        shop.add_topic(&RocketmqTopicSpec::new(name("orders"), 2).written(36_000, HOUR)).unwrap();
        shop.add_group(&RocketmqGroupSpec::stopped(name("billing"), vec![(name("orders"), 0)], HOUR / 2)).unwrap();
        Self { clock, shop }
    }

    fn seen(&self, queries: &BTreeSet<Query>) -> Sections {
        ready(self.shop.observe(queries))
    }

    fn asks(&self, (command, arguments): &(&'static str, Arguments)) -> Planning {
        let cluster = Cluster {
            name: name("lab"),
            kind: ClusterKind::Rocketmq,
            tier: Tier::Production,
            domain: String::new(),
            mode: Mode::Change,
        };
        let guards = Guards::all();
        let context =
            Context { now: self.clock.now(), cluster: &cluster, held: &[], owing: &[], earlier: None, guards: &guards };
        let mut sections = Sections::empty();
        for _ in 0..6 {
            match plan(command, arguments, &sections, &context).unwrap() {
                Planning::Need(queries) => sections.merge(self.seen(&queries)),
                done => return done,
            }
        }
        panic!("/{command} is never satisfied")
    }

    fn plans(&self, asked: &(&'static str, Arguments)) -> Draft {
        match self.asks(asked) {
            Planning::Plan(draft) => *draft,
            other => panic!("{other:?}"),
        }
    }

    fn probes(&self, action: &Action) -> Probe {
        probe(action, &self.seen(&action.read_back()))
    }

    fn acts(&self, action: &Action) {
        assert_eq!(self.probes(action), Probe::NotYet, "{action:?}");
        assert_eq!(self.shop.apply(action), Acted::Applied, "{action:?}");
        assert_eq!(self.probes(action), Probe::Done, "{action:?}");
        // Done twice it is done once.
        assert_eq!(self.shop.apply(action), Acted::Applied, "{action:?}");
        assert_eq!(self.probes(action), Probe::Done, "{action:?}");
    }

    /// As the engine does it; gives the actions.
    fn carries_out(&self, draft: &Draft) -> Vec<Action> {
        let queries: BTreeSet<Query> = draft.expectations.iter().flat_map(Expectation::queries).collect();
        let sections = self.seen(&queries);
        for one in &draft.expectations {
            assert_eq!(evaluate(one, &sections), Held::Holds, "{one:?}");
        }
        let mut all = Vec::new();
        for step in &draft.steps {
            let Work::Act(action) = &step.work else { panic!("{:?}", step.work) };
            let before = action.before().into_iter().chain(step.needs.iter().cloned());
            before.for_each(|one| assert_eq!(evaluate(&one, &self.seen(&one.queries())), Held::Holds, "{one:?}"));
            self.acts(action);
            self.waits(&step.done, action);
            all.push(action.clone());
        }
        all
    }

    fn waits(&self, condition: &Condition, action: &Action) {
        let awaited = Awaited { condition, actions: std::slice::from_ref(action) };
        let mut memory = Memory::default();
        for _ in 0..5 {
            let sections = self.seen(&awaited.queries());
            let pace = Pace { now: self.clock.now(), interval: LOOK };
            let (remembered, looked) = look(awaited, &memory, &sections, pace);
            match looked {
                Looked::Met => return,
                Looked::NotYet { .. } => memory = remembered,
                other => panic!("{other:?}"),
            }
            self.clock.advance(LOOK);
        }
        panic!("{condition:?} is never met")
    }

    fn shapes(&self) -> Vec<String> {
        let sections = self.seen(&BTreeSet::from([Query::Rocketmq(RocketmqQuery::Topic(name("fresh")))]));
        let topic = name("fresh");
        let Some(found) = Looker::new(&sections).rocketmq_topic(&topic).seen().unwrap() else { return Vec::new() };
        let at = found.settings().map(|at| format!("{}/{} {}", at.read, at.write, at.perm));
        let routes = found.routes.iter().filter_map(|(_, said)| said.answer()?.as_ref());
        at.chain(routes.flat_map(|route| &route.queues).map(|one| format!("route {}", one.perm))).collect()
    }

    fn offsets(&self) -> Vec<(String, u32, i64)> {
        let sections = self.seen(&BTreeSet::from([Query::Rocketmq(RocketmqQuery::Committed(name("billing")))]));
        let billing = name("billing");
        let found = Looker::new(&sections).rocketmq_committed(&billing).seen().unwrap();
        found.seen.iter().map(|one| (one.broker.to_string(), one.queue, one.offset)).collect()
    }
}

#[test]
fn a_topic_from_its_making_to_its_end() {
    for version in ["4.9.7", "5.5.0"] {
        let shop = Shop::new(version);
        shop.carries_out(&shop.plans(&create()));
        let whole = |perm: &str| [vec![format!("3/3 {perm}"); 2], vec![format!("route {perm}"); 4]].concat();
        assert_eq!(shop.shapes(), whole("RW-"), "{version}");
        let alter = of("topic-alter", &[fresh(), ("perm", Value::Choice("read-only".to_owned()))]);
        let done = shop.carries_out(&shop.plans(&alter));
        assert_eq!(shop.shapes(), whole("R--"), "{version}");
        inverse(&done[0]).iter().for_each(|back| shop.acts(back));
        assert_eq!(shop.shapes(), whole("RW-"), "{version}");
        shop.carries_out(&shop.plans(&of("topic-delete", &[fresh()])));
        assert_eq!(shop.shapes(), Vec::<String>::new(), "no route is left");
    }
}

#[test]
fn a_group_is_deleted_and_made_again_with_its_settings_and_offsets() {
    for version in ["4.9.7", "5.5.0"] {
        let shop = Shop::new(version);
        shop.shop.update_group(&broker('b'), &name("billing"), 3).unwrap();
        let before = shop.offsets();
        assert_eq!(before.len(), 4);
        let draft = shop.plans(&group("group-delete", "billing"));
        let done = shop.carries_out(&draft);
        assert_eq!(shop.offsets(), []);
        inverse(&done[0]).iter().for_each(|back| shop.acts(back));
        assert_eq!(shop.offsets(), before);
        let again = shop.plans(&group("group-delete", "billing"));
        assert_eq!(again.steps, draft.steps, "the same settings at each master");
        let made = shop.carries_out(&shop.plans(&group("group-create", "readers")));
        inverse(&made[0]).iter().for_each(|back| shop.acts(back));
        assert!(matches!(shop.asks(&group("group-delete", "readers")), Planning::Mistake(_)));
    }
}

#[test]
fn brokers_and_name_servers_keep_what_they_are_not_told_of() {
    let shop = Shop::new("5.5.0");
    let draft = shop.plans(&create());
    shop.carries_out(&draft);
    shop.shop.delete_topic_at(&broker('a'), &name("fresh")).unwrap();
    shop.shop.delete_topic_at(&broker('b'), &name("fresh")).unwrap();
    assert_eq!(shop.shapes(), vec!["route RW-"; 4], "every NameServer goes on telling clients of it");
    let shop = Shop::new("5.5.0");
    shop.shop.answers_success_and_does_nothing(1).unwrap();
    let Work::Act(action) = &draft.steps[0].work else { panic!() };
    assert_eq!(shop.shop.apply(action), Acted::Applied);
    assert_eq!(shop.probes(action), Probe::NotYet, "success that changed nothing");
}
