//! `waypost queue`: messages that could not be handled, and sending them again.

use pipeline_core::ports::Message;
use pipeline_core::{Error, Result};
use pipeline_publish::{MATCH_TOPIC, PEOPLE_TOPIC};
use serde_json::{Value, json};

use crate::app::App;
use crate::print::{self, Form};

/// Every topic that something is sent to.
const TOPICS: &[&str] = &[MATCH_TOPIC, PEOPLE_TOPIC];

/// The dead letters with their reasons, and with their content, which is people's, only where `bodies` asks for it.
///
/// # Errors
/// `Usage` for a topic that does not exist, those of the queue.
pub async fn list(app: &App, form: Form, topic: Option<&str>, bodies: bool) -> Result<()> {
    let mut items = Vec::new();
    for topic in topics(topic)? {
        let letters = app.backends.queue.dead(topic).await?;
        items.extend(letters.into_iter().map(|(message, reason)| item(message, &reason, bodies)));
    }
    let document = json!({"items": items, "total": {"value": items.len()}});
    print::items(form, &document, |items| {
        if items.is_empty() {
            return "there are no dead letters".to_owned();
        }
        let text = |item: &Value, key: &str| print::shown(item[key].as_str().unwrap_or_default());
        let rows = items.iter().map(|item| {
            let mut row = vec![text(item, "topic"), text(item, "id"), print::cut(&text(item, "reason"), 80)];
            if bodies {
                row.push(print::shown(&item["body"].to_string()));
            }
            row
        });
        let header: &[&str] = if bodies { &["topic", "id", "reason", "body"] } else { &["topic", "id", "reason"] };
        format!("{}\n\n`waypost queue redrive` sends them again", print::table(header, rows))
    })
}

/// Makes the dead letters messages again, to be handled like new ones.
///
/// # Errors
/// `Usage` for a topic that does not exist, those of the queue.
pub async fn redrive(app: &App, form: Form, topic: Option<&str>) -> Result<()> {
    let mut items = Vec::new();
    let mut total = 0;
    for topic in topics(topic)? {
        let redriven = app.backends.queue.redrive(topic).await?;
        total += redriven;
        items.push(json!({"topic": topic, "redriven": redriven}));
    }
    let document = json!({"items": items, "total": {"value": total}});
    print::items(form, &document, |_| match total {
        0 => "there are no dead letters".to_owned(),
        1 => "1 message is sent again".to_owned(),
        total => format!("{} messages are sent again", print::count(total)),
    })
}

fn topics(asked: Option<&str>) -> Result<Vec<&'static str>> {
    let topics: Vec<&'static str> =
        TOPICS.iter().copied().filter(|topic| asked.is_none_or(|asked| asked == *topic)).collect();
    if topics.is_empty() {
        return Err(Error::usage(format!("there is no topic {:?}", asked.unwrap_or_default()))
            .hint(format!("the topics are {}", TOPICS.join(", "))));
    }
    Ok(topics)
}

fn item(message: Message, reason: &str, bodies: bool) -> Value {
    let mut item = json!({"topic": message.topic, "id": message.id, "reason": reason});
    if bodies {
        item["body"] = message.body;
    }
    item
}
