//! Temporary: certifies some sources.
use std::borrow::Cow;
use pipeline_crawl::certify;
#[test]
fn certify_mine() {
    let mut bad = false;
    for name in ["adzuna","arbeitnow","remotive","remoteok","jobicy","himalayas","themuse","weworkremotely","feed","hackernews","personio","mapped"] {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data-samples").join(name);
        let samples = std::fs::read_dir(folder).unwrap().map(|e| { let p = e.unwrap().path(); (p.file_name().unwrap().to_string_lossy().into_owned(), Cow::Owned(std::fs::read(p).unwrap())) }).collect();
        let c = certify::certify(pipeline_crawl::Registry::find(name).unwrap(), &samples);
        println!("{name}: passed {} of {}", c.passed(), c.checks.len());
        for f in c.faults() { println!("  {f}"); bad = true; }
    }
    assert!(!bad);
}
