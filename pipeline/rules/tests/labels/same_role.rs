//! Postings of one vacancy, and others that look like them, labelled by reading.

use pipeline_rules::{Readers, eval};

/// A reference to a real posting as a posting of the labels: looked up in the shared data, changed as `edit` says.
#[expect(clippy::disallowed_methods, reason = "the postings lie outside the project")]
fn looked_up(
    reference: &serde_json::Value,
    files: &mut std::collections::BTreeMap<String, serde_json::Value>,
) -> serde_json::Value {
    use serde_json::{Value, json};
    let file = reference["file"].as_str().expect("a reference names its file").to_owned();
    let answer = files.entry(file.clone()).or_insert_with(|| {
        let path = format!("../../../shared/data/{file}");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
    });
    let of = |list: &str| {
        answer[list].as_array().and_then(|all| all.iter().find(|item| item["id"] == reference["id"])).cloned()
    };
    if let Some(comment) = of("comments") {
        return json!({"source": "hackernews", "id": comment["id"].to_string(), "company": reference["company"],
            "title": reference["title"], "text": comment["text"], "html": true});
    }
    let job = of("jobs").unwrap_or_else(|| panic!("{file} has no {}", reference["id"]));
    let board = file.rsplit('/').next().unwrap_or_default().trim_end_matches(".json").replace("%20", " ");
    let mut places = vec![job["location"].clone()];
    places.extend(job["secondaryLocations"].as_array().into_iter().flatten().map(|place| place["location"].clone()));
    let mut posting = json!({"source": "ashby", "id": job["id"], "company": board, "title": job["title"], "place": places,
        "text": job["descriptionPlain"], "department": job["team"], "url": job["jobUrl"]});
    if let Some(pay) = job["compensation"]["compensationTierSummary"].as_str() {
        posting["pay"] = json!(pay);
    }
    let edits: Vec<&str> = reference["edit"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if edits.is_empty() {
        return posting;
    }
    // A copy on another board knows neither the field of pay nor the team, and has a page of its own.
    posting["source"] = json!("copies");
    posting["id"] = json!(format!("{} {}", job["id"].as_str().unwrap_or_default(), edits.join(" ")));
    for unknown in ["department", "pay", "url"] {
        posting[unknown] = Value::Null;
    }
    edits.into_iter().for_each(|edit| change(&mut posting, edit, &job, &board));
    posting
}

/// Changes `posting`, a copy of `job`, as another board does.
fn change(posting: &mut serde_json::Value, edit: &str, job: &serde_json::Value, board: &str) {
    use serde_json::json;
    let text = posting["text"].as_str().unwrap_or_default().to_owned();
    let title = posting["title"].as_str().unwrap_or_default().to_owned();
    let place = job["location"].as_str().unwrap_or_default();
    let number: u32 = job["id"].as_str().unwrap_or_default().bytes().map(u32::from).sum();
    match edit {
        "html" => (posting["text"], posting["html"]) = (job["descriptionHtml"].clone(), json!(true)),
        "frame" => {
            posting["text"] = json!(format!(
                "Apply now! This job was found by JobFinder.\n{text}\n\
                Sign up for e-mail alerts to be the first to hear about similar jobs near you. Report this job if it looks wrong."
            ))
        }
        "equal" => {
            posting["text"] = json!(format!(
                "{text}\n{board} is an equal opportunity employer. All qualified applicants will receive consideration \
                without regard to race, color, religion, sex, sexual orientation, gender identity, national origin, \
                disability, or veteran status. If you need an accommodation during the application, please tell us."
            ))
        }
        "flat" => posting["text"] = json!(text.replace(['\n', '•', '·'], " ").replace('’', "'")),
        "paid" => {
            let pay = job["compensation"]["compensationTierSummary"].as_str().unwrap_or("Competitive salary");
            posting["text"] = json!(format!("Salary: {pay}\n{text}"));
        }
        "gender" => posting["title"] = json!(format!("{title} (m/f/d)")),
        "city" => posting["title"] = json!(format!("{title} - {place}")),
        "sr" => posting["title"] = json!(title.replace("Senior", "Sr.")),
        "pipe" => posting["title"] = json!(format!("{title} | {board}")),
        "remote" => posting["title"] = json!(format!("[Remote] {title}")),
        "req" => posting["title"] = json!(format!("{title} (Req #{})", 10_000 + number)),
        "capitals" => posting["title"] = json!(title.to_uppercase()),
        "inc" => posting["company"] = json!(format!("{board}, Inc.")),
        "labs" => posting["company"] = json!(format!("{board} Technologies")),
        "batch" => posting["company"] = json!(format!("{board} (YC W21)")),
        "via" => posting["company"] = json!(format!("{board} via Jobgether")),
        "domain" => posting["company"] = json!(format!("{board}.com")),
        "town" => posting["place"] = json!([place.split(',').next().unwrap_or_default().trim()]),
        "nowhere" => posting["place"] = json!([]),
        "redirect" => {
            let to = job["jobUrl"].as_str().unwrap_or_default().replace(':', "%3A").replace('/', "%2F");
            posting["url"] = json!(format!("https://board.example/out?utm_source=feed&to={to}%3Futm_medium%3Dcpc"));
        }
        cut => {
            let length = cut.trim_start_matches("cut-").parse().expect("a cut has a length");
            posting["text"] = json!(text.chars().take(length).collect::<String>() + "…");
        }
    }
}

#[test]
#[ignore = "needs ../shared/data"]
#[expect(clippy::disallowed_methods, reason = "whoever measures says where the labels with their words go")]
fn postings_of_one_vacancy_are_one_role_and_others_are_not() {
    let mut files = std::collections::BTreeMap::new();
    for half in ["dev", "test"] {
        let lines = include_str!("../../../../tests/labels/same_role.jsonl").lines();
        let labels: Vec<serde_json::Value> = lines.map(|line| serde_json::from_str(line).expect("is JSON")).collect();
        let labels = labels.into_iter().filter(|label| label["split"] == half).map(|mut label| {
            for side in ["a", "b"] {
                label[side] = looked_up(&label[side], &mut files);
            }
            label.to_string()
        });
        let labels = labels.collect::<Vec<_>>().join("\n");
        let path = std::env::var("SAME_ROLE_OUT").ok();
        if let Some(path) = path {
            write_labels(&format!("{path}.{half}"), &labels);
        }
        let found = eval::same_role::evaluate(&Readers::new(), &labels).expect("are labels");
        for error in &found.errors {
            eprintln!("{error}");
        }
        eprintln!("{half} n {} {:#?}", found.n, found.metrics);
        let value = |metric: &str| found.metrics[metric].value;
        assert!(value("precision") >= 0.995 && value("recall") >= 0.95 && value("destructive") == 0.0);
    }
}

/// Keeps the labels with their texts for `tests/peers/same_role.py`.
#[expect(clippy::disallowed_methods, reason = "a file of measurements, outside the project")]
fn write_labels(path: &str, labels: &str) {
    std::fs::write(path, labels).unwrap_or_else(|error| panic!("{path}: {error}"));
}
