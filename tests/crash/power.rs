//! Cutting the power: takes back what a killed server wrote and never synchronised, wholly or in part, as a disk does
//! that writes its cache in any order.

use rand::Rng;
use rand::rngs::StdRng;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a disk was up to when the power went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    /// It keeps what was synchronised, and any part of the rest.
    Honest,
    /// It synchronises nothing and forgets all of it.
    Lying,
}

impl Disk {
    /// The environment of a server on this disk.
    pub fn environment(self, shim: &Path) -> Vec<(&'static str, PathBuf)> {
        let mut variables = vec![("LD_PRELOAD", shim.to_owned())];
        if self == Self::Lying {
            variables.push(("DISK_LIES", "yes".into()));
        }
        variables
    }
}

/// Compiles the library that notes what is not synchronised.
pub fn compile_shim(folder: &Path) -> PathBuf {
    let library = folder.join("disk.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/crash/disk.c");
    let mut compiler = Command::new(std::env::var_os("CC").unwrap_or_else(|| "cc".into()));
    compiler.args(["-O1", "-shared", "-fPIC", "-o"]).arg(&library).args([source, "-ldl", "-lpthread"]);
    assert!(compiler.status().expect("a C compiler").success(), "the shim does not compile");
    library
}

/// One change of a file that was not synchronised.
#[derive(Debug)]
struct Unsynced {
    is_truncation: bool,
    offset: u64,
    before: Vec<u8>,
    after: Vec<u8>,
    /// The file's size before it.
    size: u64,
}

/// Cuts the power of a server that was killed; how many writes were taken back.
pub fn cut(data: &Path, disk: Disk, random: &mut StdRng) -> io::Result<usize> {
    let mut taken_back = 0;
    for entry in fs::read_dir(data)? {
        let journal = entry?.path();
        if journal.extension().is_some_and(|extension| extension == "unsynced") {
            let changes = read(&fs::read(&journal)?);
            let file = File::options().read(true).write(true).open(journal.with_extension(""));
            if let Ok(file) = file {
                taken_back += changes.len();
                take_back(&file, &changes)?;
                if disk == Disk::Honest {
                    make_again(&file, &changes, random)?;
                }
            }
            fs::write(&journal, [])?;
        }
    }
    Ok(taken_back)
}

fn read(mut journal: &[u8]) -> Vec<Unsynced> {
    let mut changes = Vec::new();
    while let Some((change, rest)) = read_one(journal) {
        changes.push(change);
        journal = rest;
    }
    changes
}

/// The next record, unless the kill cut it short: then its change was not made.
fn read_one(journal: &[u8]) -> Option<(Unsynced, &[u8])> {
    let (head, rest) = journal.split_at_checked(40)?;
    let mut numbers = head.as_chunks().0.iter().map(|bytes| u64::from_ne_bytes(*bytes));
    let mut number = || numbers.next().expect("five numbers");
    let (is_truncation, offset, length, before, size) = (number() == 1, number(), number(), number(), number());
    let (before, rest) = rest.split_at_checked(usize::try_from(before).ok()?)?;
    let (after, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    Some((Unsynced { is_truncation, offset, before: before.to_vec(), after: after.to_vec(), size }, rest))
}

fn take_back(file: &File, changes: &[Unsynced]) -> io::Result<()> {
    for change in changes.iter().rev() {
        file.set_len(change.size)?;
        file.write_all_at(&change.before, change.offset)?;
    }
    Ok(())
}

/// Of what was not synchronised, any part may have reached the disk: nothing, all up to a moment, or some writes and
/// not others, the last of them torn.
fn make_again(file: &File, changes: &[Unsynced], random: &mut StdRng) -> io::Result<()> {
    let mood = random.random_range(0..3);
    let through = random.random_range(0..=changes.len());
    for (at, change) in changes.iter().enumerate() {
        let is_kept = match mood {
            0 => false,
            1 => at < through,
            _ => random.random_bool(0.5),
        };
        if !is_kept {
            continue;
        }
        if change.is_truncation {
            file.set_len(change.offset)?;
            continue;
        }
        let is_torn = mood > 0 && random.random_bool(0.2);
        let kept = if is_torn { change.after.len() / 2 } else { change.after.len() };
        file.write_all_at(&change.after[..kept], change.offset)?;
    }
    Ok(())
}
