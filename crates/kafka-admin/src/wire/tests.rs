//! Every layout against an encoder: whole answers pass, damaged ones never reach the decoder
//! with a length that is not backed by bytes.

use bytes::{BufMut, Bytes, BytesMut};
use kafka_protocol::messages as m;
use kafka_protocol::protocol::{Encodable, Message};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use super::call::{Api, Call};
use super::codec::decode_body;
use super::corpus::Example;
use super::shape::{Field, Kind, Shape};
use super::walk::{MEMORY, in_memory, walk};

/// One API with its example, without its types.
struct Case {
    api: Api,
    encode: fn(i16) -> Bytes,
    decode: fn(&[u8], i16) -> Result<(), String>,
}

fn encode<C: Call>(version: i16) -> Bytes
where
    C::Answer: Encodable + Example,
{
    let mut body = BytesMut::new();
    C::Answer::example(version).encode(&mut body, version).unwrap();
    body.freeze()
}

fn decode<C: Call>(body: &[u8], version: i16) -> Result<(), String> {
    let body = Bytes::copy_from_slice(body);
    decode_body::<C::Answer>(C::API.shape, version, body).map(|_| ())
}

macro_rules! cases {
    ($($request:ident)*) => {
        fn cases() -> Vec<Case> {
            vec![$(Case {
                api: <m::$request as Call>::API,
                encode: encode::<m::$request>,
                decode: decode::<m::$request>,
            }),*]
        }
    };
}

cases! {
    ApiVersionsRequest SaslHandshakeRequest SaslAuthenticateRequest MetadataRequest
    DescribeClusterRequest FindCoordinatorRequest ListGroupsRequest DescribeGroupsRequest
    ConsumerGroupDescribeRequest OffsetFetchRequest OffsetCommitRequest OffsetDeleteRequest
    DeleteGroupsRequest ListOffsetsRequest DescribeConfigsRequest IncrementalAlterConfigsRequest
    CreateTopicsRequest DeleteTopicsRequest DeleteRecordsRequest DescribeAclsRequest
    AlterReplicaLogDirsRequest DescribeLogDirsRequest CreatePartitionsRequest ElectLeadersRequest
    AlterPartitionReassignmentsRequest ListPartitionReassignmentsRequest DescribeQuorumRequest
    UnregisterBrokerRequest
}

fn each_version(mut look: impl FnMut(&Case, i16, &[u8])) {
    for case in cases() {
        for version in case.api.shape.min..=case.api.shape.max {
            let body = (case.encode)(version);
            look(&case, version, &body);
        }
    }
}

#[test]
fn every_call_has_an_example() {
    let mut keys: Vec<i16> = cases().iter().map(|case| case.api.key).collect();
    keys.sort_unstable();
    let mut known = super::call::KEYS.to_vec();
    known.sort_unstable();
    assert_eq!(keys, known);
}

#[test]
fn whole_answers_pass_in_every_version() {
    each_version(|case, version, body| {
        let name = case.api.name;
        walk(case.api.shape, version, body).unwrap_or_else(|why| panic!("{name} v{version}: {why}"));
        (case.decode)(body, version).unwrap_or_else(|why| panic!("{name} v{version}: {why}"));
    });
}

#[test]
fn truncated_answers_are_refused() {
    each_version(|case, version, body| {
        for length in 0..body.len() {
            let cut = body.get(..length).unwrap();
            let name = case.api.name;
            assert!((case.decode)(cut, version).is_err(), "{name} v{version} cut to {length}");
        }
    });
}

#[test]
fn more_bytes_than_an_answer_are_refused() {
    each_version(|case, version, body| {
        let longer = [body, &[0]].concat();
        assert!((case.decode)(&longer, version).is_err(), "{}", case.api.name);
    });
}

/// Where the walker accepts, the decoder may only see lengths that are backed by bytes:
/// it must end quickly and agree. An unchecked length would abort this test for want of memory.
#[test]
fn damaged_answers_never_panic_nor_reserve() {
    let mut random = SmallRng::seed_from_u64(20_260_101);
    let mut refused = 0_u32;
    each_version(|case, version, body| {
        for _ in 0..400 {
            let damaged = damage(body, &mut random);
            if (case.decode)(&damaged, version).is_err() {
                refused += 1;
            }
        }
    });
    assert!(refused > 1_000, "{refused}");
}

fn damage(body: &[u8], random: &mut SmallRng) -> Vec<u8> {
    let mut damaged = body.to_vec();
    for _ in 0..random.random_range(1..=3) {
        let at = random.random_range(0..damaged.len());
        match random.random_range(0..4) {
            0 => damaged[at] = random.random(),
            1 => inflate(&mut damaged, at, &[0x7f, 0xff, 0xff, 0xff]),
            2 => inflate(&mut damaged, at, &[0xff, 0xff, 0xff, 0xff, 0x0f]),
            _ => damaged.truncate(at.max(1)),
        }
    }
    damaged
}

fn inflate(body: &mut [u8], at: usize, with: &[u8]) {
    for (byte, new) in body.iter_mut().skip(at).zip(with) {
        *byte = *new;
    }
}

/// Each four bytes, and each five, replaced in turn by the largest length there is.
#[test]
fn inflated_lengths_are_refused_at_every_place() {
    each_version(|case, version, body| {
        for at in 0..body.len() {
            for largest in [&[0x7f, 0xff, 0xff, 0xff][..], &[0xff, 0xff, 0xff, 0xff, 0x0f]] {
                let mut inflated = body.to_vec();
                inflate(&mut inflated, at, largest);
                // What it says does not matter, that it comes back does.
                drop((case.decode)(&inflated, version));
            }
        }
    });
}

#[test]
fn nine_bytes_cannot_ask_for_gigabytes() {
    // Metadata version 4: throttle time, then 2^31 - 1 brokers.
    let mut body = BytesMut::new();
    body.put_i32(0);
    body.put_i32(i32::MAX);
    body.put_u8(0);
    let why = decode::<m::MetadataRequest>(&body, 4).unwrap_err();
    assert_eq!(why, "brokers: 2147483647 elements announced, 1 bytes left");
}

#[test]
fn a_known_tag_is_checked_like_a_field() {
    // ApiVersions version 3: no error, no APIs, throttle time, one tag: supported features.
    let mut body = BytesMut::from(&[0, 0, 1, 0, 0, 0, 0, 1, 0][..]);
    body.put_slice(&[5, 0xff, 0xff, 0xff, 0xff, 0x0f]);
    let why = decode::<m::ApiVersionsRequest>(&body, 3).unwrap_err();
    assert!(why.starts_with("tags: "), "{why}");
    // The same tag, an empty array, but a size that says otherwise.
    let lying = [0, 0, 1, 0, 0, 0, 0, 1, 0, 2, 1, 0];
    assert!(decode::<m::ApiVersionsRequest>(&lying, 3).is_err());
    let honest = [0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 1];
    decode::<m::ApiVersionsRequest>(&honest, 3).unwrap();
}

#[test]
fn the_memory_of_an_answer_is_bounded() {
    const FIELDS: &[Field] = &[super::shape::field("one", super::shape::I8)];
    const TINY: Shape = Shape::new(0, 0, super::shape::NEVER, &[super::shape::field("all", Kind::Structs(FIELDS))]);
    let body = |count: usize| {
        let mut body = BytesMut::new();
        body.put_i32(i32::try_from(count).unwrap());
        body.put_bytes(0, count);
        body
    };
    let most = MEMORY / in_memory(FIELDS, &[]);
    walk(&TINY, 0, &body(most - 100)).unwrap();
    let error = walk(&TINY, 0, &body(most + 1)).unwrap_err();
    assert!(error.contains("bytes of memory"), "{error}");
    // 64 MiB of the smallest structures are far from what is accepted.
    assert!(64 * 1024 * 1024 > 10 * most);
}

#[test]
fn unknown_tags_count_with_what_they_take() {
    const EMPTY: Shape = Shape::new(0, 0, 0, &[]);
    let walked = |count: u32| {
        let mut body = BytesMut::new();
        for number in std::iter::once(count).chain(0..count) {
            // A varint of three bytes, and for each tag the size 0.
            body.put_slice(&[
                0x80 | (number & 0x7f) as u8,
                0x80 | (number >> 7 & 0x7f) as u8,
                (number >> 14 & 0x7f) as u8,
                0,
            ]);
        }
        // The count has no size behind it.
        let body = [&body[..3], &body[4..]].concat();
        walk(&EMPTY, 0, &body)
    };
    walked(200_000).unwrap();
    let error = walked(300_000).unwrap_err();
    assert!(error.contains("bytes of memory"), "{error}");
}

/// As many as a large cluster has, in one answer.
#[test]
fn two_hundred_thousand_partitions_are_read() {
    let brokers = || vec![m::BrokerId(1), m::BrokerId(2), m::BrokerId(3)];
    let partition = |id| {
        m::metadata_response::MetadataResponsePartition::default()
            .with_partition_index(id)
            .with_replica_nodes(brokers())
            .with_isr_nodes(brokers())
    };
    let topic = m::metadata_response::MetadataResponseTopic::default()
        .with_name(Some(super::corpus::topic("a-topic-with-a-name-of-the-usual-length")))
        .with_partitions((0..1_000).map(partition).collect());
    let answer = m::MetadataResponse::default().with_topics(vec![topic; 200]);
    let mut body = BytesMut::new();
    answer.encode(&mut body, 12).unwrap();
    decode::<m::MetadataRequest>(&body, 12).unwrap();
    // Half is left, as the limit says.
    let twice =
        m::MetadataResponse::default().with_topics(answer.topics.iter().chain(&answer.topics).cloned().collect());
    body.clear();
    twice.encode(&mut body, 12).unwrap();
    decode::<m::MetadataRequest>(&body, 12).unwrap();
}

/// What the walker counts for a structure is not less than the decoder's own.
#[test]
fn structures_are_counted_with_their_size() {
    fn elements(fields: &'static [Field], path: &[&str]) -> usize {
        let (name, rest) = path.split_first().unwrap();
        let field = fields.iter().find(|field| field.name == *name).unwrap();
        let (inner, tagged): (&'static [Field], &'static [(u32, Kind)]) = match field.kind {
            Kind::Structs(inner) => (inner, &[]),
            Kind::TaggedStructs(inner, tagged) => (inner, tagged),
            other => panic!("{name}: {other:?}"),
        };
        if rest.is_empty() { in_memory(inner, tagged) } else { elements(inner, rest) }
    }
    macro_rules! counted {
        ($($request:ident $path:expr => $element:ty;)*) => {
            $(
                let counted = elements(<m::$request as Call>::API.shape.fields, &$path);
                let real = size_of::<$element>();
                assert!(counted >= real, "{} {:?}: {counted} of {real}", stringify!($request), $path);
            )*
        };
    }
    counted! {
        MetadataRequest ["brokers"] => m::metadata_response::MetadataResponseBroker;
        MetadataRequest ["topics"] => m::metadata_response::MetadataResponseTopic;
        MetadataRequest ["topics", "partitions"] => m::metadata_response::MetadataResponsePartition;
        OffsetFetchRequest ["groups"] => m::offset_fetch_response::OffsetFetchResponseGroup;
        OffsetFetchRequest ["groups", "topics"] => m::offset_fetch_response::OffsetFetchResponseTopics;
        OffsetFetchRequest ["groups", "topics", "partitions"] => m::offset_fetch_response::OffsetFetchResponsePartitions;
        ListGroupsRequest ["groups"] => m::list_groups_response::ListedGroup;
        DescribeGroupsRequest ["groups"] => m::describe_groups_response::DescribedGroup;
        DescribeGroupsRequest ["groups", "members"] => m::describe_groups_response::DescribedGroupMember;
        DescribeConfigsRequest ["results"] => m::describe_configs_response::DescribeConfigsResult;
        DescribeConfigsRequest ["results", "configs"] => m::describe_configs_response::DescribeConfigsResourceResult;
        DescribeConfigsRequest ["results", "configs", "synonyms"] => m::describe_configs_response::DescribeConfigsSynonym;
        ListOffsetsRequest ["topics", "partitions"] => m::list_offsets_response::ListOffsetsPartitionResponse;
        DescribeAclsRequest ["resources", "acls"] => m::describe_acls_response::AclDescription;
        DescribeLogDirsRequest ["results", "topics", "partitions"] => m::describe_log_dirs_response::DescribeLogDirsPartition;
    }
}

#[test]
fn classic_assignments_are_checked_too() {
    use super::codec::decode_versioned;
    use super::shapes::CONSUMER_ASSIGNMENT;
    let assignment = m::ConsumerProtocolAssignment::example(0);
    for version in 0..=3 {
        let mut bytes = BytesMut::new();
        bytes.put_i16(version);
        assignment.encode(&mut bytes, version).unwrap();
        let whole = bytes.freeze();
        let read: m::ConsumerProtocolAssignment = decode_versioned(&CONSUMER_ASSIGNMENT, &whole).unwrap();
        assert_eq!(read, assignment);
        for length in 0..whole.len() {
            let cut = whole.slice(..length);
            assert!(decode_versioned::<m::ConsumerProtocolAssignment>(&CONSUMER_ASSIGNMENT, &cut).is_err());
        }
    }
    let huge = Bytes::from_static(&[0, 0, 0x7f, 0xff, 0xff, 0xff]);
    assert!(decode_versioned::<m::ConsumerProtocolAssignment>(&CONSUMER_ASSIGNMENT, &huge).is_err());
}

/// A layout must not promise versions in which the request cannot be written.
#[test]
fn the_versions_described_can_be_asked_for() {
    fn inside<C: Call + Message>() {
        let ours = C::API.shape;
        let decoder = <C as Message>::VERSIONS;
        assert!(ours.min >= decoder.min && ours.max <= decoder.max, "{}", C::API.name);
    }
    inside::<m::OffsetFetchRequest>();
    inside::<m::OffsetCommitRequest>();
    inside::<m::ListOffsetsRequest>();
    inside::<m::MetadataRequest>();
    inside::<m::DescribeGroupsRequest>();
}
