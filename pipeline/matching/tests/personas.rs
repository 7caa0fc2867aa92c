//! How the rubric orders graded postings of invented people; prints the measures instead of judging them.

#![expect(clippy::print_stdout, reason = "a measurement is read by people")]
#![expect(clippy::disallowed_methods, reason = "this target measures on data outside the repository")]

mod vocabulary;

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::path::PathBuf;

use pipeline_matching::Judgement;
use schemas::documents::UserDocument;
use schemas::tables::RoleRow;
use serde_json::Value;
use vocabulary::rubric;

const PEOPLE: [&str; 5] =
    ["alice-rust-senior", "bob-python-ml-mid", "carol-ts-fullstack-mid", "dave-go-platform-staff", "eve-data-junior"];

fn folder() -> PathBuf {
    PathBuf::from("../../../shared/data/resumes/personas_synthetic_MIT")
}

fn read(name: &str) -> Value {
    let path = folder().join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{} is needed: {error}", path.display()));
    serde_json::from_str(&text).expect("a JSON file")
}

fn list(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn person(truth: &Value) -> UserDocument {
    let mut user = UserDocument::default();
    user.profile.experience_level = truth["seniority"].as_str().unwrap_or_default().to_owned();
    user.profile.skills = list(&truth["tech_stack"]);
    user.profile.title = list(&truth["target_titles"]["expected_any_of"]).into_iter().next();
    user.preferences.job_domains = list(&truth["domains"]["expected_any_of"]);
    user
}

/// The skills that `text` names, sorted, as a role has them.
fn skills_of(text: &str) -> Vec<String> {
    let names: BTreeSet<String> = rubric().skills.skills(text).into_iter().map(|span| span.skill).collect();
    names.into_iter().collect()
}

fn role(job: &Value) -> RoleRow {
    let text = |field: &str| job[field].as_str().unwrap_or_default().to_owned();
    let body = format!("{} {}", text("requirements"), text("responsibilities"));
    RoleRow {
        posting_id: text("company"),
        title: text("title"),
        level: Some(text("seniority")),
        skills: skills_of(&body),
        excerpt: body.chars().take(280).collect(),
        ..RoleRow::default()
    }
}

fn ndcg_at_10(grades: &[i64]) -> f64 {
    let gain = |grades: &[i64]| -> f64 {
        let gains = grades.iter().take(10).zip(2_i32..);
        gains.map(|(grade, place)| (2_f64.powi(*grade as i32) - 1.0) / f64::from(place).log2()).sum()
    };
    let mut ideal = grades.to_vec();
    ideal.sort_by_key(|grade| Reverse(*grade));
    gain(grades) / gain(&ideal)
}

/// Kendall's tau-b between the scores and the grades.
fn kendall_tau(judged: &[(i64, f64)]) -> f64 {
    let (mut both, mut grades, mut scores) = (0.0, 0.0_f64, 0.0_f64);
    for (at, left) in judged.iter().enumerate() {
        for right in &judged[at + 1..] {
            let (grade, score) = ((left.0 - right.0) as f64, left.1 - right.1);
            let (grade, score) = (grade.signum() * f64::from(grade != 0.0), score.signum() * f64::from(score != 0.0));
            both += grade * score;
            grades += grade.abs();
            scores += score.abs();
        }
    }
    both / (grades * scores).sqrt()
}

#[test]
#[ignore = "needs ../shared/data"]
fn graded_postings_are_ordered_sensibly() {
    let rubric = rubric();
    let mut ndcgs = Vec::new();
    for name in PEOPLE {
        let prepared = rubric.prepare(&person(&read(&format!("{name}.ground_truth.json"))));
        let jobs = read(&format!("{name}.synthetic_jobs.json"));
        let mut judged: Vec<(i64, RoleRow, Judgement)> = jobs
            .as_array()
            .expect("a list of postings")
            .iter()
            .map(|job| (job["grade"].as_i64().expect("a grade"), role(job)))
            .map(|(grade, role)| (grade, role.clone(), rubric.judge(&prepared, &role)))
            .collect();
        judged.sort_by(|left, right| {
            right.2.score.total_cmp(&left.2.score).then(left.1.posting_id.cmp(&right.1.posting_id))
        });
        let grades: Vec<i64> = judged.iter().map(|(grade, ..)| *grade).collect();
        let pairs: Vec<(i64, f64)> = judged.iter().map(|(grade, _, judgement)| (*grade, judgement.score)).collect();
        ndcgs.push(ndcg_at_10(&grades));
        println!("{name}: nDCG@10 {:.3}, Kendall tau {:.3}", ndcg_at_10(&grades), kendall_tau(&pairs));
        for (grade, role, judgement) in &judged {
            let parts: Vec<String> = judgement
                .parts
                .iter()
                .map(|part| part.score.map_or("  - ".to_owned(), |score| format!("{score:.2}")))
                .collect();
            println!("  {grade} {:5.1} [{}] {}", judgement.score, parts.join(" "), role.title);
        }
    }
    let mean = ndcgs.iter().sum::<f64>() / ndcgs.len() as f64;
    println!("mean nDCG@10 {mean:.3}");
    assert!(mean > 0.75, "the order is worse than it was");
}
