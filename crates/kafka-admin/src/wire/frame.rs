//! Frames: a 32-bit length and so many bytes.

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::budget::Budget;
use crate::error::Cause;

/// Memory taken for a frame before its bytes arrive.
const FIRST: usize = 64 * 1024;

/// Reads one frame. Memory grows with the bytes that arrive, not with the announced length.
///
/// # Errors
/// [`FrameError::Broken`] when the stream ends or fails, [`FrameError::Length`] for a length outside of the limit,
/// [`FrameError::Memory`] when the budget is spent.
pub(crate) async fn read_frame<R>(stream: &mut R, limit: usize, budget: Option<&Budget>) -> Result<Bytes, FrameError>
where
    R: AsyncRead + Unpin,
{
    let announced = stream.read_i32().await.map_err(|error| FrameError::broken(&error))?;
    let length = usize::try_from(announced)
        .ok()
        .filter(|length| (4..=limit).contains(length))
        .ok_or(FrameError::Length(announced))?;
    let mut frame = BytesMut::with_capacity(length.min(FIRST));
    let mut rest = stream.take(length as u64);
    while frame.len() < length {
        let read = rest.read_buf(&mut frame).await.map_err(|error| FrameError::broken(&error))?;
        if read == 0 {
            return Err(FrameError::Broken(Cause::Closed));
        }
        budget.map_or(Ok(()), |budget| budget.take(read)).map_err(FrameError::Memory)?;
    }
    Ok(frame.freeze())
}

/// Why there is no frame.
#[derive(Debug)]
pub(crate) enum FrameError {
    /// The stream ended or failed.
    Broken(Cause),
    /// The announced length is negative, too small or over the limit.
    Length(i32),
    /// It does not fit beside the other answers of the call.
    Memory(String),
}

impl FrameError {
    fn broken(error: &std::io::Error) -> Self {
        Self::Broken(Cause::from_io(error))
    }
}
