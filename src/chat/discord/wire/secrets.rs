//! Tokens are in no log.

use super::bot::bot;
use crate::chat::discord::may_be_logged;
use std::io;
use std::sync::{Arc, Mutex};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

/// One thread, so that everything is logged where the test sees it, at every level.
#[test]
fn neither_the_bots_token_nor_an_interactions_is_ever_logged() {
    let (filtered, unfiltered) = (Log::default(), Log::default());
    let kept = tracing_subscriber::fmt::layer().json().with_writer(filtered.clone());
    let all = tracing_subscriber::fmt::layer().json().with_writer(unfiltered.clone());
    let subscriber = tracing_subscriber::registry().with(kept.with_filter(filter_fn(may_be_logged))).with(all);
    let _guard = tracing::subscriber::set_default(subscriber);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (bot_token, readable, unreadable) = runtime.block_on(async {
        let bot = bot().await;
        let alice = bot.model.user("alice");
        let readable = alice.runs(&bot.ops, "/whoami").await;
        readable.message().read();
        bot.model.gateway().alters("INTERACTION_CREATE", |data| {
            data.as_object_mut().unwrap().remove("attachment_size_limit");
        });
        let unreadable = alice.runs(&bot.ops, "/whoami").await;
        unreadable.message().read();
        let token = bot.model.bot_token();
        bot.running.shutdown().await;
        (token, readable.asked().token(), unreadable.asked().token())
    });
    let (kept, all) = (filtered.text(), unfiltered.text());
    assert!(kept.contains("connected to the gateway"), "{kept}");
    for secret in [&bot_token, &readable, &unreadable] {
        assert!(!kept.contains(secret.as_str()), "{secret} is in the log");
    }
    assert!(all.contains(&unreadable), "without the filter it would be there: this test can fail");
}
