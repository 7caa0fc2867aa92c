//! The ports of our own, told.

use std::time::Duration;

use async_trait::async_trait;
use pipeline_core::Result;
use pipeline_core::ports::{
    Batch, BatchState, Changes, Completion, Delivery, Document, Documents, Hits, Identity, IndexedRole, Jwks, Key,
    Message, Model, OwnHits, OwnQuery, OwnWrite, Page, Prompt, Query, Queue, Search, SearchQuery, Version, Write,
};
use schemas::wire::{ChallengeAnswer, Confirmation, Credentials, LoginAnswer, Registered, Registration, Tokens};

use super::Traced;

/// Wraps a port: each call of the inner backend, told under its own name, and what is no call handed through.
macro_rules! told {
    ($port:ident {
        $( $name:ident($($argument:ident: $type:ty),*) -> $result:ty; )+
    } $( handed { $( $plain:ident -> $value:ty; )+ } )?) => {
        #[async_trait]
        impl $port for Traced<dyn $port> {
            $(
                async fn $name(&self, $($argument: $type),*) -> Result<$result> {
                    self.teller.call(stringify!($name), self.inner.$name($($argument),*)).await
                }
            )+
            $( $(
                fn $plain(&self) -> $value {
                    self.inner.$plain()
                }
            )+ )?
        }
    };
}

told! { Documents {
    get(key: &Key) -> Option<Document>;
    get_many(keys: &[Key]) -> Vec<Option<Document>>;
    write(write: Write) -> Version;
    transact(writes: Vec<Write>) -> ();
    query(query: &Query) -> Page;
    changes(after: Option<&str>, limit: usize) -> Changes;
} }

told! { Search {
    begin(generation: &str) -> ();
    add(generation: &str, roles: Vec<IndexedRole>) -> ();
    seal(generation: &str) -> u64;
    activate(generation: &str) -> ();
    current() -> Option<String>;
    generations() -> Vec<String>;
    drop_generation(generation: &str) -> ();
    query(query: &SearchQuery) -> Hits;
    write_own(writes: Vec<OwnWrite>) -> Vec<(usize, String)>;
    find_own(query: &OwnQuery) -> OwnHits;
} }

told! { Queue {
    send(messages: Vec<Message>) -> ();
    receive(topic: &str, limit: usize, hidden: Duration) -> Vec<Delivery>;
    done(receipt: &str) -> ();
    give_back(receipt: &str, reason: &str) -> ();
    bury(messages: Vec<(Message, String)>) -> ();
    dead(topic: &str) -> Vec<(Message, String)>;
    redrive(topic: &str) -> u64;
} }

told! { Identity {
    register(registration: &Registration) -> Registered;
    confirm(confirmation: &Confirmation) -> ();
    login(credentials: &Credentials) -> LoginAnswer;
    answer(answer: &ChallengeAnswer) -> LoginAnswer;
    refresh(refresh_token: &str) -> Tokens;
    logout(refresh_token: &str) -> ();
    jwks() -> Jwks;
} handed {
    rotates -> bool;
    issuer -> String;
    audience -> String;
} }

told! { Model {
    complete(prompt: &Prompt) -> Completion;
    submit(batch: &Batch) -> String;
    batch(id: &str) -> BatchState;
} handed {
    name -> Option<&str>;
    least_batch -> Option<usize>;
} }
