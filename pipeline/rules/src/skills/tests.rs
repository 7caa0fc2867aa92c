//! What the dictionary reads in the sentences of postings.

use std::sync::LazyLock;
use std::time::Duration;

use cpu_time::ProcessTime;
use proptest::prelude::*;

use super::*;

static BOOK: LazyLock<Dictionary> = LazyLock::new(Dictionary::new);

fn read(text: &str) -> Vec<String> {
    names(&BOOK.find(text))
}

fn fact(text: &str, skill: &str) -> SkillFact {
    let facts = BOOK.facts(text, "", None, &[]);
    facts.into_iter().find(|fact| fact.skill == skill).unwrap_or_else(|| panic!("{skill} in {text}"))
}

#[test]
fn skills_are_found_as_whole_tokens() {
    assert_eq!(read("Python, PostgreSQL and k8s; not Pythonic javascripting"), ["Kubernetes", "PostgreSQL", "Python"]);
    assert_eq!(read("C++, C# and .NET with Node.js"), [".NET", "C#", "C++", "Node.js"]);
    assert_eq!(read("CI/CD on AWS"), ["AWS", "CI/CD"]);
    assert_eq!(read("C++17 用Python开发"), ["C++", "Python"]);
}

#[test]
fn the_longest_name_wins() {
    assert_eq!(read("React Native apps"), ["React Native"]);
    assert_eq!(read("We use React. Native speakers welcome."), ["React"]);
    assert_eq!(read("Spring Boot"), ["Spring Boot"]);
}

#[test]
fn a_word_of_the_language_needs_a_cue_or_a_neighbour() {
    assert_eq!(read("Python, Go, Rust"), ["Go", "Python", "Rust"]);
    assert_eq!(read("the Go programming language"), ["Go"]);
    for text in [
        "Go to market",
        "go above and beyond",
        "Go further with our tools",
        "Rust belt region",
        "rust removal and painting skills",
        "Excel in a fast team",
        "Spring 2025 internship",
        "swift action",
        "R&D team",
        "C-level contacts",
        "Express yourself",
        "Make sure tools are clean",
        "Access to great tools",
        "The rest of the team",
        "react quickly to incidents",
        "Notion is hiring",
        "visit notion.so",
        "Word of mouth",
        "We help teams excel",
        "a segment of customers",
        "Join our Slack",
        "Unity of purpose",
        "Dart board",
        "Chef de partie",
        "Phoenix, AZ software engineer",
        "Salt Lake City engineer",
        "Linear Algebra skills",
        "a Ph.D. in software engineering",
        "Developer (m/w/d)",
        "Series C software company",
        "customers like Stripe, Snowflake and GitHub",
        "see https://github.com/initech and python.org",
    ] {
        assert_eq!(read(text), Vec::<String>::new(), "{text}");
    }
    assert_eq!(read("Microsoft Excel"), ["Excel"]);
    assert_eq!(read("led by Spark Capital, with Spark and SQL"), ["SQL", "Spark"]);
    assert_eq!(read("proficiency in Excel"), ["Excel"]);
}

#[test]
fn an_employers_own_name_is_no_skill_unless_experience_with_it_is_asked() {
    let found = |text: &str, employer: &str| names(&BOOK.find_for(text, Some(employer)));
    assert_eq!(found("Databricks is the data company. We use Python.", "Databricks"), ["Python"]);
    assert_eq!(found("Snowflake is growing", "Snowflake Inc."), Vec::<String>::new());
    assert_eq!(found("Experience with Databricks and Python", "Databricks"), ["Databricks", "Python"]);
    assert_eq!(found("Databricks is the data company", "Initech"), ["Databricks"]);
}

#[test]
fn what_is_denied_is_no_skill() {
    assert_eq!(read("No Java required"), Vec::<String>::new());
    assert_eq!(read("Kotlin, not Java"), ["Kotlin"]);
    assert_eq!(read("not only Java but Kotlin"), ["Java", "Kotlin"]);
    assert_eq!(fact("No Java required", "Java").requirement, Requirement::Mentioned);
}

#[test]
fn spans_point_at_the_words() {
    let text = "ä Kubernetes, k8s";
    for span in BOOK.find(text) {
        assert_eq!(span.skill, "Kubernetes");
        assert!(["Kubernetes", "k8s"].contains(&&text[span.start..span.end]));
    }
}

#[test]
fn a_persons_word_has_a_canonical_name() {
    assert_eq!(BOOK.canonical("postgres").as_deref(), Some("PostgreSQL"));
    assert_eq!(BOOK.canonical("golang").as_deref(), Some("Go"));
    assert_eq!(BOOK.canonical("go").as_deref(), Some("Go"));
    assert_eq!(BOOK.canonical("basket weaving"), None);
}

#[test]
fn sentences_and_sections_say_how_a_skill_stands() {
    use Requirement::{Mentioned, Preferred, Required};
    for (text, skill, expected) in [
        ("Must have Python", "Python", Required),
        ("Python is required; Kotlin is a plus", "Python", Required),
        ("Python is required; Kotlin is a plus", "Kotlin", Preferred),
        ("Nice to have: Kotlin, Terraform", "Terraform", Preferred),
        ("Kenntnisse in Terraform von Vorteil", "Terraform", Preferred),
        ("La connaissance de Docker est un plus", "Docker", Preferred),
        ("Se valorará experiencia con Docker", "Docker", Preferred),
        ("Docker is not required", "Docker", Preferred),
        ("Strong Python, ideally with Docker", "Python", Required),
        ("Strong Python, ideally with Docker", "Docker", Preferred),
        ("Our stack is Python", "Python", Mentioned),
        ("Python expertise. A strong team is a plus", "Python", Mentioned),
    ] {
        assert_eq!(fact(text, skill).requirement, expected, "{text}");
    }
    let text = "Requirements\n- Python\n- Bash\n- PHP is a plus\n\nNice to have\n- Docker\n- strong Terraform\n\nWhat you will do\n- Write SQL";
    let facts = BOOK.facts(text, "Kotlin Developer", None, &crate::sections::read(text));
    assert_eq!(named(&facts, Required), ["Bash", "Kotlin", "Python"]);
    assert_eq!(named(&facts, Preferred), ["Docker", "PHP", "Terraform"]);
    assert_eq!(named(&facts, Mentioned), ["SQL"]);
}

#[test]
fn years_go_with_the_skills_they_are_said_of() {
    let text = "5+ years of Python, Kotlin or Java; Docker. Terraform (2-3 years)";
    for (skill, expected) in [
        ("Python", Some((5, None))),
        ("Kotlin", Some((5, None))),
        ("Java", Some((5, None))),
        ("Docker", None),
        ("Terraform", Some((2, Some(3)))),
    ] {
        assert_eq!(fact(text, skill).years, expected, "{skill}");
    }
}

#[test]
fn a_fact_is_written_with_its_ids() {
    let written = serde_json::to_value(fact("3 years of Haskell", "Haskell")).unwrap();
    assert_eq!(written["esco"], "http://data.europa.eu/esco/skill/000f1d3d-220f-4789-9c0a-cc742521fb02");
    assert_eq!((&written["years"][0], &written["spans"][0][0]), (&serde_json::json!(3), &serde_json::json!(11)));
}

#[test]
fn the_order_of_lines_means_nothing() {
    let forwards = Dictionary::read(&["Go\tGolang\tcue\nPython\t=Py\nJava\n", "Kotlin\nGo\n"]);
    let backwards = Dictionary::read(&["Java\nPython\t=Py\nGo\tGolang\tcue\n", "Go\nKotlin\n"]);
    for text in ["Golang Kotlin Py py", "Go, Java and Python", "Go"] {
        assert_eq!(forwards.find(text), backwards.find(text));
    }
}

#[test]
fn every_broader_skill_is_a_skill_and_no_skill_is_its_own() {
    for skill in BOOK.skills() {
        let mut above = skill.broader;
        for _ in 0..5 {
            let Some(name) = above else { break };
            above = BOOK.skill(name).unwrap_or_else(|| panic!("{} is under {name}", skill.name)).broader;
        }
        assert_eq!(above, None, "{}", skill.name);
    }
}

#[test]
fn a_name_means_one_skill() {
    let mut names: Vec<(String, Option<&str>, &str)> = BOOK
        .names
        .iter()
        .map(|name| {
            let cased = (name.rule != dictionary::Rule::Always).then_some(name.written);
            (name.written.to_lowercase(), cased, BOOK.skills()[name.skill].name)
        })
        .collect();
    names.sort_unstable();
    for two in names.windows(2) {
        assert!((&two[0].0, two[0].1) != (&two[1].0, two[1].1) || two[0].2 == two[1].2, "{two:?}");
    }
}

#[test]
fn hostile_texts_cost_no_more_than_their_length() {
    let cost = |text: &str| {
        let began = ProcessTime::now();
        let facts = BOOK.facts(text, "", Some("Go"), &[]);
        (began.elapsed(), facts.len())
    };
    for piece in [
        "Go ",
        "Python,",
        "+",
        "C++",
        "Go, not Go (5 years) ",
        "years 5 ",
        "\u{301}é",
        "Microsoft Microsoft ",
        ".net",
        "a. ",
    ] {
        let (short, long) = (piece.repeat(3_000 / piece.len()), piece.repeat(60_000 / piece.len()));
        let least = |text: &str| (0..3).map(|_| cost(text).0).min().unwrap_or_default();
        let (short, long) = (least(&short), least(&long));
        assert!(long < short * 60 + Duration::from_millis(100), "{piece}: {short:?} and {long:?}");
    }
}

proptest! {
    #[test]
    fn spans_lie_in_the_text(text in "(\\PC|C\\+\\+|\\.NET|Go|Python|5\\+ years of |not |plus |é|[ ,\\n.#+]){0,60}", title in "(\\PC|Go |Python|[ ,]){0,9}") {
        for span in BOOK.find(&text) {
            prop_assert!(text.get(span.start..span.end).is_some_and(|words| !words.is_empty()));
        }
        let facts = BOOK.facts(&text, &title, Some(&title), &crate::sections::read(&text));
        for fact in &facts {
            for (start, end) in &fact.spans {
                prop_assert!(text.get(*start..*end).is_some_and(|words| !words.is_empty()));
            }
        }
        prop_assert!(facts.windows(2).all(|two| two[0].skill < two[1].skill));
    }
}
