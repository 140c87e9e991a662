//! SCRAM (RFC 5802) with SHA-256 (RFC 7677) and SHA-512, the client's side.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use rand::RngCore;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256, Sha512};

use crate::config::Credentials;

/// Iterations accepted from the server: below, the password would be too cheap to guess
/// from the exchange; above, the server could keep this process busy. Kafka itself makes credentials with
/// 4,096 (its default and its minimum) to 16,384 (`ScramControlManager.MAX_ITERATIONS`); four times that leaves room
/// for credentials written to ZooKeeper by hand.
const ITERATIONS: std::ops::RangeInclusive<u32> = 4_096..=65_536;

/// The longest message of a server that is looked at, in bytes.
const LONGEST: usize = 4_096;

/// The two hash functions Kafka knows.
pub(crate) trait Scram {
    /// `HMAC(key, data)`.
    fn hmac(key: &[u8], data: &[u8]) -> Result<Vec<u8>, String>;
    /// `H(data)`.
    fn hash(data: &[u8]) -> Vec<u8>;
    /// `Hi(password, salt, iterations)`.
    fn salted(password: &[u8], salt: &[u8], iterations: u32) -> Vec<u8>;
}

impl Scram for Sha256 {
    fn hmac(key: &[u8], data: &[u8]) -> Result<Vec<u8>, String> {
        mac::<Hmac<Self>>(key, data)
    }
    fn hash(data: &[u8]) -> Vec<u8> {
        Self::digest(data).to_vec()
    }
    fn salted(password: &[u8], salt: &[u8], iterations: u32) -> Vec<u8> {
        pbkdf2::pbkdf2_hmac_array::<Self, 32>(password, salt, iterations).to_vec()
    }
}

impl Scram for Sha512 {
    fn hmac(key: &[u8], data: &[u8]) -> Result<Vec<u8>, String> {
        mac::<Hmac<Self>>(key, data)
    }
    fn hash(data: &[u8]) -> Vec<u8> {
        Self::digest(data).to_vec()
    }
    fn salted(password: &[u8], salt: &[u8], iterations: u32) -> Vec<u8> {
        pbkdf2::pbkdf2_hmac_array::<Self, 64>(password, salt, iterations).to_vec()
    }
}

fn mac<M: Mac + KeyInit>(key: &[u8], data: &[u8]) -> Result<Vec<u8>, String> {
    let mut mac = <M as KeyInit>::new_from_slice(key).map_err(|error| error.to_string())?;
    mac.update(data);
    Ok(mac.finalize().into_bytes().to_vec())
}

/// The first message of the client.
pub(crate) struct First {
    nonce: String,
    bare: String,
}

impl First {
    /// With a nonce of 24 random bytes.
    pub(crate) fn new(user: &str) -> Self {
        let mut random = [0_u8; 24];
        rand::rng().fill_bytes(&mut random);
        Self::with_nonce(user, STANDARD.encode(random))
    }

    fn with_nonce(user: &str, nonce: String) -> Self {
        let user = user.replace('=', "=3D").replace(',', "=2C");
        Self { bare: format!("n={user},r={nonce}"), nonce }
    }

    /// What goes over the wire.
    pub(crate) fn message(&self) -> String {
        format!("n,,{}", self.bare)
    }

    /// Answers the server's first message.
    ///
    /// # Errors
    /// A message that is not one, a nonce that is not ours, an iteration count out of bounds.
    pub(crate) fn answer<H: Scram>(&self, server_first: &[u8], credentials: &Credentials) -> Result<Final, String> {
        let text = text(server_first)?;
        let challenge = Challenge::parse(text, &self.nonce)?;
        let password = credentials.password.expose_secret().as_bytes();
        let salted = H::salted(password, &challenge.salt, challenge.iterations);
        let without_proof = format!("c=biws,r={}", challenge.nonce);
        let signed = format!("{},{text},{without_proof}", self.bare);
        let client_key = H::hmac(&salted, b"Client Key")?;
        let signature = H::hmac(&H::hash(&client_key), signed.as_bytes())?;
        let proof: Vec<u8> = client_key.iter().zip(&signature).map(|(a, b)| a ^ b).collect();
        let server_key = H::hmac(&salted, b"Server Key")?;
        Ok(Final {
            message: format!("{without_proof},p={}", STANDARD.encode(proof)),
            expected: H::hmac(&server_key, signed.as_bytes())?,
        })
    }
}

struct Challenge {
    nonce: String,
    salt: Vec<u8>,
    iterations: u32,
}

impl Challenge {
    fn parse(text: &str, ours: &str) -> Result<Self, String> {
        let mut parts = text.split(',');
        let mut part = |name: &str| {
            parts
                .next()
                .and_then(|part| part.strip_prefix(name))
                .ok_or_else(|| format!("the challenge has no {name:?} where it must be"))
        };
        let nonce = part("r=")?;
        let salt = part("s=")?;
        let iterations = part("i=")?;
        if !nonce.starts_with(ours) || nonce.len() == ours.len() {
            return Err("the challenge does not extend our nonce".to_owned());
        }
        let iterations: u32 = iterations.parse().map_err(|_| "the iteration count is no number".to_owned())?;
        if !ITERATIONS.contains(&iterations) {
            return Err(format!("{iterations} iterations are out of bounds"));
        }
        let salt = STANDARD.decode(salt).map_err(|_| "the salt is not base64".to_owned())?;
        Ok(Self { nonce: nonce.to_owned(), salt, iterations })
    }
}

/// The last message of the client, and what the server must answer.
pub(crate) struct Final {
    /// What goes over the wire.
    pub(crate) message: String,
    expected: Vec<u8>,
}

impl Final {
    /// Checks that the server knows the password's keys, too.
    ///
    /// # Errors
    /// The server's error, or a signature that is missing or wrong.
    pub(crate) fn verify(&self, server_final: &[u8]) -> Result<(), String> {
        let text = text(server_final)?;
        if let Some(error) = text.strip_prefix("e=") {
            return Err(error.to_owned());
        }
        let signature = text
            .strip_prefix("v=")
            .and_then(|rest| rest.split(',').next())
            .and_then(|signature| STANDARD.decode(signature).ok())
            .ok_or("the server sent no signature")?;
        if signature != self.expected {
            return Err("the server's signature is wrong: it does not know the password".to_owned());
        }
        Ok(())
    }
}

fn text(message: &[u8]) -> Result<&str, String> {
    if message.len() > LONGEST {
        return Err("the server's message is too long".to_owned());
    }
    std::str::from_utf8(message).map_err(|_| "the server's message is not UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pencil() -> Credentials {
        Credentials { user: "user".to_owned(), password: "pencil".into() }
    }

    const CHALLENGE: &str = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

    #[test]
    fn the_exchange_of_rfc_7677() {
        let first = First::with_nonce("user", "rOprNGfwEbeRWgbNEkqO".to_owned());
        assert_eq!(first.message(), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        let last = first.answer::<Sha256>(CHALLENGE.as_bytes(), &pencil()).unwrap();
        assert_eq!(
            last.message,
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
             p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        );
        last.verify(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=").unwrap();
    }

    #[test]
    fn a_server_without_the_password_is_refused() {
        let first = First::with_nonce("user", "rOprNGfwEbeRWgbNEkqO".to_owned());
        let last = first.answer::<Sha256>(CHALLENGE.as_bytes(), &pencil()).unwrap();
        for wrong in [
            &b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5="[..],
            b"v=AAAA",
            b"v=",
            b"",
            b"e=other-error",
            b"\xff\xfe",
        ] {
            assert!(last.verify(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn challenges_out_of_bounds_are_refused() {
        let first = First::with_nonce("user", "abc".to_owned());
        for wrong in [
            "r=abc,s=AAAA,i=4096",
            "r=xyz1,s=AAAA,i=4096",
            "r=abc1,s=AAAA,i=4095",
            "r=abc1,s=AAAA,i=65537",
            "r=abc1,s=AAAA,i=-1",
            "r=abc1,s=A*,i=4096",
            "r=abc1,i=4096",
            "",
        ] {
            assert!(first.answer::<Sha256>(wrong.as_bytes(), &pencil()).is_err(), "{wrong}");
        }
        for right in ["r=abc1,s=AAAA,i=4096", "r=abc1,s=AAAA,i=65536"] {
            assert!(first.answer::<Sha512>(right.as_bytes(), &pencil()).is_ok(), "{right}");
        }
    }

    #[test]
    fn commas_and_equal_signs_in_a_name_are_escaped() {
        let first = First::with_nonce("a=b,c", "n".to_owned());
        assert_eq!(first.message(), "n,,n=a=3Db=2Cc,r=n");
    }

    #[test]
    fn nonces_differ() {
        assert_ne!(First::new("u").message(), First::new("u").message());
    }
}
