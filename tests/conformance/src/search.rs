//! The promises of the search port.

mod own;

use std::collections::BTreeSet;

use pipeline_core::ErrorKind::{Conflict, Invalid, NotFound, Nothing};
use pipeline_core::Micros;
use pipeline_core::ports::{Facet, Filter, Hits, IndexedRole, Search, SearchQuery};
use schemas::Kind;
use schemas::documents::{IndexDocument, Indexing};

pub use own::*;

use crate::{Subject, refused, suite};

suite! { $ search:
    nothing_answers_before_the_first_generation,
    a_generation_that_is_not_sealed_is_invisible,
    a_sealed_generation_answers_once_it_is_activated,
    sealing_returns_how_many_roles_there_are,
    an_empty_generation_can_answer,
    roles_may_be_added_in_parts,
    activating_what_does_not_exist_is_not_found,
    activating_what_is_not_sealed_is_not_found,
    switching_changes_every_answer_at_once,
    switching_back_works,
    generations_are_listed_by_name,
    beginning_again_forgets_what_was_added,
    beginning_one_leaves_the_others,
    the_one_that_answers_goes_on_while_another_is_built,
    a_generation_that_does_not_answer_can_be_dropped,
    dropping_what_is_not_there_succeeds,
    dropping_the_one_that_answers_is_a_conflict,
    an_empty_question_finds_everything,
    a_document_comes_back_as_it_was_added,
    all_words_must_occur,
    words_may_occur_in_different_fields,
    words_occur_in_title_company_location_skills_and_text,
    words_are_found_without_regard_to_case,
    words_are_whole_words,
    a_word_in_no_role_finds_nothing,
    what_a_person_types_is_not_a_language,
    words_of_any_length_and_kind_do_not_fail,
    a_title_that_has_the_words_comes_first,
    a_filter_passes_any_of_its_values,
    a_filter_on_a_list_passes_what_contains_one,
    a_filter_of_all_passes_lists_that_contain_them_all,
    a_filter_of_all_is_for_lists,
    filters_compare_text_without_regard_to_case,
    filters_compare_whole_values,
    a_filter_on_truth_knows_true_false_and_unknown,
    ranges_include_their_bounds,
    ranges_of_time_are_in_microseconds,
    the_unknown_passes_no_range,
    an_impossible_range_finds_nothing,
    all_filters_must_hold,
    filters_and_words_hold_together,
    filters_do_not_change_the_relevance,
    a_filter_without_values_is_invalid,
    a_filter_on_a_field_that_has_none_is_invalid,
    a_filter_of_the_wrong_kind_is_invalid,
    every_declared_keyword_and_text_can_be_filtered,
    every_declared_range_can_be_filtered,
    facets_count_all_that_is_found_and_not_only_the_page,
    facets_come_most_frequent_first_and_equals_by_value,
    a_facet_counts_a_role_once_for_each_of_its_values,
    a_facet_keeps_the_case_of_its_values,
    a_facet_of_truth_counts_what_is_known,
    a_facet_has_at_most_50_values,
    a_facet_of_nothing_is_empty,
    a_facet_on_a_field_that_has_none_is_invalid,
    pages_neither_overlap_nor_miss,
    a_limit_of_zero_counts_only,
    an_offset_beyond_the_end_finds_no_more,
    a_limit_over_1000_is_invalid,
    equals_are_ordered_by_job_id,
    the_order_does_not_depend_on_the_order_of_adding,
    the_same_question_has_the_same_answer,
    a_role_with_the_same_job_id_replaces_the_first,
    a_role_is_replaced_within_one_addition,
    job_ids_that_differ_in_case_are_two_roles,
    two_thousand_roles_are_found,
    an_empty_text_is_no_value_of_a_list,
    values_of_any_length_are_found_and_counted,
    job_ids_of_any_length_are_kept_apart,
    a_generation_may_have_capitals_and_signs,
    beginning_the_one_that_answers_leaves_it_until_the_new_is_sealed,
    words_in_a_row_do_not_reach_from_one_skill_to_the_next,
    a_page_far_behind_is_exact,
    who_has_nothing_of_their_own_finds_nothing,
    what_is_ones_own_is_found_at_once,
    an_own_item_comes_back_without_its_text,
    nothing_of_anybody_else_is_found,
    all_words_must_occur_in_an_own_item,
    own_items_are_found_by_kind,
    the_newest_of_ones_own_come_first_and_equals_by_id,
    an_own_item_is_replaced,
    an_own_item_is_removed,
    writes_of_one_call_happen_in_their_order,
    poison_is_named_by_position_and_the_others_are_done,
    own_pages_neither_overlap_nor_miss,
    an_own_limit_over_1000_is_invalid,
    own_ids_of_any_length_and_kind_are_kept_apart,
    a_switch_of_generations_leaves_what_is_ones_own,
}

type Index = Subject<dyn Search>;

fn role(id: &str, title: &str) -> IndexedRole {
    let document = IndexDocument { job_id: id.to_owned(), title: title.to_owned(), ..IndexDocument::default() };
    IndexedRole { document, text: String::new() }
}

fn with(id: &str, change: impl FnOnce(&mut IndexDocument)) -> IndexedRole {
    let mut role = role(id, "Engineer");
    change(&mut role.document);
    role
}

fn skilled(id: &str, skills: &[&str]) -> IndexedRole {
    with(id, |document| document.tech_stack = skills.iter().map(|skill| (*skill).to_owned()).collect())
}

async fn build(index: &Index, generation: &str, roles: Vec<IndexedRole>) -> u64 {
    index.port.begin(generation).await.expect("a generation that begins");
    index.port.add(generation, roles).await.expect("roles that are added");
    index.port.seal(generation).await.expect("a generation that is sealed")
}

async fn answer_with(index: &Index, roles: Vec<IndexedRole>) {
    build(index, "g1", roles).await;
    index.port.activate("g1").await.expect("a generation that is activated");
}

fn question() -> SearchQuery {
    SearchQuery { limit: 1_000, ..SearchQuery::default() }
}

async fn ask(index: &Index, query: SearchQuery) -> Hits {
    index.port.query(&query).await.expect("a question that is answered")
}

fn ids(hits: &Hits) -> Vec<&str> {
    hits.hits.iter().map(|hit| hit.document.job_id.as_str()).collect()
}

/// The ids of the roles that have `words`, sorted.
async fn having(index: &Index, words: &str) -> Vec<String> {
    let hits = ask(index, SearchQuery { words: words.to_owned(), ..question() }).await;
    sorted(&hits)
}

/// The ids of the roles that pass `filters`, sorted.
async fn passing(index: &Index, filters: Vec<Filter>) -> Vec<String> {
    sorted(&ask(index, SearchQuery { filters, ..question() }).await)
}

fn sorted(hits: &Hits) -> Vec<String> {
    assert_eq!(hits.total, hits.hits.len() as u64);
    let mut ids: Vec<String> = ids(hits).into_iter().map(str::to_owned).collect();
    ids.sort();
    ids
}

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

fn any(field: &str, values: &[&str]) -> Filter {
    Filter::Any { field: field.to_owned(), values: texts(values) }
}

fn all(field: &str, values: &[&str]) -> Filter {
    Filter::All { field: field.to_owned(), values: texts(values) }
}

fn at_least(field: &str, value: f64) -> Filter {
    Filter::AtLeast { field: field.to_owned(), value }
}

fn at_most(field: &str, value: f64) -> Filter {
    Filter::AtMost { field: field.to_owned(), value }
}

async fn facet(index: &Index, field: &str) -> Vec<Facet> {
    let mut hits = ask(index, SearchQuery { facets: texts(&[field]), limit: 0, ..SearchQuery::default() }).await;
    hits.facets.remove(field).expect("the facet that was asked for")
}

fn counts(pairs: &[(&str, u64)]) -> Vec<Facet> {
    pairs.iter().map(|(value, count)| Facet { value: (*value).to_owned(), count: *count }).collect()
}

pub async fn nothing_answers_before_the_first_generation(index: &Index) {
    assert_eq!(index.port.current().await.expect("the current generation"), None);
    assert!(index.port.generations().await.expect("the generations").is_empty());
    refused(index.port.query(&question()).await, Nothing);
    build(index, "g1", vec![role("a", "Engineer")]).await;
    refused(index.port.query(&question()).await, Nothing);
}

pub async fn a_generation_that_is_not_sealed_is_invisible(index: &Index) {
    index.port.begin("g1").await.expect("a generation that begins");
    index.port.add("g1", vec![role("a", "Engineer")]).await.expect("roles that are added");
    assert!(index.port.generations().await.expect("the generations").is_empty());
    assert_eq!(index.port.current().await.expect("the current generation"), None);
}

pub async fn a_sealed_generation_answers_once_it_is_activated(index: &Index) {
    build(index, "g1", vec![role("a", "Engineer")]).await;
    assert_eq!(index.port.current().await.expect("the current generation"), None);
    index.port.activate("g1").await.expect("a generation that is activated");
    assert_eq!(index.port.current().await.expect("the current generation").as_deref(), Some("g1"));
    assert_eq!(ids(&ask(index, question()).await), ["a"]);
}

pub async fn sealing_returns_how_many_roles_there_are(index: &Index) {
    assert_eq!(build(index, "g1", vec![role("a", "x"), role("b", "x"), role("a", "y")]).await, 2);
}

pub async fn an_empty_generation_can_answer(index: &Index) {
    index.port.begin("g1").await.expect("a generation that begins");
    assert_eq!(index.port.seal("g1").await.expect("a generation that is sealed"), 0);
    index.port.activate("g1").await.expect("a generation that is activated");
    let hits = ask(index, SearchQuery { words: "x".to_owned(), facets: texts(&["company"]), ..question() }).await;
    assert_eq!(hits.total, 0);
    assert_eq!(hits.facets["company"], []);
}

pub async fn roles_may_be_added_in_parts(index: &Index) {
    index.port.begin("g1").await.expect("a generation that begins");
    for id in ["a", "b", "c"] {
        index.port.add("g1", vec![role(id, "Engineer")]).await.expect("roles that are added");
    }
    index.port.add("g1", Vec::new()).await.expect("no roles that are added");
    assert_eq!(index.port.seal("g1").await.expect("a generation that is sealed"), 3);
}

pub async fn activating_what_does_not_exist_is_not_found(index: &Index) {
    refused(index.port.activate("never").await, NotFound);
    answer_with(index, vec![role("a", "Engineer")]).await;
    refused(index.port.activate("never").await, NotFound);
    assert_eq!(ids(&ask(index, question()).await), ["a"], "the answer stays what it was");
}

pub async fn activating_what_is_not_sealed_is_not_found(index: &Index) {
    index.port.begin("g1").await.expect("a generation that begins");
    refused(index.port.activate("g1").await, NotFound);
}

pub async fn switching_changes_every_answer_at_once(index: &Index) {
    answer_with(index, vec![role("a", "Engineer")]).await;
    build(index, "g2", vec![role("b", "Engineer"), role("c", "Engineer")]).await;
    assert_eq!(ids(&ask(index, question()).await), ["a"]);
    index.port.activate("g2").await.expect("a generation that is activated");
    assert_eq!(ids(&ask(index, question()).await), ["b", "c"]);
}

pub async fn switching_back_works(index: &Index) {
    answer_with(index, vec![role("a", "Engineer")]).await;
    build(index, "g2", vec![role("b", "Engineer")]).await;
    for (generation, expected) in [("g2", "b"), ("g1", "a"), ("g1", "a"), ("g2", "b")] {
        index.port.activate(generation).await.expect("a generation that is activated");
        assert_eq!(ids(&ask(index, question()).await), [expected]);
    }
}

pub async fn generations_are_listed_by_name(index: &Index) {
    for generation in ["g2", "g10", "g1"] {
        build(index, generation, Vec::new()).await;
    }
    assert_eq!(index.port.generations().await.expect("the generations"), ["g1", "g10", "g2"]);
}

pub async fn beginning_again_forgets_what_was_added(index: &Index) {
    build(index, "g1", vec![role("a", "Engineer")]).await;
    index.port.begin("g1").await.expect("a generation that begins");
    index.port.add("g1", vec![role("b", "Engineer")]).await.expect("roles that are added");
    index.port.begin("g1").await.expect("a generation that begins");
    index.port.add("g1", vec![role("c", "Engineer")]).await.expect("roles that are added");
    assert_eq!(index.port.seal("g1").await.expect("a generation that is sealed"), 1);
    index.port.activate("g1").await.expect("a generation that is activated");
    assert_eq!(ids(&ask(index, question()).await), ["c"]);
}

pub async fn beginning_one_leaves_the_others(index: &Index) {
    answer_with(index, vec![role("a", "Engineer")]).await;
    index.port.begin("g2").await.expect("a generation that begins");
    index.port.begin("g3").await.expect("a generation that begins");
    index.port.add("g2", vec![role("b", "Engineer")]).await.expect("roles that are added");
    index.port.add("g3", vec![role("c", "x"), role("d", "x")]).await.expect("roles that are added");
    assert_eq!(index.port.seal("g3").await.expect("a generation that is sealed"), 2);
    assert_eq!(index.port.seal("g2").await.expect("a generation that is sealed"), 1);
    assert_eq!(ids(&ask(index, question()).await), ["a"]);
}

pub async fn the_one_that_answers_goes_on_while_another_is_built(index: &Index) {
    answer_with(index, vec![role("a", "Engineer")]).await;
    index.port.begin("g2").await.expect("a generation that begins");
    for number in 0..10 {
        index.port.add("g2", vec![role(&format!("b{number}"), "Engineer")]).await.expect("roles that are added");
        assert_eq!(ids(&ask(index, question()).await), ["a"]);
    }
    index.port.seal("g2").await.expect("a generation that is sealed");
    assert_eq!(ids(&ask(index, question()).await), ["a"]);
}

pub async fn a_generation_that_does_not_answer_can_be_dropped(index: &Index) {
    answer_with(index, vec![role("a", "Engineer")]).await;
    build(index, "g2", vec![role("b", "Engineer")]).await;
    index.port.begin("g3").await.expect("a generation that begins");
    index.port.drop_generation("g2").await.expect("a generation that is dropped");
    index.port.drop_generation("g3").await.expect("a generation that is dropped");
    assert_eq!(index.port.generations().await.expect("the generations"), ["g1"]);
    refused(index.port.activate("g2").await, NotFound);
    assert_eq!(ids(&ask(index, question()).await), ["a"]);
}

pub async fn dropping_what_is_not_there_succeeds(index: &Index) {
    index.port.drop_generation("never").await.expect("nothing that is dropped");
}

pub async fn dropping_the_one_that_answers_is_a_conflict(index: &Index) {
    answer_with(index, vec![role("a", "Engineer")]).await;
    refused(index.port.drop_generation("g1").await, Conflict);
    assert_eq!(ids(&ask(index, question()).await), ["a"]);
}

pub async fn an_empty_question_finds_everything(index: &Index) {
    answer_with(index, vec![role("a", ""), role("b", "Engineer")]).await;
    assert_eq!(having(index, "").await, ["a", "b"]);
    assert_eq!(having(index, "  \t\n ").await, ["a", "b"]);
}

pub async fn a_document_comes_back_as_it_was_added(index: &Index) {
    let document = IndexDocument {
        job_id: "indeed_job_123".to_owned(),
        title: "Ingénieur \u{1F980} \"Rust\"".to_owned(),
        company: "Ünïcode & Söhne".to_owned(),
        location: "東京".to_owned(),
        salary_min: Some(85_000.5),
        salary_max: Some(120_000.0),
        tech_stack: texts(&["C++", "Rust", "Node.js"]),
        remote_friendly: Some(false),
        posted_date: Some(Micros(1_700_000_000_123_456)),
        role_id: "role-1".to_owned(),
        salary_currency: Some("EUR".to_owned()),
        url: Some("https://example.com/?a=1&b=2".to_owned()),
        excerpt: "line\nbreak".to_owned(),
        open: true,
        ..IndexDocument::default()
    };
    answer_with(index, vec![IndexedRole { document: document.clone(), text: "not returned".to_owned() }]).await;
    let hits = ask(index, question()).await;
    assert_eq!(hits.hits[0].document, document);
}

pub async fn all_words_must_occur(index: &Index) {
    answer_with(index, vec![role("a", "Rust Engineer"), role("b", "Rust Designer"), role("c", "Go Engineer")]).await;
    assert_eq!(having(index, "rust engineer").await, ["a"]);
    assert_eq!(having(index, "engineer rust rust").await, ["a"]);
    assert_eq!(having(index, "rust").await, ["a", "b"]);
}

pub async fn words_may_occur_in_different_fields(index: &Index) {
    let mut role = with("a", |document| {
        document.company = "Acme".to_owned();
        document.location = "Berlin".to_owned();
    });
    role.text = "We ship on Fridays".to_owned();
    answer_with(index, vec![role]).await;
    assert_eq!(having(index, "engineer acme berlin fridays").await, ["a"]);
    assert!(having(index, "engineer acme berlin mondays").await.is_empty());
}

pub async fn words_occur_in_title_company_location_skills_and_text(index: &Index) {
    let mut text = role("text", "Engineer");
    text.text = "platypus".to_owned();
    let roles = vec![
        role("title", "Platypus"),
        with("company", |document| document.company = "Platypus".to_owned()),
        with("location", |document| document.location = "Platypus".to_owned()),
        skilled("skills", &["Rust", "Platypus"]),
        text,
        with("nowhere", |document| document.excerpt = "platypus".to_owned()),
    ];
    answer_with(index, roles).await;
    assert_eq!(having(index, "platypus").await, ["company", "location", "skills", "text", "title"]);
}

pub async fn words_are_found_without_regard_to_case(index: &Index) {
    answer_with(index, vec![role("a", "RUST Engineer"), role("b", "ÉCOLE")]).await;
    assert_eq!(having(index, "rUsT").await, ["a"]);
    assert_eq!(having(index, "école").await, ["b"]);
}

pub async fn words_are_whole_words(index: &Index) {
    answer_with(index, vec![role("a", "JavaScript Engineer")]).await;
    assert!(having(index, "java").await.is_empty());
    assert!(having(index, "engine").await.is_empty());
}

pub async fn a_word_in_no_role_finds_nothing(index: &Index) {
    answer_with(index, vec![role("a", "Engineer")]).await;
    let hits = ask(index, SearchQuery { words: "zoologist".to_owned(), ..question() }).await;
    assert_eq!(hits, Hits::default());
}

pub async fn what_a_person_types_is_not_a_language(index: &Index) {
    answer_with(index, vec![role("a", "Rust or Go"), role("b", "Rust"), role("c", "not Go")]).await;
    assert_eq!(having(index, "rust OR go").await, ["a"], "OR is a word");
    assert_eq!(having(index, "NOT go").await, ["c"], "NOT is a word");
    assert_eq!(having(index, "-rust").await, ["a", "b"], "a dash excludes nothing");
    assert_eq!(having(index, "title:rust").await, Vec::<String>::new(), "a colon names no field");
    assert!(having(index, "ru*").await.is_empty(), "a star stands for nothing");
    assert!(having(index, "rast~1").await.is_empty(), "a tilde makes nothing alike");
    assert_eq!(having(index, "(rust").await, ["a", "b"], "brackets group nothing");
    assert_eq!(having(index, "rust^100").await, Vec::<String>::new(), "a caret weighs nothing");
}

pub async fn words_of_any_length_and_kind_do_not_fail(index: &Index) {
    answer_with(index, vec![role("a", "Engineer")]).await;
    let long = "x".repeat(100_000);
    let odd = ["\"", "\"\"\"", "[1 TO", "{*", "\\", "\u{0}", "+ - && ||", "\u{200B}", "/re(/", "a:b:c", &long];
    for words in odd {
        let asked = index.port.query(&SearchQuery { words: words.to_owned(), ..question() }).await;
        asked.unwrap_or_else(|error| panic!("{words:.20?} failed: {error:?}"));
    }
}

pub async fn a_title_that_has_the_words_comes_first(index: &Index) {
    let mut mentioned = role("a", "Office Manager");
    mentioned.text = "Our engineers write rust all day.".to_owned();
    answer_with(index, vec![mentioned, role("b", "Rust Engineer")]).await;
    let hits = ask(index, SearchQuery { words: "rust".to_owned(), ..question() }).await;
    assert_eq!(ids(&hits), ["b", "a"]);
    assert!(hits.hits[0].relevance > hits.hits[1].relevance);
}

pub async fn a_filter_passes_any_of_its_values(index: &Index) {
    let levelled = |id: &str, level: Option<&str>| with(id, |document| document.level = level.map(str::to_owned));
    let roles = vec![
        levelled("a", Some("senior")),
        levelled("b", Some("junior")),
        levelled("c", Some("lead")),
        levelled("d", None),
    ];
    answer_with(index, roles).await;
    assert_eq!(passing(index, vec![any("level", &["senior"])]).await, ["a"]);
    assert_eq!(passing(index, vec![any("level", &["senior", "lead", "senior", "chief"])]).await, ["a", "c"]);
    assert!(passing(index, vec![any("level", &["chief"])]).await.is_empty());
    assert!(passing(index, vec![any("level", &[""])]).await.is_empty(), "unknown is not an empty text");
}

async fn answer_with_skills(index: &Index) {
    let roles = vec![
        skilled("a", &["Rust", "Go"]),
        skilled("b", &["Rust", "C++"]),
        skilled("c", &["Node.js"]),
        skilled("d", &[]),
    ];
    answer_with(index, roles).await;
}

pub async fn a_filter_on_a_list_passes_what_contains_one(index: &Index) {
    answer_with_skills(index).await;
    assert_eq!(passing(index, vec![any("tech_stack", &["Go", "Node.js"])]).await, ["a", "c"]);
    assert_eq!(passing(index, vec![any("tech_stack", &["Rust"])]).await, ["a", "b"]);
}

pub async fn a_filter_of_all_passes_lists_that_contain_them_all(index: &Index) {
    answer_with_skills(index).await;
    assert_eq!(passing(index, vec![all("tech_stack", &["rust", "c++"])]).await, ["b"]);
    assert_eq!(passing(index, vec![all("tech_stack", &["Rust"])]).await, ["a", "b"]);
    assert!(passing(index, vec![all("tech_stack", &["Rust", "Node.js"])]).await.is_empty());
}

pub async fn a_filter_of_all_is_for_lists(index: &Index) {
    answer_with(index, vec![role("a", "Engineer")]).await;
    let query = SearchQuery { filters: vec![all("level", &["senior"])], ..question() };
    refused(index.port.query(&query).await, Invalid);
}

pub async fn filters_compare_text_without_regard_to_case(index: &Index) {
    let roles = vec![
        with("a", |document| document.company = "ACME Gmbh".to_owned()),
        with("b", |document| document.tech_stack = texts(&["TypeScript"])),
        with("c", |document| document.city = Some("ZÜRICH".to_owned())),
    ];
    answer_with(index, roles).await;
    assert_eq!(passing(index, vec![any("company", &["acme GMBH"])]).await, ["a"]);
    assert_eq!(passing(index, vec![any("tech_stack", &["typescript"])]).await, ["b"]);
    assert_eq!(passing(index, vec![any("city", &["zürich"])]).await, ["c"]);
}

pub async fn filters_compare_whole_values(index: &Index) {
    let roles = vec![with("a", |document| document.company = "Acme Labs".to_owned()), skilled("b", &["Java Script"])];
    answer_with(index, roles).await;
    assert!(passing(index, vec![any("company", &["Acme"])]).await.is_empty());
    assert!(passing(index, vec![any("tech_stack", &["Java"])]).await.is_empty());
    assert_eq!(passing(index, vec![any("company", &["Acme Labs"])]).await, ["a"]);
}

pub async fn a_filter_on_truth_knows_true_false_and_unknown(index: &Index) {
    let roles = vec![
        with("yes", |document| document.remote_friendly = Some(true)),
        with("no", |document| document.remote_friendly = Some(false)),
        with("unknown", |_| {}),
    ];
    answer_with(index, roles).await;
    assert_eq!(passing(index, vec![any("remote_friendly", &["true"])]).await, ["yes"]);
    assert_eq!(passing(index, vec![any("remote_friendly", &["False"])]).await, ["no"]);
    assert_eq!(passing(index, vec![any("remote_friendly", &["true", "false"])]).await, ["no", "yes"]);
}

async fn answer_with_pay(index: &Index) {
    let paid = |id: &str, least: Option<f64>| with(id, |document| document.salary_min = least);
    answer_with(
        index,
        vec![paid("a", Some(50_000.0)), paid("b", Some(99_999.5)), paid("c", Some(0.0)), paid("d", None)],
    )
    .await;
}

pub async fn ranges_include_their_bounds(index: &Index) {
    answer_with_pay(index).await;
    assert_eq!(passing(index, vec![at_least("salary_min", 50_000.0)]).await, ["a", "b"]);
    assert_eq!(passing(index, vec![at_most("salary_min", 50_000.0)]).await, ["a", "c"]);
    assert_eq!(passing(index, vec![at_least("salary_min", 99_999.5)]).await, ["b"]);
    assert_eq!(passing(index, vec![at_least("salary_min", 50_000.01)]).await, ["b"]);
}

pub async fn ranges_of_time_are_in_microseconds(index: &Index) {
    let posted = |id: &str, at: i64| with(id, |document| document.posted_date = Some(Micros(at)));
    let noon = 1_700_000_000_000_000;
    answer_with(index, vec![posted("a", noon), posted("b", noon + 1), posted("c", -1), with("d", |_| {})]).await;
    assert_eq!(passing(index, vec![at_least("posted_date", noon as f64)]).await, ["a", "b"]);
    assert_eq!(passing(index, vec![at_least("posted_date", noon as f64 + 0.5)]).await, ["b"]);
    assert_eq!(passing(index, vec![at_most("posted_date", noon as f64 + 0.5)]).await, ["a", "c"]);
    assert_eq!(passing(index, vec![at_most("posted_date", -0.5)]).await, ["c"]);
}

pub async fn the_unknown_passes_no_range(index: &Index) {
    answer_with_pay(index).await;
    assert_eq!(passing(index, vec![at_least("salary_min", f64::MIN)]).await, ["a", "b", "c"]);
    assert_eq!(passing(index, vec![at_most("salary_min", f64::MAX)]).await, ["a", "b", "c"]);
    assert_eq!(passing(index, vec![at_least("salary_min", f64::NEG_INFINITY)]).await, ["a", "b", "c"]);
}

pub async fn an_impossible_range_finds_nothing(index: &Index) {
    answer_with_pay(index).await;
    assert!(passing(index, vec![at_least("salary_min", 2.0), at_most("salary_min", 1.0)]).await.is_empty());
    assert!(passing(index, vec![at_least("salary_min", f64::INFINITY)]).await.is_empty());
    assert!(passing(index, vec![at_least("salary_min", f64::NAN)]).await.is_empty());
}

pub async fn all_filters_must_hold(index: &Index) {
    answer_with_skills(index).await;
    assert_eq!(passing(index, vec![any("tech_stack", &["Rust"]), any("tech_stack", &["Go"])]).await, ["a"]);
    assert!(passing(index, vec![any("tech_stack", &["Rust"]), any("level", &["senior"])]).await.is_empty());
}

pub async fn filters_and_words_hold_together(index: &Index) {
    answer_with_skills(index).await;
    let filters = vec![any("tech_stack", &["Go", "Node.js"])];
    let hits = ask(index, SearchQuery { words: "rust".to_owned(), filters, ..question() }).await;
    assert_eq!(ids(&hits), ["a"]);
}

pub async fn filters_do_not_change_the_relevance(index: &Index) {
    answer_with_skills(index).await;
    let words = SearchQuery { words: "rust".to_owned(), ..question() };
    let free = ask(index, words.clone()).await;
    let filters = vec![any("tech_stack", &["Rust"]), any("open", &["false"])];
    assert_eq!(ask(index, SearchQuery { filters, ..words }).await.hits, free.hits);
}

pub async fn a_filter_without_values_is_invalid(index: &Index) {
    answer_with(index, vec![role("a", "Engineer")]).await;
    for filter in [any("level", &[]), all("tech_stack", &[])] {
        refused(index.port.query(&SearchQuery { filters: vec![filter], ..question() }).await, Invalid);
    }
}

pub async fn a_filter_on_a_field_that_has_none_is_invalid(index: &Index) {
    answer_with(index, vec![role("a", "Engineer")]).await;
    for field in ["nothing", "", "excerpt", "url", "salary_quote", "match_score", "text", "_id"] {
        for filter in [any(field, &["x"]), all(field, &["x"]), at_least(field, 1.0), at_most(field, 1.0)] {
            refused(index.port.query(&SearchQuery { filters: vec![filter], ..question() }).await, Invalid);
        }
    }
}

pub async fn a_filter_of_the_wrong_kind_is_invalid(index: &Index) {
    answer_with(index, vec![role("a", "Engineer")]).await;
    let wrong = [at_least("level", 1.0), at_most("open", 1.0), any("salary_min", &["1"]), any("open", &["perhaps"])];
    for filter in wrong {
        refused(index.port.query(&SearchQuery { filters: vec![filter], ..question() }).await, Invalid);
    }
}

pub async fn every_declared_keyword_and_text_can_be_filtered(index: &Index) {
    answer_with(index, vec![role("a", "Engineer")]).await;
    for (column, indexing) in IndexDocument::FIELDS {
        if matches!(indexing, Indexing::Keyword | Indexing::Text) {
            let value = if column.kind == Kind::Bool { "true" } else { "no such value" };
            assert!(passing(index, vec![any(column.name, &[value])]).await.is_empty(), "{}", column.name);
            assert!(facet(index, column.name).await.len() <= 1, "{}", column.name);
        }
    }
}

pub async fn every_declared_range_can_be_filtered(index: &Index) {
    answer_with(index, vec![role("a", "Engineer")]).await;
    for (column, indexing) in IndexDocument::FIELDS {
        if *indexing == Indexing::Range {
            assert!(passing(index, vec![at_least(column.name, 0.0)]).await.is_empty(), "{}", column.name);
        }
    }
}

pub async fn facets_count_all_that_is_found_and_not_only_the_page(index: &Index) {
    answer_with_skills(index).await;
    let query = SearchQuery {
        words: "rust".to_owned(),
        facets: texts(&["tech_stack", "open"]),
        limit: 1,
        offset: 0,
        ..question()
    };
    let hits = ask(index, query).await;
    assert_eq!(hits.hits.len(), 1);
    assert_eq!(hits.total, 2);
    assert_eq!(hits.facets["tech_stack"], counts(&[("Rust", 2), ("C++", 1), ("Go", 1)]));
    assert_eq!(hits.facets["open"], counts(&[("false", 2)]));
    assert_eq!(hits.facets.len(), 2);
}

pub async fn facets_come_most_frequent_first_and_equals_by_value(index: &Index) {
    let at = |id: &str, company: &str| with(id, |document| document.company = company.to_owned());
    answer_with(index, vec![at("a", "Beta"), at("b", "Alpha"), at("c", "Gamma"), at("d", "Gamma")]).await;
    assert_eq!(facet(index, "company").await, counts(&[("Gamma", 2), ("Alpha", 1), ("Beta", 1)]));
}

pub async fn a_facet_counts_a_role_once_for_each_of_its_values(index: &Index) {
    answer_with(index, vec![skilled("a", &["Rust", "Rust", "Go"])]).await;
    assert_eq!(facet(index, "tech_stack").await, counts(&[("Go", 1), ("Rust", 1)]));
}

pub async fn a_facet_keeps_the_case_of_its_values(index: &Index) {
    answer_with(index, vec![skilled("a", &["TypeScript", "C++"])]).await;
    assert_eq!(facet(index, "tech_stack").await, counts(&[("C++", 1), ("TypeScript", 1)]));
}

pub async fn a_facet_of_truth_counts_what_is_known(index: &Index) {
    let roles = vec![
        with("a", |document| document.remote_friendly = Some(true)),
        with("b", |document| document.remote_friendly = Some(false)),
        with("c", |document| document.remote_friendly = Some(true)),
        with("d", |_| {}),
    ];
    answer_with(index, roles).await;
    assert_eq!(facet(index, "remote_friendly").await, counts(&[("true", 2), ("false", 1)]));
}

pub async fn a_facet_has_at_most_50_values(index: &Index) {
    let at =
        |number: usize| with(&format!("{number:03}"), |document| document.city = Some(format!("City {number:03}")));
    let mut roles: Vec<IndexedRole> = (0..60).map(at).collect();
    roles.push(with("often", |document| document.city = Some("City 059".to_owned())));
    answer_with(index, roles).await;
    let cities = facet(index, "city").await;
    assert_eq!(cities.len(), 50);
    assert_eq!(cities[0], Facet { value: "City 059".to_owned(), count: 2 });
    assert_eq!(cities[1].value, "City 000");
}

pub async fn a_facet_of_nothing_is_empty(index: &Index) {
    answer_with(index, vec![role("a", "Engineer")]).await;
    assert!(facet(index, "tech_stack").await.is_empty());
    assert!(facet(index, "city").await.is_empty());
    assert!(facet(index, "company").await.is_empty(), "an empty text is unknown");
}

pub async fn a_facet_on_a_field_that_has_none_is_invalid(index: &Index) {
    answer_with(index, vec![role("a", "Engineer")]).await;
    for field in ["nothing", "", "excerpt", "match_score", "salary_min", "posted_date", "text"] {
        refused(index.port.query(&SearchQuery { facets: texts(&[field]), ..question() }).await, Invalid);
    }
}

pub async fn pages_neither_overlap_nor_miss(index: &Index) {
    let roles = (0..95).map(|number| role(&format!("{number:03}"), "Rust Engineer")).collect();
    answer_with(index, roles).await;
    for words in ["", "rust"] {
        let mut seen = BTreeSet::new();
        for offset in (0..100).step_by(10) {
            let hits = ask(index, SearchQuery { words: words.to_owned(), offset, limit: 10, ..question() }).await;
            assert_eq!(hits.total, 95);
            assert_eq!(hits.hits.len(), if offset == 90 { 5 } else { 10 });
            assert!(hits.hits.into_iter().all(|hit| seen.insert(hit.document.job_id)), "a role is on two pages");
        }
        assert_eq!(seen.len(), 95);
    }
}

pub async fn a_limit_of_zero_counts_only(index: &Index) {
    answer_with(index, vec![role("a", "Engineer"), role("b", "Engineer")]).await;
    let hits = ask(index, SearchQuery { limit: 0, ..question() }).await;
    assert_eq!(hits.total, 2);
    assert!(hits.hits.is_empty());
}

pub async fn an_offset_beyond_the_end_finds_no_more(index: &Index) {
    answer_with(index, vec![role("a", "Engineer"), role("b", "Engineer")]).await;
    for offset in [2, 1_000_000, usize::MAX] {
        let hits = ask(index, SearchQuery { offset, ..question() }).await;
        assert_eq!(hits.total, 2);
        assert!(hits.hits.is_empty());
    }
}

pub async fn a_limit_over_1000_is_invalid(index: &Index) {
    answer_with(index, vec![role("a", "Engineer")]).await;
    refused(index.port.query(&SearchQuery { limit: 1_001, ..question() }).await, Invalid);
}

pub async fn equals_are_ordered_by_job_id(index: &Index) {
    let roles = ["b", "é", "a", "B", "a10", "a9"].map(|id| role(id, "Engineer")).to_vec();
    answer_with(index, roles).await;
    for words in ["", "engineer"] {
        let hits = ask(index, SearchQuery { words: words.to_owned(), ..question() }).await;
        assert_eq!(ids(&hits), ["B", "a", "a10", "a9", "b", "é"]);
    }
}

fn varied(number: usize) -> IndexedRole {
    let mut role = skilled(&format!("{number:04}"), &[["Rust", "Go", "Java"][number % 3]]);
    role.document.title = format!("{} Engineer {number}", ["Senior", "Junior"][number % 2]);
    role.text = "rust ".repeat(number % 7) + "and more";
    role
}

pub async fn the_order_does_not_depend_on_the_order_of_adding(index: &Index) {
    let mut roles: Vec<IndexedRole> = (0..300).map(varied).collect();
    let query = SearchQuery { words: "rust engineer".to_owned(), ..question() };
    answer_with(index, roles.clone()).await;
    let first = ask(index, query.clone()).await;
    roles.reverse();
    index.port.begin("g2").await.expect("a generation that begins");
    for part in roles.chunks(50) {
        index.port.add("g2", part.to_vec()).await.expect("roles that are added");
        // Adding again replaces, and leaves no trace in the ranking.
        index.port.add("g2", part[..10].to_vec()).await.expect("roles that are added");
    }
    index.port.seal("g2").await.expect("a generation that is sealed");
    index.port.activate("g2").await.expect("a generation that is activated");
    assert_eq!(ask(index, query).await, first);
}

pub async fn the_same_question_has_the_same_answer(index: &Index) {
    answer_with(index, (0..300).map(varied).collect()).await;
    let query = SearchQuery { words: "rust".to_owned(), facets: texts(&["tech_stack", "title"]), ..question() };
    let first = ask(index, query.clone()).await;
    for _ in 0..5 {
        assert_eq!(ask(index, query.clone()).await, first);
    }
}

pub async fn a_role_with_the_same_job_id_replaces_the_first(index: &Index) {
    index.port.begin("g1").await.expect("a generation that begins");
    index.port.add("g1", vec![role("a", "Old"), role("b", "Old")]).await.expect("roles that are added");
    index.port.add("g1", vec![role("a", "New")]).await.expect("roles that are added");
    assert_eq!(index.port.seal("g1").await.expect("a generation that is sealed"), 2);
    index.port.activate("g1").await.expect("a generation that is activated");
    assert_eq!(having(index, "old").await, ["b"]);
    assert_eq!(having(index, "new").await, ["a"]);
    assert_eq!(facet(index, "title").await, counts(&[("New", 1), ("Old", 1)]));
}

pub async fn a_role_is_replaced_within_one_addition(index: &Index) {
    answer_with(index, vec![role("a", "One"), role("a", "Two"), role("a", "Three")]).await;
    let hits = ask(index, question()).await;
    assert_eq!(hits.total, 1);
    assert_eq!(hits.hits[0].document.title, "Three");
}

pub async fn job_ids_that_differ_in_case_are_two_roles(index: &Index) {
    answer_with(index, vec![role("x", "Lower"), role("X", "Upper"), role("x", "Lower again")]).await;
    assert_eq!(having(index, "").await, ["X", "x"]);
}

pub async fn two_thousand_roles_are_found(index: &Index) {
    index.port.begin("g1").await.expect("a generation that begins");
    let roles: Vec<IndexedRole> = (0..2_000).map(varied).collect();
    for part in roles.chunks(250) {
        index.port.add("g1", part.to_vec()).await.expect("roles that are added");
    }
    assert_eq!(index.port.seal("g1").await.expect("a generation that is sealed"), 2_000);
    index.port.activate("g1").await.expect("a generation that is activated");
    let query = SearchQuery { facets: texts(&["tech_stack"]), offset: 1_990, limit: 20, ..question() };
    let hits = ask(index, query).await;
    assert_eq!(hits.total, 2_000);
    assert_eq!(hits.hits.len(), 10);
    assert_eq!(hits.facets["tech_stack"], counts(&[("Go", 667), ("Rust", 667), ("Java", 666)]));
}

pub async fn an_empty_text_is_no_value_of_a_list(index: &Index) {
    answer_with(index, vec![skilled("a", &["", "Rust"]), skilled("b", &[""])]).await;
    assert!(passing(index, vec![any("tech_stack", &[""])]).await.is_empty());
    assert_eq!(facet(index, "tech_stack").await, counts(&[("Rust", 1)]));
}

pub async fn values_of_any_length_are_found_and_counted(index: &Index) {
    let long = "Acme \u{1F980} ".repeat(10_000);
    let other = long.clone() + "& Sons";
    let at = |id: &str, company: &str| with(id, |document| document.company = company.to_owned());
    answer_with(index, vec![at("a", &long), at("b", &long), at("c", &other), at("d", "Acme")]).await;
    assert_eq!(passing(index, vec![any("company", &[&long.to_uppercase()])]).await, ["a", "b"]);
    assert_eq!(passing(index, vec![any("company", &[&other, "acme"])]).await, ["c", "d"]);
    let companies = facet(index, "company").await;
    assert_eq!(companies.iter().map(|facet| facet.count).collect::<Vec<_>>(), [2, 1, 1]);
    assert_eq!(passing(index, vec![any("company", &[&companies[0].value])]).await, ["a", "b"], "as it is counted");
    assert_eq!(ask(index, question()).await.hits[0].document.company, long);
}

pub async fn job_ids_of_any_length_are_kept_apart(index: &Index) {
    let long = "x".repeat(70_000);
    let ids = [long.clone() + "1", long.clone() + "2", "x".repeat(513), "a b/c?d#\"\u{1F980}".to_owned()];
    let roles: Vec<IndexedRole> = ids.iter().chain(&ids).map(|id| role(id, "Engineer")).collect();
    assert_eq!(build(index, "g1", roles).await, 4);
    index.port.activate("g1").await.expect("a generation that is activated");
    let mut expected = ids.to_vec();
    expected.sort();
    assert_eq!(having(index, "engineer").await, expected);
}

pub async fn a_generation_may_have_capitals_and_signs(index: &Index) {
    for generation in ["2026-11-23T23.50_a", "2026-11-23t23.50_a", "-x", "_y", "A"] {
        build(index, generation, vec![role(generation, "Engineer")]).await;
    }
    let expected = ["-x", "2026-11-23T23.50_a", "2026-11-23t23.50_a", "A", "_y"];
    assert_eq!(index.port.generations().await.expect("the generations"), expected);
    for generation in expected {
        index.port.activate(generation).await.expect("a generation that is activated");
        assert_eq!(index.port.current().await.expect("the current generation").as_deref(), Some(generation));
        assert_eq!(ids(&ask(index, question()).await), [generation]);
    }
}

pub async fn beginning_the_one_that_answers_leaves_it_until_the_new_is_sealed(index: &Index) {
    answer_with(index, vec![role("a", "Engineer")]).await;
    for id in ["b", "c"] {
        let before = ask(index, question()).await;
        index.port.begin("g1").await.expect("a generation that begins");
        index.port.add("g1", vec![role(id, "Engineer")]).await.expect("roles that are added");
        assert_eq!(ask(index, question()).await, before);
        assert_eq!(index.port.current().await.expect("the current generation").as_deref(), Some("g1"));
        assert_eq!(index.port.seal("g1").await.expect("a generation that is sealed"), 1);
        assert_eq!(ids(&ask(index, question()).await), [id]);
        assert_eq!(index.port.seal("g1").await.expect("a seal that is repeated"), 1);
        index.port.activate("g1").await.expect("a generation that is activated");
        assert_eq!(ids(&ask(index, question()).await), [id]);
        assert_eq!(index.port.generations().await.expect("the generations"), ["g1"]);
    }
}

pub async fn words_in_a_row_do_not_reach_from_one_skill_to_the_next(index: &Index) {
    answer_with(index, vec![skilled("a", &["Machine", "Learning"]), skilled("b", &["Machine Learning"])]).await;
    assert_eq!(having(index, "\"machine learning\"").await, ["b"]);
    assert_eq!(having(index, "machine learning").await, ["a", "b"]);
}

pub async fn a_page_far_behind_is_exact(index: &Index) {
    index.port.begin("g1").await.expect("a generation that begins");
    let roles: Vec<IndexedRole> = (0..12_000).map(|number| role(&format!("{number:05}"), "Engineer")).collect();
    for part in roles.chunks(4_000) {
        index.port.add("g1", part.to_vec()).await.expect("roles that are added");
    }
    assert_eq!(index.port.seal("g1").await.expect("a generation that is sealed"), 12_000);
    index.port.activate("g1").await.expect("a generation that is activated");
    for (offset, first, count) in [(9_999, "09999", 10), (10_500, "10500", 10), (11_995, "11995", 5)] {
        for words in ["", "engineer"] {
            let hits = ask(index, SearchQuery { words: words.to_owned(), offset, limit: 10, ..question() }).await;
            assert_eq!((ids(&hits)[0], hits.hits.len(), hits.total), (first, count, 12_000));
        }
    }
}
