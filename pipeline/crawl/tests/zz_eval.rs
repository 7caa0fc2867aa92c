//! temp
use pipeline_core::source::*;
use pipeline_crawl::Registry;
#[test]
fn eval() {
    let file = std::env::var("F").unwrap(); let src = std::env::var("S").unwrap();
    let body = std::fs::read(&file).unwrap();
    let ctx = Default::default();
    let s = Registry.named(&src).unwrap();
    println!("board_of {:?}", s.board_of(&body));
    match s.read(&Answer{board:&std::env::var("B").unwrap_or("x".into()),url:"file:x",context:&ctx,content_type:None,fetched_at:schemas::Micros(1),body:&body}) {
        Err(e) => println!("ERR {} {} {:?}", e.rule, e.reason, e.field),
        Ok(r) => { for x in &r.records { match x { Record::Posting(p)=>{ let mut p=p.clone(); for s in &mut p.sections { s.body=s.body.chars().take(60).collect(); } println!("POST {}", serde_json::to_string(&p).unwrap()) }, Record::Rejected(j)=>println!("REJ {} {} {}", j.rule, j.reason, j.payload.chars().take(300).collect::<String>()) } } println!("next {:?} announced {:?}", r.next, r.announced);}
    }
}
