//! Whether a sentence asks for a skill or would merely like it: wordings found once in the whole text, then looked up around each skill.

use std::sync::LazyLock;

use super::context::{is_in, words};
use super::facts::Requirement;
use super::phrases::Phrases;

/// How far from a skill a wording may stand, in bytes.
const WINDOW: usize = 240;

/// Wordings that would like a skill.
const PREFERRED: &[&str] = &[
    "nice to have",
    "good to have",
    "great to have",
    "a plus",
    "a big plus",
    "a huge plus",
    "a strong plus",
    "a definite plus",
    "a major plus",
    "are plus",
    "is plus",
    "be a plus",
    "as a plus",
    "pluses",
    "plus if",
    "bonus",
    "bonus points",
    "preferred",
    "preferable",
    "preferably",
    "prefer",
    "preference",
    "ideally",
    "desirable",
    "desired",
    "advantage",
    "an advantage",
    "advantageous",
    "a benefit",
    "beneficial",
    "not required",
    "not a must",
    "not mandatory",
    "not necessary",
    "would be great",
    "would be nice",
    "we'd love",
    "would love",
    "optional",
    "helpful",
    "an asset",
    "von Vorteil",
    "wünschenswert",
    "idealerweise",
    "gerne auch",
    "Pluspunkt",
    "est un plus",
    "serait un plus",
    "sont un plus",
    "un atout",
    "idéalement",
    "souhaité",
    "souhaitée",
    "apprécié",
    "appréciée",
    "se valorará",
    "se valorarán",
    "se valora",
    "valorable",
    "deseable",
    "será un plus",
    "es un plus",
    "diferencial",
    "desejável",
    "gradito",
    "gradita",
    "preferibile",
    "costituisce titolo preferenziale",
    "een pré",
    "een plus",
    "mile widziane",
];

/// Those of them that speak only of what stands after them: "ideally in Python".
const FORWARD: &[&str] = &[
    "preferably",
    "ideally",
    "prefer",
    "idealerweise",
    "gerne auch",
    "idéalement",
    "bonus points",
    "we'd love",
    "would love",
    "plus if",
    "se valorará",
    "se valorarán",
    "se valora",
];

/// Wordings that ask for a skill wherever they stand.
const REQUIRED: &[&str] = &[
    "must have",
    "must haves",
    "must be",
    "a must",
    "required",
    "requirement",
    "requirements",
    "requires",
    "require",
    "mandatory",
    "essential",
    "need to have",
    "you need",
    "you have",
    "you bring",
    "you must",
    "zwingend",
    "erforderlich",
    "vorausgesetzt",
    "Voraussetzung",
    "exigé",
    "exigée",
    "requis",
    "requise",
    "indispensable",
    "obligatoire",
    "imprescindible",
    "requerido",
    "requerida",
    "obligatorio",
    "necesario",
    "necesaria",
    "obrigatório",
    "obrigatória",
    "richiesto",
    "richiesta",
    "richiesti",
    "vereist",
    "wymagane",
    "wymagana",
];

/// Those of them that speak of what stands before them: "Python is required".
const BACKWARD: &[&str] = &[
    "required",
    "a must",
    "mandatory",
    "essential",
    "zwingend",
    "erforderlich",
    "vorausgesetzt",
    "exigé",
    "exigée",
    "requis",
    "requise",
    "indispensable",
    "obligatoire",
    "imprescindible",
    "requerido",
    "requerida",
    "obligatorio",
    "necesario",
    "necesaria",
    "obrigatório",
    "obrigatória",
    "richiesto",
    "richiesta",
    "richiesti",
    "vereist",
    "wymagane",
    "wymagana",
];

/// Wordings that ask for a skill where no heading says what the text is about; elsewhere they praise, too.
const ASKING: &[&str] = &[
    "minimum",
    "at least",
    "proven",
    "demonstrated",
    "strong",
    "solid",
    "deep",
    "expert",
    "expertise",
    "fluent in",
    "fluency in",
    "proficient",
    "proficiency",
    "hands on",
    "experience with",
    "experience in",
    "experience using",
    "experience of",
    "experienced",
    "knowledge of",
    "familiar with",
    "familiarity with",
    "looking for",
    "seeking",
    "sehr gute",
    "fundierte",
    "Erfahrung",
    "Kenntnisse",
    "maîtrise",
    "expérience",
    "connaissance",
    "connaissances",
    "experiencia",
    "conocimiento",
    "conocimientos",
    "experiência",
    "conhecimento",
    "esperienza",
    "conoscenza",
    "ervaring",
];

/// What a wording says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wording {
    Likes { forward: bool },
    Asks { backward: bool },
    AsksMildly,
}

static WORDINGS: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::new(PREFERRED.iter().chain(REQUIRED).chain(ASKING).copied()));

/// The wording of this number among all.
fn wording(number: usize) -> Wording {
    match number.checked_sub(PREFERRED.len()) {
        None => Wording::Likes { forward: FORWARD.contains(&PREFERRED[number]) },
        Some(at) if at < REQUIRED.len() => Wording::Asks { backward: BACKWARD.contains(&REQUIRED[at]) },
        Some(_) => Wording::AsksMildly,
    }
}

/// The wordings of a text, in order of place.
pub(super) struct Wordings(Vec<(usize, usize, Wording)>);

impl Wordings {
    /// All wordings of `text`.
    pub(super) fn read(text: &str) -> Self {
        Self(WORDINGS.find(text).into_iter().map(|found| (found.start, found.end, wording(found.phrase))).collect())
    }

    /// What the sentence around bytes `start..end` says of the skill that stands there; `None` when it says nothing. `untold` when no
    /// heading says what the text there is about.
    pub(super) fn around(&self, text: &str, start: usize, end: usize, untold: bool) -> Option<Requirement> {
        self.behind(text, end).or_else(|| self.ahead(text, start, untold))
    }

    /// The first wording after a skill that says how it stands.
    fn behind(&self, text: &str, end: usize) -> Option<Requirement> {
        let first = self.0.partition_point(|(start, _, _)| *start < end);
        let mut from = end;
        for (start, _, wording) in &self.0[first..] {
            if *start > end + WINDOW || ends_clause(&text[from..*start]) {
                return None;
            }
            from = *start;
            match wording {
                Wording::Likes { forward: false } => return Some(Requirement::Preferred),
                Wording::Asks { backward: true } => return Some(Requirement::Required),
                Wording::Likes { forward: true } | Wording::Asks { backward: false } | Wording::AsksMildly => {}
            }
        }
        None
    }

    /// The last wording before a skill that says how it stands; what asks only mildly does not undo what would like.
    fn ahead(&self, text: &str, start: usize, untold: bool) -> Option<Requirement> {
        let last = self.0.partition_point(|(_, end, _)| *end <= start);
        let (mut said, mut to) = (None, start);
        for (_, end, wording) in self.0[..last].iter().rev() {
            if *end + WINDOW < start || ends_clause(&text[*end..to]) {
                break;
            }
            to = *end;
            match wording {
                Wording::Likes { .. } => return Some(Requirement::Preferred),
                Wording::Asks { .. } => return Some(Requirement::Required),
                Wording::AsksMildly if untold => said = Some(Requirement::Required),
                Wording::AsksMildly => {}
            }
        }
        said
    }
}

/// Whether a sentence or a clause that starts anew ends in `gap`.
fn ends_clause(gap: &str) -> bool {
    let bytes = gap.as_bytes();
    let ends = |two: &[u8]| matches!(two, [b'.' | b'!' | b'?' | b';', b' ']);
    bytes.contains(&b'\n') || bytes.windows(2).any(ends) || gap.contains(" but ") || gap.contains(" aber ")
}

/// Whether a gap between two skills only lists: "Go, Rust or C++".
pub(super) fn only_lists(gap: &str) -> bool {
    gap.len() <= 24
        && !gap.contains(['\n', ';', '(', ')'])
        && words(gap).all(|word| is_in(word, &["and", "or", "und", "oder", "et", "ou", "y", "o", "e", "with", "plus"]))
        && !gap.contains(". ")
}
