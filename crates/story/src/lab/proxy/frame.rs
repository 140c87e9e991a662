//! Kafka's frames: a length, and for requests a header (KIP-4, "RequestHeader" in the protocol guide).

use std::io;
use tokio::io::{AsyncRead, AsyncReadExt};

/// Longest frame taken; brokers' own default limit is 100 MiB, stories send far less.
const FRAME_LIMIT: usize = 64 * 1024 * 1024;

/// Numbers of the requests that stories speak about.
pub mod api {
    /// Fetch committed offsets.
    pub const OFFSET_FETCH: i16 = 9;
    /// Commit offsets.
    pub const OFFSET_COMMIT: i16 = 8;
    /// Look up offsets by time.
    pub const LIST_OFFSETS: i16 = 2;
    /// Brokers, topics, partitions.
    pub const METADATA: i16 = 3;
    /// The coordinator of a group.
    pub const FIND_COORDINATOR: i16 = 10;
    /// Describe classic groups.
    pub const DESCRIBE_GROUPS: i16 = 15;
    /// The versions a broker speaks.
    pub const API_VERSIONS: i16 = 18;
    /// Create topics.
    pub const CREATE_TOPICS: i16 = 19;
    /// Delete topics.
    pub const DELETE_TOPICS: i16 = 20;
    /// Elect leaders.
    pub const ELECT_LEADERS: i16 = 43;
    /// Add partitions.
    pub const CREATE_PARTITIONS: i16 = 37;
    /// Delete groups.
    pub const DELETE_GROUPS: i16 = 42;
    /// Change settings.
    pub const INCREMENTAL_ALTER_CONFIGS: i16 = 44;
    /// Move replicas.
    pub const ALTER_PARTITION_REASSIGNMENTS: i16 = 45;
    /// Says where replicas will lie.
    pub const ALTER_REPLICA_LOG_DIRS: i16 = 34;
    /// Delete committed offsets.
    pub const OFFSET_DELETE: i16 = 47;
    /// The cluster's id and brokers.
    pub const DESCRIBE_CLUSTER: i16 = 60;

    /// True for requests by which an admin client changes a cluster.
    pub fn changes(api: i16) -> bool {
        // Produce, OffsetCommit, CreateTopics, DeleteTopics, DeleteRecords, CreateAcls, DeleteAcls,
        // AlterConfigs, AlterReplicaLogDirs, CreatePartitions, DeleteGroups, ElectLeaders,
        // IncrementalAlterConfigs, AlterPartitionReassignments, OffsetDelete, AlterClientQuotas,
        // AlterUserScramCredentials, UpdateFeatures, UnregisterBroker.
        const CHANGING: [i16; 19] = [0, 8, 19, 20, 21, 30, 31, 33, 34, 37, 42, 43, 44, 45, 47, 49, 51, 57, 64];
        CHANGING.contains(&api)
    }
}

/// The head of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) api: i16,
    pub(super) version: i16,
    pub(super) correlation: i32,
    pub(super) client_id: String,
}

/// Reads one frame with its length in front; `None` at a clean end.
pub(in crate::lab) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length).await {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    };
    let size = usize::try_from(i32::from_be_bytes(length))
        .ok()
        .filter(|size| *size <= FRAME_LIMIT)
        .ok_or_else(|| invalid("frame length"))?;
    let mut frame = Vec::with_capacity(4 + size);
    frame.extend_from_slice(&length);
    let mut body = from.take(size as u64);
    body.read_to_end(&mut frame).await?;
    if frame.len() < 4 + size {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(frame))
}

/// The header of a request's frame. All header versions since 1 begin alike.
pub(super) fn header(frame: &[u8]) -> io::Result<Header> {
    let api = i16::from_be_bytes(bytes(frame, 4)?);
    let version = i16::from_be_bytes(bytes(frame, 6)?);
    let correlation = i32::from_be_bytes(bytes(frame, 8)?);
    // -1 is null: a client without an id.
    let length = usize::try_from(i16::from_be_bytes(bytes(frame, 12)?)).unwrap_or(0);
    let client_id = frame.get(14..14 + length).ok_or_else(|| invalid("client id"))?;
    Ok(Header { api, version, correlation, client_id: String::from_utf8_lossy(client_id).into_owned() })
}

/// The correlation id of an answer's frame.
pub(super) fn correlation(frame: &[u8]) -> io::Result<i32> {
    bytes(frame, 4).map(i32::from_be_bytes)
}

fn bytes<const N: usize>(frame: &[u8], at: usize) -> io::Result<[u8; N]> {
    frame.get(at..at + N).and_then(|slice| slice.try_into().ok()).ok_or_else(|| invalid("short frame"))
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}
