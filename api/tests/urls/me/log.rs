//! What `/me` tells the log.

use std::fmt::{Debug, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::{follow, stored};
use crate::doubles::{USER, World, role};

/// Keeps every field of every span and event of one thread, as text.
#[derive(Clone, Default)]
struct Log {
    text: Arc<Mutex<String>>,
    spans: Arc<AtomicU64>,
}

struct Writer<'a>(&'a mut String);

impl Visit for Writer<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        writeln!(self.0, "{field}={value:?}").expect("a string");
    }
}

impl Log {
    /// Asks for what cannot be read until spans and failures are heard. Other threads, which have no log, may have just
    /// told the library that nobody listens to them.
    async fn listen(&self, world: &World) {
        world.documents.put("USER#user123", "MATCHES", json!({"top_matches": "secret"}));
        for _ in 0..1_000 {
            world.get("/me/matches").await.problem(500);
            let text = self.text.lock().expect("a lock").clone();
            if text.contains("route=\"/me/matches\"") && text.contains("stored matches cannot be read") {
                return;
            }
            tracing::callsite::rebuild_interest_cache();
        }
        panic!("the log hears nothing");
    }
}

impl Subscriber for Log {
    fn enabled(&self, _metadata: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut Writer(&mut self.text.lock().expect("a lock")));
        Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _span: &Id, values: &Record<'_>) {
        values.record(&mut Writer(&mut self.text.lock().expect("a lock")));
    }

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Writer(&mut self.text.lock().expect("a lock")));
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

#[tokio::test]
async fn nothing_that_a_person_wrote_or_is_reaches_the_log() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let world = World::with(vec![role("a_job_secret", "Chef", &[])]);
    log.listen(&world).await;
    let profile = json!({"email": "ada@secret.example", "profile": {"name": "secret"}});
    world.put("/me/profile", profile).await.ok();
    world.put("/me/profile", json!({"profile": {"skills": "secret"}})).await.problem(422);
    world.put("/me/roles/a_job_secret", json!({"state": "saved", "note": "secret"})).await.ok();
    world.put("/me/roles/a_job_secret", json!({"state": "secret"})).await.problem(422);
    world.put("/me/roles/secret", json!({"state": "saved"})).await.problem(404);
    follow(&world).await;
    world.get("/me/roles?q=secret").await.ok();
    world.get("/me/roles?state=secret").await.problem(400);
    // What is stored and cannot be read.
    world.documents.put("USER#user123", "PROFILE", json!({"profile": "secret"}));
    world.search.own.lock().expect("a lock").iter_mut().for_each(|item| item.body = json!({"state": "secret"}));
    for path in ["/me/profile", "/me/matches", "/me/roles"] {
        world.get(path).await.problem(500);
    }
    assert_eq!(stored(&world, "USER#user123", "ROLE#a_job_secret")["note"], "secret");
    let text = log.text.lock().expect("a lock");
    assert!(
        text.contains("/me/roles/{job_id}") && text.contains("an indexed role of a person cannot be read"),
        "{text}"
    );
    assert!(!text.contains("secret") && !text.contains(USER), "{text}");
}
