//! A small vocabulary of skills and places, so that the rubric is tested without the tables it is lent in production.

use std::sync::Arc;

use pipeline_core::stage::{PlaceReader, PlaceReading, SkillReader, SkillSpan};
use pipeline_matching::Rubric;

/// Canonical names, each with the writings that mean it in lower case.
const SKILLS: &[(&str, &[&str])] = &[
    ("Airflow", &["airflow"]),
    ("Apache Kafka", &["kafka"]),
    ("Apache Spark", &["spark"]),
    ("AWS", &["aws"]),
    ("C++", &["c++"]),
    ("CSS", &["css"]),
    ("dbt", &["dbt"]),
    ("Docker", &["docker"]),
    ("Excel", &["excel"]),
    ("Figma", &["figma"]),
    ("Git", &["git"]),
    ("Go", &["go", "golang"]),
    ("Grafana", &["grafana"]),
    ("GraphQL", &["graphql"]),
    ("gRPC", &["grpc"]),
    ("Helm", &["helm"]),
    ("Istio", &["istio"]),
    ("Java", &["java"]),
    ("Jest", &["jest"]),
    ("Kotlin", &["kotlin"]),
    ("Kubernetes", &["kubernetes", "k8s"]),
    ("Looker", &["looker"]),
    ("MLflow", &["mlflow"]),
    ("MySQL", &["mysql"]),
    ("Next.js", &["next.js"]),
    ("Node.js", &["node.js", "node"]),
    ("pandas", &["pandas"]),
    ("PostgreSQL", &["postgresql", "postgres"]),
    ("Prometheus", &["prometheus"]),
    ("Python", &["python"]),
    ("PyTorch", &["pytorch"]),
    ("React", &["react"]),
    ("Rust", &["rust"]),
    ("scikit-learn", &["scikit-learn", "sklearn"]),
    ("SQL", &["sql"]),
    ("Swift", &["swift"]),
    ("Tableau", &["tableau"]),
    ("Tailwind CSS", &["tailwind css", "tailwind"]),
    ("TensorFlow", &["tensorflow"]),
    ("Terraform", &["terraform"]),
    ("Tokio", &["tokio", "async/tokio"]),
    ("Triage", &["triage"]),
    ("TypeScript", &["typescript"]),
    ("Vue", &["vue"]),
    ("WordPress", &["wordpress"]),
];

/// Cities with region and country.
const CITIES: &[(&str, &str, &str)] = &[
    ("Amsterdam", "North Holland", "NL"),
    ("Austin", "Texas", "US"),
    ("Berlin", "Berlin", "DE"),
    ("Chicago", "Illinois", "US"),
    ("Dublin", "Leinster", "IE"),
    ("Munich", "Bavaria", "DE"),
    ("Vancouver", "British Columbia", "CA"),
];

const COUNTRIES: &[(&str, &str)] =
    &[("Germany", "DE"), ("Ireland", "IE"), ("United States", "US"), ("Netherlands", "NL"), ("Canada", "CA")];

struct Vocabulary;

impl SkillReader for Vocabulary {
    fn skills(&self, text: &str) -> Vec<SkillSpan> {
        let lower = text.to_ascii_lowercase();
        let free = |at: Option<char>| at.is_none_or(|sign| !sign.is_alphanumeric() && sign != '+');
        let mut spans: Vec<SkillSpan> = Vec::new();
        for (skill, words) in SKILLS {
            for word in *words {
                for (start, _) in lower.match_indices(word) {
                    let end = start + word.len();
                    if free(lower[..start].chars().next_back()) && free(lower[end..].chars().next()) {
                        spans.push(SkillSpan { skill: (*skill).to_owned(), start, end });
                    }
                }
            }
        }
        spans.sort_by_key(|span| (span.start, span.end));
        spans
    }

    fn canonical(&self, words: &str) -> Option<String> {
        let words = words.trim().to_lowercase();
        let known =
            |(skill, writings): &&(&str, &[&str])| skill.to_lowercase() == words || writings.contains(&words.as_str());
        SKILLS.iter().find(known).map(|(skill, _)| (*skill).to_owned())
    }
}

impl PlaceReader for Vocabulary {
    fn place(&self, text: &str) -> PlaceReading {
        if let Some((city, region, country)) = CITIES.iter().find(|(city, ..)| text.contains(city)) {
            return PlaceReading {
                city: Some((*city).to_owned()),
                region: Some((*region).to_owned()),
                country: Some((*country).to_owned()),
            };
        }
        let country = COUNTRIES.iter().find(|(name, _)| text.contains(name)).map(|(_, code)| (*code).to_owned());
        PlaceReading { country, ..PlaceReading::default() }
    }
}

/// A rubric that knows this vocabulary.
pub fn rubric() -> Rubric {
    Rubric { skills: Arc::new(Vocabulary), places: Arc::new(Vocabulary) }
}
