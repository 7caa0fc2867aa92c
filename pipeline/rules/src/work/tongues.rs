//! Human languages that a posting asks for, with how well.

use std::sync::LazyLock;

use serde::Serialize;

use super::Found;
use super::clauses::{Clauses, Phrases};
use crate::sections::Kind;

/// How well, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mastery {
    /// Some: CEFR A1, A2.
    Basic,
    /// Good: B1, B2, "conversational", "proficient".
    Good,
    /// Fluent, business or professional: C1.
    Fluent,
    /// Native or as good: C2.
    Native,
}

/// A language that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Tongue {
    /// ISO 639-1 code.
    pub language: &'static str,
    /// How well; `None` where the posting does not say.
    pub mastery: Option<Mastery>,
    /// Whether it is only preferred.
    pub preferred: bool,
}

static NAMES: LazyLock<Phrases<&'static str>> = LazyLock::new(|| {
    Phrases::new(&[
        (
            "en",
            &[
                "english",
                "englisch",
                "englischkenntnisse",
                "englischkenntnissen",
                "anglais",
                "inglés",
                "inglese",
                "engels",
                "inglês",
                "angielski",
                "angielskiego",
                "engelska",
                "engelsk",
            ],
        ),
        (
            "de",
            &[
                "german",
                "deutsch",
                "deutschkenntnisse",
                "deutschkenntnissen",
                "allemand",
                "alemán",
                "tedesco",
                "duits",
                "alemão",
                "niemiecki",
                "niemieckiego",
                "tyska",
                "tysk",
            ],
        ),
        (
            "fr",
            &[
                "french",
                "französisch",
                "französischkenntnisse",
                "français",
                "francés",
                "francese",
                "frans",
                "francês",
                "francuski",
                "franska",
                "fransk",
            ],
        ),
        (
            "es",
            &[
                "spanish",
                "spanisch",
                "spanischkenntnisse",
                "espagnol",
                "español",
                "spagnolo",
                "spaans",
                "espanhol",
                "hiszpański",
            ],
        ),
        ("it", &["italian", "italienisch", "italien", "italiano", "italiaans"]),
        ("nl", &["dutch", "niederländisch", "néerlandais", "nederlands", "neerlandés"]),
        ("pt", &["portuguese", "portugiesisch", "portugais", "portugués", "português"]),
        ("pl", &["polish", "polnisch", "polonais", "polski", "polskiego"]),
        ("sv", &["swedish", "schwedisch", "suédois", "svenska"]),
        ("da", &["danish", "dänisch", "dansk"]),
        ("no", &["norwegian", "norwegisch", "norsk"]),
        ("fi", &["finnish", "finnisch", "suomi"]),
        ("ja", &["japanese", "japanisch", "japonais"]),
        ("zh", &["mandarin", "chinese", "cantonese", "chinesisch", "chinois"]),
        ("ko", &["korean", "koreanisch", "coréen"]),
        ("ru", &["russian", "russisch", "russe"]),
        ("uk", &["ukrainian"]),
        ("cs", &["czech", "tschechisch"]),
        ("ar", &["arabic", "arabisch", "arabe"]),
        ("he", &["hebrew"]),
        ("hi", &["hindi"]),
        ("tr", &["turkish", "türkisch"]),
        ("el", &["greek"]),
        ("hu", &["hungarian"]),
        ("ro", &["romanian"]),
        ("vi", &["vietnamese"]),
        ("th", &["thai"]),
        ("id", &["bahasa", "indonesian"]),
    ])
});

/// Words that say how well.
const LEVELS: &[(Mastery, &[&str])] = &[
    (
        Mastery::Native,
        &[
            "native",
            "nativelike",
            "c2",
            "bilingual",
            "muttersprache",
            "muttersprachlich",
            "muttersprachniveau",
            "maternelle",
            "bilingue",
            "nativo",
            "madrelingua",
            "moedertaal",
        ],
    ),
    (
        Mastery::Fluent,
        &[
            "fluent",
            "fluency",
            "fluently",
            "c1",
            "fließend",
            "fliessend",
            "fließende",
            "fließendes",
            "verhandlungssicher",
            "verhandlungssichere",
            "verhandlungssicheres",
            "courant",
            "couramment",
            "fluido",
            "fluente",
            "vloeiend",
            "biegły",
            "flytande",
            "flydende",
            "business",
            "professional",
            "full",
            "excellent",
            "sehr",
            "perfect",
            "fluide",
        ],
    ),
    (
        Mastery::Good,
        &[
            "b1",
            "b2",
            "conversational",
            "proficient",
            "proficiency",
            "good",
            "strong",
            "gute",
            "gutes",
            "guten",
            "working",
            "intermediate",
            "solid",
            "bon",
            "bonne",
            "komunikatywny",
        ],
    ),
    (Mastery::Basic, &["a1", "a2", "basic", "grundkenntnisse", "beginner", "notions"]),
];

/// Words that show that a language is asked for, without a level.
const ASKS: &[&str] = &[
    "speaking",
    "speaker",
    "speakers",
    "speak",
    "spoken",
    "written",
    "language",
    "languages",
    "skills",
    "kenntnisse",
    "sprachkenntnisse",
    "sprache",
    "sprachen",
    "command",
    "communicate",
    "communication",
    "wort",
    "langue",
    "parler",
    "idioma",
    "knowledge",
    "oral",
    "verbal",
    "literacy",
];

/// Every language that `clauses` ask for, once each, in order.
pub(super) fn tongues(clauses: &Clauses<'_>, ground: &super::Ground<'_>) -> Vec<Found<Tongue>> {
    let mut out: Vec<Found<Tongue>> = Vec::new();
    for (language, range) in NAMES.find(clauses) {
        let at = range.start;
        let Some(word) = clauses.at(at) else { continue };
        // "polish" and "italien" are words and places, too.
        if !clauses.text[word.start..].starts_with(char::is_uppercase)
            && clauses.text.is_char_boundary(word.start)
            && matches!(clauses.word(at), "polish" | "thai" | "greek" | "frans" | "duits" | "anglais" | "italien")
        {
            continue;
        }
        let kind = ground.kind(word.start);
        if matches!(kind, Kind::About | Kind::Benefits | Kind::Legal | Kind::Pay) {
            continue;
        }
        let sentence = clauses.sentence(at, 12);
        let near = sentence.start.max(at.saturating_sub(7))..sentence.end.min(at + 7);
        let inner = clauses.word(at).contains("kenntnisse") && !clauses.word(at).starts_with("kenntnisse");
        let mastery = mastery(clauses, &near);
        let asked = inner
            || mastery.is_some() && clauses.has(near.clone(), ASKS)
            || mastery.is_some_and(|found| matches!(found, Mastery::Native | Mastery::Fluent))
            || clauses.has(sentence.start.max(at.saturating_sub(3))..sentence.end.min(at + 3), ASKS);
        // "Experience with the German market", "Danish company", "native English apps".
        let market = clauses.has(
            at + 1..sentence.end.min(at + 2),
            &[
                "market",
                "markets",
                "company",
                "companies",
                "customers",
                "law",
                "team",
                "startup",
                "university",
                "office",
                "government",
                "gaap",
                "translation",
                "literature",
                "teacher",
                "tax",
                "speaking",
            ],
        ) && clauses.word(at + 1) != "speaking";
        let denied = clauses.has(sentence.start.max(at.saturating_sub(5))..at, &["no", "not", "other", "don"]);
        if !asked || market || denied || out.iter().any(|found| found.value.language == language) {
            continue;
        }
        let preferred = kind == Kind::Preferred
            || clauses.has(
                sentence.clone(),
                &[
                    "plus",
                    "preferred",
                    "bonus",
                    "nice",
                    "advantage",
                    "advantageous",
                    "desirable",
                    "ideally",
                    "vorteil",
                    "atout",
                    "valorable",
                    "optional",
                    "helpful",
                    "beneficial",
                    "asset",
                ],
            );
        out.push(Found::in_text(Tongue { language, mastery, preferred }, "language-phrase", clauses.span(range), 0.85));
    }
    out
}

/// The best level that the words of `near` say.
fn mastery(clauses: &Clauses<'_>, near: &std::ops::Range<usize>) -> Option<Mastery> {
    LEVELS.iter().find(|(_, words)| clauses.has(near.clone(), words)).map(|(level, _)| *level)
}
