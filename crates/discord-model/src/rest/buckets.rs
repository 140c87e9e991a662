//! Rate-limit buckets: fixed windows, one per method, route and channel, and one over all routes.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::answer::Answer;
use super::call::Call;
use super::endpoints::Auth;
use crate::limits;
use crate::options::RateLimits;

/// Headers that tell a client where it stands.
type Headers = Vec<(&'static str, String)>;

#[derive(Debug)]
struct Window {
    ends: Instant,
    used: u32,
}

/// All buckets.
#[derive(Debug)]
pub(crate) struct Buckets {
    limits: RateLimits,
    windows: HashMap<String, Window>,
}

impl Buckets {
    pub(crate) fn new(limits: RateLimits) -> Self {
        Self { limits, windows: HashMap::new() }
    }

    /// Whether a request that is refused here is held against the bot.
    pub(crate) fn is_strict(&self) -> bool {
        self.limits == RateLimits::Strict
    }

    /// Counts a request: the headers of its answer, or the 429.
    pub(crate) fn pass(&mut self, call: &Call) -> Result<Headers, Box<Answer>> {
        let interaction = call.endpoint.is_some_and(|e| e.auth == Auth::Path);
        if self.limits == RateLimits::Off || interaction {
            return Ok(Vec::new());
        }
        let now = Instant::now();
        self.take("global".to_owned(), limits::GLOBAL_BUCKET, now)
            .map_err(|wait| Box::new(Answer::too_many(wait, "global")))?;
        let (name, limit) = bucket(call);
        let key = format!("{name}:{}", call.parameter("channel_id"));
        match self.take(key, limit, now) {
            Ok((left, reset)) => Ok(headers(&name, limit.0, left, reset)),
            Err(wait) => {
                let headers = headers(&name, limit.0, 0, wait);
                Err(Box::new(Answer::too_many(wait, "user").with_headers(&headers)))
            }
        }
    }

    /// Uses a bucket once: what is left and when it is full again, or how long to wait.
    fn take(&mut self, key: String, limit: (u32, Duration), now: Instant) -> Result<(u32, Duration), Duration> {
        let (most, length) = limit;
        let window = self.windows.entry(key).or_insert(Window { ends: now + length, used: 0 });
        if window.ends <= now {
            *window = Window { ends: now + length, used: 0 };
        }
        let wait = window.ends - now;
        if window.used >= most {
            return Err(wait);
        }
        window.used += 1;
        Ok((most - window.used, wait))
    }
}

fn bucket(call: &Call) -> (String, (u32, Duration)) {
    let template = call.template();
    let limit = match call.method.as_str() {
        "PUT" | "DELETE" if template.contains("/reactions/") => limits::REACTION_BUCKET,
        "POST" | "PATCH" if template.contains("/messages") => limits::MESSAGE_BUCKET,
        _ => limits::OTHER_BUCKET,
    };
    (format!("{}{template}", call.method), limit)
}

fn headers(name: &str, limit: u32, left: u32, reset: Duration) -> Headers {
    let epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    // Discord names a bucket by an opaque hash.
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    vec![
        ("x-ratelimit-limit", limit.to_string()),
        ("x-ratelimit-remaining", left.to_string()),
        ("x-ratelimit-reset", format!("{:.3}", (epoch + reset).as_secs_f64())),
        ("x-ratelimit-reset-after", format!("{:.3}", reset.as_secs_f64())),
        ("x-ratelimit-bucket", format!("{hash:016x}")),
    ]
}
