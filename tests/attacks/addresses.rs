//! Addresses that lead elsewhere: the token and what is said go nowhere unencrypted but to this machine.

use signalbox::bot;
use signalbox::config::DiscordSettings;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use story::discord_house::{DiscordStory, SOON, wait_until};
use tokio::net::TcpListener;

const GATEWAY: &str = "/gateway/bot";

fn settings(story: &DiscordStory, api_base: String) -> DiscordSettings {
    DiscordSettings {
        token: story.discord.bot_token().into(),
        application: story.discord.application_id().get(),
        guilds: [story.discord.guild().id().get()].into(),
        operators_channel: None,
        audit_channel: None,
        api_base: Some(api_base),
    }
}

/// Somebody who listens on every address of this machine, and counts who comes.
async fn somebody() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let (port, came) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
    let counts = Arc::clone(&came);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counts.fetch_add(1, Ordering::SeqCst);
        }
    });
    (port, came)
}

/// 33: the address of the gateway comes from Discord, and is not believed where it is open and elsewhere. `0.0.0.0` is no loopback
/// address, and leads here.
#[tokio::test]
async fn a_gateway_that_is_said_to_be_elsewhere_is_not_entered() {
    let story = DiscordStory::begin().await;
    let (port, came) = somebody().await;
    let asked = || story.discord.requests().iter().filter(|one| one.is("GET", GATEWAY)).count();
    for (address, is_entered) in [
        (format!("ws://0.0.0.0:{port}/ws"), false),
        (format!("http://127.0.0.1:{port}/ws"), false),
        (format!("ws://127.0.0.1.elsewhere.example:{port}/ws"), false),
        ("nowhere".to_owned(), false),
        // Whoever is on this machine may be anybody's proxy: there the bot goes.
        (format!("ws://127.0.0.1:{port}/ws"), true),
    ] {
        story.discord.gateway().is_told_to_be_at(Some(&address));
        let (before, came_before) = (asked(), came.load(Ordering::SeqCst));
        let chat = bot::chat(&settings(&story, story.discord.base_url()), story.house()).unwrap();
        let running = chat.open(story.house().door()).unwrap();
        if is_entered {
            wait_until("somebody is reached", || came.load(Ordering::SeqCst) > came_before).await;
        } else {
            wait_until("it asks again", || asked() > before + 1).await;
            assert_eq!(came.load(Ordering::SeqCst), came_before, "{address}");
            assert!(!running.standing().borrow().is_up(), "{address}");
        }
        running.shutdown().await;
    }
    story.discord.gateway().is_told_to_be_at(None);
    assert!(story.user("vic").runs(&story.ops, "/whoami").await.text().contains("vic"));
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// 33: the address of the API stands in the settings; one that is open and elsewhere starts nothing.
#[tokio::test]
async fn an_api_that_is_elsewhere_and_open_is_not_asked() {
    let story = DiscordStory::begin().await;
    let (port, came) = somebody().await;
    for base in [
        format!("http://0.0.0.0:{port}"),
        format!("http://127.0.0.1.elsewhere.example:{port}"),
        format!("ws://127.0.0.1:{port}"),
        format!("http://discord.com@127.0.0.1:{port}"),
    ] {
        let refused = bot::chat(&settings(&story, base.clone()), story.house());
        assert!(refused.is_err(), "{base}");
    }
    assert_eq!(came.load(Ordering::SeqCst), 0);
    let here = bot::chat(&settings(&story, format!("http://127.0.0.1:{port}")), story.house()).unwrap();
    let running = here.open(story.house().door()).unwrap();
    let reached = tokio::time::timeout(SOON, async {
        while came.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
    });
    reached.await.unwrap();
    running.shutdown().await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}
