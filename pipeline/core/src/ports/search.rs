//! The search port: generations of roles, built beside the one that answers, checked, then switched.

use std::collections::BTreeMap;

use async_trait::async_trait;
use schemas::documents::IndexDocument;

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
}
