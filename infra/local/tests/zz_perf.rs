//! tmp
use infra_local::*;
use pipeline_core::ports::*;
use schemas::documents::IndexDocument;
use std::time::Instant;
#[tokio::test]
async fn perf() {
    let folder = tempfile::tempdir().unwrap();
    let s = TantivySearch::open(folder.path()).unwrap();
    let vocab: Vec<String> = (0..20000u64).map(|i| format!("w{:x}", i * 2654435761 % 100003)).collect();
    let mut x = 1u64;
    let mut next = || { x ^= x << 13; x ^= x >> 7; x ^= x << 17; x };
    let t = Instant::now();
    s.begin("g").await.unwrap();
    for part in 0..20 {
        let roles = (0..1000).map(|i| {
            let mut text = String::new();
            for _ in 0..500 { let r = next(); let k = (r % 20000) * (r >> 32 & 0xffff) / 65536; text.push_str(&vocab[k as usize]); text.push(' '); }
            IndexedRole { document: IndexDocument { job_id: format!("a_job_{part}_{i}"), title: format!("Senior Rust Engineer {i}"), company: format!("Acme {}", next() % 3000), tech_stack: vec!["Rust".into(), format!("S{}", next() % 500)], ..Default::default() }, text }
        }).collect();
        s.add("g", roles).await.unwrap();
    }
    eprintln!("added {:?}", t.elapsed());
    let n = s.seal("g").await.unwrap();
    eprintln!("sealed {n} {:?}", t.elapsed());
    s.activate("g").await.unwrap();
    for (w, f) in [("", vec![]), ("rust engineer", vec!["tech_stack", "company", "job_id"]), ("rust engineer acme w1 7", vec!["tech_stack"]), ("\"senior rust\"", vec![])] {
        let t = Instant::now();
        let h = s.query(&SearchQuery { words: w.into(), facets: f.into_iter().map(str::to_owned).collect(), limit: 50, ..Default::default() }).await.unwrap();
        eprintln!("{w:?} {} {:?}", h.total, t.elapsed());
    }
    let d = SqliteDocuments::open(&folder.path().join("d"), std::sync::Arc::new(SystemClock)).unwrap();
    let t = Instant::now();
    for i in 0..500 { d.write(Write::put(Key::new("P", i.to_string()), serde_json::json!({"n": i}))).await.unwrap(); }
    eprintln!("500 writes {:?}", t.elapsed());
    let t = Instant::now();
    for c in 0..50 { d.transact((0..100).map(|i| Write::put(Key::new("Q", format!("{c}-{i}")), serde_json::json!({"n": i, "text": "x".repeat(1000)}))).collect()).await.unwrap(); }
    eprintln!("5000 in transactions {:?}", t.elapsed());
    let t = Instant::now();
    for i in 0..2000 { d.get(&Key::new("P", (i % 500).to_string())).await.unwrap(); }
    eprintln!("2000 reads {:?}", t.elapsed());
}
