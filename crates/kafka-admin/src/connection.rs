//! One connection to one broker: TCP, TLS, versions, authentication, then one request at a time.

use std::collections::HashMap;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use kafka_protocol::messages::{ApiVersionsRequest, ApiVersionsResponse};
use kafka_protocol::protocol::StrBytes;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

use crate::budget::Budget;
use crate::code::ErrorCode;
use crate::config::{Config, HostPort};
use crate::error::{Cause, Error, Result};
use crate::sasl;
use crate::wire::call::{Api, Call};
use crate::wire::codec::{self, Envelope, Under};
use crate::wire::frame::{FrameError, read_frame};

/// A connection that was not used for so long is not trusted with a change any more:
/// brokers and middle boxes drop idle connections without a word.
const IDLE: Duration = Duration::from_secs(60);

/// The stream below: TCP, or TLS on it.
trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for T {}

/// The versions of an API at a broker, lowest and highest.
pub(crate) type Versions = HashMap<i16, (i16, i16)>;

/// An open, authenticated connection.
pub(crate) struct Connection {
    stream: Box<dyn Stream>,
    broker: HostPort,
    client_id: String,
    limit: usize,
    correlation: i32,
    versions: Versions,
    used: Instant,
    expires: Option<Instant>,
    /// Whether the broker answered anything beyond its versions, which it tells everybody.
    accepted: bool,
    /// What the answers of the call at hand share.
    budget: Option<Arc<Budget>>,
}

/// What a connection is made with.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// Where to.
    pub(crate) broker: &'a HostPort,
    /// The client's configuration.
    pub(crate) config: &'a Config,
    /// TLS, if configured.
    pub(crate) tls: Option<&'a TlsConnector>,
    /// The API the connection is made for, named in errors.
    pub(crate) api: &'static str,
}

impl Connection {
    /// Connects, asks for the broker's versions, and authenticates.
    ///
    /// # Errors
    /// [`Error::NotSent`], [`Error::Authentication`] or [`Error::Unsupported`]: the request for
    /// which this is made has not been sent in any case.
    pub(crate) async fn open(wanted: Wanted<'_>, deadline: Instant) -> Result<Self> {
        let deadline = deadline.min(Instant::now() + wanted.config.connect_timeout);
        let not_sent = |cause| Error::NotSent { api: wanted.api, broker: wanted.broker.to_string(), cause };
        if is_past(deadline) {
            return Err(not_sent(Cause::Deadline));
        }
        let opening = async {
            let stream = dial(wanted, deadline).await.map_err(not_sent)?;
            let mut connection = Self {
                stream,
                broker: wanted.broker.clone(),
                client_id: wanted.config.client_id.clone(),
                limit: wanted.config.max_response,
                correlation: 0,
                versions: Versions::new(),
                used: Instant::now(),
                expires: None,
                accepted: false,
                budget: None,
            };
            connection.greet(deadline).await?;
            if let Some(lifetime) = sasl::authenticate(&mut connection, &wanted.config.sasl, deadline).await? {
                // Leave before the broker closes (KIP-368), with a tenth to spare.
                connection.expires = Some(Instant::now() + lifetime.mul_f32(0.9));
            }
            Ok(connection)
        };
        match timeout_at(deadline, opening).await {
            Err(_) => Err(not_sent(Cause::Deadline)),
            Ok(opened) => opened.map_err(|error| as_not_sent(error, &not_sent)),
        }
    }

    /// The connection, if it can be trusted with another request.
    pub(crate) fn if_fresh(mut self) -> Option<Self> {
        self.is_fresh().then_some(self)
    }

    fn is_fresh(&mut self) -> bool {
        let now = Instant::now();
        if now.duration_since(self.used) > IDLE || self.expires.is_some_and(|end| now >= end) {
            return false;
        }
        // Between requests a broker has nothing to say: bytes, an end or an error mean the connection is dead.
        let mut byte = [0_u8; 1];
        let mut buffer = ReadBuf::new(&mut byte);
        let mut context = Context::from_waker(std::task::Waker::noop());
        matches!(Pin::new(&mut self.stream).poll_read(&mut context, &mut buffer), Poll::Pending)
    }

    /// From now on answers count against this budget, or against none.
    pub(crate) fn counts_against(&mut self, budget: Option<Arc<Budget>>) {
        self.budget = budget;
    }

    /// The versions that this broker announced.
    pub(crate) fn versions(&self) -> &Versions {
        &self.versions
    }

    /// The highest version of an API that both sides speak.
    ///
    /// # Errors
    /// [`Error::Unsupported`].
    pub(crate) fn negotiate(&self, api: &Api) -> Result<i16> {
        let unsupported = |why| Error::Unsupported { api: api.name, broker: self.broker.to_string(), why };
        let Some(&(min, max)) = self.versions.get(&api.key) else {
            return Err(unsupported("the broker does not have it".to_owned()));
        };
        let ours = (api.shape.min, api.shape.max);
        let version = max.min(ours.1);
        if version < min.max(ours.0) {
            return Err(unsupported(format!(
                "it speaks versions {min} to {max}, this client {} to {}",
                ours.0, ours.1
            )));
        }
        Ok(version)
    }

    /// Sends a request and waits for its answer. After an error other than
    /// [`Error::Unsupported`] the connection must be thrown away.
    ///
    /// # Errors
    /// [`Error::NotSent`], [`Error::UnknownOutcome`] or [`Error::Garbage`].
    pub(crate) async fn call<C: Call>(&mut self, request: &C, version: i16, deadline: Instant) -> Result<C::Answer> {
        let frame = match self.exchange(request, version, deadline).await {
            Ok(frame) => frame,
            Err(Error::UnknownOutcome { cause: Cause::Closed, .. }) if !self.accepted => {
                return Err(self.unknown::<C>(Cause::ClosedWithoutCredentials));
            }
            Err(error) => return Err(error),
        };
        self.accepted = true;
        codec::decode::<C>(frame, &self.under(version)).map_err(|why| self.garbage::<C>(why))
    }

    fn under(&self, version: i16) -> Under<'_> {
        Under { version, correlation: self.correlation, budget: self.budget.as_deref() }
    }

    async fn exchange<C: Call>(&mut self, request: &C, version: i16, deadline: Instant) -> Result<bytes::Bytes> {
        self.correlation = self.correlation.wrapping_add(1);
        let envelope = Envelope { correlation: self.correlation, client_id: &self.client_id, version };
        let frame = codec::encode(request, &envelope).map_err(|why| self.not_sent::<C>(Cause::Encoding(why)))?;
        // As long as not every byte was taken over, the broker cannot have the request.
        write(&mut self.stream, &frame, deadline).await.map_err(|cause| self.not_sent::<C>(cause))?;
        let (limit, budget) = (self.limit, self.budget.as_deref());
        let answer = async {
            flush(&mut self.stream, deadline).await.map_err(FrameError::Broken)?;
            read_frame(&mut self.stream, limit, budget).await
        };
        let answer = timeout_at(deadline, answer).await;
        self.used = Instant::now();
        match answer {
            Ok(Ok(frame)) => Ok(frame),
            Ok(Err(FrameError::Broken(cause))) => Err(self.unknown::<C>(cause)),
            Ok(Err(FrameError::Length(length))) => {
                Err(self.garbage::<C>(format!("a frame of {length} bytes announced, {limit} are the limit")))
            }
            Ok(Err(FrameError::Memory(why))) => Err(self.garbage::<C>(why)),
            Err(_) => Err(self.unknown::<C>(Cause::Deadline)),
        }
    }

    /// Learns the broker's versions. A broker that does not know our version of the question
    /// answers in version 0 (KIP-35), then it is asked in version 0.
    async fn greet(&mut self, deadline: Instant) -> Result<()> {
        let mut version = ApiVersionsRequest::API.shape.max;
        let request = ApiVersionsRequest::default()
            .with_client_software_name(StrBytes::from_static_str(env!("CARGO_PKG_NAME")))
            .with_client_software_version(StrBytes::from_static_str(env!("CARGO_PKG_VERSION")));
        let mut frame = self.exchange(&request, version, deadline).await?;
        if codec::api_versions_code(&frame) == Some(ErrorCode::UNSUPPORTED_VERSION.0) {
            version = 0;
            frame = self.exchange(&ApiVersionsRequest::default(), version, deadline).await?;
        }
        let answer: ApiVersionsResponse = codec::decode::<ApiVersionsRequest>(frame, &self.under(version))
            .map_err(|why| self.garbage::<ApiVersionsRequest>(why))?;
        Error::check(ApiVersionsRequest::API.name, answer.error_code, None)?;
        if answer.api_keys.is_empty() {
            return Err(self.garbage::<ApiVersionsRequest>("it names no API".to_owned()));
        }
        self.versions = answer.api_keys.iter().map(|api| (api.api_key, (api.min_version, api.max_version))).collect();
        Ok(())
    }

    fn not_sent<C: Call>(&self, cause: Cause) -> Error {
        Error::NotSent { api: C::API.name, broker: self.broker.to_string(), cause }
    }

    fn unknown<C: Call>(&self, cause: Cause) -> Error {
        Error::UnknownOutcome { api: C::API.name, broker: self.broker.to_string(), cause }
    }

    fn garbage<C: Call>(&self, why: String) -> Error {
        Error::Garbage { api: C::API.name, broker: self.broker.to_string(), why }
    }

    /// The address, for errors.
    pub(crate) fn broker(&self) -> &HostPort {
        &self.broker
    }
}

/// What failed while connecting is, for the request at hand, "not sent".
fn as_not_sent(error: Error, not_sent: &impl Fn(Cause) -> Error) -> Error {
    match error {
        Error::UnknownOutcome { cause, .. } => not_sent(cause),
        Error::Garbage { why, .. } => not_sent(Cause::NotKafka(why)),
        Error::Broker { api, code, .. } => not_sent(Cause::NotKafka(format!("{api}: {code}"))),
        other => other,
    }
}

/// Whether a deadline has come. `timeout_at` alone does not keep one: it lets the work inside go on first, and a process
/// that was stopped in between (SIGSTOP, a machine that is short of memory) comes back at any time.
fn is_past(deadline: Instant) -> bool {
    Instant::now() >= deadline
}

/// Hands all bytes over before the deadline; each piece is handed over only while there is time.
async fn write(stream: &mut dyn Stream, mut bytes: &[u8], deadline: Instant) -> Result<(), Cause> {
    while !bytes.is_empty() {
        let piece = poll_fn(|context| {
            if is_past(deadline) {
                return Poll::Ready(Err(Cause::Deadline));
            }
            Pin::new(&mut *stream).poll_write(context, bytes).map_err(|error| Cause::from_io(&error))
        });
        let written = timeout_at(deadline, piece).await.unwrap_or(Err(Cause::Deadline))?;
        if written == 0 {
            return Err(Cause::Closed);
        }
        bytes = bytes.get(written..).unwrap_or_default();
    }
    Ok(())
}

/// Sends what TLS still holds back, as long as there is time.
async fn flush(stream: &mut dyn Stream, deadline: Instant) -> Result<(), Cause> {
    poll_fn(|context| {
        if is_past(deadline) {
            return Poll::Ready(Err(Cause::Deadline));
        }
        Pin::new(&mut *stream).poll_flush(context).map_err(|error| Cause::from_io(&error))
    })
    .await
}

async fn dial(wanted: Wanted<'_>, deadline: Instant) -> Result<Box<dyn Stream>, Cause> {
    let HostPort { host, port } = wanted.broker;
    let tcp = TcpStream::connect((host.as_str(), *port)).await.map_err(|error| Cause::Network(error.to_string()))?;
    tcp.set_nodelay(true).map_err(|error| Cause::from_io(&error))?;
    // A connection is dropped in the middle of an exchange only when its request has missed its deadline. A usual close
    // leaves the kernel to deliver what it holds, for minutes where the broker does not read: this one throws it away.
    tcp.set_zero_linger().map_err(|error| Cause::from_io(&error))?;
    if is_past(deadline) {
        return Err(Cause::Deadline);
    }
    let Some(tls) = wanted.tls else {
        return Ok(Box::new(tcp));
    };
    let name = ServerName::try_from(host.clone())
        .map_err(|_| Cause::Tls(format!("{host:?} cannot be the name in a certificate")))?;
    let stream = tls.connect(name, tcp).await.map_err(|error| handshake(&error))?;
    Ok(Box::new(stream))
}

/// What TLS itself says no to stays so; an end of the connection in between does not.
fn handshake(error: &io::Error) -> Cause {
    match error.kind() {
        io::ErrorKind::InvalidData => Cause::Tls(error.to_string()),
        _ => Cause::Network(format!("TLS handshake: {error}")),
    }
}
