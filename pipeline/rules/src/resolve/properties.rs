//! What holds for every set of postings: properties of linking over generated ones, and of facts over simulated sightings.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use schemas::Micros;
use schemas::tables::{PostingRow, RoleRow};
use serde_json::Value;

use super::{BoardSeen, Evidence, Sighting, bucket_key, resolve};
use crate::likeness;

const DAY: i64 = 86_400_000_000;

/// What a generated posting is made of.
#[derive(Clone, Debug)]
struct Made {
    employer: usize,
    title: usize,
    text: usize,
    edits: usize,
    level: usize,
    pay: usize,
    place: usize,
    source: usize,
    seen: i64,
}

fn made() -> impl Strategy<Value = Made> {
    (0..4_usize, 0..3_usize, 0..3_usize, 0..30_usize, 0..3_usize, 0..3_usize, 0..3_usize, 0..3_usize, 0..9_i64)
        .prop_map(|(employer, title, text, edits, level, pay, place, source, seen)| Made {
            employer,
            title,
            text,
            edits,
            level,
            pay,
            place,
            source,
            seen,
        })
}

fn posting(number: usize, made: &Made) -> PostingRow {
    let own: String = (0..60).map(|word| format!("text{}word{word} ", made.text)).collect();
    let edited: String = (0..made.edits).map(|edit| format!("edit{number}x{edit} ")).collect();
    let likeness = likeness::of(&(own + &edited));
    let city = ["", "Berlin", "Paris"][made.place];
    PostingRow {
        posting_id: format!("p{number:03}"),
        version: "1".to_owned(),
        source: ["lever", "indeed", "adzuna"][made.source].to_owned(),
        board: "board".to_owned(),
        title: ["Data Engineer", "Senior Data Engineer (m/f/d)", "Data Engineer | Acme"][made.title].to_owned(),
        company_key: ["acme", "acme labs", "acme foods", "other"][made.employer].to_owned(),
        level: [None, Some("senior"), Some("junior")][made.level].map(str::to_owned),
        pay_min_minor: [None, Some(100), Some(900)][made.pay],
        pay_max_minor: [None, Some(200), Some(950)][made.pay],
        pay_currency: (made.pay > 0).then(|| "EUR".to_owned()),
        places: if city.is_empty() { Vec::new() } else { vec![city.to_owned()] },
        city: (!city.is_empty()).then(|| city.to_owned()),
        text_hash: likeness.words_hash,
        text_sketch: likeness.sketch,
        text_words: likeness.word_set,
        seen_at: Micros(made.seen * DAY),
        ..PostingRow::default()
    }
}

fn postings(all: &[Made]) -> Vec<PostingRow> {
    all.iter().enumerate().map(|(number, made)| posting(number, made)).collect()
}

fn run(postings: Vec<PostingRow>) -> Vec<RoleRow> {
    resolve("00", postings, &BTreeMap::new(), &BTreeMap::new(), &Evidence::default(), Micros(100 * DAY))
}

/// The role of each posting.
fn role_of(roles: &[RoleRow]) -> BTreeMap<&str, &str> {
    let members = |role: &RoleRow| role.posting_ids.len();
    assert!(roles.iter().all(|role| members(role) > 0));
    roles.iter().flat_map(|role| role.posting_ids.iter().map(|id| (id.as_str(), role.role_id.as_str()))).collect()
}

/// Whether what two postings state can be one vacancy.
fn contradict(left: &Made, right: &Made) -> bool {
    let other = |a: usize, b: usize| a > 0 && b > 0 && a != b;
    other(left.level, right.level) || other(left.pay, right.pay)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_the_input_changes_nothing(all in prop::collection::vec(made(), 1..25), turn in 0..25_usize) {
        let straight = postings(&all);
        let mut turned = straight.clone();
        turned.rotate_left(turn % all.len());
        turned.reverse();
        prop_assert_eq!(run(straight), run(turned));
    }

    #[test]
    fn every_posting_is_in_exactly_one_role_and_no_role_contradicts_itself(all in prop::collection::vec(made(), 1..25)) {
        let roles = run(postings(&all));
        prop_assert_eq!(roles.iter().map(|role| role.posting_ids.len()).sum::<usize>(), all.len());
        let of = role_of(&roles);
        for (a, left) in all.iter().enumerate() {
            for (b, right) in all.iter().enumerate().skip(a + 1) {
                let together = of[format!("p{a:03}").as_str()] == of[format!("p{b:03}").as_str()];
                prop_assert!(!together || !contradict(left, right), "{a} {b} {left:?} {right:?}");
                prop_assert!(!together || left.text == right.text, "{a} {b}");
            }
        }
    }

    #[test]
    fn a_posting_more_never_joins_roles_that_contradict_each_other(all in prop::collection::vec(made(), 2..20), more in made()) {
        let mut with = all.clone();
        with.push(more);
        let roles = run(postings(&with));
        let of = role_of(&roles);
        for (a, left) in with.iter().enumerate() {
            for (b, right) in with.iter().enumerate().skip(a + 1) {
                let together = of[format!("p{a:03}").as_str()] == of[format!("p{b:03}").as_str()];
                prop_assert!(!(together && contradict(left, right)));
            }
        }
    }

    #[test]
    fn buckets_of_employers_may_be_resolved_apart_or_together(all in prop::collection::vec(made(), 1..25)) {
        let rows = postings(&all);
        let mut by_bucket: BTreeMap<String, Vec<PostingRow>> = BTreeMap::new();
        for row in rows.clone() {
            by_bucket.entry(bucket_key(&row.company_key)).or_default().push(row);
        }
        prop_assert!(by_bucket.len() <= 2, "spellings of one employer share a bucket");
        let groups = |roles: Vec<RoleRow>| roles.into_iter().map(|role| (role.role_id, role.posting_ids)).collect::<BTreeSet<_>>();
        let apart: BTreeSet<_> = by_bucket.into_values().flat_map(|rows| groups(run(rows))).collect();
        prop_assert_eq!(apart, groups(run(rows)));
    }

    #[test]
    fn a_role_keeps_its_id_when_it_is_posted_again(all in prop::collection::vec(made(), 1..20), which in 0..20_usize) {
        let rows = postings(&all);
        let before = run(rows.clone());
        let mut again = rows[which % rows.len()].clone();
        again.posting_id = "zzz".to_owned();
        again.seen_at = Micros(50 * DAY);
        let after = run(rows.into_iter().chain([again]).collect());
        // A repost with the same words, title, place and terms is part of a role that was there.
        let of = role_of(&after);
        prop_assert!(before.iter().any(|role| role.role_id == of["zzz"]));
        let ids = |roles: &[RoleRow]| roles.iter().map(|role| role.role_id.clone()).collect::<BTreeSet<_>>();
        prop_assert!(ids(&after).is_subset(&ids(&before)), "no role is named anew");
    }

    /// Days on which each of several copies was first and last seen, the board then listed completely on day 60.
    #[test]
    fn facts_follow_from_the_days_on_which_copies_were_seen(spans in prop::collection::vec((0..50_i64, 0..9_i64), 1..6)) {
        let mut rows = Vec::new();
        let mut sightings = BTreeMap::new();
        for (number, (first, length)) in spans.iter().enumerate() {
            let made = Made { employer: 0, title: 0, text: 0, edits: 0, level: 0, pay: 0, place: 0, source: 0, seen: 0 };
            let row = posting(number, &made);
            sightings.insert(row.posting_id.clone(), Sighting {
                posting_id: row.posting_id.clone(),
                first_seen_at: Micros(first * DAY),
                last_seen_at: Micros((first + length) * DAY),
                versions: 1 + number as i64,
                unlisted: false,
            });
            rows.push(row);
        }
        // A complete listing every day: a posting is gone on the day after it was last seen.
        let boards = (0..=60).map(|day| BoardSeen {
            source: "lever".to_owned(),
            board: "board".to_owned(),
            last_complete_listing_at: Some(Micros(day * DAY)),
        });
        let evidence = Evidence { boards: boards.collect(), ..Evidence::default() };
        let roles = resolve("00", rows, &BTreeMap::new(), &sightings, &evidence, Micros(60 * DAY));
        prop_assert_eq!(roles.len(), 1);
        let role = &roles[0];
        // Counted day by day, the slow way.
        let open = |day: i64| spans.iter().filter(|(first, length)| (*first..=first + length).contains(&day)).count() as i64;
        let first = spans.iter().map(|span| span.0).min().unwrap_or_default();
        let gone = spans.iter().map(|span| span.0 + span.1 + 1).max().unwrap_or_default();
        let (mut gap, mut longest) = (0, 0);
        for day in first..gone {
            gap = if open(day) == 0 { gap + 1 } else { 0 };
            longest = longest.max(gap);
        }
        prop_assert_eq!(role.age_days, Some(gone - first));
        prop_assert_eq!(role.gap_days, Some(longest));
        prop_assert_eq!(role.copy_count, (first..gone).map(open).max());
        prop_assert_eq!(role.edit_count, Some((0..spans.len() as i64).sum()));
        prop_assert_eq!(role.repost_count, spans.iter().filter(|span| span.0 > first).count() as i64);
        prop_assert_eq!(role.closed_at, Some(Micros(gone * DAY)));
    }
}

#[test]
fn likely_evergreen_takes_two_signs_and_shows_them() {
    let made = Made { employer: 0, title: 0, text: 0, edits: 0, level: 0, pay: 0, place: 0, source: 0, seen: 0 };
    let role = |copies: i64, title: &str, towns: usize| {
        let rows: Vec<PostingRow> = (0..copies)
            .map(|number| PostingRow {
                title: title.to_owned(),
                seen_at: Micros(number * DAY),
                places: (0..towns).map(|town| format!("Town {town}")).collect(),
                ..posting(number as usize, &made)
            })
            .collect();
        let roles = run(rows);
        assert_eq!(roles.len(), 1);
        let evergreen: Value = serde_json::from_str(&roles[0].evergreen.0).expect("is JSON");
        let names = |name: &Value| name["signal"].as_str().unwrap_or_default().to_owned();
        let signals: Vec<String> = evergreen["signals"].as_array().into_iter().flatten().map(names).collect();
        (evergreen["likely"].as_bool(), signals)
    };
    assert_eq!(role(1, "Data Engineer", 1), (Some(false), vec![]));
    assert_eq!(role(5, "Data Engineer", 1), (Some(false), vec!["reposted-unchanged".to_owned()]));
    assert_eq!(role(1, "Talent Pool: Data Engineer", 1), (Some(false), vec!["wording".to_owned()]));
    let (likely, signals) = role(5, "Talent Pool: Data Engineer", 12);
    assert_eq!(likely, Some(true));
    assert_eq!(signals, ["reposted-unchanged", "wording", "many-places", "no-end-stated"]);
}

#[test]
fn one_text_in_thirty_cities_is_one_role_with_thirty_places() {
    let made = Made { employer: 0, title: 0, text: 0, edits: 0, level: 0, pay: 0, place: 0, source: 0, seen: 0 };
    let rows: Vec<PostingRow> = (0..30)
        .map(|number| PostingRow {
            title: format!("Data Engineer - Town{number}"),
            places: vec![format!("Town{number}")],
            city: Some(format!("Town{number}")),
            ..posting(number, &made)
        })
        .collect();
    let roles = run(rows);
    assert_eq!((roles.len(), roles[0].places.len(), roles[0].posting_count), (1, 30, 30));
}
