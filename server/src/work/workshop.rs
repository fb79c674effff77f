//! Where requests do what keeps a processor busy: on threads of its own, a few at a time, and in turn between callers. Work is
//! given up when whoever asked for it hangs up and when the server stops, so that neither is paid for to the end.

use crate::callers::{Asker, Caller, gives_way};
use crate::error::ApiError;
use crate::metrics::Load;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::runtime::Handle as Runtime;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinError;

/// How many requests work at the same time: half of the processors, so that the other half is there for who is typing. With
/// two places on two processors, an acknowledgement beside the crowd of `cargo xtask bench crowd` took more than twice as long
/// at p99.
fn places() -> usize {
    std::thread::available_parallelism().map_or(1, |count| (count.get() / 2).max(1))
}

/// How many requests may wait. An import waits with its file, and so many of the largest take 128 MiB. Where more come, the
/// address with the most that wait gives way.
const MOST_WAITING: usize = 64;

/// How many requests of one person may wait or be worked on: a folder of incident files dropped at once, and no more than a
/// part of the room that there is for all.
const MOST_OF_ONE: usize = 16;

/// The way in.
#[derive(Debug, Clone)]
pub struct Workshop(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// Where the work is done.
    runtime: Runtime,
    /// How many there are of the places.
    at_once: usize,
    /// Given out in the order in which they were asked for.
    places: Arc<Semaphore>,
    line: Mutex<Line>,
    working: AtomicUsize,
    stopping: watch::Sender<bool>,
}

/// Who waits.
#[derive(Debug, Default)]
struct Line {
    /// A place in each caller's own queue, of which only the first waits for one of the places: who asks for ten things is
    /// served as often as who asks for one.
    of_callers: HashMap<Caller, Arc<Semaphore>>,
    /// As many places for each address as there are: who is elsewhere waits for one of the names that somebody makes up.
    of_addresses: HashMap<IpAddr, Arc<Semaphore>>,
    /// The newest last.
    waiting: Vec<Waiting>,
    last: u64,
}

#[derive(Debug)]
struct Waiting {
    number: u64,
    asker: Asker,
    leave: Arc<Notify>,
}

impl Line {
    /// Sends somebody away for a newcomer.
    fn make_room(&mut self, newcomer: &Asker) -> Result<(), WorkshopError> {
        let waiting = self.waiting.iter().map(|waiting| (waiting.number, &waiting.asker));
        let number = gives_way(waiting, newcomer).ok_or(WorkshopError::Busy)?;
        let at = self.waiting.iter().position(|waiting| waiting.number == number).ok_or(WorkshopError::Busy)?;
        self.waiting.remove(at).leave.notify_one();
        Ok(())
    }
}

/// Asked between the parts of some work: whether anybody still wants it.
#[derive(Debug, Clone)]
pub struct Wanted {
    is_awaited: Arc<AtomicBool>,
    shared: Option<Arc<Shared>>,
}

impl Wanted {
    /// By whoever holds the other end.
    pub fn new() -> (Self, Awaiting) {
        let is_awaited = Arc::new(AtomicBool::new(true));
        (Self { is_awaited: is_awaited.clone(), shared: None }, Awaiting(is_awaited))
    }

    /// Whether the work is to go on.
    pub fn goes_on(&self) -> bool {
        let is_stopping = self.shared.as_ref().is_some_and(|shared| *shared.stopping.borrow());
        self.is_awaited.load(Ordering::Relaxed) && !is_stopping
    }
}

/// Whoever waits for some work. Dropping it gives the work up.
#[derive(Debug)]
pub struct Awaiting(Arc<AtomicBool>);

impl Drop for Awaiting {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// Stands in the line for as long as it is held.
struct InLine {
    shared: Arc<Shared>,
    number: u64,
    leave: Arc<Notify>,
}

impl Drop for InLine {
    fn drop(&mut self) {
        self.shared.line().waiting.retain(|waiting| waiting.number != self.number);
    }
}

/// Counts as work for as long as it is held.
#[derive(Debug)]
struct Working(Arc<Shared>);

impl Working {
    fn new(shared: &Arc<Shared>) -> Self {
        shared.working.fetch_add(1, Ordering::Relaxed);
        Self(shared.clone())
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.0.working.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Somebody's turn, until it is dropped and its work has ended.
#[derive(Debug)]
pub struct Turn {
    shared: Arc<Shared>,
    place: Arc<Place>,
}

/// A place at work, given back when the work has ended.
#[derive(Debug)]
struct Place {
    _queued: [OwnedSemaphorePermit; 3],
    _working: Working,
}

/// Why some work was not done.
#[derive(Debug, thiserror::Error)]
pub enum WorkshopError {
    #[error("too many wait already")]
    Busy,
    #[error("too much of this caller is under way")]
    TooMuchAtOnce,
    #[error("the server stops")]
    Stopping,
    #[error("the work failed inside: {0}")]
    Failed(JoinError),
}

impl Workshop {
    /// Works on the threads of a runtime that may block.
    pub fn new(runtime: Runtime) -> Self {
        Self::with(places(), runtime)
    }

    fn with(places: usize, runtime: Runtime) -> Self {
        Self(Arc::new(Shared {
            runtime,
            at_once: places,
            places: Arc::new(Semaphore::new(places)),
            line: Mutex::default(),
            working: AtomicUsize::new(0),
            stopping: watch::Sender::new(false),
        }))
    }

    /// Does some work for whoever asks, when it is their turn. Dropping the future gives the work up, and its place is free as
    /// soon as the work has noticed.
    ///
    /// # Errors
    /// When too much waits already, when the server stops, and those of the work.
    pub async fn run<T: Send + 'static, E: From<WorkshopError> + Send + 'static>(
        &self,
        asker: &Asker,
        work: impl FnOnce(&Wanted) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        self.turn(asker).await?.run(work).await
    }

    /// Waits for somebody's turn: what the work needs is loaded in it, and not held by everyone who waits.
    ///
    /// # Errors
    /// When too much waits already, or the server stops.
    pub async fn turn(&self, asker: &Asker) -> Result<Turn, WorkshopError> {
        let mut stopping = self.0.stopping.subscribe();
        let place = tokio::select! {
            biased;
            _ = stopping.wait_for(|is_stopping| *is_stopping) => return Err(WorkshopError::Stopping),
            place = self.place(asker) => place?,
        };
        Ok(Turn { shared: self.0.clone(), place: Arc::new(place) })
    }

    /// Begins nothing from now on, and gives up what is under way.
    pub fn stop(&self) {
        self.0.stopping.send_replace(true);
    }

    /// What is in use now.
    pub fn load(&self) -> Load {
        Load { waiting: self.0.line().waiting.len(), working: self.0.working.load(Ordering::Relaxed) }
    }

    async fn place(&self, asker: &Asker) -> Result<Place, WorkshopError> {
        let (own, of_address, in_line) = self.line_up(asker)?;
        let taking = async {
            let own = own.acquire_owned().await?;
            let of_address = of_address.acquire_owned().await?;
            let shared = self.0.places.clone().acquire_owned().await?;
            Ok::<_, tokio::sync::AcquireError>([own, of_address, shared])
        };
        let queued = tokio::select! {
            biased;
            () = in_line.leave.notified() => return Err(WorkshopError::Busy),
            // Semaphores of a workshop are never closed.
            taken = taking => taken.map_err(|_| WorkshopError::Stopping)?,
        };
        drop(in_line);
        Ok(Place { _queued: queued, _working: Working::new(&self.0) })
    }

    /// A caller's own queue and that of their address, and a place in the line, where there is room.
    fn line_up(&self, asker: &Asker) -> Result<(Arc<Semaphore>, Arc<Semaphore>, InLine), WorkshopError> {
        let mut line = self.0.line();
        // Whoever waits or works holds their queues: nobody needs those that only stand here.
        line.of_callers.retain(|_, queue| Arc::strong_count(queue) > 1);
        line.of_addresses.retain(|_, queue| Arc::strong_count(queue) > 1);
        let queue = line.of_callers.entry(asker.caller.clone()).or_insert_with(|| Arc::new(Semaphore::new(1))).clone();
        let at_once = || Arc::new(Semaphore::new(self.0.at_once));
        let of_address = line.of_addresses.entry(asker.address).or_insert_with(at_once).clone();
        // One stands in the line, and one is ours.
        if Arc::strong_count(&queue) - 2 >= MOST_OF_ONE {
            return Err(WorkshopError::TooMuchAtOnce);
        }
        if line.waiting.len() >= MOST_WAITING {
            line.make_room(asker)?;
        }
        line.last += 1;
        let (number, leave) = (line.last, Arc::new(Notify::new()));
        line.waiting.push(Waiting { number, asker: asker.clone(), leave: leave.clone() });
        Ok((queue, of_address, InLine { shared: self.0.clone(), number, leave }))
    }
}

impl Turn {
    /// Does some work. Dropping the future gives it up.
    ///
    /// # Errors
    /// When the server stops, and those of the work.
    pub async fn run<T: Send + 'static, E: From<WorkshopError> + Send + 'static>(
        &self,
        work: impl FnOnce(&Wanted) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let mut stopping = self.shared.stopping.subscribe();
        let (mut wanted, _awaiting) = Wanted::new();
        wanted.shared = Some(self.shared.clone());
        let place = self.place.clone();
        let working = self.shared.runtime.spawn_blocking(move || {
            let done = work(&wanted);
            drop(place);
            done
        });
        tokio::select! {
            biased;
            done = working => done.unwrap_or_else(|error| Err(WorkshopError::Failed(error).into())),
            // Work that cannot be given up in the middle is not waited for: nothing is kept of it.
            _ = stopping.wait_for(|is_stopping| *is_stopping) => Err(WorkshopError::Stopping.into()),
        }
    }
}

impl Shared {
    fn line(&self) -> MutexGuard<'_, Line> {
        // Nothing panics while it holds the lock; if something did, the line would still be whole.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<WorkshopError> for ApiError {
    fn from(error: WorkshopError) -> Self {
        match error {
            WorkshopError::Busy => ApiError::Busy,
            WorkshopError::TooMuchAtOnce => ApiError::TooMuchAtOnce,
            WorkshopError::Stopping => ApiError::Stopping,
            WorkshopError::Failed(error) => ApiError::failed_inside(&error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;
    use std::sync::mpsc;
    use std::time::Duration;
    use tokio::time::timeout;

    /// How long any one thing may take before a test gives up on it.
    const PATIENCE: Duration = Duration::from_secs(30);

    fn person_at(name: &str, address: [u8; 4]) -> Asker {
        Asker { caller: Caller::Person(name.parse().expect("an id")), address: address.into() }
    }

    fn person(name: &str) -> Asker {
        person_at(name, [192, 0, 2, 1])
    }

    /// Some work under way, which ends when the sender is dropped or nobody wants it.
    async fn begun(
        workshop: &Workshop,
        name: &str,
    ) -> (tokio::task::JoinHandle<Result<&'static str, WorkshopError>>, mpsc::Sender<()>) {
        let (end, ended) = mpsc::channel::<()>();
        let (begin, has_begun) = tokio::sync::oneshot::channel();
        let (workshop, person) = (workshop.clone(), person(name));
        let task = tokio::spawn(async move {
            let work = move |wanted: &Wanted| {
                let _ = begin.send(());
                while wanted.goes_on() && ended.try_recv() == Err(mpsc::TryRecvError::Empty) {
                    std::thread::yield_now();
                }
                Ok(if wanted.goes_on() { "done" } else { "given up" })
            };
            workshop.run(&person, work).await
        });
        timeout(PATIENCE, has_begun).await.expect("not too late").expect("it begins");
        (task, end)
    }

    async fn until(workshop: &Workshop, load: Load) {
        let reached = timeout(PATIENCE, async {
            while workshop.load() != load {
                tokio::task::yield_now().await;
            }
        });
        assert!(reached.await.is_ok(), "waited in vain for {load:?}: {:?}", workshop.load());
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_is_given_up_and_its_place_is_free() {
        let workshop = Workshop::with(1, Runtime::current());
        let (task, _end) = begun(&workshop, "mara").await;
        assert_eq!(workshop.load(), Load { waiting: 0, working: 1 });
        task.abort();
        until(&workshop, Load::default()).await;
        let (task, end) = begun(&workshop, "jonah").await;
        drop(end);
        assert_eq!(task.await.expect("no panic").ok(), Some("done"));
    }

    #[tokio::test]
    async fn who_asks_for_one_thing_waits_for_one_of_somebody_elses_at_most() {
        let workshop = Workshop::with(1, Runtime::current());
        let order = Arc::new(Mutex::new(Vec::new()));
        let (task, end) = begun(&workshop, "first").await;
        let ask = |name: &'static str| {
            let (workshop, order) = (workshop.clone(), order.clone());
            async move {
                let work = move |_: &Wanted| {
                    order.lock().expect("no panic").push(name);
                    Ok::<_, WorkshopError>(())
                };
                workshop.run(&person(name), work).await
            }
        };
        // In the order in which they are polled: four of one person's, then one of another.
        let all = tokio::spawn(join_all(["mara", "mara", "mara", "mara", "jonah"].map(ask)));
        until(&workshop, Load { waiting: 5, working: 1 }).await;
        drop(end);
        assert!(all.await.expect("no panic").iter().all(Result::is_ok));
        task.await.expect("no panic").expect("done");
        assert_eq!(*order.lock().expect("no panic"), ["mara", "jonah", "mara", "mara", "mara"]);
    }

    #[tokio::test]
    async fn a_stop_gives_up_what_is_under_way_and_begins_nothing() {
        let workshop = Workshop::with(1, Runtime::current());
        let (task, _end) = begun(&workshop, "mara").await;
        let (waiting, jonah) = (workshop.clone(), person("jonah"));
        let waiting = tokio::spawn(async move { waiting.run(&jonah, |_| Ok("done")).await });
        until(&workshop, Load { waiting: 1, working: 1 }).await;
        workshop.stop();
        assert!(matches!(waiting.await.expect("no panic"), Err(WorkshopError::Stopping)));
        assert!(!matches!(task.await.expect("no panic"), Ok("done")));
        until(&workshop, Load::default()).await;
        assert!(matches!(
            workshop.run(&person("lea"), |_| Ok::<_, WorkshopError>(())).await,
            Err(WorkshopError::Stopping)
        ));
    }

    /// Asks for something that waits.
    fn ask(workshop: &Workshop, asker: Asker) -> tokio::task::JoinHandle<Result<(), WorkshopError>> {
        let workshop = workshop.clone();
        tokio::spawn(async move { workshop.run(&asker, |_| Ok::<_, WorkshopError>(())).await })
    }

    #[tokio::test]
    async fn there_is_an_end_to_what_one_caller_and_to_what_all_may_ask_for() {
        let workshop = Workshop::with(1, Runtime::current());
        let (_task, _end) = begun(&workshop, "first").await;
        let waiting: Vec<_> = (0..MOST_OF_ONE).map(|_| ask(&workshop, person("mara"))).collect();
        until(&workshop, Load { waiting: MOST_OF_ONE, working: 1 }).await;
        let one_more = workshop.run(&person("mara"), |_| Ok::<_, WorkshopError>(())).await;
        assert!(matches!(one_more, Err(WorkshopError::TooMuchAtOnce)));
        waiting.iter().for_each(tokio::task::JoinHandle::abort);
        until(&workshop, Load { waiting: 0, working: 1 }).await;
        let of_one = |number: usize| ask(&workshop, person(&format!("person-{number}")));
        let waiting: Vec<_> = (0..MOST_WAITING).map(of_one).collect();
        until(&workshop, Load { waiting: MOST_WAITING, working: 1 }).await;
        assert!(
            matches!(workshop.run(&person("jonah"), |_| Ok::<_, WorkshopError>(())).await, Err(WorkshopError::Busy)),
            "all have one each"
        );
        waiting.iter().for_each(tokio::task::JoinHandle::abort);
        until(&workshop, Load { waiting: 0, working: 1 }).await;
    }

    #[tokio::test]
    async fn names_that_one_address_makes_up_keep_nobody_elsewhere_out() {
        let workshop = Workshop::with(1, Runtime::current());
        let (task, end) = begun(&workshop, "first").await;
        let names = (0..MOST_WAITING).map(|number| format!("name-{}", number / MOST_OF_ONE));
        let crowd: Vec<_> = names.map(|name| ask(&workshop, person_at(&name, [198, 51, 100, 1]))).collect();
        until(&workshop, Load { waiting: MOST_WAITING, working: 1 }).await;
        let jonah = ask(&workshop, person_at("jonah", [203, 0, 113, 1]));
        // And of the crowd who has fewer comes before who has more.
        let lea = ask(&workshop, person_at("lea", [198, 51, 100, 1]));
        let answered = async {
            let mut refused = 0;
            drop(end);
            for asked in crowd {
                refused += usize::from(matches!(asked.await.expect("no panic"), Err(WorkshopError::Busy)));
            }
            refused
        };
        tokio::task::yield_now().await;
        assert_eq!(answered.await, 2);
        assert!(jonah.await.expect("no panic").is_ok() && lea.await.expect("no panic").is_ok());
        task.await.expect("no panic").expect("done");
    }

    #[tokio::test]
    async fn who_is_elsewhere_waits_for_one_of_the_names_that_an_address_makes_up() {
        let workshop = Workshop::with(1, Runtime::current());
        let (task, end) = begun(&workshop, "first").await;
        let order = Arc::new(Mutex::new(Vec::new()));
        let ask = |name: String, address: u8| {
            let (workshop, order) = (workshop.clone(), order.clone());
            async move {
                let asker = person_at(&name, [192, 0, 2, address]);
                let work = move |_: &Wanted| {
                    order.lock().expect("no panic").push(name);
                    Ok::<_, WorkshopError>(())
                };
                workshop.run(&asker, work).await
            }
        };
        let names = (0..8).map(|number| (format!("name-{number}"), 7)).chain([("jonah".to_owned(), 8)]);
        let all = tokio::spawn(join_all(names.map(|(name, address)| ask(name, address))));
        until(&workshop, Load { waiting: 9, working: 1 }).await;
        drop(end);
        assert!(all.await.expect("no panic").iter().all(Result::is_ok));
        task.await.expect("no panic").expect("done");
        let place = order.lock().expect("no panic").iter().position(|name| name == "jonah");
        assert_eq!(place, Some(1), "one was before him");
    }
}
