//! A server of a test's own: in a thread with a runtime of its own, on port 0, with its data in a temporary folder. When
//! it is dropped it is stopped well, and what is on its disk is checked.

use crate::entrance::Entrance;
use crate::http::Visitor;
use postmortem::api::Summary;
use postmortem::{ClientId, TeamRole};
use server::access::PublicUrl;
use server::cli::config::Settings;
use server::store::Store;
use server::sync::Pace;
use server::{ServeError, serve};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// A running server.
pub struct TestServer {
    folder: TempDir,
    settings: Settings,
    /// Where it is to listen, on a port of its own.
    listen: &'static str,
    address: SocketAddr,
    running: Option<Running>,
    pub(crate) entrance: Arc<Entrance>,
}

struct Running {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<Result<(), ServeError>>,
}

impl TestServer {
    /// Starts one with nothing in it.
    pub fn start() -> Self {
        Self::with(|_| {})
    }

    /// Starts one whose rooms do at once what they otherwise do after a while.
    pub fn hurried(pace: Pace) -> Self {
        Self::with(|settings| settings.pace = pace)
    }

    /// Starts one whose measurements a token opens.
    pub fn guarded(metrics_token: &str) -> Self {
        Self::with(|settings| settings.metrics_token = Some(metrics_token.to_owned()))
    }

    /// Starts one that browsers reach under another address.
    pub fn behind(public_url: &str) -> Self {
        let public_url: PublicUrl = public_url.parse().expect("a public URL");
        Self::with(|settings| settings.public_url = Some(public_url))
    }

    /// Starts one with other settings.
    pub fn with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::listening("127.0.0.1:0", change)
    }

    /// Starts one that listens to every address of the machine, as it does for a team.
    pub fn for_a_network() -> Self {
        Self::listening("0.0.0.0:0", |_| {})
    }

    fn listening(listen: &'static str, change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut settings = Settings::in_folder(folder.path());
        change(&mut settings);
        let (address, running) = Running::start(&settings, listen);
        let entrance = Arc::new(Entrance::to_database(&settings.database));
        Self { folder, settings, listen, address, running: Some(running), entrance }
    }

    /// Stops it well and starts it on the same data, under another port.
    pub fn restart(&mut self) {
        self.stop();
        let (address, running) = Running::start(&self.settings, self.listen);
        self.address = address;
        self.running = Some(running);
    }

    /// Stops it well.
    pub fn stop(&mut self) {
        if let Some(Running { stop, thread }) = self.running.take() {
            let _ = stop.send(());
            let ended = thread.join().expect("the server panicked");
            ended.expect("the server stopped with everything saved");
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its data folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Somebody of the team.
    pub async fn visitor(&self, name: &str) -> Visitor {
        self.visitor_as(name, TeamRole::Member).await
    }

    /// Somebody with another role.
    pub async fn visitor_as(&self, name: &str, role: TeamRole) -> Visitor {
        self.entrance.join(&self.stranger(), name, role).await
    }

    /// A program that asks with a token.
    pub async fn token(&self, name: &str, role: TeamRole) -> Visitor {
        self.entrance.token(&self.stranger(), name, role).await
    }

    /// Somebody without an account.
    pub fn stranger(&self) -> Visitor {
        Visitor::stranger(self.address)
    }
}

impl Running {
    fn start(settings: &Settings, listen: &str) -> (SocketAddr, Self) {
        let listener = std::net::TcpListener::bind(listen).expect("a free port");
        listener.set_nonblocking(true).expect("a listener for tokio");
        let port = listener.local_addr().expect("an address").port();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let (stop, stopped) = oneshot::channel();
        let settings = settings.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .thread_stack_size(16 << 20)
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).expect("a listener");
                serve(listener, settings, async { drop(stopped.await) }).await
            })
        });
        (address, Self { stop, thread })
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        self.stop();
        let file = self.settings.database.clone();
        let checked = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(check(&file));
        });
        checked.join().expect("everything was saved");
    }
}

/// Every document decodes without a defect in its log, and the incident log says of it what it says itself.
async fn check(file: &Path) {
    let store = Store::open(file).await.expect("the database");
    for listed in store.list_postmortems().await.expect("the incident log") {
        let log = store.find_log(&listed.id).await.expect("a log").expect("a document for each row");
        let (last, authors) = (log.sequence(), log.authors.clone());
        let room = postmortem::Room::load(ClientId(1), log.through(last), authors).expect("a document that decodes");
        assert_eq!(Summary::of(room.replica()), listed.summary, "{}", listed.id);
    }
    store.close().await;
}
