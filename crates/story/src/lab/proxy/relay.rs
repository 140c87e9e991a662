//! One connection: requests up, answers down, faults in between.

use super::record::{Place, Recorded};
use super::rules::Met;
use super::{Fate, Fault, Route, Shared, api, frame};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;

/// A request that the broker will answer; a broker answers the requests of a connection in order.
struct Pending {
    correlation: i32,
    place: Option<Place>,
    met: Option<Met>,
}

/// Serves one client until either side ends. Errors end the connection and nothing else.
pub(super) async fn serve(client: TcpStream, broker: SocketAddr, shared: Arc<Shared>) {
    let (mut from_client, to_client) = client.into_split();
    // The first frame names the client, and the client decides where it leads.
    let Ok(Some(first)) = frame::read(&mut from_client).await else {
        return;
    };
    let Ok(header) = frame::header(&first) else {
        return;
    };
    let route = shared.route_of(&header.client_id);
    let upstream = match route {
        Route::Main => broker,
        Route::OtherCluster => shared.secure,
        Route::Down => return,
    };
    let connection =
        tokio::spawn(relay(Client { reader: from_client, writer: to_client, first }, upstream, Arc::clone(&shared)));
    shared.opened(&header.client_id, connection.abort_handle());
    if shared.route_of(&header.client_id) != route {
        connection.abort();
    }
}

struct Client {
    reader: OwnedReadHalf,
    writer: OwnedWriteHalf,
    first: Vec<u8>,
}

async fn relay(client: Client, upstream: SocketAddr, shared: Arc<Shared>) -> io::Result<()> {
    let broker = TcpStream::connect(upstream).await?;
    broker.set_nodelay(true)?;
    let (from_broker, to_broker) = broker.into_split();
    let (pending, answered) = mpsc::unbounded_channel();
    let mut requests = Requests { broker: upstream, to_broker, pending, shared: Arc::clone(&shared) };
    let up = async {
        requests.forward(client.first).await?;
        let mut reader = client.reader;
        while let Some(request) = frame::read(&mut reader).await? {
            requests.forward(request).await?;
        }
        // The broker ends the connection when it has answered what is under way.
        requests.to_broker.shutdown().await
    };
    let answers = Answers { from_broker, to_client: client.writer, pending: answered, shared };
    // The way down decides the end: a client that has gone must not undo what is under way upwards.
    let down = answers.forward_all();
    tokio::pin!(up, down);
    tokio::select! {
        ended = &mut down => ended,
        ended = &mut up => match ended {
            Ok(()) => down.await,
            Err(error) => Err(error),
        },
    }
}

struct Requests {
    broker: SocketAddr,
    to_broker: OwnedWriteHalf,
    pending: mpsc::UnboundedSender<Pending>,
    shared: Arc<Shared>,
}

impl Requests {
    async fn forward(&mut self, request: Vec<u8>) -> io::Result<()> {
        let header = frame::header(&request)?;
        let place = self.record(&header, &request);
        let mut met = self.shared.rules.take(&header.client_id, header.api);
        match met.as_mut().map(|met| (met.fault.clone(), met)) {
            Some((Fault::DropRequest, _)) => {
                self.shared.records.settle(place.as_ref(), Fate::Dropped);
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            Some((Fault::HoldRequest, met)) => met.released().await,
            _ => {}
        }
        let pending = Pending { correlation: header.correlation, place, met };
        self.pending.send(pending).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        self.to_broker.write_all(&request).await
    }

    fn record(&self, header: &frame::Header, request: &[u8]) -> Option<Place> {
        let kept = if api::changes(header.api) { request.to_vec() } else { Vec::new() };
        let recorded = Recorded {
            at: SystemTime::now(),
            api: header.api,
            version: header.version,
            correlation: header.correlation,
            broker: self.broker,
            fate: Fate::Sent,
            frame: kept,
        };
        self.shared.records.add(&header.client_id, recorded)
    }
}

struct Answers {
    from_broker: OwnedReadHalf,
    to_client: OwnedWriteHalf,
    pending: mpsc::UnboundedReceiver<Pending>,
    shared: Arc<Shared>,
}

impl Answers {
    async fn forward_all(mut self) -> io::Result<()> {
        while let Some(answer) = frame::read(&mut self.from_broker).await? {
            let pending = self.asked(frame::correlation(&answer)?).await?;
            self.forward(answer, pending).await?;
        }
        Ok(())
    }

    /// The request of an answer. Requests without one (acks=0) are passed over.
    async fn asked(&mut self, correlation: i32) -> io::Result<Pending> {
        while let Some(pending) = self.pending.recv().await {
            if pending.correlation == correlation {
                return Ok(pending);
            }
        }
        Err(io::ErrorKind::InvalidData.into())
    }

    async fn forward(&mut self, answer: Vec<u8>, pending: Pending) -> io::Result<()> {
        let Pending { place, met, .. } = pending;
        let settle = |fate| self.shared.records.settle(place.as_ref(), fate);
        let Some(mut met) = met else {
            settle(Fate::Answered);
            return self.to_client.write_all(&answer).await;
        };
        match met.fault.clone() {
            Fault::LoseAnswer => {
                settle(Fate::AnswerLost);
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            Fault::Garbage(bytes) => {
                settle(Fate::Garbled);
                return self.to_client.write_all(&bytes).await;
            }
            Fault::DelayAnswer(delay) => tokio::time::sleep(delay).await,
            Fault::HoldAnswer => {
                met.counts_answer();
                met.released().await;
            }
            Fault::HoldRequest | Fault::DropRequest => {}
        }
        settle(Fate::Answered);
        self.to_client.write_all(&answer).await
    }
}
