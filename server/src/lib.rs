//! The server: HTTP, the live rooms and the store. The binary `debrief` and the tests both come in through [`serve`],
//! which is handed a listener and told when to stop.

pub mod access;
pub mod announce;
pub mod callers;
pub mod cli;
pub mod clock;
pub mod error;
pub mod feed;
pub mod http;
pub mod listener;
pub mod metrics;
pub mod openid;
pub mod private;
pub mod random;
pub mod router;
pub mod store;
pub mod sync;
mod to_the_end;
pub mod work;

use access::{Access, Growth, Names, Passwords, PublicUrl, Quotas, RequestPace, ToldOnce, Uses};
use announce::Announcer;
use cli::config::Settings;
use feed::Feed;
use ipnet::IpNet;
use openid::OpenId;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::claim::{Claim, ClaimError};
use store::{Store, StoreError, StoreOptions};
use sync::{Rooms, Saver};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use work::background::Background;
use work::together::Together;
use work::who_is_where::WhoIsWhere;
use work::workshop::Workshop;

/// How long a stop waits for requests under way: nobody types in them. What people typed has longer, before it.
const LAST_REQUESTS: Duration = Duration::from_secs(5);

/// How long a stop waits to write down which sessions were used: nothing depends on it for a day.
const LAST_USES: Duration = Duration::from_secs(2);

/// Everything a request can reach.
#[derive(Debug, Clone)]
pub struct Debrief {
    pub store: Store,
    pub rooms: Rooms,
    pub access: Arc<Access>,
    pub workshop: Workshop,
    /// Where requests are answered.
    pub background: Background,
    pub public_url: Option<PublicUrl>,
    /// The proxies that are believed whom they ask for.
    pub trusted_proxies: Arc<[IpNet]>,
    /// What opens the measurements; without it, this machine may read them.
    pub metrics_token: Option<String>,
    /// Writes what others are told of.
    pub announcer: Announcer,
    /// Asks providers of single sign-on.
    pub openid: Arc<OpenId>,
    /// Tells what changes outside of rooms.
    pub feed: Feed,
    /// What the incident log shows of the rooms, looked at once for all who ask.
    pub who_is_where: Arc<Together<Arc<WhoIsWhere>>>,
}

/// Why the server did not start, or did not stop well.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Claim(#[from] ClaimError),
    #[error(
        "{0} has other names (hard links), and was open under one of them: what was written last is in the log beside that \
         name. Use it, or restore a backup"
    )]
    LogElsewhere(PathBuf),
    #[error("the operating system refused: {0}")]
    System(#[from] std::io::Error),
    #[error("what was typed last could not be saved before the stop; it is still in the browsers that typed it")]
    Unsaved,
}

/// A server that has opened its database, and answers as soon as it is given a listener.
#[derive(Debug)]
pub struct Server {
    debrief: Debrief,
    /// The last that was announced before.
    announced: i64,
    limits: listener::Limits,
    growth: Growth,
    sweeps: StoreOptions,
    /// Held to the end.
    _claim: Claim,
}

impl Server {
    /// Opens the database and brings it up to date; `address` is where the server will listen.
    ///
    /// # Errors
    /// When it cannot be opened, or another server has it.
    pub async fn open(settings: Settings, address: SocketAddr) -> Result<Self, ServeError> {
        // Before anything is changed in it: the server that has it may be of an older release.
        let claim = Claim::of_server(&settings.database)?;
        look_for_log(&settings.database).await?;
        let store = Store::open_with(&settings.database, settings.store).await?;
        store.take().await?;
        let saver = Saver::start(store.clone(), settings.pace.patience, settings.bounds.unsaved);
        let background = Background::start()?;
        let access = Access {
            names: Names::new(address, settings.public_url.clone()),
            told: ToldOnce::default(),
            quotas: Quotas::new(&settings.growth),
            pace: RequestPace::new(settings.requests_per_second),
            uses: Uses::default(),
            passwords: Passwords::new(background.handle()),
        };
        let rooms = Rooms::new(store.first(), saver, settings.pace, settings.bounds);
        let announced = store.last_announcement().await?;
        let debrief = Debrief {
            access: Arc::new(access),
            workshop: Workshop::new(background.handle()),
            background,
            announcer: Announcer::new(store.clone(), rooms.clone()),
            feed: Feed::new(store.clone(), rooms.clone(), announced),
            openid: Arc::default(),
            rooms,
            store,
            public_url: settings.public_url,
            trusted_proxies: settings.trusted_proxies.into(),
            metrics_token: settings.metrics_token,
            who_is_where: Arc::default(),
        };
        Ok(Self {
            debrief,
            announced,
            limits: settings.listener,
            growth: settings.growth,
            sweeps: settings.store,
            _claim: claim,
        })
    }

    /// Remembers where browsers reach it, for links that are made beside it; gives the link for the first account as long as
    /// nobody looks after the team.
    ///
    /// # Errors
    /// When the store failed.
    pub async fn reached_at(&self, origin: &str) -> Result<Option<String>, StoreError> {
        let store = &self.debrief.store;
        let mut write = store.write().await?;
        store::team::set_origin(&mut write, origin).await?;
        write.commit().await?;
        Ok(work::joining::first_link(store).await?.map(|link| link.url(origin)))
    }

    /// Serves until told to stop; then saves every room, tells every connection, and closes the store.
    ///
    /// # Errors
    /// When something accepted could not be saved.
    pub async fn run(self, listener: TcpListener, shutdown: impl Future<Output = ()>) -> Result<(), ServeError> {
        let Debrief { store, rooms, workshop, access, .. } = self.debrief.clone();
        let tending = tokio::spawn({
            let (access, store) = (Arc::clone(&access), store.clone());
            async move { access::tend(&access, &store, &self.growth).await }
        });
        let sweeping = tokio::spawn(store::sweeper::run(store.clone(), self.sweeps));
        let (announcer, feed) = (self.debrief.announcer.clone(), self.debrief.feed.clone());
        let announcing = tokio::spawn({
            let feed = feed.clone();
            let wanted = rooms.heads_wanted();
            async move {
                let telling = announcer.run(self.announced, |announced| feed.hear(announced));
                tokio::join!(telling, feed.run(), work::heads::decide(&announcer, wanted))
            }
        });
        let (stop, stopped) = oneshot::channel::<()>();
        let proxies = self.debrief.trusted_proxies.clone();
        // Followers of the log are told of the end by these threads, when nothing is served any more.
        let background = self.debrief.background.clone();
        let router = router::router(self.debrief);
        let serving = listener::serve(listener, router, self.limits, proxies, async { drop(stopped.await) });
        let mut serving = tokio::spawn(serving);
        tokio::select! {
            ended = &mut serving => return Ok(ended.map_err(std::io::Error::other)?),
            () = shutdown => {}
        }
        tracing::info!("stopping");
        let _ = stop.send(());
        workshop.stop();
        feed.stop();
        let is_saved = rooms.stop().await;
        if tokio::time::timeout(LAST_REQUESTS, &mut serving).await.is_err() {
            tracing::warn!("a request took too long and was cut off");
            serving.abort();
        }
        announcing.abort();
        drop(background);
        tending.abort();
        match tokio::time::timeout(LAST_USES, access.uses.write_down(&store)).await {
            Ok(Ok(())) => {}
            // Sessions count as used when they were before.
            Ok(Err(_)) | Err(_) => tracing::warn!("which sessions were used last could not be written down"),
        }
        sweeping.abort();
        // A sweep that is under way keeps its connection open for as long.
        drop(sweeping.await);
        if let Err(error) = store.give_back().await {
            tracing::warn!(%error, "the database goes on saying that it is open");
        }
        store.close().await;
        if is_saved { Ok(()) } else { Err(ServeError::Unsaved) }
    }
}

/// Opens the database, and serves on a listener that is there already.
///
/// # Errors
/// When the store cannot be opened, or something accepted could not be saved.
pub async fn serve(
    listener: TcpListener,
    settings: Settings,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    Server::open(settings, listener.local_addr()?).await?.run(listener, shutdown).await
}

/// A file that was copied or moved without its log has lost what was written last, which nobody else would say.
async fn look_for_log(database: &Path) -> Result<(), ServeError> {
    match store::copies::lacks_log(database).await {
        Ok(true) if store::claim::has_other_names(database) => Err(ServeError::LogElsewhere(database.to_path_buf())),
        Ok(true) => {
            tracing::warn!("{}", LOG_IS_MISSING);
            Ok(())
        }
        Ok(false) => Ok(()),
        // Whatever is wrong with the file, opening it says so.
        Err(error) => {
            tracing::debug!(%error, "the database does not say whether its log is there");
            Ok(())
        }
    }
}

/// What a database without its log lacks.
pub const LOG_IS_MISSING: &str = "this database was open when it was copied or moved, and the log that stood beside it \
     (debrief.db-wal) is missing: what was written last is not in it";
