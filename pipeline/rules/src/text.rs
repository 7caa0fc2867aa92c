//! What is read from the words of a text as a whole: its hash, its sketch and its language.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use pipeline_core::hash::Hasher;

/// Texts of fewer words have neither a sketch nor a language.
const SHORTEST: usize = 20;

/// Numbers in a sketch.
const SKETCH: usize = 64;

/// The words of `text` in lower case: runs of letters and digits.
pub fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// Hash of the words alone, so that layout and punctuation do not matter: 32 hexadecimal digits.
pub fn words_hash(words: &[String]) -> String {
    let mut hasher = Hasher::new("text");
    for word in words {
        hasher.add(word);
    }
    hasher.hex(32)
}

/// MinHash signature of the shingles of three words, as 64 little-endian 32-bit words; empty for short texts.
///
/// The share of equal words of two signatures estimates the Jaccard likeness of their texts.
pub fn sketch(words: &[String]) -> Vec<u8> {
    if words.len() < SHORTEST {
        return Vec::new();
    }
    let hashes: Vec<u64> = words.iter().map(|word| fnv(word.as_bytes())).collect();
    let mut shingles: Vec<u64> = hashes.windows(3).map(|three| mix(mix(mix(three[0]) ^ three[1]) ^ three[2])).collect();
    shingles.sort_unstable();
    shingles.dedup();
    let mut out = Vec::with_capacity(SKETCH * 4);
    for index in 0..SKETCH as u64 {
        // One odd multiplier and one addend per row stand for a random permutation (multiply-shift hashing).
        let (factor, addend) = (mix(2 * index + 1) | 1, mix(2 * index + 2));
        let mut least = u32::MAX;
        for shingle in &shingles {
            least = least.min((shingle.wrapping_mul(factor).wrapping_add(addend) >> 32) as u32);
        }
        out.extend_from_slice(&least.to_le_bytes());
    }
    out
}

/// Most words in a set of words.
const WORD_SET: usize = 1_024;

/// The distinct words as sorted 32-bit hashes, little-endian; of more than 1,024 the least.
///
/// The likeness of two such sets is exact up to that size, and beyond it the estimate by k minimum values (Bar-Yossef et al., 2002).
pub fn word_set(words: &[String]) -> Vec<u8> {
    let mut hashes: Vec<u32> = words.iter().map(|word| word_hash(word)).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes.truncate(WORD_SET);
    hashes.into_iter().flat_map(u32::to_le_bytes).collect()
}

/// How two sets of words overlap.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Overlap {
    /// Words in both by words in either (Jaccard), 0 to 1.
    pub jaccard: f64,
    /// Words in both by words in the smaller set, 0 to 1.
    pub containment: f64,
    /// Words in the smaller set.
    pub smaller: usize,
}

/// How two results of [`word_set`] overlap; nothing overlaps with an empty set.
pub fn overlap(left: &[u8], right: &[u8]) -> Overlap {
    let (whole_left, whole_right) = (hashes(left), hashes(right));
    // A cut set knows nothing of words beyond its last; both are looked at up to there.
    let cut = |set: &[u32]| set.last().copied().filter(|_| set.len() >= WORD_SET).unwrap_or(u32::MAX);
    let end = cut(&whole_left).min(cut(&whole_right));
    let left = &whole_left[..whole_left.partition_point(|hash| *hash <= end)];
    let right = &whole_right[..whole_right.partition_point(|hash| *hash <= end)];
    let (mut at, mut both) = (0, 0_usize);
    for hash in left {
        while right.get(at).is_some_and(|other| other < hash) {
            at += 1;
        }
        both += usize::from(right.get(at) == Some(hash));
    }
    let smaller = left.len().min(right.len());
    if smaller == 0 {
        return Overlap::default();
    }
    let either = left.len() + right.len() - both;
    let share = |whole: usize| both as f64 / whole as f64;
    Overlap { jaccard: share(either), containment: share(smaller), smaller: whole_left.len().min(whole_right.len()) }
}

/// Words that change the terms of a job: languages, and numbers from 10 to 999 as they stand in pay and experience.
const LANGUAGES: &[&str] = &[
    "arabic",
    "cantonese",
    "chinese",
    "czech",
    "danish",
    "dutch",
    "finnish",
    "french",
    "german",
    "hebrew",
    "hindi",
    "italian",
    "japanese",
    "korean",
    "mandarin",
    "norwegian",
    "polish",
    "portuguese",
    "russian",
    "spanish",
    "swedish",
    "turkish",
    "ukrainian",
];

static LANGUAGE_HASHES: LazyLock<BTreeSet<u32>> =
    LazyLock::new(|| LANGUAGES.iter().map(|word| word_hash(word)).collect());

static NUMBER_HASHES: LazyLock<BTreeSet<u32>> =
    LazyLock::new(|| (10..1_000_u32).map(|number| word_hash(&number.to_string())).collect());

fn word_hash(word: &str) -> u32 {
    (mix(fnv(word.as_bytes())) >> 32) as u32
}

/// Whether each of two results of [`word_set`] names languages, or numbers, that the other lacks.
pub fn terms_differ(left: &[u8], right: &[u8]) -> (bool, bool) {
    let (left, right) = (hashes(left), hashes(right));
    let own = |set: &[u32], other: &[u32], telling: &BTreeSet<u32>| {
        set.iter().any(|hash| telling.contains(hash) && other.binary_search(hash).is_err())
    };
    let differ = |telling: &BTreeSet<u32>| own(&left, &right, telling) && own(&right, &left, telling);
    (differ(&LANGUAGE_HASHES), differ(&NUMBER_HASHES))
}

fn hashes(set: &[u8]) -> Vec<u32> {
    set.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect()
}

fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The finaliser of SplitMix64.
fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Frequent words per language that its neighbours do not share.
const STOP_WORDS: &[(&str, &[&str])] = &[
    (
        "en",
        &[
            "the", "and", "of", "to", "with", "you", "our", "we", "your", "are", "this", "that", "will", "be", "or",
            "as", "is", "from", "have",
        ],
    ),
    (
        "de",
        &[
            "und", "der", "die", "das", "mit", "wir", "für", "sie", "den", "ein", "eine", "zu", "im", "du", "ist",
            "auf", "dein", "deine", "unser", "unsere", "oder", "bei", "von", "nicht",
        ],
    ),
    (
        "fr",
        &[
            "le", "les", "des", "et", "vous", "nous", "pour", "une", "dans", "avec", "du", "votre", "notre", "nos",
            "vos", "sur", "au", "aux", "est", "qui", "être", "ou",
        ],
    ),
    (
        "es",
        &[
            "el", "los", "las", "y", "con", "para", "una", "por", "del", "tu", "nuestro", "nuestra", "más", "como",
            "o", "su", "que", "en", "es",
        ],
    ),
    (
        "it",
        &[
            "il", "di", "della", "e", "con", "per", "una", "gli", "nel", "dei", "delle", "sono", "nostro", "nostra",
            "che", "del", "alla", "più", "è",
        ],
    ),
    (
        "nl",
        &[
            "het", "een", "van", "en", "je", "met", "voor", "ons", "onze", "wij", "zijn", "jij", "bij", "naar", "jouw",
            "ook", "aan", "dat", "niet",
        ],
    ),
    (
        "pt",
        &[
            "o", "os", "e", "com", "para", "uma", "do", "da", "dos", "das", "você", "não", "nossa", "nosso", "em",
            "mais", "ao", "seu", "que",
        ],
    ),
    (
        "pl",
        &[
            "i", "w", "z", "na", "oraz", "się", "jest", "dla", "nie", "lub", "do", "nasz", "naszym", "pracy", "o",
            "że", "jako",
        ],
    ),
    (
        "sv",
        &[
            "och", "att", "det", "som", "är", "vi", "för", "på", "av", "med", "du", "ett", "till", "din", "våra",
            "hos", "inom", "eller",
        ],
    ),
    (
        "da",
        &[
            "og", "at", "det", "som", "er", "vi", "på", "af", "med", "du", "et", "til", "din", "vores", "hos", "eller",
            "ikke", "dig", "vil",
        ],
    ),
];

/// ISO 639-1 code of the language that the frequent words speak for; `None` when short or unclear.
pub fn language(words: &[String]) -> Option<&'static str> {
    if words.len() < SHORTEST {
        return None;
    }
    let sample = &words[..words.len().min(1_000)];
    let mut votes: Vec<(usize, &str)> = STOP_WORDS
        .iter()
        .map(|(language, stops)| (sample.iter().filter(|word| stops.contains(&word.as_str())).count(), *language))
        .collect();
    votes.sort_unstable_by(|a, b| b.cmp(a));
    let (best, second) = (votes[0], votes[1]);
    let clear = best.0 * 100 >= sample.len() * 5 && best.0 * 10 >= second.0 * 13;
    clear.then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: &str = "You will work with our team of engineers and build the services that our customers use \
        every day. We are looking for a person who is curious and who likes to share what they learn with others.";

    fn likeness(a: &str, b: &str) -> usize {
        let (a, b) = (sketch(&words(a)), sketch(&words(b)));
        a.chunks(4).zip(b.chunks(4)).filter(|(x, y)| x == y).count()
    }

    #[test]
    fn layout_does_not_change_the_hash() {
        assert_eq!(words_hash(&words("A b,\nC")), words_hash(&words("a B c!")));
        assert_ne!(words_hash(&words("a b c")), words_hash(&words("a bc")));
    }

    #[test]
    fn like_texts_have_like_sketches() {
        assert_eq!(sketch(&words(ENGLISH)).len(), 256);
        assert_eq!(likeness(ENGLISH, ENGLISH), 64);
        assert!(likeness(ENGLISH, &ENGLISH.replace("curious", "bold")) > 40);
        assert!(likeness(ENGLISH, &"one two three four five six seven eight nine ten ".repeat(3)) < 8);
        assert!(sketch(&words("too short")).is_empty());
    }

    #[test]
    fn languages_are_told_by_their_frequent_words() {
        for (code, text) in [
            ("en", ENGLISH),
            (
                "de",
                "Wir suchen dich für unser Team in Berlin. Du arbeitest mit uns an der Plattform und bist für die Entwicklung von neuen Funktionen zuständig, die das Leben der Kunden leichter machen.",
            ),
            (
                "fr",
                "Nous recherchons une personne pour notre équipe à Paris. Vous travaillez avec nous dans le développement des produits et vous êtes au contact de nos clients pour les aider sur le terrain.",
            ),
            (
                "nl",
                "Wij zoeken een ontwikkelaar voor ons team in Utrecht. Je werkt met collega's aan het platform van morgen en je bent niet bang om vragen te stellen bij onze klanten.",
            ),
            (
                "sv",
                "Vi söker en utvecklare som vill arbeta med oss på kontoret i Malmö. Du är en person som trivs med att lära dig nytt och som delar med dig av det till våra kunder.",
            ),
        ] {
            assert_eq!(language(&words(text)), Some(code), "{text}");
        }
    }

    #[test]
    fn an_unclear_language_stays_unknown() {
        assert_eq!(language(&words("Rust Python Go")), None);
        assert_eq!(language(&words(&"kafka spark flink ".repeat(10))), None);
    }
}
