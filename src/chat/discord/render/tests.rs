use super::*;
use crate::text::{CardFile, Span, Table, Whole};
use interlock::time::Millis;

fn plain_line(text: &str) -> Line {
    Line(vec![Span::Plain(text.to_owned())])
}

fn foreign(text: &str) -> Line {
    Line(vec![Span::Foreign(text.to_owned())])
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn a_card_becomes_content_embed_and_buttons() {
    let card = Card {
        headline: vec![
            Line(vec![Span::Plain("Waiting for approval: ".into()), Span::Strong("reset billing".into())]),
            Line(vec![Span::Plain("ends ".into()), Span::Deadline(Millis(1_700_000_000_000))]),
        ],
        mentions: vec![Mention::Role(7), Mention::User(8)],
        tone: Tone::Waiting,
        body: vec![
            Block::Heading(plain_line("Checks")),
            Block::Line(foreign("my_topic")),
            Block::Table(Table {
                head: vec!["p".into(), "lag".into()],
                rows: vec![vec!["0".into(), "12".into()]],
                more: None,
            }),
        ],
        footer: Some(Line(vec![Span::Plain("Votes: none ".into()), Span::Foreign("a_b".into())])),
        buttons: vec![
            Button { id: "details:K7F3QD".into(), label: "Details".into(), danger: false },
            Button { id: "reject:K7F3QD".into(), label: "Reject…".into(), danger: true },
        ],
        reactions: vec!["✅"],
        files: vec![CardFile { name: "plan.txt".into(), bytes: b"plan".to_vec(), alt: None }],
        is_bare: false,
        whole: None,
    };
    let Rendered { message, uploads } = render(&card, Some("ob-1"));
    assert_eq!(text(&message["content"]), "Waiting for approval: **reset billing**\nends <t:1700000000:R>\n<@&7> <@8>");
    let embed = &message["embeds"][0];
    assert_eq!(text(&embed["description"]), "### Checks\nmy\\_topic\n```\np lag\n0  12\n```");
    assert_eq!(text(&embed["footer"]["text"]), "Votes: none a_b · ref ob-1");
    assert_eq!(embed["color"], 0x0058_65F2);
    let expected = json!({"parse": [], "roles": ["7"], "users": ["8"], "replied_user": false});
    assert_eq!(message["allowed_mentions"], expected);
    let row = &message["components"][0]["components"];
    assert_eq!(row[0], json!({"type": 2, "style": 2, "label": "Details", "custom_id": "details:K7F3QD"}));
    assert_eq!(row[1]["style"], 4);
    assert_eq!(uploads.len(), 1);
    assert_eq!(marker(&message), Some("ob-1"));
    assert_eq!(says(&message), says(&render(&card, None).message));
}

#[test]
fn no_card_is_larger_than_discord_takes_and_nothing_is_lost() {
    let card = Card {
        headline: (0..5).map(|_| foreign(&"*".repeat(400))).collect(),
        body: (0..200).map(|at| Block::Line(foreign(&format!("line {at} {}", "_".repeat(90))))).collect(),
        footer: Some(plain_line(&"f".repeat(9_000))),
        ..Card::default()
    };
    let Rendered { message, uploads } = render(&card, Some("ob-1"));
    let (content, embed) = (text(&message["content"]), &message["embeds"][0]);
    let (description, footer) = (text(&embed["description"]), text(&embed["footer"]["text"]));
    assert!(units(content) <= CONTENT, "{}", units(content));
    assert!(units(description) <= DESCRIPTION && units(footer) <= FOOTER);
    assert!(units(description) + units(footer) <= EMBED_TOTAL);
    assert!(content.ends_with(MORE) && description.ends_with(MORE));
    assert!(footer.contains("f… → more.txt · ref ob-1"), "{footer}");
    assert_eq!(uploads[0].name, "more.txt");
    let whole = String::from_utf8(uploads[0].bytes.clone()).unwrap();
    assert!(whole.contains("line 199 ____") && whole.contains(&"*".repeat(400)) && whole.contains(&"f".repeat(9_000)));
}

#[test]
fn a_footer_alone_that_is_too_long_is_whole_in_the_file() {
    let card = Card { footer: Some(plain_line(&"f".repeat(2_000))), ..Card::default() };
    let Rendered { message, uploads } = render(&card, None);
    assert!(text(&message["embeds"][0]["footer"]["text"]).ends_with(MORE));
    assert!(String::from_utf8(uploads[0].bytes.clone()).unwrap().contains(&"f".repeat(2_000)));
    let Rendered { message, uploads } = render(&Card { is_bare: true, ..card }, None);
    assert!(text(&message["embeds"][0]["footer"]["text"]).ends_with("f…") && uploads.is_empty());
}

#[test]
fn all_that_a_cut_card_says_is_in_one_file() {
    let list =
        Block::More { said: plain_line("+ 2 more"), rest: ["one", "two"].map(|it| Block::Line(foreign(it))).into() };
    let whole = Whole {
        headline: vec![plain_line(&"h".repeat(400))],
        body: vec![Block::Heading(plain_line("rest")), Block::Line(foreign(&"b".repeat(2 * DESCRIPTION)))],
        footer: Some(plain_line(&"f".repeat(700))),
    };
    let short = Card { headline: vec![plain_line("h… → more.txt")], body: vec![list], ..Card::default() };
    let unbounded = render(&short, None);
    assert!(text(&unbounded.message["embeds"][0]["description"]).ends_with(MORE));
    assert_eq!(
        unbounded.uploads.iter().map(|one| one.bytes.as_slice()).collect::<Vec<_>>(),
        ["h… → more.txt\n\none\ntwo".as_bytes()]
    );
    let card = Card { whole: Some(Box::new(whole)), ..short };
    let Rendered { message, uploads } = render(&card, None);
    assert_eq!(message["content"], "h… → more.txt");
    assert_eq!(uploads.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["more.txt"]);
    let text = String::from_utf8(uploads[0].bytes.clone()).unwrap();
    let all = ["h".repeat(400), "\n\nrest\n".to_owned(), "b".repeat(2 * DESCRIPTION), "f".repeat(700)];
    assert!(all.iter().all(|one| text.contains(one.as_str())), "{text}");
    assert_eq!(render(&Card { is_bare: true, ..card }, None).uploads, []);
}

#[test]
fn a_short_notice_has_no_embed_and_its_marker_in_small_print() {
    let card = Card { headline: vec![plain_line("Done.")], ..Card::default() };
    let Rendered { message, .. } = render(&card, Some("ob-2"));
    assert_eq!(message["content"], "Done.\n-# ref ob-2");
    assert_eq!(message["embeds"], json!([]));
    assert_eq!(says(&message), says(&render(&card, None).message));
}

#[test]
fn an_empty_card_still_shows_something() {
    assert_eq!(render(&Card::default(), None).message["content"], "…");
}

#[test]
fn what_does_not_fit_a_bare_card_is_attached_to_nothing() {
    let long = Card { body: vec![Block::Line(foreign(&"b".repeat(2 * DESCRIPTION)))], ..Card::default() };
    assert_eq!(render(&long, None).uploads.len(), 1, "it would be attached");
    let Rendered { message, uploads } = render(&Card { is_bare: true, ..long }, None);
    assert_eq!(uploads, []);
    let description = text(&message["embeds"][0]["description"]);
    assert!(description.ends_with(LESS) && !description.contains(MORE), "{description}");
}

#[test]
fn buttons_that_discord_does_not_take_are_left_out() {
    let button = |id: &str| Button { id: id.to_owned(), label: "x".repeat(90), danger: false };
    let long = "i".repeat(101);
    let buttons = [button("a"), button("a"), button(""), button(&long), button("b")];
    let (taken, others) = sendable(&buttons);
    assert_eq!(others.len(), 3, "they are named: {others:?}");
    let shown = components(&taken);
    let row = shown[0]["components"].as_array().unwrap();
    assert_eq!(row.iter().map(|b| text(&b["custom_id"])).collect::<Vec<_>>(), ["a", "b"]);
    assert!(row.iter().all(|b| units(text(&b["label"])) == 80));
}

/// No card of ours has more than one row (`text/tests/rules.rs`). Of one that had, Discord would refuse all of it.
#[test]
fn of_more_than_twenty_five_buttons_the_first_are_shown() {
    let buttons: Vec<Button> =
        (0..30).map(|number| Button { id: number.to_string(), label: "x".into(), danger: false }).collect();
    let cases: [(usize, &[usize]); 6] =
        [(0, &[]), (5, &[5]), (6, &[5, 1]), (25, &[5; 5]), (26, &[5; 5]), (30, &[5; 5])];
    for (some, rows) in cases {
        let (taken, others) = sendable(&buttons[..some]);
        assert_eq!(others.len(), some.saturating_sub(25), "the others are named");
        let shown = components(&taken);
        let all: Vec<&Vec<Value>> =
            shown.as_array().unwrap().iter().map(|row| row["components"].as_array().unwrap()).collect();
        assert_eq!(all.iter().map(|row| row.len()).collect::<Vec<usize>>(), rows, "of {some}");
        let ids: Vec<&str> = all.into_iter().flatten().map(|one| text(&one["custom_id"])).collect();
        let first: Vec<&str> = buttons[..some.min(25)].iter().map(|button| button.id.as_str()).collect();
        assert_eq!(ids, first, "of {some}");
    }
    let description = render(&Card { buttons, ..Card::default() }, None).message["embeds"][0]["description"].clone();
    assert_eq!(text(&description).lines().filter(|line| *line == "✂ `[x]`").count(), 5, "{description}");
}

#[test]
fn hostile_text_has_no_effect_in_any_part() {
    let hostile = "@everyone <@1> <@&2> [a](https://evil.example) ``` </audit:1> <t:1:R>\n# big";
    let card = Card {
        headline: vec![foreign(hostile), Line(vec![Span::Code(hostile.to_owned())])],
        body: vec![
            Block::Line(foreign(hostile)),
            Block::Table(Table { head: vec![hostile.into()], rows: vec![vec![hostile.into()]], more: None }),
        ],
        footer: Some(foreign(hostile)),
        ..Card::default()
    };
    let Rendered { message, .. } = render(&card, None);
    let content = text(&message["content"]);
    assert_eq!(content.lines().count(), 2, "{content}");
    let first = content.lines().next().unwrap();
    assert!(
        !first.contains("@everyone")
            && !first.contains("<@1")
            && first.contains("\\</audit")
            && first.contains("\\<t:")
    );
    assert!(first.contains("https\\://"));
    let second = content.lines().nth(1).unwrap();
    assert!(second.starts_with('`') && second.ends_with('`') && !second.contains("```"));
    assert_eq!(message["allowed_mentions"]["parse"], json!([]));
    let description = text(&message["embeds"][0]["description"]);
    assert_eq!(description.matches("```").count(), 2, "{description}");
}

#[test]
fn accounts_are_named_where_discord_shows_their_names_and_nobody_is_called() {
    let named = Line(vec![Span::Plain("Votes: 1 of 2: ".into()), Span::Account(7)]);
    let card = Card {
        headline: vec![named.clone()],
        body: vec![Block::Line(plain_line("b"))],
        footer: Some(named),
        ..Card::default()
    };
    let Rendered { message, .. } = render(&card, Some("ob-1"));
    assert_eq!(text(&message["content"]), "Votes: 1 of 2: <@7>");
    let embed = &message["embeds"][0];
    assert_eq!(text(&embed["description"]), "b\n-# Votes: 1 of 2: <@7>", "a footer would show a number");
    assert_eq!(text(&embed["footer"]["text"]), "ref ob-1");
    let nobody = json!({"parse": [], "roles": [], "users": [], "replied_user": false});
    assert_eq!(message["allowed_mentions"], nobody);
    let full = Card { body: vec![Block::Line(plain_line(&"b".repeat(DESCRIPTION - 100)))], ..card };
    let Rendered { message, .. } = render(&full, None);
    assert_eq!(text(&message["embeds"][0]["footer"]["text"]), "Votes: 1 of 2: discord:7", "where there is no room");
}

#[test]
fn who_is_called_is_called_however_long_the_headline_is() {
    let ids = (0..120_u64).map(|at| u64::MAX - at);
    let mentions: Vec<Mention> = ids.map(Mention::User).collect();
    let card = Card { headline: (0..5).map(|_| foreign(&"*".repeat(400))).collect(), mentions, ..Card::default() };
    let Rendered { message, uploads } = render(&card, Some("ob-1"));
    let content = text(&message["content"]);
    assert!(units(content) <= CONTENT && content.contains(MORE), "{content}");
    let called = message["allowed_mentions"]["users"].as_array().unwrap();
    assert!(called.iter().all(|id| content.contains(&format!("<@{}>", id.as_str().unwrap()))), "{content}");
    assert_eq!(called.len(), 50);
    let rest = String::from_utf8(uploads[0].bytes.clone()).unwrap();
    assert!((0..120).all(|at| rest.contains(&(u64::MAX - at).to_string())), "the others stand in the file");
}
