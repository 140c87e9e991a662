//! Signed requests and TLS.

use rocketmq_admin::{Cause, Client, ClientCertificate, Config, Credentials, Error, Security, Tls, TopicConfig};

use super::super::raw;
use super::{Line, Node, RocketMq, at, both, config};

fn signed(lab: &RocketMq, account: &str, secret: &str) -> Client {
    let mut config = config(lab);
    config.credentials =
        Some(Credentials { access_key: account.to_owned(), secret_key: secret.into(), security_token: None });
    Client::new(config).unwrap()
}

async fn makes_a_topic(lab: &RocketMq, client: &Client) -> Result<(), Error> {
    client.master("broker-s").set_topic(&TopicConfig::new(lab.unique("signed"), 2)).await
}

#[tokio::test]
async fn the_right_key_with_the_right_is_let_in_and_nothing_else() {
    for lab in both() {
        if lab.line == Line::V5 {
            let arguments = ["createUser", "-n", lab.address(Node::Names1), "-b", lab.address(Node::Secure)];
            let user = ["-u", lab.plain(), "-p", lab.secret(), "-t", "Normal"];
            let printed = lab.mqadmin(&[&arguments[..], &user[..]].concat()).await.unwrap();
            // A run before this one may have made it.
            assert!(printed.contains("success") || printed.contains("existed"), "{printed}");
        }
        let admin = signed(&lab, lab.admin(), lab.secret());
        makes_a_topic(&lab, &admin).await.unwrap();
        assert!(!admin.broker("broker-s", 0).topics().await.unwrap().is_empty());

        let unsigned = super::client(&lab);
        let others = [
            (unsigned, ["accessKey is configured", "username cannot be null"]),
            (signed(&lab, lab.admin(), "no-secret-of-ours"), ["signature failed", "signature failed"]),
            (signed(&lab, "nobody-here", lab.secret()), ["nobody-here", "nobody-here"]),
            (signed(&lab, lab.plain(), lab.secret()), ["Need admin permission", "has no permission"]),
        ];
        for (client, [four, five]) in others {
            let error = makes_a_topic(&lab, &client).await.unwrap_err();
            assert!(matches!(error, Error::Denied { .. }) && error.is_known_not_applied(), "{error}");
            let said = error.remark().unwrap();
            assert!(said.contains(if lab.line == Line::V4 { four } else { five }), "{said}");
            assert!(!error.to_string().contains(lab.secret()) && !error.to_string().contains("no-secret"), "{error}");
        }
    }
}

/// The secured brokers prefer headers in their own form; 4.9 answers so to what it does not know, whatever it was asked in.
#[tokio::test]
async fn headers_in_the_servers_own_form_are_read() {
    let lab = RocketMq::get(Line::V4).unwrap();
    let error = raw::ask(lab.address(Node::Secure), raw::TOPIC, &[("topic", "t")], b"").unwrap_err();
    assert_eq!(error.to_string(), "a header of another kind");
    let admin = signed(&lab, lab.admin(), lab.secret());
    let error = admin.master("broker-s").topics_of_group("g").await.unwrap_err();
    assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    assert_eq!(error.remark(), Some(" request type 343 not supported"));
}

fn tls(lab: &RocketMq, ca_pem: String, client: Option<ClientCertificate>) -> Client {
    let mut config: Config = config(lab);
    config.security = Security::Tls(Tls { ca_pem, client, check_server_name: true });
    config.max_attempts = 2;
    config.credentials =
        Some(Credentials { access_key: lab.admin().to_owned(), secret_key: lab.secret().into(), security_token: None });
    Client::new(config).unwrap()
}

#[tokio::test]
async fn tls_is_spoken_with_servers_whose_authority_is_known() {
    for lab in both() {
        let known = tls(&lab, lab.authority(), None);
        assert!(known.any_name_server().cluster().await.unwrap().brokers.contains_key("broker-a"));
        known.master("broker-a").set_topic(&TopicConfig::new(lab.unique("tls"), 2)).await.unwrap();
        let unknown = tls(&lab, lab.other_authority(), None);
        let error = unknown.name_server(&at(&lab, Node::Names1)).cluster().await.unwrap_err();
        assert!(matches!(error, Error::NotSent { cause: Cause::Tls(_), .. }), "{error}");
    }
}

#[tokio::test]
async fn a_broker_that_asks_for_a_certificate_gets_it() {
    for lab in both() {
        let (chain_pem, key_pem) = lab.certificate();
        let certificate = ClientCertificate { chain_pem, key_pem: key_pem.into() };
        let with = tls(&lab, lab.authority(), Some(certificate));
        makes_a_topic(&lab, &with).await.unwrap();
        let without = tls(&lab, lab.authority(), None).broker_at(&at(&lab, Node::Secure));
        let error = without.settings().await.unwrap_err();
        assert!(!matches!(error, Error::Denied { .. }), "{error}");
    }
}
