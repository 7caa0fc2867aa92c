//! Tokens of every sort, signed by hand so that the verifier is not tested against itself.

use std::sync::OnceLock;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::doubles::{AUDIENCE, ISSUER, USER, now_s};

pub struct Keys {
    rsa: RsaKeyPair,
    other_rsa: RsaKeyPair,
    ec: EcdsaKeyPair,
}

fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| Keys {
        rsa: RsaKeyPair::generate(KeySize::Rsa2048).expect("a key"),
        other_rsa: RsaKeyPair::generate(KeySize::Rsa2048).expect("a key"),
        ec: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key"),
    })
}

fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The key set: `rsa1`, `ec1`, and keys that must not be used.
pub fn jwks() -> Value {
    json!({"keys": [
        rsa_jwk("rsa1"),
        ec_jwk("ec1"),
        {"kty": "oct", "kid": "oct1", "k": base64("a shared secret of some length ..")},
        {"kty": "RSA", "kid": "enc1", "use": "enc", "n": modulus(&keys().rsa), "e": "AQAB"},
        {"kty": "RSA", "kid": "oaep1", "alg": "RSA-OAEP", "n": modulus(&keys().rsa), "e": "AQAB"},
        {"kty": "nonsense"},
        17,
    ]})
}

fn rsa_jwk(kid: &str) -> Value {
    json!({"kty": "RSA", "kid": kid, "use": "sig", "alg": "RS256", "n": modulus(&keys().rsa), "e": "AQAB"})
}

fn ec_jwk(kid: &str) -> Value {
    let point = keys().ec.public_key().as_ref();
    json!({"kty": "EC", "crv": "P-256", "kid": kid, "use": "sig", "x": base64(&point[1..33]), "y": base64(&point[33..65])})
}

/// A key set in which the RSA key is called `kid` and there is no other.
pub fn jwks_with(kid: &str) -> Value {
    json!({"keys": [rsa_jwk(kid)]})
}

/// The modulus of a 2048 bit key: 256 bytes after the DER headers of the sequence and of the integer.
fn modulus(key: &RsaKeyPair) -> String {
    base64(&key.public_key().as_ref()[9..265])
}

pub fn claims() -> Value {
    json!({"sub": USER, "iss": ISSUER, "aud": AUDIENCE, "exp": now_s() + 900, "iat": now_s()})
}

/// The claims with one changed; null removes it.
pub fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    match value {
        Value::Null => drop(claims.as_object_mut().expect("an object").remove(name)),
        value => claims[name] = value,
    }
    claims
}

/// The claims of one of Cognito's access tokens, with one changed; null removes it.
pub fn of_cognito(name: &str, value: Value) -> Value {
    let mut claims = json!({
        "sub": USER, "iss": ISSUER, "exp": now_s() + 900, "iat": now_s(), "token_use": "access", "client_id": AUDIENCE,
        "scope": "aws.cognito.signin.user.admin", "cognito:groups": ["operators"], "username": USER,
    });
    match value {
        Value::Null => drop(claims.as_object_mut().expect("an object").remove(name)),
        value => claims[name] = value,
    }
    claims
}

fn join(header: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let signed = format!("{}.{}", base64(header.to_string()), base64(claims.to_string()));
    let signature = sign(signed.as_bytes());
    format!("{signed}.{}", base64(signature))
}

fn rsa_sign(key: &RsaKeyPair, message: &[u8]) -> Vec<u8> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).expect("a signature");
    signature
}

pub fn valid() -> String {
    signed(&claims())
}

/// Signed by `rsa1`.
pub fn signed(claims: &Value) -> String {
    signed_as(&json!({"alg": "RS256", "typ": "JWT", "kid": "rsa1"}), claims)
}

/// Signed by the RSA key under any header.
pub fn signed_as(header: &Value, claims: &Value) -> String {
    join(header, claims, |message| rsa_sign(&keys().rsa, message))
}

pub fn es256() -> String {
    join(&json!({"alg": "ES256", "kid": "ec1"}), &claims(), |message| {
        keys().ec.sign(&SystemRandom::new(), message).expect("a signature").as_ref().to_vec()
    })
}

pub fn by_another_key() -> String {
    join(&json!({"alg": "RS256", "kid": "rsa1"}), &claims(), |message| rsa_sign(&keys().other_rsa, message))
}

pub fn unsigned() -> String {
    join(&json!({"alg": "none", "kid": "rsa1"}), &claims(), |_| Vec::new())
}

/// The old trick: the public key as the secret of an HMAC.
pub fn hmac_with_the_public_key() -> Vec<String> {
    let key = &keys().rsa;
    let secrets =
        [key.public_key().as_ref().to_vec(), modulus(key).into_bytes(), jwks()["keys"][0].to_string().into_bytes()];
    let sign = |secret: &[u8], message: &[u8]| {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message).as_ref().to_vec()
    };
    let header = json!({"alg": "HS256", "kid": "rsa1"});
    secrets.iter().map(|secret| join(&header, &claims(), |message| sign(secret, message))).collect()
}

/// The symmetric key that the key set should not have held.
pub fn hmac_with_the_published_secret() -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"a shared secret of some length ..");
    join(&json!({"alg": "HS256", "kid": "oct1"}), &claims(), |message| hmac::sign(&key, message).as_ref().to_vec())
}

/// A good signature of an algorithm that the key is not for.
pub fn rs384() -> String {
    let key = &keys().rsa;
    join(&json!({"alg": "RS384", "kid": "rsa1"}), &claims(), |message| {
        let mut signature = vec![0; key.public_modulus_len()];
        key.sign(&RSA_PKCS1_SHA384, &SystemRandom::new(), message, &mut signature).expect("a signature");
        signature
    })
}
