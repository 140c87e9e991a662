//! Requests to frames, frames to answers.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use kafka_protocol::messages::{RequestHeader, ResponseHeader};
use kafka_protocol::protocol::{Decodable, Encodable, HeaderVersion, StrBytes};

use super::call::Call;
use super::shape::{NEVER, Shape};
use super::walk::walk;
use crate::budget::Budget;

/// The header of an answer in the flexible form: correlation id and tagged fields.
const HEADER: Shape = Shape::new(0, 1, 1, &[super::shape::field("correlation_id", super::shape::I32)]).open_end();

/// The number and the sender of one request.
pub(crate) struct Envelope<'a> {
    /// Chosen by us, repeated in the answer.
    pub(crate) correlation: i32,
    /// How this client calls itself.
    pub(crate) client_id: &'a str,
    /// The negotiated version.
    pub(crate) version: i16,
}

/// Encodes a request with its header and length.
///
/// # Errors
/// What the encoder says, for example a field that this version lacks.
pub(crate) fn encode<C: Call>(request: &C, envelope: &Envelope<'_>) -> Result<Bytes, String> {
    let header = RequestHeader::default()
        .with_request_api_key(C::API.key)
        .with_request_api_version(envelope.version)
        .with_correlation_id(envelope.correlation)
        .with_client_id(Some(StrBytes::from_string(envelope.client_id.to_owned())));
    let mut frame = BytesMut::with_capacity(256);
    frame.put_i32(0);
    header
        .encode(&mut frame, C::header_version(envelope.version))
        .and_then(|()| request.encode(&mut frame, envelope.version))
        .map_err(|error| error.to_string())?;
    let length = i32::try_from(frame.len() - 4).map_err(|_| "over 2 GiB".to_owned())?;
    if let Some(head) = frame.get_mut(..4) {
        head.copy_from_slice(&length.to_be_bytes());
    }
    Ok(frame.freeze())
}

/// Takes the header off an answer and gives its correlation id.
///
/// # Errors
/// A header that is too short or malformed.
fn take_header<C: Call>(frame: &mut Bytes, version: i16) -> Result<i32, String> {
    let header = C::Answer::header_version(version);
    walk(&HEADER, header, frame).map_err(|why| format!("header: {why}"))?;
    ResponseHeader::decode(frame, header)
        .map(|header| header.correlation_id)
        .map_err(|error| format!("header: {error}"))
}

/// What an answer is decoded under.
pub(crate) struct Under<'a> {
    /// The version of the request.
    pub(crate) version: i16,
    /// The number of the request.
    pub(crate) correlation: i32,
    /// What the answer has to share with others.
    pub(crate) budget: Option<&'a Budget>,
}

/// Decodes an answer after all its lengths were checked, and its memory was granted.
///
/// # Errors
/// Why the frame is no answer to this request.
pub(crate) fn decode<C: Call>(mut frame: Bytes, under: &Under<'_>) -> Result<C::Answer, String> {
    let found = take_header::<C>(&mut frame, under.version)?;
    if found != under.correlation {
        return Err(format!("correlation id {found} instead of {}", under.correlation));
    }
    let taken = walk(C::API.shape, under.version, &frame)?;
    under.budget.map_or(Ok(()), |budget| budget.take(taken))?;
    C::Answer::decode(&mut frame, under.version).map_err(|error| error.to_string())
}

/// Decodes a message without header after all its lengths were checked.
///
/// # Errors
/// Why it is no such message.
pub(crate) fn decode_body<T: Decodable>(shape: &Shape, version: i16, mut body: Bytes) -> Result<T, String> {
    walk(shape, version, &body)?;
    T::decode(&mut body, version).map_err(|error| error.to_string())
}

/// The error code at the start of an ApiVersions answer, which is there in every version.
pub(crate) fn api_versions_code(frame: &Bytes) -> Option<i16> {
    let mut rest = frame.get(4..)?;
    (rest.remaining() >= 2).then(|| rest.get_i16())
}

/// Decodes the assignment of a classic consumer, whose version is its first two bytes.
///
/// # Errors
/// Why it is no such assignment.
pub(crate) fn decode_versioned<T: Decodable>(shape: &Shape, bytes: &Bytes) -> Result<T, String> {
    debug_assert_eq!(shape.flexible, NEVER);
    let mut rest = bytes.clone();
    if rest.remaining() < 2 {
        return Err("no version".to_owned());
    }
    let version = rest.get_i16();
    if version < shape.min {
        return Err(format!("version {version}"));
    }
    decode_body(shape, version.min(shape.max), rest)
}
