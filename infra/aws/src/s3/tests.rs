//! Addresses and what becomes of them; no server is asked.

use aws_config::BehaviorVersion;
use aws_credential_types::Credentials;
use pipeline_core::ErrorKind;

use super::*;
use crate::AwsOptions;

async fn aws() -> Aws {
    let keys = Credentials::new("key", "secret", None, None, "test");
    let loader = aws_config::defaults(BehaviorVersion::latest()).credentials_provider(keys);
    let options = AwsOptions { region: Some("eu-west-1".to_owned()), profile: None };
    Aws::load_from(loader, &options, Arc::default()).await
}

async fn url(address: &str) -> String {
    let (aws, address) = (aws().await, Address::parse(address, PARAMETERS).unwrap());
    let sdk = aws.config(address.get("region"), address.get("endpoint"));
    bucket::endpoint(&aws, &sdk, &address).await.unwrap().1
}

#[tokio::test]
async fn a_bucket_lies_where_the_sdk_says() {
    assert_eq!(url("s3://tables/x").await, "https://tables.s3.eu-west-1.amazonaws.com");
    assert_eq!(url("s3://tables?region=cn-north-1").await, "https://tables.s3.cn-north-1.amazonaws.com.cn");
    assert_eq!(url("s3://tables?path_style=true").await, "https://s3.eu-west-1.amazonaws.com/tables");
    assert_eq!(url("s3://tables/x?endpoint=http://127.0.0.1:9000").await, "http://127.0.0.1:9000/tables");
    assert_eq!(url("s3://tables/x?endpoint=http://s3.test:9000/&path_style=false").await, "http://tables.s3.test:9000");
}

#[tokio::test]
async fn an_encryption_that_does_not_fit_is_refused() {
    for odd in ["s3://tables?sse=rot13", "s3://tables?kms_key_id=k", "s3://tables?sse=AES256&kms_key_id=k"] {
        assert_eq!(S3Objects::open(&aws().await, odd).await.unwrap_err().kind(), ErrorKind::Config, "{odd}");
    }
    for fine in [
        "s3://tables?sse=AES256",
        "s3://tables/p?sse=aws:kms&kms_key_id=k",
        "s3://tables?sse=aws:kms:dsse&checksum=true",
    ] {
        assert!(S3Objects::open(&aws().await, fine).await.is_ok(), "{fine}");
    }
}
