//! Learning of the weights: likelihood of the labels, climbed sentence by sentence (AdaGrad; Duchi, Hazan and Singer, 2011).

use pipeline_rules::spans::features::{ROWS, Seen, features};
use pipeline_rules::spans::model::{KINDS, Model, Scores, Sums, TAGS, best, marked, may_follow};

use crate::random::Random;

/// A sentence as the model sees it.
pub struct Example {
    pub seen: Vec<Seen>,
    /// For each kind, the tag of each word.
    pub tags: [Vec<usize>; KINDS],
}

pub struct Settings {
    pub rounds: usize,
    pub rate: f32,
    pub decay: f32,
    pub dropout: f32,
}

const WIDTH: usize = TAGS * KINDS;

/// The weights while they are learnt.
pub struct Learner {
    weights: Vec<[f32; WIDTH]>,
    squares: Vec<[f32; WIDTH]>,
    steps: [[[f32; TAGS]; TAGS]; KINDS],
    step_squares: [[[f32; TAGS]; TAGS]; KINDS],
}

impl Learner {
    pub fn new() -> Self {
        Self {
            weights: vec![[0.0; WIDTH]; ROWS as usize],
            squares: vec![[1e-3; WIDTH]; ROWS as usize],
            steps: [[[0.0; TAGS]; TAGS]; KINDS],
            step_squares: [[[1e-3; TAGS]; TAGS]; KINDS],
        }
    }

    fn scores(&self, rows: &[Vec<u32>], kind: usize) -> Scores {
        let mut out = Vec::with_capacity(rows.len());
        for word in rows {
            let mut sums = [0.0_f32; TAGS];
            for row in word {
                let weights = &self.weights[*row as usize][kind * TAGS..(kind + 1) * TAGS];
                sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight);
            }
            out.push(sums);
        }
        out
    }

    pub fn learn(&mut self, examples: &[Example], settings: &Settings, seed: u64) {
        let mut random = Random::new(seed);
        let mut order: Vec<usize> = (0..examples.len()).collect();
        for round in 0..settings.rounds {
            random.shuffle(&mut order);
            let mut likelihood = 0.0;
            for at in &order {
                let example = &examples[*at];
                if example.seen.is_empty() {
                    continue;
                }
                let rows: Vec<Vec<u32>> = (0..example.seen.len())
                    .map(|at| {
                        let mut rows = Vec::new();
                        features(&example.seen, at, &mut rows);
                        rows.retain(|_| random.even() >= settings.dropout);
                        rows
                    })
                    .collect();
                for kind in 0..KINDS {
                    likelihood += self.climb(&rows, &example.tags[kind], kind, settings);
                }
            }
            println!("round {round}: log-likelihood {likelihood:.0}");
        }
    }

    fn climb(&mut self, rows: &[Vec<u32>], gold: &[usize], kind: usize, settings: &Settings) -> f32 {
        let scores = self.scores(rows, kind);
        let steps = self.steps[kind];
        let sums = Sums::of(&scores, &steps);
        let mut way = 0.0;
        for (at, tag) in gold.iter().enumerate() {
            way += scores[at][*tag] + if at > 0 { steps[gold[at - 1]][*tag] } else { 0.0 };
        }
        for (at, word) in rows.iter().enumerate() {
            let slopes: [f32; TAGS] =
                std::array::from_fn(|tag| f32::from(u8::from(gold[at] == tag)) - sums.tag(at, tag));
            for row in word {
                let weights = &mut self.weights[*row as usize];
                let squares = &mut self.squares[*row as usize];
                for (tag, slope) in slopes.iter().enumerate() {
                    let column = kind * TAGS + tag;
                    let slope = slope - settings.decay * weights[column];
                    squares[column] += slope * slope;
                    weights[column] += settings.rate * slope / squares[column].sqrt();
                }
            }
        }
        for at in 1..gold.len() {
            for (from, onwards) in steps.iter().enumerate() {
                for to in (0..TAGS).filter(|to| may_follow(from, *to)) {
                    let chance = (sums.ahead[at - 1][from] + onwards[to] + scores[at][to] + sums.behind[at][to]
                        - sums.all)
                        .exp();
                    let slope = f32::from(u8::from(gold[at - 1] == from && gold[at] == to)) - chance;
                    let square = &mut self.step_squares[kind][from][to];
                    *square += slope * slope;
                    self.steps[kind][from][to] += settings.rate * slope / square.sqrt();
                }
            }
        }
        way - sums.all
    }

    /// Adds a share of other weights.
    pub fn add(&mut self, other: &Self, share: f32) {
        for (own, other) in self.weights.iter_mut().flatten().zip(other.weights.iter().flatten()) {
            *own += share * other;
        }
        for (own, other) in self.steps.iter_mut().flatten().flatten().zip(other.steps.iter().flatten().flatten()) {
            *own += share * other;
        }
    }

    /// The weights in one byte each, small ones left out.
    pub fn model(&self, smallest: f32) -> Model {
        let mut model = Model::empty();
        let most = self.weights.iter().flatten().fold(0.0_f32, |most, weight| most.max(weight.abs()));
        model.unit = most / 127.0;
        for (row, weights) in model.rows.iter_mut().zip(&self.weights) {
            for (small, weight) in row.iter_mut().zip(weights) {
                *small = if weight.abs() < smallest { 0 } else { (weight / model.unit).round() as i8 };
            }
        }
        model.steps = self.steps;
        model
    }
}

/// Right, found and wanted spans of each kind.
pub fn measure(model: &Model, examples: &[Example]) -> [[usize; 3]; KINDS] {
    let mut counts = [[0; 3]; KINDS];
    for example in examples {
        let mut scores = model.scores(&example.seen);
        for kind in 0..KINDS {
            scores[kind].iter_mut().for_each(|word| word[0] -= model.eager[kind]);
            let found = marked(&best(&scores[kind], &model.steps[kind]));
            let wanted = marked(&example.tags[kind]);
            counts[kind][0] += found.iter().filter(|span| wanted.contains(span)).count();
            counts[kind][1] += found.len();
            counts[kind][2] += wanted.len();
        }
    }
    counts
}

pub fn f1(counts: [usize; 3]) -> f64 {
    200.0 * counts[0] as f64 / (counts[1] + counts[2]).max(1) as f64
}
