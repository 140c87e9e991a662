//! Every refusal, notice and report there is, and every kind of card, with the longest names that are legal, as it stands in a
//! terminal and on the screens of clients.

use super::fixture::{Scene, refused, reset};
use super::rules::check;
use super::scale_out::scale_out;
use super::{rocketmq_topics, seen, topics};
use crate::chat::discord::posted;
use crate::desk::{Answer, Denied, Done, Recorded};
use crate::text::{
    Block, Card, Line, Locale, MORE_FILE, Whole, answer, answer_without_files, notice, plan_card, vocabulary as words,
};
use engine::Notice;
use interlock::approval::State;
use interlock::facts::{Fact, Facts};
use interlock::looks::{LookAnswer, Phrase};
use interlock::plan::{Check, Level, Mistake, Plan, Row};
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// As long as Kafka lets a topic's name be.
const LONGEST: usize = 249;
/// As many names as one refusal may be about.
const MANY: usize = 100;

fn name(number: usize) -> String {
    format!("{number:03}-{}", "orders.by_customer-and-day".repeat(10)).chars().take(LONGEST).collect()
}

fn names() -> Vec<String> {
    (0..MANY).map(name).collect()
}

/// What each sentence names, by its key, in any language.
fn named() -> BTreeMap<String, BTreeSet<String>> {
    let (key, variable) = (Regex::new(r"^([a-z][a-z0-9-]*) =").unwrap(), Regex::new(r"\$([a-z][a-z_-]*)").unwrap());
    let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for locale in Locale::ALL {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(locale.tag());
        for entry in std::fs::read_dir(folder).unwrap() {
            let mut of = String::new();
            for line in std::fs::read_to_string(entry.unwrap().path()).unwrap().lines() {
                if let Some(found) = key.captures(line) {
                    of = found[1].to_owned();
                }
                // These are made of the others.
                let told = variable.captures_iter(line).map(|one| one[1].to_owned());
                let told = told.filter(|one| !one.ends_with("-count") && !one.ends_with("-typed"));
                named.entry(of.clone()).or_default().extend(told);
            }
        }
    }
    named
}

/// All that the sentences about this may name: as a name, as many names, and as a number.
fn longest(id: &str, named: &BTreeMap<String, BTreeSet<String>>) -> [Facts; 3] {
    let about = |key: &str| key == id || key.strip_suffix(id).is_some_and(|before| before.ends_with('-'));
    let all: BTreeSet<&String> = named.iter().filter(|(key, _)| about(key)).flat_map(|(_, told)| told).collect();
    let of = |fact: Fact| Facts(all.iter().map(|one| ((*one).clone(), fact.clone())).collect());
    [of(Fact::Text(name(0))), of(Fact::Names(names())), of(Fact::Count(i64::MAX))]
}

/// Every refusal with its id: a person's mistake, checks that block, what somebody may not do, what failed.
fn refusals() -> Vec<(String, Done)> {
    let named = named();
    let each = |ids: &[&'static str], of: &dyn Fn(&'static str, Facts) -> Done| {
        let told = |id: &&'static str| longest(id, &named).map(|facts| ((*id).to_owned(), of(id, facts)));
        ids.iter().flat_map(told).collect::<Vec<_>>()
    };
    let blocked = |id, facts| refused(vec![Check::new(Level::Block, id, facts); 6]);
    let denied = |id| Done::Denied(Denied { id, needs: Some("approver".to_owned()) });
    let failed = |id: &str| Done::Failed { id: id.to_owned(), said: "no ".repeat(2_000) };
    let mut all = each(words::MISTAKES, &|id, facts| Done::Mistake(Mistake::new(id, facts)));
    all.extend(each(words::BLOCKING, &blocked));
    all.extend(words::DENIED.iter().map(|id| ((*id).to_owned(), denied(id))));
    all.extend(words::FAILED.iter().map(|id| ((*id).to_owned(), failed(id))));
    all
}

fn answered(done: Done, locale: Locale) -> Card {
    answer(&Answer { request: "M2WQ7A".parse().unwrap(), done, recorded: Recorded::NotYet }, locale)
}

#[test]
fn every_refusal_fits_with_the_longest_names() {
    let mut drawn = BTreeSet::new();
    for (id, done) in refusals() {
        for locale in Locale::ALL {
            let card = answered(done.clone(), locale);
            let words = card.headline.first().unwrap_or_else(|| panic!("{id} says nothing")).plain_text();
            assert_ne!(words, id, "in words, in {}", locale.tag());
            check(&card, locale);
        }
        drawn.insert(id);
    }
    assert!(drawn.len() > 150, "{}", drawn.len());
}

/// A hundred groups and as many topics, all of the longest names.
fn with_longest_names(mut plan: Plan) -> Plan {
    (plan.impact.topics, plan.impact.groups) = (names(), names());
    plan.impact.clients = names();
    for (number, row) in plan.impact.rows.iter_mut().enumerate() {
        match row {
            Row::Offset { topic, .. } | Row::Queue { topic, .. } => *topic = name(number % MANY),
            Row::Reader { group, .. } => *group = name(number % MANY),
            Row::Queues { broker, .. } => *broker = name(number % MANY),
            Row::Setting { topic, key, from, to } => {
                (*topic, *key) = (name(number % MANY), name(0));
                (*from, *to) = (Some(name(1)), Some(name(2)));
            }
            Row::Broker { .. } => {}
        }
    }
    for named in ["group", "topic"] {
        if let Some(argument) = plan.arguments.get_mut(named) {
            *argument = name(0);
        }
    }
    let told = longest("group-inactive", &named());
    plan.checks = told.into_iter().map(|facts| Check::new(Level::Warn, "group-inactive", facts)).collect();
    plan
}

#[test]
fn every_card_fits_with_the_longest_names() {
    let moves = [reset(300), scale_out(1_000)];
    let plans = moves.into_iter().chain(topics::all()).chain(rocketmq_topics::all()).chain(rocketmq_topics::queues());
    for plan in plans.map(with_longest_names) {
        for state in [State::AwaitingApproval, State::Running, State::Succeeded, State::Stuck] {
            let scene = Scene::of(plan.clone()).at(state).voted_by_bob();
            for locale in Locale::ALL {
                check(&plan_card(&scene.view(locale)), locale);
            }
        }
    }
}

/// What is told in a thread, as what just happened and as what calls for somebody.
#[test]
fn every_notice_fits_with_the_longest_names() {
    let named = named();
    let scene = Scene::of(with_longest_names(reset(6))).approved().at(State::Running).at_step(1);
    let mut with_names = 0;
    for id in words::NOTICES {
        for facts in longest(id, &named) {
            let id = (*id).to_owned();
            let milestone = Notice::Milestone { id: id.clone(), facts: facts.clone() };
            let progress = Notice::Progress { id: id.clone(), facts: facts.clone() };
            for told in [milestone, progress, Notice::alert(&id, facts)] {
                for locale in Locale::ALL {
                    let card = notice(&told, &scene.view(locale));
                    check(&card, locale);
                    let first = card.headline.first().unwrap_or_else(|| panic!("{told:?} says nothing")).plain_text();
                    with_names += usize::from(!matches!(told, Notice::Alert { .. }) && first.contains("000-orders.by"));
                }
            }
        }
    }
    assert!(with_names > 100, "names stand in {with_names} of them");
}

#[test]
fn every_report_fits_with_the_longest_names() {
    let named = named();
    let mut drawn = 0;
    for id in words::LOOKS {
        for facts in longest(id, &named) {
            let found = seen::report(vec![Phrase { id: (*id).to_owned(), facts }], &name(0));
            for locale in Locale::ALL {
                let card = answered(Done::Looked(Box::new(found.clone())), locale);
                check(&card, locale);
                let file = card.files.iter().find(|file| file.name == "clients.txt");
                let whole = String::from_utf8_lossy(&file.expect("what is too long for a card").bytes).into_owned();
                assert!(whole.contains(&name(0)), "names are whole there: {whole}");
                drawn += 1;
            }
        }
    }
    assert_eq!(drawn, words::LOOKS.len() * 3 * Locale::ALL.len());
}

/// Every line that a card would say if there were room.
fn lines(whole: &Whole) -> Vec<&Line> {
    let body = whole.body.iter().filter_map(|block| match block {
        Block::Line(line) | Block::Heading(line) => Some(line),
        Block::Table(table) => table.more.as_ref(),
        Block::More { .. } => panic!("{block:?} is not opened"),
    });
    whole.headline.iter().chain(body).chain(&whole.footer).collect()
}

/// What is missing on a card stands in one file, which the card names. Whether anything is.
fn is_whole_elsewhere(card: &Card) -> bool {
    let (message, files) = posted(card);
    let files: Vec<&Vec<u8>> = files.iter().filter(|(name, _)| name == MORE_FILE).map(|(_, bytes)| bytes).collect();
    let Some(whole) = &card.whole else { return false };
    let [bytes] = files.as_slice() else { panic!("{} files of that name", files.len()) };
    let text = String::from_utf8_lossy(bytes);
    for line in lines(whole) {
        assert!(text.contains(&line.plain_text()), "{} is not in\n{text}", line.plain_text());
    }
    assert!(message["content"].to_string().contains(MORE_FILE) || message["embeds"].to_string().contains(MORE_FILE));
    true
}

#[test]
fn what_is_missing_on_a_card_with_the_longest_names_is_in_a_file() {
    let mut cut = 0;
    for plan in [reset(300), scale_out(1_000)].map(with_longest_names) {
        for state in [State::AwaitingApproval, State::Succeeded, State::Stuck] {
            for locale in Locale::ALL {
                let scene = Scene::of(plan.clone()).at(state).voted_by_bob();
                cut += usize::from(is_whole_elsewhere(&plan_card(&scene.view(locale))));
            }
        }
    }
    assert!(cut > 0, "with these names something has no room");
    for (_, done) in refusals() {
        is_whole_elsewhere(&answered(done, Locale::EnUs));
    }
}

/// What `/operations` finds of forty operations on things of the longest names.
fn operations() -> LookAnswer {
    let (_, found) = seen::all().into_iter().find(|(name, _)| *name == "operations").unwrap();
    let LookAnswer::Operations(mut list) = found else { unreachable!() };
    let mut one = list.others.swap_remove(0);
    (list.waiting_for_me, list.reviews, list.others) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..40 {
        (one.about, one.command) = (vec![name(number); 3], format!("command-{number}"));
        list.others.push(one.clone());
    }
    LookAnswer::Operations(list)
}

#[test]
fn what_is_missing_in_an_answer_is_in_a_file_or_said_to_be_missing() {
    let of_names = Phrase::new("routes-differ").with("topics", names());
    let (_, health) = seen::all().into_iter().find(|(name, _)| *name == "health").unwrap();
    let [last, freezes] = ["broker 7".to_owned(), "year end".to_owned()];
    let last_command = "command-39".to_owned();
    let looks = [
        (health, vec![(last, 1), (freezes, 5)]),
        (seen::report(vec![of_names], &name(0)), names().into_iter().map(|one| (one, 1)).collect()),
        (operations(), vec![(last_command, 1)]),
    ];
    for (look, wanted) in looks {
        let found =
            Answer { request: "M2WQ7A".parse().unwrap(), done: Done::Looked(Box::new(look)), recorded: Recorded::Yes };
        for locale in Locale::ALL {
            let card = answer(&found, locale);
            assert!(is_whole_elsewhere(&card), "{card:#?}");
            let (_, files) = posted(&card);
            let text = String::from_utf8_lossy(&files[0].1).into_owned();
            for (part, times) in &wanted {
                assert!(text.matches(part.as_str()).count() >= *times, "{part} is not {times} times in\n{text}");
            }
            let bare = answer_without_files(&found, locale);
            let (message, files) = posted(&bare);
            let footer = message["embeds"][0]["footer"]["text"].as_str().unwrap().to_owned();
            assert!(files.is_empty() && bare.whole.is_none() && footer.contains(MORE_FILE), "{footer}");
            assert_eq!(message.to_string().matches(MORE_FILE).count(), 1, "only that it is not there: {message}");
        }
    }
}
