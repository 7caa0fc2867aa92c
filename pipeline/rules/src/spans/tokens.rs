//! Sentences and their words, split as the labelled sentences of SkillSpan are: at spaces, brackets and commas.

use std::ops::Range;

/// Longest sentence, in words; a longer one is read in parts.
const LONGEST: usize = 96;

/// Words of the sentences of `text`, as ranges of bytes. Lines and full stops end a sentence; commas are left out.
pub fn sentences(text: &str) -> Vec<Vec<Range<usize>>> {
    let mut out = Vec::new();
    for line in lines(text) {
        let mut sentence: Vec<Range<usize>> = Vec::new();
        let mut words = spaced(text, line).peekable();
        while let Some(word) = words.next() {
            let ends = words.peek().is_none_or(|next| ends_sentence(&text[word.clone()], &text[next.clone()]));
            pieces(text, word, ends, &mut sentence);
            if (ends || sentence.len() >= LONGEST) && !sentence.is_empty() {
                out.push(std::mem::take(&mut sentence));
            }
        }
        if !sentence.is_empty() {
            out.push(sentence);
        }
    }
    out
}

fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    text.split('\n').map(move |line| {
        let range = start..start + line.len();
        start = range.end + 1;
        range
    })
}

fn spaced(text: &str, line: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let base = text.as_ptr() as usize;
    text[line].split_whitespace().map(move |word| {
        let start = word.as_ptr() as usize - base;
        start..start + word.len()
    })
}

/// A stop before a capital or a sign ends a sentence; a short abbreviation before a word does not.
fn ends_sentence(word: &str, next: &str) -> bool {
    let closed = word.trim_start_matches('(').trim_end_matches(['"', '”', '’', ')']);
    let stop = closed.ends_with(['.', '!', '?']) && !["e.g.", "i.e.", "etc.", "incl.", "vs."].contains(&closed);
    stop && next.chars().next().is_some_and(|first| !first.is_lowercase())
}

/// Splits brackets, commas and a last stop off a word.
fn pieces(text: &str, word: Range<usize>, ends: bool, out: &mut Vec<Range<usize>>) {
    let mut start = word.start;
    let mut end = word.end;
    while text[start..end].starts_with('(') && end - start > 1 {
        out.push(start..start + 1);
        start += 1;
    }
    let stop = ends && end - start > 1 && text[start..end].ends_with('.');
    if stop {
        end -= 1;
    }
    let bracket = text[start..end].ends_with(')') && end - start > 1 && !text[start..end].contains('(');
    if bracket {
        end -= 1;
    }
    let bytes = text.as_bytes();
    let mut from = start;
    for at in start..=end {
        let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let cut = at == end || bytes[at] == b',' && !(at > start && digit(at - 1) && digit(at + 1));
        if cut {
            if from < at {
                out.push(from..at);
            }
            from = at + 1;
        }
    }
    if bracket {
        out.push(end..end + 1);
    }
    if stop {
        out.push(word.end - 1..word.end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let joined =
            |sentence: Vec<Range<usize>>| sentence.into_iter().map(|word| &text[word]).collect::<Vec<_>>().join(" ");
        sentences(text).into_iter().map(joined).collect()
    }

    #[test]
    fn sentences_end_at_lines_and_stops() {
        assert_eq!(read("Write code. Test it.\nShip"), ["Write code .", "Test it .", "Ship"]);
        assert_eq!(read("tools (e.g. Jira) and more"), ["tools ( e.g. Jira ) and more"]);
        assert_eq!(read("version 2.0 of it"), ["version 2.0 of it"]);
    }

    #[test]
    fn commas_are_left_out_but_not_those_of_numbers() {
        assert_eq!(read("C,C++, Go and 1,300 others"), ["C C++ Go and 1,300 others"]);
        assert_eq!(read(",,,"), Vec::<String>::new());
    }

    #[test]
    fn a_long_line_is_read_in_parts() {
        let parts = sentences(&"word ".repeat(1_000));
        assert!(parts.iter().all(|part| part.len() <= LONGEST) && parts.iter().map(Vec::len).sum::<usize>() == 1_000);
    }
}
