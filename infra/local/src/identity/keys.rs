//! The key that signs access tokens: made once, kept in a file that only its owner may read.

use std::fs;
use std::io::{ErrorKind as IoErrorKind, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pipeline_core::error::Context;
use pipeline_core::ports::Jwks;
use pipeline_core::{Error, ErrorKind, Result};
use serde::Serialize;
use serde_json::json;

/// Name of the file with the private key, PKCS #8 in DER.
const FILE: &str = "signing-key.der";

/// An RSA key of 2048 bits and its public description.
pub(super) struct SigningKey {
    pair: RsaKeyPair,
    id: String,
    jwks: Jwks,
}

impl SigningKey {
    /// The key in `folder`, made when there is none.
    pub(super) fn open(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)
            .context(ErrorKind::Config, || format!("cannot create folder {}", folder.display()))?;
        let path = folder.join(FILE);
        let der = match fs::read(&path) {
            Err(error) if error.kind() == IoErrorKind::NotFound => {
                create(folder, &path)?;
                fs::read(&path)
            }
            read => read,
        };
        let der = der.context(ErrorKind::Config, || format!("cannot read the signing key {}", path.display()))?;
        let pair = RsaKeyPair::from_pkcs8(&der)
            .context(ErrorKind::Config, || format!("{} is not a signing key", path.display()))?;
        Ok(Self::new(pair))
    }

    fn new(pair: RsaKeyPair) -> Self {
        let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
        let (n, e) = (encode(&public.n), encode(&public.e));
        // The thumbprint of RFC 7638: these members, in this order, without spaces.
        let id = encode(digest(&SHA256, format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#).as_bytes()));
        let jwks = json!({"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": id, "n": n, "e": e}]});
        Self { pair, id, jwks }
    }

    /// The public key.
    pub(super) fn jwks(&self) -> &Jwks {
        &self.jwks
    }

    /// A JSON Web Token that says `claims`, signed with RS256.
    pub(super) fn sign(&self, claims: &impl Serialize) -> Result<String> {
        let unsigned = |error| Error::internal("cannot write an access token").because(error);
        let header = json!({"alg": "RS256", "typ": "JWT", "kid": self.id}).to_string();
        let claims = serde_json::to_string(claims).map_err(unsigned)?;
        let text = format!("{}.{}", encode(header), encode(claims));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
            .context(ErrorKind::Internal, || "cannot sign an access token")?;
        Ok(format!("{text}.{}", encode(signature)))
    }
}

/// Makes a key and puts it at `path`, unless another process was faster.
fn create(folder: &Path, path: &Path) -> Result<()> {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).context(ErrorKind::Internal, || "cannot make a signing key")?;
    let der = pair.as_der().context(ErrorKind::Internal, || "cannot write a signing key")?;
    // Two that start at once, in one process or in several, must not write to one file.
    static ATTEMPTS: AtomicU64 = AtomicU64::new(0);
    let attempt = ATTEMPTS.fetch_add(1, Ordering::Relaxed);
    let unfinished = folder.join(format!("{FILE}.{}.{attempt}", std::process::id()));
    let written = write_private(&unfinished, der.as_ref()).and_then(|()| match fs::hard_link(&unfinished, path) {
        Err(error) if error.kind() != IoErrorKind::AlreadyExists => Err(error),
        _ => fs::remove_file(&unfinished),
    });
    written.context(ErrorKind::Config, || format!("cannot write the signing key {}", path.display()))
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Base 64 as in URLs, without padding.
pub(super) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
