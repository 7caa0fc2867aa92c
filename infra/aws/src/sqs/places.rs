//! Which queues of SQS belong to a topic, and making them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName as Attribute;
use pipeline_core::ports::MAX_ATTEMPTS;
use pipeline_core::{Error, Result};
use serde_json::{Value, json};

use super::calls::is_gone;
use crate::failure::failed;

/// What SQS lets a name have, the ending included.
const LONGEST_NAME: usize = 80;
const ENDING: &str = ".fifo";
const DEAD: &str = "-dead";
/// 14 days, the longest that SQS keeps a message.
const RETENTION_SECONDS: &str = "1209600";

/// The addresses of a topic's two queues.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) queue: String,
    pub(super) dead: String,
}

/// The queues under one prefix.
pub(super) struct Places {
    pub(super) client: Client,
    prefix: String,
    create: bool,
    known: Mutex<BTreeMap<String, Place>>,
}

impl Places {
    pub(super) fn new(client: Client, prefix: &str, create: bool) -> Result<Self> {
        if !is_name(prefix) || prefix.len() > LONGEST_NAME / 2 {
            return Err(Error::config(format!("the prefix of queues {prefix:?} cannot be used"))
                .hint("letters, digits, - and _, at most 40"));
        }
        Ok(Self { client, prefix: prefix.to_owned(), create, known: Mutex::default() })
    }

    /// The queues of `topic`, looked up or made when they are first needed.
    pub(super) async fn of(&self, topic: &str) -> Result<Place> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(topic).cloned();
        if let Some(place) = known {
            return Ok(place);
        }
        if !is_name(topic) || self.name(topic, DEAD).len() > LONGEST_NAME {
            return Err(Error::invalid(format!("topic {topic:?} cannot be part of a queue's name")));
        }
        let dead = self.ensure(&self.name(topic, DEAD), None).await?;
        let queue = self.ensure(&self.name(topic, ""), Some(&dead)).await?;
        let place = Place { queue, dead };
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(topic.to_owned(), place.clone());
        Ok(place)
    }

    fn name(&self, topic: &str, kind: &str) -> String {
        format!("{}-{topic}{kind}{ENDING}", self.prefix)
    }

    async fn ensure(&self, name: &str, dead: Option<&str>) -> Result<String> {
        let found = self.client.get_queue_url().queue_name(name).send().await;
        match found {
            Ok(found) => return Ok(found.queue_url.unwrap_or_default()),
            Err(error) if is_gone(&error) => {}
            Err(error) => return Err(failed(&format!("cannot find queue {name}"), error)),
        }
        if !self.create {
            return Err(Error::not_found(format!("queue {name} is not there"))
                .hint("deploy it, or add create=true to the address of the queue"));
        }
        let mut request = self
            .client
            .create_queue()
            .queue_name(name)
            .attributes(Attribute::FifoQueue, "true")
            .attributes(Attribute::SqsManagedSseEnabled, "true")
            .attributes(Attribute::MessageRetentionPeriod, RETENTION_SECONDS);
        if let Some(dead) = dead {
            let arn = self.attribute(dead, Attribute::QueueArn).await?.unwrap_or_default();
            let policy = json!({"deadLetterTargetArn": arn, "maxReceiveCount": MAX_ATTEMPTS}).to_string();
            request = request.attributes(Attribute::RedrivePolicy, policy);
        }
        let made = request.send().await.map_err(|error| failed(&format!("cannot make queue {name}"), error))?;
        Ok(made.queue_url.unwrap_or_default())
    }

    async fn attribute(&self, url: &str, name: Attribute) -> Result<Option<String>> {
        let answer = self.client.get_queue_attributes().queue_url(url).attribute_names(name.clone()).send().await;
        let answer = answer.map_err(|error| failed(&format!("cannot ask about queue {}", last(url)), error))?;
        Ok(answer.attributes.and_then(|mut attributes| attributes.remove(&name)))
    }

    /// Looks over every queue under the prefix.
    pub(super) async fn probe(&self) -> Result<String> {
        let mut names = Vec::new();
        let request = self.client.list_queues().queue_name_prefix(format!("{}-", self.prefix)).max_results(100);
        let mut pages = request.into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| failed("cannot list the queues", error))?;
            names.extend(page.queue_urls.unwrap_or_default());
        }
        let (dead, queues): (Vec<_>, Vec<_>) = names.iter().partition(|url| url.ends_with("-dead.fifo"));
        let mut letters = 0;
        for url in &queues {
            self.check_redrive(url).await?;
        }
        for url in &dead {
            let count = self.attribute(url, Attribute::ApproximateNumberOfMessages).await?;
            letters += count.and_then(|count| count.parse::<u64>().ok()).unwrap_or(0);
        }
        match (queues.len(), self.create) {
            (0, false) => Err(Error::not_found(format!("there is no queue called {}-TOPIC.fifo", self.prefix))
                .hint("deploy them, or add create=true to the address of the queue")),
            (0, true) => Ok("no queues yet; each is made when first used".to_owned()),
            (count, _) => Ok(format!("queues: {count}, dead letters: about {letters}")),
        }
    }

    /// Requires that what nobody answers ends among the dead letters.
    async fn check_redrive(&self, url: &str) -> Result<()> {
        let policy = self.attribute(url, Attribute::RedrivePolicy).await?.unwrap_or_default();
        let policy: Value = serde_json::from_str(&policy).unwrap_or_default();
        let target = policy["deadLetterTargetArn"].as_str().unwrap_or_default();
        let wanted = last(url).replace(ENDING, &format!("{DEAD}{ENDING}"));
        // The count is a number or its text, by who wrote it.
        let times = policy["maxReceiveCount"].as_u64().or_else(|| policy["maxReceiveCount"].as_str()?.parse().ok());
        if target.rsplit(':').next() == Some(wanted.as_str()) && times >= Some(u64::from(MAX_ATTEMPTS)) {
            return Ok(());
        }
        Err(Error::config(format!("queue {} does not send what nobody answers to {wanted}", last(url)))
            .hint(format!("give it a redrive policy to that queue with maxReceiveCount {MAX_ATTEMPTS}")))
    }
}

/// The name at the end of a queue's address.
fn last(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or_default()
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
