//! Lines out of a stream, bounded in length and in time.

use std::future::Future;
use std::time::Duration;
use tokio::io::{AsyncBufRead, AsyncBufReadExt};

/// Lines out of a stream.
pub(super) struct Frames<R> {
    reader: R,
    longest: usize,
    half: Duration,
}

/// Why there is no line.
#[derive(Debug)]
pub(super) enum Broken {
    /// Longer than allowed; the rest of it was not read, so nothing more can be.
    TooLong,
    /// Begun and not ended in time.
    TooSlow,
    /// Not UTF-8; the next line can be read.
    NotText,
    /// The stream broke.
    Io(std::io::Error),
}

impl<R: AsyncBufRead + Unpin> Frames<R> {
    /// Lines of at most `longest` bytes, each whole within `half` of its first byte.
    pub(super) fn new(reader: R, longest: usize, half: Duration) -> Self {
        Self { reader, longest, half }
    }

    /// The next line without its end; none at the end of the stream. A last line without a line feed is one.
    pub(super) async fn next(&mut self) -> Result<Option<String>, Broken> {
        // Waiting for a first byte is not limited here: people think before they type.
        if self.reader.fill_buf().await.map_err(Broken::Io)?.is_empty() {
            return Ok(None);
        }
        let longest = self.longest;
        let line = within(self.half, read_line(&mut self.reader, longest)).await?;
        String::from_utf8(line).map(Some).map_err(|_| Broken::NotText)
    }
}

async fn within<T>(span: Duration, reading: impl Future<Output = Result<T, Broken>>) -> Result<T, Broken> {
    tokio::time::timeout(span, reading).await.unwrap_or(Err(Broken::TooSlow))
}

async fn read_line<R: AsyncBufRead + Unpin>(reader: &mut R, longest: usize) -> Result<Vec<u8>, Broken> {
    let mut line = Vec::new();
    loop {
        let bytes = reader.fill_buf().await.map_err(Broken::Io)?;
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let piece = &bytes[..end.unwrap_or(bytes.len())];
        if line.len() + piece.len() > longest {
            return Err(Broken::TooLong);
        }
        line.extend_from_slice(piece);
        let ended = end.is_some() || bytes.is_empty();
        let used = piece.len() + usize::from(end.is_some());
        reader.consume(used);
        if ended {
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            return Ok(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncWriteExt, BufReader};

    #[tokio::test]
    async fn lines_are_bounded() {
        let input = b"one\r\n\xff\xfe\ntwo\n1234567890\n12345678901\nx".as_slice();
        let mut frames = Frames::new(BufReader::with_capacity(4, input), 10, Duration::from_secs(60));
        assert_eq!(frames.next().await.unwrap().as_deref(), Some("one"));
        assert!(matches!(frames.next().await, Err(Broken::NotText)));
        assert_eq!(frames.next().await.unwrap().as_deref(), Some("two"));
        assert_eq!(frames.next().await.unwrap().as_deref(), Some("1234567890"));
        assert!(matches!(frames.next().await, Err(Broken::TooLong)));
    }

    #[tokio::test]
    async fn the_last_line_needs_no_end() {
        let mut frames = Frames::new(b"a\nb".as_slice(), 10, Duration::from_secs(60));
        assert_eq!(frames.next().await.unwrap().as_deref(), Some("a"));
        assert_eq!(frames.next().await.unwrap().as_deref(), Some("b"));
        assert!(frames.next().await.unwrap().is_none());
    }

    #[tokio::test]
    async fn half_a_line_is_not_waited_for() {
        let (mut theirs, ours) = tokio::io::duplex(64);
        theirs.write_all(b"half").await.unwrap();
        let mut frames = Frames::new(BufReader::new(ours), 10, Duration::from_millis(20));
        assert!(matches!(frames.next().await, Err(Broken::TooSlow)));
    }
}
