//! What is learnt from: labelled sentences, and plain text.

use std::path::Path;

use serde_json::Value;

/// A labelled sentence.
pub struct Sentence {
    pub words: Vec<String>,
    /// For each kind (skill, knowledge), a tag per word as in [`pipeline_rules::spans::model`].
    pub tags: [Vec<usize>; 2],
    /// Whether its posting is held out.
    pub held_out: bool,
}

/// The sentences of a file of SkillSpan; every fifth posting is held out.
pub fn labelled(file: &Path) -> Vec<Sentence> {
    let text = std::fs::read_to_string(file).unwrap();
    text.lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            let words = |name: &str| {
                line[name].as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
            };
            let tags = |name: &str| {
                let tags: Vec<String> = words(name);
                placed(&tags)
            };
            Sentence {
                words: words("tokens"),
                tags: [tags("tags_skill"), tags("tags_knowledge")],
                held_out: line["idx"].as_u64().unwrap().is_multiple_of(5),
            }
        })
        .collect()
}

/// B, I and O as tags that also say where a span ends.
fn placed(tags: &[String]) -> Vec<usize> {
    let letter = |at: usize| tags.get(at).map_or('O', |tag: &String| tag.chars().next().unwrap_or('O'));
    (0..tags.len())
        .map(|at| {
            let first = letter(at) == 'B' || letter(at) == 'I' && (at == 0 || letter(at - 1) == 'O');
            let last = letter(at + 1) != 'I';
            match (letter(at), first, last) {
                ('O', ..) => 0,
                (_, true, true) => 4,
                (_, true, false) => 1,
                (_, false, false) => 2,
                (_, false, true) => 3,
            }
        })
        .collect()
}

/// Lines of words of the boards, the Hacker News threads and the descriptions of ESCO.
pub fn plain(shared: &Path) -> Vec<Vec<String>> {
    let mut texts = Vec::new();
    for file in files(&shared.join("corpora/ashby_boards")) {
        let board: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        for job in board["jobs"].as_array().into_iter().flatten() {
            texts.push(job["descriptionPlain"].as_str().unwrap_or_default().to_owned());
        }
    }
    for file in files(&shared.join("corpora/hn_whoishiring")) {
        let thread: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        for comment in thread["comments"].as_array().into_iter().flatten() {
            let text = comment["text"].as_str().unwrap_or_default();
            texts.push(text.replace("<p>", "\n").replace("&#x27;", "'").replace("&amp;", "&").replace("&#x2F;", "/"));
        }
    }
    let mut esco = String::new();
    let file = std::fs::File::open(shared.join("reference/esco/skills.csv.gz")).unwrap();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(file), &mut esco).unwrap();
    texts.push(esco);
    for sentence in labelled(&shared.join("labels/skillspan/train.json")) {
        // The words of held-out sentences are read as plain text too; their labels are not.
        texts.push(sentence.words.join(" "));
    }
    let lines = texts.iter().flat_map(|text| text.lines());
    lines.map(words_of).filter(|words| words.len() > 2).collect()
}

/// The words of a line, split as the labelled sentences are.
pub fn words_of(line: &str) -> Vec<String> {
    line.split_whitespace()
        .flat_map(|word| word.split_inclusive('(').flat_map(|part| part.split(',')))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}
