//! Numbered lines that say what is being done, so that a person can follow a first build.

/// Counts the steps of one command.
pub struct Progress {
    done: usize,
    all: usize,
}

impl Progress {
    pub fn new(all: usize) -> Self {
        Self { done: 0, all }
    }

    pub fn step(&mut self, what: &str) {
        self.done += 1;
        println!("[{}/{}] {what}", self.done, self.all);
    }
}
