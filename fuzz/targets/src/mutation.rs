//! Damage by a seed: what a fuzzer does to its corpus, without one.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Bytes that mean something in these encodings: the ends of ranges, the kinds of blocks and values, the flags of items.
const TELLING: &[u8] = &[0, 1, 2, 3, 4, 7, 8, 0x0a, 0x27, 0x28, 0x2a, 0x2b, 0x40, 0x7f, 0x80, 0x84, 0x88, 0xc4, 0xff];

/// `count` inputs, each one or two of the corpus with a few places changed.
pub fn mutations(corpus: &[Vec<u8>], seed: u64, count: usize) -> impl Iterator<Item = Vec<u8>> {
    let mut random = StdRng::seed_from_u64(seed);
    // Long ones would take the time of all others.
    let short: Vec<Vec<u8>> = corpus.iter().filter(|input| input.len() <= 4_096).cloned().collect();
    (0..count).map(move |_| {
        let mut input = short[random.random_range(0..short.len())].clone();
        for _ in 0..random.random_range(1..=4) {
            damage(&mut input, &short, &mut random);
        }
        input
    })
}

fn damage(input: &mut Vec<u8>, corpus: &[Vec<u8>], random: &mut StdRng) {
    if input.is_empty() {
        return input.push(random.random());
    }
    let at = random.random_range(0..input.len());
    match random.random_range(0..8) {
        0 => input[at] = random.random(),
        1 => input[at] = TELLING[random.random_range(0..TELLING.len())],
        2 => input[at] ^= 1 << random.random_range(0..8),
        3 => input[at] = input[at].wrapping_add(1),
        4 => input.truncate(at),
        5 => drop(input.remove(at)),
        6 => input.insert(at, TELLING[random.random_range(0..TELLING.len())]),
        _ => {
            let other = &corpus[random.random_range(0..corpus.len())];
            let from = random.random_range(0..=other.len());
            input.truncate(at);
            input.extend(&other[from..]);
        }
    }
}
