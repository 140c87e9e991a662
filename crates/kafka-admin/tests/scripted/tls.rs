//! Whose certificate is accepted. Nothing is said to a peer that cannot show one.

use std::net::SocketAddr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kafka_admin::{Cause, Client, Config, Error, Security, Tls};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::sign::SigningKey;
use tokio_rustls::rustls::{ServerConfig, SignatureScheme};

use crate::peer::Peer;

/// Ed25519, as an algorithm in a certificate.
const ED25519: &[u8] = &[0x30, 5, 6, 3, 0x2b, 0x65, 0x70];
const COMMON_NAME: &[u8] = &[6, 3, 0x55, 4, 3];
const BASIC_CONSTRAINTS: &[u8] = &[6, 3, 0x55, 0x1d, 0x13];
const SUBJECT_ALT_NAME: &[u8] = &[6, 3, 0x55, 0x1d, 0x11];
const TRUE: &[u8] = &[1, 1, 0xff];
const SEQUENCE: u8 = 0x30;
/// The version before a certificate, and the extensions at its end.
const VERSION_3: &[u8] = &[0xa0, 3, 2, 1, 2];
const EXTENSIONS: u8 = 0xa3;

/// The address that the client connects to, as a name in a certificate; and another one.
const HERE: (u8, &[u8]) = (0x87, &[127, 0, 0, 1]);
const ELSEWHERE: (u8, &[u8]) = (0x82, b"broker-2.example");
/// Ends of validity.
const LATER: &str = "490101000000Z";
const OVER: &str = "210101000000Z";

/// A value of DER: tag, length, what is in it.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let inside = parts.concat();
    let length = u16::try_from(inside.len()).unwrap().to_be_bytes();
    let length = match length {
        [0, short @ ..=0x7f] => vec![short],
        [0, long] => vec![0x81, long],
        [high, low] => vec![0x82, high, low],
    };
    [&[tag][..], &length, &inside].concat()
}

fn key_bytes(seed: u8) -> PrivateKeyDer<'static> {
    let version_and_algorithm = [&[2, 1, 0][..], ED25519].concat();
    let key = der(SEQUENCE, &[&version_and_algorithm, &der(4, &[&der(4, &[&[seed; 32]])])]);
    PrivatePkcs8KeyDer::from(key).into()
}

fn key(seed: u8) -> Arc<dyn SigningKey> {
    default_provider().key_provider.load_private_key(key_bytes(seed)).unwrap()
}

fn name(text: &str) -> Vec<u8> {
    let attribute = der(SEQUENCE, &[COMMON_NAME, &der(0x0c, &[text.as_bytes()])]);
    der(SEQUENCE, &[&der(0x31, &[&attribute])])
}

/// A certificate about a key, signed with another one.
struct Wanted<'a> {
    subject: (&'a str, u8),
    issuer: (&'a str, u8),
    ends: &'a str,
    extension: Vec<u8>,
}

fn signed(wanted: &Wanted<'_>) -> CertificateDer<'static> {
    let validity = der(SEQUENCE, &[&der(0x17, &[b"200101000000Z"]), &der(0x17, &[wanted.ends.as_bytes()])]);
    let subject_key = key(wanted.subject.1);
    let public = subject_key.public_key().unwrap();
    let extensions = der(EXTENSIONS, &[&der(SEQUENCE, &[&wanted.extension])]);
    let (issuer, subject) = (name(wanted.issuer.0), name(wanted.subject.0));
    let serial: &[u8] = &[2, 1, 1];
    let body = der(SEQUENCE, &[VERSION_3, serial, ED25519, &issuer, &validity, &subject, public.as_ref(), &extensions]);
    let signature = key(wanted.issuer.1).choose_scheme(&[SignatureScheme::ED25519]).unwrap().sign(&body).unwrap();
    der(SEQUENCE, &[&body, ED25519, &der(3, &[&[0], &signature])]).into()
}

fn authority(called: &str, seed: u8) -> CertificateDer<'static> {
    let constraint = der(4, &[&der(SEQUENCE, &[TRUE])]);
    let extension = der(SEQUENCE, &[BASIC_CONSTRAINTS, TRUE, &constraint]);
    signed(&Wanted { subject: (called, seed), issuer: (called, seed), ends: LATER, extension })
}

fn of_server(called: (u8, &[u8]), issuer: (&str, u8), ends: &str) -> CertificateDer<'static> {
    let names = der(4, &[&der(SEQUENCE, &[&der(called.0, &[called.1])])]);
    let extension = der(SEQUENCE, &[SUBJECT_ALT_NAME, &names]);
    signed(&Wanted { subject: ("broker", 9), issuer, ends, extension })
}

/// A listener with this certificate, in front of a peer.
async fn in_front_of(peer: &Peer, certificate: CertificateDer<'static>) -> SocketAddr {
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key_bytes(9))
        .unwrap();
    let (acceptor, behind) = (TlsAcceptor::from(Arc::new(config)), peer.address);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut opened) = acceptor.accept(stream).await else { return };
                let mut peer = TcpStream::connect(behind).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut opened, &mut peer).await;
            });
        }
    });
    address
}

/// What becomes of a client that trusts the first authority and meets this certificate, and what it sent.
async fn meets(certificate: CertificateDer<'static>, check_server_name: bool) -> (Result<(), Error>, usize) {
    let peer = Peer::start(|_| None).await;
    let address = in_front_of(&peer, certificate).await;
    let mut config = Config::new(vec![address.to_string().parse().unwrap()]);
    config.max_attempts = 1;
    let encoded = STANDARD.encode(authority("ours", 1));
    let ca_pem = format!("-----BEGIN CERTIFICATE-----\n{encoded}\n-----END CERTIFICATE-----\n");
    config.security = Security::Tls(Tls { ca_pem, client: None, check_server_name });
    let met = Client::connect(config).await.map(|_| ());
    (met, peer.connections())
}

#[tokio::test]
async fn only_a_certificate_for_this_host_by_our_authority_and_in_its_time_is_accepted() {
    let (ours, theirs) = (("ours", 1), ("theirs", 2));
    // As ours, but signed with another key.
    let pretends = ("ours", 2);
    for (certificate, check_server_name, refused) in [
        (of_server(HERE, ours, LATER), true, None),
        (of_server(ELSEWHERE, ours, LATER), true, Some("not valid for name")),
        (of_server(ELSEWHERE, ours, LATER), false, None),
        (of_server(HERE, theirs, LATER), true, Some("UnknownIssuer")),
        (of_server(HERE, theirs, LATER), false, Some("UnknownIssuer")),
        (of_server(HERE, pretends, LATER), true, Some("BadSignature")),
        (of_server(ELSEWHERE, pretends, LATER), false, Some("BadSignature")),
        (of_server(HERE, ours, OVER), true, Some("expired")),
        (of_server(ELSEWHERE, ours, OVER), false, Some("expired")),
    ] {
        let (met, connections) = meets(certificate, check_server_name).await;
        match (met, refused) {
            (Ok(()), None) => assert!(connections > 0),
            (Err(Error::NotSent { cause: Cause::Tls(why), .. }), Some(wanted)) => {
                assert!(why.contains(wanted), "{wanted}: {why}");
                assert_eq!(connections, 0, "{wanted}: something was said to it");
            }
            (met, refused) => panic!("{refused:?}, and it was {met:?}"),
        }
    }
}
