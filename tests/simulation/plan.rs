//! What happens in one run: a list of steps made from a seed. Each step carries the dice for whatever it leaves open, so
//! that a step does the same however many of the steps before it are left out.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// How many steps a plan has.
const STEPS: usize = 90;

/// The pages of a run and what happens to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub pages: Vec<Dialect>,
    pub steps: Vec<Step>,
}

/// What a page's client understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// A client of ours.
    Debrief,
    /// A stock Yjs client: it sends what is typed at once and hears of no acknowledgement.
    Stock,
}

/// One thing that happens. Pages are counted modulo their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A person edits.
    Edit {
        page: usize,
        edit: Edit,
        dice: u64,
    },
    /// A person takes back, or makes again, their own latest edit of a text.
    Undo {
        page: usize,
        dice: u64,
    },
    Redo {
        page: usize,
        dice: u64,
    },
    /// Frames, turns and commits move on, a few of them at random.
    Flow {
        moves: usize,
        dice: u64,
    },
    /// Everything that can arrive does, and what is queued is committed.
    Deliver,
    /// A page connects, when it is not connected.
    Connect {
        page: usize,
    },
    /// A connection ends at both ends; of what was on its way some still arrives.
    Cut {
        page: usize,
        up: usize,
        down: usize,
    },
    /// Nothing passes any more, and neither end knows.
    Freeze {
        page: usize,
    },
    /// A page gives its connection up without a word to the server, which may still read what was on its way.
    Abandon {
        page: usize,
    },
    /// An abandoned connection's next frame arrives, or the server learns that it is gone.
    Linger {
        dice: u64,
    },
    /// What a page sent last arrives cut short, after the page has given its connection up and come back on another.
    Spoil {
        page: usize,
    },
    /// A page stops to read for this many of its turns.
    Stall {
        page: usize,
        turns: usize,
    },
    /// A stock client sends a frame again that it sent before.
    Repeat {
        page: usize,
        dice: u64,
    },
    /// The server reads a frame, and the room takes it as a turn.
    Up {
        page: usize,
    },
    /// A page takes in a frame.
    Down {
        page: usize,
    },
    /// The room takes what has arrived as a turn.
    Settle,
    /// The disk takes up to so many updates, summaries and versions.
    Commit {
        most: usize,
    },
    /// The room hears of what was committed.
    Report,
    /// The next attempts to commit fail; the rows may be on disk nevertheless.
    Fail {
        attempts: usize,
        written: bool,
    },
    /// A page opens a file of what another page of the same person holds.
    Bring {
        page: usize,
    },
    /// The server refuses something of a page, as it may do with what it does not understand.
    Refuse {
        page: usize,
    },
    /// The server dies. Of what it had sent, so much still arrives.
    Crash {
        arriving: usize,
    },
    /// The server dies in the middle of what it does next, after so many frames and commits.
    CrashAfter {
        writes: usize,
    },
    /// A browser dies: what it had not yet put into its storage, up to so many writes, is gone with it.
    CrashPage {
        page: usize,
        unwritten: usize,
    },
    /// Time passes.
    Wait {
        seconds: u64,
    },
    /// The log is folded into a snapshot, where the room has asked for that.
    Fold,
}

/// The kinds of edits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    Insert,
    Replace,
    Delete,
    Paste,
    AddEntry,
    ChangeEntry,
    AddAction,
    ChangeAction,
    AddFigure,
    ChangeFigure,
    AddResponder,
    ChangeResponder,
    AddSection,
    Details,
    DeleteItem,
    RestoreItem,
}

/// How often each kind of edit is made.
const EDITS: [(u32, Edit); 16] = [
    (24, Edit::Insert),
    (8, Edit::Replace),
    (12, Edit::Delete),
    (2, Edit::Paste),
    (6, Edit::AddEntry),
    (6, Edit::ChangeEntry),
    (2, Edit::AddAction),
    (3, Edit::ChangeAction),
    (2, Edit::AddFigure),
    (2, Edit::ChangeFigure),
    (2, Edit::AddResponder),
    (2, Edit::ChangeResponder),
    (1, Edit::AddSection),
    (5, Edit::Details),
    (5, Edit::DeleteItem),
    (3, Edit::RestoreItem),
];

/// What a run suffers from most: mixed evenly, every trouble would cut every other short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weather {
    Fair,
    Network,
    Disk,
    Crashes,
    Pages,
}

impl Plan {
    /// The plan of a seed.
    pub fn of(seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let count = random.random_range(2..=4);
        let weather = [Weather::Fair, Weather::Network, Weather::Disk, Weather::Crashes, Weather::Pages];
        let weather = weather[random.random_range(0..weather.len())];
        let has_stock = random.random_bool(0.4);
        let dialect = |page| if has_stock && page == count - 1 { Dialect::Stock } else { Dialect::Debrief };
        let pages = (0..count).map(dialect).collect();
        let steps = (0..STEPS).map(|_| step(&mut random, count, weather)).collect();
        Self { pages, steps }
    }
}

fn step(random: &mut StdRng, pages: usize, weather: Weather) -> Step {
    let page = random.random_range(0..pages);
    let dice = random.random();
    let more = |named: Weather, often: u32, seldom: u32| if weather == named { often } else { seldom };
    let (network, disk) = (more(Weather::Network, 4, 1), more(Weather::Disk, 5, 1));
    let (crashes, browser) = (more(Weather::Crashes, 4, 0), more(Weather::Pages, 5, 0));
    let choices = [
        (30, Step::Edit { page, edit: pick(random, &EDITS), dice }),
        (4, Step::Undo { page, dice }),
        (2, Step::Redo { page, dice }),
        (24, Step::Flow { moves: random.random_range(1..20), dice }),
        (1, Step::Deliver),
        (8, Step::Connect { page }),
        (network, Step::Cut { page, up: random.random_range(0..4), down: random.random_range(0..4) }),
        (network, Step::Freeze { page }),
        (network, Step::Abandon { page }),
        (network, Step::Spoil { page }),
        (2, Step::Linger { dice }),
        (network, Step::Stall { page, turns: random.random_range(10..60) }),
        (1, Step::Repeat { page, dice }),
        (6, Step::Up { page }),
        (4, Step::Down { page }),
        (3, Step::Settle),
        (4, Step::Commit { most: random.random_range(1..4) }),
        (3, Step::Report),
        (disk, Step::Fail { attempts: random.random_range(1..4), written: random.random_bool(0.3) }),
        (1, Step::Bring { page }),
        (more(Weather::Pages, 3, 1), Step::Refuse { page }),
        (crashes, Step::Crash { arriving: random.random_range(0..4) }),
        (crashes, Step::CrashAfter { writes: random.random_range(0..8) }),
        (browser, Step::CrashPage { page, unwritten: random.random_range(0..4) }),
        (1, Step::Wait { seconds: random.random_range(1..60) }),
        (1, Step::Fold),
    ];
    pick(random, &choices)
}

fn pick<T: Copy>(random: &mut StdRng, choices: &[(u32, T)]) -> T {
    let mut at = random.random_range(0..choices.iter().map(|(weight, _)| weight).sum());
    for (weight, choice) in choices {
        if at < *weight {
            return *choice;
        }
        at -= weight;
    }
    unreachable!("the weights add up")
}
