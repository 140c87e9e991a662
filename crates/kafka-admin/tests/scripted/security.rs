//! Authentication, and a peer that only pretends to know the password.

use bytes::Bytes;
use kafka_admin::{Client, Credentials, Error, Sasl};
use kafka_protocol::messages::{
    ApiKey, ListGroupsResponse, SaslAuthenticateRequest, SaslAuthenticateResponse, SaslHandshakeResponse,
};
use kafka_protocol::protocol::{Decodable, StrBytes};

use crate::config;
use crate::peer::{Peer, Reply, Seen, body};

fn pencil() -> Credentials {
    Credentials { user: "user".to_owned(), password: "pencil".into() }
}

fn token(seen: &Seen) -> Bytes {
    let mut rest = seen.body.clone();
    SaslAuthenticateRequest::decode(&mut rest, seen.version).unwrap().auth_bytes
}

#[tokio::test]
async fn plain_sends_user_and_password_and_a_refusal_is_final() {
    let peer = Peer::start(|seen| match seen.key {
        ApiKey::SaslHandshake => Some(body(&SaslHandshakeResponse::default(), seen.version)),
        ApiKey::SaslAuthenticate if token(seen) == b"\0user\0pencil"[..] => {
            Some(body(&SaslAuthenticateResponse::default(), seen.version))
        }
        ApiKey::SaslAuthenticate => {
            let refusal = SaslAuthenticateResponse::default()
                .with_error_code(58)
                .with_error_message(Some(StrBytes::from_static_str("Invalid username or password")));
            Some(body(&refusal, seen.version))
        }
        _ => None,
    })
    .await;
    let mut config = config(&peer);
    config.sasl = Sasl::Plain(pencil());
    Client::connect(config.clone()).await.unwrap();
    let mut wrong = pencil();
    wrong.password = "pen".into();
    config.sasl = Sasl::Plain(wrong);
    let error = Client::connect(config).await.unwrap_err();
    assert!(matches!(error, Error::Authentication { .. }) && error.is_known_not_applied());
    assert!(error.to_string().contains("Invalid username or password"), "{error}");
    assert!(!error.to_string().contains("pen "), "{error}");
    // Asked once with each password: wrong passwords lock accounts.
    assert_eq!(peer.count(ApiKey::SaslAuthenticate), 2);
}

#[tokio::test]
async fn a_mechanism_the_broker_lacks_is_named_with_those_it_has() {
    let peer = Peer::start(|seen| match seen.key {
        ApiKey::SaslHandshake => {
            let refusal = SaslHandshakeResponse::default()
                .with_error_code(33)
                .with_mechanisms(vec![StrBytes::from_static_str("GSSAPI")]);
            Some(body(&refusal, seen.version))
        }
        _ => None,
    })
    .await;
    let mut config = config(&peer);
    config.sasl = Sasl::ScramSha512(pencil());
    let error = Client::connect(config).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("SCRAM-SHA-512 is not among GSSAPI"), "{text}");
    assert_eq!(peer.count(ApiKey::SaslAuthenticate), 0);
}

#[tokio::test]
async fn a_peer_that_does_not_know_the_password_is_refused() {
    let peer = Peer::start(|seen| match seen.key {
        ApiKey::SaslHandshake => Some(body(&SaslHandshakeResponse::default(), seen.version)),
        ApiKey::SaslAuthenticate => {
            let asked = String::from_utf8(token(seen).to_vec()).unwrap();
            let said = match asked.strip_prefix("n,,n=user,r=") {
                Some(nonce) => format!("r={nonce}more,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"),
                // It cannot compute the signature, so it makes one up.
                None => "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=".to_owned(),
            };
            let answer = SaslAuthenticateResponse::default().with_auth_bytes(said.into());
            Some(body(&answer, seen.version))
        }
        _ => None,
    })
    .await;
    let mut config = config(&peer);
    config.sasl = Sasl::ScramSha256(pencil());
    let error = Client::connect(config).await.unwrap_err();
    assert!(error.to_string().contains("signature is wrong"), "{error}");
    assert_eq!(peer.count(ApiKey::Metadata), 0);
}

/// The broker closes sessions that outlive their time (KIP-368); the client leaves before.
#[tokio::test]
async fn a_session_that_ends_is_renewed_by_a_new_connection() {
    let peer = Peer::start(|seen| match seen.key {
        ApiKey::SaslHandshake => Some(body(&SaslHandshakeResponse::default(), seen.version)),
        ApiKey::SaslAuthenticate => {
            let answer = SaslAuthenticateResponse::default().with_session_lifetime_ms(50);
            Some(body(&answer, seen.version))
        }
        ApiKey::ListGroups => Some(body(&ListGroupsResponse::default(), seen.version)),
        _ => None,
    })
    .await;
    let mut config = config(&peer);
    config.sasl = Sasl::Plain(pencil());
    let client = Client::connect(config).await.unwrap();
    let renewed = async {
        while peer.connections() < 3 {
            assert_eq!(client.list_groups().await.unwrap().missing, []);
        }
    };
    let in_time = tokio::time::timeout(std::time::Duration::from_secs(10), renewed);
    in_time.await.unwrap();
}

#[tokio::test]
async fn a_listener_that_wants_credentials_is_guessed() {
    let peer = Peer::start(|seen| (seen.key == ApiKey::Metadata).then_some(Reply::Close)).await;
    let mut config = config(&peer);
    config.max_attempts = 2;
    let error = Client::connect(config).await.unwrap_err();
    assert!(error.to_string().contains("may demand credentials"), "{error}");
}
