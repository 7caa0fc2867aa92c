//! How fast the two search backends answer, on the same roles: the same questions to each in turn, their answers compared
//! first. Both must have published the same import before.
//!
//! ```console
//! $ cargo bench --features aws -p jobs --bench search -- DATA_DIR opensearch+http://127.0.0.1:9200/PREFIX?auth=none
//! ```

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on must stop")]
#![expect(clippy::print_stdout, reason = "its result is what it prints")]

use std::path::Path;
use std::time::{Duration, Instant};

use infra_registry::{Addresses, Backends, Options};
use pipeline_core::ports::{Filter, Search, SearchQuery};

/// Rounds over all questions; the first is not counted.
const ROUNDS: usize = 51;

fn questions() -> Vec<SearchQuery> {
    let words = ["engineer", "senior data engineer", "python", "nurse", "rust", "manager berlin", "node.js", ""];
    let all = |words: &str| SearchQuery { words: words.to_owned(), limit: 20, ..SearchQuery::default() };
    let mut questions: Vec<SearchQuery> = words.iter().map(|words| all(words)).collect();
    let any = |field: &str, value: &str| Filter::Any { field: field.to_owned(), values: vec![value.to_owned()] };
    for filter in [any("work_style", "remote"), any("level", "senior"), any("tech_stack", "Python")] {
        questions.push(SearchQuery { filters: vec![filter], facets: vec!["tech_stack".to_owned()], ..all("engineer") });
    }
    let paid = Filter::AtLeast { field: "salary_min".to_owned(), value: 80_000.0 };
    questions.push(SearchQuery { filters: vec![paid], ..all("developer") });
    questions
}

fn percentile(times: &mut [Duration], share: f64) -> f64 {
    times.sort_unstable();
    let at = ((times.len() - 1) as f64 * share).round() as usize;
    times[at].as_secs_f64() * 1e3
}

async fn ask(search: &dyn Search, question: &SearchQuery) -> (Duration, u64, Vec<String>) {
    let began = Instant::now();
    let hits = search.query(question).await.unwrap();
    let took = began.elapsed();
    (took, hits.total, hits.hits.into_iter().map(|hit| hit.document.job_id).collect())
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [data_dir, address] = &arguments[..] else { panic!("usage: search DATA_DIR ADDRESS") };
    let embedded = Addresses::embedded(Path::new(data_dir)).unwrap();
    let cloud = Addresses { search: address.clone(), ..embedded.clone() };
    let options = Options::default();
    let (here, there) =
        (Backends::open(&embedded, &options).await.unwrap(), Backends::open(&cloud, &options).await.unwrap());
    let (mut embedded, mut opensearch) = (Vec::new(), Vec::new());
    let (mut common, mut asked) = (0, 0);
    for round in 0..ROUNDS {
        for question in questions() {
            let (first, total, ids) = ask(&*here.search, &question).await;
            let (second, other_total, other_ids) = ask(&*there.search, &question).await;
            assert_eq!(total, other_total, "{question:?}");
            if round == 0 {
                common += ids.iter().take(10).filter(|id| other_ids.iter().take(10).any(|other| other == *id)).count();
                asked += ids.len().min(10);
            } else {
                embedded.push(first);
                opensearch.push(second);
            }
        }
    }
    let n = embedded.len();
    println!("| search backend | n | p50 ms | p99 ms | worst ms |\n|---|---|---|---|---|");
    for (name, times) in [("embedded", &mut embedded), ("OpenSearch", &mut opensearch)] {
        let [median, high, worst] = [0.5, 0.99, 1.0].map(|share| percentile(times, share));
        println!("| {name} | {n} | {median:.2} | {high:.2} | {worst:.2} |");
    }
    println!("\ntop-10 overlap: {common} of {asked}");
}
