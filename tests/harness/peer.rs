//! Peers of the sync protocol: a replica and the client's half of the protocol over a real WebSocket.

use crate::http::Visitor;
use crate::patience::PATIENCE;
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use postmortem::presence::Presence;
use postmortem::wire::SUBPROTOCOL;
use postmortem::{ClientId, Command, Event, Generation, Peer, Postmortem, Replica};
use std::collections::BTreeMap;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::{Request, Response as UpgradeAnswer};
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue, header};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, client_async_tls_with_config, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How the server ended a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// The close code; 1006 when there was no close frame.
    pub code: u16,
    /// The reason.
    pub reason: String,
}

/// One page's worth of the protocol.
pub struct TestPeer {
    /// The copy of the document.
    pub replica: Replica,
    /// The client's half of the protocol.
    pub peer: Peer,
    /// Every event that came.
    pub events: Vec<Event>,
    /// Who is where, by client id.
    pub presences: BTreeMap<ClientId, Presence>,
    /// How the server ended the connection.
    pub closed: Option<Closed>,
    socket: Option<Socket>,
}

/// An upgrade as a visitor's browser would ask for it; `room` is the id, with a query where there is one.
fn upgrade(visitor: &Visitor, room: &str) -> Request {
    let url = match visitor.way() {
        Some(way) => format!("{}/sync/{room}", way.origin().replacen("https", "wss", 1)),
        None => format!("ws://{}/sync/{room}", visitor.address()),
    };
    let mut request = url.into_client_request().expect("a request");
    if let Some(way) = visitor.way() {
        request.headers_mut().insert(header::ORIGIN, HeaderValue::from_str(&way.origin()).expect("an origin"));
    }
    request.headers_mut().extend(visitor.credential());
    request
}

/// Opens a visitor's socket, through the proxy where there is one.
async fn connect(visitor: &Visitor, request: Request) -> Result<(Socket, UpgradeAnswer), Error> {
    let Some(way) = visitor.way() else {
        return connect_async(request).await;
    };
    let stream = TcpStream::connect(way.address).await?;
    let connector = Connector::Rustls(way.tls.clone());
    client_async_tls_with_config(request, stream, None, Some(connector)).await
}

/// The status of an upgrade with an `Origin`; 101 when it was let in.
pub async fn upgrade_status(visitor: &Visitor, id: &str, origin: &str) -> u16 {
    upgrade_status_with(visitor, id, &[(header::ORIGIN, origin)]).await
}

/// The same with any headers.
pub async fn upgrade_status_with(visitor: &Visitor, id: &str, headers: &[(HeaderName, &str)]) -> u16 {
    let mut request = upgrade(visitor, id);
    for (name, value) in headers {
        request.headers_mut().insert(name, HeaderValue::from_str(value).expect("a header"));
    }
    match connect(visitor, request).await {
        Ok((_, response)) => response.status().as_u16(),
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(error) => panic!("no answer: {error}"),
    }
}

/// What an upgrade of a visitor's is answered with; the socket that may come with it is closed at once.
///
/// # Errors
/// The answer of a server that does not let it in.
pub async fn upgrade_answer(visitor: &Visitor, id: &str) -> Result<(), Box<UpgradeAnswer>> {
    match connect(visitor, upgrade(visitor, id)).await {
        Ok(_) => Ok(()),
        Err(Error::Http(response)) => Err(response),
        Err(error) => panic!("no answer: {error}"),
    }
}

/// How a connection of a visitor's ends: with a close code, or with the status of the answer when it is not let in.
pub async fn outcome(visitor: &Visitor, id: &str) -> u16 {
    let socket = match connect(visitor, upgrade(visitor, id)).await {
        Ok((socket, _)) => socket,
        Err(Error::Http(response)) => return response.status().as_u16(),
        Err(error) => panic!("no answer: {error}"),
    };
    timeout(PATIENCE, close_code(socket)).await.expect("the connection ends")
}

/// Reads a socket until the server closes it; 1006 when it does so without a close frame.
pub async fn close_code(mut socket: Socket) -> u16 {
    loop {
        match socket.next().await {
            Some(Ok(Message::Close(frame))) => return frame.map_or(1005, |frame| frame.code.into()),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return 1006,
        }
    }
}

/// A bare socket of a visitor, where the server lets it in.
pub(crate) async fn socket(visitor: &Visitor, id: &str) -> Result<Socket, Error> {
    connect_async(upgrade(visitor, id)).await.map(|(socket, _)| socket)
}

/// A bare socket of a visitor, as a stock Yjs client opens it.
pub async fn bare_socket(visitor: &Visitor, id: &str) -> Socket {
    connect(visitor, upgrade(visitor, id)).await.expect("a connection").0
}

impl TestPeer {
    /// Connects a fresh page and waits until it has everything.
    pub async fn connect(visitor: &Visitor, id: &str) -> Self {
        let mut page = Self {
            replica: Replica::new(ClientId(u64::from(rand::random::<u32>()))),
            peer: Peer::new(),
            events: Vec::new(),
            presences: BTreeMap::new(),
            closed: None,
            socket: None,
        };
        page.reconnect(visitor, id).await;
        page.until("everything has arrived", |page| page.peer.is_synced()).await;
        page
    }

    /// Connects again with what the page holds.
    pub async fn reconnect(&mut self, visitor: &Visitor, id: &str) {
        self.open(visitor, upgrade(visitor, id)).await;
    }

    /// Connects again and says of which generation the page's copy is.
    pub async fn reconnect_holding(&mut self, visitor: &Visitor, id: &str, generation: Generation) {
        self.open(visitor, upgrade(visitor, &format!("{id}?generation={}", generation.0))).await;
    }

    async fn open(&mut self, visitor: &Visitor, mut request: Request) {
        request.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
        let (socket, _) = connect(visitor, request).await.expect("a connection");
        self.socket = Some(socket);
        self.closed = None;
        for frame in self.peer.connected(&self.replica) {
            self.send(frame).await;
        }
    }

    /// Cuts the connection without a word.
    pub fn cut(&mut self) {
        self.socket = None;
        self.peer.disconnected();
    }

    /// Makes an edit and sends it, when connected.
    pub async fn run(&mut self, command: &Command) {
        let changes = self.replica.run(command).expect("an edit that fits");
        if let Some(frame) = changes.update.and_then(|update| self.peer.edited(&update)) {
            self.send(frame).await;
        }
    }

    /// Sends a frame as it is.
    pub async fn send(&mut self, frame: Bytes) {
        self.send_message(Message::Binary(frame)).await;
    }

    /// Sends any message of the WebSocket protocol. That a server closes meanwhile is for the reader to find out.
    pub async fn send_message(&mut self, message: Message) {
        if let Some(socket) = &mut self.socket {
            let _ = socket.send(message).await;
        }
    }

    /// What the page shows.
    pub fn value(&self) -> Postmortem {
        let mut value = self.replica.read().postmortem;
        let heads =
            self.events.iter().rev().filter_map(|event| if let Event::Head { row } = event { Some(row) } else { None });
        if let Some(head) = heads.take(1).next() {
            value = value.with_head(head);
        }
        value
    }

    /// Takes in frames until something holds.
    pub async fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let waited = timeout(PATIENCE, async {
            while !holds(self) {
                self.step().await;
            }
        });
        let is_so = waited.await.is_ok();
        let refused = self.events.iter().filter(|event| matches!(event, Event::Refused { .. }));
        assert!(is_so, "waited in vain until {what}: {:?}, {:?}", self.closed, refused.collect::<Vec<_>>());
    }

    /// Takes in what has come already.
    pub async fn take_in_what_came(&mut self) {
        use futures_util::FutureExt;
        while self.step().now_or_never().is_some() {}
    }

    /// Takes in frames until everything typed here is on the server's disk.
    pub async fn until_saved(&mut self) {
        self.until("everything is saved", |page| page.peer.is_synced() && page.peer.unsaved() == 0).await;
    }

    /// Takes in frames until the server has closed the connection.
    pub async fn until_closed(&mut self) -> Closed {
        self.until("the server closes", |page| page.closed.is_some()).await;
        self.closed.clone().expect("closed")
    }

    /// Takes in frames at both pages until everything is saved and both show the same.
    pub async fn until_equal(&mut self, other: &mut Self) {
        let waited = timeout(PATIENCE, async {
            loop {
                let is_saved = [&*self, &*other].iter().all(|page| page.peer.is_synced() && page.peer.unsaved() == 0);
                if is_saved && self.value() == other.value() {
                    return;
                }
                tokio::select! {
                    () = self.step() => {}
                    () = other.step() => {}
                }
            }
        });
        assert!(waited.await.is_ok(), "the pages stayed apart:\n{:#?}\n{:#?}", self.value(), other.value());
    }

    /// Takes in one message.
    async fn step(&mut self) {
        let Some(socket) = &mut self.socket else {
            // Nothing comes without a connection.
            return std::future::pending().await;
        };
        let frame = match socket.next().await {
            Some(Ok(Message::Binary(frame))) => frame,
            Some(Ok(Message::Close(frame))) => {
                let closed = frame.map(|frame| Closed { code: frame.code.into(), reason: frame.reason.to_string() });
                return self.end(closed);
            }
            Some(Ok(_)) => return,
            Some(Err(_)) | None => return self.end(None),
        };
        let received = self.peer.received(&self.replica, &frame).expect("a frame of the protocol");
        self.events.extend(received.events);
        for (client, presence) in received.presences {
            match presence {
                Some(presence) => drop(self.presences.insert(client, presence)),
                None => drop(self.presences.remove(&client)),
            }
        }
        for frame in received.frames {
            self.send(frame).await;
        }
    }

    fn end(&mut self, closed: Option<Closed>) {
        self.cut();
        self.closed = Some(closed.unwrap_or(Closed { code: 1006, reason: String::new() }));
    }
}
