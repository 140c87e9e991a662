//! What a newcomer reads first.

use super::card::{Block, Card, Line, Span, Tone};
use super::locale::{Args, Locale};

/// What to try first in the demo, in this order.
const TRY: [&str; 8] = [
    "/clusters",
    "/lag cluster:orders-kafka group:nightly-report",
    "/health cluster:shop-rocketmq",
    "/who cluster:shop-rocketmq group:warehouse",
    "/reset-offset cluster:orders-kafka group:billing to:-1h",
    "/reset-offset cluster:orders-kafka group:nightly-report to:earliest",
    "/scale-out cluster:orders-kafka brokers:4 topics:products,refunds throttle:20MiB",
    "/help",
];

/// The first card of the demo: what this is, who can be played, what to try.
#[must_use]
pub fn demo_opening(locale: Locale) -> Card {
    let mut body = vec![Block::Line(locale.say("demo-try", &Args::new()))];
    body.extend(TRY.iter().map(|line| Block::Line(Line(vec![Span::Code((*line).to_owned())]))));
    body.push(Block::Line(locale.say("demo-vote", &Args::new().code("switch", "\\as bob"))));
    Card {
        headline: vec![locale.say("demo-what", &Args::new()), locale.say("demo-gone", &Args::new())],
        tone: Tone::Neutral,
        body,
        ..Card::default()
    }
}
