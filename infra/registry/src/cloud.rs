//! The backends of AWS.

use std::sync::Arc;

use infra_aws::{Aws, AwsOptions, Bedrock, CognitoIdentity, DynamoDocuments, OpenSearchIndex, S3Objects, SqsQueue};
use object_store::ObjectStore;
use pipeline_core::Result;
use pipeline_core::ports::{Documents, Identity, Model, Queue, Search};

use crate::open::{Opened, Opener};

impl Opener<'_> {
    /// The way into AWS, loaded when the first backend needs it.
    async fn aws(&mut self) -> Aws {
        if let Some(aws) = &self.aws {
            return aws.clone();
        }
        let options = AwsOptions { region: self.options.region.clone(), profile: self.options.profile.clone() };
        let aws = Aws::load(&options, Arc::clone(&self.calls)).await;
        self.aws = Some(aws.clone());
        aws
    }

    pub(crate) async fn s3(&mut self, address: &str) -> Result<Opened<dyn ObjectStore>> {
        let objects = S3Objects::open(&self.aws().await, address).await?;
        Ok((objects.store(), Some(Arc::new(objects))))
    }

    pub(crate) async fn dynamodb(&mut self, address: &str) -> Result<Opened<dyn Documents>> {
        let documents = DynamoDocuments::open(&self.aws().await, address, Arc::clone(&self.clock)).await?;
        let documents = Arc::new(documents);
        Ok((Arc::clone(&documents) as _, Some(documents)))
    }

    pub(crate) async fn opensearch(
        &mut self,
        address: &str,
        documents: &Arc<dyn Documents>,
    ) -> Result<Opened<dyn Search>> {
        let password = self.options.secret("opensearch", "password");
        let search = OpenSearchIndex::open(&self.aws().await, address, password, Arc::clone(documents)).await?;
        let search = Arc::new(search);
        Ok((Arc::clone(&search) as _, Some(search)))
    }

    pub(crate) async fn sqs(&mut self, address: &str, documents: &Arc<dyn Documents>) -> Result<Opened<dyn Queue>> {
        let (documents, clock) = (Arc::clone(documents), Arc::clone(&self.clock));
        let queue = Arc::new(SqsQueue::open(&self.aws().await, address, documents, clock).await?);
        Ok((Arc::clone(&queue) as _, Some(queue)))
    }

    pub(crate) async fn cognito(
        &mut self,
        address: &str,
        documents: &Arc<dyn Documents>,
    ) -> Result<Opened<dyn Identity>> {
        let secret = self.options.secret("cognito", "client_secret");
        let (documents, clock) = (Arc::clone(documents), Arc::clone(&self.clock));
        let identity = CognitoIdentity::open(&self.aws().await, address, secret, documents, clock).await?;
        let identity = Arc::new(identity);
        Ok((Arc::clone(&identity) as _, Some(identity)))
    }

    pub(crate) async fn bedrock(&mut self, address: &str) -> Result<Opened<dyn Model>> {
        let aws = self.aws().await;
        let store = match infra_aws::address::batch_store(address)? {
            Some(address) => Some(S3Objects::open(&aws, &address).await?.store()),
            None => None,
        };
        let model = Arc::new(Bedrock::open(&aws, address, store).await?);
        Ok((Arc::clone(&model) as _, Some(model)))
    }
}
