//! `plan.txt`: everything that is approved, in words. A pure function of the sealed plan, in English for everybody, so that
//! the same plan always gives the same text and two people can compare it line by line.

use super::card::Line;
use super::foreign::shown;
use super::locale::Locale;
use super::numbers::{duration, thousands, utc};
use super::plan_card::{head, votes};
use super::queues_words as queues;
use super::rocketmq_words as rocketmq;
use super::width::wrap;
use super::{layout_words as layout, rocketmq_topic_words as rocketmq_topics, topic_words as topics};
use super::{sentence, table};
use interlock::cluster::ClusterKind;
use interlock::cluster::kafka::Committed;
use interlock::facts::{Fact, Facts};
use interlock::plan::{
    Action, Capture, Check, Condition, Expectation, KafkaAction, Level, OffsetRule, OffsetTarget, Plan, Row, Rule,
    Sealed, Seat, Sharing, Step, Undo, Work,
};
use interlock::principal::Place;

const WIDTH: usize = 78;
const READERS: [&str; 3] = ["group", "members", "unread"];
pub(super) const LANGUAGE: Locale = Locale::EnUs;

/// The words of a sealed plan, at most 78 columns wide; the first line holds the full digest.
#[must_use]
pub fn plan_text(sealed: &Sealed) -> String {
    let plan = sealed.plan();
    let mut text = Writer::default();
    text.raw(&format!("plan {}", sealed.digest()));
    text.wrapped(0, "SHA-256 of plan.json; compare with: sha256sum plan.json");
    text.gap();
    request(plan, &mut text);
    impact(plan, &mut text);
    checks(plan, &mut text);
    steps(plan, &mut text);
    rows(plan, &mut text);
    conditions(plan, &mut text);
    text.out
}

#[derive(Default)]
struct Writer {
    out: String,
}

impl Writer {
    fn raw(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn gap(&mut self) {
        self.out.push('\n');
    }

    fn heading(&mut self, title: &str) {
        self.gap();
        self.raw(title);
    }

    fn wrapped(&mut self, indent: usize, text: &str) {
        for (number, line) in wrap(text, WIDTH - indent - 2).into_iter().enumerate() {
            let hang = if number == 0 { indent } else { indent + 2 };
            self.raw(&format!("{}{line}", " ".repeat(hang)));
        }
    }

    fn item(&mut self, text: &str) {
        self.wrapped(2, &format!("- {text}"));
    }

    fn field(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.wrapped(0, &format!("{name:<12} {value}"));
        }
    }
}

/// Long enough for every name Kafka allows, escaped.
pub(super) fn name(text: &str) -> String {
    shown(text, 3_000)
}

fn names(all: &[String]) -> String {
    all.iter().map(|one| name(one)).collect::<Vec<_>>().join(", ")
}

fn said(line: &Line) -> String {
    line.plain_text()
}

fn request(plan: &Plan, text: &mut Writer) {
    text.field("operation", &format!("{}, revision {}", plan.operation, plan.revision));
    text.field("command", &format!("/{}", name(&plan.command)));
    for (option, value) in &plan.arguments {
        text.field("", &format!("{}: {}", name(option), name(value)));
    }
    for one in &plan.requesters {
        let listed = one.person.unlisted_account().is_none();
        let account = one.account.to_string();
        let who = if listed { format!("{} ({account})", name(one.person.as_str())) } else { account };
        text.field("asked by", &who);
    }
    text.field("asked in", &place(&plan.place));
    text.field("reason", &name(&plan.reason));
    text.field("ticket", &name(&plan.ticket));
    if let Some(operation) = &plan.reverses {
        text.field("takes back", operation.as_str());
    }
    let tier = said(&head::tier(plan.tier, LANGUAGE));
    text.field("cluster", &format!("{} ({}, {tier})", plan.cluster, kind(plan)));
    text.field("identity", &name(&plan.identity));
    text.field("made", &utc(plan.made_at));
    text.field("expires", &utc(plan.expires_at));
    text.field("format", &plan.format.to_string());
    text.gap();
    text.field("effect", &format!("{}, concerns {}", said(&head::effect(plan.effect, LANGUAGE)), scope(plan)));
    text.wrapped(0, &said(&head::worst(plan, LANGUAGE)));
    text.field(
        "seats",
        &if plan.votes.is_empty() { "none".to_owned() } else { said(&votes::seats(&plan.votes, LANGUAGE)) },
    );
    for seat in &plan.votes {
        if let Seat::Owner { of, check } = seat {
            text.item(&format!("an owner of {}, because of {}", names(of), name(check)));
        }
    }
    let estimate = &plan.estimate;
    text.field(
        "estimate",
        &format!(
            "{} {} in about {}; back in about {}",
            estimate.changes,
            if estimate.changes == 1 { "change" } else { "changes" },
            duration(LANGUAGE, estimate.duration_ms),
            duration(LANGUAGE, estimate.way_back_ms)
        ),
    );
}

fn kind(plan: &Plan) -> &'static str {
    match plan.kind {
        ClusterKind::Kafka => "Kafka",
        ClusterKind::Rocketmq => "RocketMQ",
    }
}

fn scope(plan: &Plan) -> &'static str {
    match plan.scope {
        interlock::plan::Scope::Group => "one group",
        interlock::plan::Scope::Topic => "one topic",
        interlock::plan::Scope::Broker => "one broker",
        interlock::plan::Scope::Cluster => "the whole cluster",
    }
}

fn place(place: &Place) -> String {
    match place {
        Place::Console => "the console".to_owned(),
        Place::Discord { guild, channel, thread: None } => format!("channel {channel} of guild {guild}"),
        Place::Discord { guild, channel, thread: Some(thread) } => {
            format!("thread {thread} of channel {channel} of guild {guild}")
        }
    }
}

fn impact(plan: &Plan, text: &mut Writer) {
    let impact = &plan.impact;
    text.heading("Affected");
    text.item(&format!("groups: {}", or_none(names(&impact.groups))));
    text.item(&format!("topics: {}", or_none(names(&impact.topics))));
    text.item(&format!("client ids seen at work: {}", or_none(names(&impact.clients))));
    for (key, fact) in &impact.facts.0 {
        text.item(&format!("{}: {}", name(key), value(key, fact)));
    }
    for id in &impact.needs_from_application {
        let need = sentence::sentence(LANGUAGE, &["application"], id, &Facts::none());
        text.item(&format!("needs from the application: {}", said(&need)));
    }
}

fn or_none(text: String) -> String {
    if text.is_empty() { "none".to_owned() } else { text }
}

fn value(key: &str, fact: &Fact) -> String {
    match fact {
        Fact::Count(number) if sentence::is_label(key) => number.to_string(),
        Fact::Text(text) => name(text),
        Fact::Count(count) => thousands(*count),
        Fact::Bytes(amount) => format!("{amount} bytes"),
        Fact::DurationMs(span) => duration(LANGUAGE, *span),
        Fact::At(at) => utc(*at),
        Fact::Names(all) => names(all),
    }
}

fn facts(facts: &Facts) -> String {
    facts.0.iter().map(|(key, fact)| format!("{} {}", name(key), value(key, fact))).collect::<Vec<_>>().join("; ")
}

fn checks(plan: &Plan, text: &mut Writer) {
    text.heading(&format!("Checks ({})", plan.checks.len()));
    for check in &plan.checks {
        text.item(&check_words(check));
    }
}

fn check_words(check: &Check) -> String {
    let (level, words) = match check.level {
        Level::Pass => ("passed", sentence::passed(LANGUAGE, check)),
        Level::Warn => ("warning", sentence::check(LANGUAGE, check)),
        Level::Consent => ("consent needed", sentence::check(LANGUAGE, check)),
        Level::Block => ("forbids it", sentence::check(LANGUAGE, check)),
    };
    let evidence = facts(&check.facts);
    let evidence = if evidence.is_empty() { String::new() } else { format!(" [{evidence}]") };
    format!("{level}: {} ({}){evidence}", said(&words), name(&check.id))
}

fn steps(plan: &Plan, text: &mut Writer) {
    text.heading(&format!("Steps ({}), in this order", plan.steps.len()));
    for step in &plan.steps {
        text.wrapped(2, &format!("{}. {}", step.number, work(&step.work)));
        for need in &step.needs {
            text.wrapped(5, &format!("right before: {}", expectation(need)));
        }
        text.wrapped(5, &format!("done when: {}", condition(&step.done)));
        text.wrapped(5, &format!("taken back by: {}", undo(step)));
    }
    text.heading("Put back at the end, however it ends");
    if plan.restore.is_empty() {
        text.item("nothing: nothing is changed for the run only");
    }
    for one in &plan.restore {
        text.item(&action(one));
    }
    for one in &plan.adopts {
        text.item(&layout::adopted(one));
    }
}

fn work(work: &Work) -> String {
    match work {
        Work::Act(one) => format!("exactly: {}", action(one)),
        Work::Rule(Rule::KafkaResetOffsets(rule)) => format!("within these bounds: {}", offset_rule(rule)),
        Work::Rule(Rule::RocketmqResetOffsets(rule)) => format!("within these bounds: {}", rocketmq::rule(rule)),
        Work::Rule(Rule::RocketmqSeedOffsets(rule)) => format!("within these bounds: {}", queues::seed_rule(rule)),
        Work::Wait(wait) => format!(
            "wait until {}; a look every {}, for at most {}, then end with nothing changed",
            condition(&wait.condition),
            duration(LANGUAGE, wait.interval_ms),
            duration(LANGUAGE, wait.deadline_ms)
        ),
        Work::Capture(Capture::KafkaCommitted { group, partitions }) => {
            format!("write the offsets of group {} in {} into the journal", name(group.as_str()), places(partitions))
        }
        Work::Capture(Capture::RocketmqOffsets { group, queues }) => rocketmq::capture(group, queues),
    }
}

fn places(all: &[(interlock::id::TopicName, Vec<i32>)]) -> String {
    let one = |(topic, partitions): &(interlock::id::TopicName, Vec<i32>)| {
        let numbers: Vec<String> = partitions.iter().map(ToString::to_string).collect();
        format!("{topic} ({})", numbers.join(","))
    };
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn offset_rule(rule: &OffsetRule) -> String {
    let target = target(rule.target, rule.captured_by, ("log", "record"));
    format!(
        "set the offsets of group {} to {target}, never outside of the log, in {} and nowhere else",
        name(rule.group.as_str()),
        places(&rule.partitions)
    )
}

/// Where to, in the words of the cluster's kind for what is read and for one thing in it.
pub(super) fn target(target: OffsetTarget, captured_by: u32, (log, record): (&str, &str)) -> String {
    match target {
        OffsetTarget::Earliest => format!("the first offset of the {log}"),
        OffsetTarget::Latest => format!("the end of the {log}"),
        OffsetTarget::Offset(offset) => format!("offset {offset}"),
        OffsetTarget::Shift(by) => format!("{by:+} from the offsets of step {captured_by}"),
        OffsetTarget::At(at) => format!("the first {record} at or after {}", utc(at)),
    }
}

fn action(action: &Action) -> String {
    match action {
        Action::Kafka(action) => kafka(action),
        Action::Rocketmq(action) => rocketmq::action(action),
    }
}

fn kafka(action: &KafkaAction) -> String {
    match action {
        KafkaAction::CommitOffsets { group, moves } => {
            let each = moves.iter().map(|one| format!("{} {} to {}", one.topic, one.partition, committed(&one.to)));
            format!("commit for group {}: {}", name(group.as_str()), each.collect::<Vec<_>>().join(", "))
        }
        KafkaAction::DeleteOffsets { group, removals } => {
            let each = removals.iter().map(|one| format!("{} {}", one.topic, one.partition));
            format!("remove the commits of group {} in {}", name(group.as_str()), each.collect::<Vec<_>>().join(", "))
        }
        KafkaAction::Reassign { moves } => layout::reassign(moves),
        KafkaAction::CallOff { moves } => layout::call_off(moves),
        KafkaAction::SetConfigs { changes } => layout::set_configs(changes),
        KafkaAction::TakeFromLists { lists } => layout::take_from_lists(lists),
        KafkaAction::ElectPreferred { partitions } => layout::elect(partitions),
        KafkaAction::CreateTopic(new) => topics::create(new),
        KafkaAction::CreatePartitions(more) => topics::expand(more),
        KafkaAction::DeleteTopic(gone) => topics::delete(gone),
        KafkaAction::DeleteGroup(gone) => topics::delete_group(gone),
    }
}

/// An offset, with the leader epoch and the metadata that belong to it.
fn committed(one: &Committed) -> String {
    let epoch = one.leader_epoch.map(|epoch| format!(" (leader epoch {epoch})")).unwrap_or_default();
    let metadata =
        if one.metadata.is_empty() { String::new() } else { format!(" (metadata “{}”)", name(&one.metadata)) };
    format!("{}{epoch}{metadata}", one.offset)
}

fn undo(step: &Step) -> String {
    match &step.undo {
        Undo::Nothing => "nothing to take back".to_owned(),
        Undo::Literal { actions, needs } => {
            let actions: Vec<String> = actions.iter().map(action).collect();
            let needs: Vec<String> = needs.iter().map(expectation).collect();
            let needs = if needs.is_empty() { String::new() } else { format!("; only if {}", needs.join("; ")) };
            format!("{}{needs}", actions.join("; "))
        }
        Undo::Inverse { needs } => {
            let needs: Vec<String> = needs.iter().map(expectation).collect();
            let needs = if needs.is_empty() { String::new() } else { format!("; only if {}", needs.join("; ")) };
            format!("the same backwards, last first{needs}")
        }
        Undo::Captured { step } => format!("writing back what step {step} put into the journal"),
        Undo::WhileEmpty { topic } => {
            format!("deleting topic {topic}, only while nobody has written to it and nobody reads it")
        }
        Undo::Irreversible { lost } => format!("IRREVERSIBLE; lost: {}", facts(lost)),
    }
}

fn condition(condition: &Condition) -> String {
    match condition {
        Condition::ReadBack => "it reads back as done".to_owned(),
        Condition::KafkaGroupHasNoMembers { group, looks } => {
            format!("group {} has no member in {looks} looks in a row", name(group.as_str()))
        }
        Condition::KafkaMoved(moving) => layout::moved(moving),
        Condition::RocketmqOffsetsHold(holding) => rocketmq::holding(holding),
        Condition::RocketmqSeedsKept(kept) => queues::seeds_kept(kept),
        Condition::RocketmqQueuesStand(standing) => queues::standing(standing),
        Condition::RocketmqTopicGone(absence) => rocketmq_topics::gone(absence),
        Condition::RocketmqDrained(closing) => queues::drained(closing),
        Condition::RocketmqStaysClosed(closing) => queues::stays_closed(closing),
    }
}

fn expectation(expectation: &Expectation) -> String {
    match expectation {
        Expectation::KafkaClusterIs { id } => format!("the cluster's id is {}", name(id)),
        Expectation::KafkaTopicIs { topic, id, partitions } => {
            format!("topic {topic} has the id {} and {partitions} partitions", name(id))
        }
        Expectation::KafkaGroupHasNoMembers { group } => format!("group {} has no member", name(group.as_str())),
        Expectation::KafkaCommittedAre { group, offsets } => {
            let each = offsets.iter().map(|one| {
                let committed = one.committed.as_ref().map_or_else(|| "none".to_owned(), self::committed);
                format!("{} {} at {committed}", one.topic, one.partition)
            });
            format!("group {} stands at: {}", name(group.as_str()), each.collect::<Vec<_>>().join(", "))
        }
        Expectation::KafkaOffsetsInLog { topic, offsets } => {
            let each = offsets.iter().map(|one| format!("{} at {}", one.partition, one.offset));
            format!("inside the log of {topic}: {}", each.collect::<Vec<_>>().join(", "))
        }
        Expectation::Rocketmq(expectation) => rocketmq::expectation(expectation),
        Expectation::KafkaAssignedAre { partitions } => layout::assigned(partitions),
        Expectation::KafkaNothingMoves => "no partition of the cluster is on the move".to_owned(),
        Expectation::KafkaOnlyTheseMove { moves } => layout::only_these_move(moves),
        Expectation::KafkaBrokersAlive { brokers } => layout::alive(brokers),
        Expectation::KafkaConfigsAre { configs } => layout::configs(configs),
        Expectation::KafkaRoom { brokers } => layout::room(brokers),
        Expectation::KafkaTopicAbsent { topic } => format!("there is no topic {topic}"),
        Expectation::KafkaLogEndsAre { topic, ends } => topics::ends(topic.as_str(), ends),
        Expectation::KafkaTopicUnused { topic } => format!("no group has members that read {topic}"),
    }
}

fn rows(plan: &Plan, text: &mut Writer) {
    let offsets: Vec<Vec<String>> = plan.impact.rows.iter().filter_map(offset_row).collect();
    let (place, log, records) = match plan.kind {
        ClusterKind::Kafka => ("p", "log", "records"),
        ClusterKind::Rocketmq => ("queue", "queue", "messages"),
    };
    let (start, end) = (format!("{log} start"), format!("{log} end"));
    let head = ["topic", place, "now", "then", &start, &end];
    table_of("Offsets", &format!("; * = moved to the edge of the {log}"), (&head, offsets), text);
    let masters: Vec<Vec<String>> = plan.impact.rows.iter().filter_map(queues::row).collect();
    let head = ["master", "now", "then"];
    table_of("Queues at each master", "; to read/write", (&head, masters), text);
    let brokers: Vec<Vec<String>> = plan.impact.rows.iter().filter_map(layout::row).collect();
    let head = ["broker", "rack", "replicas", "leaders", "data"];
    table_of("Brokers", "; now, at most during the moves, and after them", (&head, brokers), text);
    let settings: Vec<Vec<String>> = plan.impact.rows.iter().filter_map(topics::setting).collect();
    table_of("Settings", "", (&["topic", "setting", "now", "then"], settings), text);
    let readers: Vec<Vec<String>> = plan.impact.rows.iter().filter_map(topics::reader).collect();
    let note = format!("; their members at work and the {records} they have not read");
    table_of("Groups", &note, (&READERS, readers), text);
}

fn table_of(title: &str, note: &str, (head, rows): (&[&str], Vec<Vec<String>>), text: &mut Writer) {
    if rows.is_empty() {
        return;
    }
    text.heading(&format!("{title} ({}){note}", rows.len()));
    let head = head.iter().map(|one| (*one).to_owned()).collect();
    let table = super::card::Table { head, rows, more: None };
    table::draw(&table, WIDTH - 2).iter().for_each(|line| text.raw(&format!("  {line}")));
}

fn offset_row(row: &Row) -> Option<Vec<String>> {
    let show = |offset: &Option<i64>| offset.map_or_else(|| "none".to_owned(), |offset| offset.to_string());
    match row {
        Row::Offset { topic, partition, from, to, log_start, log_end, clamped } => Some(vec![
            name(topic),
            partition.to_string(),
            show(from),
            format!("{}{}", show(to), if *clamped { "*" } else { "" }),
            log_start.to_string(),
            log_end.to_string(),
        ]),
        Row::Queue { topic, broker, queue, from, to, log_start, log_end, clamped } => Some(vec![
            name(topic),
            format!("{} {queue}", name(broker)),
            show(from),
            format!("{}{}", show(to), if *clamped { "*" } else { "" }),
            log_start.to_string(),
            log_end.to_string(),
        ]),
        Row::Queues { .. } | Row::Broker { .. } | Row::Setting { .. } | Row::Reader { .. } => None,
    }
}

fn conditions(plan: &Plan, text: &mut Writer) {
    text.heading(&format!("Must still be true when it starts ({})", plan.expectations.len()));
    for one in &plan.expectations {
        text.item(&expectation(one));
    }
    text.heading(&format!("Has to itself while it runs ({})", plan.holds.len()));
    for hold in &plan.holds {
        let sharing = if hold.sharing == Sharing::Shared { "shared" } else { "alone" };
        let aspect = format!("{:?}", hold.aspect).to_lowercase();
        let thing = [hold.thing.kind(), &name(hold.thing.name())].join(" ");
        text.item(&format!("{} of {} on {}, {sharing}", aspect, thing.trim_end(), hold.cluster));
    }
}
