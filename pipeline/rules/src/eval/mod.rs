//! Measurements of the rules on labelled items, one file per subject. Each takes the text of a file of labels and gives figures
//! with intervals and the items that were got wrong.

pub mod eligibility;
pub mod esco_skill;
pub mod place;
pub mod salary;
pub mod same_role;
pub mod skills;
pub mod spans;
pub mod title;
