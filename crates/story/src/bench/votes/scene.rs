//! The cards, their voters, and the reconnect.

use crate::discord_house::{CLUSTER, DiscordStory, GROUP, TOPIC, operation_in};
use anyhow::{Context, Result, bail, ensure};
use discord_model::{Asked, Id, Message, RateLimits, Request, Seen};
use engine::Operation;
use interlock::id::OperationId;
use signalbox::store::{MessageOf, MessageRole, Store};
use std::time::{Duration, Instant};

/// How many plans are asked for at a time.
const AT_ONCE: usize = 8;
/// How long the cards may take to be posted, and to be read anew.
const PATIENCE: Duration = Duration::from_secs(1_800);
/// Between two looks into the store.
const LOOK: Duration = Duration::from_millis(100);
/// What Discord gives of messages, and of people under an emoji, in one answer.
const PAGE: usize = 100;

const CARD: &str = "/channels/{channel_id}/messages/{message_id}";
const LIST: &str = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}";
const MEMBER: &str = "/guilds/{guild_id}/members/{user_id}";

/// How much there is to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    /// Open cards.
    pub(super) cards: usize,
    /// People who approve each of them; none of them has a right to.
    pub(super) reactors: usize,
}

/// Cards with votes that the bot was never told of.
pub(super) struct Scene {
    story: DiscordStory,
    size: Size,
    cards: Vec<(Operation, Message)>,
}

/// What it took to read them.
#[derive(Debug)]
pub(super) struct Reread {
    pub(super) took: Duration,
    pub(super) messages: usize,
    pub(super) lists: usize,
    pub(super) people: usize,
    pub(super) others: usize,
    /// Edits of cards that now show their votes.
    pub(super) drawn: usize,
}

impl Reread {
    /// All requests but the edits.
    pub(super) const fn asked(&self) -> usize {
        self.messages + self.lists + self.people + self.others
    }
}

impl Scene {
    /// The cards are posted. Then the gateway is gone, and everybody votes.
    pub(super) async fn set_up(size: Size) -> Result<Self> {
        let story = DiscordStory::begin_usual(|_, times, _| times.open_plans = size.cards).await;
        let ids = post(&story, size.cards).await?;
        let store = &story.house().rooms().store;
        is_told(store).await?;
        let mut cards = Vec::new();
        let messages = story.ops.bot_messages();
        for id in ids {
            let wanted = card_of(store, &id).await?;
            let found = messages.iter().find(|one| one.id() == wanted).context("a card is not in its channel")?;
            cards.push((story.operation(&id).await, found.clone()));
        }
        let people: Vec<Id> = (0..size.reactors).map(|number| story.user(&format!("voter-{number}")).id()).collect();
        let gateway = story.discord.gateway();
        gateway.goes_down();
        gateway.is(|sessions| sessions.iter().all(|one| !one.connected), PATIENCE).await;
        cards.iter().for_each(|(_, card)| card.has_reactors("✅", &people));
        Ok(Self { story, size, cards })
    }

    /// The least that has to be asked: a page of messages tells of each card on it what it says and which lists have anybody but
    /// the bot in them; each of those lists is read by its pages; each person is looked up once.
    pub(super) fn least_requests(&self) -> usize {
        let bot = self.story.discord.bot_id();
        let lists = self.cards.iter().map(|(_, card)| pages(&card.peek(), bot)).sum::<usize>();
        self.cards.len().div_ceil(PAGE) + lists + self.size.reactors
    }

    /// The gateway is back, every request counts, and all votes on all cards are read.
    pub(super) async fn is_read_anew(&self) -> Result<Reread> {
        let discord = &self.story.discord;
        discord.counts_requests(RateLimits::Strict);
        discord.gateway().comes_back();
        discord.gateway().is(|sessions| sessions.iter().any(|one| one.connected), PATIENCE).await;
        let (began, before) = (Instant::now(), discord.requests().len());
        let store = &self.story.house().rooms().store;
        for (operation, _) in &self.cards {
            self.is_counted(store, operation, began).await?;
        }
        let took = began.elapsed();
        let asked = discord.requests().split_off(before);
        if let Some(refused) = asked.iter().find(|one| one.status == Some(429)) {
            bail!("{} {} was refused by its bucket", refused.method, refused.template);
        }
        Ok(tallied(took, &asked))
    }

    async fn is_counted(&self, store: &Store, operation: &Operation, began: Instant) -> Result<()> {
        loop {
            let votes = store.votes(&operation.id, operation.digest).await?;
            if votes.len() == self.size.reactors {
                return Ok(());
            }
            ensure!(began.elapsed() < PATIENCE, "{} has {} votes after {PATIENCE:?}", operation.id, votes.len());
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Discord holds nothing against the bot.
    pub(super) fn ends(&self) -> Result<()> {
        match self.story.discord.violations().first() {
            None => Ok(()),
            Some(violation) => bail!("{violation}"),
        }
    }
}

/// alice asks for as many plans; what they are called.
async fn post(story: &DiscordStory, count: usize) -> Result<Vec<OperationId>> {
    let alice = story.user("alice");
    let line = format!("/reset-offset cluster:{CLUSTER} group:{GROUP} topic:{TOPIC} to:earliest");
    let mut ids = Vec::new();
    while ids.len() < count {
        let asked: Vec<Asked> = (ids.len()..count).take(AT_ONCE).map(|_| alice.starts(&story.ops, &line)).collect();
        for one in asked {
            let said = one.answer().await?.text();
            ensure!(said.contains("is posted"), "no plan was posted: {said}");
            ids.push(operation_in(&said));
        }
    }
    Ok(ids)
}

/// Waits until every card is posted, has its reactions and its thread.
async fn is_told(store: &Store) -> Result<()> {
    let began = Instant::now();
    while store.next_due().await?.is_some() {
        ensure!(began.elapsed() < PATIENCE, "the cards are not posted within {PATIENCE:?}");
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

async fn card_of(store: &Store, id: &OperationId) -> Result<Id> {
    let messages = store.messages(id).await?;
    let is_card = |one: &&MessageOf| one.message.role == MessageRole::Card;
    let card = messages.iter().find(is_card).with_context(|| format!("{id} has no card"))?;
    Ok(Id::new(card.message.message))
}

/// The pages of the lists that have anybody but the bot in them.
fn pages(card: &Seen, bot: Id) -> usize {
    let lists = card.reactions.iter().flat_map(|one| [&one.normal, &one.burst]);
    lists.filter(|list| list.iter().any(|id| *id != bot)).map(|list| list.len().div_ceil(PAGE)).sum()
}

fn tallied(took: Duration, asked: &[Request]) -> Reread {
    let count = |method: &str, template: &str| asked.iter().filter(|one| one.is(method, template)).count();
    let (messages, lists, people) = (count("GET", CARD), count("GET", LIST), count("GET", MEMBER));
    let drawn = count("PATCH", CARD);
    Reread { took, messages, lists, people, others: asked.len() - messages - lists - people - drawn, drawn }
}
