//! Classes of words from plain text: the neighbours of each word, weighed by pointwise mutual information, made short by a truncated
//! singular value decomposition (subspace iteration) and grouped by spherical k-means.

use std::collections::HashMap;

use pipeline_rules::spans::clusters::Clusters;
use pipeline_rules::spans::features::word_hash;

use crate::random::Random;

/// Words seen less often have no class.
const RAREST: u32 = 6;
/// Neighbours that are told apart, on each side.
const NEIGHBOURS: usize = 600;
/// Length of a word's vector.
const LENGTH: usize = 48;
const COARSE: usize = 64;
const FINE: usize = 512;

pub fn learn(lines: &[Vec<String>]) -> Clusters {
    let hashed: Vec<Vec<u64>> = lines.iter().map(|line| line.iter().map(|word| word_hash(word)).collect()).collect();
    let mut counts: HashMap<u64, u32> = HashMap::new();
    hashed.iter().flatten().for_each(|word| *counts.entry(*word).or_default() += 1);
    let mut vocabulary: Vec<(u64, u32)> = counts.into_iter().filter(|(_, count)| *count >= RAREST).collect();
    vocabulary.sort_by_key(|(word, count)| (std::cmp::Reverse(*count), *word));
    let place: HashMap<u64, usize> = vocabulary.iter().enumerate().map(|(at, (word, _))| (*word, at)).collect();
    let mut matrix = neighbours(&hashed, &place);
    mutual(&mut matrix);
    let vectors = shorten(&matrix);
    let coarse = group(&vectors, COARSE);
    let fine = group(&vectors, FINE);
    let entries = vocabulary.iter().enumerate().map(|(at, (word, _))| (*word, coarse[at] as u8, fine[at] as u16));
    println!("{} words in classes", vocabulary.len());
    Clusters::new(entries.collect())
}

/// For each word, how often each frequent word (or the line's end) stands two before, right before, right after or two after it.
fn neighbours(lines: &[Vec<u64>], place: &HashMap<u64, usize>) -> Vec<Vec<f32>> {
    let mut rows = vec![vec![0.0_f32; 2 * NEIGHBOURS]; place.len()];
    for line in lines {
        let places: Vec<Option<usize>> = line.iter().map(|word| place.get(word).copied()).collect();
        for (at, word) in places.iter().enumerate() {
            let Some(word) = word else { continue };
            for (offset, side, weight) in [(-2_isize, 0, 0.5), (-1, 0, 1.0), (1, 1, 1.0), (2, 1, 0.5)] {
                let beside = at.checked_add_signed(offset).map(|at| places.get(at).copied());
                let column = match beside {
                    Some(Some(Some(other))) if other < NEIGHBOURS - 1 => other,
                    Some(Some(_)) => continue,
                    _ => NEIGHBOURS - 1,
                };
                rows[*word][side * NEIGHBOURS + column] += weight;
            }
        }
    }
    rows
}

fn mutual(rows: &mut [Vec<f32>]) {
    let columns = 2 * NEIGHBOURS;
    let mut sums = vec![0.0_f32; columns];
    rows.iter().for_each(|row| row.iter().zip(&mut sums).for_each(|(value, sum)| *sum += value));
    let smoothed: Vec<f32> = sums.iter().map(|sum| sum.powf(0.75)).collect();
    let all: f32 = smoothed.iter().sum();
    for row in rows {
        let total: f32 = row.iter().sum::<f32>().max(1.0);
        for (value, column) in row.iter_mut().zip(&smoothed) {
            *value = if *value > 0.0 { (*value * all / (total * column)).ln().max(0.0) } else { 0.0 };
        }
    }
}

/// The rows' coordinates along the strongest directions, of length 1.
fn shorten(rows: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let columns = 2 * NEIGHBOURS;
    let sparse: Vec<Vec<(u32, f32)>> = rows
        .iter()
        .map(|row| {
            row.iter().enumerate().filter(|(_, value)| **value > 0.0).map(|(at, value)| (at as u32, *value)).collect()
        })
        .collect();
    let mut random = Random::new(7);
    let mut basis: Vec<Vec<f32>> = (0..columns).map(|_| (0..LENGTH).map(|_| random.even() - 0.5).collect()).collect();
    let project = |basis: &[Vec<f32>], row: &[(u32, f32)]| {
        let mut out = vec![0.0_f32; LENGTH];
        for (at, value) in row {
            basis[*at as usize].iter().zip(&mut out).for_each(|(weight, out)| *out += value * weight);
        }
        out
    };
    for _ in 0..6 {
        orthogonal(&mut basis);
        let mut next = vec![vec![0.0_f32; LENGTH]; columns];
        for row in &sparse {
            let short = project(&basis, row);
            for (at, value) in row {
                next[*at as usize].iter_mut().zip(&short).for_each(|(next, short)| *next += value * short);
            }
        }
        basis = next;
    }
    orthogonal(&mut basis);
    let mut vectors: Vec<Vec<f32>> = sparse.iter().map(|row| project(&basis, row)).collect();
    vectors.iter_mut().for_each(|vector| unit(vector));
    vectors
}

/// Columns at right angles (Gram–Schmidt).
fn orthogonal(basis: &mut [Vec<f32>]) {
    for column in 0..LENGTH {
        for before in 0..column {
            let along: f32 = basis.iter().map(|row| row[column] * row[before]).sum();
            basis.iter_mut().for_each(|row| row[column] -= along * row[before]);
        }
        let length = basis.iter().map(|row| row[column] * row[column]).sum::<f32>().sqrt().max(1e-12);
        basis.iter_mut().for_each(|row| row[column] /= length);
    }
}

fn unit(vector: &mut [f32]) {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-12);
    vector.iter_mut().for_each(|value| *value /= length);
}

fn group(vectors: &[Vec<f32>], groups: usize) -> Vec<usize> {
    let mut centres: Vec<Vec<f32>> = (0..groups).map(|at| vectors[at % vectors.len()].clone()).collect();
    let mut owner = vec![0; vectors.len()];
    for _ in 0..12 {
        for (vector, owner) in vectors.iter().zip(&mut owner) {
            let likeness = |centre: &Vec<f32>| vector.iter().zip(centre).map(|(a, b)| a * b).sum::<f32>();
            let mut most = f32::MIN;
            for (at, centre) in centres.iter().enumerate() {
                let likeness = likeness(centre);
                if likeness > most {
                    (most, *owner) = (likeness, at);
                }
            }
        }
        centres.iter_mut().for_each(|centre| centre.fill(0.0));
        for (vector, owner) in vectors.iter().zip(&owner) {
            centres[*owner].iter_mut().zip(vector).for_each(|(sum, value)| *sum += value);
        }
        centres.iter_mut().for_each(|centre| unit(centre));
    }
    owner
}
