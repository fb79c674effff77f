//! The listener: takes connections in, gives each its place, cuts off what dawdles, and ends well at a stop. What a
//! request asks for is the router's; a connection that has become a WebSocket is counted and cut off by `sync`.

mod body;
mod inflow;
mod ledger;
mod outflow;
mod places;
mod stream;

pub use body::is_too_slow;
pub use inflow::{Breach, Inflow};
pub use outflow::Outflow;
pub use places::ConnectionPlace;

use crate::callers::{Caller, behind, narrowed};
use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use body::{HeldBody, Timely};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use ipnet::IpNet;
use ledger::Ledger;
use places::{Asking, Places};
use postmortem::Person;
use std::convert::Infallible;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use stream::Stream;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// The most bytes of a request's head, and what is read ahead of a WebSocket's first frames.
const HEAD: usize = 64 << 10;

/// How long the listener rests when the system gives it no connection, because files or memory are short.
const REST: Duration = Duration::from_millis(100);

/// How long connections may take, and how much of them is held at a time. Tests lower it.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For the head of a request, and until the next one on a connection that is kept: proxies and browsers open another.
    pub head: Duration,
    /// For the body of a request: the largest import in a minute is 35 KiB a second, a poor line.
    pub body: Duration,
    /// For one message of a WebSocket, from its first byte on: the largest at 23 KiB a second. It is shorter than the
    /// silence after which a connection counts as lost, so that the peer is told.
    pub message: Duration,
    /// For a peer to take more of what it is sent. A poor line of 23 KiB a second takes within it a third of the 4 MiB that
    /// the system holds for it, and only then is more handed on.
    pub unread: Duration,
    /// Connections that are no WebSockets, of everyone: as many as there may be of those, since everyone may come at once.
    /// One takes some 20 KiB.
    pub connections: usize,
    /// Of these, those from one address: a proxy that was not declared, or a company behind one address.
    pub of_an_address: usize,
    /// The same from this machine: where a proxy or somebody's script runs.
    pub of_this_machine: usize,
    /// Bytes of requests and messages that have not arrived whole, of everyone: thirty of the largest. Of each, the first
    /// are free.
    pub unfinished: usize,
    /// Bytes of answers that were made for one request and have not been read, of everyone: four of the largest documents,
    /// and twenty of long ones.
    pub answers: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(30),
            body: Duration::from_secs(60),
            message: Duration::from_secs(45),
            unread: Duration::from_secs(60),
            connections: 5_000,
            of_an_address: 1_000,
            of_this_machine: 4_000,
            unfinished: 64 << 20,
            answers: 256 << 20,
        }
    }
}

/// What a request knows of the connection that it came on.
#[derive(Debug, Clone)]
pub struct ConnectionInfo {
    /// Where it comes from: the address of whoever is nearest, which may be a proxy.
    pub peer: SocketAddr,
    /// Its place among those that are no WebSockets.
    pub place: Arc<ConnectionPlace>,
    /// What arrives on it.
    pub inflow: Arc<Inflow>,
    /// What is sent on it.
    pub outflow: Arc<Outflow>,
}

impl ConnectionInfo {
    /// Somebody at an address asks for something.
    fn begin(&self, address: IpAddr) -> Asking {
        self.is_of(&Caller::Address(address));
        self.place.begin(address)
    }

    /// A person with a session asked for it.
    pub fn know(&self, person: &Person) {
        self.is_of(&Caller::Person(person.id.clone()));
        self.place.know(person);
    }

    fn is_of(&self, caller: &Caller) {
        self.inflow.is_of(caller.clone());
        self.outflow.is_of(caller.clone());
    }
}

/// Serves until `stop` is over, then ends connections on which nothing is asked, and lets requests under way come to their
/// end. Dropped before that, it cuts them off. What `proxies` ask counts for whom they ask.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    proxies: Arc<[IpNet]>,
    stop: impl Future<Output = ()>,
) {
    let host = Host { router, limits, proxies, stopping: watch::Sender::new(false) };
    let (places, unfinished, unread) =
        (Places::new(limits), Ledger::new(limits.unfinished), Ledger::new(limits.answers));
    let mut visits = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut stop => break,
            Some(_) = visits.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((tcp, peer)) => {
                let address = narrowed(peer.ip());
                // Where nobody gives way, whoever comes has to come again.
                let nearest = peer.ip().to_canonical();
                let is_of_proxy = host.proxies.iter().any(|proxy| proxy.contains(&nearest));
                if let Some(place) = places.take(address, is_of_proxy) {
                    let caller = Caller::Address(address);
                    let inflow = Inflow::new(&unfinished, caller.clone(), limits.message);
                    let outflow = Outflow::new(&unread, caller);
                    let connection = ConnectionInfo { peer, place, inflow, outflow };
                    visits.spawn(host.clone().attend(tcp, connection));
                }
            }
            Err(error) if is_of_the_peer(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken in");
                places.make_room();
                sleep(REST).await;
            }
        }
    }
    drop(listener);
    host.stopping.send_replace(true);
    while visits.join_next().await.is_some() {}
}

/// Whether a connection was over before it was taken in.
fn is_of_the_peer(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::Interrupted
    )
}

/// What all connections share.
#[derive(Debug, Clone)]
struct Host {
    router: Router,
    limits: Limits,
    proxies: Arc<[IpNet]>,
    stopping: watch::Sender<bool>,
}

impl Host {
    /// Serves the requests of a connection, up to its end or to the WebSocket that it becomes.
    async fn attend(self, tcp: TcpStream, connection: ConnectionInfo) {
        // A small update must not wait for the acknowledgement of the one before it.
        if let Err(error) = tcp.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY was refused");
        }
        let ConnectionInfo { place, inflow, outflow, .. } = connection.clone();
        let mut stopping = self.stopping.subscribe();
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(self.limits.head).max_buf_size(HEAD);
        let stream = TokioIo::new(Stream::new(tcp, inflow.clone(), self.limits.unread));
        let service = service_fn(|request| self.clone().answer(request, connection.clone()));
        let mut serving = pin!(http.serve_connection(stream, service).with_upgrades());
        let mut breach = pin!(inflow.overdraw());
        let mut excess = pin!(outflow.overdraw());
        let mut is_stopping = false;
        loop {
            tokio::select! {
                // First, so that everything that can be written is before the others are looked at.
                biased;
                ended = serving.as_mut() => {
                    if let Err(error) = ended {
                        tracing::debug!(%error, "a connection ended early");
                    }
                    return;
                }
                () = place.gives_way() => return,
                () = breach.as_mut() => return,
                () = excess.as_mut() => return,
                changed = stopping.wait_for(|is_stopping| *is_stopping), if !is_stopping => {
                    drop(changed);
                    is_stopping = true;
                    // Nobody waits for an answer, and a head of which a part is here may never become whole.
                    if !place.is_busy() && outflow.is_empty() {
                        return;
                    }
                    serving.as_mut().graceful_shutdown();
                }
            }
        }
    }

    async fn answer(self, request: Request<Incoming>, connection: ConnectionInfo) -> Result<Response, Infallible> {
        let address = behind(connection.peer.ip(), request.headers(), &self.proxies).address;
        let asking = connection.begin(address);
        let (inflow, outflow) = (connection.inflow.clone(), connection.outflow.clone());
        let mut request = request.map(|body| match body.is_end_stream() {
            true => Body::new(body),
            false => Body::new(Timely::new(body, self.limits.body)),
        });
        request.extensions_mut().insert(ConnectInfo(connection.peer));
        request.extensions_mut().insert(connection);
        let response = TowerToHyperService::new(self.router).call(request).await?;
        Ok(response.map(|body| Body::new(HeldBody::new(body, outflow, (asking, inflow.until_settled())))))
    }
}
