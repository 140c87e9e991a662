//! When a story may look: everything is told and drawn, cards were read anew, nothing is on its way, and all of it was read.

use super::{DiscordStory, SOON};
use crate::answered::answered;
use discord_model::{Message, Request};
use engine::port::Clock;
use signalbox::desk::STOP;
use signalbox::store::{DirtyCard, MessageRole};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

/// Longer than the bot takes between two requests of one look, and less than half of a round.
const QUIET: Duration = Duration::from_secs(1);
/// What is due so much later was put off: not only tried again, and not being sent, which takes it for longer.
const PUT_OFF: RangeInclusive<Duration> = Duration::from_secs(3)..=Duration::from_secs(15);
/// A card that is not drawn after so long waits for more than its turn.
const DRAWN_AT_ONCE: Duration = Duration::from_secs(2);
/// Longer than the bot waits with an old card that was edited too often.
const OVEREDITED: Duration = Duration::from_secs(301);
const MESSAGE: &str = "/channels/{channel_id}/messages/{message_id}";

impl DiscordStory {
    /// Waits until everything that is to be told was told, and every card shows what is known. Time goes on for what is put
    /// off.
    ///
    /// # Panics
    /// If that does not happen in time.
    pub async fn all_is_told(&self) {
        let began = Instant::now();
        let mut passed = began;
        loop {
            let store = &self.house().rooms().store;
            let waiting = answered(async || store.next_due().await).await;
            let dirty = answered(async || store.dirty_cards(1).await).await;
            if waiting.is_none() && dirty.is_empty() {
                return;
            }
            let ahead = waiting.map_or(Duration::ZERO, |at| at.since(self.ground.clock.now()));
            if PUT_OFF.contains(&ahead) {
                self.time_passes(ahead);
            }
            // More than once for one refusal: time may have passed between Discord's answer and the bot's reading of it.
            if passed.elapsed() > DRAWN_AT_ONCE && self.edit_is_refused(dirty.first()).await {
                passed = Instant::now();
                self.time_passes(OVEREDITED);
            }
            assert!(began.elapsed() < SOON, "still to be told: {waiting:?}, to be drawn: {dirty:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Whether the last edit of a card was told to come later, as Discord does with an old one that was edited often.
    async fn edit_is_refused(&self, dirty: Option<&DirtyCard>) -> bool {
        let Some(DirtyCard { operation, .. }) = dirty else { return false };
        let messages = answered(async || self.house().rooms().store.messages(operation).await).await;
        let Some(card) = messages.iter().rfind(|one| one.message.role == MessageRole::Card) else { return false };
        let card = card.message.message.to_string();
        let requests = self.discord.requests();
        let of_card = |one: &&Request| one.is("PATCH", MESSAGE) && one.parameters.get("message_id") == Some(&card);
        requests.iter().rfind(of_card).is_some_and(|one| one.status == Some(429))
    }

    /// Time goes on until open cards are read anew, and that has happened.
    ///
    /// # Panics
    /// If it does not happen.
    pub async fn cards_are_read_anew(&self) {
        // One look may be that of an edit, beside the rounds. When one more round has begun, the one before it has ended.
        let before = self.looks_at_cards();
        let most_looks = || {
            let all = self.looks_at_cards();
            all.iter().map(|(card, looks)| looks - before.get(card).unwrap_or(&0)).max().unwrap_or(0)
        };
        for _ in 0..3 {
            let looks = most_looks();
            self.time_passes(Duration::from_secs(61));
            let began = Instant::now();
            while most_looks() == looks && self.some_card_lives().await {
                assert!(began.elapsed() < SOON, "no card is read anew; the last were {}", self.last_requests());
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }

    fn last_requests(&self) -> String {
        let requests = self.discord.requests();
        let said = |one: &Request| format!("{} {} {:?} {:?}", one.method, one.template, one.parameters, one.status);
        requests[requests.len().saturating_sub(12)..].iter().map(said).collect::<Vec<_>>().join("\n")
    }

    /// What has ended meanwhile is read no more.
    async fn some_card_lives(&self) -> bool {
        let store = &self.house().rooms().store;
        !answered(async || store.live_cards(1).await).await.is_empty()
    }

    /// Waits until every request is answered, and none comes for a while.
    ///
    /// # Panics
    /// If that does not happen in time.
    pub async fn is_quiet(&self) {
        let (began, mut since, mut seen) = (Instant::now(), Instant::now(), 0);
        while since.elapsed() < QUIET {
            assert!(began.elapsed() < SOON, "requests never end");
            let requests = self.discord.requests();
            if requests.len() != seen || requests.iter().any(|one| one.status.is_none()) {
                (since, seen) = (Instant::now(), requests.len());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// How many looks at each card have begun. Each reads what it says while votes are taken, and who is under its 🛑 while it is
    /// under way.
    fn looks_at_cards(&self) -> BTreeMap<Option<String>, usize> {
        let list = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}";
        let mut looks = BTreeMap::new();
        for one in self.discord.requests() {
            let stops = one.is("GET", list) && one.parameters.get("emoji_name").is_some_and(|emoji| emoji == STOP);
            let begins = stops && one.query.get("type").is_some_and(|kind| kind == "0");
            if begins || one.is("GET", MESSAGE) {
                *looks.entry(one.parameters.get("message_id").cloned()).or_default() += 1;
            }
        }
        looks
    }

    /// Looks at every message that everybody can see, as whoever wants to know, and at the direct ones.
    ///
    /// # Panics
    /// If somebody was told alone of one plan twice.
    pub async fn everything_is_read(&self) {
        self.direct_messages_are_read().await;
        for message in self.ops.bot_messages() {
            message.read();
            if let Some(thread) = message.thread() {
                thread.bot_messages().iter().for_each(Message::read);
            }
        }
    }

    /// Looks at what each person was told alone, once everything is told: of each plan once at most.
    ///
    /// # Panics
    /// If somebody was told of one plan twice.
    pub async fn direct_messages_are_read(&self) {
        self.all_is_told().await;
        for direct in self.discord.direct_messages() {
            let told: Vec<String> = direct.bot_messages().iter().map(|message| message.look().text).collect();
            let plans: BTreeSet<Option<String>> = told.iter().map(|text| plan_in(text)).collect();
            assert_eq!(plans.len(), told.len(), "somebody was told of one plan twice: {told:#?}");
        }
    }
}

/// The plan that a message names: its digest in short is three words of four hex digits.
fn plan_in(text: &str) -> Option<String> {
    let bare = |word: &str| word.trim_matches(|one: char| !one.is_ascii_alphanumeric()).to_owned();
    let words: Vec<String> = text.split_whitespace().map(bare).collect();
    let is_hex = |word: &String| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    words.windows(3).find(|three| three.iter().all(is_hex)).map(|three| three.join(" "))
}
