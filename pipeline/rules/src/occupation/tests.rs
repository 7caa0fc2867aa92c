//! Titles find their occupations.

use super::*;

fn first(title: &str) -> &'static str {
    ESCO.rank(title, 1).first().map_or("", |(occupation, _)| occupation.label.as_str())
}

#[test]
fn titles_find_their_occupations_by_any_of_their_labels() {
    assert_eq!(ESCO.all.len(), 3_039);
    assert_eq!(first("Data Scientist"), "data scientist");
    assert_eq!(first("Senior Software Developer"), "software developer");
    assert_eq!(first("Nurses"), first("nurse"));
    assert_eq!(first("Mechanical engineer"), "mechanical engineer");
}

#[test]
fn a_title_that_shares_nothing_has_no_occupation() {
    assert!(ESCO.rank("", 5).is_empty() && ESCO.rank("株式会社", 5).is_empty());
}

#[test]
fn an_occupation_is_found_by_id_address_and_label() {
    let known = ESCO.rank("data scientist", 1)[0].0;
    let address = format!("http://data.europa.eu/esco/occupation/{}", known.id);
    for name in [&known.id, &address, "Data Scientist"] {
        assert_eq!(ESCO.named(name), Some(known));
    }
    assert_eq!(known.isco.len(), 4);
    assert!(known.code.starts_with(&known.isco));
}

#[test]
#[ignore]
fn scratch() {
    let text = std::fs::read_to_string("../../tests/labels/titles.jsonl").unwrap();
    let start = std::time::Instant::now();
    let _ = ESCO.rank("x", 1);
    eprintln!("load {:?}", start.elapsed());
    for split in ["dev", "test"] {
        if split == "test" && std::env::var("TEST").is_err() { continue }
        let (mut n, mut sum, mut one) = (0.0, 0.0, 0.0);
        let start = std::time::Instant::now();
        let mut ms = 0.0;
        for line in text.lines() {
            let v: serde_json::Value = serde_json::from_str(line).unwrap();
            if v["split"] != split { continue }
            let gold: Vec<&str> = v["esco"].as_array().unwrap().iter().filter_map(|x| x.as_str()).collect();
            if gold.is_empty() { continue }
            let t = std::time::Instant::now();
            let r = ESCO.rank(v["title"].as_str().unwrap(), 1000);
            ms += t.elapsed().as_secs_f64() * 1e3;
            let p = r.iter().position(|(o, _)| gold.contains(&o.label.as_str()));
            n += 1.0;
            sum += p.map_or(0.0, |p| 1.0 / (p as f64 + 1.0));
            if p == Some(0) { one += 1.0 }
            if split == "dev" && p != Some(0) && std::env::var("V").is_ok() {
                let (_, onet) = ESCO.likeness(v["title"].as_str().unwrap());
                let soc: Vec<String> = best(&onet, 1).iter().map(|(n, l)| format!("{} {:.2}", ESCO.onet[*n].title, l)).collect();
                eprintln!("{:?} {} => {:?} | {:?} | {:?}", p, v["title"], r.iter().take(3).map(|(o, l)| format!("{} {:.2}", o.label, l)).collect::<Vec<_>>(), &gold[..1], soc);
            }
        }
        eprintln!("{split} n {n} mrr {:.4} p1 {:.4} {:?} ms/title {:.3}", sum / n, one / n, start.elapsed(), ms / n);
    }
}
