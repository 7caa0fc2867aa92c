//! Letters of names: one writing for what reads alike, without making one of what differs.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// `name` in lower case, its words separated by single spaces: compatibility forms folded (NFKC), accents dropped that are often left
/// out (`Nestlé`, `Škoda`, `Zürich`), `&` written out, initials joined (`J.P. Morgan`, `S.A.`), apostrophes dropped. The dot above
/// stays (`Żubr` is not `Zubr`), but for the one that Turkish capital I leaves behind; marks of other scripts stay.
pub(super) fn spelled(name: &str) -> String {
    let plain = without_accents(name);
    let mut words: Vec<String> = Vec::new();
    let (mut word, mut initials) = (String::new(), false);
    let mut letters = plain.chars().peekable();
    // `initials`: the word so far is single letters with dots between them.
    while let Some(letter) = letters.next() {
        match letter {
            '\'' | '’' | '`' => {}
            '.' if is_initial(&word, initials) && letters.peek().is_some_and(|next| next.is_alphanumeric()) => {
                // The dot of initials joins only when the next word is an initial, too, or ends the run.
                initials = true;
                let mut ahead = letters.clone();
                ahead.next();
                if ahead.next().is_some_and(char::is_alphanumeric) {
                    finish(&mut words, &mut word);
                    initials = false;
                }
            }
            letter if letter.is_alphanumeric() || letter == '+' || is_combining_mark(letter) => word.push(letter),
            letter => {
                finish(&mut words, &mut word);
                initials = false;
                if letter == '&' {
                    words.push("and".to_owned());
                }
            }
        }
    }
    finish(&mut words, &mut word);
    words.join(" ")
}

fn is_initial(word: &str, initials: bool) -> bool {
    initials || word.chars().count() == 1
}

fn finish(words: &mut Vec<String>, word: &mut String) {
    if word.chars().any(char::is_alphanumeric) {
        words.push(std::mem::take(word));
    }
    word.clear();
}

/// Lower case without the accents that are often left out.
fn without_accents(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut base = ' ';
    let lower = name.nfkc().collect::<String>().to_lowercase();
    for letter in lower.nfkd() {
        if is_combining_mark(letter) {
            let latin = base.is_ascii_alphabetic();
            if !latin || letter == '\u{307}' && base != 'i' {
                out.push(letter);
            }
            continue;
        }
        base = letter;
        match letter {
            'ß' => out.push_str("ss"),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' | 'ð' => out.push('d'),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'þ' => out.push_str("th"),
            'ı' => out.push('i'),
            letter => out.push(letter),
        }
    }
    out.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composed_and_decomposed_letters_are_one() {
        for name in ["Nestlé", "Żubr", "Ação", "İstanbul", "Škoda", "Ёлка", "がく"] {
            let [composed, decomposed] = [name.nfc().collect::<String>(), name.nfd().collect()];
            assert_eq!(spelled(&composed), spelled(&decomposed));
        }
    }

    #[test]
    fn initials_are_joined_and_other_dots_part_words() {
        assert_eq!(spelled("J.P. Morgan"), "jp morgan");
        assert_eq!(spelled("Nestlé S.A."), "nestle sa");
        assert_eq!(spelled("Booking.com"), "booking com");
        assert_eq!(spelled("St. Jude's"), "st judes");
        assert_eq!(spelled("A.Vogel"), "a vogel");
    }
}
