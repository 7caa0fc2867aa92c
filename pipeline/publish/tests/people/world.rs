//! Documents, a search index and a queue in a folder, and the follower between them.

use std::fmt::Write as _;
use std::sync::Arc;

use infra_local::{SqliteDocuments, SqliteQueue, TantivySearch};
use pipeline_core::ports::{
    Clock, Condition, Documents, Key, Message, OwnItem, OwnQuery, Queue, Search, SimulatedClock, Write,
};
use pipeline_core::{Micros, UserId};
use pipeline_publish::{Followed, Follower, PEOPLE_TOPIC};
use schemas::documents::{IndexDocument, KeptRole, KeptState};
use serde_json::{Value, json};
use tempfile::TempDir;

/// 2026-11-23 00:00 UTC.
const START: Micros = Micros(1_795_392_000_000_000);

/// A kept role as the API stores it.
pub fn kept(job_id: &str, title: &str, state: KeptState) -> Value {
    let job = IndexDocument {
        job_id: job_id.to_owned(),
        title: title.to_owned(),
        company: "Acme".to_owned(),
        location: "Berlin".to_owned(),
        tech_stack: vec!["Tokio".to_owned()],
        ..IndexDocument::default()
    };
    let note = "remember this".to_owned();
    let changed_at = START.to_string();
    serde_json::to_value(KeptRole { job_id: job_id.to_owned(), state, note, changed_at, job }).unwrap()
}

#[derive(Clone)]
pub struct World {
    pub documents: Arc<dyn Documents>,
    pub search: Arc<dyn Search>,
    pub queue: Arc<dyn Queue>,
    _folder: Arc<TempDir>,
}

impl World {
    /// An empty one.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SimulatedClock::at(START));
        let path = |name: &str| folder.path().join(name);
        Self {
            documents: Arc::new(SqliteDocuments::open(&path("documents.sqlite"), clock.clone()).unwrap()),
            search: Arc::new(TantivySearch::open(&path("search")).unwrap()),
            queue: Arc::new(SqliteQueue::open(&path("queue.sqlite"), clock).unwrap()),
            _folder: Arc::new(folder),
        }
    }

    /// An empty one whose follower has looked at it once.
    pub async fn settled() -> Self {
        let world = Self::new();
        world.settle().await;
        world
    }

    pub fn follower(&self) -> Follower<'_> {
        Follower { documents: &*self.documents, search: &*self.search, queue: &*self.queue }
    }

    pub async fn step(&self) -> Followed {
        self.follower().step().await.unwrap()
    }

    /// Steps until nothing is left.
    pub async fn settle(&self) -> Followed {
        let mut all = Followed::default();
        loop {
            let step = self.step().await;
            all.changes += step.changes;
            all.indexed += step.indexed;
            all.buried += step.buried;
            if !step.more {
                return all;
            }
        }
    }

    /// Keeps a role as the API does: the role, and that its person has something.
    pub async fn keep(&self, user: &str, job_id: &str, title: &str, state: KeptState) {
        let role = Write::put(Key::new(format!("USER#{user}"), format!("ROLE#{job_id}")), kept(job_id, title, state));
        let person = Write::put(Key::new("PEOPLE", user), json!({"userId": user}));
        self.documents.transact(vec![role, person]).await.unwrap();
    }

    /// Saves `count` roles, `a_job_0000` and so on.
    pub async fn keep_many(&self, user: &str, count: usize) {
        let ids: Vec<String> = (0..count).map(|n| format!("a_job_{n:04}")).collect();
        let write = |id: &String| {
            let body = kept(id, &format!("Engineer {id}"), KeptState::Saved);
            Write::put(Key::new(format!("USER#{user}"), format!("ROLE#{id}")), body)
        };
        for chunk in ids.chunks(100) {
            self.documents.transact(chunk.iter().map(write).collect()).await.unwrap();
        }
        self.write("PEOPLE", user, json!({"userId": user})).await;
    }

    pub async fn write(&self, pk: &str, sk: &str, body: Value) {
        self.documents.write(Write::put(Key::new(pk, sk), body)).await.unwrap();
    }

    pub async fn delete(&self, pk: &str, sk: &str) {
        let write = Write::Delete { key: Key::new(pk, sk), condition: Condition::None };
        self.documents.write(write).await.unwrap();
    }

    pub async fn body(&self, pk: &str, sk: &str) -> Option<Value> {
        self.documents.get(&Key::new(pk, sk)).await.unwrap().map(|document| document.body)
    }

    /// Ids of what `user` finds.
    pub async fn find(&self, user: &str, words: &str) -> Vec<String> {
        let query = OwnQuery {
            user_id: UserId(user.to_owned()),
            words: words.to_owned(),
            kinds: Vec::new(),
            offset: 0,
            limit: 1_000,
        };
        self.search.find_own(&query).await.unwrap().items.into_iter().map(|item| item.id).collect()
    }

    /// Everything that `user` finds.
    pub async fn all(&self, user: &str) -> Vec<OwnItem> {
        let user_id = UserId(user.to_owned());
        let query = OwnQuery { user_id, words: String::new(), kinds: Vec::new(), offset: 0, limit: 1_000 };
        let found = self.search.find_own(&query).await.unwrap();
        assert_eq!(found.total, found.items.len() as u64);
        found.items
    }

    pub async fn dead(&self) -> Vec<(Message, String)> {
        self.queue.dead(PEOPLE_TOPIC).await.unwrap()
    }

    pub async fn send(&self, body: Value) {
        let id = format!("test {body}");
        let message = Message { topic: PEOPLE_TOPIC.to_owned(), id, group: String::new(), body };
        self.queue.send(vec![message]).await.unwrap();
    }

    /// What people find, and what lies among the dead letters.
    pub async fn state(&self) -> String {
        let mut state = String::new();
        for user in ["ada", "grace"] {
            for item in self.all(user).await {
                writeln!(state, "{user} {} {} {} {}", item.id, item.kind, item.changed_at, item.body).unwrap();
            }
        }
        let mut dead = self.dead().await;
        dead.sort_by(|a, b| a.0.id.cmp(&b.0.id));
        for (letter, reason) in dead {
            writeln!(state, "dead {} {} {reason}", letter.id, letter.body).unwrap();
        }
        state
    }
}
