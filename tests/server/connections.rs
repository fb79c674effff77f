//! Connections: what dawdles is cut off, what arrives in parts is bounded for all together, and when there are too many,
//! who holds the most gives way and whoever asks for something comes before whoever asks for nothing.

use crate::hostile::raw::{RawSocket, frame};
use postmortem::{ClientId, Command, Event, ItemId, Replica, TextId, limits, wire};
use reqwest::Method;
use serde_json::json;
use server::listener::Limits;
use server::sync::Bounds;
use std::net::SocketAddr;
use std::time::Duration;
use tests::{
    Closed, PATIENCE, Process, Scenario, TestPeer, TestServer, Visitor, bare_socket, close_code, entry, fresh_id,
    upgrade_answer,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const SOON: Duration = Duration::from_millis(200);
const UNFINISHED: u8 = 0x02;
const CONTINUED: u8 = 0x00;
const PING: u8 = 0x89;

fn listening(limits: Limits) -> TestServer {
    TestServer::with(|settings| settings.listener = limits)
}

fn bounded(bounds: Bounds) -> TestServer {
    TestServer::with(|settings| settings.bounds = bounds)
}

async fn begin(address: SocketAddr, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("sent");
    stream
}

/// Everything that still comes; the server has to close.
async fn rest(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset ends it as well.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("the server closes");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_request_that_never_gets_to_its_point_is_closed() {
    let server = listening(Limits { head: SOON, ..Limits::default() });
    let silent = begin(server.address(), "").await;
    let slow = begin(server.address(), "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").await;
    assert_eq!(rest(silent).await, "");
    assert_eq!(rest(slow).await, "");
    // It is answered, kept for a while, and then closed. On a machine at work its head may come too late, and is sent again.
    let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let kept = async {
        loop {
            match rest(begin(server.address(), request).await).await {
                answer if answer.is_empty() => {}
                answer => return answer,
            }
        }
    };
    let answer = timeout(PATIENCE, kept).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_answered_with_a_sentence() {
    let server = listening(Limits { body: SOON, ..Limits::default() });
    let head = "POST /api/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    let answer = rest(begin(server.address(), head).await).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains(r#""code":"too_slow""#) && answer.contains("Send it again"), "{answer}");
}

/// Asks for a post-mortem over and over and reads nothing, until the server ends it.
async fn ask_and_read_nothing(mara: &Visitor, id: &str) {
    let cookie = mara.cookie().expect("a session");
    let request = format!("GET /api/postmortems/{id} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n");
    let mut deaf = begin(mara.address(), "").await;
    while deaf.write_all(request.as_bytes()).await.is_ok() {}
}

async fn long_postmortem(server: &TestServer) -> (Visitor, String) {
    let mara = server.visitor("Mara").await;
    let id = mara.start_postmortem("Disk full").await;
    let mut page = TestPeer::connect(&mara, &id).await;
    page.run(&Command::AddEntry(fresh_id(), entry("2018-10-21T23:07:00Z", &"x".repeat(limits::ENTRY as usize)))).await;
    page.until_saved().await;
    (mara, id)
}

#[tokio::test]
async fn who_asks_without_end_and_reads_nothing_is_closed() {
    let server = listening(Limits { unread: SOON, ..Limits::default() });
    let (mara, id) = long_postmortem(&server).await;
    timeout(PATIENCE, ask_and_read_nothing(&mara, &id)).await.expect("the server gives up");
}

#[tokio::test]
async fn answers_that_nobody_reads_share_one_bound() {
    let most = limits::ENTRY as usize * 3 / 2;
    let server = listening(Limits { answers: most, ..Limits::default() });
    let (mara, id) = long_postmortem(&server).await;
    let answer = mara.get(&format!("/api/postmortems/{id}")).await;
    assert!((most / 2 + 1..most).contains(&answer.text.len()), "{} bytes", answer.text.len());
    let (one, other) = (ask_and_read_nothing(&mara, &id), ask_and_read_nothing(&mara, &id));
    let one_ends = async {
        tokio::select! { () = one => {}, () = other => {} }
    };
    timeout(PATIENCE, one_ends).await.expect("two answers are more than the bound");
}

#[tokio::test]
async fn crowds_that_ask_for_nothing_shut_nobody_out() {
    let server = listening(Limits { connections: 30, of_this_machine: 20, ..Limits::default() });
    let mut idle = Vec::new();
    for number in 0..100 {
        // Some say nothing and others begin.
        let said = if number % 2 == 0 { "" } else { "GET / HTTP/1.1\r\n" };
        idle.push(begin(server.address(), said).await);
    }
    let mara = server.visitor("Mara").await;
    let id = mara.start_postmortem("Disk full").await;
    let mut page = TestPeer::connect(&mara, &id).await;
    page.run(&Command::SetTitle("Mara".into())).await;
    page.until_saved().await;
    // Whoever came first has gone first.
    assert_eq!(rest(idle.remove(0)).await, "");
}

#[tokio::test]
async fn bodies_that_do_not_come_shut_nobody_out() {
    let server = listening(Limits { connections: 30, of_this_machine: 20, ..Limits::default() });
    let head = "POST /api/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    let mut slow = Vec::new();
    for _ in 0..100 {
        slow.push(begin(server.address(), head).await);
    }
    let mara = server.visitor("Mara").await;
    mara.get("/api/postmortems").await.expect(200);
    drop(slow);
}

#[tokio::test]
async fn messages_that_are_sent_in_half_share_one_bound() {
    // What is in half must not end for another reason: not by its time, and not by its silence.
    let message = Duration::from_secs(600);
    let Scenario { server, mara, id } =
        Scenario::blank_at(listening(Limits { unfinished: 2 << 20, message, ..Limits::default() })).await;
    let mallory = server.visitor("Mallory").await;
    let mut page = TestPeer::connect(&mara, &id).await;
    let mut half = Vec::new();
    for _ in 0..20 {
        let mut socket = RawSocket::upgrade(&mallory, &id, "").await;
        socket.send(&frame(UNFINISHED, &[0; 100 << 10])).await;
        socket.send(&frame(CONTINUED, &[0; 100 << 10])).await;
        half.push(socket);
    }
    // What is honest and long arrives all the same.
    for _ in 0..20 {
        let text = "x".repeat(limits::ENTRY as usize);
        page.run(&Command::AddEntry(fresh_id(), entry("2018-10-21T23:07:00Z", &text))).await;
        page.until_saved().await;
        for socket in &mut half {
            socket.send(&frame(PING, b"still here")).await;
        }
    }
    assert_eq!(page.closed, None);
    // Twenty times 200 KiB are twice the bound: ten at least were told.
    let mut told = 0;
    for mut socket in half {
        told += usize::from(socket.has_ended().await);
    }
    assert!((8..20).contains(&told), "{told} were closed");
}

#[tokio::test]
async fn who_overdraws_or_stalls_is_told_why() {
    // One server for each: what overdraws must not stall before it has arrived.
    let Scenario { server: _narrow, mara, id } =
        Scenario::blank_at(listening(Limits { unfinished: 64 << 10, ..Limits::default() })).await;
    let mut overdrawn = RawSocket::upgrade(&mara, &id, "").await;
    overdrawn.send(&frame(UNFINISHED, &[0; 100 << 10])).await;
    let Scenario { server: _hasty, mara, id } =
        Scenario::blank_at(listening(Limits { message: SOON, ..Limits::default() })).await;
    let mut silent = RawSocket::upgrade(&mara, &id, "").await;
    let mut stalled = RawSocket::upgrade(&mara, &id, "").await;
    stalled.send(&frame(UNFINISHED, &[0; 100])).await;
    // Pings amid its parts do not hold it open.
    stalled.send(&frame(PING, b"still here")).await;
    let (code, reason) = overdrawn.close().await.expect("a close frame");
    assert!(code == 1013 && reason.contains("arrives in parts"), "{code} {reason}");
    let (code, reason) = stalled.close().await.expect("a close frame");
    assert!(code == 1013 && reason.contains("too long to arrive"), "{code} {reason}");
    assert!(!silent.has_ended().await, "who sends nothing is in nobody's way");
}

#[tokio::test]
async fn who_holds_the_most_connections_gives_way_to_who_comes() {
    let Scenario { server, mara, id } =
        Scenario::blank_at(bounded(Bounds { connections: 4, ..Bounds::default() })).await;
    let (mallory, jonah) = (server.visitor("Mallory").await, server.visitor("Jonah").await);
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(TestPeer::connect(&mallory, &id).await);
    }
    let refused = upgrade_answer(&mallory, &id).await.expect_err("no room for a fifth");
    assert_eq!(refused.status(), 503);
    // Somebody else lost the socket, and comes back.
    let mut hers = TestPeer::connect(&mara, &id).await;
    hers.run(&Command::SetTitle("Mara".into())).await;
    hers.until_saved().await;
    let newest = held.last_mut().expect("four");
    let Closed { code, reason } = newest.until_closed().await;
    assert!(code == 1013 && reason.contains("Too many people"), "{code} {reason}");
    let his = TestPeer::connect(&jonah, &id).await;
    assert_eq!(upgrade_answer(&jonah, &id).await.expect_err("he would have as many as anybody").status(), 503);
    drop((hers, his));
}

#[tokio::test]
async fn who_asks_for_no_websocket_takes_nobodys_place() {
    let Scenario { server, mara, id } =
        Scenario::blank_at(bounded(Bounds { connections: 1, ..Bounds::default() })).await;
    let jonah = server.visitor("Jonah").await;
    let mut his = TestPeer::connect(&jonah, &id).await;
    let answer = mara.get(&format!("/sync/{id}")).await;
    assert_eq!((answer.status, answer.code().as_str()), (426, "not_websocket"));
    his.run(&Command::SetTitle("Jonah".into())).await;
    his.until_saved().await;
    assert_eq!(his.closed, None);
}

#[tokio::test]
async fn a_proxy_names_the_addresses_of_which_the_fullest_gives_way() {
    let bounds = Bounds { connections: 3, ..Bounds::default() };
    let direct = bounded(bounds);
    let proxied = TestServer::with(|settings| {
        settings.bounds = bounds;
        settings.trusted_proxies = vec!["127.0.0.1/32".parse().expect("a network")];
    });
    for (server, of_newcomer) in [(direct, "HTTP/1.1 503"), (proxied, "HTTP/1.1 101")] {
        let mara = server.visitor("Mara").await;
        let id = mara.start_postmortem("Disk full").await;
        let join = async |name: &str, named: &str| {
            let visitor = server.visitor(name).await;
            let head = format!(
                "GET /sync/{id} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                 Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\
                 X-Forwarded-For: {named}\r\nCookie: {}\r\n\r\n",
                visitor.cookie().expect("a session")
            );
            let mut stream = begin(server.address(), &head).await;
            let mut answer = [0; 12];
            stream.read_exact(&mut answer).await.expect("an answer");
            (stream, String::from_utf8_lossy(&answer).into_owned())
        };
        // People of one address, each with one, and somebody who comes from elsewhere.
        let mut held = Vec::new();
        for name in ["Ada", "Ben", "Cleo"] {
            held.push(join(name, "198.51.100.1").await);
        }
        assert!(held.iter().all(|(_, answer)| answer == "HTTP/1.1 101"));
        let newcomer = join("Jonah", "203.0.113.9, 198.51.100.2").await;
        assert_eq!(newcomer.1, of_newcomer, "all are at one address, unless a proxy that is believed names another");
    }
}

#[tokio::test]
async fn strangers_behind_a_proxy_cut_off_nobody_elses_request() {
    let server = TestServer::with(|settings| {
        settings.listener = Limits { unfinished: 2 << 20, ..Limits::default() };
        settings.trusted_proxies = vec!["127.0.0.1/32".parse().expect("a network")];
    });
    let mara = server.visitor("Mara").await;
    let begun = |bytes: usize| {
        let head = "POST /api/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                    X-Forwarded-For: 198.51.100.1\r\nContent-Length: 250000\r\n\r\n";
        format!("{head}{}", " ".repeat(bytes))
    };
    // Once the longest is cut off, they have all that there is.
    let longest = begin(server.address(), &begun(120_000)).await;
    let mut others = Vec::new();
    for _ in 0..30 {
        others.push(begin(server.address(), &begun(100_000)).await);
    }
    rest(longest).await;
    // Hers is longer than any of them.
    let incident = " ".repeat(200_000) + &json!({ "title": "Disk full", "severity": "SEV-2" }).to_string();
    let request = mara.request(Method::POST, "/api/imports").header("x-forwarded-for", "203.0.113.9");
    mara.send(request.header("content-type", "application/json").body(incident)).await.expect(201);
    drop(others);
}

#[tokio::test]
async fn who_is_refused_without_end_keeps_no_newcomer_from_writing() {
    let Scenario { server, mara, id } = Scenario::blank().await;
    let mut hers = TestPeer::connect(&mara, &id).await;
    let item = fresh_id();
    hers.run(&Command::AddEntry(item.clone(), entry("2018-10-21T23:07:00Z", "seen"))).await;
    hers.until_saved().await;
    let before = hers.replica.diff(&[0]).expect("encoded");
    hers.run(&write_much(&item)).await;
    hers.until_saved().await;
    for newcomer in 0..12 {
        let mallory = server.visitor("Mallory").await;
        for _ in 0..4 {
            let mut refused = TestPeer::connect(&mallory, &id).await;
            refused.send(wire::update(&too_long(&before, &item))).await;
            let is_refused = |page: &TestPeer| page.events.iter().any(|event| matches!(event, Event::Refused { .. }));
            refused.until("it is refused", is_refused).await;
        }
        let jonah = server.visitor(&format!("Newcomer {newcomer}")).await;
        let mut page = TestPeer::connect(&jonah, &id).await;
        page.run(&Command::SetTitle(format!("newcomer {newcomer}"))).await;
        page.until_saved().await;
        assert_eq!(page.closed, None);
    }
}

fn write_much(item: &ItemId) -> Command {
    Command::EditText(TextId::Entry(item.clone()), tests::insert(0, &"x".repeat(limits::ENTRY as usize * 2 / 3)))
}

/// What somebody writes who has not seen that somebody else wrote as much: together it is too long, which shows only once
/// it is tried.
fn too_long(before: &[u8], item: &ItemId) -> Vec<u8> {
    let page = Replica::new(ClientId(u64::from(rand::random::<u32>())));
    page.apply(before).expect("applied");
    page.run(&write_much(item)).expect("an edit").update.expect("an update")
}

#[tokio::test]
async fn a_request_under_way_is_answered_when_the_server_stops() {
    let data = tempfile::tempdir().expect("a folder");
    let Scenario { server: process, mara, id } = Scenario::blank_at(Process::start(data.path())).await;
    let socket = bare_socket(&mara, &id).await;
    let body = json!({ "title": "Network down" }).to_string();
    let head = format!(
        "POST /api/postmortems HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Cookie: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len(),
        mara.cookie().expect("a session")
    );
    let mut under_way = begin(process.address(), &head).await;
    // The server asks for the body once it has read the head.
    let mut asked = [0; b"HTTP/1.1 100 Continue\r\n\r\n".len()];
    under_way.read_exact(&mut asked).await.expect("it is asked for");
    assert!(asked.starts_with(b"HTTP/1.1 100"), "{}", String::from_utf8_lossy(&asked));
    let mut idle = begin(process.address(), "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    let mut answered = [0; 12];
    idle.read_exact(&mut answered).await.expect("an answer");
    let stopping = std::thread::spawn(move || process.terminate());
    assert_eq!(timeout(PATIENCE, close_code(socket)).await.expect("it is stopping"), 1012);
    under_way.write_all(body.as_bytes()).await.expect("sent");
    assert!(rest(under_way).await.starts_with("HTTP/1.1 201"), "what had begun is answered");
    rest(idle).await;
    assert!(stopping.join().expect("it ends"), "it stops well");
}

#[tokio::test]
async fn connections_on_which_nothing_is_asked_hold_up_no_stop() {
    let data = tempfile::tempdir().expect("a folder");
    let process = Process::start(data.path());
    let silent = begin(process.address(), "").await;
    let mut half = begin(process.address(), "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    let mut answered = [0; 12];
    half.read_exact(&mut answered).await.expect("an answer");
    half.write_all(b"GET / HTTP/1.1\r\n").await.expect("sent");
    let log = tokio::task::spawn_blocking(move || process.finish()).await.expect("it ends");
    assert!(!log.contains("was cut off"), "nothing is left to wait for:\n{log}");
    rest(silent).await;
    rest(half).await;
}

#[test]
fn who_cannot_open_the_database_never_says_that_it_listens() {
    let data = tempfile::tempdir().expect("a folder");
    std::fs::write(data.path().join("debrief.db"), "this is no database, and long enough to be looked at".repeat(100))
        .expect("written");
    let mut debrief = std::process::Command::new(tests::debrief());
    debrief.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data.path());
    let output = debrief.output().expect("the binary runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && !said.contains("listening"), "{said}");
}
