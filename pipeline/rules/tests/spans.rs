//! Spans of skill and knowledge, and their links to ESCO: rules on chosen texts, laws on any text, figures on real labels.

use std::sync::LazyLock;

use cpu_time::ProcessTime;
use pipeline_core::stage::SkillSpan;
use pipeline_rules::esco::ESCO_SKILLS;
use pipeline_rules::spans::{Kind, SPANS, phrases};
use pipeline_rules::{Readers, sections};
use proptest::prelude::*;

const POSTING: &str = "Your profile:\n- You have strong communication skills and work well in a team.\n- Experience with Java, Kubernetes and \
    relational databases.\n- You will develop and maintain scalable microservices.\nWhat we offer: free lunch, a gym and 30 days of holiday.\n";

static READERS: LazyLock<Readers> = LazyLock::new(Readers::new);

fn read(text: &str, kind: Kind) -> Vec<&str> {
    SPANS.read(text).into_iter().filter(|span| span.kind == kind).map(|span| &text[span.start..span.end]).collect()
}

#[test]
fn skills_and_knowledge_are_told_apart() {
    let (skills, knowledge) = (read(POSTING, Kind::Skill), read(POSTING, Kind::Knowledge));
    assert!(skills.iter().any(|words| words.contains("communication")), "{skills:?}");
    assert!(skills.iter().any(|words| words.contains("microservices")), "{skills:?}");
    assert!(knowledge.contains(&"Java") && knowledge.contains(&"Kubernetes"), "{knowledge:?}");
}

#[test]
fn what_is_offered_is_no_skill() {
    let offered = POSTING.find("What we offer").unwrap();
    let found: Vec<&str> = SPANS
        .read(POSTING)
        .into_iter()
        .filter(|span| span.end > offered)
        .map(|span| &POSTING[span.start..span.end])
        .collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_text_without_words_has_no_spans() {
    for text in ["", "\n\n", ",,, ... ((", "\u{200b}"] {
        assert!(SPANS.read(text).is_empty() && phrases(text, &sections::read(text), &[]).is_empty(), "{text:?}");
    }
}

#[test]
fn the_dictionary_keeps_its_own() {
    let java = POSTING.find("Java").unwrap();
    let known = SkillSpan { skill: "Java".to_owned(), start: java, end: java + 4 };
    let inside = |phrases: Vec<pipeline_rules::spans::Phrase>| phrases.iter().any(|phrase| phrase.start == java);
    assert!(
        inside(phrases(POSTING, &sections::read(POSTING), &[]))
            && !inside(phrases(POSTING, &sections::read(POSTING), &[known]))
    );
}

#[test]
fn a_preferred_label_is_linked_and_an_unknown_word_is_not() {
    let label = |words: &str| ESCO_SKILLS.link(words).map(|(skill, _)| skill.label.as_str());
    assert_eq!(label("communication"), Some("communication"));
    assert_eq!(label("JavaScript"), Some("JavaScript"));
    assert_eq!(label("computer science"), Some("computer science"));
    for unknown in ["", "…", "frobnicating the quux", "our great office"] {
        assert_eq!(label(unknown), None, "{unknown}");
    }
}

#[test]
fn other_forms_of_the_words_find_the_skill() {
    let labels = |words: &str| -> Vec<&str> {
        ESCO_SKILLS.rank(words, "", 5).iter().map(|(skill, _)| skill.label.as_str()).collect()
    };
    assert!(labels("debugging of software").contains(&"debug software"));
    assert_eq!(labels("SEO"), labels("search engine optimisation"));
    assert!(labels("collaborating with teams").iter().any(|label| label.contains("team")));
}

#[test]
fn a_skill_has_its_id_and_its_address() {
    let skill = ESCO_SKILLS.named("JavaScript").unwrap();
    assert_eq!(ESCO_SKILLS.named(&skill.id), Some(skill));
    assert_eq!(ESCO_SKILLS.named(&format!("http://data.europa.eu/esco/skill/{}", skill.id)), Some(skill));
    assert_eq!(ESCO_SKILLS.named("no such skill"), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn spans_lie_in_the_text_and_do_not_overlap_among_themselves(
        text in "(\\PC|[ ,.()\\n]|Java |communication skills |develop software |ß|é|<ORGANIZATION> |C\\+\\+ ){0,60}"
    ) {
        let spans = SPANS.read(&text);
        for kind in [Kind::Skill, Kind::Knowledge] {
            let mut end = 0;
            for span in spans.iter().filter(|span| span.kind == kind) {
                prop_assert!(text.get(span.start..span.end).is_some_and(|words| !words.trim().is_empty()));
                prop_assert!(span.start >= end && (0.0..=1.0).contains(&span.confidence));
                end = span.end;
            }
        }
        prop_assert_eq!(&spans, &SPANS.read(&text));
        for phrase in phrases(&text, &sections::read(&text), &[]) {
            prop_assert!(text.get(phrase.start..phrase.end).is_some());
            prop_assert_eq!(phrase.esco.is_some(), phrase.esco_label.is_some());
        }
    }

    #[test]
    fn any_words_can_be_ranked(words in "\\PC{0,80}", most in 0_usize..20) {
        let ranked = ESCO_SKILLS.rank(&words, &words, most);
        prop_assert!(ranked.len() <= most && ranked.is_sorted_by(|a, b| a.1 + 1e-4 >= b.1));
    }
}

#[test]
fn reading_takes_time_in_step_with_the_text() {
    for piece in
        ["You develop software and have strong communication skills, Java.\n", "word ", "(", "a.", "Java,", "\u{301}"]
    {
        let time = |bytes: usize| {
            let text = piece.repeat(bytes / piece.len());
            SPANS.read(&text[..text.len().min(64)]);
            let began = ProcessTime::now();
            SPANS.read(&text);
            began.elapsed().as_secs_f64()
        };
        let (short, long) = (time(20_000).max(0.005), time(160_000));
        assert!(long < 40.0 * short, "{piece:?}: {short} s, then {long} s for eight times the text");
    }
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads its labels")]
fn shared(path: &str) -> String {
    std::fs::read_to_string(format!("{}/../../../shared/data/{path}", env!("CARGO_MANIFEST_DIR")))
        .expect("../shared/data has the labels")
}

#[test]
#[ignore = "needs ../shared/data"]
#[expect(clippy::print_stderr, reason = "a measurement is read by people")]
fn spans_of_labelled_sentences_are_found() {
    let found = pipeline_rules::eval::spans::evaluate(&READERS, &shared("labels/skillspan/dev.json")).unwrap();
    eprintln!("n {}, {:?}", found.n, found.metrics);
    assert!(found.metrics["f1"].value > 0.45 && found.metrics["knowledge_f1"].value > 0.45);
}

#[test]
#[ignore = "needs ../shared/data"]
#[expect(clippy::print_stderr, reason = "a measurement is read by people")]
fn labelled_spans_find_their_esco_skill() {
    for (half, least) in [("house", 0.6), ("tech", 0.66)] {
        let labels = shared(&format!("labels/skill_esco_val/{half}_validation_annotations.csv"));
        let found = pipeline_rules::eval::esco_skill::evaluate(&READERS, &labels).unwrap();
        eprintln!("{half}: n {}, {:?}", found.n, found.metrics);
        assert!(found.metrics["rp_at_5"].value > least, "{half}");
    }
}

#[test]
#[ignore = "needs ../shared/data"]
#[expect(clippy::print_stderr, reason = "a measurement is read by people")]
fn phrases_of_real_postings_cost_little() {
    let board: serde_json::Value = serde_json::from_str(&shared("corpora/ashby_boards/notion.json")).unwrap();
    let texts: Vec<&str> =
        board["jobs"].as_array().unwrap().iter().filter_map(|job| job["descriptionPlain"].as_str()).take(40).collect();
    let kilobytes = texts.iter().map(|text| text.len()).sum::<usize>() as f64 / 1_000.0;
    phrases(texts[0], &sections::read(texts[0]), &[]);
    let began = ProcessTime::now();
    let spans: usize = texts.iter().map(|text| SPANS.read(text).len()).sum();
    let reading = began.elapsed().as_secs_f64() * 1e6 / kilobytes;
    let began = ProcessTime::now();
    let all: Vec<_> = texts.iter().flat_map(|text| phrases(text, &sections::read(text), &[])).collect();
    let whole = began.elapsed().as_secs_f64() * 1e6 / kilobytes;
    let linked = all.iter().filter(|phrase| phrase.esco.is_some()).count();
    eprintln!(
        "{} postings, {kilobytes:.0} kB: {spans} spans at {reading:.0} µs/kB; {} phrases, {linked} linked, at {whole:.0} µs/kB",
        texts.len(),
        all.len()
    );
    assert!(spans > 0 && linked > 0);
}
