//! Skills of ESCO: words of a posting linked to the skill that they most probably name.

mod catalogue;
mod index;
mod likeness;
mod reader;
mod terms;

pub use reader::{ESCO_SKILLS, EscoSkill, EscoSkills};
