//! Characters that a person does not see and a program reads.

/// Where hidden characters stand in a text.
pub(crate) struct Hidden {
    /// How many there are.
    pub(crate) count: usize,
    /// The first of them with the words around it, made visible as `U+XXXX`.
    pub(crate) quote: String,
}

/// Characters of context on each side of the quoted one.
const CONTEXT: usize = 16;

/// The hidden characters of `text`; `None` when it has none.
pub(crate) fn find(text: &str) -> Option<Hidden> {
    let signs: Vec<char> = text.strip_prefix('\u{feff}').unwrap_or(text).chars().collect();
    let hidden: Vec<usize> = (0..signs.len()).filter(|at| is_hidden_at(&signs, *at)).collect();
    let first = *hidden.first()?;
    let around = &signs[first.saturating_sub(CONTEXT)..signs.len().min(first + CONTEXT + 1)];
    Some(Hidden { count: hidden.len(), quote: around.iter().map(|sign| shown(*sign)).collect() })
}

/// Whether `sign` is never visible.
pub(crate) fn is_hidden(sign: char) -> bool {
    matches!(sign,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
        || (sign.is_control() && !matches!(sign, '\n' | '\r' | '\t' | '\u{c}'))
}

/// Joiners and direction marks belong to other scripts and to emoji; between ASCII they serve nothing.
fn is_hidden_at(signs: &[char], at: usize) -> bool {
    if !matches!(signs[at], '\u{200c}'..='\u{200f}') {
        return is_hidden(signs[at]);
    }
    let before = at.checked_sub(1).and_then(|before| signs.get(before));
    [before, signs.get(at + 1)].into_iter().flatten().all(char::is_ascii)
}

fn shown(sign: char) -> String {
    match sign {
        sign if is_hidden(sign) => format!("\u{27e8}U+{:04X}\u{27e9}", u32::from(sign)),
        '\n' | '\r' | '\t' => " ".to_owned(),
        sign => sign.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_counted_and_shown() {
        let hidden = find("Knows Ru\u{200b}st and \u{e0041}\u{e0042}more").expect("hidden characters");
        assert_eq!(hidden.count, 3);
        assert!(hidden.quote.contains("Ru\u{27e8}U+200B\u{27e9}st"), "{}", hidden.quote);
    }

    #[test]
    fn other_scripts_and_emoji_hide_nothing() {
        for text in
            ["plain\nlines\tand tabs", "\u{feff}starts with a mark", "می\u{200c}خواهم", "👩\u{200d}💻", "Zürich"]
        {
            assert!(find(text).is_none(), "{text}");
        }
    }
}
