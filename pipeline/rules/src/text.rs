//! What is read from the words of a text as a whole: its language.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Texts of fewer words have no language.
const SHORTEST: usize = 20;

/// The words of `text` in lower case: runs of letters and digits.
pub fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// Frequent words per language.
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
            "o", "os", "e", "para", "uma", "do", "da", "dos", "das", "você", "não", "nossa", "nosso", "em", "mais",
            "ao", "seu", "que",
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
            "ikke", "dig", "der", "søger", "har", "være", "ved", "efter", "samt", "gerne", "arbejde", "opgaver", "jer",
            "hvad", "vil",
        ],
    ),
    (
        "no",
        &[
            "og", "at", "det", "som", "er", "vi", "på", "av", "med", "du", "et", "til", "din", "våre", "vår", "hos",
            "eller", "ikke", "deg", "søker", "har", "være", "ved", "etter", "samt", "gjerne", "arbeid", "oppgaver",
            "deres", "vil", "oss", "hva", "jobbe", "kan",
        ],
    ),
    (
        "fi",
        &[
            "ja", "on", "että", "sekä", "tai", "myös", "sinulla", "meillä", "voit", "joka", "ovat", "kanssa", "olet",
            "sinun", "työ", "kun", "ei", "mukaan", "meidän", "hakemus",
        ],
    ),
    (
        "cs",
        &[
            "a",
            "v",
            "na",
            "se",
            "je",
            "pro",
            "do",
            "že",
            "jsme",
            "jako",
            "nebo",
            "ve",
            "které",
            "který",
            "práce",
            "našich",
            "při",
            "nabízíme",
            "tým",
            "už",
            "být",
            "k",
        ],
    ),
    (
        "sk",
        &[
            "a",
            "v",
            "na",
            "sa",
            "je",
            "pre",
            "do",
            "že",
            "sme",
            "ako",
            "alebo",
            "vo",
            "ktoré",
            "ktorý",
            "práce",
            "našich",
            "pri",
            "ponúkame",
            "tím",
            "už",
            "byť",
            "k",
        ],
    ),
    (
        "hu",
        &[
            "és",
            "az",
            "egy",
            "hogy",
            "nem",
            "is",
            "vagy",
            "van",
            "meg",
            "csapat",
            "munka",
            "ha",
            "mint",
            "már",
            "ahol",
            "való",
            "számára",
            "valamint",
            "új",
            "amely",
        ],
    ),
    (
        "ro",
        &[
            "și",
            "să",
            "cu",
            "pentru",
            "din",
            "este",
            "sunt",
            "sau",
            "care",
            "ale",
            "pe",
            "în",
            "la",
            "o",
            "nostru",
            "noastră",
            "mai",
            "prin",
            "experiență",
            "ai",
        ],
    ),
    (
        "tr",
        &[
            "ve",
            "bir",
            "bu",
            "için",
            "ile",
            "olarak",
            "olan",
            "da",
            "de",
            "veya",
            "en",
            "iş",
            "tecrübeli",
            "sahip",
            "iyi",
            "gibi",
            "daha",
            "olmak",
            "konusunda",
            "ekip",
        ],
    ),
    (
        "hr",
        &[
            "i", "u", "na", "je", "za", "se", "da", "od", "s", "ili", "te", "su", "kao", "koji", "tvoj", "rad",
            "iskustvo", "našem", "što", "biti",
        ],
    ),
    (
        "ca",
        &[
            "el",
            "els",
            "les",
            "i",
            "amb",
            "per",
            "una",
            "del",
            "dels",
            "al",
            "que",
            "en",
            "és",
            "més",
            "nostre",
            "feina",
            "experiència",
            "o",
            "la",
        ],
    ),
    (
        "ru",
        &[
            "и",
            "в",
            "на",
            "с",
            "не",
            "по",
            "мы",
            "для",
            "от",
            "что",
            "или",
            "вы",
            "из",
            "как",
            "опыт",
            "работы",
            "за",
            "к",
        ],
    ),
    (
        "uk",
        &[
            "і",
            "в",
            "на",
            "з",
            "не",
            "та",
            "ми",
            "для",
            "від",
            "що",
            "або",
            "ви",
            "із",
            "як",
            "досвід",
            "роботи",
            "у",
            "до",
            "й",
        ],
    ),
    (
        "bg",
        &[
            "и",
            "в",
            "на",
            "с",
            "не",
            "за",
            "ние",
            "от",
            "че",
            "или",
            "се",
            "да",
            "като",
            "опит",
            "работа",
            "са",
            "е",
            "ще",
        ],
    ),
];

/// Words of a text that are looked at for its language.
const SAMPLE: usize = 1_000;

/// Fewest letters by which a script alone tells the language.
const LETTERS: usize = 40;

/// The languages that a word is frequent in, as bits by the order of [`STOP_WORDS`].
static STOPS: LazyLock<HashMap<&str, u32>> = LazyLock::new(|| {
    let mut stops = HashMap::new();
    for (bit, (_, words)) in STOP_WORDS.iter().enumerate() {
        for word in *words {
            *stops.entry(*word).or_insert(0) |= 1 << bit;
        }
    }
    stops
});

/// ISO 639-1 code of the language that a text is written in, by its script or else its frequent words; of several the one that most of
/// it is in. `None` when short or unclear.
pub fn language(words: &[String]) -> Option<&'static str> {
    let sample = &words[..words.len().min(SAMPLE)];
    if let Some(language) = script_language(sample) {
        return Some(language);
    }
    if words.len() < SHORTEST {
        return None;
    }
    let masks: Vec<u32> = sample.iter().filter_map(|word| STOPS.get(word.as_str()).copied()).collect();
    let count = |has: u32, lacks: u32| masks.iter().filter(|mask| **mask & has != 0 && **mask & lacks == 0).count();
    let mut votes: Vec<(usize, usize)> = (0..STOP_WORDS.len()).map(|bit| (count(1 << bit, 0), bit)).collect();
    votes.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let (best, bit) = votes[0];
    // A text has one frequent word in three to six; a list of names has none.
    if best * 100 < sample.len() * 5 {
        return None;
    }
    // Words that both of two neighbours use decide nothing between them.
    let clear = votes[1..].iter().take(4).all(|(_, other)| {
        let (mine, theirs) = (count(1 << bit, 1 << other), count(1 << other, 1 << bit));
        mine >= 2 && mine * 10 >= theirs * 12
    });
    clear.then_some(STOP_WORDS[bit].0)
}

/// The language that a script is written in alone, where most letters are of it.
fn script_language(sample: &[String]) -> Option<&'static str> {
    let (mut all, mut kana, mut counts) = (0_usize, 0_usize, [0_usize; 7]);
    for character in sample.iter().flat_map(|word| word.chars()).filter(|character| character.is_alphabetic()) {
        all += 1;
        let script = match character {
            '\u{3041}'..='\u{30ff}' => {
                kana += 1;
                0
            }
            '\u{3400}'..='\u{9fff}' => 0,
            '\u{ac00}'..='\u{d7a3}' => 1,
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => 2,
            '\u{590}'..='\u{5ff}' => 3,
            '\u{600}'..='\u{6ff}' => 4,
            '\u{e00}'..='\u{e7f}' => 5,
            '\u{900}'..='\u{97f}' => 6,
            _ => continue,
        };
        counts[script] += 1;
    }
    let (script, most) = counts.iter().copied().enumerate().max_by_key(|(script, count)| (*count, 7 - *script))?;
    // A sign of Chinese, Japanese or Korean says as much as several letters.
    let weight = if script < 2 { 3 } else { 1 };
    if most * weight < LETTERS || most * weight * 2 <= all - most + most * weight {
        return None;
    }
    Some(match script {
        // Japanese has kana in every sentence.
        0 if kana * 20 >= most => "ja",
        0 => "zh",
        1 => "ko",
        2 => "el",
        3 => "he",
        4 => "ar",
        5 => "th",
        _ => "hi",
    })
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
            (
                "da",
                "Vi søger en udvikler, som har lyst til at arbejde med os i Aarhus. Du er en person, der ikke er bange for at stille spørgsmål, og som deler din viden med dine kolleger af hjertet.",
            ),
            (
                "no",
                "Vi søker en utvikler som vil jobbe med oss i Oslo. Du er en person som ikke er redd for å stille spørsmål, og som deler det du kan med oss og våre kunder. Hos oss får du vokse.",
            ),
            (
                "cs",
                "Hledáme vývojáře, který se připojí do našeho týmu v Praze. Nabízíme práci na projektech, které jsou pro zákazníky důležité, a prostředí, ve kterém se můžete rozvíjet jako odborník nebo vedoucí.",
            ),
            (
                "fi",
                "Etsimme kehittäjää tiimiimme Helsinkiin. Sinulla on kokemusta palveluiden kehittämisestä ja olet kiinnostunut uusista asioista. Meillä voit vaikuttaa omaan työhösi sekä oppia myös muilta, jotka ovat alan osaajia.",
            ),
            (
                "ro",
                "Căutăm un dezvoltator pentru echipa noastră din Cluj, care să lucreze cu noi la produse pentru clienți. Ai experiență în domeniu și vrei să înveți mai mult? Este locul în care poți crește.",
            ),
            (
                "uk",
                "Ми шукаємо розробника, який має досвід роботи з базами даних та хоче розвивати продукт у команді. Для нас важливо, що ви вмієте вчитися і ділитися знаннями з колегами, як і ми.",
            ),
            (
                "ru",
                "Мы ищем разработчика, который имеет опыт работы с базами данных и хочет развивать продукт в команде. Для нас важно, что вы умеете учиться и делиться знаниями с коллегами, как и мы.",
            ),
            (
                "ja",
                "私たちのチームで一緒に働くエンジニアを募集しています。お客様が毎日使うサービスの開発を担当していただきます。経験は三年以上を求めています。",
            ),
            ("zh", "我们正在寻找一位经验丰富的软件工程师加入北京团队，负责平台的设计与开发，并与产品经理紧密合作。"),
            (
                "ko",
                "저희 팀에서 함께 일할 백엔드 엔지니어를 찾습니다. 고객이 매일 사용하는 서비스를 개발하고 운영하게 됩니다.",
            ),
            ("el", "Αναζητούμε προγραμματιστή για την ομάδα μας στην Αθήνα, που θα εργαστεί μαζί μας στην πλατφόρμα."),
            ("he", "אנחנו מחפשים מהנדס תוכנה לצוות שלנו בתל אביב, שיעבוד איתנו על הפלטפורמה ויפתח שירותים חדשים."),
            ("ar", "نبحث عن مهندس برمجيات للانضمام إلى فريقنا في دبي والعمل معنا على تطوير المنصة والخدمات الجديدة."),
        ] {
            assert_eq!(language(&words(text)), Some(code), "{text}");
        }
    }

    #[test]
    fn of_two_languages_the_one_of_most_of_the_text_counts() {
        let german = "Wir suchen dich für unser Team und bieten dir eine Stelle, die zu dir passt und bei der du mit uns wächst. ";
        assert_eq!(language(&words(&format!("{ENGLISH} {ENGLISH} {german}"))), Some("en"));
        assert_eq!(language(&words(&format!("{german}{german}{german}{german} {ENGLISH}"))), Some("de"));
    }

    #[test]
    fn an_unclear_language_stays_unknown() {
        assert_eq!(language(&words("Rust Python Go")), None);
        assert_eq!(language(&words(&"kafka spark flink ".repeat(10))), None);
    }
}
