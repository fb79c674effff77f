//! Followers of the live feed of the incident log, over a real WebSocket.

use crate::PATIENCE;
use crate::http::Visitor;
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, header};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A page that follows the log.
pub struct Follower {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Follower {
    /// Follows from a position on.
    ///
    /// # Errors
    /// The status of the answer of a server that does not let it in.
    pub async fn connect(visitor: &Visitor, after: &str) -> Result<Self, u16> {
        Self::open(visitor, after, None).await
    }

    /// The same from the page of an origin.
    ///
    /// # Errors
    /// As [`Self::connect`].
    pub async fn connect_from(visitor: &Visitor, after: &str, origin: &'static str) -> Result<Self, u16> {
        Self::open(visitor, after, Some(origin)).await
    }

    async fn open(visitor: &Visitor, after: &str, origin: Option<&'static str>) -> Result<Self, u16> {
        let url = format!("ws://{}/api/feed?after={after}", visitor.address());
        let mut request = url.into_client_request().expect("a request");
        request.headers_mut().extend(visitor.credential());
        if let Some(origin) = origin {
            request.headers_mut().insert(header::ORIGIN, HeaderValue::from_static(origin));
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(Self { socket }),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("no answer: {error}"),
        }
    }

    /// The next message that says something.
    pub async fn next(&mut self) -> Value {
        let next = timeout(PATIENCE, async {
            loop {
                match self.socket.next().await.expect("the feed goes on").expect("a frame") {
                    Message::Binary(frame) => {
                        let message: Value = serde_json::from_slice(&frame).expect("JSON");
                        if message["type"] != "still" {
                            return message;
                        }
                    }
                    Message::Close(frame) => panic!("the feed ended: {frame:?}"),
                    _ => {}
                }
            }
        });
        next.await.expect("something is told")
    }

    /// Says something, which nobody asked for.
    pub async fn say(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.expect("sent");
    }

    /// With which code the server ends it.
    pub async fn closed(&mut self) -> u16 {
        let closed = timeout(PATIENCE, async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Close(frame))) => return frame.map_or(1005, |frame| frame.code.into()),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return 1006,
                }
            }
        });
        closed.await.expect("the server ends it")
    }
}
