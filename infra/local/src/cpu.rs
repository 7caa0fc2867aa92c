//! What the process has cost so far.

use std::time::Duration;

/// Processor time of the whole process, user and system, in seconds; 0 where the system does not tell.
pub fn process_cpu_seconds() -> f64 {
    cpu_time::ProcessTime::try_now().map_or(Duration::ZERO, |time| time.as_duration()).as_secs_f64()
}
