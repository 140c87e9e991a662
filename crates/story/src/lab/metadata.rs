//! What each broker by itself knows of a topic. What the controller has decided reaches the brokers one after the other, and an
//! AdminClient asks whichever it likes: who is going to look waits until all of them know.

use super::proxy::frame;
use kafka_protocol::messages::metadata_request::MetadataRequestTopic;
use kafka_protocol::messages::{ApiKey, MetadataRequest, MetadataResponse, RequestHeader, ResponseHeader, TopicName};
use kafka_protocol::protocol::{Decodable, Encodable, HeaderVersion, StrBytes};
use std::io;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// Metadata, in a version that every broker of the lab speaks.
const VERSION: i16 = 12;
const LIMIT: Duration = Duration::from_secs(120);
const RETRY: Duration = Duration::from_millis(20);

/// Waits until each broker at these addresses knows so many partitions of a topic; none: no such topic. A broker that is not
/// there is passed over: nobody can be told something else by it.
///
/// # Panics
/// If one does not for too long, or answers what cannot be read.
pub(super) async fn known_by_all(addresses: &str, topic: &str, partitions: usize) {
    for address in addresses.split(',') {
        let began = Instant::now();
        while let Some(known) = known_at(address, topic).await {
            if known == partitions {
                break;
            }
            assert!(began.elapsed() < LIMIT, "{address} knows {known} partitions of {topic}, not {partitions}");
            tokio::time::sleep(RETRY).await;
        }
    }
}

/// The same of one broker; none if it is not there, or ends meanwhile.
async fn known_at(address: &str, topic: &str) -> Option<usize> {
    use io::ErrorKind::{BrokenPipe, ConnectionRefused, ConnectionReset, UnexpectedEof};
    match partitions_at(address, topic).await {
        Ok(known) => Some(known),
        Err(error) if matches!(error.kind(), BrokenPipe | ConnectionRefused | ConnectionReset | UnexpectedEof) => None,
        Err(error) => panic!("{address}: {error}"),
    }
}

/// How many partitions of a topic this broker knows.
async fn partitions_at(address: &str, topic: &str) -> io::Result<usize> {
    let mut broker = TcpStream::connect(address).await?;
    broker.write_all(&request(topic)?).await?;
    let answer = frame::read(&mut broker).await?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let mut body = answer.get(4..).unwrap_or_default();
    ResponseHeader::decode(&mut body, MetadataResponse::header_version(VERSION)).map_err(io::Error::other)?;
    let metadata = MetadataResponse::decode(&mut body, VERSION).map_err(io::Error::other)?;
    Ok(metadata.topics.first().map_or(0, |topic| topic.partitions.len()))
}

/// The request with its length in front.
fn request(topic: &str) -> io::Result<Vec<u8>> {
    let name = TopicName::from(StrBytes::from_string(topic.to_owned()));
    let asked = MetadataRequest::default()
        .with_topics(Some(vec![MetadataRequestTopic::default().with_name(Some(name))]))
        .with_allow_auto_topic_creation(false);
    let header = RequestHeader::default()
        .with_request_api_key(ApiKey::Metadata as i16)
        .with_request_api_version(VERSION)
        .with_correlation_id(1)
        .with_client_id(Some(StrBytes::from_static_str("lab")));
    let mut frame = Vec::new();
    header.encode(&mut frame, MetadataRequest::header_version(VERSION)).map_err(io::Error::other)?;
    asked.encode(&mut frame, VERSION).map_err(io::Error::other)?;
    let length = i32::try_from(frame.len()).map_err(io::Error::other)?;
    Ok([length.to_be_bytes().as_slice(), &frame].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Lab;
    use crate::lab::judge::TopicSpec;

    #[tokio::test]
    async fn each_broker_says_what_it_knows_and_one_that_is_not_there_nothing() {
        let lab = Lab::get().unwrap();
        let (judge, topic) = (lab.kafka().await.unwrap(), lab.unique("known"));
        let known = async || {
            let mut known = Vec::new();
            for address in judge.bootstrap().split(',') {
                known.push(known_at(address, &topic).await);
            }
            known
        };
        judge.create_topic(TopicSpec::new(&topic, 3, 1)).await.unwrap();
        assert_eq!(known().await, [Some(3); 3]);
        judge.delete_topic(&topic).await.unwrap();
        assert_eq!(known().await, [Some(0); 3]);
        assert_eq!(known_at("127.0.0.1:1", &topic).await, None);
    }
}
