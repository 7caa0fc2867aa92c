//! What the rubric promises, over the sample profiles and invented roles.

mod vocabulary;

use pipeline_core::stage::Scorer;
use pipeline_matching::{Judgement, Level, Ranking, WorkStyle};
use schemas::Micros;
use schemas::documents::{IndexDocument, UserDocument};
use schemas::tables::{MatchRow, RoleRow};
use serde_json::Value;
use vocabulary::rubric;

const DATA_ENGINEER: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data-samples/profiles/data-engineer.json"));
const FRONTEND: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data-samples/profiles/frontend-developer.json"));
const NURSE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data-samples/profiles/nurse.json"));

fn user(text: &str) -> UserDocument {
    serde_json::from_str(text).expect("a sample profile")
}

fn texts(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// A role that fits the data engineer in everything.
fn fitting() -> RoleRow {
    RoleRow {
        role_id: "role_1".to_owned(),
        posting_id: "lever_job_1".to_owned(),
        title: "Senior Data Engineer".to_owned(),
        domain: Some("data".to_owned()),
        company: Some("Brightwater".to_owned()),
        place_text: Some("Berlin, Germany".to_owned()),
        city: Some("Berlin".to_owned()),
        country: Some("DE".to_owned()),
        places: texts(&["Berlin, Germany"]),
        remote: Some("remote".to_owned()),
        remote_countries: texts(&["DE", "AT"]),
        pay_annual_max_minor: Some(9_500_000),
        pay_currency: Some("EUR".to_owned()),
        pay_quote: Some("80.000 – 95.000 EUR".to_owned()),
        level: Some("senior".to_owned()),
        skills: texts(&["Airflow", "Apache Spark", "PostgreSQL", "Python", "SQL"]),
        excerpt: "You own our data engineering with python, Postgres and Spark.".to_owned(),
        ..RoleRow::default()
    }
}

fn judge(person: &str, role: &RoleRow) -> Judgement {
    let rubric = rubric();
    rubric.judge(&rubric.prepare(&user(person)), role)
}

fn part(judgement: &Judgement, name: &str) -> Option<f64> {
    judgement.parts.iter().find(|part| part.name == name).expect("a part of the rubric").score
}

fn shuffled(mut roles: Vec<RoleRow>, seed: u64) -> Vec<RoleRow> {
    let mut state = seed;
    for at in (1..roles.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        roles.swap(at, (state >> 33) as usize % (at + 1));
    }
    roles
}

/// Roles that differ in everything the rubric looks at, some of them tied.
fn market() -> Vec<RoleRow> {
    let titles = ["Senior Data Engineer", "Data Analyst", "Nurse", "Platform Engineer", "Head of Data"];
    let levels = [None, Some("junior"), Some("senior"), Some("director")];
    let styles = [None, Some("remote"), Some("onsite"), Some("hybrid")];
    let countries = [None, Some("DE"), Some("US")];
    let skills = fitting().skills;
    (0..120_usize)
        .map(|n| RoleRow {
            role_id: format!("role_{n:03}"),
            posting_id: format!("lever_job_{n:03}"),
            title: titles[n % 5].to_owned(),
            level: levels[n % 4].map(str::to_owned),
            remote: styles[n / 4 % 4].map(str::to_owned),
            country: countries[n % 3].map(str::to_owned),
            city: None,
            remote_countries: Vec::new(),
            skills: skills[..n % 6].to_vec(),
            ..fitting()
        })
        .collect()
}

#[test]
fn a_profile_is_understood_once() {
    let prepared = rubric().prepare(&user(DATA_ENGINEER));
    assert_eq!(prepared.level(), Some(Level::Senior));
    assert_eq!(prepared.place().country.as_deref(), Some("DE"));
    assert_eq!(prepared.work_style(), Some(WorkStyle::Remote));
    assert_eq!(prepared.expectation().map(|pay| (pay.amount, pay.currency.as_str())), Some((85_000.0, "EUR")));
    assert!(prepared.skills().any(|skill| skill == "postgresql"), "a person's word becomes the canonical name");
}

#[test]
fn years_stand_in_for_a_level_that_was_not_told() {
    assert_eq!(rubric().prepare(&user(NURSE)).level(), Some(Level::Senior));
}

#[test]
fn a_role_that_fits_in_everything_scores_high_with_full_confidence() {
    let judgement = judge(DATA_ENGINEER, &fitting());
    assert!(judgement.score > 85.0, "{judgement:#?}");
    assert_eq!((judgement.eligible, judgement.confidence), (true, 1.0));
    assert_eq!(judgement.reasons().len(), 7);
}

#[test]
fn a_role_that_states_nothing_is_not_known_rather_than_bad() {
    let judgement = judge(DATA_ENGINEER, &RoleRow::default());
    assert_eq!((judgement.score, judgement.confidence, judgement.eligible), (0.0, 0.0, true));
    assert!(judgement.parts.iter().all(|part| part.score.is_none() && !part.known && !part.reason.is_empty()));
    assert!(judgement.reasons().is_empty() && judgement.evidence.is_empty());
}

#[test]
fn a_person_who_tells_nothing_gets_no_score() {
    let rubric = rubric();
    let judgement = rubric.judge(&rubric.prepare(&UserDocument::default()), &fitting());
    assert_eq!((judgement.score, judgement.confidence, judgement.eligible), (0.0, 0.0, true));
}

#[test]
fn an_unknown_part_changes_the_confidence_and_not_the_other_parts() {
    let unpaid = RoleRow { pay_annual_max_minor: None, ..fitting() };
    let judgement = judge(DATA_ENGINEER, &unpaid);
    assert_eq!(part(&judgement, "pay"), None);
    assert_eq!(judgement.confidence, 0.93);
    assert_eq!(part(&judgement, "skills"), part(&judge(DATA_ENGINEER, &fitting()), "skills"));
}

#[test]
fn the_score_is_the_weighted_mean_of_what_is_known() {
    for role in market() {
        let judgement = judge(DATA_ENGINEER, &role);
        let known: Vec<_> = judgement.parts.iter().filter_map(|part| Some((part.weight, part.score?))).collect();
        let weight: f64 = known.iter().map(|(weight, _)| weight).sum();
        let mean = 100.0 * known.iter().map(|(weight, score)| weight * score).sum::<f64>() / weight;
        assert!((judgement.score - mean).abs() < 0.2, "{} and {mean}", judgement.score);
        assert!((0.0..=100.0).contains(&judgement.score));
        assert_eq!(judgement.score, (judgement.score * 10.0).round() / 10.0);
    }
}

#[test]
fn more_of_the_wanted_skills_score_higher_and_common_ones_count_less() {
    let with = |skills: &[&str]| part(&judge(DATA_ENGINEER, &RoleRow { skills: texts(skills), ..fitting() }), "skills");
    let few = with(&["Python", "React", "Swift", "Figma"]);
    let many = with(&["Python", "SQL", "Swift", "Figma"]);
    assert!(many > few, "{many:?} and {few:?}");
    let lacks_common = with(&["Python", "SQL", "Git"]);
    let lacks_specific = with(&["Python", "SQL", "Rust"]);
    assert!(lacks_common > lacks_specific, "{lacks_common:?} and {lacks_specific:?}");
    assert_eq!(with(&[]), None);
}

#[test]
fn one_shared_skill_alone_is_no_perfect_match() {
    let one = RoleRow { skills: texts(&["Python"]), ..fitting() };
    assert!(part(&judge(DATA_ENGINEER, &one), "skills") < Some(0.6));
}

#[test]
fn titles_are_compared_by_what_they_say() {
    let titled = |title: &str| part(&judge(FRONTEND, &RoleRow { title: title.to_owned(), ..fitting() }), "title");
    assert_eq!(titled("Senior Front-End Engineer (m/f/d)"), Some(1.0));
    assert!(titled("React Developer") > titled("Backend Developer"), "a title may name a skill instead");
    assert!(titled("Backend Developer") > titled("Nurse"));
    assert_eq!(titled("(m/w/d)"), None);
}

#[test]
fn a_neighbouring_profession_is_nearer_than_a_strange_one() {
    let titled = |title: &str| part(&judge(DATA_ENGINEER, &RoleRow { title: title.to_owned(), ..fitting() }), "title");
    assert!(titled("Senior Data Engineer") > titled("Analytics Engineer"));
    assert!(titled("Analytics Engineer") > titled("Sales Engineer"));
    assert_eq!(titled("Chef"), Some(0.0));
}

#[test]
fn no_score_is_a_negative_zero() {
    let judgement =
        judge(DATA_ENGINEER, &RoleRow { skills: texts(&["Figma"]), title: "Chef".to_owned(), ..RoleRow::default() });
    assert!(
        judgement
            .parts
            .iter()
            .filter_map(|part| part.score)
            .chain([judgement.score])
            .all(|score| !score.is_sign_negative())
    );
}

#[test]
fn pay_in_another_currency_is_not_compared() {
    let dollars = RoleRow { pay_currency: Some("USD".to_owned()), ..fitting() };
    assert_eq!(part(&judge(DATA_ENGINEER, &dollars), "pay"), None);
    let low = RoleRow { pay_annual_max_minor: Some(6_800_000), ..fitting() };
    assert_eq!(part(&judge(DATA_ENGINEER, &low), "pay"), Some(0.5));
}

#[test]
fn pay_that_a_source_guessed_is_not_taken_for_stated() {
    let guessed = RoleRow { pay_predicted: Some(true), ..fitting() };
    assert_eq!(part(&judge(DATA_ENGINEER, &guessed), "pay"), None);
}

#[test]
fn nearer_places_score_higher() {
    let at = |city: Option<&str>, country: Option<&str>, style: Option<&str>| {
        let role = RoleRow {
            city: city.map(str::to_owned),
            country: country.map(str::to_owned),
            places: Vec::new(),
            remote: style.map(str::to_owned),
            remote_countries: Vec::new(),
            ..fitting()
        };
        part(&judge(DATA_ENGINEER, &role), "place")
    };
    let order = [
        at(Some("Berlin"), Some("DE"), Some("onsite")),
        at(Some("Munich"), Some("DE"), Some("remote")),
        at(Some("Munich"), Some("DE"), Some("onsite")),
        at(Some("Austin"), Some("US"), None),
        at(Some("Austin"), Some("US"), Some("onsite")),
    ];
    assert!(order.windows(2).all(|pair| pair[0] > pair[1]), "{order:?}");
    assert_eq!(at(None, None, Some("onsite")), None);
}

#[test]
fn a_second_place_near_the_person_counts() {
    let role = RoleRow {
        city: Some("Austin".to_owned()),
        country: Some("US".to_owned()),
        places: texts(&["Austin, TX", "Berlin"]),
        remote: Some("onsite".to_owned()),
        remote_countries: Vec::new(),
        ..fitting()
    };
    let judgement = judge(DATA_ENGINEER, &role);
    assert_eq!((judgement.eligible, part(&judgement, "place")), (true, Some(1.0)));
}

#[test]
fn remote_from_other_countries_only_rules_the_person_out() {
    let role = RoleRow { remote_countries: texts(&["US", "CA"]), ..fitting() };
    let judgement = judge(DATA_ENGINEER, &role);
    assert!(!judgement.eligible);
    assert_eq!(judgement.ineligible_because.as_deref(), Some("Workers must live in US, CA."));
    assert_eq!(judgement.reasons()[0], "Workers must live in US, CA.");
    assert_eq!(part(&judgement, "place"), Some(0.0));
}

#[test]
fn onsite_in_another_country_rules_the_person_out_and_an_unknown_style_does_not() {
    let abroad = |style: Option<&str>| RoleRow {
        city: Some("Austin".to_owned()),
        country: Some("US".to_owned()),
        places: texts(&["Austin, TX"]),
        remote: style.map(str::to_owned),
        remote_countries: Vec::new(),
        ..fitting()
    };
    let judgement = judge(DATA_ENGINEER, &abroad(Some("onsite")));
    assert_eq!(judgement.ineligible_because.as_deref(), Some("Onsite in another country."));
    assert!(judge(DATA_ENGINEER, &abroad(None)).eligible);
    assert!(judge(DATA_ENGINEER, &abroad(Some("remote"))).eligible);
}

#[test]
fn an_unknown_country_rules_nobody_out() {
    let mut nowhere = user(DATA_ENGINEER);
    nowhere.profile.location = "the moon".to_owned();
    let rubric = rubric();
    let role = RoleRow { remote_countries: texts(&["US"]), ..fitting() };
    assert!(rubric.judge(&rubric.prepare(&nowhere), &role).eligible);
}

#[test]
fn every_quote_stands_where_it_is_said_to() {
    for (person, document) in [(DATA_ENGINEER, user(DATA_ENGINEER)), (FRONTEND, user(FRONTEND)), (NURSE, user(NURSE))] {
        let told = serde_json::to_string(&document).expect("a profile");
        for role in market().iter().chain([&fitting()]) {
            let columns = serde_json::to_value(role).expect("a role");
            for evidence in judge(person, role).evidence {
                assert!(told.contains(&evidence.profile), "{evidence:?}");
                let column = &columns[&evidence.field];
                let words = match column {
                    Value::Array(items) => items.iter().any(|item| item == evidence.posting.as_str()),
                    column => column.as_str().is_some_and(|text| text.contains(&evidence.posting)),
                };
                assert!(words && !evidence.posting.is_empty(), "{evidence:?} in {column}");
            }
        }
    }
}

#[test]
fn skills_are_quoted_as_the_posting_writes_them() {
    let judgement = judge(DATA_ENGINEER, &fitting());
    let quote = judgement.evidence.iter().find(|evidence| evidence.claim == "knows PostgreSQL").expect("evidence");
    assert_eq!(
        (quote.profile.as_str(), quote.posting.as_str(), quote.field.as_str()),
        ("Postgres", "Postgres", "excerpt")
    );
}

#[test]
fn the_order_of_the_roles_does_not_change_the_ranking() {
    let rubric = rubric();
    let person = user(DATA_ENGINEER);
    let expected = rubric.rank(&person, market().into_iter(), 25);
    assert_eq!(expected.len(), 25);
    for seed in 0..10 {
        assert_eq!(rubric.rank(&person, shuffled(market(), seed).into_iter(), 25), expected, "seed {seed}");
    }
}

#[test]
fn the_same_score_tomorrow() {
    let bytes = || {
        let matches: Vec<MatchRow> = rubric().rank(&user(DATA_ENGINEER), market().into_iter(), 50);
        serde_json::to_vec(&matches).expect("matches")
    };
    assert_eq!(bytes(), bytes());
    let later = RoleRow { first_seen_at: Micros(9), last_seen_at: Micros(99), posted_at: Some(Micros(5)), ..fitting() };
    assert_eq!(judge(DATA_ENGINEER, &later), judge(DATA_ENGINEER, &fitting()), "age is no part of the score");
}

#[test]
fn ranks_go_from_the_best_eligible_role_down() {
    let matches = rubric().rank(&user(DATA_ENGINEER), market().into_iter(), 120);
    assert!(matches.iter().zip(1..).all(|(row, rank)| row.rank == rank));
    let order: Vec<_> = matches.iter().map(|row| (!row.eligible, row.confidence < 0.4)).collect();
    assert!(order.is_sorted(), "eligible first, well known first");
    for pair in matches.windows(2) {
        let same_class = (pair[0].eligible, pair[0].confidence < 0.4) == (pair[1].eligible, pair[1].confidence < 0.4);
        assert!(!same_class || pair[0].score >= pair[1].score);
    }
}

#[test]
fn keeping_fewer_keeps_the_first_of_more() {
    let rubric = rubric();
    let person = user(DATA_ENGINEER);
    let many = rubric.rank(&person, market().into_iter(), 40);
    assert_eq!(rubric.rank(&person, market().into_iter(), 7), many[..7]);
    assert!(rubric.rank(&person, market().into_iter(), 0).is_empty());
}

#[test]
fn closed_roles_are_not_offered() {
    let mut ranking = Ranking::new(rubric().prepare(&user(DATA_ENGINEER)), 5);
    ranking.offer(&RoleRow { closed_at: Some(Micros(1)), ..fitting() });
    assert!(ranking.finish("demo").is_empty());
}

#[test]
fn an_index_document_is_judged_like_its_role() {
    let role = fitting();
    let document = IndexDocument {
        job_id: role.posting_id.clone(),
        title: role.title.clone(),
        location: role.place_text.clone().unwrap_or_default(),
        salary_max: Some(95_000.0),
        salary_currency: role.pay_currency.clone(),
        tech_stack: role.skills.clone(),
        work_style: role.remote.clone(),
        city: role.city.clone(),
        country: role.country.clone(),
        remote_countries: role.remote_countries.clone(),
        level: role.level.clone(),
        domain: role.domain.clone(),
        salary_quote: role.pay_quote.clone(),
        excerpt: role.excerpt.clone(),
        ..IndexDocument::default()
    };
    let (scored, judged) = (rubric().score(&user(DATA_ENGINEER), &document), judge(DATA_ENGINEER, &role));
    assert_eq!(scored.job.match_score, Some(judged.score));
    assert_eq!(
        (scored.eligible, scored.confidence, &scored.reasons),
        (judged.eligible, judged.confidence, &judged.reasons())
    );
    assert_eq!(scored.job.title, document.title);
}

#[test]
fn an_empty_index_document_keeps_its_unknowns() {
    let scored = rubric().score(&user(DATA_ENGINEER), &IndexDocument::default());
    assert_eq!((scored.job.match_score, scored.confidence, scored.eligible), (Some(0.0), 0.0, true));
}

#[test]
fn hostile_roles_are_judged_without_panic() {
    let odd = "\u{202e}🚀\u{0}ﬁ İ".repeat(50);
    let role = RoleRow {
        title: odd.clone(),
        place_text: Some(odd.clone()),
        city: Some(odd.clone()),
        country: Some(odd.clone()),
        places: vec![odd.clone(); 100],
        remote: Some(odd.clone()),
        remote_countries: vec![odd.clone()],
        pay_annual_max_minor: Some(i64::MIN),
        pay_currency: Some("EUR".to_owned()),
        level: Some(odd.clone()),
        domain: Some(odd.clone()),
        skills: vec![odd.clone()],
        excerpt: odd,
        ..RoleRow::default()
    };
    for person in [DATA_ENGINEER, FRONTEND, NURSE] {
        assert!((0.0..=100.0).contains(&judge(person, &role).score));
    }
}
