//! The server: HTTP, the live rooms and the store. The binary `debrief` and the tests both come in through [`serve`],
//! which is handed a listener and told when to stop.

pub mod access;
pub mod assets;
pub mod backup;
pub mod clock;
pub mod command;
pub mod config;
pub mod creation;
pub mod doctor;
pub mod error;
pub mod examples;
pub mod export;
pub mod files;
pub mod logs;
pub mod metrics;
pub mod publication;
pub mod random;
pub mod request;
pub mod router;
pub mod routes;
pub mod store;
pub mod sync;
pub mod version;

use axum::serve::ListenerExt;
use config::{PublicUrl, Settings};
use std::fs::{File, TryLockError};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::{Store, StoreError};
use sync::{Rooms, Saver};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, oneshot};

/// How long a stop waits for requests under way.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// Everything a request can reach.
#[derive(Debug, Clone)]
pub struct Debrief {
    pub store: Store,
    pub rooms: Rooms,
    pub public_url: Option<PublicUrl>,
    /// What opens the measurements; without it, this machine may read them.
    pub metrics_token: Option<String>,
    /// Held while rows that rooms are told of are written, so that rooms hear of them in the order of their commits.
    pub telling: Arc<Mutex<()>>,
}

/// Why the server did not start, or did not stop well.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("another debrief serves this database already: {0}")]
    InUse(PathBuf),
    #[error("the operating system refused: {0}")]
    System(#[from] std::io::Error),
    #[error("what was typed last could not be saved before the stop; it is still in the browsers that typed it")]
    Unsaved,
}

/// Serves until told to stop; then saves every room, tells every connection, and closes the store.
///
/// # Errors
/// When the store cannot be opened, or something accepted could not be saved.
pub async fn serve(
    listener: TcpListener,
    settings: Settings,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    // Before anything is changed in it: the server that has it may be of an older release.
    let _claim = claim(&settings.database)?;
    let store = Store::open_with(&settings.database, settings.store).await?;
    let saver = Saver::start(store.clone(), settings.pace.patience, settings.bounds.unsaved);
    let rooms = Rooms::new(store.clone(), saver, settings.pace, settings.bounds);
    let debrief = Debrief {
        store: store.clone(),
        rooms: rooms.clone(),
        public_url: settings.public_url,
        metrics_token: settings.metrics_token,
        telling: Arc::default(),
    };
    let router = router::router(debrief);
    // A small update must not wait for the acknowledgement of the one before it.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY was refused");
        }
    });
    let (stop, stopped) = oneshot::channel::<()>();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async { drop(stopped.await) });
    let mut server = tokio::spawn(server.into_future());
    tokio::select! {
        ended = &mut server => return Ok(ended.map_err(std::io::Error::other)??),
        () = shutdown => {}
    }
    tracing::info!("stopping");
    let _ = stop.send(());
    let is_saved = rooms.stop().await;
    if tokio::time::timeout(LAST_REQUESTS, &mut server).await.is_err() {
        tracing::warn!("a request took too long and was cut off");
        server.abort();
    }
    store.close().await;
    if is_saved { Ok(()) } else { Err(ServeError::Unsaved) }
}

/// Makes sure that only one server gives out the sequences of a database's logs, and that nothing replaces them meanwhile.
/// The claim ends with the process, however that ends; imports, exports and backups beside a running server need none.
fn claim(database: &Path) -> Result<File, ServeError> {
    if let Some(folder) = database.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let lock = File::create(database.with_extension("lock"))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(ServeError::InUse(database.to_path_buf())),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}
