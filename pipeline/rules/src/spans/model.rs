//! The trained weights and the likeliest tags under them: a linear-chain conditional random field per kind (Lafferty, McCallum and
//! Pereira, 2001), whose spans have a first, inner and last word or are a single one.

use super::clusters::Clusters;
use super::features::{ROWS, Seen, features};

/// Tags of a word: outside, first, inner, last, single.
pub const TAGS: usize = 5;
/// Kinds of spans that are read side by side, since they may lie in one another.
pub const KINDS: usize = 2;
const WIDTH: usize = TAGS * KINDS;
const NEVER: f32 = -1e6;

/// Whether tag `next` may follow tag `tag`.
pub const fn may_follow(tag: usize, next: usize) -> bool {
    // Inside a span (after its first or an inner word) only an inner or the last word follows; else anything that begins.
    let inside = tag == 1 || tag == 2;
    let goes_on = next == 2 || next == 3;
    inside == goes_on
}

/// Weights of the tagger.
#[derive(Clone, Debug)]
pub struct Model {
    /// Classes of words.
    pub clusters: Clusters,
    /// For each kind, the weight of each tag after each other.
    pub steps: [[[f32; TAGS]; TAGS]; KINDS],
    /// What is taken off the score of the tag "outside" of each kind, so that as much is found as makes F1 best.
    pub eager: [f32; KINDS],
    /// What one unit of a weight in `rows` stands for.
    pub unit: f32,
    /// For each row, the weights of the tags of all kinds.
    pub rows: Vec<[i8; WIDTH]>,
}

/// Scores of every tag of every word, one kind.
pub type Scores = Vec<[f32; TAGS]>;

impl Model {
    /// A model that knows nothing.
    pub fn empty() -> Self {
        let steps = [[[0.0; TAGS]; TAGS]; KINDS];
        Self {
            clusters: Clusters::default(),
            steps,
            eager: [0.0; KINDS],
            unit: 0.0,
            rows: vec![[0; WIDTH]; ROWS as usize],
        }
    }

    /// As bytes, for the file of weights.
    pub fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.clusters.write(&mut out);
        self.steps.iter().flatten().flatten().for_each(|weight| out.extend(weight.to_le_bytes()));
        self.eager.iter().chain([&self.unit]).for_each(|number| out.extend(number.to_le_bytes()));
        // Column by column: most weights of a column are zero, and zeros side by side pack best.
        for column in 0..WIDTH {
            out.extend(self.rows.iter().map(|row| row[column] as u8));
        }
        out
    }

    /// What [`Model::write`] wrote; none when it is something else.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut model = Self::empty();
        let (clusters, mut rest) = Clusters::read(bytes)?;
        model.clusters = clusters;
        let mut number = || {
            let (four, after) = rest.split_first_chunk()?;
            rest = after;
            Some(f32::from_le_bytes(*four))
        };
        for weight in model.steps.iter_mut().flatten().flatten() {
            *weight = number()?;
        }
        for eager in &mut model.eager {
            *eager = number()?;
        }
        model.unit = number()?;
        for column in 0..WIDTH {
            let (weights, after) = rest.split_at_checked(ROWS as usize)?;
            rest = after;
            model.rows.iter_mut().zip(weights).for_each(|(row, weight)| row[column] = *weight as i8);
        }
        Some(model)
    }

    /// Scores of the tags of each word, for each kind.
    pub fn scores(&self, sentence: &[Seen]) -> [Scores; KINDS] {
        let mut out: [Scores; KINDS] = std::array::from_fn(|_| Vec::with_capacity(sentence.len()));
        let mut rows = Vec::with_capacity(80);
        for at in 0..sentence.len() {
            rows.clear();
            features(sentence, at, &mut rows);
            let mut sums = [0_i32; WIDTH];
            for row in &rows {
                let weights = &self.rows[*row as usize];
                sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += i32::from(*weight));
            }
            for (kind, scores) in out.iter_mut().enumerate() {
                scores.push(std::array::from_fn(|tag| sums[kind * TAGS + tag] as f32 * self.unit));
            }
        }
        out
    }
}

/// The likeliest tags (Viterbi).
pub fn best(scores: &Scores, steps: &[[f32; TAGS]; TAGS]) -> Vec<usize> {
    let Some(first) = scores.first() else { return Vec::new() };
    let mut score: [f32; TAGS] = std::array::from_fn(|tag| if may_follow(0, tag) { first[tag] } else { NEVER });
    let mut from: Vec<[u8; TAGS]> = Vec::with_capacity(scores.len());
    for word in &scores[1..] {
        let mut next = [NEVER; TAGS];
        let mut back = [0_u8; TAGS];
        for tag in 0..TAGS {
            for before in (0..TAGS).filter(|before| may_follow(*before, tag)) {
                let sum = score[before] + steps[before][tag] + word[tag];
                if sum > next[tag] {
                    (next[tag], back[tag]) = (sum, before as u8);
                }
            }
        }
        score = next;
        from.push(back);
    }
    let ends = (0..TAGS).filter(|tag| may_follow(*tag, 0));
    let mut tag = ends.max_by(|a, b| score[*a].total_cmp(&score[*b])).unwrap_or(0);
    let mut tags = vec![tag];
    for back in from.iter().rev() {
        tag = usize::from(back[tag]);
        tags.push(tag);
    }
    tags.reverse();
    tags
}

/// Sums over all ways to tag the words before and after each (forward–backward), as logarithms, and their sum over the whole.
#[derive(Clone, Debug)]
pub struct Sums {
    /// `ahead[at][tag]`: ways that reach the word with this tag, its own score included.
    pub ahead: Scores,
    /// `behind[at][tag]`: ways that go on from the word with this tag, its own score left out.
    pub behind: Scores,
    /// Of all ways.
    pub all: f32,
}

impl Sums {
    /// The sums for the scores of a sentence that is not empty.
    pub fn of(scores: &Scores, steps: &[[f32; TAGS]; TAGS]) -> Self {
        let n = scores.len();
        let (mut ahead, mut behind) = (vec![[NEVER; TAGS]; n], vec![[NEVER; TAGS]; n]);
        for tag in 0..TAGS {
            if may_follow(0, tag) {
                ahead[0][tag] = scores[0][tag];
            }
            if may_follow(tag, 0) {
                behind[n - 1][tag] = 0.0;
            }
        }
        for at in 1..n {
            for tag in 0..TAGS {
                let ways = (0..TAGS).filter(|before| may_follow(*before, tag));
                ahead[at][tag] = sum(ways.map(|before| ahead[at - 1][before] + steps[before][tag])) + scores[at][tag];
            }
        }
        for at in (0..n.saturating_sub(1)).rev() {
            for tag in 0..TAGS {
                let ways = (0..TAGS).filter(|next| may_follow(tag, *next));
                behind[at][tag] = sum(ways.map(|next| steps[tag][next] + scores[at + 1][next] + behind[at + 1][next]));
            }
        }
        let all = sum((0..TAGS).map(|tag| ahead[n - 1][tag] + behind[n - 1][tag]));
        Self { ahead, behind, all }
    }

    /// Probability of `tag` at word `at`.
    pub fn tag(&self, at: usize, tag: usize) -> f32 {
        (self.ahead[at][tag] + self.behind[at][tag] - self.all).exp()
    }

    /// Probability of exactly the span of words `first..=last`.
    pub fn span(&self, scores: &Scores, steps: &[[f32; TAGS]; TAGS], first: usize, last: usize) -> f32 {
        if first == last {
            return self.tag(first, 4);
        }
        let mut way = self.ahead[first][1];
        let mut tag = 1;
        for (at, word) in scores.iter().enumerate().take(last + 1).skip(first + 1) {
            let next = if at == last { 3 } else { 2 };
            way += steps[tag][next] + word[next];
            tag = next;
        }
        (way + self.behind[last][3] - self.all).exp()
    }
}

/// Logarithm of the sum of exponentials.
fn sum(ways: impl Iterator<Item = f32> + Clone) -> f32 {
    let most = ways.clone().fold(NEVER, f32::max);
    if most <= NEVER { NEVER } else { most + ways.map(|way| (way - most).exp()).sum::<f32>().ln() }
}

/// First and last words of the spans that tags mark.
pub fn marked(tags: &[usize]) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut first = 0;
    for (at, tag) in tags.iter().enumerate() {
        match tag {
            1 => first = at,
            3 => out.push((first, at)),
            4 => out.push((at, at)),
            _ => {}
        }
    }
    out
}
