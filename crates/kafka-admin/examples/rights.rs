//! Connects as a principal, and shows what it may do: to the cluster, a topic and a group.
//!
//! `cargo run -p kafka-admin --example rights -- 127.0.0.1:9093 topic=orders group=billing
//! ca=ca.pem user=bot password-file=secret.txt mechanism=SCRAM-SHA-512`
//!
//! Also `cert=` and `key=` for a client certificate, `any-name=yes` to accept a certificate of
//! another host, `commit=N` to try a commit of offset N to partition 0.
#![allow(clippy::print_stdout, reason = "an example that shows something")]

use std::collections::{BTreeMap, HashMap};
use std::error::Error as StdError;
use std::fs::read_to_string;

use kafka_admin::{
    Client, ClientCertificate, Committed, Config, Credentials, OffsetQuery, OffsetSpec, Sasl, Security, Tls,
    TopicPartition,
};

type Options = HashMap<String, String>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn StdError>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().ok_or("give a bootstrap address")?;
    let options: Options =
        arguments.filter_map(|option| option.split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned()))).collect();
    let mut config = Config::new(vec![address.parse()?]);
    config.security = security(&options)?;
    config.sasl = sasl(&options)?;
    let client = Client::connect(config).await?;
    println!("cluster: {:?}", client.describe_cluster().await);
    let topic = options.get("topic").cloned().unwrap_or_default();
    let group = options.get("group").cloned().unwrap_or_default();
    let at = TopicPartition::new(topic.clone(), 0);
    println!("topic: {:?}", client.topics(std::slice::from_ref(&topic)).await);
    println!("group: {:?}", client.describe_groups(std::slice::from_ref(&group)).await);
    println!("offsets: {:?}", client.fetch_offsets(&group, &OffsetQuery::default()).await);
    let ends = client.list_same_offset(std::slice::from_ref(&at), OffsetSpec::Latest);
    println!("log end: {:?}", ends.await);
    if let Some(offset) = options.get("commit") {
        let offsets = BTreeMap::from([(at, Committed::at(offset.parse()?))]);
        println!("commit: {:?}", client.commit_offsets(&group, &offsets).await);
    }
    Ok(())
}

fn security(options: &Options) -> Result<Security, Box<dyn StdError>> {
    let Some(ca) = options.get("ca") else {
        return Ok(Security::Plaintext);
    };
    let client = match (options.get("cert"), options.get("key")) {
        (Some(cert), Some(key)) => {
            Some(ClientCertificate { chain_pem: read_to_string(cert)?, key_pem: read_to_string(key)?.into() })
        }
        _ => None,
    };
    Ok(Security::Tls(Tls { ca_pem: read_to_string(ca)?, client, check_server_name: !options.contains_key("any-name") }))
}

fn sasl(options: &Options) -> Result<Sasl, Box<dyn StdError>> {
    let (Some(user), Some(file)) = (options.get("user"), options.get("password-file")) else {
        return Ok(Sasl::None);
    };
    let credentials = Credentials { user: user.clone(), password: read_to_string(file)?.trim_end().to_owned().into() };
    Ok(match options.get("mechanism").map(String::as_str) {
        Some("SCRAM-SHA-256") => Sasl::ScramSha256(credentials),
        Some("SCRAM-SHA-512") => Sasl::ScramSha512(credentials),
        _ => Sasl::Plain(credentials),
    })
}
