//! 12: secrets are in no error, no log, no message and no plan.

use discord_model::{Fault, On};
use interlock::approval::State;
use signalbox::chat::discord::may_be_logged;
use signalbox::store::audit::{AuditFilter, AuditPage};
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use story::discord_house::{DiscordStory, reset};
use tracing::Level;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::prelude::*;

/// Whether this test is still at work: its subscriber stays for the whole process.
static LOGS: AtomicBool = AtomicBool::new(true);

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

/// A story in which requests with tokens in their addresses fail. Gives the secrets, and all that anybody can read.
async fn told() -> (Vec<String>, Vec<String>) {
    let story = DiscordStory::begin().await;
    let alice = story.user("alice");
    let callback = "/interactions/{interaction_id}/{interaction_token}/callback";
    let original = "/webhooks/{webhook_id}/{webhook_token}/messages/@original";
    let mut secrets = vec![story.discord.bot_token()];
    for (on, fault) in [
        (On::path("POST", callback), Fault::Unreachable),
        (On::path("POST", callback), Fault::Status(500)),
        (On::path("PATCH", original), Fault::Unreachable),
        (On::path("PATCH", original), Fault::Status(404)),
    ] {
        story.discord.fails_once(on, fault);
        let asked = alice.starts(&story.ops, "/whoami");
        secrets.push(asked.token());
        // Whether it is answered all the same is another test's.
        let _ = tokio::time::timeout(std::time::Duration::from_secs(4), asked.answer()).await;
    }
    // A frame that serenity cannot read, and warns about with its whole text.
    story.discord.gateway().alters("INTERACTION_CREATE", |data| {
        data.as_object_mut().unwrap().remove("attachment_size_limit");
    });
    secrets.push(alice.runs(&story.ops, "/whoami").await.asked().token());
    story.discord.gateway().alters_nothing();
    let answer = alice.runs(&story.ops, &reset("earliest")).await;
    secrets.push(answer.asked().token());
    let id = story::discord_house::operation_in(&answer.text());
    let card = story.card(&id, 1).await;
    story.reacts("bob", &card, "✅").await;
    story.becomes(&id, State::Succeeded).await;
    story.all_is_told().await;
    let mut readable = vec![story.plan(&id).await.bytes().to_owned(), format!("{:?}", story.operation(&id).await)];
    for message in story.ops.bot_messages() {
        let seen = message.look();
        readable.push(seen.text);
        readable.extend(seen.files.iter().map(discord_model::File::text));
        let thread = message.thread().map(|thread| thread.bot_messages()).unwrap_or_default();
        readable.extend(thread.iter().map(discord_model::Message::text));
    }
    let (filter, page) = (AuditFilter::default(), AuditPage { before: None, limit: 200 });
    let audit = story.house().rooms().store.audit_search(&filter, page).await.unwrap();
    readable.push(format!("{audit:?}"));
    (secrets, readable)
}

#[test]
fn tokens_are_in_no_log_no_message_and_no_plan() {
    let (kept, all) = (Log::default(), Log::default());
    let written = tracing_subscriber::fmt::layer().json().with_writer(kept.clone());
    let everything = tracing_subscriber::fmt::layer().json().with_writer(all.clone());
    let is_on = || LOGS.load(Ordering::Relaxed);
    let in_production =
        filter_fn(move |metadata| is_on() && *metadata.level() <= Level::DEBUG && may_be_logged(metadata));
    let subscriber = tracing_subscriber::registry()
        .with(written.with_filter(in_production))
        .with(everything.with_filter(filter_fn(move |metadata| is_on() && metadata.target().starts_with("serenity"))));
    // With one subscriber only, a thread that had begun without any decides for all whether a line is logged that it is
    // the first to come to (tracing-core, callsite.rs, `Rebuilder::JustOne`); the houses of other tests run beside.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    // For the whole process: what is logged for one thread only is lost when other threads log the same first.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (secrets, readable) = runtime.block_on(told());
    // The tests that come after it do not pay for it.
    LOGS.store(false, Ordering::Relaxed);
    tracing::callsite::rebuild_interest_cache();
    let (kept, all) = (kept.text(), all.text());
    assert!(kept.contains("connected to the gateway"), "it is logged at all");
    for secret in &secrets {
        assert!(secret.len() > 8 && !kept.contains(secret.as_str()), "a token is in the log");
        assert!(readable.iter().all(|text| !text.contains(secret.as_str())), "a token can be read");
    }
    assert!(
        secrets.iter().any(|secret| all.contains(secret.as_str())),
        "without the filter they would be: this can fail"
    );
}
