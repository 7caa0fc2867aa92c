//! Every request counted, and what the service says of a failure brought into one line.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpRequest, HttpResponse, HttpService, ReqwestConnector,
};
use pipeline_core::telemetry::Calls;

/// Makes clients that count.
#[derive(Debug)]
pub(super) struct Connector {
    calls: Arc<Calls>,
    bucket: Arc<str>,
}

impl Connector {
    pub(super) fn new(calls: Arc<Calls>, bucket: &str) -> Self {
        Self { calls, bucket: bucket.into() }
    }
}

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let inner = ReqwestConnector::default().connect(options)?;
        let (calls, bucket) = (Arc::clone(&self.calls), Arc::clone(&self.bucket));
        Ok(HttpClient::new(Counted { inner, calls, bucket }))
    }
}

#[derive(Debug)]
struct Counted {
    inner: HttpClient,
    calls: Arc<Calls>,
    bucket: Arc<str>,
}

#[async_trait]
impl HttpService for Counted {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let copy = request.headers().contains_key("x-amz-copy-source");
        let operation = operation(request.method().as_str(), request.uri().query().unwrap_or_default(), copy);
        let began = Instant::now();
        let answer = self.inner.execute(request).await;
        let outcome = match &answer {
            Ok(answer) if answer.status().is_success() => "ok".to_owned(),
            Ok(answer) => answer.status().as_u16().to_string(),
            Err(_) => "failed".to_owned(),
        };
        self.calls.record("s3", operation, &outcome, began.elapsed());
        let answer = answer?;
        let status = answer.status();
        if !(status.is_client_error() || status.is_server_error()) {
            return Ok(answer);
        }
        let (mut parts, body) = answer.into_parts();
        let told = told(&body.bytes().await.unwrap_or_default(), &self.bucket);
        parts.headers.remove("content-length");
        Ok(HttpResponse::from_parts(parts, told.into()))
    }
}

/// The operation in the service's words.
fn operation(method: &str, query: &str, copy: bool) -> &'static str {
    let has = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
    match method {
        "GET" if has("list-type") => "ListObjectsV2",
        "GET" => "GetObject",
        "HEAD" => "HeadObject",
        "PUT" if has("uploadId") && copy => "UploadPartCopy",
        "PUT" if has("uploadId") => "UploadPart",
        "PUT" if copy => "CopyObject",
        "PUT" => "PutObject",
        "POST" if has("uploads") => "CreateMultipartUpload",
        "POST" if has("uploadId") => "CompleteMultipartUpload",
        "POST" if has("delete") => "DeleteObjects",
        "DELETE" if has("uploadId") => "AbortMultipartUpload",
        "DELETE" => "DeleteObject",
        _ => "Other",
    }
}

/// The code of an error document and what to do about it. The document itself may repeat the caller's key and the whole
/// request that was signed.
fn told(body: &[u8], bucket: &str) -> String {
    let body = String::from_utf8_lossy(body);
    let code = between(&body, "<Code>", "</Code>").unwrap_or("no code");
    match hint(code) {
        Some(hint) => format!("bucket {bucket} answers {code}; {hint}"),
        None => format!("bucket {bucket} answers {code}"),
    }
}

/// What mends the failure that S3 calls `code`.
pub(super) fn hint(code: &str) -> Option<&'static str> {
    Some(match code {
        "SignatureDoesNotMatch" => "the secret key or the region is wrong, or the clock of this machine is",
        "InvalidAccessKeyId" => "the access key is not known there",
        "ExpiredToken" | "InvalidToken" => "the session has expired: log in again",
        "RequestTimeTooSkewed" => "the clock of this machine is wrong",
        "AccessDenied" | "AllAccessDisabled" => {
            "allow s3:GetObject, s3:PutObject, s3:DeleteObject, s3:ListBucket and s3:AbortMultipartUpload \
             (and kms:GenerateDataKey, kms:Decrypt for sse=aws:kms)"
        }
        "NoSuchBucket" => "create it, or add create=true to the address",
        "AuthorizationHeaderMalformed" | "PermanentRedirect" | "IllegalLocationConstraintException" => {
            "it is in another region: set region= in the address"
        }
        _ => return None,
    })
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let rest = text.split_once(before)?.1;
    Some(rest.split_once(after)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_named_as_the_price_list_names_them() {
        assert_eq!(operation("GET", "list-type=2&prefix=a", false), "ListObjectsV2");
        assert_eq!(operation("PUT", "", false), "PutObject");
        assert_eq!(operation("PUT", "", true), "CopyObject");
        assert_eq!(operation("PUT", "partNumber=1&uploadId=x", false), "UploadPart");
        assert_eq!(operation("POST", "uploads=", false), "CreateMultipartUpload");
        assert_eq!(operation("POST", "uploadId=x", false), "CompleteMultipartUpload");
        assert_eq!(operation("DELETE", "uploadId=x", false), "AbortMultipartUpload");
        assert_eq!(operation("POST", "delete", false), "DeleteObjects");
    }

    #[test]
    fn what_is_told_of_a_failure_holds_no_key() {
        let body = "<Error><Code>SignatureDoesNotMatch</Code><AWSAccessKeyId>AKIAX</AWSAccessKeyId></Error>";
        let told = told(body.as_bytes(), "tables");
        assert!(told.contains("bucket tables") && told.contains("SignatureDoesNotMatch"), "{told}");
        assert!(!told.contains("AKIAX"));
    }
}
