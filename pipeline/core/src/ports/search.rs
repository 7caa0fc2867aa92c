//! The search port: generations of roles, built beside the one that answers, checked, then switched.

use std::collections::BTreeMap;

use async_trait::async_trait;
use schemas::Micros;
use schemas::documents::IndexDocument;
use serde_json::Value;

use crate::UserId;

/// A role to be indexed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IndexedRole {
    /// What is returned and filtered.
    pub document: IndexDocument,
    /// The whole text, searched and not returned.
    pub text: String,
}

/// A condition on a field of the index document. An empty text counts as unknown.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// The field has one of these values (for lists: contains one). Text is compared without regard to case.
    Any {
        /// Name of the field.
        field: String,
        /// Values, at least one.
        values: Vec<String>,
    },
    /// The list contains all of these values, compared without regard to case.
    All {
        /// Name of the field.
        field: String,
        /// Values, at least one.
        values: Vec<String>,
    },
    /// The number is at least this. A role whose field is unknown does not pass.
    AtLeast {
        /// Name of the field.
        field: String,
        /// The bound; for instants microseconds since the epoch.
        value: f64,
    },
    /// The number is at most this. A role whose field is unknown does not pass.
    AtMost {
        /// Name of the field.
        field: String,
        /// The bound; for instants microseconds since the epoch.
        value: f64,
    },
}

/// What to find.
#[derive(Clone, Debug, Default)]
pub struct SearchQuery {
    /// Words, all of which must occur in title, company, location, skills or text; empty finds everything.
    pub words: String,
    /// Conditions, all of which must hold.
    pub filters: Vec<Filter>,
    /// Fields whose values are to be counted over all that is found.
    pub facets: Vec<String>,
    /// How many to skip.
    pub offset: usize,
    /// How many to return, at most 1,000.
    pub limit: usize,
}

/// One value of a facet and how many roles have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet {
    /// The value.
    pub value: String,
    /// Roles that have it.
    pub count: u64,
}

/// A role found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The role.
    pub document: IndexDocument,
    /// How well it fits the words; comparable within one answer only.
    pub relevance: f64,
}

/// What was found, best first; equals are ordered by `job_id`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hits {
    /// The roles asked for.
    pub hits: Vec<Hit>,
    /// How many there are in all.
    pub total: u64,
    /// For each facet asked for, its values, most frequent first, at most 50.
    pub facets: BTreeMap<String, Vec<Facet>>,
}

/// Something of one person's (a profile, a saved or applied role) that this person can find.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnItem {
    /// Whose it is.
    pub user_id: UserId,
    /// What it is, unique among the person's, such as `ROLE#ashby_job_1`.
    pub id: String,
    /// Its kind, such as `saved`.
    pub kind: String,
    /// The text that is searched for words, and not returned.
    pub text: String,
    /// What is returned: a JSON object.
    pub body: Value,
    /// When it was changed; newest are found first.
    pub changed_at: Micros,
}

/// A change of what a person can find.
#[derive(Clone, Debug, PartialEq)]
pub enum OwnWrite {
    /// Replaces the item with the same person and id, or creates it.
    Put(OwnItem),
    /// Removes the item; removing what is not there succeeds.
    Remove {
        /// Whose it is.
        user_id: UserId,
        /// Which.
        id: String,
    },
}

impl OwnWrite {
    /// Why it can never succeed; `None` when it can.
    pub fn flaw(&self) -> Option<&'static str> {
        match self {
            Self::Put(item) if !item.body.is_object() => Some("its body is not an object"),
            Self::Put(OwnItem { user_id, id, .. }) | Self::Remove { user_id, id } => {
                (user_id.0.is_empty() || id.is_empty()).then_some("its person or id is empty")
            }
        }
    }
}

/// What to find among one person's own.
#[derive(Clone, Debug)]
pub struct OwnQuery {
    /// Whose; nothing of anybody else's is ever found.
    pub user_id: UserId,
    /// Words, all of which must occur in the text; empty finds everything.
    pub words: String,
    /// Only of these kinds; empty for all.
    pub kinds: Vec<String>,
    /// How many to skip.
    pub offset: usize,
    /// How many to return, at most 1,000.
    pub limit: usize,
}

/// What was found among a person's own, newest first, equals by id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OwnHits {
    /// The items asked for.
    pub items: Vec<OwnItem>,
    /// How many there are in all.
    pub total: u64,
}

/// Indexes roles and finds them.
#[async_trait]
pub trait Search: Send + Sync {
    /// Starts `generation` anew; what it held before is gone. Others are untouched.
    async fn begin(&self, generation: &str) -> crate::Result<()>;

    /// Adds roles to `generation`, replacing those with the same `job_id`.
    async fn add(&self, generation: &str, roles: Vec<IndexedRole>) -> crate::Result<()>;

    /// Makes what was added to `generation` durable and returns how many roles it holds.
    async fn seal(&self, generation: &str) -> crate::Result<u64>;

    /// Switches answers to `generation`, which must be sealed.
    ///
    /// # Errors
    /// `NotFound` when it does not exist or is not sealed.
    async fn activate(&self, generation: &str) -> crate::Result<()>;

    /// The generation that answers; `None` before the first.
    async fn current(&self) -> crate::Result<Option<String>>;

    /// Every sealed generation, by name.
    async fn generations(&self) -> crate::Result<Vec<String>>;

    /// Removes a generation. Removing what is not there succeeds.
    ///
    /// # Errors
    /// `Conflict` when it is the one that answers.
    async fn drop_generation(&self, generation: &str) -> crate::Result<()>;

    /// Finds roles in the current generation.
    ///
    /// # Errors
    /// `Nothing` before the first generation; `Invalid` for a filter or facet on a field that has none, a filter without
    /// values or of the wrong kind for its field, and a `limit` over 1,000.
    async fn query(&self, query: &SearchQuery) -> crate::Result<Hits>;

    /// Changes what people find among their own, outside all generations. When it returns, [`Search::find_own`] tells
    /// so. Returns, for each write by position that can never succeed, why; the others are done.
    async fn write_own(&self, writes: Vec<OwnWrite>) -> crate::Result<Vec<(usize, String)>>;

    /// Finds what is one person's own. The `text` of what is returned is empty.
    ///
    /// # Errors
    /// `Invalid` for a `limit` over 1,000.
    async fn find_own(&self, query: &OwnQuery) -> crate::Result<OwnHits>;
}
