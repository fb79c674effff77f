//! Threads for what is read and for long work. Where processors are short, those that sync documents and write have them
//! first: whoever waits for a list, a page or an import waits until they are done.

use crate::Debrief;
use crate::error::ApiError;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
#[cfg(target_os = "linux")]
use rustix::thread::CpuSet;
use std::io;
use std::sync::Arc;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinSet;

/// Documents nest as deep as what people bring; the CRDT's recursion over them must never run out of stack.
pub const STACK: usize = 16 << 20;

/// How much lower the priority of these threads is, in steps of Linux' nice values: a tenth of a processor is left to them
/// while all are wanted, so that an answer comes late and not never.
#[cfg(target_os = "linux")]
const LOWER: i32 = 10;

/// The lowest that there is.
#[cfg(target_os = "linux")]
const LOWEST: i32 = 19;

/// The threads, until the last of its copies is dropped; what they are at then is given up.
#[derive(Debug, Clone)]
pub struct Background(Arc<Threads>);

#[derive(Debug)]
struct Threads {
    handle: Handle,
    runtime: Option<Runtime>,
}

impl Background {
    /// Starts as many threads as there are processors.
    ///
    /// # Errors
    /// When the operating system gives no threads.
    pub fn start() -> io::Result<Self> {
        let mut threads = Builder::new_multi_thread();
        threads.enable_all().thread_name("background").thread_stack_size(STACK);
        #[cfg(target_os = "linux")]
        step_back(&mut threads);
        let runtime = threads.build()?;
        Ok(Self(Arc::new(Threads { handle: runtime.handle().clone(), runtime: Some(runtime) })))
    }

    /// Where work that blocks is done.
    pub fn handle(&self) -> Handle {
        self.0.handle.clone()
    }

    /// Does some work here; dropping the future gives it up.
    async fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Result<T, ApiError> {
        let mut task = JoinSet::new();
        task.spawn_on(work, &self.0.handle);
        match task.join_next().await {
            Some(Ok(done)) => Ok(done),
            Some(Err(error)) if error.is_panic() => Err(ApiError::failed_inside(&error)),
            Some(Err(_)) | None => Err(ApiError::Stopping),
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        // Nobody waits for what is still under way, and threads must not be waited for among tasks.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Answers what only reads on the threads of the background. A write holds the database's one connection, for which what is
/// typed waits: it must not wait itself.
pub async fn read_behind(State(debrief): State<Debrief>, request: Request, next: Next) -> Result<Response, ApiError> {
    if [Method::GET, Method::HEAD].contains(request.method()) {
        debrief.background.run(next.run(request)).await
    } else {
        Ok(next.run(request).await)
    }
}

/// Lowers the priority of the threads and leaves half of the processors to others, where that can be done: a thread that
/// wakes waits for the end of another's slice, whatever their priorities. Elsewhere than on Linux a priority would be that of
/// the whole process.
#[cfg(target_os = "linux")]
fn step_back(threads: &mut Builder) {
    use rustix::process::{getpriority_process, setpriority_process};
    use rustix::thread::{sched_getaffinity, sched_setaffinity};
    // A thread begins with what the one has that starts it, which may be one of these.
    let lower = getpriority_process(None).map(|own| (own + LOWER).min(LOWEST));
    let half = sched_getaffinity(None).map(half);
    threads.on_thread_start(move || {
        let priority = lower.and_then(|lower| setpriority_process(None, lower));
        let processors = half.and_then(|half| sched_setaffinity(None, &half));
        if let Err(error) = priority.and(processors) {
            tracing::debug!(%error, "a thread does not stand back behind those that sync documents");
        }
    });
}

/// Half of the processors, and one at least.
#[cfg(target_os = "linux")]
fn half(all: CpuSet) -> CpuSet {
    let most = (all.count() as usize / 2).max(1);
    let mut half = CpuSet::new();
    (0..CpuSet::MAX_CPU)
        .filter(|processor| all.is_set(*processor))
        .take(most)
        .for_each(|processor| half.set(processor));
    half
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn its_threads_stand_behind_those_of_everyone_else() {
        let theirs = || {
            let priority = rustix::process::getpriority_process(None).expect("a priority");
            (priority, rustix::thread::sched_getaffinity(None).expect("processors").count())
        };
        let (own, processors) = theirs();
        let background = Background::start().expect("threads");
        let worker = background.run(async move { theirs() }).await.expect("done");
        let blocking = background.run(async move { tokio::task::spawn_blocking(theirs).await.expect("done") });
        let lower = ((own + LOWER).min(LOWEST), (processors / 2).max(1));
        assert_eq!([worker, blocking.await.expect("done")], [lower; 2]);
        assert_eq!(theirs(), (own, processors), "and nobody else's");
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_is_given_up() {
        let background = Background::start().expect("threads");
        let (held, dropped) = oneshot::channel::<()>();
        let work = background.run(async move {
            std::future::pending::<()>().await;
            drop(held);
        });
        assert!(futures_util::future::FutureExt::now_or_never(work).is_none());
        assert!(dropped.await.is_err());
    }

    #[tokio::test]
    async fn work_that_panics_is_an_answer() {
        let background = Background::start().expect("threads");
        let failed = background.run(async { panic!("as it should") }).await;
        assert!(matches!(failed, Err::<(), _>(ApiError::Internal)));
    }
}
