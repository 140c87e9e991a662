//! Discord is down, and a plan needs two people: both join the bot by its socket, each as who they are.

use super::command_line::{Home, SOON, Said, operation_in, said};
use std::fs::Permissions;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::time::Instant;
use tokio::process::Command;

/// Users that nothing on the machine belongs to.
const BOB: u32 = 64_321;
const EVE: u32 = 64_322;
const OLGA: u32 = 64_323;
const CLUSTER: &str = r#"
[[cluster]]
name = "orders-kafka"
kind = "kafka"
tier = "production"
simulated = true
"#;
const PEOPLE: &str = r#"
[[person]]
name = "bob"
uids = [64321]
[[person]]
name = "eve"
uids = [64322]
[[grant]]
role = "approver"
persons = ["bob"]
clusters = ["*"]
"#;

/// A home whose group may come in, with a program that it can read.
fn for_its_group() -> Home {
    admitting(Home::new(&[CLUSTER, PEOPLE].concat()))
}

/// The same on a Discord that does not answer, where what is changed has an owner who cannot be told.
fn cut_off() -> Home {
    let nobody = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let settings = format!(
        r#"
[discord]
token = "env:TOKEN"
application = 1
guilds = [2]
api_base = "http://{nobody}/api/v10"
[engine]
owners_patience = "1s"
{CLUSTER}channels = [3]
{PEOPLE}
[[person]]
name = "olga"
uids = [{OLGA}]
[[person]]
name = "dora"
discord = [9]
[[grant]]
role = "operator"
persons = ["olga"]
clusters = ["*"]
[[owner]]
names = ["nightly-report"]
persons = ["dora"]
"#
    );
    let mut home = Home::new(&settings);
    home.token = "MQ.x.secret-of-nobody".to_owned();
    admitting(home)
}

fn admitting(home: Home) -> Home {
    let settings = std::fs::read_to_string(home.file("signalbox.toml")).unwrap();
    let settings = settings.replace("[console]\n", "[console]\nadmits = \"group\"\n");
    std::fs::write(home.file("signalbox.toml"), settings).unwrap();
    std::fs::set_permissions(home.path(), Permissions::from_mode(0o750)).unwrap();
    std::fs::copy(env!("CARGO_BIN_EXE_signalbox"), home.file("program")).unwrap();
    home
}

/// Types a line in a console as another user, of the bot's group or of none that the machine knows.
async fn types(home: &Home, uid: u32, in_group: bool, line: &str) -> Said {
    let ours = std::fs::metadata("/proc/self").unwrap();
    let gid = if in_group { ours.gid() } else { uid };
    let mut command = Command::new(if ours.uid() == 0 { "setpriv" } else { "sudo" });
    if ours.uid() != 0 {
        command.args(["-n", "setpriv"]);
    }
    command.args(["--reuid", &uid.to_string(), "--regid", &gid.to_string(), "--clear-groups"]);
    command.arg(home.file("program"));
    said(home.given(command, &["console"]), &format!("{line}\n")).await
}

/// bob approves until it has come to this.
async fn approved_until(home: &Home, id: &str, state: &str) {
    let as_bob = async |line: String| {
        let said = types(home, BOB, true, &line).await;
        said.out + &said.err
    };
    home.approved_until((id, state), as_bob).await;
}

#[tokio::test]
async fn two_people_of_the_bots_group_ask_and_approve() {
    let home = for_its_group();
    let mut bot = home.bot().await;
    let id = operation_in(&home.asks("/reset-offset group:nightly-report to:earliest reason:test").await);
    approved_until(&home, &id, "Succeeded").await;
    bot.kill().await.unwrap();
}

/// What an owner was not told stands still, until another person than who asked lets it go on.
#[tokio::test]
async fn without_discord_a_third_person_lets_go_on_what_owners_were_not_told() {
    let home = cut_off();
    let mut bot = home.bot().await;
    let id = operation_in(&home.asks("/reset-offset group:nightly-report to:earliest reason:test").await);
    approved_until(&home, &id, "Paused").await;
    let status = home.asks(&format!("/status operation:{id}")).await;
    assert!(status.contains("could not be told in time"), "{status}");
    let resume = format!("/resume operation:{id} reason:\"dora was called\"");
    let own = home.runs(&["console"], &format!("{resume}\n")).await;
    assert!(own.out.contains("another person"), "{} {}", own.out, own.err);
    let other = types(&home, OLGA, true, &resume).await;
    assert!(other.out.contains("goes on"), "{} {}", other.out, other.err);
    let began = Instant::now();
    while !home.asks(&format!("/status operation:{id}")).await.contains("Succeeded") {
        assert!(began.elapsed() < SOON, "it does not go on");
    }
    bot.kill().await.unwrap();
}

#[tokio::test]
async fn who_is_of_the_group_and_has_no_role_sees_nothing_and_others_cannot_come_in() {
    let home = for_its_group();
    let mut bot = home.bot().await;
    let id = operation_in(&home.asks("/reset-offset group:nightly-report to:earliest reason:test").await);
    let status = format!("/status operation:{id}");
    let eve = types(&home, EVE, true, &status).await;
    assert!(eve.out.contains("no role") && !eve.out.contains("nightly"), "{}", eve.out);
    let outside = types(&home, BOB, false, &status).await;
    assert!(!outside.status.success() && !outside.out.contains("nightly"), "{} {}", outside.out, outside.err);
    bot.kill().await.unwrap();
}
