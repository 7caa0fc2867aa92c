//! Objects on S3, and the tables that lie on them.
//!
//! Commits of tables are safe among concurrent writers because a put can be told to fail when its object is there already
//! (`If-None-Match: *`); [`S3Objects`] tries whether the server honours that.

mod bucket;
mod counted;
mod credentials;
mod probe;

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::Client;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, Checksum};
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};
use pipeline_core::error::Context as _;
use pipeline_core::{Error, ErrorKind, Result};

use crate::Aws;
use crate::address::Address;

const PARAMETERS: &[&str] = &["region", "endpoint", "path_style", "sse", "kms_key_id", "checksum", "create"];

/// Attempts after the first of one request.
const RETRIES: usize = 10;
/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// How long one request is tried. Its signature is made once, so this must stay well below the 15 minutes that it is valid.
const TRIED_FOR: Duration = Duration::from_secs(120);
/// The longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// The longest wait for a whole answer; data files are tens of megabytes.
const ANSWER: Duration = Duration::from_secs(60);

/// A folder of a bucket.
#[derive(Debug)]
pub struct S3Objects {
    bucket: String,
    prefix: String,
    store: Arc<dyn ObjectStore>,
}

impl S3Objects {
    /// The folder at `s3://BUCKET/PREFIX`, with the parameters
    /// - `region`, `endpoint`: instead of those of the SDK's chain (`AWS_REGION`, `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`);
    /// - `path_style`: `true` puts the bucket into the path, the default everywhere but at AWS;
    /// - `sse`: `AES256`, `aws:kms` or `aws:kms:dsse`, how objects are encrypted, and `kms_key_id`, by which key;
    /// - `checksum`: `true` sends a SHA-256 of each object for the server to keep;
    /// - `create`: `true` creates the bucket when it is not there.
    ///
    /// Nothing is asked of the server but, with `create`, for the bucket.
    ///
    /// # Errors
    /// `Config` for an address that cannot be used and when there are no credentials or no region; with `create`, those of
    /// the service.
    pub async fn open(aws: &Aws, address: &str) -> Result<Self> {
        let address = Address::parse(address, PARAMETERS)?;
        let bucket = address.host.clone();
        let sdk = aws.config(address.get("region"), address.get("endpoint"));
        let region = sdk.region().map(|region| region.as_ref().to_owned()).ok_or_else(|| {
            Error::config(format!("the region of bucket {bucket} is not known"))
                .hint("set AWS_REGION, or add ?region=eu-west-1 to the address")
        })?;
        let (client, endpoint) = bucket::endpoint(aws, &sdk, &address).await?;
        if address.flag("create")? {
            bucket::create(&client, &bucket, &region).await?;
        }
        let credentials = sdk.credentials_provider().ok_or_else(|| credentials::none(&bucket))?;
        // The SDK has already put the bucket into the endpoint, as a part of the host or of the path.
        let plain = endpoint.starts_with("http://");
        let options = ClientOptions::new().with_allow_http(plain).with_connect_timeout(CONNECT).with_timeout(ANSWER);
        let builder = AmazonS3Builder::new()
            .with_bucket_name(&bucket)
            .with_region(region)
            .with_endpoint(endpoint)
            .with_virtual_hosted_style_request(true)
            .with_credentials(Arc::new(credentials::Credentials::new(credentials)))
            .with_http_connector(counted::Connector::new(Arc::clone(aws.calls()), &bucket))
            .with_client_options(options)
            .with_retry(retries());
        let builder = encrypted(with_checksum(builder, &address)?, &address)?;
        let store = builder.build().context(ErrorKind::Config, || format!("bucket {bucket} cannot be used"))?;
        let prefix = address.path.clone();
        let store: Arc<dyn ObjectStore> = match prefix.as_str() {
            "" => Arc::new(store),
            prefix => Arc::new(PrefixStore::new(store, prefix)),
        };
        Ok(Self { bucket, prefix, store })
    }

    /// The store whose root is the folder.
    pub fn store(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.store)
    }
}

fn retries() -> RetryConfig {
    let backoff = BackoffConfig { init_backoff: Duration::from_millis(50), max_backoff: LONGEST_WAIT, base: 2.0 };
    RetryConfig { backoff, max_retries: RETRIES, retry_timeout: TRIED_FOR }
}

fn with_checksum(builder: AmazonS3Builder, address: &Address) -> Result<AmazonS3Builder> {
    // The signature covers a SHA-256 of what is sent anyway; this one is also kept with the object.
    Ok(if address.flag("checksum")? { builder.with_checksum_algorithm(Checksum::SHA256) } else { builder })
}

fn encrypted(builder: AmazonS3Builder, address: &Address) -> Result<AmazonS3Builder> {
    let set = |builder: AmazonS3Builder, key: &str, value: &str| match key.parse::<AmazonS3ConfigKey>() {
        Ok(key) => Ok(builder.with_config(key, value)),
        Err(error) => Err(Error::internal(format!("there is no setting {key}")).because(error)),
    };
    let (sse, key) = (address.get("sse"), address.get("kms_key_id"));
    let by_key = matches!(sse, Some("aws:kms" | "aws:kms:dsse"));
    match (sse, key) {
        (None, None) => return Ok(builder),
        (Some("AES256" | "aws:kms" | "aws:kms:dsse") | None, _) => {}
        (Some(other), _) => {
            return Err(Error::config(format!("parameter sse of bucket {} is {other:?}", address.host))
                .hint("it is AES256, aws:kms or aws:kms:dsse"));
        }
    }
    if key.is_some() && !by_key {
        return Err(Error::config(format!("bucket {} has a kms_key_id that is not used", address.host))
            .hint("add sse=aws:kms to the address"));
    }
    let mut builder = set(builder, "aws_server_side_encryption", sse.unwrap_or_default())?;
    if let Some(key) = key {
        builder = set(builder, "aws_sse_kms_key_id", key)?;
    }
    // One key of the bucket instead of one request to KMS per object; double encryption has no such thing.
    Ok(if sse == Some("aws:kms") { builder.with_bucket_key(true) } else { builder })
}

/// A client of the SDK, for what concerns whole buckets.
fn client(aws: &Aws, sdk: &aws_config::SdkConfig, path_style: bool) -> Client {
    let config =
        aws_sdk_s3::config::Builder::from(sdk).force_path_style(path_style).interceptor(aws.counting("s3")).build();
    Client::from_conf(config)
}

#[cfg(test)]
mod tests;
