//! What the adapter is started with.

use engine::port::{Boxed, Clock};
use interlock::command::Catalogue;
use interlock::id::PersonId;
use interlock::principal::Account;
use reqwest::Url;
use secrecy::SecretString;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// Who is behind an account.
pub trait Persons: Send + Sync {
    /// The person; an account that is in no table is a person of its own.
    fn person(&self, account: Account) -> PersonId;
}

impl<F: Fn(Account) -> PersonId + Send + Sync> Persons for F {
    fn person(&self, account: Account) -> PersonId {
        self(account)
    }
}

/// A few small facts that outlive the process.
pub trait Meta: Send + Sync {
    /// The value of a key.
    ///
    /// # Errors
    /// What the store said.
    fn get<'a>(&'a self, key: &'a str) -> Boxed<'a, Result<Option<String>, String>>;

    /// Sets the value of a key.
    ///
    /// # Errors
    /// What the store said.
    fn put<'a>(&'a self, key: &'a str, value: &'a str) -> Boxed<'a, Result<(), String>>;
}

/// What the adapter is made with.
pub struct Settings {
    /// The bot's token.
    pub token: SecretString,
    /// The application's id.
    pub application: u64,
    /// The guilds that are served.
    pub guilds: BTreeSet<u64>,
    /// Where Discord is; none for Discord itself. https, or http on a loopback address.
    pub api_base: Option<String>,
    /// The commands to be registered in each guild.
    pub catalogue: Catalogue,
    /// Who is behind an account.
    pub persons: Arc<dyn Persons>,
    /// What outlives the process.
    pub meta: Arc<dyn Meta>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("application", &self.application)
            .field("guilds", &self.guilds)
            .field("api_base", &self.api_base)
            .finish_non_exhaustive()
    }
}

/// Where Discord is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Base {
    origin: String,
    is_discord: bool,
}

/// Why an address is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongAddress {
    /// It is no address.
    #[error("is no address")]
    Unreadable,
    /// It is neither encrypted nor on this machine.
    #[error("must be https, or http on a loopback address")]
    Open,
    /// There is more to it than scheme, host, port and path.
    #[error("must have no more than scheme, host, port and path")]
    More,
}

impl Base {
    pub(super) fn new(address: Option<&str>) -> Result<Self, WrongAddress> {
        let Some(address) = address else {
            return Ok(Self { origin: "https://discord.com".to_owned(), is_discord: true });
        };
        let url = Url::parse(address).map_err(|_| WrongAddress::Unreadable)?;
        guarded(&url, "https", "http")?;
        let bare = url.query().is_none() && url.fragment().is_none();
        if !bare || !url.username().is_empty() || url.password().is_some() {
            return Err(WrongAddress::More);
        }
        Ok(Self { origin: url.as_str().trim_end_matches('/').to_owned(), is_discord: false })
    }

    /// The address of a path of REST.
    pub(super) fn rest(&self, path: &str) -> String {
        format!("{}/api/v10{path}", self.origin)
    }

    /// What serenity is to use instead of Discord's own address.
    pub(super) fn proxy(&self) -> Option<&str> {
        (!self.is_discord).then_some(self.origin.as_str())
    }
}

/// Takes a gateway's address only if it is encrypted or on this machine.
pub(super) fn gateway(address: &str) -> Result<String, WrongAddress> {
    let url = Url::parse(address).map_err(|_| WrongAddress::Unreadable)?;
    guarded(&url, "wss", "ws")?;
    Ok(address.trim_end_matches('/').to_owned())
}

fn guarded(url: &Url, closed: &str, open: &str) -> Result<(), WrongAddress> {
    let host = url.host_str().ok_or(WrongAddress::Unreadable)?;
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    let here = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    if url.scheme() == closed || (url.scheme() == open && here) { Ok(()) } else { Err(WrongAddress::Open) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_goes_nowhere_unencrypted() {
        assert_eq!(Base::new(None).unwrap().rest("/gateway"), "https://discord.com/api/v10/gateway");
        for right in ["http://127.0.0.1:8080", "http://[::1]:1/", "http://localhost:9", "https://chat.example"] {
            assert!(Base::new(Some(right)).is_ok(), "{right}");
        }
        assert_eq!(Base::new(Some("http://chat.example")), Err(WrongAddress::Open));
        assert_eq!(Base::new(Some("http://127.0.0.1.evil.example")), Err(WrongAddress::Open));
        assert_eq!(Base::new(Some("ftp://127.0.0.1")), Err(WrongAddress::Open));
        assert_eq!(Base::new(Some("https://user@chat.example")), Err(WrongAddress::More));
        assert_eq!(Base::new(Some("https://chat.example/?a=b")), Err(WrongAddress::More));
        let below = Base::new(Some("https://chat.example/discord/")).unwrap();
        assert_eq!(below.rest("/gateway"), "https://chat.example/discord/api/v10/gateway");
        assert_eq!(Base::new(Some("chat")), Err(WrongAddress::Unreadable));
        assert!(gateway("wss://gateway.discord.gg").is_ok());
        assert!(gateway("ws://127.0.0.1:5/ws").is_ok());
        assert_eq!(gateway("ws://gateway.discord.gg"), Err(WrongAddress::Open));
        assert_eq!(gateway("https://gateway.discord.gg"), Err(WrongAddress::Open));
    }
}
