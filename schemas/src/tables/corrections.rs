//! `corrections`: what an operator found wrong with what the pipeline concluded.

use crate::{Day, Micros};

crate::table! {
    /// One row per decision of an operator; of several on one subject the latest holds.
    CorrectionRow = "corrections", key [correction_id], partition [day];
    /// Derived from subject, verdict and time.
    correction_id: String,
    /// The UTC day of `made_at`.
    day: Day,
    /// What it is about: the id of a set of closings, the id of a posting, or two ids of postings with a space between.
    subject: String,
    /// `distrust`: the set closes nothing; `trust`: it does again. `split`: the posting stands alone; `join`: both postings are one role; `undo`: the rules decide again.
    verdict: String,
    /// Why, in the operator's words.
    reason: String,
    /// When it was made.
    made_at: Micros,
}
