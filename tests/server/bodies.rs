//! Whoever is refused while still sending hears why: the answer is not lost with the connection, and a proxy in between has
//! something to pass on.

use std::fmt::Write as _;
use tests::{PATIENCE, TestServer};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// A connection of its own, to send what no client of HTTP would.
struct Line(BufStream<TcpStream>);

impl Line {
    async fn open(server: &TestServer) -> Self {
        Self(BufStream::new(TcpStream::connect(server.address()).await.expect("a connection")))
    }

    /// Sends a POST with its headers, and a body of so many bytes.
    async fn post(&mut self, path: &str, headers: &[(&str, &str)], body: usize) {
        let mut head = format!("POST {path} HTTP/1.1\r\nContent-Length: {body}\r\n");
        for (name, value) in headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        self.0.write_all(head.as_bytes()).await.expect("sent");
        self.0.write_all(b"\r\n").await.expect("sent");
        self.0.flush().await.expect("sent");
    }

    async fn send(&mut self, bytes: usize) -> std::io::Result<()> {
        for _ in 0..bytes >> 16 {
            self.0.write_all(&[b' '; 1 << 16]).await?;
        }
        self.0.flush().await
    }

    /// The status of the next answer, which is read to its end.
    async fn status(&mut self) -> u16 {
        let read = timeout(PATIENCE, async {
            let (mut status, mut length, mut line) = (0, 0, String::new());
            loop {
                line.clear();
                self.0.read_line(&mut line).await.expect("a line");
                let line = line.trim_end().to_ascii_lowercase();
                if let Some(code) = line.strip_prefix("http/1.1 ") {
                    status = code[..3].parse().expect("a status");
                } else if let Some(bytes) = line.strip_prefix("content-length: ") {
                    length = bytes.parse().expect("a length");
                } else if line.is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            self.0.read_exact(&mut body).await.expect("a body");
            status
        });
        read.await.expect("an answer")
    }
}

#[tokio::test]
async fn a_refusal_is_heard_by_whoever_is_still_sending_and_the_connection_goes_on() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let cookie = ("Cookie", mara.cookie().expect("a cookie"));
    let (host, json) = (("Host", "localhost"), ("Content-Type", "application/json"));
    let mut line = Line::open(&server).await;
    for (headers, status) in [
        (vec![host, cookie, json], 413),
        (vec![host, cookie], 415),
        (vec![host, json], 401),
        (vec![host, cookie, json, ("Origin", "http://evil.example")], 403),
        (vec![("Host", "evil.example"), cookie, json], 421),
    ] {
        line.post("/api/imports", &headers, 8 << 20).await;
        line.send(8 << 20).await.expect("it is all taken");
        assert_eq!(line.status().await, status);
    }
}

#[tokio::test]
async fn nobody_is_heard_out_without_end() {
    let server = TestServer::start();
    let mut line = Line::open(&server).await;
    line.post("/api/imports", &[("Host", "localhost")], 1 << 30).await;
    let sent = timeout(PATIENCE, line.send(1 << 30)).await.expect("it comes to an end");
    assert!(sent.is_err(), "a gigabyte went nowhere");
}

#[tokio::test]
async fn who_asks_before_sending_is_answered_at_once() {
    let server = TestServer::start();
    let mut line = Line::open(&server).await;
    line.post("/api/imports", &[("Host", "localhost"), ("Expect", "100-continue")], 8 << 20).await;
    assert_eq!(line.status().await, 401);
}
