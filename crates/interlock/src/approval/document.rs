//! `docs/approvals.md` says what the data say: its tables are made here and compared.

use super::{Event, State, TABLE, TakenOver};
use crate::cluster::Tier;
use crate::id::ClusterName;
use crate::plan::{Aspect, Effect, Hold, Sharing, Thing};
use crate::policy::floor;

const DOCUMENT: &str = include_str!("../../../../docs/approvals.md");

/// A table of the document between its two marks.
fn documented(name: &str) -> &'static str {
    let begin = format!("<!-- {name} -->\n");
    let from = DOCUMENT.find(&begin).unwrap_or_else(|| panic!("docs/approvals.md has no {begin}")) + begin.len();
    let length = DOCUMENT[from..].find("<!-- end -->").unwrap_or_else(|| panic!("{name} has no end"));
    &DOCUMENT[from..from + length]
}

fn says(name: &str, table: &str) {
    assert_eq!(documented(name), table, "docs/approvals.md, {name}; this is what belongs there:\n{table}");
}

fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let head: Vec<String> = head.iter().map(ToString::to_string).collect();
    let rule = vec!["---".to_owned(); head.len()];
    [head, rule].into_iter().chain(rows).map(|cells| row(&cells)).collect()
}

fn yes(is: bool) -> String {
    if is { "yes" } else { "" }.to_owned()
}

#[test]
fn the_states() {
    let state = |state: &State| {
        vec![
            format!("`{state}`"),
            yes(state.is_open_to_votes()),
            yes(state.is_workable()),
            yes(state.keeps_holds()),
            yes(state.has_ended()),
        ]
    };
    says(
        "states",
        &table(&["state", "takes votes", "a worker acts", "keeps holds", "has ended"], State::ALL.iter().map(state)),
    );
}

#[test]
fn the_transitions() {
    let of_event =
        |event: &Event, from: &State| TABLE.iter().find(|(state, on, _)| state == from && on == event).copied();
    let of_state = |from: &State| {
        let found = Event::ALL.iter().filter_map(|event| of_event(event, from));
        let list: Vec<String> = found.map(|(_, event, to)| format!("{event} → `{to}`")).collect();
        (!list.is_empty()).then(|| vec![format!("`{from}`"), list.join(" · ")])
    };
    says("transitions", &table(&["in", "event → state"], State::ALL.iter().filter_map(of_state)));
}

#[test]
fn every_event_is_explained() {
    for event in Event::ALL {
        assert!(DOCUMENT.contains(&format!("\n| {event} | ")), "docs/approvals.md says nothing of {event}");
    }
}

fn conflict(one: (&Thing, Aspect, Sharing), other: (&Thing, Aspect, Sharing)) -> String {
    let cluster: ClusterName = "lab".parse().unwrap();
    let hold = |(thing, aspect, sharing): (&Thing, Aspect, Sharing)| Hold {
        cluster: cluster.clone(),
        thing: thing.clone(),
        aspect,
        sharing,
    };
    if hold(one).conflicts(&hold(other)) { "conflict" } else { "" }.to_owned()
}

#[test]
fn holds_by_thing() {
    let things = [
        ("the whole cluster", Thing::Whole),
        ("broker 1", Thing::Broker("1".into())),
        ("topic a", Thing::Topic("a".into())),
        ("topic b", Thing::Topic("b".into())),
        ("group a", Thing::Group("a".into())),
    ];
    let same = (Aspect::Config, Sharing::Exclusive);
    let rows = things.iter().map(|(name, one)| {
        let cells = things.iter().map(|(_, other)| conflict((one, same.0, same.1), (other, same.0, same.1)));
        std::iter::once((*name).to_owned()).chain(cells).collect()
    });
    let head: Vec<&str> = std::iter::once("").chain(things.iter().map(|(name, _)| *name)).collect();
    says("holds-by-thing", &table(&head, rows));
}

#[test]
fn holds_by_aspect() {
    let aspects =
        [("layout", Aspect::Layout), ("offsets", Aspect::Offsets), ("config", Aspect::Config), ("life", Aspect::Life)];
    let thing = Thing::Topic("a".into());
    let rows = aspects.iter().map(|(name, one)| {
        let exclusive = Sharing::Exclusive;
        let cells = aspects.iter().map(|(_, other)| conflict((&thing, *one, exclusive), (&thing, *other, exclusive)));
        std::iter::once((*name).to_owned()).chain(cells).collect()
    });
    let head: Vec<&str> = std::iter::once("").chain(aspects.iter().map(|(name, _)| *name)).collect();
    says("holds-by-aspect", &table(&head, rows));
}

#[test]
fn holds_by_sharing() {
    let sharings = [("exclusive", Sharing::Exclusive), ("shared", Sharing::Shared)];
    let thing = Thing::Topic("a".into());
    let aspect = Aspect::Offsets;
    let rows = sharings.iter().map(|(name, one)| {
        let cells = sharings.iter().map(|(_, other)| conflict((&thing, aspect, *one), (&thing, aspect, *other)));
        std::iter::once((*name).to_owned()).chain(cells).collect()
    });
    says("holds-by-sharing", &table(&["", "exclusive", "shared"], rows));
}

#[test]
fn holds_at_the_end() {
    let taken_over = |state: &State| match state.taken_over() {
        TakenOver::None => "",
        TakenOver::Kept => "kept",
        TakenOver::HandedBack => "go back to the first operation",
        TakenOver::Released => "released",
    };
    let own = |state: &State| match (state.keeps_holds(), state.taken_over()) {
        (true, _) => "kept",
        (false, TakenOver::None) => "",
        (false, _) => "released",
    };
    let row = |state: &State| vec![format!("`{state}`"), own(state).to_owned(), taken_over(state).to_owned()];
    says("holds-at-the-end", &table(&["state", "its own", "taken over"], State::ALL.iter().map(row)));
}

#[test]
fn holds_of_what_is_owed() {
    let hold = |thing: &Thing, aspect| (thing.clone(), aspect, Sharing::Exclusive);
    let owed = hold(&Thing::Broker("4".into()), Aspect::Config);
    let others = [
        ("another move that sets the throttle of that broker", hold(&Thing::Broker("4".into()), Aspect::Config)),
        ("one that sets the throttle of other brokers", hold(&Thing::Broker("1".into()), Aspect::Config)),
        ("the layout of the cluster, which every move holds", hold(&Thing::Whole, Aspect::Layout)),
        ("the settings of a topic", hold(&Thing::Topic("a".into()), Aspect::Config)),
        ("the offsets of a group", hold(&Thing::Group("a".into()), Aspect::Offsets)),
        ("the life of that broker", hold(&Thing::Broker("4".into()), Aspect::Life)),
    ];
    let row = |(name, other): &(&str, (Thing, Aspect, Sharing))| {
        let meets = conflict((&owed.0, owed.1, owed.2), (&other.0, other.1, other.2));
        let becomes = match (meets.as_str(), other.1) {
            ("", _) => "goes on beside it",
            (_, Aspect::Config) => "adopts it: puts the value from before back at its own end",
            _ => "waits until it is put back or given up",
        };
        vec![(*name).to_owned(), meets, becomes.to_owned()]
    };
    says("holds-of-what-is-owed", &table(&["what comes", "with what is owed", "and"], others.iter().map(row)));
}

#[test]
fn the_floors() {
    let effects = [("safe", Effect::Safe), ("reversible", Effect::Reversible), ("irreversible", Effect::Irreversible)];
    let tiers = [Tier::Development, Tier::Staging, Tier::Production];
    let rows = effects.iter().map(|(name, effect)| {
        let cells = tiers.iter().map(|tier| floor(*effect, *tier).to_string());
        std::iter::once((*name).to_owned()).chain(cells).collect()
    });
    says("floors", &table(&["effect", "development", "staging", "production"], rows));
}
