//! Changes of what is one person's own.

use pipeline_core::ports::{Documents, Write};
use pipeline_core::{Result, UserId};
use serde_json::json;

use crate::keys;

/// Does `writes` of the person's documents, all or none, and notes that the person has something of their own, so that
/// it is found when everything is read anew.
///
/// # Errors
/// Those of [`Documents::transact`].
pub async fn change(documents: &dyn Documents, user_id: &UserId, mut writes: Vec<Write>) -> Result<()> {
    let key = keys::key("person", &[("user_id", user_id.as_str())])?;
    writes.push(Write::put(key, json!({"userId": user_id})));
    documents.transact(writes).await
}
