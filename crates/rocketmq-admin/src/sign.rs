//! Signatures for servers with access control, the same for 4.9 and 5.x (`AclClientRPCHook`, `AclUtils`).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use secrecy::ExposeSecret;
use sha1::Sha1;

use crate::config::Credentials;
use crate::wire::header::Fields;

const ACCESS_KEY: &str = "AccessKey";
const SECURITY_TOKEN: &str = "SecurityToken";
const SIGNATURE: &str = "Signature";

/// Adds who asks, and the proof: HMAC-SHA1 over the values of all fields, in the order of their names, and the body.
pub(crate) fn sign(fields: &mut Fields, body: &[u8], credentials: &Credentials) {
    fields.remove(SIGNATURE);
    fields.insert(ACCESS_KEY.to_owned(), credentials.access_key.clone());
    if let Some(token) = &credentials.security_token {
        fields.insert(SECURITY_TOKEN.to_owned(), token.expose_secret().to_owned());
    }
    // Keys of any length are allowed, so this has no error to tell.
    let Ok(mut proof) = Hmac::<Sha1>::new_from_slice(credentials.secret_key.expose_secret().as_bytes()) else {
        return;
    };
    for value in fields.values() {
        proof.update(value.as_bytes());
    }
    proof.update(body);
    fields.insert(SIGNATURE.to_owned(), STANDARD.encode(proof.finalize().into_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(token: Option<&str>) -> Credentials {
        Credentials {
            access_key: "adminuser".to_owned(),
            secret_key: "adminsecret1".into(),
            security_token: token.map(Into::into),
        }
    }

    fn signed(token: Option<&str>, body: &[u8]) -> Fields {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut fields = Fields::from([field("topic", "orders"), field("Order", "false"), field("perm", "6")]);
        sign(&mut fields, body, &credentials(token));
        fields
    }

    /// Computed by Python's `hmac` over `adminuser` `false` `6` `orders` and the body: capitals sort before small letters.
    #[test]
    fn the_proof_is_that_of_another_program() {
        assert_eq!(signed(None, b"body")["Signature"], "mm5RPAS+xZ+0TFovDbYgeNIFhVg=");
        assert_eq!(signed(Some("token"), b"")["Signature"], "k7QAOFPsrHX5eGUG6F578VuPyL4=");
    }

    #[test]
    fn signing_again_gives_the_same() {
        let once = signed(None, b"body");
        let mut twice = once.clone();
        sign(&mut twice, b"body", &credentials(None));
        assert_eq!(once, twice);
    }
}
