//! One connection to one server: TCP, TLS, then one request at a time.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

use crate::code::Code;
use crate::config::{Config, HostPort};
use crate::error::{Cause, Error, Result};
use crate::version::Version;
use crate::wire::frame::{self, Frame, FrameError, read_frame};
use crate::wire::request::{Answer, Request};

/// A connection that was not used for so long is not trusted any more: servers close after two minutes, middle boxes
/// drop idle connections without a word.
const IDLE: Duration = Duration::from_secs(60);

/// The stream below: TCP, or TLS on it.
trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for T {}

/// An open connection.
pub(crate) struct Connection {
    stream: Box<dyn Stream>,
    server: HostPort,
    limit: usize,
    opaque: i32,
    used: Instant,
}

/// What a connection is made with.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// Where to.
    pub(crate) server: &'a HostPort,
    /// The client's configuration.
    pub(crate) config: &'a Config,
    /// TLS, if configured.
    pub(crate) tls: Option<&'a TlsConnector>,
    /// The request the connection is made for, named in errors.
    pub(crate) api: &'static str,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// [`Error::NotSent`].
    pub(crate) async fn open(wanted: Wanted<'_>, deadline: Instant) -> Result<Self> {
        let deadline = deadline.min(Instant::now() + wanted.config.connect_timeout);
        let not_sent = |cause| Error::NotSent { api: wanted.api, server: wanted.server.to_string(), cause };
        if is_past(deadline) {
            return Err(not_sent(Cause::Deadline));
        }
        let stream = timeout_at(deadline, dial(wanted, deadline)).await.unwrap_or(Err(Cause::Deadline));
        Ok(Self {
            stream: stream.map_err(not_sent)?,
            server: wanted.server.clone(),
            limit: wanted.config.max_response,
            opaque: 0,
            used: Instant::now(),
        })
    }

    /// The connection, if it can be trusted with another request.
    pub(crate) fn if_fresh(mut self) -> Option<Self> {
        self.is_fresh().then_some(self)
    }

    fn is_fresh(&mut self) -> bool {
        if self.used.elapsed() > IDLE {
            return false;
        }
        // Between requests a server has nothing to say to us: bytes, an end or an error mean the connection is dead.
        let mut byte = [0_u8; 1];
        let mut buffer = ReadBuf::new(&mut byte);
        let mut context = Context::from_waker(std::task::Waker::noop());
        matches!(Pin::new(&mut self.stream).poll_read(&mut context, &mut buffer), Poll::Pending)
    }

    /// Sends a request and waits for its answer. After an error for which [`keeps`] is false the connection must be
    /// thrown away.
    ///
    /// # Errors
    /// [`Error::NotSent`], [`Error::UnknownOutcome`], [`Error::Garbage`], or what the server says.
    pub(crate) async fn call(&mut self, request: &Request, config: &Config, deadline: Instant) -> Result<Answer> {
        let api = request.api.name;
        let Frame { header, body } = self.exchange(request, config, deadline).await?;
        match Code::of(header.code) {
            None => Ok(Answer {
                version: Version::of_ordinal(header.version),
                remark: header.remark,
                fields: header.fields,
                body,
            }),
            Some(code) => Err(Error::of_code(api, self.server.to_string(), code, header.remark)),
        }
    }

    async fn exchange(&mut self, request: &Request, config: &Config, deadline: Instant) -> Result<Frame> {
        let (api, server) = (request.api.name, self.server.to_string());
        let not_sent = |cause| Error::NotSent { api, server: server.clone(), cause };
        let unknown = |cause| Error::UnknownOutcome { api, server: server.clone(), cause };
        let garbage = |why| Error::Garbage { api, server: server.clone(), why };
        self.opaque = self.opaque.wrapping_add(1);
        let frame =
            request.encode(self.opaque, config.credentials.as_ref()).map_err(|why| not_sent(Cause::Encoding(why)))?;
        // As long as not every byte was taken over, the server cannot have the request.
        write(&mut self.stream, &frame, deadline).await.map_err(not_sent)?;
        let (limit, stream) = (self.limit, &mut self.stream);
        let answer = async {
            flush(stream, deadline).await.map_err(FrameError::Broken)?;
            read_frame(stream, limit).await
        };
        let answer = timeout_at(deadline, answer).await;
        self.used = Instant::now();
        let frame = match answer {
            Ok(Ok(frame)) => frame,
            Ok(Err(FrameError::Broken(cause))) => return Err(unknown(cause)),
            Ok(Err(FrameError::Length(length))) => {
                return Err(garbage(format!("a frame of {length} bytes announced, {limit} are the limit")));
            }
            Err(_) => return Err(unknown(Cause::Deadline)),
        };
        let frame = frame::decode(frame).map_err(garbage)?;
        if !frame.header.is_answer() {
            return Err(garbage(format!("a request (code {})", frame.header.code)));
        }
        if frame.header.opaque != self.opaque {
            return Err(garbage(format!("an answer to request {} instead of {}", frame.header.opaque, self.opaque)));
        }
        Ok(frame)
    }
}

/// Whether the connection is as good as before after this: the server answered, and goes on listening.
pub(crate) fn keeps(outcome: &Result<Answer>) -> bool {
    match outcome {
        Ok(_) => true,
        Err(error) => error.code().is_some_and(|code| code != Code::GO_AWAY),
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
    let HostPort { host, port } = wanted.server;
    let tcp = TcpStream::connect((host.as_str(), *port)).await.map_err(|error| Cause::Network(error.to_string()))?;
    tcp.set_nodelay(true).map_err(|error| Cause::from_io(&error))?;
    // A connection is dropped in the middle of an exchange only when its request has missed its deadline. A usual close
    // leaves the kernel to deliver what it holds, for minutes where the server does not read: this one throws it away.
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
