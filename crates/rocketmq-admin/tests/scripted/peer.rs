//! A peer that speaks RocketMQ's protocol as a script tells it, and counts what it is asked. Its frames are written here
//! once more, by hand and by another JSON library, so that the client is not judged by its own code.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use rocketmq_admin::HostPort;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, watch};

pub const CLUSTER_INFO: i32 = 106;

/// One request as it came in.
#[derive(Clone, Debug)]
pub struct Seen {
    pub code: i32,
    pub opaque: i64,
    pub header: Value,
    pub fields: BTreeMap<String, String>,
    pub body: Vec<u8>,
    /// How many requests of this kind came before, on all connections.
    pub before: usize,
    /// Where the peer listens.
    pub address: SocketAddr,
}

/// What the peer does with a request.
pub enum Reply {
    /// Answers with this code, these fields and this body.
    Answer { code: i32, remark: Option<&'static str>, fields: Value, body: Vec<u8> },
    /// Sends these bytes, whatever they are.
    Raw(Vec<u8>),
    /// Closes the connection.
    Close,
    /// Keeps it open, says nothing.
    Silence,
    /// Answers as above, but not before the other side of the gate is dropped.
    Later(Box<Reply>, Gate),
    /// Answers with success and reads no more until the other side of the gate is dropped; then it tells what it still
    /// finds on the connection.
    Deaf(Gate, mpsc::UnboundedSender<Found>),
}

/// What was left on a connection.
#[derive(Debug)]
pub struct Found {
    /// How many bytes came.
    pub bytes: usize,
    /// How it ended: `None` for a usual close.
    pub end: Option<std::io::ErrorKind>,
}

/// Opens when its sender is dropped.
pub type Gate = watch::Receiver<()>;

/// Success with a body.
pub fn body(text: impl Into<Vec<u8>>) -> Reply {
    Reply::Answer { code: 0, remark: None, fields: json!({}), body: text.into() }
}

/// Success with fields.
pub fn fields(fields: Value) -> Reply {
    Reply::Answer { code: 0, remark: None, fields, body: Vec::new() }
}

/// No success.
pub fn refusal(code: i32, remark: &'static str) -> Reply {
    Reply::Answer { code, remark: Some(remark), fields: json!({}), body: Vec::new() }
}

/// A frame with a header in JSON.
pub fn frame(header: &Value, body: &[u8]) -> Vec<u8> {
    let header = header.to_string();
    let length = |length: usize| u32::try_from(length).unwrap().to_be_bytes();
    [&length(4 + header.len() + body.len())[..], &length(header.len())[..], header.as_bytes(), body].concat()
}

type Script = dyn Fn(&Seen) -> Option<Reply> + Send + Sync;

/// A running peer: a NameServer, and the master of `broker-a`.
#[derive(Clone)]
pub struct Peer {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    counts: Arc<Mutex<HashMap<i32, usize>>>,
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
        let peer = Self {
            address: listener.local_addr().unwrap(),
            seen: Arc::default(),
            counts: Arc::default(),
            connections: Arc::default(),
        };
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
    pub fn count(&self, code: i32) -> usize {
        self.counts.lock().unwrap().get(&code).copied().unwrap_or(0)
    }

    /// The last request of a kind.
    pub fn last(&self, code: i32) -> Seen {
        self.seen.lock().unwrap().iter().rev().find(|seen| seen.code == code).unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }

    async fn serve(&self, mut stream: TcpStream, script: &Script) -> Option<()> {
        loop {
            let length = stream.read_u32().await.ok()?;
            let mut frame = vec![0; usize::try_from(length).ok()?];
            stream.read_exact(&mut frame).await.ok()?;
            let seen = self.read(&frame);
            self.seen.lock().unwrap().push(seen.clone());
            let mut reply = script(&seen).or_else(|| usual(&seen))?;
            if let Reply::Later(later, mut gate) = reply {
                while gate.changed().await.is_ok() {}
                reply = *later;
            }
            match reply {
                Reply::Silence | Reply::Later(..) => {}
                Reply::Close => return None,
                Reply::Deaf(mut gate, told) => {
                    let header = json!({"code": 0, "flag": 1, "opaque": seen.opaque, "version": 407});
                    stream.write_all(&self::frame(&header, b"")).await.ok()?;
                    while gate.changed().await.is_ok() {}
                    told.send(rest_of(&mut stream).await).ok()?;
                    return None;
                }
                Reply::Raw(bytes) => stream.write_all(&bytes).await.ok()?,
                Reply::Answer { code, remark, fields, body } => {
                    let header = json!({
                        "code": code, "extFields": fields, "flag": 1, "language": "JAVA", "opaque": seen.opaque,
                        "remark": remark, "serializeTypeCurrentRPC": "JSON", "version": 407,
                    });
                    stream.write_all(&self::frame(&header, &body)).await.ok()?;
                }
            }
        }
    }

    fn read(&self, frame: &[u8]) -> Seen {
        assert_eq!(frame[0], 0, "a header in JSON");
        let length = usize::from(frame[1]) << 16 | usize::from(frame[2]) << 8 | usize::from(frame[3]);
        let header: Value = serde_json::from_slice(&frame[4..4 + length]).unwrap();
        let code = i32::try_from(header["code"].as_i64().unwrap()).unwrap();
        let fields = serde_json::from_value(header["extFields"].clone()).unwrap();
        let opaque = header["opaque"].as_i64().unwrap();
        let body = frame[4 + length..].to_vec();
        let mut counts = self.counts.lock().unwrap();
        let count = counts.entry(code).or_default();
        *count += 1;
        Seen { code, opaque, header, fields, body, before: *count - 1, address: self.address }
    }
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

fn usual(seen: &Seen) -> Option<Reply> {
    (seen.code == CLUSTER_INFO).then(|| cluster(&[("broker-a", 0, seen.address)]))
}

/// An answer to [`CLUSTER_INFO`] with these processes, as fastjson writes it.
pub fn cluster(processes: &[(&str, u64, SocketAddr)]) -> Reply {
    let mut brokers: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, id, address) in processes {
        brokers.entry(name).or_default().push(format!("{id}:\"{address}\""));
    }
    let data = brokers.iter().map(|(name, addresses)| {
        let addresses = addresses.join(",");
        format!("\"{name}\":{{\"brokerAddrs\":{{{addresses}}},\"brokerName\":\"{name}\",\"cluster\":\"c\"}}")
    });
    let data = data.collect::<Vec<_>>().join(",");
    body(format!("{{\"brokerAddrTable\":{{{data}}},\"clusterAddrTable\":{{\"c\":[\"broker-a\"]}}}}"))
}
