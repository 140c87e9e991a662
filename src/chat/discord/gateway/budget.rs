//! How many times we may still identify today: at 1,000 within 24 hours Discord resets the bot's token.

use super::super::http::Failed;
use super::super::limiter::Route;
use super::super::{Discord, settings};
use interlock::time::Millis;
use serde::{Deserialize, Serialize};
use std::time::Duration;

const KEY: &str = "discord.identifies";
/// Below this many the rest is spread over the time that is left.
const AMPLE: u64 = 250;
/// These are kept for people.
const KEPT: u64 = 5;
const DAY: Duration = Duration::from_secs(86_400);

/// What is left of the day's identifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Budget {
    left: u64,
    resets_at: Millis,
}

/// Where the gateway is, and how often it may still be entered.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) url: String,
    pub(super) budget: Budget,
}

impl Budget {
    /// The least time between two connections, each of which may be an identify.
    pub(super) fn pace(&self, now: Millis) -> Duration {
        let rest = self.resets_at.since(now);
        if self.left > AMPLE || rest.is_zero() {
            return Duration::ZERO;
        }
        if self.left <= KEPT {
            return rest;
        }
        let parts = u32::try_from(self.left).unwrap_or(1);
        rest / parts
    }

    /// After one more connection.
    pub(super) const fn spent(self) -> Self {
        Self { left: self.left.saturating_sub(1), ..self }
    }
}

impl Discord {
    /// Asks where the gateway is and what is left of the budget; keeps it. An answer without a budget is taken with the
    /// one kept before.
    pub(super) async fn way(&self) -> Result<Way, Failed> {
        let answer = self.get("/gateway/bot".to_owned(), Route { template: "GET /gateway/bot", about: 0 }).await?;
        let unreadable = |why: String| Failed::Unknown(format!("the gateway's address {why}"));
        let url = answer["url"].as_str().ok_or_else(|| unreadable("is missing".to_owned()))?;
        let url = settings::gateway(url).map_err(|error| unreadable(error.to_string()))?;
        let limit = &answer["session_start_limit"];
        let told = limit["remaining"].as_u64().zip(limit["reset_after"].as_u64());
        let budget = match told {
            Some((left, after)) => {
                let after = Duration::from_millis(after).min(DAY);
                Budget { left, resets_at: self.clock.now().plus(after) }
            }
            None => self.kept_budget().await.spent(),
        };
        self.keep_budget(budget).await;
        Ok(Way { url, budget })
    }

    async fn kept_budget(&self) -> Budget {
        let kept = self.meta.get(KEY).await.ok().flatten();
        let budget = kept.and_then(|text| serde_json::from_str::<Budget>(&text).ok());
        budget.unwrap_or(Budget { left: AMPLE, resets_at: self.clock.now().plus(DAY) })
    }

    async fn keep_budget(&self, budget: Budget) {
        let Ok(text) = serde_json::to_string(&budget) else { return };
        if let Err(error) = self.meta.put(KEY, &text).await {
            tracing::warn!(%error, "the budget of identifies cannot be kept");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_rest_is_spread_over_the_day() {
        let now = Millis(1_000_000);
        let hour = Duration::from_secs(3_600);
        let budget = |left: u64| Budget { left, resets_at: now.plus(hour) };
        assert_eq!(budget(1_000).pace(now), Duration::ZERO);
        assert_eq!(budget(100).pace(now), Duration::from_secs(36));
        assert_eq!(budget(KEPT).pace(now), hour);
        assert_eq!(budget(0).pace(now), hour);
        assert_eq!(budget(0).pace(now.plus(hour)), Duration::ZERO, "the day is over");
        assert_eq!(budget(1).spent().left, 0);
        assert_eq!(budget(0).spent().left, 0);
    }
}
