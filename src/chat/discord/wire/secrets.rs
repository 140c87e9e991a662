//! Tokens are in no log.

use super::bot::bot;
use crate::chat::discord::may_be_logged;
use std::fmt::{Debug, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};

/// Everything that would be written, with the filter and without it.
#[derive(Clone, Default)]
struct Log {
    kept: Arc<Mutex<String>>,
    all: Arc<Mutex<String>>,
    spans: Arc<AtomicU64>,
}

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

impl Log {
    fn write(&self, metadata: &Metadata<'_>, record: impl Fn(&mut dyn Visit)) {
        let mut line = metadata.target().to_owned();
        record(&mut Fields(&mut line));
        line.push('\n');
        self.all.lock().unwrap().push_str(&line);
        if may_be_logged(metadata) {
            self.kept.lock().unwrap().push_str(&line);
        }
    }
}

impl Subscriber for Log {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.write(span.metadata(), |visitor| span.record(visitor));
        Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.write(event.metadata(), |visitor| event.record(visitor));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// One thread, so that everything is logged where the test sees it, at every level.
#[test]
fn neither_the_bots_token_nor_an_interactions_is_ever_logged() {
    let log = Log::default();
    // With a single subscriber alive, a call site that another test's thread comes to first is taken for one that nobody wants.
    let _second = tracing::Dispatch::new(Log::default());
    let _guard = tracing::subscriber::set_default(log.clone());
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
    let (kept, all) = (log.kept.lock().unwrap().clone(), log.all.lock().unwrap().clone());
    assert!(kept.contains("commands registered"), "{kept}");
    for secret in [&bot_token, &readable, &unreadable] {
        assert!(!kept.contains(secret.as_str()), "{secret} is in the log");
    }
    for secret in [&readable, &unreadable] {
        assert!(all.contains(secret.as_str()), "without the filter {secret} would be there: this test can fail");
    }
}
