//! The promises of the clock port.

use std::time::Duration;

use pipeline_core::Micros;
use pipeline_core::ports::Clock;

use crate::{Subject, suite};

suite! { $ clock:
    time_does_not_run_backwards,
    the_time_is_one_of_this_century,
    sleeping_until_a_past_time_returns_at_once,
    sleeping_lasts_until_the_time_has_come,
    nobody_wakes_early_and_everyone_wakes,
}

type Clocks = Subject<dyn Clock>;

pub async fn time_does_not_run_backwards(subject: &Clocks) {
    let first = subject.port.now();
    assert!(subject.port.now() >= first);
}

pub async fn the_time_is_one_of_this_century(subject: &Clocks) {
    let year = subject.port.now().timestamp().to_string()[..4].parse::<u32>().expect("a year");
    assert!((2000..2100).contains(&year), "{year}");
}

pub async fn sleeping_until_a_past_time_returns_at_once(subject: &Clocks) {
    let before = subject.port.now();
    subject.port.sleep_until(Micros(before.0 - 3_600_000_000)).await;
    subject.port.sleep_until(before).await;
    subject.port.sleep_until(Micros(i64::MIN)).await;
    assert!(subject.port.now().0 - before.0 < 10_000_000);
}

pub async fn sleeping_lasts_until_the_time_has_come(subject: &Clocks) {
    let until = Micros(subject.port.now().0 + 30_000);
    subject.port.sleep_until(until).await;
    assert!(subject.port.now() >= until);
    let before = subject.port.now();
    subject.port.sleep(Duration::from_millis(20)).await;
    assert!(subject.port.now().0 >= before.0 + 20_000);
}

pub async fn nobody_wakes_early_and_everyone_wakes(subject: &Clocks) {
    let now = subject.port.now();
    let (sender, mut woken) = tokio::sync::mpsc::unbounded_channel();
    for delay_ms in [150_i64, 50, 100] {
        let (clock, sender) = (subject.port.clone(), sender.clone());
        tokio::spawn(async move {
            clock.sleep_until(Micros(now.0 + delay_ms * 1_000)).await;
            sender.send((clock.now(), delay_ms)).expect("the test is still listening");
        });
    }
    drop(sender);
    let mut order = Vec::new();
    while let Some((at, delay_ms)) = woken.recv().await {
        assert!(at.0 >= now.0 + delay_ms * 1_000);
        order.push(delay_ms);
    }
    order.sort_unstable();
    assert_eq!(order, [50, 100, 150], "everyone wakes");
}
