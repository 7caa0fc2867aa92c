//! Intervals that say how far a number can be trusted: order statistics for medians, Wilson for shares. All 95 %.

/// The 97.5 % quantile of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Up to here the binomial distribution is summed; beyond, its normal approximation errs by less than one rank.
const EXACT_UP_TO: i64 = 1_000;

/// The rank `d` (from 1) such that the median lies between the `d`-th smallest and the `d`-th largest of `n` values
/// with at least 95 % confidence; `None` below 6 values, which allow no such interval.
///
/// It is the largest `d` with `P(X < d) ≤ 2.5 %` for `X` binomial of `n` and one half (Conover, *Practical
/// Nonparametric Statistics*, 3.2).
pub fn median_rank(n: i64) -> Option<i64> {
    if n < 6 {
        return None;
    }
    if n > EXACT_UP_TO {
        let n = n as f64;
        return Some((n / 2.0 + 0.5 - Z * n.sqrt() / 2.0).floor() as i64);
    }
    // 2^-1000 is a normal number, so that every term is exact to the last few bits on any machine.
    let mut term = 0.5_f64.powi(n as i32);
    let mut below = term;
    let mut rank = 0;
    while below <= 0.025 {
        rank += 1;
        term *= (n - rank + 1) as f64 / rank as f64;
        below += term;
    }
    Some(rank)
}

/// Wilson's 95 % interval of the share `n / of` (Wilson 1927); the whole range when `of` is not positive.
pub fn wilson(n: i64, of: i64) -> (f64, f64) {
    if of <= 0 {
        return (0.0, 1.0);
    }
    let size = of as f64;
    let share = n.clamp(0, of) as f64 / size;
    let weight = 1.0 + Z * Z / size;
    let middle = (share + Z * Z / (2.0 * size)) / weight;
    let reach = Z / weight * (share * (1.0 - share) / size + Z * Z / (4.0 * size * size)).sqrt();
    let low = if n <= 0 { 0.0 } else { (middle - reach).max(0.0) };
    let high = if n >= of { 1.0 } else { (middle + reach).min(1.0) };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Table A3 of Conover and the usual tables of the sign test: n, rank.
    const KNOWN: &[(i64, i64)] =
        &[(6, 1), (8, 1), (9, 2), (10, 2), (11, 2), (12, 3), (15, 4), (20, 6), (25, 8), (30, 10), (50, 18), (100, 40)];

    #[test]
    fn ranks_of_the_median_are_those_of_the_tables() {
        for (n, rank) in KNOWN {
            assert_eq!(median_rank(*n), Some(*rank), "n = {n}");
        }
    }

    #[test]
    fn five_values_allow_no_interval() {
        assert_eq!(median_rank(5), None);
        assert_eq!(median_rank(0), None);
        assert_eq!(median_rank(-1), None);
    }

    #[test]
    fn the_approximation_continues_the_exact_ranks() {
        let exact = median_rank(EXACT_UP_TO).expect("large enough");
        let next = median_rank(EXACT_UP_TO + 1).expect("large enough");
        assert!((0..=1).contains(&(next - exact)), "{exact} then {next}");
        assert_eq!(exact, 469);
    }

    #[test]
    fn wilson_gives_the_published_intervals() {
        // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
        for (n, of, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let interval = wilson(n, of);
            assert!((interval.0 - low).abs() < 5e-5 && (interval.1 - high).abs() < 5e-5, "{n} of {of}: {interval:?}");
        }
    }

    #[test]
    fn a_share_lies_within_its_interval() {
        for of in 1..60 {
            for n in 0..=of {
                let (low, high) = wilson(n, of);
                let share = n as f64 / of as f64;
                assert!(0.0 <= low && low <= share && share <= high && high <= 1.0, "{n} of {of}");
            }
        }
    }
}
