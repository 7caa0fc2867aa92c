//! The queue on SQS: every promise of the port, and what SQS alone can do wrong. Needs the server that tests/aws.sh starts.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::Credentials;
use conformance::Subject;
use infra_aws::{Aws, AwsOptions, SqsQueue};
use infra_local::{SqliteDocuments, SystemClock};
use pipeline_core::ErrorKind;
use pipeline_core::ports::{Clock, Delivery, Documents, MAX_ATTEMPTS, Message, Probe as _, Queue};
use pipeline_core::telemetry::Calls;
use serde_json::{Value, json};
use support::proxy::{Action, Answer, Proxy, rules};
use support::servers::{ACCESS_KEY, REGION, SECRET_KEY, address, unique};
use support::{Fault, Killer};
use tempfile::TempDir;

conformance::queue!(World::new().await.subject());

const HIDDEN: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_secs(1);

/// A prefix of its own, with documents of its own.
struct World {
    prefix: String,
    endpoint: String,
    documents: Arc<dyn Documents>,
    queue: SqsQueue,
    folder: TempDir,
}

impl World {
    async fn new() -> Self {
        Self::at(&address("sqs")).await
    }

    async fn at(endpoint: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let documents = SqliteDocuments::open(&folder.path().join("documents.sqlite"), Arc::new(SystemClock)).unwrap();
        let documents: Arc<dyn Documents> = Arc::new(documents);
        let prefix = unique("q");
        let queue = open(&prefix, endpoint, "&create=true", Arc::clone(&documents)).await;
        Self { prefix, endpoint: endpoint.to_owned(), documents, queue, folder }
    }

    /// The same queue as another process opens it, whose writes of documents `killer` counts.
    async fn killed_by(&self, killer: &Killer) -> SqsQueue {
        let documents = Arc::new(Fault::<dyn Documents>::new(Arc::clone(&self.documents), killer.clone()));
        open(&self.prefix, &self.endpoint, "&create=true", documents).await
    }

    fn subject(self) -> Subject<dyn Queue> {
        Subject { port: Arc::new(self.queue), clock: Arc::new(SystemClock), keep: Box::new(self.folder) }
    }

    async fn received(&self) -> Vec<Delivery> {
        self.queue.receive("T", 10, HIDDEN).await.unwrap()
    }

    async fn dead(&self) -> Vec<(Message, String)> {
        self.queue.dead("T").await.unwrap()
    }

    /// A client of SQS, and the address of the queue called `PREFIX-T` and `kind`.
    async fn raw(&self, kind: &str) -> (aws_sdk_sqs::Client, String) {
        let client = aws_sdk_sqs::Client::new(&aws().await.config(Some(REGION), Some(&self.endpoint)));
        let url = client.get_queue_url().queue_name(format!("{}-T{kind}.fifo", self.prefix)).send().await.unwrap();
        (client, url.queue_url.unwrap())
    }

    /// How many messages a queue of SQS holds.
    async fn count(&self, kind: &str) -> u64 {
        let (client, url) = self.raw(kind).await;
        let all = aws_sdk_sqs::types::QueueAttributeName::All;
        let answer = client.get_queue_attributes().queue_url(url).attribute_names(all).send().await;
        let attributes = answer.unwrap().attributes.unwrap();
        let number = |name: &str| attributes.get(&name.into()).map_or(0, |text| text.parse::<u64>().unwrap());
        number("ApproximateNumberOfMessages") + number("ApproximateNumberOfMessagesNotVisible")
    }

    /// Sends a message once more, as a process does that was killed after sending it and is started again when SQS does
    /// not remember the id any more. How it looks in SQS is learnt from another queue.
    async fn send_copy(&self, message: Message) {
        let other = Self::at(&self.endpoint).await;
        other.queue.send(vec![message]).await.unwrap();
        let (client, url) = other.raw("").await;
        let group = aws_sdk_sqs::types::MessageSystemAttributeName::MessageGroupId;
        let request = client.receive_message().queue_url(&url).message_system_attribute_names(group.clone());
        let sent = request.send().await.unwrap().messages.unwrap().remove(0);
        let (_, url) = self.raw("").await;
        let request = client.send_message().queue_url(&url).message_group_id(&sent.attributes.unwrap()[&group]);
        request.message_body(sent.body.unwrap()).message_deduplication_id("other").send().await.unwrap();
    }
}

async fn aws() -> Aws {
    let credentials = Credentials::new(ACCESS_KEY, SECRET_KEY, None, None, "test");
    let loader = aws_config::defaults(aws_config::BehaviorVersion::latest()).credentials_provider(credentials);
    Aws::load_from(loader, &AwsOptions::default(), Arc::new(Calls::default())).await
}

async fn open(prefix: &str, endpoint: &str, more: &str, documents: Arc<dyn Documents>) -> SqsQueue {
    let address = format!("sqs://{prefix}?region={REGION}&endpoint={endpoint}{more}");
    SqsQueue::open(&aws().await, &address, documents, Arc::new(SystemClock)).await.unwrap()
}

fn message(id: &str) -> Message {
    Message { topic: "T".to_owned(), id: id.to_owned(), group: "G".to_owned(), body: json!({"of": id}) }
}

async fn sleep(time: Duration) {
    let clock: &dyn Clock = &SystemClock;
    clock.sleep(time).await;
}

fn ids(deliveries: &[Delivery]) -> Vec<&str> {
    deliveries.iter().map(|delivery| delivery.message.id.as_str()).collect()
}

/// Receives and answers until nothing comes, and returns the ids in order.
async fn drain(queue: &SqsQueue) -> Vec<String> {
    let mut all = Vec::new();
    while let Some(delivery) = queue.receive("T", 1, HIDDEN).await.unwrap().pop() {
        queue.done(&delivery.receipt).await.unwrap();
        all.push(delivery.message.id);
    }
    all
}

/// The one delivery that is the message's last.
async fn last_delivery(queue: &SqsQueue, hidden: Duration) -> Delivery {
    for _ in 1..MAX_ATTEMPTS {
        let delivery = queue.receive("T", 1, HIDDEN).await.unwrap().remove(0);
        queue.give_back(&delivery.receipt, "not yet").await.unwrap();
    }
    queue.receive("T", 1, hidden).await.unwrap().remove(0)
}

/// Kills `work` before and after each of its writes of documents, each time in a world of its own, which `check` gets.
async fn killed_everywhere<S, W, C>(start: S, work: W, check: C)
where
    S: AsyncFn(&World) -> String,
    W: AsyncFn(&SqsQueue, &str) -> pipeline_core::Result<()>,
    C: AsyncFn(&World, &str),
{
    for n in 1.. {
        let mut was_killed = false;
        for killer in [Killer::before(n), Killer::after(n)] {
            let world = World::new().await;
            let started = start(&world).await;
            let result = work(&world.killed_by(&killer).await, &started).await;
            assert_eq!(result.is_err(), killer.is_dead(), "{result:?}");
            was_killed |= killer.is_dead();
            check(&world, &started).await;
        }
        if !was_killed {
            assert!(n > 1, "nothing was written");
            return;
        }
    }
}

#[tokio::test]
async fn a_message_that_sqs_delivers_again_after_it_was_done_is_not_returned() {
    let proxy = Proxy::start(&address("sqs"));
    let world = World::at(proxy.address()).await;
    proxy.set(rules::sqs_deliver_twice());
    world.queue.send(vec![message("a"), message("b")]).await.unwrap();
    let delivery = world.queue.receive("T", 1, SHORT).await.unwrap().remove(0);
    world.queue.done(&delivery.receipt).await.unwrap();
    assert_eq!(world.count("").await, 2, "its deletion was lost");
    sleep(SHORT).await;
    assert_eq!(ids(&world.received().await), ["b"]);
    assert_eq!(world.count("").await, 1, "what was done is deleted when it comes again");
}

#[tokio::test]
async fn a_second_copy_sent_after_sqs_forgot_the_first_is_not_delivered() {
    let world = World::new().await;
    world.queue.send(vec![message("a"), message("b")]).await.unwrap();
    world.send_copy(message("a")).await;
    assert_eq!(world.count("").await, 3);
    assert_eq!(drain(&world.queue).await, ["a", "b"]);
    assert_eq!(world.count("").await, 0);
}

#[tokio::test]
async fn a_second_copy_of_a_dead_letter_is_neither_delivered_nor_listed() {
    let world = World::new().await;
    world.queue.send(vec![message("a")]).await.unwrap();
    world.send_copy(message("a")).await;
    let last = last_delivery(&world.queue, HIDDEN).await;
    world.queue.give_back(&last.receipt, "gone").await.unwrap();
    assert!(world.received().await.is_empty());
    assert_eq!(world.dead().await, [(message("a"), "gone".to_owned())]);
    assert_eq!(world.queue.redrive("T").await.unwrap(), 1);
    assert_eq!(drain(&world.queue).await, ["a"]);
    assert_eq!((world.count("").await, world.count("-dead").await), (0, 0));
}

#[tokio::test]
async fn messages_of_a_batch_that_sqs_refuses_for_now_are_sent_in_order_all_the_same() {
    let proxy = Proxy::start(&address("sqs"));
    let world = World::at(proxy.address()).await;
    world.received().await;
    let mut refused = 0;
    proxy.set(move |seen| {
        if seen.target() != Some("SendMessageBatch") || refused == 2 {
            return Action::Pass;
        }
        refused += 1;
        let mut body: Value = serde_json::from_slice(&seen.body).unwrap();
        let entries = body["Entries"].as_array_mut().unwrap();
        let first = entries.remove(0);
        let failed = json!({"Id": first["Id"], "SenderFault": false, "Code": "InternalError"});
        if entries.is_empty() {
            let answer = json!({"Successful": [], "Failed": [failed]}).to_string();
            return Action::Answer(Answer::new(200, "application/x-amz-json-1.0", answer));
        }
        let answer = move |mut answer: Answer| {
            let mut body: Value = serde_json::from_slice(&answer.body).unwrap();
            body["Failed"] = json!([failed]);
            answer.body = body.to_string().into();
            answer
        };
        Action::Rewrite { body: Some(body.to_string().into()), answer: Box::new(answer) }
    });
    let free = |id: &str| Message { group: String::new(), ..message(id) };
    world.queue.send(vec![message("1"), message("2"), free("x"), message("3"), free("y")]).await.unwrap();
    let mut received = drain(&world.queue).await;
    received.retain(|id| id != "x" && id != "y");
    assert_eq!(received, ["1", "2", "3"]);
    assert_eq!(world.count("").await, 0);
}

#[tokio::test]
async fn a_message_that_sqs_will_never_take_is_told_without_its_content() {
    let proxy = Proxy::start(&address("sqs"));
    let world = World::at(proxy.address()).await;
    world.received().await;
    proxy.set(|seen| {
        if seen.target() != Some("SendMessageBatch") {
            return Action::Pass;
        }
        let failed =
            json!([{"Id": "0", "SenderFault": true, "Code": "InvalidMessageContents", "Message": "zoe@example.org"}]);
        let answer = json!({"Successful": [], "Failed": failed}).to_string();
        Action::Answer(Answer::new(200, "application/x-amz-json-1.0", answer))
    });
    let error = world.queue.send(vec![message("zoe@example.org")]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.chain().contains("InvalidMessageContents") && !error.chain().contains("zoe"), "{error:?}");
}

#[tokio::test]
async fn a_sending_killed_anywhere_and_repeated_sends_each_message_once() {
    let messages = || vec![message("a"), message("b"), message("c")];
    let send = async |queue: &SqsQueue, _: &str| queue.send(messages()).await;
    let check = async |world: &World, _: &str| {
        world.queue.send(messages()).await.unwrap();
        assert_eq!(drain(&world.queue).await, ["a", "b", "c"]);
        world.queue.send(messages()).await.unwrap();
        assert_eq!((world.count("").await, world.dead().await.len()), (0, 0));
    };
    killed_everywhere(async |_: &World| String::new(), send, check).await;
}

#[tokio::test]
async fn a_burial_killed_anywhere_and_repeated_makes_each_dead_letter_once() {
    let letters = || vec![(message("a"), "one".to_owned()), (message("b"), "two".to_owned())];
    let bury = async |queue: &SqsQueue, _: &str| queue.bury(letters()).await;
    let check = async |world: &World, _: &str| {
        world.queue.bury(letters()).await.unwrap();
        assert_eq!(world.dead().await, letters());
        assert_eq!(world.queue.redrive("T").await.unwrap(), 2);
        assert!(world.dead().await.is_empty());
    };
    killed_everywhere(async |_: &World| String::new(), bury, check).await;
}

#[tokio::test]
async fn a_redrive_killed_anywhere_and_repeated_delivers_each_message_once() {
    let start = async |world: &World| {
        let letters = ["a", "b"].map(|id| (message(id), "no".to_owned()));
        world.queue.bury(letters.to_vec()).await.unwrap();
        String::new()
    };
    let redrive = async |queue: &SqsQueue, _: &str| queue.redrive("T").await.map(drop);
    let check = async |world: &World, _: &str| {
        world.queue.redrive("T").await.unwrap();
        let mut received = drain(&world.queue).await;
        received.sort();
        assert_eq!(received, ["a", "b"]);
        assert_eq!((world.dead().await.len(), world.count("").await, world.count("-dead").await), (0, 0, 0));
    };
    killed_everywhere(start, redrive, check).await;
}

#[tokio::test]
async fn a_last_give_back_killed_anywhere_makes_a_dead_letter() {
    let start = async |world: &World| {
        world.queue.send(vec![message("a")]).await.unwrap();
        last_delivery(&world.queue, Duration::from_secs(2)).await.receipt
    };
    let give_back = async |queue: &SqsQueue, receipt: &str| queue.give_back(receipt, "gone").await;
    let check = async |world: &World, _: &str| {
        sleep(Duration::from_secs(2)).await;
        assert!(world.received().await.is_empty());
        let dead = world.dead().await;
        assert_eq!(dead.iter().map(|(message, _)| message).collect::<Vec<_>>(), [&message("a")]);
        assert!(dead[0].1.starts_with("gone") || dead[0].1.contains("never answered"), "{}", dead[0].1);
        assert_eq!(world.queue.redrive("T").await.unwrap(), 1);
        assert_eq!(drain(&world.queue).await, ["a"]);
        assert_eq!((world.count("").await, world.count("-dead").await), (0, 0));
    };
    killed_everywhere(start, give_back, check).await;
}

#[tokio::test]
async fn dead_letters_that_sqs_moved_by_itself_are_all_listed_though_they_are_of_one_group() {
    let world = World::new().await;
    world.queue.send(vec![message("a"), message("b"), message("c")]).await.unwrap();
    for _ in 0..2 {
        for _ in 0..MAX_ATTEMPTS {
            assert_eq!(world.queue.receive("T", 10, SHORT).await.unwrap().len(), 1);
            sleep(SHORT).await;
        }
    }
    assert_eq!(ids(&world.received().await), ["c"]);
    for _ in 0..2 {
        let dead = world.dead().await;
        assert_eq!(dead.iter().map(|(message, _)| message.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert!(dead.iter().all(|(_, reason)| reason.contains("never answered")), "{dead:?}");
    }
    assert_eq!(world.count("-dead").await, 2);
}

#[tokio::test]
async fn without_create_a_queue_that_is_not_there_is_named_with_what_helps() {
    let world = World::new().await;
    let queue = open(&world.prefix, &world.endpoint, "", Arc::clone(&world.documents)).await;
    for error in [queue.send(vec![message("a")]).await.unwrap_err(), queue.probe().await.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.message().contains(&world.prefix) && error.hint_text().unwrap().contains("create=true"));
    }
    world.queue.send(vec![message("a")]).await.unwrap();
    world.queue.bury(vec![(message("b"), "no".to_owned())]).await.unwrap();
    assert_eq!(queue.probe().await.unwrap(), "queues: 1, dead letters: about 1");
    assert_eq!(ids(&queue.receive("T", 1, HIDDEN).await.unwrap()), ["a"]);
}

#[tokio::test]
async fn an_address_or_topic_that_cannot_be_used_is_refused() {
    let world = World::new().await;
    let aws = aws().await;
    for address in ["sqs://a.b", "sqs://p/path", "sqs://p?colour=red", "sqs://p?create=yes", "s3://p"] {
        let opened = SqsQueue::open(&aws, address, Arc::clone(&world.documents), Arc::new(SystemClock)).await;
        assert_eq!(opened.err().unwrap().kind(), ErrorKind::Config, "{address}");
    }
    for topic in ["", "a.b", "a/b", &"x".repeat(80)] {
        assert_eq!(world.queue.receive(topic, 1, HIDDEN).await.unwrap_err().kind(), ErrorKind::Invalid, "{topic}");
    }
    for receipt in ["", "x", "1.2", "1.2.3", "x.k.T.h"] {
        assert_eq!(world.queue.done(receipt).await.unwrap_err().kind(), ErrorKind::Invalid, "{receipt}");
    }
}
