//! `docs/coverage.md`: what the stock tools do, and where it is here. It is made from the tables here, from the catalogue and
//! from what the planners take; a test fails when it says something else. Run it with `WRITE_DOCS=1` to write it anew.

mod kafka;
mod mqadmin;

use interlock::changes::{self, Context, Guards};
use interlock::cluster::{Cluster, ClusterKind, Mode, Sections, Tier};
use interlock::command::{Arguments, Catalogue, Kind};
use interlock::plan::Planning;
use interlock::time::Millis;
use kafka::KAFKA;
use mqadmin::MQADMIN;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use story::lab::Lab;

/// Where something is.
pub(super) enum Cover {
    /// In these commands; those that are not there yet, or not for this system, are planned.
    By(&'static [&'static str]),
    /// Nowhere, for this reason.
    Never(Why),
}

/// Why something stays out of the chat.
#[derive(Clone, Copy)]
pub(super) enum Why {
    Records,
    Passwords,
    Files,
    Hosts,
    Load,
    Inner,
    Static,
    Lite,
    Application,
    Clients,
}

impl Why {
    fn text(self) -> &'static str {
        match self {
            Self::Records => "never: contents of records do not belong in a chat",
            Self::Passwords => "never: passwords and tokens do not belong in a chat",
            Self::Files => "never: reads or writes files of the machine it runs on",
            Self::Hosts => "never: starts processes on a machine; that is for whoever packages them",
            Self::Load => "never: makes load or test traffic",
            Self::Inner => "never: turns a screw inside of the server that is for its developers",
            Self::Static => "never: static topics, which RocketMQ itself calls experimental",
            Self::Lite => "never: lite topics, which hold the state of single clients",
            Self::Clients => "never: what a client and a broker agree on, the bot's own client finds out by itself",
            Self::Application => "never: works on an application's own topics and state; that is for its owners",
        }
    }
}

fn catalogue() -> Catalogue {
    Catalogue::built_in().expect("the catalogue")
}

/// Whether a command is there, and for clusters of this kind.
fn is_built(command: &str, kind: ClusterKind, catalogue: &Catalogue) -> bool {
    let Some(found) = catalogue.get(command) else { return false };
    if found.kind != Kind::Change {
        return true;
    }
    let cluster = Cluster {
        name: "lab".parse().expect("a name"),
        kind,
        tier: Tier::Production,
        domain: String::new(),
        mode: Mode::Change,
    };
    let guards = Guards::all();
    let context = Context { now: Millis(0), cluster: &cluster, held: &[], owing: &[], earlier: None, guards: &guards };
    match changes::plan(command, &Arguments::default(), &Sections::empty(), &context) {
        None => false,
        Some(Planning::Mistake(mistake)) => mistake.id != "not-for-kind",
        Some(_) => true,
    }
}

fn cell(cover: &Cover, kind: ClusterKind, catalogue: &Catalogue) -> String {
    match cover {
        Cover::Never(why) => why.text().to_owned(),
        Cover::By(commands) => {
            let (built, planned): (Vec<&str>, Vec<&str>) =
                commands.iter().copied().partition(|command| is_built(command, kind, catalogue));
            let named = |all: &[&str]| all.iter().map(|one| format!("`/{one}`")).collect::<Vec<_>>().join(", ");
            match (built.is_empty(), planned.is_empty()) {
                (false, true) => named(&built),
                (true, _) => format!("planned: {}", named(&planned)),
                (false, false) => format!("{}; planned: {}", named(&built), named(&planned)),
            }
        }
    }
}

fn document() -> String {
    let catalogue = catalogue();
    let mut text = String::from(
        "# What the stock tools do, and where it is here\n\n\
         Made by `tests/stories/coverage.rs` from its tables, from the catalogue of commands and from what the planners take. A command that is there, but not \
         for this system, is planned. What is refused with its reason (`/shrink-partitions` and `/group-create` on Kafka) counts as there.\n\n",
    );
    let (old, new) = counted();
    let _ = writeln!(
        text,
        "## RocketMQ: `mqadmin`\n\n{old} subcommands in 4.9.7 and {new} in 5.5.0, counted from the pinned jars of the lab.\n\n\
         | subcommand | 4.9.7 | 5.5.0 | here |\n| --- | --- | --- | --- |"
    );
    let yes = |is: bool| if is { "yes" } else { "" };
    for (name, (old, new), cover) in MQADMIN {
        let here = cell(cover, ClusterKind::Rocketmq, &catalogue);
        let _ = writeln!(text, "| {name} | {} | {} | {here} |", yes(*old), yes(*new));
    }
    let _ = writeln!(
        text,
        "\n## Kafka: the tools in `bin`\n\n{} tools of 4.3, and those that 3.9 has besides.\n\n| tool | here |\n| --- | --- |",
        KAFKA.iter().filter(|(name, _)| !name.contains("(3.9)")).count()
    );
    for (name, cover) in KAFKA {
        let _ = writeln!(text, "| {name} | {} |", cell(cover, ClusterKind::Kafka, &catalogue));
    }
    text
}

fn counted() -> (usize, usize) {
    let count = |which: fn(&mqadmin::In) -> bool| MQADMIN.iter().filter(|(_, within, _)| which(within)).count();
    (count(|within| within.0), count(|within| within.1))
}

#[test]
fn the_document_says_what_there_is() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/coverage.md");
    let wanted = document();
    if std::env::var_os("WRITE_DOCS").is_some() {
        std::fs::write(&file, &wanted).expect("the document");
    }
    let found = std::fs::read_to_string(&file).expect("the document");
    assert!(found == wanted, "docs/coverage.md, by WRITE_DOCS=1; this is what belongs there:\n{wanted}");
}

#[test]
fn each_table_is_in_order_and_names_nothing_twice() {
    let mqadmin: Vec<String> = MQADMIN.iter().map(|(name, ..)| name.to_lowercase()).collect();
    assert!(mqadmin.is_sorted(), "{mqadmin:?}");
    let kafka: Vec<&str> = KAFKA.iter().map(|(name, _)| *name).collect();
    assert!(kafka.is_sorted(), "{kafka:?}");
    assert_eq!(mqadmin.iter().collect::<BTreeSet<_>>().len(), MQADMIN.len());
    assert_eq!(kafka.iter().collect::<BTreeSet<_>>().len(), KAFKA.len());
    assert_eq!(counted(), (57, 96));
}

/// What `mqadmin` itself lists, from the pinned jars of the lab: it needs no server.
fn listed(version: &str) -> BTreeSet<String> {
    let root = Lab::get().expect("the lab").root().to_owned();
    let home = tempfile::TempDir::new().expect("a folder");
    let conf = home.path().join("conf");
    std::fs::create_dir(&conf).expect("a folder");
    let logs = root.join("lab/rocketmq").join(format!("logback-{}.xml", &version[..1]));
    std::fs::copy(logs, conf.join("logback_tools.xml")).expect("its settings of logs");
    let home = home.path().display().to_string();
    let output = Command::new("java")
        .args(["-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"])
        .arg(format!("-Drocketmq.home.dir={home}"))
        .arg(format!("-Duser.home={home}"))
        .arg("-cp")
        .arg(format!("{}/*", root.join(format!(".lab/rocketmq-{version}")).display()))
        .arg("org.apache.rocketmq.tools.command.MQAdminStartup")
        .stdin(Stdio::null())
        .output()
        .expect("java");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let name = |line: &str| {
        let rest = line.strip_prefix("   ").filter(|rest| !rest.starts_with(' '))?;
        rest.split_whitespace().next().map(str::to_owned)
    };
    printed.lines().filter_map(name).collect()
}

fn told(which: fn(&mqadmin::In) -> bool) -> BTreeSet<String> {
    MQADMIN.iter().filter(|(_, within, _)| which(within)).map(|(name, ..)| (*name).to_owned()).collect()
}

#[test]
fn every_subcommand_of_the_pinned_jars_is_in_the_table() {
    assert_eq!(listed("4.9.7"), told(|within| within.0));
    assert_eq!(listed("5.5.0"), told(|within| within.1));
}
