//! Messages as they stand in a broker's log (`MessageDecoder`).

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use bytes::{Buf, Bytes, TryGetError};

use super::messages::Message;
use super::queue::Queue;
use crate::wire::frame::Front;

/// The mark of a message whose topic has a length of one byte, and of one of two.
const SHORT_TOPIC: i32 = 0xDAA3_20A7_u32.cast_signed();
const LONG_TOPIC: i32 = 0xDAA3_20AB_u32.cast_signed();
/// The flags of addresses of IP version 6: of who sent it, of who stored it.
const BORN_V6: i32 = 1 << 4;
const STORED_V6: i32 = 1 << 5;
/// Between the name and the value of a property, and behind it.
const NAME_END: char = '\u{1}';
const VALUE_END: char = '\u{2}';

/// Reads all messages, one behind the other.
///
/// # Errors
/// Why they are none.
pub(crate) fn read_all(mut bytes: Bytes, broker: &str) -> Result<Vec<Message>, String> {
    let mut messages = Vec::new();
    while bytes.has_remaining() {
        messages.push(read_one(&mut bytes, broker).map_err(|why| format!("message {}: {why}", messages.len()))?);
    }
    Ok(messages)
}

fn read_one(bytes: &mut Bytes, broker: &str) -> Result<Message, String> {
    let length = bytes.try_get_i32().map_err(short)?;
    let length = usize::try_from(length).ok().and_then(|length| length.checked_sub(size_of::<i32>()));
    let mut rest = length.and_then(|length| bytes.split_to_checked(length)).ok_or("its length is wrong")?;
    let message = fields(&mut rest, broker)?;
    if rest.has_remaining() {
        return Err("something behind the end".to_owned());
    }
    Ok(message)
}

/// For errors: there are fewer bytes than a number takes.
#[expect(clippy::needless_pass_by_value, reason = "as `map_err` hands it over")]
fn short(error: TryGetError) -> String {
    error.to_string()
}

fn fields(bytes: &mut Bytes, broker: &str) -> Result<Message, String> {
    let mark = bytes.try_get_i32().map_err(short)?;
    if mark != SHORT_TOPIC && mark != LONG_TOPIC {
        return Err(format!("no message: {mark:#x}"));
    }
    // The checksum of the body.
    bytes.try_get_i32().map_err(short)?;
    let queue = bytes.try_get_i32().map_err(short)?;
    let queue = u32::try_from(queue).map_err(|_| format!("queue {queue}"))?;
    let flag = bytes.try_get_i32().map_err(short)?;
    let offset = bytes.try_get_i64().map_err(short)?;
    let physical = bytes.try_get_i64().map_err(short)?;
    let sys_flag = bytes.try_get_i32().map_err(short)?;
    let born = bytes.try_get_i64().map_err(short)?;
    let born_at = address(bytes, sys_flag & BORN_V6 != 0)?;
    let stored = bytes.try_get_i64().map_err(short)?;
    let stored_at = address(bytes, sys_flag & STORED_V6 != 0)?;
    let reconsumed = bytes.try_get_i32().map_err(short)?;
    // The offset of the first half of a transaction.
    bytes.try_get_i64().map_err(short)?;
    let length = bytes.try_get_i32().map_err(short)?;
    let body = part(bytes, length.into())?;
    let length = match mark {
        SHORT_TOPIC => i64::from(bytes.try_get_u8().map_err(short)?),
        _ => bytes.try_get_i16().map_err(short)?.into(),
    };
    let topic = text(part(bytes, length)?)?;
    let length = bytes.try_get_i16().map_err(short)?;
    let properties = properties(&text(part(bytes, length.into())?)?)?;
    let queue = Queue::new(topic, broker, queue);
    Ok(Message {
        queue,
        offset,
        physical,
        flag,
        sys_flag,
        born,
        born_at,
        stored,
        stored_at,
        reconsumed,
        properties,
        body,
    })
}

fn part(bytes: &mut Bytes, length: i64) -> Result<Bytes, String> {
    let part = usize::try_from(length).ok().and_then(|length| bytes.split_to_checked(length));
    part.ok_or_else(|| format!("{length} bytes announced, {} are there", bytes.remaining()))
}

fn text(bytes: Bytes) -> Result<String, String> {
    String::from_utf8(bytes.into()).map_err(|_| "no UTF-8".to_owned())
}

fn address(bytes: &mut Bytes, v6: bool) -> Result<SocketAddr, String> {
    let ip = match v6 {
        true => IpAddr::V6(Ipv6Addr::from_bits(bytes.try_get_u128().map_err(short)?)),
        false => IpAddr::V4(Ipv4Addr::from_bits(bytes.try_get_u32().map_err(short)?)),
    };
    let port = bytes.try_get_i32().map_err(short)?;
    let port = u16::try_from(port).map_err(|_| format!("port {port}"))?;
    Ok(SocketAddr::new(ip, port))
}

fn properties(text: &str) -> Result<BTreeMap<String, String>, String> {
    let property = |property: &str| {
        let (name, value) = property.split_once(NAME_END).ok_or_else(|| format!("no property: {property:?}"))?;
        Ok((name.to_owned(), value.to_owned()))
    };
    // The last one may come without its end.
    text.split(VALUE_END).filter(|property| !property.is_empty()).map(property).collect()
}
