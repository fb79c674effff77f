//! Many runs on all cores, and what is told of the first that fails.

use crate::fault::Fault;
use crate::page::Page;
use crate::plan::Plan;
use crate::shrink::shrink;
use crate::world::{self, World};
use crate::{NOW, Violation};
use std::cell::Cell;
use std::fmt;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// What the CRDT needs at most, with room to spare.
const STACK: usize = 16 << 20;

/// A seed that fails, with the shortest plan found that does.
#[derive(Debug)]
pub struct Failure {
    seed: u64,
    violation: Violation,
    pub plan: Plan,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, violation: Violation(violation), plan } = self;
        writeln!(formatter, "{violation}\nSEED={seed} replays it. {:?}, shortened to:", plan.pages)?;
        plan.steps.iter().try_for_each(|step| writeln!(formatter, "  {step:?}"))
    }
}

/// Runs seeds on all cores until one fails; of several the lowest.
pub fn first_failure(seeds: Range<u64>, fault: Option<Fault>) -> Option<Failure> {
    let next = AtomicU64::new(seeds.start);
    let failed = AtomicU64::new(u64::MAX);
    let cores = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        for _ in 0..cores {
            let work = || {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end || seed > failed.load(Ordering::Relaxed) {
                        return;
                    }
                    if fails(&Plan::of(seed), fault).is_some() {
                        failed.fetch_min(seed, Ordering::Relaxed);
                    }
                }
            };
            thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).expect("a thread");
        }
    });
    let seed = failed.into_inner();
    let explain = move || {
        let plan = Plan::of(seed);
        let first = fails(&plan, fault).expect("a seed fails every time");
        let (plan, violation) = shrink(&plan, first, |plan| fails(plan, fault));
        Failure { seed, violation, plan }
    };
    (seed < u64::MAX).then(|| {
        let thread = thread::Builder::new().stack_size(STACK).spawn(explain).expect("a thread");
        thread.join().expect("an explanation")
    })
}

/// Everything that is on disk and in the pages after each step of a seed, as one text.
pub fn trace(seed: u64) -> String {
    let plan = Plan::of(seed);
    NOW.set(0);
    let mut world = World::new(&plan.pages, None).expect("a fresh world is at rest");
    let mut trace = String::new();
    for step in &plan.steps {
        world.step(*step).expect("a seed that holds");
        let updates: Vec<&[u8]> = world.server.disk.log().collect();
        let unsaved: Vec<usize> = world.pages.iter().map(Page::unsaved).collect();
        trace.push_str(&format!("{step:?} {} {unsaved:?} {updates:?}\n", updates.len()));
    }
    trace
}

/// How a plan fails, if it does; a panic anywhere is a failure too.
fn fails(plan: &Plan, fault: Option<Fault>) -> Option<Violation> {
    NOW.set(0);
    QUIET.set(true);
    hush();
    let outcome = catch_unwind(AssertUnwindSafe(|| world::run(plan, fault)));
    QUIET.set(false);
    match outcome {
        Ok(checked) => checked.err(),
        Err(panic) => {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
            Some(Violation(format!("a panic: {said}")))
        }
    }
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Panics of runs are reported with their plan, not one by one while it is being shortened.
fn hush() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                usual(panic);
            }
        }));
    });
}
