//! A socket on which any bytes can be sent, for what no WebSocket library sends.

use std::net::SocketAddr;
use tests::{PATIENCE, Visitor};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

pub struct RawSocket {
    stream: TcpStream,
    /// What came after the upgrade's answer.
    received: Vec<u8>,
    /// The head of the upgrade's answer.
    pub answer: String,
}

impl RawSocket {
    /// An open connection on which nothing was sent.
    pub async fn connect(address: SocketAddr) -> TcpStream {
        TcpStream::connect(address).await.expect("a connection")
    }

    /// Upgrades as a visitor, with further header lines.
    pub async fn upgrade(visitor: &Visitor, id: &str, headers: &str) -> Self {
        let mut stream = Self::connect(visitor.address()).await;
        let (address, cookie) = (visitor.address(), visitor.cookie().unwrap_or_default());
        let head = format!(
            "GET /sync/{id} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nCookie: {cookie}\r\n{headers}\r\n"
        );
        stream.write_all(head.as_bytes()).await.expect("sent");
        let mut received = Vec::new();
        let end = loop {
            if let Some(end) = received.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break end + 4;
            }
            assert!(stream.read_buf(&mut received).await.expect("an answer") > 0, "the upgrade was refused");
        };
        let answer = String::from_utf8_lossy(&received[..end]).into_owned();
        Self { stream, received: received.split_off(end), answer }
    }

    /// Sends bytes as they are. That the server closes meanwhile is for the reader to find out.
    pub async fn send(&mut self, bytes: &[u8]) {
        let _ = timeout(PATIENCE, self.stream.write_all(bytes)).await.expect("the server reads, or closes");
    }

    /// Whether the server has ended the connection; waits until it has, or has answered a ping.
    pub async fn has_ended(&mut self) -> bool {
        let _ = self.stream.write_all(&frame(0x89, b"ended?")).await;
        let reading = async {
            loop {
                if self.received.windows(6).any(|bytes| bytes == b"ended?") {
                    return false;
                }
                if !matches!(self.stream.read_buf(&mut self.received).await, Ok(read) if read > 0) {
                    return true;
                }
            }
        };
        timeout(PATIENCE, reading).await.expect("the server answers, or closes")
    }

    /// Reads to the end; the code of the close frame, which comes last.
    pub async fn close_code(self) -> Option<u16> {
        self.close().await.map(|(code, _)| code)
    }

    /// The same, with the reason.
    pub async fn close(mut self) -> Option<(u16, String)> {
        let reading = async { while matches!(self.stream.read_buf(&mut self.received).await, Ok(read) if read > 0) {} };
        timeout(PATIENCE, reading).await.expect("the server closes");
        let mut frames = self.received.as_slice();
        while let [first, length, rest @ ..] = frames {
            let (length, rest) = match (length, rest) {
                (126, [a, b, rest @ ..]) => (usize::from(u16::from_be_bytes([*a, *b])), rest),
                (127, [_, _, _, _, a, b, c, d, rest @ ..]) => (u32::from_be_bytes([*a, *b, *c, *d]) as usize, rest),
                _ => (usize::from(*length), rest),
            };
            if *first == 0x88 {
                let (code, reason) = rest.get(..length)?.split_first_chunk()?;
                return Some((u16::from_be_bytes(*code), String::from_utf8_lossy(reason).into_owned()));
            }
            frames = rest.get(length..)?;
        }
        None
    }
}

/// A frame as clients mask it: with a mask of zeros, its payload stands there as it is.
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        length @ 0..126 => frame.push(0x80 | length as u8),
        length => {
            frame.push(0x80 | 127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}
