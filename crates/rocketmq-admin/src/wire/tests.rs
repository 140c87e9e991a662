//! Frames byte by byte: what is sent, what servers sent, and what nobody should send.

use bytes::Bytes;

use super::frame::{FrameError, decode, encode, read_frame};
use super::header::{Fields, Header};
use super::{api, binary};

fn field(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn header() -> Header {
    let fields = Fields::from([field("topic", "orders"), field("queueId", "3")]);
    Header { code: 30, version: 513, opaque: 7, flag: 0, remark: None, fields }
}

#[test]
fn a_request_is_written_as_servers_read_it() {
    let json = r#"{"code":30,"language":"OTHER","version":513,"opaque":7,"flag":0,"serializeTypeCurrentRPC":"JSON","extFields":{"queueId":"3","topic":"orders"}}"#;
    let frame = encode(&header(), b"body").unwrap();
    assert_eq!(json.len(), 142);
    let wanted = [&(4 + 142 + 4_u32).to_be_bytes()[..], &[0, 0, 0, 142], json.as_bytes(), b"body"].concat();
    assert_eq!(frame, wanted);
}

/// As 4.9.7 answered to GET_MAX_OFFSET (30), but for the time it took.
#[test]
fn an_answer_in_json_is_read() {
    let json = br#"{"code":0,"extFields":{"offset":"5"},"flag":1,"language":"JAVA","opaque":38,"serializeTypeCurrentRPC":"JSON","version":407}"#;
    let head = u32::try_from(json.len()).unwrap().to_be_bytes();
    let frame = decode([&head[..], json, b"rest"].concat().into()).unwrap();
    assert!(frame.header.is_answer());
    let Header { code, version, opaque, fields, remark, .. } = frame.header;
    assert_eq!((code, version, opaque, remark), (0, 407, 38, None));
    assert_eq!(fields, Fields::from([field("offset", "5")]));
    assert_eq!(frame.body, &b"rest"[..]);
}

/// As `RocketMQSerializable` writes it: code, language, version, opaque, flag, remark, fields.
fn binary_header() -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(17_i16.to_be_bytes());
    bytes.push(0);
    bytes.extend(407_i16.to_be_bytes());
    bytes.extend(38_i32.to_be_bytes());
    bytes.extend(1_i32.to_be_bytes());
    bytes.extend(5_i32.to_be_bytes());
    bytes.extend(b"gone!");
    bytes.extend(13_i32.to_be_bytes());
    bytes.extend(6_i16.to_be_bytes());
    bytes.extend(b"offset");
    bytes.extend(1_i32.to_be_bytes());
    bytes.extend(b"5");
    bytes
}

#[test]
fn an_answer_in_the_servers_own_form_is_read() {
    let bytes = binary_header();
    let head = (1 << 24 | u32::try_from(bytes.len()).unwrap()).to_be_bytes();
    let frame = decode([&head[..], &bytes, b"rest"].concat().into()).unwrap();
    let fields = Fields::from([field("offset", "5")]);
    let remark = Some("gone!".to_owned());
    assert_eq!(frame.header, Header { code: 17, version: 407, opaque: 38, flag: 1, remark, fields });
    assert_eq!(frame.body, &b"rest"[..]);
}

#[test]
fn a_binary_header_that_lies_about_a_length_is_refused() {
    let whole = binary_header();
    for cut in 0..whole.len() {
        assert!(binary::decode(Bytes::copy_from_slice(&whole[..cut])).is_err(), "{cut} bytes");
    }
    assert!(binary::decode([&whole[..], b"x"].concat().into()).unwrap_err().contains("behind the end"));
    // The lengths of remark, fields, name and value.
    for (at, bytes) in [(13, 4), (22, 4), (26, 2), (34, 4)] {
        for lie in [0xff, 0x7f] {
            let mut bytes_of = whole.clone();
            bytes_of[at..at + bytes].fill(lie);
            let why = binary::decode(bytes_of.into()).unwrap_err();
            assert!(why.contains("announced"), "{at}: {why}");
        }
    }
    let mut no_text = whole;
    no_text[17] = 0xff;
    assert!(binary::decode(no_text.into()).unwrap_err().contains("no UTF-8"));
}

#[test]
fn frames_that_are_none_are_refused() {
    for (bytes, why) in [
        (&b""[..], "too short for a header"),
        (&[0, 0, 0], "too short for a header"),
        (&[0, 0, 0, 9, b'{', b'}'], "a header of 9 bytes announced"),
        (&[0, 0xff, 0xff, 0xff], "a header of 16777215 bytes announced"),
        (&[2, 0, 0, 2, b'{', b'}'], "a header of kind 2"),
        (&[0, 0, 0, 2, b'{', b'}'], "header: code: not there"),
        (&[0, 0, 0, 0], "header: no value at byte 0"),
        (&[0, 0, 0, 2, b'[', b']'], "header: code: a list instead of a map"),
    ] {
        assert_eq!(decode(Bytes::copy_from_slice(bytes)).unwrap_err(), why, "{bytes:?}");
    }
    for (json, why) in [
        (r#"{"code":9999999999,"version":1,"opaque":1,"flag":1}"#, "code: 9999999999 is out of range"),
        (r#"{"code":"0","version":1,"opaque":1,"flag":1}"#, "code: a text instead of a whole number"),
        (
            r#"{"code":0,"version":1,"opaque":1,"flag":1,"extFields":{"a":1}}"#,
            "extFields: a: a number instead of a text",
        ),
        (r#"{"code":0,"version":1,"opaque":1,"flag":1,"remark":{}}"#, "remark: a map instead of a text"),
    ] {
        assert_eq!(Header::from_json(json.as_bytes()).unwrap_err(), format!("header: {why}"));
    }
    let none = Header::from_json(br#"{"code":0,"version":1,"opaque":1,"flag":1,"extFields":{"a":null},"remark":null}"#);
    assert_eq!(none.unwrap().fields, Fields::new());
}

#[tokio::test]
async fn a_frame_is_read_within_its_limit_only() {
    let read = async |bytes: &[u8], limit: usize| read_frame(&mut { bytes }, limit).await;
    assert_eq!(read(&[0, 0, 0, 4, 1, 2, 3, 4, 9], 4).await.unwrap(), &[1, 2, 3, 4][..]);
    assert!(matches!(read(&[0, 0, 0, 5, 1, 2, 3, 4, 9], 4).await, Err(FrameError::Length(5))));
    assert!(matches!(read(&[0, 0, 0, 3, 1, 2, 3], 4).await, Err(FrameError::Length(3))));
    assert!(matches!(read(&[0xff, 0xff, 0xff, 0xff], 4).await, Err(FrameError::Length(u32::MAX))));
    assert!(matches!(read(&[0, 0, 0, 4, 1, 2], 4).await, Err(FrameError::Broken(_))));
    assert!(matches!(read(&[0, 0], 4).await, Err(FrameError::Broken(_))));
}

/// Each request tells its number, and no number is there twice.
#[test]
fn requests_are_named_once() {
    for (place, one) in api::ALL.iter().enumerate() {
        assert!(one.name.ends_with(&format!(" ({})", one.code)), "{one:?}");
        assert!(api::ALL[..place].iter().all(|other| other.code != one.code), "{one:?}");
    }
    assert_eq!(api::ALL.len(), 47);
}
