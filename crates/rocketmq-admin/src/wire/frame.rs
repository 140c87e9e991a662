//! Frames: a length, the kind and length of the header, the header, the body.
//!
//! `u32 length | u8 kind, u24 header length | header | body`; the first length counts what follows it
//! (`RemotingCommand.encode`, `NettyDecoder`).

use bytes::{BufMut, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::binary;
use super::header::Header;
use crate::error::Cause;

/// Memory taken for a frame before its bytes arrive.
const FIRST: usize = 64 * 1024;
/// The kind and the length of the header.
const HEAD: usize = 4;
/// The header is JSON.
const JSON: u8 = 0;
/// The header is RocketMQ's own.
const BINARY: u8 = 1;

/// A command as it stands in one frame.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Frame {
    /// What it is.
    pub(crate) header: Header,
    /// What it carries.
    pub(crate) body: Bytes,
}

/// Encodes a command with a JSON header, which every server reads.
///
/// # Errors
/// A command over 2 GiB, or a header over 16 MiB.
pub(crate) fn encode(header: &Header, body: &[u8]) -> Result<Bytes, String> {
    let header = header.to_json();
    let length = u32::try_from(HEAD + header.len() + body.len()).ok().filter(|length| *length <= i32::MAX as u32);
    let header_length = u32::try_from(header.len()).ok().filter(|length| *length < 1 << 24);
    let (Some(length), Some(header_length)) = (length, header_length) else {
        return Err("too large".to_owned());
    };
    let mut frame = BytesMut::with_capacity(2 * HEAD + header.len() + body.len());
    frame.put_u32(length);
    frame.put_u32(u32::from(JSON) << 24 | header_length);
    frame.put_slice(header.as_bytes());
    frame.put_slice(body);
    Ok(frame.freeze())
}

/// Decodes what follows the length of a frame. The header's kind is the server's choice: one that is set to its own
/// kind (`rocketmq.serialize.type=ROCKETMQ`) may answer so, whatever it was asked in.
///
/// # Errors
/// Why it is no command.
pub(crate) fn decode(mut frame: Bytes) -> Result<Frame, String> {
    let head = frame.split_to_checked(HEAD).ok_or("too short for a header")?;
    let [kind, high, middle, low] = *head else { return Err("too short for a header".to_owned()) };
    let length = usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low);
    let bytes = frame.split_to_checked(length).ok_or_else(|| format!("a header of {length} bytes announced"))?;
    let header = match kind {
        JSON => Header::from_json(&bytes)?,
        BINARY => binary::decode(bytes)?,
        other => return Err(format!("a header of kind {other}")),
    };
    Ok(Frame { header, body: frame })
}

/// Taking bytes off the front, as far as they are there.
pub(crate) trait Front {
    /// The first bytes, if there are so many.
    fn split_to_checked(&mut self, length: usize) -> Option<Bytes>;
}

impl Front for Bytes {
    fn split_to_checked(&mut self, length: usize) -> Option<Bytes> {
        (length <= self.len()).then(|| self.split_to(length))
    }
}

/// Reads one frame, without its length. Memory grows with the bytes that arrive, not with the announced length.
///
/// # Errors
/// [`FrameError::Broken`] when the stream ends or fails, [`FrameError::Length`] for a length outside of the limit.
pub(crate) async fn read_frame<R>(stream: &mut R, limit: usize) -> Result<Bytes, FrameError>
where
    R: AsyncRead + Unpin,
{
    let announced = stream.read_u32().await.map_err(|error| FrameError::broken(&error))?;
    let length = usize::try_from(announced)
        .ok()
        .filter(|length| (HEAD..=limit).contains(length))
        .ok_or(FrameError::Length(announced))?;
    let mut frame = BytesMut::with_capacity(length.min(FIRST));
    let mut rest = stream.take(length as u64);
    while frame.len() < length {
        let read = rest.read_buf(&mut frame).await.map_err(|error| FrameError::broken(&error))?;
        if read == 0 {
            return Err(FrameError::Broken(Cause::Closed));
        }
    }
    Ok(frame.freeze())
}

/// Why there is no frame.
#[derive(Debug)]
pub(crate) enum FrameError {
    /// The stream ended or failed.
    Broken(Cause),
    /// The announced length is too small or over the limit.
    Length(u32),
}

impl FrameError {
    fn broken(error: &std::io::Error) -> Self {
        Self::Broken(Cause::from_io(error))
    }
}
