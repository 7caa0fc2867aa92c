//! Wire types: what the API takes and gives, and what commands print with `--json`.

mod agent;
mod market;
mod me;
mod problem;
mod run;
mod session;

pub use agent::{
    AgentStatus, JobsRequest, JobsResponse, ResumeFinding, ResumeRequest, ResumeResponse, SearchParams, UserProfile,
};
pub use market::{MarketAnswer, PaySummary, SkillShare, TrendPoint};
pub use me::{KeptRoles, Matches, ProfileChange, RoleChange, Total};
pub use problem::Problem;
pub use run::{RunReport, RunStatus, SourceReport, StageReport};
pub use session::{
    Challenge, ChallengeAnswer, Confirmation, Credentials, LoginAnswer, Registered, Registration, Tokens,
};
