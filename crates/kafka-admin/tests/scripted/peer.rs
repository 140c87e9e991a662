//! A peer that speaks Kafka's protocol as a script tells it, and counts what it is asked.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::{BufMut, Bytes, BytesMut};
use kafka_admin::HostPort;
use kafka_protocol::messages::api_versions_response::ApiVersion;
use kafka_protocol::messages::find_coordinator_response::Coordinator;
use kafka_protocol::messages::metadata_response::MetadataResponseBroker;
use kafka_protocol::messages::{
    ApiKey, ApiVersionsResponse, BrokerId, FindCoordinatorRequest, FindCoordinatorResponse, MetadataResponse,
};
use kafka_protocol::protocol::buf::ByteBuf;
use kafka_protocol::protocol::{Decodable, Encodable, StrBytes, decode_request_header_from_buffer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, watch};

/// One request as it came in.
pub struct Seen {
    pub key: ApiKey,
    pub version: i16,
    /// How many requests of this kind came before, on all connections.
    pub before: usize,
    pub body: Bytes,
    /// Where the peer listens.
    pub address: SocketAddr,
}

/// What the peer does with a request.
pub enum Reply {
    /// Answers with this body.
    Body(Bytes),
    /// Sends these bytes, whatever they are.
    Raw(Vec<u8>),
    /// Closes the connection.
    Close,
    /// Keeps it open, says nothing.
    Silence,
    /// Answers with this body, but not before the other side of the gate is dropped.
    Later(Bytes, Gate),
    /// Answers with this body and reads no more until the other side of the gate is dropped; then it tells what it
    /// still finds on the connection.
    Deaf(Bytes, Gate, mpsc::UnboundedSender<Found>),
}

/// Opens when its sender is dropped.
pub type Gate = watch::Receiver<()>;

/// What was left on a connection.
#[derive(Debug)]
pub struct Found {
    /// How many bytes came.
    pub bytes: usize,
    /// How it ended: `None` for a usual close.
    pub end: Option<std::io::ErrorKind>,
}

/// An answer's body.
pub fn body<T: Encodable>(answer: &T, version: i16) -> Reply {
    let mut bytes = BytesMut::new();
    answer.encode(&mut bytes, version).unwrap();
    Reply::Body(bytes.freeze())
}

type Script = dyn Fn(&Seen) -> Option<Reply> + Send + Sync;

/// A running peer: broker 1 of a cluster of one, its controller and coordinator.
#[derive(Clone)]
pub struct Peer {
    pub address: SocketAddr,
    counts: Arc<Mutex<HashMap<i16, usize>>>,
    connections: Arc<Mutex<usize>>,
}

impl Peer {
    /// Starts one; what the script does not answer gets the usual answer.
    pub async fn start(script: impl Fn(&Seen) -> Option<Reply> + Send + Sync + 'static) -> Self {
        Self::listening(TcpListener::bind("127.0.0.1:0").await.unwrap(), script)
    }

    /// One whose connections hold a few kilobytes that it has not read.
    pub async fn narrow(script: impl Fn(&Seen) -> Option<Reply> + Send + Sync + 'static) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self::listening(socket.listen(16).unwrap(), script)
    }

    fn listening(listener: TcpListener, script: impl Fn(&Seen) -> Option<Reply> + Send + Sync + 'static) -> Self {
        let peer =
            Self { address: listener.local_addr().unwrap(), counts: Arc::default(), connections: Arc::default() };
        let script: Arc<Script> = Arc::new(script);
        let accepting = peer.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *accepting.connections.lock().unwrap() += 1;
                let peer = accepting.clone();
                let script = script.clone();
                tokio::spawn(async move { peer.serve(stream, &*script).await });
            }
        });
        peer
    }

    pub fn host_port(&self) -> HostPort {
        self.address.to_string().parse().unwrap()
    }

    /// How many requests of a kind arrived.
    pub fn count(&self, key: ApiKey) -> usize {
        let counts = self.counts.lock().unwrap();
        counts.get(&(key as i16)).copied().unwrap_or(0)
    }

    pub fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }

    async fn serve(&self, mut stream: TcpStream, script: &Script) -> Option<()> {
        loop {
            let length = stream.read_i32().await.ok()?;
            let mut frame = vec![0; usize::try_from(length).ok()?];
            stream.read_exact(&mut frame).await.ok()?;
            let mut frame = Bytes::from(frame);
            let header = decode_request_header_from_buffer(&mut frame).ok()?;
            let key = ApiKey::try_from(header.request_api_key).ok()?;
            let seen = Seen {
                key,
                version: header.request_api_version,
                before: self.count_one(key),
                body: frame,
                address: self.address,
            };
            match script(&seen).or_else(|| self.usual(&seen))? {
                Reply::Silence => {}
                Reply::Close => return None,
                Reply::Raw(bytes) => stream.write_all(&bytes).await.ok()?,
                Reply::Body(body) => stream.write_all(&frame_of(&seen, header.correlation_id, &body)).await.ok()?,
                Reply::Later(body, mut gate) => {
                    while gate.changed().await.is_ok() {}
                    stream.write_all(&frame_of(&seen, header.correlation_id, &body)).await.ok()?;
                }
                Reply::Deaf(body, mut gate, told) => {
                    stream.write_all(&frame_of(&seen, header.correlation_id, &body)).await.ok()?;
                    while gate.changed().await.is_ok() {}
                    told.send(rest_of(&mut stream).await).ok()?;
                    return None;
                }
            }
        }
    }

    fn count_one(&self, key: ApiKey) -> usize {
        let mut counts = self.counts.lock().unwrap();
        let count = counts.entry(key as i16).or_default();
        *count += 1;
        *count - 1
    }

    fn usual(&self, seen: &Seen) -> Option<Reply> {
        match seen.key {
            ApiKey::ApiVersions => Some(body(&versions(&[]), seen.version)),
            ApiKey::Metadata => Some(body(&metadata(self.address), seen.version)),
            ApiKey::FindCoordinator => Some(body(&self.coordinator(seen), seen.version)),
            _ => None,
        }
    }

    fn coordinator(&self, seen: &Seen) -> FindCoordinatorResponse {
        let mut rest = seen.body.clone();
        let asked = FindCoordinatorRequest::decode(&mut rest, seen.version).unwrap();
        assert_eq!(rest.try_get_bytes(1).ok(), None);
        let port = i32::from(self.address.port());
        let found = asked.coordinator_keys.into_iter().map(|key| {
            Coordinator::default()
                .with_key(key)
                .with_node_id(BrokerId(1))
                .with_host(StrBytes::from_static_str("127.0.0.1"))
                .with_port(port)
        });
        FindCoordinatorResponse::default().with_coordinators(found.collect())
    }
}

fn frame_of(seen: &Seen, correlation: i32, body: &Bytes) -> BytesMut {
    let mut answer = BytesMut::new();
    answer.put_i32(correlation);
    if seen.key.response_header_version(seen.version) == 1 {
        answer.put_u8(0);
    }
    answer.put_slice(body);
    let mut frame = BytesMut::new();
    frame.put_i32(i32::try_from(answer.len()).unwrap());
    frame.put_slice(&answer);
    frame
}

async fn rest_of(stream: &mut TcpStream) -> Found {
    let mut bytes = 0;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match stream.read(&mut buffer).await {
            Ok(0) => return Found { bytes, end: None },
            Ok(read) => bytes += read,
            Err(error) => return Found { bytes, end: Some(error.kind()) },
        }
    }
}

/// A cluster of one broker, at this address.
pub fn metadata(address: SocketAddr) -> MetadataResponse {
    let broker = MetadataResponseBroker::default()
        .with_node_id(BrokerId(1))
        .with_host(StrBytes::from_static_str("127.0.0.1"))
        .with_port(i32::from(address.port()));
    MetadataResponse::default().with_brokers(vec![broker]).with_controller_id(BrokerId(1))
}

/// Versions of a recent broker, except for those given.
pub fn versions(instead: &[(ApiKey, Option<(i16, i16)>)]) -> ApiVersionsResponse {
    let recent = [
        (ApiKey::ListOffsets, 1, 10),
        (ApiKey::Metadata, 0, 13),
        (ApiKey::OffsetCommit, 2, 10),
        (ApiKey::OffsetFetch, 1, 10),
        (ApiKey::FindCoordinator, 0, 6),
        (ApiKey::DescribeGroups, 0, 6),
        (ApiKey::ListGroups, 0, 5),
        (ApiKey::SaslHandshake, 0, 1),
        (ApiKey::ApiVersions, 0, 4),
        (ApiKey::CreateTopics, 2, 7),
        (ApiKey::DeleteTopics, 1, 6),
        (ApiKey::CreatePartitions, 0, 3),
        (ApiKey::DeleteGroups, 0, 2),
        (ApiKey::SaslAuthenticate, 0, 2),
        (ApiKey::DescribeConfigs, 1, 4),
        (ApiKey::OffsetDelete, 0, 0),
        (ApiKey::DescribeCluster, 0, 2),
        (ApiKey::ConsumerGroupDescribe, 0, 1),
        (ApiKey::ElectLeaders, 1, 2),
        (ApiKey::DescribeQuorum, 0, 2),
    ];
    let mut apis = Vec::new();
    for (key, min, max) in recent {
        let given = instead.iter().find(|(other, _)| *other == key);
        let Some((min, max)) = given.map_or(Some((min, max)), |(_, range)| *range) else {
            continue;
        };
        let api = ApiVersion::default().with_api_key(key as i16).with_min_version(min).with_max_version(max);
        apis.push(api);
    }
    ApiVersionsResponse::default().with_api_keys(apis)
}
