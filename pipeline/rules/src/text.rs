//! What is read from the words of a text as a whole: its language.

/// Texts of fewer words have no language.
const SHORTEST: usize = 20;

/// The words of `text` in lower case: runs of letters and digits.
pub fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
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
