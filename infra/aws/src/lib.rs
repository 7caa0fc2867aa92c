//! The backends of AWS: S3, DynamoDB, OpenSearch, SQS, Cognito and Bedrock behind the ports.
//!
//! Each is opened from an address; credentials come from the SDK's own chain. How to add one: a folder or file that ends
//! by running its port's whole conformance suite in `tests/`, and a line in `infra-registry`.

pub mod address;
mod bedrock;
mod cognito;
mod dynamodb;
mod failure;
mod opensearch;
mod s3;
mod sdk;
mod sqs;

pub use bedrock::Bedrock;
pub use cognito::CognitoIdentity;
pub use dynamodb::DynamoDocuments;
pub use opensearch::OpenSearchIndex;
pub use s3::S3Objects;
pub use sdk::{Aws, AwsOptions};
pub use sqs::SqsQueue;
