//! Signed requests.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use rocketmq_admin::{Client, Credentials, GroupConfig, TopicConfig};
use serde_json::json;
use sha1::Sha1;

use crate::peer::{Peer, Seen, fields};
use crate::{config, master};

/// As a broker computes it from what came in: all fields but the signature, in the order of their names, and the body.
fn proof(seen: &Seen, secret: &[u8]) -> String {
    let mut proof = Hmac::<Sha1>::new_from_slice(secret).unwrap();
    for (name, value) in &seen.fields {
        if name != "Signature" {
            proof.update(value.as_bytes());
        }
    }
    proof.update(&seen.body);
    STANDARD.encode(proof.finalize().into_bytes())
}

#[tokio::test]
async fn every_request_is_signed_with_its_fields_and_its_body() {
    let peer = Peer::start(|seen| (seen.code != 106).then(|| fields(json!({})))).await;
    let mut config = config(&peer);
    config.credentials =
        Some(Credentials { access_key: "bot".to_owned(), secret_key: "secret".into(), security_token: None });
    let master = Client::new(config).unwrap().master("broker-a");
    master.set_topic(&TopicConfig::new("orders", 4)).await.unwrap();
    master.set_group(&GroupConfig::new("billing")).await.unwrap();
    for code in [17, 106, 200] {
        let seen = peer.last(code);
        assert_eq!(seen.fields["AccessKey"], "bot");
        assert_eq!(seen.fields["Signature"], proof(&seen, b"secret"), "{code}");
        assert_ne!(seen.fields["Signature"], proof(&seen, b"Secret"));
        assert!(!seen.header.to_string().contains("secret"));
    }
    assert!(!peer.last(200).body.is_empty());
}

#[tokio::test]
async fn without_credentials_nothing_is_signed() {
    let peer = Peer::start(|seen| (seen.code == 17).then(|| fields(json!({})))).await;
    master(&peer).set_topic(&TopicConfig::new("orders", 4)).await.unwrap();
    assert!(!peer.last(17).fields.contains_key("Signature") && !peer.last(17).fields.contains_key("AccessKey"));
}
