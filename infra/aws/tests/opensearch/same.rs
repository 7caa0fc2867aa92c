//! OpenSearch and the embedded index give the same ids, totals and counts for the same roles; how far their rankings
//! agree is measured.

use infra_local::TantivySearch;
use pipeline_core::Micros;
use pipeline_core::ports::{Filter, Hits, IndexedRole, Search, SearchQuery};
use schemas::Kind;
use schemas::documents::{IndexDocument, Indexing};
use support::servers::address;

use super::{Prefix, open};

const ROLES: usize = 3_000;
const QUESTIONS: usize = 400;

const WORDS: &[&str] = &[
    "Rust",
    "rust",
    "Engineer",
    "Ingénieur",
    "C++",
    "C#",
    "Node.js",
    "node",
    "js",
    "Straße",
    "STRASSE",
    "Zürich",
    "東京",
    "東",
    "Senior",
    "senior",
    "data-driven",
    "Łódź",
    "İstanbul",
    "ΣΊΣΥΦΟΣ",
    "σίσυφος",
    "🦀",
    "ﬁntech",
    "10+",
    "x86_64",
    "हिन्दी",
    "한국어",
    "й",
    "и",
    "Ⅷ",
    "ﷺ",
    "don't",
    "a/b",
    "e\u{301}t\u{e9}",
    "ÅNGSTRÖM",
];
const COMPANIES: &[&str] = &[
    "ACME",
    "acme",
    "Acme Labs",
    "Müller & Söhne",
    "MÜLLER & SÖHNE",
    "İŞ",
    "iş",
    "i̇ş",
    "Straße",
    "STRASSE",
    "ΣΑΣ",
    "σας",
    "σασ",
    "ǅ",
    "",
    " ",
    "null",
    "O'Neil \"x\"",
    "日本",
];
const PLACES: &[&str] = &["Berlin", "berlin", "東京", "Zürich", "", "New York, NY", "São Paulo", "KÖLN", "köln"];
const SKILLS: &[&str] =
    &["Rust", "rust", "Go", "C++", "C#", "Node.js", "Machine Learning", "", "SQL", "Kubernetes", "K\u{212A}"];
const LEVELS: &[&str] = &["junior", "Senior", "senior", "lead", ""];

/// Numbers by chance, the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn text(&mut self, longest: usize) -> String {
        let count = self.below(longest + 1);
        (0..count).map(|_| self.one(WORDS)).collect::<Vec<_>>().join([" ", ", ", " - ", "\n"][self.below(4)])
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.below(3) == 0 { None } else { Some(make(self)) }
    }

    fn number(&mut self) -> f64 {
        [0.0, -0.0, 0.1, 85_000.5, 100_000.0, 99_999.99, -1.0, 1e300, f64::MAX, 4.9e-324][self.below(10)]
    }

    fn instant(&mut self) -> i64 {
        let noon = 1_700_000_000_000_000;
        [noon, noon + 1, noon + 999, noon - 1, 0, -1, noon + 86_400_000_000][self.below(7)]
    }
}

fn role(number: usize, chance: &mut Chance) -> IndexedRole {
    let long = number % 500 == 7;
    let skills = chance.below(5);
    let document = IndexDocument {
        job_id: format!("{}_job_{number}", chance.one(&["ashby", "Indeed", "é", "hn"])),
        title: chance.text(6),
        company: if long { "Große Firma ".repeat(4_000) } else { chance.one(COMPANIES).to_owned() },
        location: chance.one(PLACES).to_owned(),
        salary_min: chance.maybe(Chance::number),
        salary_max: chance.maybe(Chance::number),
        tech_stack: (0..skills).map(|_| chance.one(SKILLS).to_owned()).collect(),
        remote_friendly: chance.maybe(|chance| chance.below(2) == 0),
        posted_date: chance.maybe(|chance| Micros(chance.instant())),
        role_id: format!("role-{}", number / 2),
        salary_currency: chance.maybe(|chance| chance.one(&["EUR", "usd", "USD"]).to_owned()),
        city: chance.maybe(|chance| format!("City {}", chance.below(80))),
        level: chance.maybe(|chance| chance.one(LEVELS).to_owned()),
        sources: vec![chance.one(&["a", "A", "b"]).to_owned()],
        excerpt: if long { "x".repeat(40_000) } else { chance.text(9) },
        open: chance.below(4) > 0,
        ..IndexDocument::default()
    };
    IndexedRole { document, text: if long { chance.text(3_000) } else { chance.text(60) } }
}

fn filter(chance: &mut Chance) -> Filter {
    let values = |chance: &mut Chance, of: &[&str]| {
        (0..=chance.below(2)).map(|_| chance.one(of).to_owned()).collect::<Vec<String>>()
    };
    let number = |chance: &mut Chance, field: &str, value: f64| match chance.below(2) {
        0 => Filter::AtLeast { field: field.to_owned(), value },
        _ => Filter::AtMost { field: field.to_owned(), value },
    };
    let field = ["company", "location", "tech_stack", "level", "salary_min", "posted_date", "open", "title", "sources"];
    match chance.one(&field) {
        "salary_min" => {
            let value =
                [chance.number(), f64::INFINITY, f64::NEG_INFINITY, f64::NAN][chance.below(40).saturating_sub(36)];
            number(chance, "salary_min", value)
        }
        "posted_date" => {
            let value = chance.instant() as f64 + [0.0, 0.5, -0.5, 1e30][chance.below(4)];
            number(chance, "posted_date", value)
        }
        "tech_stack" if chance.below(2) == 0 => {
            Filter::All { field: "tech_stack".to_owned(), values: values(chance, SKILLS) }
        }
        field => {
            let of: &[&str] = match field {
                "company" => COMPANIES,
                "location" => PLACES,
                "tech_stack" => SKILLS,
                "level" => LEVELS,
                "open" => &["true", "FALSE"],
                "title" => WORDS,
                _ => &["a", "B", "c"],
            };
            let mut values = values(chance, of);
            if field == "company" && chance.below(10) == 0 {
                values.push("GROSSE Firma ".repeat(4_000));
                values.push("Große Firma ".repeat(4_000).to_lowercase());
            }
            Filter::Any { field: field.to_owned(), values }
        }
    }
}

fn question(chance: &mut Chance, countable: &[&str]) -> SearchQuery {
    let words = match chance.below(4) {
        0 => String::new(),
        1 => format!("\"{} {}\"", chance.one(WORDS), chance.one(WORDS)),
        _ => (0..=chance.below(2)).map(|_| chance.one(WORDS)).collect::<Vec<_>>().join(" "),
    };
    SearchQuery {
        words,
        filters: (0..chance.below(3)).map(|_| filter(chance)).collect(),
        facets: (0..chance.below(4)).map(|_| chance.one(countable).to_owned()).collect(),
        offset: 0,
        limit: 1_000,
    }
}

async fn publish(index: &dyn Search, roles: &[IndexedRole]) {
    index.begin("g1").await.unwrap();
    for part in roles.chunks(1_000) {
        index.add("g1", part.to_vec()).await.unwrap();
    }
    assert_eq!(index.seal("g1").await.unwrap(), roles.len() as u64);
    index.activate("g1").await.unwrap();
}

/// Every role that `query` finds, page after page.
async fn all(index: &dyn Search, query: &SearchQuery) -> Hits {
    let mut hits = index.query(query).await.unwrap();
    while (hits.hits.len() as u64) < hits.total {
        let next = SearchQuery { offset: hits.hits.len(), facets: Vec::new(), ..query.clone() };
        let page = index.query(&next).await.unwrap();
        assert!(!page.hits.is_empty(), "{query:?}");
        hits.hits.extend(page.hits);
    }
    hits
}

fn ids(hits: &Hits) -> Vec<&str> {
    hits.hits.iter().map(|hit| hit.document.job_id.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_filter_and_facet_finds_the_same_as_the_embedded_index() {
    let (prefix, folder) = (Prefix::new(), tempfile::tempdir().unwrap());
    let (opensearch, _) = open(&address("opensearch"), &prefix.0, "", &folder).await;
    let embedded = TantivySearch::open(&folder.path().join("search")).unwrap();
    let mut chance = Chance(20_261_123);
    let roles: Vec<IndexedRole> = (0..ROLES).map(|number| role(number, &mut chance)).collect();
    publish(&opensearch, &roles).await;
    publish(&embedded, &roles).await;
    let countable: Vec<&str> = IndexDocument::FIELDS
        .iter()
        .filter(|(column, indexing)| {
            matches!(indexing, Indexing::Keyword | Indexing::Text)
                && matches!(column.kind, Kind::Text | Kind::Texts | Kind::Bool)
        })
        .map(|(column, _)| column.name)
        .collect();
    let (mut ranked, mut common, mut found, mut equal) = (0, 0, 0, 0);
    for number in 0..QUESTIONS {
        let query = question(&mut chance, &countable);
        let (theirs, ours) = (all(&opensearch, &query).await, all(&embedded, &query).await);
        let told = format!("question {number}: {:.300}", format!("{query:?}"));
        assert_eq!(theirs.total, ours.total, "{told}");
        let (mut a, mut b) = (ids(&theirs), ids(&ours));
        let tops: (Vec<&str>, Vec<&str>) = (a.iter().copied().take(10).collect(), b.iter().copied().take(10).collect());
        a.sort_unstable();
        b.sort_unstable();
        assert_eq!(a, b, "{told}");
        assert_eq!(theirs.facets, ours.facets, "{told}");
        for hit in &theirs.hits {
            let number: usize = hit.document.job_id.rsplit('_').next().unwrap().parse().unwrap();
            assert_eq!(hit.document, roles[number].document, "{told}");
        }
        found += usize::from(ours.total > 0);
        if query.words.is_empty() {
            assert_eq!(tops.0, tops.1, "{told}");
        } else {
            ranked += tops.1.len();
            common += tops.1.iter().filter(|id| tops.0.contains(id)).count();
            equal += usize::from(tops.0 == tops.1);
        }
    }
    assert!(found > QUESTIONS / 3, "only {found} questions found anything");
    let overlap = common as f64 / ranked as f64;
    // Both weigh words by BM25; Lucene averages lengths and counts roles over those that have the field, tantivy over all.
    #[expect(clippy::print_stdout, reason = "a measurement")]
    {
        println!(
            "{found} of {QUESTIONS} questions found something; top-10 overlap {overlap:.3}, {equal} in the same order"
        );
    }
    assert!(overlap >= 0.6, "the first ten overlap by {overlap}");
}
