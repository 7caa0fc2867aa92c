//! What texts are compared by: equal for equal words, alike for alike texts.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::text::words;

const ENGLISH: &str = "You will work with our team of engineers and build the services that our customers use \
    every day. We are looking for a person who is curious and who likes to share what they learn with others.";

fn equal_numbers(a: &str, b: &str) -> usize {
    let (a, b) = (of(a).sketch, of(b).sketch);
    a.chunks(4).zip(b.chunks(4)).filter(|(x, y)| x == y).count()
}

#[test]
fn layout_and_case_do_not_change_the_hash_and_borders_of_words_do() {
    assert_eq!(of("A b,\nC").words_hash, of("a B c!").words_hash);
    assert_ne!(of("a b c").words_hash, of("a bc").words_hash);
    assert_ne!(of("a b c").words_hash, of("a c b").words_hash);
    assert_eq!(of("").words_hash, of(" … ").words_hash);
    assert_eq!(of("x").words_hash.len(), 32);
}

#[test]
fn like_texts_have_like_sketches() {
    assert_eq!(of(ENGLISH).sketch.len(), SKETCH_BYTES);
    assert_eq!(equal_numbers(ENGLISH, ENGLISH), 64);
    assert!(equal_numbers(ENGLISH, &ENGLISH.replace("curious", "bold")) > 40);
    assert!(equal_numbers(ENGLISH, &"one two three four five six seven eight nine ten ".repeat(3)) < 8);
    assert!(of("too short").sketch.is_empty());
}

/// A text of `length` words of which every one is its own.
fn numbered(from: usize, length: usize) -> String {
    (from..from + length).map(|n| format!("w{n} ")).collect()
}

#[test]
fn a_sketch_estimates_the_likeness_without_bias() {
    for (shared, own) in [(800, 100), (300, 100), (100, 100), (90, 5), (20, 5)] {
        let tries = 300_usize;
        let equal: usize = (0..tries)
            .map(|n| {
                let base = n * 10_000;
                let common = numbered(base, shared);
                equal_numbers(
                    &(common.clone() + &numbered(base + 2_000, own)),
                    &(common + &numbered(base + 4_000, own)),
                )
            })
            .sum();
        // The last two shared words begin shingles that end in words of one text.
        let (shared, own) = (shared as f64 - 2.0, own as f64);
        let expected = shared / (shared + 2.0 * own);
        let found = equal as f64 / (tries * 64) as f64;
        assert!((found - expected).abs() < 0.02, "{shared} {own}: {found} for {expected}");
    }
}

#[test]
fn a_pair_of_likeness_eight_tenths_is_a_candidate() {
    let texts: Vec<String> = (0..1_000)
        .flat_map(|n| {
            let base = n * 10_000;
            [numbered(base, 450), numbered(base, 400) + &numbered(base + 5_000, 50)]
        })
        .collect();
    let likenesses: Vec<Likeness> = texts.iter().map(|text| of(text)).collect();
    let sketches: Vec<&[u8]> = likenesses.iter().map(|likeness| likeness.sketch.as_slice()).collect();
    let found: BTreeSet<(usize, usize)> = candidates(&sketches, 8).into_iter().collect();
    let hit = (0..1_000).filter(|n| found.contains(&(2 * n, 2 * n + 1))).count();
    assert!(hit >= 995, "{hit}");
    assert!(found.len() < 1_010, "{}", found.len());
}

#[test]
fn a_band_that_many_share_costs_no_square() {
    let one = of(ENGLISH).sketch;
    let sketches = vec![one.as_slice(); 10_000];
    assert!(candidates(&sketches, 8).len() <= 10_000 * 9);
    assert_eq!(candidates(&sketches[..4], 8), [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]);
    assert_eq!(candidates(&[&[], &[]], 8), []);
}

#[test]
fn sets_of_many_words_are_cut_and_still_compare() {
    let (left, right) = (of(&numbered(0, 5_000)), of(&numbered(1_000, 5_000)));
    assert_eq!(left.word_set.len(), WORD_SET * 4);
    let found = overlap(&left.word_set, &right.word_set).jaccard;
    assert!((found - 4_000.0 / 6_000.0).abs() < 0.06, "{found}");
}

#[test]
fn overlap_counts_words() {
    let set = |text: &str| of(text).word_set;
    let found = overlap(&set("a b c d"), &set("B, a; a! e"));
    assert_eq!((found.jaccard, found.containment, found.smaller), (2.0 / 5.0, 2.0 / 3.0, 3));
    assert_eq!(overlap(&set("a"), &[]), Overlap::default());
}

#[test]
fn terms_differ_where_each_names_what_the_other_lacks() {
    let between = |a: &str, b: &str| Terms::between(&of(a).word_set, &of(b).word_set);
    let none = Terms::default();
    let languages = Terms { other_languages: true, more_languages: true, ..none };
    assert_eq!(between("Fluent French and 120 days", "Fluent German and 120 days"), languages);
    assert_eq!(between("Fluent French", "Fluent"), Terms { more_languages: true, ..none });
    assert_eq!(between("from 120 to 150", "from 90 to 150"), Terms { other_numbers: true, ..none });
    assert_eq!(between("from 120 to 150", "to 150"), none);
    assert_eq!(between("Sunday to Tuesday", "nights, Tuesday"), Terms { other_shifts: true, ..none });
    assert_eq!(between("", "x"), none);
}

#[test]
fn hostile_text_takes_linear_time() {
    for text in [
        "a".repeat(4_000_000),
        "ß ".repeat(1_300_000),
        "é".repeat(2_000_000),
        "İ".repeat(2_000_000),
        "a\u{301} ".repeat(900_000),
    ] {
        let began = cpu_time::ProcessTime::now();
        let found = of(&text);
        assert!(began.elapsed().as_secs_f64() < 5.0, "{}", &text[..2]);
        assert!(found.word_set.len() <= WORD_SET * 4);
    }
}

proptest! {
    #[test]
    fn numbers_are_sorted_however_they_are_spread(mut numbers in prop::collection::vec(prop_oneof![any::<u32>(), 0..900_u32], 0..900)) {
        let found = sorted(numbers.clone());
        numbers.sort_unstable();
        prop_assert_eq!(found, numbers);
    }

    #[test]
    fn the_fast_scan_finds_the_words_that_the_plain_rule_finds(text in "([a-zA-Z0-9 ,.’•éßİΣς数\u{301}-]|[A-Z][a-z]{0,20}|\\PC){0,200}") {
        let expected: Vec<String> = words(&text)
            .iter()
            .map(|word| word.replace('ς', "σ"))
            .collect();
        let found = scan(&text);
        let plain: Vec<u8> = expected.iter().flat_map(|word| [word.as_bytes(), &[0]].concat()).collect();
        prop_assert_eq!(String::from_utf8_lossy(&found.plain), String::from_utf8_lossy(&plain));
        prop_assert_eq!(found.hashes.len(), expected.len());
        let distinct: BTreeSet<&String> = expected.iter().collect();
        prop_assert_eq!(of(&text).word_set.len(), distinct.len() * 4);
    }

    #[test]
    fn equal_words_hash_alike_wherever_they_stand(word in "[a-z0-9]{1,30}", before in "\\PC{0,70}") {
        let alone = word_hashes(&word);
        let later = word_hashes(&format!("{before} {}", word.to_uppercase()));
        prop_assert_eq!(later.last(), alone.first());
    }
}
