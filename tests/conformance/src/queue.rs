//! The promises of the queue port.

use std::collections::BTreeSet;
use std::time::Duration;

use pipeline_core::ErrorKind::{Conflict, TooLarge};
use pipeline_core::ports::{Delivery, MAX_ATTEMPTS, MAX_MESSAGE_BYTES, Message, Queue};
use serde_json::json;

use crate::{Subject, refused, suite};

suite! { $ queue:
    an_empty_queue_delivers_nothing,
    a_message_is_delivered_as_it_was_sent,
    a_body_of_the_largest_size_is_delivered_and_a_larger_one_refused,
    a_topic_delivers_only_its_own_messages,
    at_most_the_limit_is_delivered,
    a_delivered_message_is_hidden_from_others,
    a_delivery_that_runs_out_is_delivered_again,
    attempts_count_the_deliveries,
    every_delivery_has_a_receipt_of_its_own,
    what_is_done_never_comes_back,
    what_is_done_after_its_time_and_before_the_next_delivery_is_done,
    done_with_a_stale_receipt_is_a_conflict,
    a_stale_receipt_gives_nothing_back,
    what_is_given_back_is_visible_at_once,
    messages_of_a_group_are_delivered_one_after_the_other_as_they_were_sent,
    a_group_does_not_hold_up_another,
    groups_of_two_topics_are_two_groups,
    a_message_given_back_keeps_its_place_in_its_group,
    a_delivery_that_runs_out_lets_no_later_one_of_its_group_pass,
    a_dead_letter_does_not_hold_up_its_group,
    two_messages_of_one_topic_with_one_id_are_sent_once,
    the_same_id_is_sent_once_even_after_it_was_done,
    the_same_id_in_two_topics_is_two_messages,
    the_last_give_back_makes_a_dead_letter_with_its_reason,
    a_message_that_nobody_answers_becomes_a_dead_letter,
    dead_letters_are_listed_oldest_first_by_topic,
    listing_dead_letters_leaves_them_where_they_are,
    buried_messages_are_dead_letters_with_their_reasons,
    a_buried_message_is_delivered_after_a_redrive,
    burying_what_was_sent_and_sending_what_was_buried_change_nothing,
    many_dead_letters_of_one_group_are_listed_and_redriven,
    a_dead_letter_is_not_delivered,
    redriven_dead_letters_are_messages_again,
    redriving_nothing_returns_zero,
    of_many_receivers_each_message_reaches_one,
}

type Subjects = Subject<dyn Queue>;

/// Longer than any test takes.
const HIDDEN: Duration = Duration::from_secs(60);
/// For tests that wait until a delivery has run out, which they may do on a real clock.
const SHORT: Duration = Duration::from_secs(2);

fn message(topic: &str, id: &str) -> Message {
    in_group(topic, id, "")
}

fn in_group(topic: &str, id: &str, group: &str) -> Message {
    let body = json!({"id": id, "text": "Zoë \u{1F980}\u{0}\r\n\u{FFFF}"});
    Message { topic: topic.to_owned(), id: id.to_owned(), group: group.to_owned(), body }
}

async fn send(queue: &Subjects, ids: &[&str]) {
    let messages = ids.iter().map(|id| message("T", id)).collect();
    queue.port.send(messages).await.expect("messages that are sent");
}

async fn receive(queue: &Subjects, limit: usize) -> Vec<Delivery> {
    queue.port.receive("T", limit, HIDDEN).await.expect("deliveries")
}

async fn receive_one(queue: &Subjects) -> Delivery {
    let mut deliveries = receive(queue, 1).await;
    assert_eq!(deliveries.len(), 1, "one message is visible");
    deliveries.remove(0)
}

async fn send_group(queue: &Subjects, group: &str, ids: &[&str]) {
    let messages = ids.iter().map(|id| in_group("T", id, group)).collect();
    queue.port.send(messages).await.expect("messages that are sent");
}

async fn receive_for_short(queue: &Subjects) -> Delivery {
    queue.port.receive("T", 1, SHORT).await.expect("deliveries").remove(0)
}

async fn give_back(queue: &Subjects, delivery: &Delivery) {
    queue.port.give_back(&delivery.receipt, "not yet").await.expect("a delivery given back");
}

async fn done(queue: &Subjects, delivery: &Delivery) {
    queue.port.done(&delivery.receipt).await.expect("a delivery that is done");
}

async fn dead(queue: &Subjects) -> Vec<(Message, String)> {
    queue.port.dead("T").await.expect("dead letters")
}

/// In order of the ids: between groups, the port promises none.
fn ids(deliveries: &[Delivery]) -> Vec<&str> {
    let mut ids: Vec<&str> = deliveries.iter().map(|delivery| delivery.message.id.as_str()).collect();
    ids.sort_unstable();
    ids
}

async fn kill(queue: &Subjects, reason: &str) {
    for _ in 0..MAX_ATTEMPTS {
        let delivery = receive_one(queue).await;
        queue.port.give_back(&delivery.receipt, reason).await.expect("a delivery given back");
    }
}

pub async fn an_empty_queue_delivers_nothing(queue: &Subjects) {
    assert!(receive(queue, 10).await.is_empty());
    queue.port.send(Vec::new()).await.expect("nothing that is sent");
    assert!(receive(queue, 10).await.is_empty());
}

pub async fn a_message_is_delivered_as_it_was_sent(queue: &Subjects) {
    send(queue, &["a"]).await;
    assert_eq!(receive_one(queue).await.message, message("T", "a"));
}

pub async fn a_body_of_the_largest_size_is_delivered_and_a_larger_one_refused(queue: &Subjects) {
    // The body is a string, whose quotes count.
    let sized = |id: &str, bytes: usize| Message { body: "x".repeat(bytes - 2).into(), ..message("T", id) };
    let largest = sized("largest", MAX_MESSAGE_BYTES);
    refused(queue.port.send(vec![message("T", "small"), sized("a", MAX_MESSAGE_BYTES + 1)]).await, TooLarge);
    refused(queue.port.bury(vec![(sized("a", MAX_MESSAGE_BYTES + 1), "no".to_owned())]).await, TooLarge);
    assert!(receive(queue, 10).await.is_empty() && dead(queue).await.is_empty(), "nothing was sent");
    queue.port.send(vec![largest.clone(), sized("other", MAX_MESSAGE_BYTES)]).await.expect("messages that are sent");
    let received = receive(queue, 10).await;
    assert_eq!(ids(&received), ["largest", "other"]);
    assert!(received.iter().any(|delivery| delivery.message == largest));
}

pub async fn a_topic_delivers_only_its_own_messages(queue: &Subjects) {
    queue.port.send(vec![message("U", "u"), message("T", "t")]).await.expect("messages that are sent");
    assert_eq!(ids(&receive(queue, 10).await), ["t"]);
}

pub async fn at_most_the_limit_is_delivered(queue: &Subjects) {
    send(queue, &["a", "b", "c"]).await;
    assert!(receive(queue, 0).await.is_empty());
    let mut deliveries = receive(queue, 2).await;
    assert_eq!(deliveries.len(), 2);
    deliveries.extend(receive(queue, 2).await);
    assert_eq!(ids(&deliveries), ["a", "b", "c"]);
}

pub async fn a_delivered_message_is_hidden_from_others(queue: &Subjects) {
    send(queue, &["a"]).await;
    receive_one(queue).await;
    assert!(receive(queue, 10).await.is_empty());
}

pub async fn a_delivery_that_runs_out_is_delivered_again(queue: &Subjects) {
    send(queue, &["a"]).await;
    receive_for_short(queue).await;
    queue.clock.sleep(SHORT).await;
    assert_eq!(receive_one(queue).await.message.id, "a");
}

pub async fn attempts_count_the_deliveries(queue: &Subjects) {
    send(queue, &["a"]).await;
    for attempt in 1..=3 {
        let delivery = receive_one(queue).await;
        assert_eq!(delivery.attempts, attempt);
        queue.port.give_back(&delivery.receipt, "not yet").await.expect("a delivery given back");
    }
}

pub async fn every_delivery_has_a_receipt_of_its_own(queue: &Subjects) {
    send(queue, &["a", "b"]).await;
    let mut receipts = BTreeSet::new();
    for _ in 0..3 {
        for delivery in receive(queue, 10).await {
            queue.port.give_back(&delivery.receipt, "again").await.expect("a delivery given back");
            assert!(receipts.insert(delivery.receipt));
        }
    }
    assert_eq!(receipts.len(), 6);
}

pub async fn what_is_done_never_comes_back(queue: &Subjects) {
    send(queue, &["a"]).await;
    let delivery = receive_for_short(queue).await;
    done(queue, &delivery).await;
    done(queue, &delivery).await;
    queue.clock.sleep(SHORT).await;
    assert!(receive(queue, 10).await.is_empty());
    assert!(dead(queue).await.is_empty());
}

pub async fn what_is_done_after_its_time_and_before_the_next_delivery_is_done(queue: &Subjects) {
    send(queue, &["a"]).await;
    let late = queue.port.receive("T", 1, Duration::from_secs(1)).await.expect("deliveries").remove(0);
    queue.clock.sleep(Duration::from_secs(2)).await;
    queue.port.done(&late.receipt).await.expect("a delivery that is done");
    assert!(receive(queue, 10).await.is_empty());
}

pub async fn done_with_a_stale_receipt_is_a_conflict(queue: &Subjects) {
    send(queue, &["a"]).await;
    let stale = queue.port.receive("T", 1, Duration::from_secs(1)).await.expect("deliveries").remove(0);
    queue.clock.sleep(Duration::from_secs(1)).await;
    let held = receive_one(queue).await;
    refused(queue.port.done(&stale.receipt).await, Conflict);
    queue.port.done(&held.receipt).await.expect("a delivery that is done");
}

pub async fn a_stale_receipt_gives_nothing_back(queue: &Subjects) {
    send(queue, &["a"]).await;
    let stale = queue.port.receive("T", 1, Duration::from_secs(1)).await.expect("deliveries").remove(0);
    queue.clock.sleep(Duration::from_secs(1)).await;
    receive_one(queue).await;
    refused(queue.port.give_back(&stale.receipt, "late").await, Conflict);
    assert!(receive(queue, 10).await.is_empty(), "the message is still hidden for who holds it");
}

pub async fn what_is_given_back_is_visible_at_once(queue: &Subjects) {
    send(queue, &["a"]).await;
    let delivery = receive_one(queue).await;
    queue.port.give_back(&delivery.receipt, "busy").await.expect("a delivery given back");
    assert_eq!(receive_one(queue).await.message.id, "a");
}

pub async fn messages_of_a_group_are_delivered_one_after_the_other_as_they_were_sent(queue: &Subjects) {
    send_group(queue, "G", &["c", "a"]).await;
    send_group(queue, "G", &["b"]).await;
    for id in ["c", "a", "b"] {
        let deliveries = receive(queue, 10).await;
        assert_eq!(ids(&deliveries), [id]);
        assert_eq!(deliveries[0].message, in_group("T", id, "G"));
        assert!(receive(queue, 10).await.is_empty(), "the group waits");
        done(queue, &deliveries[0]).await;
    }
    assert!(receive(queue, 10).await.is_empty());
}

pub async fn a_group_does_not_hold_up_another(queue: &Subjects) {
    send_group(queue, "G", &["g1", "g2"]).await;
    send_group(queue, "H", &["h1", "h2"]).await;
    send(queue, &["free", "too"]).await;
    let deliveries = receive(queue, 10).await;
    assert_eq!(ids(&deliveries), ["free", "g1", "h1", "too"]);
    let h1 = deliveries.iter().find(|delivery| delivery.message.id == "h1").expect("a delivery");
    done(queue, h1).await;
    assert_eq!(ids(&receive(queue, 10).await), ["h2"]);
}

pub async fn groups_of_two_topics_are_two_groups(queue: &Subjects) {
    queue.port.send(vec![in_group("T", "t", "G"), in_group("U", "u", "G")]).await.expect("messages that are sent");
    assert_eq!(ids(&receive(queue, 10).await), ["t"]);
    assert_eq!(ids(&queue.port.receive("U", 10, HIDDEN).await.expect("deliveries")), ["u"]);
}

pub async fn a_message_given_back_keeps_its_place_in_its_group(queue: &Subjects) {
    send_group(queue, "G", &["a", "b"]).await;
    for _ in 0..3 {
        let delivery = receive_one(queue).await;
        assert_eq!(delivery.message.id, "a");
        give_back(queue, &delivery).await;
    }
    done(queue, &receive_one(queue).await).await;
    let next = receive_one(queue).await;
    assert_eq!((next.message.id.as_str(), next.attempts), ("b", 1), "waiting was no attempt");
}

pub async fn a_delivery_that_runs_out_lets_no_later_one_of_its_group_pass(queue: &Subjects) {
    send_group(queue, "G", &["a", "b"]).await;
    receive_for_short(queue).await;
    queue.clock.sleep(SHORT).await;
    assert_eq!(ids(&receive(queue, 10).await), ["a"]);
}

pub async fn a_dead_letter_does_not_hold_up_its_group(queue: &Subjects) {
    send_group(queue, "G", &["a", "b"]).await;
    kill(queue, "no").await;
    assert_eq!(ids(&receive(queue, 10).await), ["b"]);
}

pub async fn two_messages_of_one_topic_with_one_id_are_sent_once(queue: &Subjects) {
    send(queue, &["a", "a", "b"]).await;
    send(queue, &["a"]).await;
    assert_eq!(ids(&receive(queue, 10).await), ["a", "b"]);
}

pub async fn the_same_id_is_sent_once_even_after_it_was_done(queue: &Subjects) {
    send(queue, &["a"]).await;
    let delivery = receive_one(queue).await;
    queue.port.done(&delivery.receipt).await.expect("a delivery that is done");
    send(queue, &["a"]).await;
    assert!(receive(queue, 10).await.is_empty());
}

pub async fn the_same_id_in_two_topics_is_two_messages(queue: &Subjects) {
    queue.port.send(vec![message("T", "a"), message("U", "a")]).await.expect("messages that are sent");
    assert_eq!(receive(queue, 10).await.len(), 1);
    assert_eq!(queue.port.receive("U", 10, HIDDEN).await.expect("deliveries").len(), 1);
}

pub async fn the_last_give_back_makes_a_dead_letter_with_its_reason(queue: &Subjects) {
    send(queue, &["a"]).await;
    for attempt in 1..=MAX_ATTEMPTS {
        assert!(queue.port.dead("T").await.expect("dead letters").is_empty(), "before attempt {attempt}");
        let delivery = receive_one(queue).await;
        queue.port.give_back(&delivery.receipt, "the address is gone").await.expect("a delivery given back");
    }
    let dead = queue.port.dead("T").await.expect("dead letters");
    assert_eq!(dead, [(message("T", "a"), "the address is gone".to_owned())]);
}

pub async fn a_message_that_nobody_answers_becomes_a_dead_letter(queue: &Subjects) {
    send(queue, &["a"]).await;
    for _ in 0..MAX_ATTEMPTS {
        let deliveries = queue.port.receive("T", 1, Duration::from_secs(1)).await.expect("deliveries");
        assert_eq!(deliveries.len(), 1);
        queue.clock.sleep(Duration::from_secs(1)).await;
    }
    assert!(receive(queue, 10).await.is_empty());
    let dead = queue.port.dead("T").await.expect("dead letters");
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].0, message("T", "a"));
    assert!(!dead[0].1.is_empty(), "the reason is told");
}

pub async fn dead_letters_are_listed_oldest_first_by_topic(queue: &Subjects) {
    assert!(queue.port.dead("T").await.expect("dead letters").is_empty());
    send(queue, &["b", "a"]).await;
    let mut deliveries = Vec::new();
    for _ in 0..MAX_ATTEMPTS {
        deliveries = receive(queue, 2).await;
        deliveries.reverse();
        for delivery in &deliveries {
            queue.port.give_back(&delivery.receipt, "no").await.expect("a delivery given back");
        }
    }
    assert_eq!(deliveries.len(), 2);
    let dead = queue.port.dead("T").await.expect("dead letters");
    assert_eq!(dead.iter().map(|(message, _)| message.id.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    assert!(queue.port.dead("U").await.expect("dead letters").is_empty());
}

pub async fn listing_dead_letters_leaves_them_where_they_are(queue: &Subjects) {
    let letters = ["b", "a"].map(|id| (in_group("T", id, "G"), format!("the reason of {id}")));
    queue.port.bury(letters.to_vec()).await.expect("messages that are buried");
    for _ in 0..3 {
        assert_eq!(dead(queue).await, letters);
    }
    assert_eq!(queue.port.redrive("T").await.expect("a redrive"), 2);
}

pub async fn buried_messages_are_dead_letters_with_their_reasons(queue: &Subjects) {
    queue.port.bury(Vec::new()).await.expect("nothing that is buried");
    let first = (in_group("T", "b", "G"), "its content cannot be read".to_owned());
    let second = (message("T", "a"), "it came too late".to_owned());
    let other = (message("U", "u"), "no".to_owned());
    queue.port.bury(vec![first.clone(), second.clone(), other]).await.expect("messages that are buried");
    assert_eq!(dead(queue).await, [first, second]);
    assert!(receive(queue, 10).await.is_empty());
}

pub async fn a_buried_message_is_delivered_after_a_redrive(queue: &Subjects) {
    let letter = (in_group("T", "a", "G"), "not now".to_owned());
    queue.port.bury(vec![letter.clone()]).await.expect("messages that are buried");
    assert_eq!(queue.port.redrive("T").await.expect("a redrive"), 1);
    let delivery = receive_one(queue).await;
    assert_eq!((&delivery.message, delivery.attempts), (&letter.0, 1));
    done(queue, &delivery).await;
    assert!(dead(queue).await.is_empty());
    assert_eq!(queue.port.redrive("T").await.expect("a redrive"), 0);
}

pub async fn burying_what_was_sent_and_sending_what_was_buried_change_nothing(queue: &Subjects) {
    send(queue, &["sent"]).await;
    let bury = |id: &str, reason: &str| queue.port.bury(vec![(message("T", id), reason.to_owned())]);
    bury("sent", "no").await.expect("nothing that is buried");
    bury("buried", "the first reason").await.expect("a message that is buried");
    bury("buried", "the second reason").await.expect("nothing that is buried");
    send(queue, &["buried"]).await;
    assert_eq!(ids(&receive(queue, 10).await), ["sent"]);
    assert_eq!(dead(queue).await, [(message("T", "buried"), "the first reason".to_owned())]);
}

pub async fn many_dead_letters_of_one_group_are_listed_and_redriven(queue: &Subjects) {
    let letters: Vec<_> = (0..25).map(|n| (in_group("T", &format!("{n:02}"), "G"), format!("reason {n}"))).collect();
    queue.port.bury(letters.clone()).await.expect("messages that are buried");
    assert_eq!(dead(queue).await, letters);
    assert_eq!(queue.port.redrive("T").await.expect("a redrive"), 25);
    assert!(dead(queue).await.is_empty());
    let mut redriven = Vec::new();
    while let Some(delivery) = receive(queue, 1).await.pop() {
        done(queue, &delivery).await;
        redriven.push(delivery.message);
    }
    redriven.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(redriven, letters.into_iter().map(|(message, _)| message).collect::<Vec<_>>());
}

pub async fn a_dead_letter_is_not_delivered(queue: &Subjects) {
    send(queue, &["a"]).await;
    for _ in 1..MAX_ATTEMPTS {
        give_back(queue, &receive_one(queue).await).await;
    }
    give_back(queue, &receive_for_short(queue).await).await;
    queue.clock.sleep(SHORT).await;
    assert!(receive(queue, 10).await.is_empty());
    send(queue, &["a"]).await;
    assert!(receive(queue, 10).await.is_empty(), "its id was sent already");
}

pub async fn redriven_dead_letters_are_messages_again(queue: &Subjects) {
    send(queue, &["a"]).await;
    kill(queue, "no").await;
    send(queue, &["b"]).await;
    assert_eq!(queue.port.redrive("U").await.expect("a redrive"), 0);
    assert_eq!(queue.port.redrive("T").await.expect("a redrive"), 1);
    assert!(queue.port.dead("T").await.expect("dead letters").is_empty());
    let deliveries = receive(queue, 10).await;
    let redriven = deliveries.iter().find(|delivery| delivery.message.id == "a").expect("the redriven message");
    assert_eq!(redriven.message, message("T", "a"));
    assert_eq!(redriven.attempts, 1, "it has all its attempts again");
    queue.port.done(&redriven.receipt).await.expect("a delivery that is done");
}

pub async fn redriving_nothing_returns_zero(queue: &Subjects) {
    send(queue, &["a"]).await;
    assert_eq!(queue.port.redrive("T").await.expect("a redrive"), 0);
}

pub async fn of_many_receivers_each_message_reaches_one(queue: &Subjects) {
    let names: Vec<String> = (0..60).map(|number| format!("{number:02}")).collect();
    send(queue, &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let receivers = (0..6).map(|_| {
        let port = queue.port.clone();
        tokio::spawn(async move {
            let mut received = Vec::new();
            loop {
                let deliveries = port.receive("T", 3, HIDDEN).await.expect("deliveries");
                if deliveries.is_empty() {
                    return received;
                }
                for delivery in deliveries {
                    port.done(&delivery.receipt).await.expect("a delivery that is done");
                    received.push(delivery.message.id);
                }
            }
        })
    });
    let mut all = Vec::new();
    for receiver in receivers.collect::<Vec<_>>() {
        all.extend(receiver.await.expect("a receiver that ends"));
    }
    all.sort();
    assert_eq!(all, names);
}
