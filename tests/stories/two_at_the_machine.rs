//! Discord is down, and a plan needs two people: both join the bot by its socket, each as who they are.

use super::command_line::{Home, SOON, Said, digest_in, operation_in, said};
use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::time::Instant;
use tokio::process::Command;

/// Users that nothing on the machine belongs to.
const BOB: u32 = 64_321;
const EVE: u32 = 64_322;
const CLUSTER: &str = r#"
[[cluster]]
name = "orders-kafka"
kind = "kafka"
tier = "production"
simulated = true
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
    let home = Home::new(CLUSTER);
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

#[tokio::test]
async fn two_people_of_the_bots_group_ask_and_approve() {
    let home = for_its_group();
    let mut bot = home.bot().await;
    let id = operation_in(&home.asks("/reset-offset group:nightly-report to:earliest reason:test").await);
    let status = format!("/status operation:{id}");
    let began = Instant::now();
    while !home.asks(&status).await.contains("Succeeded") {
        let asked = types(&home, BOB, true, &format!("/approve operation:{id}")).await;
        if let Some(digest) = digest_in(&asked.out) {
            types(&home, BOB, true, &format!("/approve operation:{id} digest:{digest}")).await;
        }
        assert!(began.elapsed() < SOON, "it never succeeds: {} {}", asked.out, asked.err);
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
