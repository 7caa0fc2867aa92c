//! Words of titles: one spelling for what is written differently.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Lower case without accents.
pub(super) fn plain(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase) {
        match letter {
            'ß' => out.push_str("ss"),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' => out.push('d'),
            'æ' => out.push_str("ae"),
            'ı' => out.push('i'),
            letter => out.push(letter),
        }
    }
    out
}

/// The words of a plain text; `c++`, `c#` and `.net` keep their signs.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '+' | '#' | '.' | '\'' | '’')))
        .flat_map(|word| {
            let word = if word == ".net" { word } else { word.trim_matches(['.', '\'', '’']) };
            // "B.V." and "Node.js" are one word each, "Entwickler.in" is none that matters.
            word.split(['\'', '’']).take(1)
        })
        .filter(|word| word.chars().any(char::is_alphanumeric))
}

/// The stem of a plain word: singular, American spelling.
pub(super) fn stem(word: &str) -> String {
    let mut stem = singular(word);
    for (british, american) in
        [("isation", "ization"), ("programme", "program"), ("ll", "l"), ("ae", "e"), ("our", "or")]
    {
        if stem.len() > 4 && stem.contains(british) {
            stem = stem.replace(british, american);
        }
    }
    for (british, american) in [("ise", "ize"), ("tre", "ter"), ("ence", "ense"), ("yse", "yze")] {
        if stem.len() > british.len() + 2 && stem.ends_with(british) {
            stem.truncate(stem.len() - british.len());
            stem.push_str(american);
        }
    }
    stem
}

fn singular(word: &str) -> String {
    let cut = |end: usize, add: &str| format!("{}{add}", &word[..word.len() - end]);
    match word {
        word if word.len() > 4 && word.ends_with("ies") => cut(3, "y"),
        word if word.len() > 4 && ["sses", "ches", "shes", "xes"].iter().any(|end| word.ends_with(end)) => cut(2, ""),
        word if word.len() > 3 && word.ends_with("women") => cut(5, "woman"),
        word if word.len() > 4 && word.ends_with("men") => cut(3, "man"),
        word if word.len() > 3 && word.ends_with('s') && !["ss", "us", "is"].iter().any(|end| word.ends_with(end)) => {
            cut(1, "")
        }
        word => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_has_one_stem() {
        for (one, other) in [
            ("nurses", "nurse"),
            ("secretaries", "secretary"),
            ("programme", "program"),
            ("centre", "center"),
            ("organisation", "organization"),
            ("counsellor", "counselor"),
            ("paediatric", "pediatric"),
            ("labour", "labor"),
            ("salesmen", "salesman"),
        ] {
            assert_eq!(stem(one), stem(other), "{one}");
        }
        assert_ne!(stem("news"), stem("bus"));
    }

    #[test]
    fn signs_that_make_a_word_are_kept() {
        assert_eq!(words("c++ / c# (.net) dev.").collect::<Vec<_>>(), ["c++", "c#", ".net", "dev"]);
        assert_eq!(plain("Développeur ŁÓDŹ"), "developpeur lodz");
    }
}
