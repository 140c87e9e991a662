//! Authentication on a new connection.

use std::time::Duration;

use bytes::Bytes;
use kafka_protocol::messages::{SaslAuthenticateRequest, SaslHandshakeRequest};
use kafka_protocol::protocol::StrBytes;
use secrecy::{ExposeSecret, zeroize::Zeroizing};
use sha2::{Sha256, Sha512};
use tokio::task::spawn_blocking;
use tokio::time::Instant;

use crate::code::ErrorCode;
use crate::config::{Credentials, Sasl};
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::scram::{First, Scram};
use crate::wire::call::Call;

/// Authenticates. Gives how long the session lasts, where the broker limits it.
///
/// # Errors
/// [`Error::Authentication`], or what [`Connection::call`] says.
pub(crate) async fn authenticate(
    connection: &mut Connection,
    sasl: &Sasl,
    deadline: Instant,
) -> Result<Option<Duration>> {
    let mut exchange = Exchange { connection, deadline, lifetime_ms: 0 };
    match sasl {
        Sasl::None => return Ok(None),
        Sasl::Plain(credentials) => exchange.plain(credentials).await?,
        Sasl::ScramSha256(credentials) => {
            exchange.scram::<Sha256>("SCRAM-SHA-256", credentials).await?;
        }
        Sasl::ScramSha512(credentials) => {
            exchange.scram::<Sha512>("SCRAM-SHA-512", credentials).await?;
        }
    }
    let lifetime = u64::try_from(exchange.lifetime_ms).unwrap_or(0);
    Ok((lifetime > 0).then(|| Duration::from_millis(lifetime)))
}

struct Exchange<'a> {
    connection: &'a mut Connection,
    deadline: Instant,
    lifetime_ms: i64,
}

impl Exchange<'_> {
    async fn plain(&mut self, credentials: &Credentials) -> Result<()> {
        self.handshake("PLAIN").await?;
        let message = Zeroizing::new(format!("\0{}\0{}", credentials.user, credentials.password.expose_secret()));
        self.send(message.as_bytes()).await.map(|_| ())
    }

    async fn scram<H: Scram + 'static>(&mut self, mechanism: &'static str, credentials: &Credentials) -> Result<()> {
        self.handshake(mechanism).await?;
        let first = First::new(&credentials.user);
        let challenge = self.send(first.message().as_bytes()).await?;
        // The server decides how long this takes: it must not hold up what else this thread has to do.
        let owned = credentials.clone();
        let computed = spawn_blocking(move || first.answer::<H>(&challenge, &owned)).await;
        let last = computed.unwrap_or_else(|error| Err(error.to_string())).map_err(|why| self.refused(why))?;
        let verdict = self.send(last.message.as_bytes()).await?;
        last.verify(&verdict).map_err(|why| self.refused(why))
    }

    async fn handshake(&mut self, mechanism: &'static str) -> Result<()> {
        let request = SaslHandshakeRequest::default().with_mechanism(StrBytes::from_static_str(mechanism));
        let version = self.connection.negotiate(&SaslHandshakeRequest::API)?;
        let answer = self.connection.call(&request, version, self.deadline).await?;
        let Some(code) = ErrorCode::of(answer.error_code) else {
            return Ok(());
        };
        let offered: Vec<&str> = answer.mechanisms.iter().map(StrBytes::as_str).collect();
        Err(self.refused(format!("{code}: {mechanism} is not among {}", offered.join(", "))))
    }

    async fn send(&mut self, message: &[u8]) -> Result<Bytes> {
        let request = SaslAuthenticateRequest::default().with_auth_bytes(Bytes::copy_from_slice(message));
        let version = self.connection.negotiate(&SaslAuthenticateRequest::API)?;
        let answer = self.connection.call(&request, version, self.deadline).await?;
        if let Some(code) = ErrorCode::of(answer.error_code) {
            let message = answer.error_message.unwrap_or_default();
            return Err(self.refused(format!("{code}: {}", message.as_str())));
        }
        self.lifetime_ms = answer.session_lifetime_ms;
        Ok(answer.auth_bytes)
    }

    fn refused(&self, why: String) -> Error {
        Error::Authentication { broker: self.connection.broker().to_string(), why }
    }
}
