//! Settings as people write them, right and wrong.

use super::*;
use crate::clock::SystemClock;
use ::engine::port::Clock;
use interlock::cluster::{Mode, Tier};
use interlock::plan::Effect;
use interlock::policy::{Access, Needs, Role};
use interlock::principal::{Account, ChatRole};
use secrecy::ExposeSecret;
use std::collections::BTreeSet;
use std::sync::Arc;

const EXAMPLE: &str = include_str!("../../signalbox.example.toml");

/// Settings of a team with Discord and a real cluster; secrets come from the environment and from a file.
const REAL: &str = r#"[store]
url = "env:STORE"

[discord]
token = "file:token"
application = 11
guilds = [100]
operators_channel = 12
api_base = "http://127.0.0.1:8080/"

[[channel]]
id = 21
language = "zh-CN"

[defaults]
zone = "Europe/Berlin"
expiry = "30m"

[engine]
lease = "2s"
act_deadline = "500ms"

[[cluster]]
name = "logs-kafka"
kind = "kafka"
tier = "production"
domain = "logs"
bootstrap = ["broker-1.example:9093", "[::1]:9093"]
channels = [21, 22]

[cluster.security]
ca = "ca.pem"
sasl = "scram-sha-512"
user = "signalbox"
password = "env:KAFKA"

[[cluster]]
name = "pay-kafka"
kind = "kafka"
tier = "staging"
mode = "observe"
bootstrap = ["localhost:9092"]

[[person]]
name = "alice"
discord = [1, "18446744073709551615"]
uids = [1000]
language = "zh-CN"

[[grant]]
role = "operator"
persons = ["alice"]
clusters = ["logs-kafka"]
names = ["orders-.*"]

[[grant]]
role = "approver"
chat_roles = [500]
clusters = ["*"]
tiers = ["production", "staging"]

[[owner]]
names = ["orders-.*"]
persons = ["alice"]

[seats.production]
reversible = 2
"#;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("token"), "t0ken\n").unwrap();
    std::fs::write(folder.path().join("empty"), "\n").unwrap();
    std::fs::write(folder.path().join("ca.pem"), "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n")
        .unwrap();
    folder
}

fn environment(name: &str) -> Option<String> {
    match name {
        "STORE" => Some("postgres://box:pa55@db.example/box".to_owned()),
        "KAFKA" => Some("kafka-pa55".to_owned()),
        "ROCKETMQ" => Some("hunter4".to_owned()),
        _ => None,
    }
}

fn read(text: &str) -> Result<Settings, Vec<SettingsError>> {
    let folder = folder();
    Settings::parse(text, folder.path(), &environment)
}

/// The errors after one replacement, as text.
fn wrong(from: &str, to: &str) -> Vec<String> {
    assert!(REAL.contains(from), "{from}");
    match read(&REAL.replacen(from, to, 1)) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.iter().map(ToString::to_string).collect(),
    }
}

const ROCKETMQ: &str = r#"
[[cluster]]
name = "pay-rocketmq"
kind = "rocketmq"
tier = "production"
name_servers = ["names-1.example:9876", "[::1]:9876"]
broker_cluster = "DefaultCluster"
[cluster.security]
ca = "ca.pem"
access_key = "signalbox"
secret_key = "env:ROCKETMQ"
"#;

#[test]
fn a_cluster_of_rocketmq_is_read_and_never_prints_its_secret() {
    let settings = read(&format!("{REAL}{ROCKETMQ}")).unwrap();
    let cluster = settings.clusters.iter().find(|one| one.cluster.name.as_str() == "pay-rocketmq").unwrap();
    let Reached::Rocketmq(reached) = &cluster.reached else { panic!("{cluster:?}") };
    let servers = [("names-1.example".to_owned(), 9876), ("::1".to_owned(), 9876)];
    assert_eq!(
        (reached.name_servers.as_slice(), reached.broker_cluster.as_deref()),
        (&servers[..], Some("DefaultCluster"))
    );
    let keys = reached.keys.as_ref().unwrap();
    assert_eq!((keys.access_key.as_str(), keys.secret_key.expose_secret()), ("signalbox", "hunter4"));
    assert!(reached.tls.is_some() && !format!("{settings:?}").contains("hunter4"));
}

#[test]
fn each_error_of_a_cluster_of_rocketmq_is_named() {
    for (from, to, says) in [
        ("name_servers = [\"names-1.example:9876\", \"[::1]:9876\"]", "", "name_servers"),
        ("\"names-1.example:9876\"", "\"names-1.example\"", "is not HOST:PORT"),
        ("broker_cluster", "bootstrap = [\"b:1\"]\nbroker_cluster", "for clusters of the other kind"),
        ("DefaultCluster", "", "is no name of a cluster"),
        ("access_key = \"signalbox\"", "", "belong together"),
        ("env:ROCKETMQ", "hunter4", "never the secret itself"),
        ("env:ROCKETMQ", "env:NOBODY", "has no NOBODY"),
        ("access_key = \"signalbox\"", "access_key = \"signalbox\"\nsasl = \"plain\"", "sasl"),
    ] {
        let errors = read(&format!("{REAL}{}", ROCKETMQ.replacen(from, to, 1))).unwrap_err();
        let said: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert!(said.iter().any(|one| one.contains(says)), "{to}: {said:?}");
        assert!(!said.iter().any(|one| one.contains("hunter4")), "{said:?}");
    }
}

#[test]
fn the_example_starts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("signalbox.toml");
    std::fs::write(&path, EXAMPLE).unwrap();
    let settings = Settings::load(&path).unwrap();
    assert!(settings.discord.is_none());
    assert!(settings.clusters.iter().all(|one| matches!(one.reached, Reached::Simulated)));
    assert_eq!(settings.store.expose_secret(), format!("sqlite:{}", folder.path().join("signalbox.db").display()));
    assert_eq!(settings.pace, Pace::default());
    assert!(settings.http.listen.ip().is_loopback());
    let bob = settings.policy.people.principal(Account::Persona(2), BTreeSet::new());
    assert_eq!(bob.person.as_str(), "bob");
    let orders = "orders-kafka".parse().unwrap();
    let needs = Needs { access: Access::Role(Role::Approver), cluster: Some(&orders), names: &[] };
    assert_eq!(settings.policy.may(&bob, &needs), Ok(()));
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let backends = crate::bot::backends(&settings, &clock).unwrap();
    assert!(settings.clusters.iter().all(|one| backends.get(&one.cluster.name).is_some()));
    assert!(settings.clusters.iter().all(|one| backends.act(&one.cluster.name).is_some()));
    // What is only observed can be looked at, and there is nothing by which it could be changed.
    let mut observing = settings;
    observing.clusters[0].cluster.mode = Mode::Observe;
    let backends = crate::bot::backends(&observing, &clock).unwrap();
    let able = |one: &ClusterSettings| {
        let name = &one.cluster.name;
        (backends.get(name).is_some(), backends.act(name).is_some())
    };
    assert_eq!(able(&observing.clusters[0]), (true, false));
    assert!(observing.clusters[1..].iter().all(|one| able(one) == (true, true)));
}

/// What stands behind `# ` in the example is meant to be used: it must be valid too.
#[test]
fn the_examples_commented_parts_are_valid() {
    let mut text: String = EXAMPLE
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(setting) if setting.starts_with('[') || setting.contains(" = ") => format!("{setting}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    // The simulated clusters make way for the real ones.
    let (begin, end) = (text.find("[[cluster]]\nname = \"orders-kafka\""), text.find("# People."));
    text.replace_range(begin.unwrap()..end.unwrap(), "");
    let text = text.replace("personas = [", "discord = [");
    let folder = folder();
    std::fs::write(folder.path().join("kafka-password"), "secret").unwrap();
    std::fs::write(folder.path().join("rocketmq-secret"), "secret").unwrap();
    for authority in ["kafka-ca.pem", "rocketmq-ca.pem"] {
        std::fs::copy(folder.path().join("ca.pem"), folder.path().join(authority)).unwrap();
    }
    let settings = Settings::parse(&text, folder.path(), &|_| Some("token".to_owned()));
    let settings = settings.unwrap_or_else(|errors| panic!("{errors:?}\n{text}"));
    assert!(settings.discord.is_some() && settings.clusters.len() == 2);
}

#[test]
fn real_settings_become_valid_ones() {
    let settings = read(REAL).unwrap();
    let discord = settings.discord.unwrap();
    assert_eq!(discord.token.expose_secret(), "t0ken");
    assert_eq!(discord.api_base.as_deref(), Some("http://127.0.0.1:8080"));
    assert_eq!(settings.store.expose_secret(), "postgres://box:pa55@db.example/box");
    assert_eq!(settings.defaults.zone.iana_name(), Some("Europe/Berlin"));
    assert_eq!(settings.defaults.expiry, Duration::from_secs(1_800));
    assert_eq!(settings.defaults.open_plans, 20, "nothing is said of it");
    let few = |most: &str| read(&REAL.replace("expiry = \"30m\"", &format!("expiry = \"30m\"\nopen_plans = {most}")));
    assert_eq!(few("3").unwrap().defaults.open_plans, 3);
    assert!(few("0").is_err() && few("1001").is_err());
    assert_eq!(settings.pace.act_deadline, Duration::from_millis(500));
    assert!(settings.http.listen.ip().is_loopback(), "nothing is said of it");
    assert_eq!(settings.languages.get(&21).map(String::as_str), Some("zh-CN"));
    assert!(settings.boards.is_empty(), "nothing is said of it");
    let Reached::Kafka(kafka) = &settings.clusters[0].reached else { panic!() };
    assert_eq!(kafka.bootstrap, [("broker-1.example".to_owned(), 9093), ("::1".to_owned(), 9093)]);
    assert!(kafka.controllers.is_empty());
    assert!(kafka.tls.as_ref().unwrap().check_server_name);
    let sasl = kafka.sasl.as_ref().unwrap();
    assert_eq!((sasl.mechanism, sasl.password.expose_secret()), (SaslMechanism::ScramSha512, "kafka-pa55"));
    let policy = &settings.policy;
    assert_eq!(policy.seats.approvers(Effect::Reversible, Tier::Production), 2);
    assert_eq!(policy.people.person(Account::Discord(u64::MAX)).as_str(), "alice");
    let alice = policy.people.principal(Account::System(1000), BTreeSet::new());
    let logs = "logs-kafka".parse().unwrap();
    assert!(policy.has(&alice, Role::Operator, (&logs, &["orders-eu"])));
    assert!(!policy.has(&alice, Role::Operator, (&logs, &["billing"])));
    assert!(!policy.has::<&str>(&alice, Role::Operator, (&"pay-kafka".parse().unwrap(), &[])));
    let voter = policy.people.principal(Account::Discord(9), [ChatRole(500)].into());
    assert!(policy.has::<&str>(&voter, Role::Approver, (&logs, &[])));
}

#[test]
fn a_channel_has_a_board_where_a_cluster_may_be_shown() {
    let channels =
        |text: &str| read(&REAL.replace("language = \"zh-CN\"\n\n[defaults]", &format!("{text}\n\n[defaults]")));
    let both = channels("language = \"zh-CN\"\nboard = true\n[[channel]]\nid = 22\nboard = true").unwrap();
    assert_eq!((both.boards, both.languages.len()), ([21, 22].into(), 1));
    let none = channels("language = \"zh-CN\"\nboard = false").unwrap();
    assert!(none.boards.is_empty());
    for (text, says) in [
        ("language = \"zh-CN\"\n[[channel]]\nid = 23\nboard = true", "no cluster names this one"),
        ("board = 1", "true or false"),
        ("", "channel[0].language: is missing"),
        ("board = true\n[[channel]]\nid = 21\nlanguage = \"zh-CN\"", "stands twice"),
    ] {
        let errors: Vec<String> = channels(text).unwrap_err().iter().map(ToString::to_string).collect();
        assert!(errors.len() == 1 && errors[0].contains(says), "{says}: {errors:?}");
    }
}

#[test]
fn secrets_do_not_print() {
    let printed = format!("{:?}", read(REAL).unwrap());
    for secret in ["t0ken", "pa55"] {
        assert!(!printed.contains(secret), "{secret}");
    }
}

#[test]
fn each_error_has_its_place_and_its_reason() {
    for (from, to, says) in [
        ("tier = \"production\"", "tier = \"prod\"", "line 26, column 8: cluster[0].tier: is no tier"),
        (
            "tier = \"production\"",
            "teir = \"production\"",
            "line 26, column 1: cluster[0].teir: is not a setting; did you mean tier?",
        ),
        ("tier = \"production\"", "", "cluster[0].tier: is missing"),
        ("kind = \"kafka\"", "kind = \"rocketmq\"", "is for clusters of the other kind"),
        ("kind = \"kafka\"", "kind = \"kafak\"", "did you mean"),
        ("kind = \"kafka\"", "kind = 3", "cluster[0].kind: is of type integer; wanted is a text in quotes"),
        ("\"pay-kafka\"", "\"logs-kafka\"", "there are two clusters of the name logs-kafka"),
        ("\"pay-kafka\"", "\"l0gs-kafka\"", "l0gs-kafka cannot be told from logs-kafka by eye"),
        ("\"pay-kafka\"", "\"Pay\"", "cluster[1].name: has a character"),
        ("mode = \"observe\"", "mode = \"look\"", "is no mode"),
        ("\"localhost:9092\"", "\"localhost\"", "cluster[1].bootstrap[0]: is not HOST:PORT"),
        ("\"localhost:9092\"", "\"kafka://a:9092\"", "is not HOST:PORT"),
        ("bootstrap = [\"localhost:9092\"]", "", "cluster[1].bootstrap: is missing"),
        ("bootstrap = [\"localhost:9092\"]", "simulated = true", "do not stand beside real ones"),
        (
            "bootstrap = [\"localhost:9092\"]",
            "simulated = true\nbootstrap = [\"a:1\"]",
            "neither bootstrap nor controllers nor name_servers nor security",
        ),
        (
            "bootstrap = [\"localhost:9092\"]",
            "bootstrap = [\"localhost:9092\"]\ncontrollers = [\"controller-1\"]",
            "cluster[1].controllers[0]: is not HOST:PORT",
        ),
        ("token = \"file:token\"", "token = \"t0ken\"", "discord.token: is not a reference"),
        ("token = \"file:token\"", "token = \"file:nothing\"", "cannot be read: entity not found"),
        ("token = \"file:token\"", "token = \"file:empty\"", "the secret behind file:empty is empty"),
        ("token = \"file:token\"", "token = \"env:NOTHING\"", "the environment has no NOTHING"),
        ("guilds = [100]", "guilds = []", "discord.guilds: is missing"),
        ("guilds = [100]", "guilds = [-1]", "discord.guilds[0]: is not a whole number from 0 up"),
        ("application = 11", "", "discord.application: is missing"),
        ("application = 11", "application = 0", "discord.application: is 0"),
        ("http://127.0.0.1:8080/", "http://discord.example/", "is not https"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1.evil.example/", "is not https"),
        ("http://127.0.0.1:8080/", "https://a:b@discord.example/", "has more than scheme"),
        ("http://127.0.0.1:8080/", "ftp://127.0.0.1/", "is not https"),
        ("url = \"env:STORE\"", "url = \"postgres://a:b@c/d\"", "has a password in it"),
        ("url = \"env:STORE\"", "url = \"postgres://c/d?password=b\"", "has a password in it"),
        ("url = \"env:STORE\"", "url = \"mysql://c/d\"", "begins with neither"),
        ("[store]", "[stoer]", "did you mean store?"),
        ("[store]", "[stoer]", "there is no [store]"),
        ("\"Europe/Berlin\"", "\"Europe/Brelin\"", "is no time zone I know"),
        ("\"30m\"", "\"soon\"", "is not a time span"),
        ("\"30m\"", "\"10s\"", "is below the floor of 60s"),
        ("\"2s\"", "\"500ms\"", "engine.lease: is below the floor of 1s"),
        ("\"500ms\"", "\"3s\"", "engine.act_deadline: must be shorter than the lease"),
        ("sasl = \"scram-sha-512\"", "sasl = \"kerberos\"", "is no mechanism"),
        ("sasl = \"scram-sha-512\"\n", "", "user and password need sasl"),
        ("ca = \"ca.pem\"", "ca = \"token\"", "holds no certificate"),
        ("ca = \"ca.pem\"", "ca = \"ca.pem\"\nkey = \"env:KAFKA\"", "certificate and key belong together"),
        ("ca = \"ca.pem\"\nsasl = \"scram-sha-512\"", "sasl = \"plain\"", "shows the password to the network"),
        ("uids = [1000]", "uids = [4294967296]", "person[0].uids[0]: is too large"),
        ("uids = [1000]", "personas = [1]", "personas belong to the simulated fleet"),
        ("name = \"alice\"", "name = \"account:discord:1\"", "person[0].name: has a character"),
        (
            "language = \"zh-CN\"\n\n[[grant]]",
            "\n[[person]]\nname = \"bob\"\ndiscord = [1]\n\n[[grant]]",
            "the account discord:1 is already alice's",
        ),
        (
            "language = \"zh-CN\"\n\n[[grant]]",
            "\n[[person]]\nname = \"alice\"\n\n[[grant]]",
            "there are two persons of the name alice",
        ),
        ("role = \"operator\"", "role = \"operater\"", "did you mean operator?"),
        ("persons = [\"alice\"]", "persons = [\"alcie\"]", "there is no [[person]] of this name; did you mean alice?"),
        ("persons = [\"alice\"]", "person = [\"alice\"]", "grant[0].person: is not a setting; did you mean persons?"),
        ("persons = [\"alice\"]", "persons = []", "names nobody"),
        ("clusters = [\"logs-kafka\"]", "clusters = [\"log-kafka\"]", "did you mean logs-kafka?"),
        ("clusters = [\"logs-kafka\"]", "", "says not where"),
        ("clusters = [\"logs-kafka\"]", "clusters = [\"*\", \"logs-kafka\"]", "* stands alone"),
        ("names = [\"orders-.*\"]", "names = [\"orders-(\"]", "grant[0].names[0]: is not a regular expression"),
        ("chat_roles = [500]", "chat_roles = [100]", "this is @everyone"),
        ("tiers = [\"production\", \"staging\"]", "tiers = [\"all\"]", "is no tier"),
        (
            "tiers = [\"production\", \"staging\"]",
            "domains = [\"log\"]",
            "no [[cluster]] serves this domain; did you mean logs?",
        ),
        (
            "reversible = 2",
            "reversible = 0",
            "line 67, column 14: seats.production.reversible: is below the floor of 1",
        ),
        ("reversible = 2", "reversible = 11", "is more than 10"),
        ("reversible = 2", "reversable = 2", "did you mean reversible?"),
        ("language = \"zh-CN\"", "language = \"fr\"", "is no language of mine"),
    ] {
        let errors = wrong(from, to);
        assert!(errors.iter().any(|error| error.contains(says)), "{to}: {errors:#?}");
        assert!(errors.iter().all(|error| !error.contains("t0ken") || to.contains("t0ken")), "{errors:?}");
    }
}

#[test]
fn all_errors_are_told_at_once_in_the_order_of_the_file() {
    let text = REAL
        .replacen("tier = \"production\"", "tier = \"prod\"", 1)
        .replacen("reversible = 2", "reversible = 0", 1)
        .replacen("application = 11", "aplication = 11", 1);
    let errors = read(&text).unwrap_err();
    let lines: Vec<usize> = errors.iter().map(|error| error.line).collect();
    assert_eq!(lines, [4, 6, 26, 67], "and nothing that only follows from them: {errors:#?}");
}

#[test]
fn what_is_not_toml_is_told_with_its_lines() {
    let errors = read("[store]\nurl = \"a\nb = 1\n\n[x\n").unwrap_err();
    assert!(errors.len() >= 2 && errors[0].line == 2, "{errors:#?}");
    let twice = read("[store]\nurl = \"sqlite:a\"\nurl = \"sqlite:b\"\n").unwrap_err();
    assert_eq!(twice[0].line, 3, "{twice:#?}");
}

#[test]
fn an_empty_file_says_what_is_needed() {
    let errors: Vec<String> = read("").unwrap_err().iter().map(ToString::to_string).collect();
    for says in ["there is no [store]", "there is no [[cluster]]"] {
        assert!(errors.iter().any(|error| error.contains(says)), "{errors:?}");
    }
}

#[test]
fn a_file_that_is_not_there_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let errors = Settings::load(&folder.path().join("none.toml")).unwrap_err();
    assert_eq!((errors.len(), errors[0].line), (1, 0));
}

#[test]
fn plain_passwords_stay_on_this_machine() {
    let local = REAL
        .replacen("\"broker-1.example:9093\", \"[::1]:9093\"", "\"localhost:9093\", \"[::1]:9093\"", 1)
        .replacen("ca = \"ca.pem\"\nsasl = \"scram-sha-512\"", "sasl = \"plain\"", 1);
    assert!(read(&local).is_ok());
    let elsewhere = with_controllers(&local);
    assert!(read(&elsewhere).is_err(), "not to controllers elsewhere either");
}

fn with_controllers(text: &str) -> String {
    text.replacen("\"[::1]:9093\"]\n", "\"[::1]:9093\"]\ncontrollers = [\"controller-1.example:9095\"]\n", 1)
}

#[test]
fn controllers_have_listeners_of_their_own() {
    let settings = read(&with_controllers(REAL)).unwrap();
    let Reached::Kafka(kafka) = &settings.clusters[0].reached else { panic!() };
    assert_eq!(kafka.controllers, [("controller-1.example".to_owned(), 9095)]);
}
