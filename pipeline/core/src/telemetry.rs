//! What backends were asked: every request counted by service, operation and outcome. They are money.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Counts requests. Shared by all backends of a process.
#[derive(Debug, Default)]
pub struct Calls {
    counts: Mutex<BTreeMap<Call, Tally>>,
}

/// One kind of request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    /// The service, such as `dynamodb`.
    pub service: &'static str,
    /// The operation in the service's own words, such as `PutItem`.
    pub operation: String,
    /// `ok`, or the HTTP status, or `failed` when there was no answer.
    pub outcome: String,
}

/// How often and how long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Requests, every attempt counted.
    pub requests: u64,
    /// Microseconds that they took together.
    pub took_us: u64,
}

impl Calls {
    /// Counts one request that was sent.
    pub fn record(&self, service: &'static str, operation: &str, outcome: &str, took: Duration) {
        let call = Call { service, operation: operation.to_owned(), outcome: outcome.to_owned() };
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let tally = counts.entry(call).or_default();
        tally.requests += 1;
        tally.took_us += u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    }

    /// Everything counted so far.
    pub fn snapshot(&self) -> BTreeMap<Call, Tally> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Requests so far by `service.Operation`, whatever their outcome.
    pub fn requests(&self) -> BTreeMap<String, u64> {
        let mut requests = BTreeMap::new();
        for (call, tally) in self.snapshot() {
            *requests.entry(format!("{}.{}", call.service, call.operation)).or_default() += tally.requests;
        }
        requests
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_are_counted_by_operation_whatever_their_outcome() {
        let calls = Calls::default();
        calls.record("dynamodb", "PutItem", "ok", Duration::from_millis(2));
        calls.record("dynamodb", "PutItem", "400", Duration::from_millis(1));
        calls.record("dynamodb", "Query", "ok", Duration::from_millis(1));
        let requests = calls.requests();
        assert_eq!(requests.get("dynamodb.PutItem"), Some(&2));
        assert_eq!(requests.get("dynamodb.Query"), Some(&1));
    }
}
