//! What servers wrote, what nobody should write, and the way back.

use super::{Value, parse};

fn int(number: i64) -> Value {
    Value::Int(number)
}

#[test]
fn numbers_as_keys_are_read() {
    let read = parse(br#"{"brokerAddrs":{0:"127.0.0.1:10911",1:"127.0.0.1:10921"}}"#).unwrap();
    let addresses = read.get("brokerAddrs").unwrap().unwrap().map().unwrap();
    assert_eq!(addresses[1], (int(1), Value::from("127.0.0.1:10921")));
    assert_eq!(addresses[1].0.number_key(), Ok(1));
    assert_eq!(Value::from("1").number_key(), Ok(1));
    assert!(Value::from("one").number_key().is_err());
}

#[test]
fn objects_as_keys_are_read() {
    let text = br#"{"offsetTable":{{"brokerName":"broker-a","queueId":2,"topic":"orders"}:{"maxOffset":5}}}"#;
    let read = parse(text).unwrap();
    let table = read.need("offsetTable", Value::map).unwrap();
    assert_eq!(table[0].0.need_text("brokerName").unwrap(), "broker-a");
    assert_eq!(table[0].1.need_number::<u64>("maxOffset"), Ok(5));
    // Once more with a space wherever one may stand.
    let spaced = br#" { "offsetTable" : { { "brokerName" : "broker-a" , "queueId" : 2 , "topic" : "orders" } : { "maxOffset" : 5 } } } "#;
    assert_eq!(parse(spaced).unwrap(), read);
}

#[test]
fn texts_are_unescaped() {
    let read = parse(br#""a\"b\\c\/\n\t\r\b\f\v\x1f\u00e9\ud83d\ude00'""#).unwrap();
    assert_eq!(read, Value::from("a\"b\\c/\n\t\r\u{8}\u{c}\u{b}\u{1f}é😀'"));
    assert_eq!(parse("\"東京 é\"".as_bytes()).unwrap(), Value::from("東京 é"));
}

#[test]
fn numbers_are_kept() {
    assert_eq!(parse(b"9223372036854775807").unwrap(), int(i64::MAX));
    assert_eq!(parse(b"-9223372036854775808").unwrap(), int(i64::MIN));
    assert_eq!(parse(b"9223372036854775808").unwrap(), Value::Float(9_223_372_036_854_775_808.0));
    assert_eq!(parse(b"0.5").unwrap(), Value::Float(0.5));
    assert_eq!(parse(b"[1.0E-5,0.0]").unwrap(), Value::List(vec![Value::Float(1e-5), Value::Float(0.0)]));
}

#[test]
fn what_is_null_is_not_there() {
    let read = parse(br#"{"a":null,"b":false}"#).unwrap();
    assert_eq!(read.get("a"), Ok(None));
    assert_eq!(read.need("b", Value::truth), Ok(false));
    assert_eq!(read.need("a", Value::truth), Err("a: not there".to_owned()));
    assert_eq!(read.need("b", Value::int), Err("b: a truth value instead of a whole number".to_owned()));
}

#[test]
fn nonsense_is_an_error_and_says_where() {
    for (text, why) in [
        (&b""[..], "no value at byte 0"),
        (b"{", "no value at byte 1"),
        (b"[1,", "no value at byte 3"),
        (b"[1 2]", "neither , nor ] at byte 3"),
        (b"{\"a\" 1}", "no : behind a key at byte 5"),
        (b"{\"a\":1 \"b\":2}", "neither , nor } at byte 7"),
        (b"{\"a\":1,}", "no value at byte 7"),
        (b"{null:1}", "null as a key at byte 5"),
        (b"{[]:1}", "a list as a key at byte 3"),
        (b"{1.5:1}", "a number as a key at byte 4"),
        (b"\"open", "a text without end at byte 1"),
        (b"\"open\\", "a text without end at byte 6"),
        (b"\"\\q\"", "an unknown escape at byte 3"),
        (b"\"\\u12\"", "no hexadecimal number at byte 3"),
        (b"\"\\ud83d\"", "half of a character at byte 7"),
        (b"\"\\ud83d\\u0041\"", "half of a character at byte 13"),
        (b"\"\\udc00\"", "half of a character at byte 7"),
        (b"1-2", "no number at byte 0"),
        (b"1e999", "no number at byte 0"),
        (b"truely", "something behind the end at byte 4"),
        (b"{} {}", "something behind the end at byte 3"),
        (b"\xff\xfe", "no UTF-8 at byte 0"),
        (b"{\"$ref\":\"$.a\"}", "a reference of fastjson at byte 13"),
    ] {
        assert_eq!(parse(text).unwrap_err(), why, "{}", String::from_utf8_lossy(text));
    }
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
    assert!(parse(&nested(64)).is_ok());
    assert_eq!(parse(&nested(65)).unwrap_err(), "values too deep in each other at byte 64");
    let keys = [vec![b'{'; 1_000_000], b"1".to_vec()].concat();
    assert!(parse(&keys).unwrap_err().starts_with("values too deep"));
}

/// Four bytes of text become a value of 64: the text within the limit of a frame must not take gigabytes.
#[test]
fn memory_is_bounded() {
    let many = |count: usize| format!("[{}0]", "0,".repeat(count)).into_bytes();
    assert!(parse(&many(1_000_000)).is_ok());
    assert!(parse(&many(3_000_000)).unwrap_err().starts_with("more values than memory allows"));
}

#[test]
fn what_is_written_is_read_back() {
    let text = "{\"a\":[1,-2.5,1e300,true,false,null],\"b\":{0:\"x\\u0000\\\"\\\\é\",{\"k\":1}:\"\"}}";
    let value = parse(text.as_bytes()).unwrap();
    assert_eq!(value.to_string(), text);
    assert_eq!(parse(value.to_string().as_bytes()).unwrap(), value);
}
