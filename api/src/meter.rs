//! Counts and times requests, and tells it in the Prometheus text format (version 0.0.4).

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

/// Upper bounds of the latency buckets, in microseconds.
const BUCKETS_US: [u64; 9] = [1_000, 5_000, 10_000, 50_000, 100_000, 500_000, 1_000_000, 5_000_000, 10_000_000];

/// What happened since the process started.
#[derive(Default)]
pub struct Meter(Mutex<Series>);

#[derive(Default)]
struct Series {
    requests: BTreeMap<(&'static str, String, u16), u64>,
    latency: BTreeMap<String, Latency>,
}

#[derive(Default)]
struct Latency {
    /// Requests per bucket, not yet cumulated.
    buckets: [u64; BUCKETS_US.len()],
    count: u64,
    sum_us: u64,
}

impl Meter {
    /// Counts one answer.
    pub fn record(&self, method: &'static str, route: &str, status: u16, micros: u64) {
        let mut series = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *series.requests.entry((method, route.to_owned(), status / 100)).or_default() += 1;
        let latency = series.latency.entry(route.to_owned()).or_default();
        latency.count += 1;
        latency.sum_us = latency.sum_us.saturating_add(micros);
        if let Some(bucket) = BUCKETS_US.iter().position(|bound| micros <= *bound) {
            latency.buckets[bucket] += 1;
        }
    }

    /// Everything counted, as text.
    pub fn text(&self) -> String {
        let series = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = series.write(&mut text);
        text
    }
}

impl Series {
    fn write(&self, text: &mut String) -> std::fmt::Result {
        let name = "waypost_http_requests_total";
        writeln!(text, "# HELP {name} Requests answered, by route and class of status.\n# TYPE {name} counter")?;
        for ((method, route, class), count) in &self.requests {
            writeln!(text, "{name}{{method=\"{method}\",route=\"{route}\",status=\"{class}xx\"}} {count}")?;
        }
        let name = "waypost_http_request_duration_seconds";
        writeln!(text, "# HELP {name} Time to answer.\n# TYPE {name} histogram")?;
        for (route, latency) in &self.latency {
            latency.write(text, name, route)?;
        }
        Ok(())
    }
}

impl Latency {
    fn write(&self, text: &mut String, name: &str, route: &str) -> std::fmt::Result {
        let mut below = 0;
        for (bound, count) in BUCKETS_US.iter().zip(self.buckets) {
            below += count;
            let le = seconds(*bound);
            writeln!(text, "{name}_bucket{{route=\"{route}\",le=\"{le}\"}} {below}")?;
        }
        writeln!(text, "{name}_bucket{{route=\"{route}\",le=\"+Inf\"}} {}", self.count)?;
        writeln!(text, "{name}_sum{{route=\"{route}\"}} {}", seconds(self.sum_us))?;
        writeln!(text, "{name}_count{{route=\"{route}\"}} {}", self.count)
    }
}

fn seconds(micros: u64) -> f64 {
    micros as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_cumulative_and_end_with_all() {
        let meter = Meter::default();
        for micros in [900, 4_000, 99_000_000] {
            meter.record("GET", "/agent", 200, micros);
        }
        let text = meter.text();
        assert!(text.contains("requests_total{method=\"GET\",route=\"/agent\",status=\"2xx\"} 3"), "{text}");
        assert!(text.contains("bucket{route=\"/agent\",le=\"0.001\"} 1"), "{text}");
        assert!(text.contains("bucket{route=\"/agent\",le=\"10\"} 2"), "{text}");
        assert!(text.contains("bucket{route=\"/agent\",le=\"+Inf\"} 3"), "{text}");
    }
}
