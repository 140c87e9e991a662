//! The header of a command in RocketMQ's own form (`RocketMQSerializable`).
//!
//! `i16 code | u8 language | i16 version | i32 opaque | i32 flag | i32 length, remark | i32 length, fields`, where a field
//! is `i16 length, name | i32 length, value`.

use bytes::{Buf, Bytes};

use super::frame::Front;
use super::header::{Fields, Header};

/// Reads a header.
///
/// # Errors
/// Why it is none.
pub(crate) fn decode(mut bytes: Bytes) -> Result<Header, String> {
    let header = read(&mut bytes).map_err(|why| format!("binary header: {why}"))?;
    if bytes.has_remaining() {
        return Err("binary header: something behind the end".to_owned());
    }
    Ok(header)
}

fn read(bytes: &mut Bytes) -> Result<Header, String> {
    let short = |error: bytes::TryGetError| error.to_string();
    let code = i32::from(bytes.try_get_i16().map_err(short)?);
    // The language.
    bytes.try_get_u8().map_err(short)?;
    let version = i32::from(bytes.try_get_i16().map_err(short)?);
    let opaque = bytes.try_get_i32().map_err(short)?;
    let flag = bytes.try_get_i32().map_err(short)?;
    let remark = Some(long_text(bytes)?).filter(|remark| !remark.is_empty());
    let length = bytes.try_get_i32().map_err(short)?;
    let mut rest = part(bytes, length.into())?;
    let mut fields = Fields::new();
    while rest.has_remaining() {
        let length = rest.try_get_i16().map_err(short)?;
        let name = text(part(&mut rest, length.into())?)?;
        fields.insert(name, long_text(&mut rest)?);
    }
    Ok(Header { code, version, opaque, flag, remark, fields })
}

fn long_text(bytes: &mut Bytes) -> Result<String, String> {
    let length = bytes.try_get_i32().map_err(|error| error.to_string())?;
    text(part(bytes, length.into())?)
}

fn part(bytes: &mut Bytes, length: i64) -> Result<Bytes, String> {
    let part = usize::try_from(length).ok().and_then(|length| bytes.split_to_checked(length));
    part.ok_or_else(|| format!("{length} bytes announced, {} are there", bytes.remaining()))
}

fn text(bytes: Bytes) -> Result<String, String> {
    String::from_utf8(bytes.into()).map_err(|_| "no UTF-8".to_owned())
}
