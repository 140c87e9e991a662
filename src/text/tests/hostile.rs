//! Names and words from outside that would like to be more.

use super::fixture::{NOON, Scene, freeze, person, refused, reset};
use super::rules::check;
use super::seen::largest_board;
use crate::desk::{Answer, Denied, Done, Recorded};
use crate::text::{
    Block, Card, Line, Locale, MORE, Span, answer, board, notice, plan_card, plan_text, vote_not_counted,
};
use engine::Notice;
use interlock::approval::{NotCounted, State};
use interlock::cluster::Tier;
use interlock::facts::Facts;
use interlock::freeze::FreezeOn;
use interlock::plan::{Check, Level, Mistake, Plan, Row, Sealed};
use interlock::time::Millis;
use std::time::Duration;

fn hostile() -> Vec<String> {
    vec![
        "@everyone <@80351110224678912> <@&1>".to_owned(),
        "**bold** [masked](https://example.org) `code` ||spoiler|| <t:0:R> </approve:1>".to_owned(),
        "\n".repeat(4_096),
        "x\n# heading\n> quote".repeat(300),
        "\u{202e}evil\u{200b}\u{200d}\u{feff}\u{2066}".to_owned(),
        "\u{e000}\u{e001}\u{e00f}forged\u{e002}".to_owned(),
        "\u{1b}[31mred\u{7}\u{0}".to_owned(),
        "z\u{300}\u{301}\u{302}\u{303}".repeat(500),
        "{ $operation } { state-running }".to_owned(),
        "组".repeat(300),
        "=cmd|' /C calc'!A1".to_owned(),
    ]
}

fn plan(with: &str) -> Plan {
    let mut plan = reset(6);
    plan.reason = with.to_owned();
    plan.ticket = with.to_owned();
    plan.impact.topics = vec![with.to_owned(); 4];
    plan.impact.groups = vec![with.to_owned()];
    plan.impact.clients = vec![with.to_owned(); 40];
    plan.impact.worst_case = with.to_owned();
    plan.impact.needs_from_application = vec![with.to_owned()];
    plan.arguments.insert("to".to_owned(), with.to_owned());
    plan.command = with.to_owned();
    plan.checks =
        (0..12).map(|_| Check::new(Level::Warn, with, Facts::none().with("said", with).with(with, with))).collect();
    let rename = |row: &mut Row| match row {
        Row::Offset { topic, from, to, .. } => {
            *topic = with.to_owned();
            (*from, *to) = (Some(i64::MAX), Some(i64::MIN));
        }
        Row::Queue { topic, broker, from, to, .. } => {
            (*topic, *broker) = (with.to_owned(), with.to_owned());
            (*from, *to) = (Some(i64::MAX), Some(i64::MIN));
        }
        Row::Queues { broker, .. } => *broker = with.to_owned(),
        Row::Broker { rack, .. } => *rack = with.to_owned(),
        Row::Setting { key, .. } => *key = with.to_owned(),
        Row::Reader { group, .. } => *group = with.to_owned(),
    };
    plan.impact.rows.iter_mut().for_each(rename);
    plan
}

fn lines(card: &Card) -> Vec<&Line> {
    let body = card.body.iter().filter_map(|block| match block {
        Block::Line(line) | Block::Heading(line) | Block::More { said: line, .. } => Some(line),
        Block::Table(table) => table.more.as_ref(),
    });
    card.headline.iter().chain(body).chain(&card.footer).collect()
}

/// None of our own words holds a piece of the hostile text, and nothing invisible is left anywhere.
fn stays_foreign(card: &Card, with: &str, locale: Locale) {
    check(card, locale);
    let pieces: Vec<&str> = with.split(['\n', ' ']).filter(|piece| piece.chars().count() > 3).collect();
    for line in [card, &card.uncut()].into_iter().flat_map(lines) {
        for span in &line.0 {
            let (own, text) = match span {
                Span::Plain(text) | Span::Strong(text) => (true, text),
                Span::Foreign(text) | Span::Code(text) => (false, text),
                Span::Account(_) | Span::Time(_) | Span::Deadline(_) => continue,
            };
            assert!(!text.contains(['\n', '\u{202e}', '\u{200b}', '\u{1b}', '\u{e000}', '\u{e00f}']), "{text:?}");
            assert!(!own || pieces.iter().all(|piece| !text.contains(piece)), "{text:?} became our own words");
        }
    }
}

#[test]
fn a_plan_of_hostile_names_is_a_card_like_any_other() {
    for with in hostile() {
        for state in [State::AwaitingApproval, State::Running, State::Succeeded, State::Stuck] {
            let scene = Scene::of(plan(&with))
                .frozen(Duration::from_secs(60), &with)
                .broken(&with, Some(with.as_str()))
                .at(state)
                .because(&with, Facts::none().with("said", with.as_str()));
            for locale in Locale::ALL {
                let view = scene.view(locale);
                stays_foreign(&plan_card(&view), &with, locale);
                let by = person("olga");
                let broken = Notice::GlassBroken { by, reason: with.clone(), skipped: Vec::new(), digest: None };
                for told in [Notice::OwnersBefore, Notice::OwnersAfter, broken, Notice::Reminder { revision: 1 }] {
                    stays_foreign(&notice(&told, &view), &with, locale);
                }
                stays_foreign(&vote_not_counted(&view, NotCounted::Unconfirmed, None), &with, locale);
                let facts = Facts::none().with("members", vec![with.clone(); 9]).with("count", 9_i64);
                stays_foreign(&notice(&Notice::alert(&with, facts.clone()), &view), &with, locale);
                stays_foreign(
                    &notice(&Notice::Progress { id: "wait-members-remain".to_owned(), facts }, &view),
                    &with,
                    locale,
                );
            }
        }
        let text = plan_text(&Sealed::seal(plan(&with)).unwrap());
        assert!(text.chars().all(|character| character == '\n' || !character.is_control()));
        assert!(text.lines().all(|line| crate::text::width::columns(line) <= 78));
    }
}

#[test]
fn boards_of_hostile_names_are_cards_like_any_other() {
    let names = hostile().into_iter().chain(["n".repeat(249), "组".repeat(249)]);
    for with in names {
        for locale in Locale::ALL {
            let card = board(&largest_board(&with), Some(NOON), locale);
            stays_foreign(&card, &with, locale);
            assert!(!card.body.contains(&Block::Line(Line::plain(MORE))), "its end is cut off: {card:#?}");
        }
    }
}

#[test]
fn hostile_answers_are_cards_like_any_other() {
    for with in hostile() {
        let facts = Facts::none()
            .with("group", with.as_str())
            .with("members", vec![with.clone(); 9])
            .with("suggestions", vec![with.clone(); 3])
            .with("given", with.as_str())
            .with("name", with.as_str())
            .with("did-you-mean", vec![with.clone(); 3])
            .with("accepted", vec![with.clone(); 20])
            .with("option", with.as_str());
        let frozen = freeze(FreezeOn::Tier(Tier::Production), Millis(1_795_402_000_000), &with);
        let all = [
            refused(vec![Check::new(Level::Block, "group-inactive", facts.clone()); 9]),
            refused(vec![Check::new(Level::Block, &with, facts.clone())]),
            Done::Mistake(Mistake::new("unknown-group", facts.clone())),
            Done::Mistake(Mistake::new("not-a-choice", facts.clone())),
            Done::Mistake(Mistake::new(&with, facts.clone())),
            Done::Denied(Denied { id: "no-role", needs: Some(with.clone()) }),
            Done::Failed { id: with.clone(), said: with.clone() },
            Done::Failed { id: "cluster-timed-out".to_owned(), said: with.clone() },
            Done::DryRun(Box::new(Sealed::seal(plan(&with)).unwrap())),
            Done::Frozen(Box::new(frozen.clone())),
            Done::Unfrozen { freeze: Box::new(frozen.clone()), still: vec![frozen; 9] },
        ];
        for done in all {
            let reply = Answer { request: "M2WQ7A".parse().unwrap(), done, recorded: Recorded::Yes };
            for locale in Locale::ALL {
                stays_foreign(&answer(&reply, locale), &with, locale);
            }
        }
    }
}
