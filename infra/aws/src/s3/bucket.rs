//! Where a bucket is, by the SDK's own rules, and creating one.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use pipeline_core::error::Context as _;
use pipeline_core::{ErrorKind, Result};

use super::{client, credentials};
use crate::Aws;
use crate::address::Address;
use crate::failure::failed;

/// The SDK's client, and the URL of the bucket without a slash at its end: what the SDK would send requests to, with
/// everything that its chain knows of endpoints, partitions, FIPS and dual stack.
pub(super) async fn endpoint(aws: &Aws, sdk: &SdkConfig, address: &Address) -> Result<(Client, String)> {
    if address.get("path_style").is_some() {
        let client = client(aws, sdk, address.flag("path_style")?);
        let endpoint = url(&client, &address.host).await?;
        return Ok((client, endpoint));
    }
    let by_path = client(aws, sdk, true);
    let endpoint = url(&by_path, &address.host).await?;
    // Servers of others rarely answer to one name per bucket.
    if !endpoint.contains(".amazonaws.com") {
        return Ok((by_path, endpoint));
    }
    let by_host = client(aws, sdk, false);
    let endpoint = url(&by_host, &address.host).await?;
    Ok((by_host, endpoint))
}

/// Where a request for `bucket` would go. A presigned one is made, never sent, and only its address is kept.
async fn url(client: &Client, bucket: &str) -> Result<String> {
    let soon = PresigningConfig::expires_in(Duration::from_secs(60))
        .context(ErrorKind::Internal, || "a minute cannot be signed for")?;
    let signed = client.get_object().bucket(bucket).key("k").presigned(soon).await;
    let signed = signed.map_err(|error| credentials::none(bucket).because(innermost(&error)))?;
    let address = signed.uri().split('?').next().unwrap_or_default();
    Ok(address.trim_end_matches("/k").to_owned())
}

/// Creates `bucket` when it is not there.
pub(super) async fn create(client: &Client, bucket: &str, region: &str) -> Result<()> {
    let what = || format!("bucket {bucket} cannot be created");
    match client.head_bucket().bucket(bucket).send().await {
        Ok(_) => return Ok(()),
        Err(error) if error.as_service_error().is_some_and(|error| error.is_not_found()) => {}
        Err(error) => return Err(failed(&format!("bucket {bucket} cannot be looked at"), error)),
    }
    let place = (region != "us-east-1").then(|| {
        CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::from(region)).build()
    });
    match client.create_bucket().bucket(bucket).set_create_bucket_configuration(place).send().await {
        Ok(_) => Ok(()),
        // Another process was faster.
        Err(error) if error.as_service_error().is_some_and(|error| error.is_bucket_already_owned_by_you()) => Ok(()),
        Err(error) => Err(failed(&what(), error)),
    }
}

/// The last cause alone: the SDK's chain repeats itself.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}
