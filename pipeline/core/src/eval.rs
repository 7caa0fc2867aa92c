//! Measurements of quality: a figure on labelled items, with the interval that resampling the items gives.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// Resamples behind an interval.
const RESAMPLES: usize = 1_000;

/// A figure and its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Metric {
    /// On all items.
    pub value: f64,
    /// The 2.5th percentile of the resamples.
    pub low: f64,
    /// The 97.5th percentile of the resamples.
    pub high: f64,
}

impl Metric {
    /// `statistic` of `items`, with the percentile interval of a bootstrap over items (Efron, 1979): 1,000 resamples drawn with
    /// replacement, seeded by the number of items, so that the same items give the same interval.
    ///
    /// Items are what was sampled independently: a text, a board, a group of pairs; never two parts of one.
    pub fn bootstrap<T>(items: &[T], statistic: impl Fn(&mut dyn Iterator<Item = &T>) -> f64) -> Self {
        let value = statistic(&mut items.iter());
        if items.is_empty() {
            return Self { value, low: value, high: value };
        }
        let mut random = fastrand::Rng::with_seed(items.len() as u64);
        let mut values: Vec<f64> = (0..RESAMPLES)
            .map(|_| statistic(&mut (0..items.len()).map(|_| &items[random.usize(..items.len())])))
            .filter(|value| value.is_finite())
            .collect();
        values.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| {
            let index = (share * (values.len().max(1) - 1) as f64).round() as usize;
            values.get(index).copied().unwrap_or(value)
        };
        Self { value, low: at(0.025), high: at(0.975) }
    }

    /// The share of `items` that are true.
    pub fn share(items: &[bool]) -> Self {
        Self::bootstrap(items, |items| {
            let (n, yes) = items.fold((0_u64, 0_u64), |(n, yes), item| (n + 1, yes + u64::from(*item)));
            ratio(yes, n)
        })
    }
}

/// `part` of `whole`; 0 of nothing is 0.
pub fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Counts behind precision, recall and F1, of one item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Found and right.
    pub right: u64,
    /// Found and wrong.
    pub wrong: u64,
    /// Not found.
    pub missed: u64,
}

impl Counts {
    /// The counts of several items together.
    pub fn sum<'a>(items: impl Iterator<Item = &'a Self>) -> Self {
        items.fold(Self::default(), |sum, item| Self {
            right: sum.right + item.right,
            wrong: sum.wrong + item.wrong,
            missed: sum.missed + item.missed,
        })
    }

    /// The share of what was found that is right.
    pub fn precision(self) -> f64 {
        ratio(self.right, self.right + self.wrong)
    }

    /// The share of what is there that was found.
    pub fn recall(self) -> f64 {
        ratio(self.right, self.right + self.missed)
    }

    /// The harmonic mean of the two.
    pub fn f1(self) -> f64 {
        ratio(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }

    /// `precision`, `recall` and `f1` over `items`, counted together (micro average).
    pub fn metrics(items: &[Self]) -> BTreeMap<String, Metric> {
        let of = |statistic: fn(Self) -> f64| Metric::bootstrap(items, |items| statistic(Self::sum(items)));
        BTreeMap::from([
            ("precision".to_owned(), of(Self::precision)),
            ("recall".to_owned(), of(Self::recall)),
            ("f1".to_owned(), of(Self::f1)),
        ])
    }
}

/// What a measurement found: the answer of `waypost eval`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// What was measured.
    pub subject: String,
    /// Labelled items.
    pub n: u64,
    /// Figures by name.
    pub metrics: BTreeMap<String, Metric>,
    /// Items that were got wrong: what was given, wanted and found.
    pub errors: Vec<Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_holds_its_value_and_narrows_with_more_items() {
        let share = |n: usize| Metric::share(&(0..n).map(|item| item % 4 != 0).collect::<Vec<_>>());
        let (few, many) = (share(40), share(4_000));
        assert_eq!((few.value, many.value), (0.75, 0.75));
        assert!(few.low < 0.75 && 0.75 < few.high && many.high - many.low < (few.high - few.low) / 5.0);
        // The normal approximation of a share's 95 % interval at n = 4,000.
        assert!((many.high - many.low - 2.0 * 1.96 * (0.75_f64 * 0.25 / 4_000.0).sqrt()).abs() < 0.003);
    }

    #[test]
    fn the_same_items_give_the_same_interval() {
        let items: Vec<bool> = (0..100).map(|item| item % 3 == 0).collect();
        assert_eq!(Metric::share(&items), Metric::share(&items));
    }

    #[test]
    fn counts_add_up_over_items() {
        let items = [Counts { right: 3, wrong: 1, missed: 0 }, Counts { right: 1, wrong: 0, missed: 4 }];
        let metrics = Counts::metrics(&items);
        assert_eq!([metrics["precision"].value, metrics["recall"].value], [0.8, 0.5]);
        assert!((metrics["f1"].value - 8.0 / 13.0).abs() < 1e-12);
    }

    #[test]
    fn nothing_measured_is_no_number_out_of_range() {
        assert_eq!(Metric::share(&[]), Metric { value: 0.0, low: 0.0, high: 0.0 });
    }
}
