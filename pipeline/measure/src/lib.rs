//! Measures the market: a DataFusion session over the lake's files, one `.sql` file per table it writes.

mod answers;
mod deep_stack;
mod engine;
mod functions;
pub mod intervals;
mod market;
mod query;
mod reader;
mod scan;
pub mod stage;
#[cfg(test)]
mod tests;

pub use answers::answers;
pub use engine::{Engine, RowStream};
pub use market::{Measured, SALARY_METHOD, SKILLS_METHOD, TREND_METHOD, TREND_WEEKS, measure};
