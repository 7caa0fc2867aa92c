//! Learns the weights of the span reader from `../shared/data`.
//!
//! ```console
//! $ cargo bench -p pipeline-rules --bench train_spans -- SHARED [OUT]
//! ```
//!
//! Every fifth posting of the training half is held out; its F1 is printed. With OUT the weights are then learnt from all of them and written.

#![expect(clippy::unwrap_used, reason = "a run that cannot go on must stop")]
#![expect(clippy::print_stdout, reason = "its result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "it reads files")]

mod classes;
mod corpus;
mod learn;
mod random;

use std::io::Write as _;
use std::path::Path;

use learn::{Example, Learner, Settings, f1, measure};
use pipeline_rules::spans::clusters::Clusters;
use pipeline_rules::spans::features::look;
use pipeline_rules::spans::model::Model;
use pipeline_rules::spans::words::Known;

const SETTINGS: Settings = Settings { rounds: 8, rate: 0.02, decay: 0.003, dropout: 0.5 };
const MODELS: u64 = 3;
/// Weights below it are left out.
const SMALLEST: f32 = 0.03;
/// Found best on the held-out postings.
const EAGER: [f32; 2] = [0.6, 0.6];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let Some(shared) = arguments.first().map(Path::new) else {
        println!("name the folder of shared data");
        return;
    };
    let lines = corpus::plain(shared);
    println!("{} lines, {} words", lines.len(), lines.iter().map(Vec::len).sum::<usize>());
    let clusters = classes::learn(&lines);
    let known = Known::bundled();
    let sentences = corpus::labelled(&shared.join("labels/skillspan/train.json"));
    let examples = |held_out: Option<bool>| -> Vec<Example> {
        let chosen = sentences.iter().filter(|sentence| held_out.is_none_or(|wanted| sentence.held_out == wanted));
        chosen.map(|sentence| example(sentence, &clusters, &known)).collect()
    };
    let mut model = learnt(&examples(Some(false)), &clusters);
    let held_out = examples(Some(true));
    for eager in [0.0, 0.2, 0.4, 0.6, 0.8] {
        model.eager = [eager; 2];
        let counts = measure(&model, &held_out);
        let both = [0, 1, 2].map(|at| counts[0][at] + counts[1][at]);
        let [right, found, wanted] = both;
        println!(
            "eager {eager}: {right} of {found} found, {wanted} wanted: F1 {:.1} (skills {:.1}, knowledge {:.1})",
            f1(both),
            f1(counts[0]),
            f1(counts[1])
        );
    }
    let Some(out) = arguments.get(1) else { return };
    let mut model = learnt(&examples(None), &clusters);
    model.eager = EAGER;
    let file = std::fs::File::create(out).unwrap();
    let mut packed = flate2::GzBuilder::new().write(file, flate2::Compression::best());
    packed.write_all(&model.write()).unwrap();
    packed.finish().unwrap();
}

/// The mean of models that saw the sentences in different orders.
fn learnt(examples: &[Example], clusters: &Clusters) -> Model {
    let mut learner = Learner::new();
    for seed in 1..=MODELS {
        let mut other = Learner::new();
        other.learn(examples, &SETTINGS, seed);
        learner.add(&other, 1.0 / MODELS as f32);
    }
    let mut model = learner.model(SMALLEST);
    model.clusters = clusters.clone();
    model
}

fn example(sentence: &corpus::Sentence, clusters: &Clusters, known: &Known) -> Example {
    let words: Vec<&str> = sentence.words.iter().map(String::as_str).collect();
    Example { seen: look(&words, clusters, known), tags: sentence.tags.clone() }
}
