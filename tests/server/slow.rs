//! Slow and many: a peer that reads too slowly is brought up to date instead of being sent a stream with holes, many who
//! move at once are told of in few frames, and there is an end to how many connect.

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use postmortem::presence::{self, State};
use postmortem::wire::{self, Message};
use postmortem::{ClientId, Command, Event, Replica, SectionKey, TextChange, TextId, limits};
use server::sync::{Bounds, Pace};
use std::time::Duration;
use tests::{PATIENCE, Scenario, TestPeer, TestServer, bare_socket, entry, fresh_id, until, upgrade_answer};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite;

/// What fills the buffers of both kernels several times over.
const PASTES: usize = 120;
const PASTED: usize = 150_000;

fn overview() -> TextId {
    TextId::Section("overview".parse::<SectionKey>().expect("a section"))
}

/// Pastes a long text over the one before, until all of it is saved.
async fn paste(typing: &mut TestPeer, number: usize) {
    let to = u32::try_from(typing.value().section("overview").len()).expect("small");
    let insert = format!("{number:06}").repeat(PASTED / 6);
    typing.run(&Command::EditText(overview(), vec![TextChange { from: 0, to, insert }])).await;
    typing.until_saved().await;
}

async fn paste_much(typing: &mut TestPeer) {
    for number in 0..PASTES {
        paste(typing, number).await;
    }
}

fn narrow() -> TestServer {
    TestServer::with(|settings| settings.bounds = Bounds { queue: 64 << 10, ..Bounds::default() })
}

#[tokio::test]
async fn a_page_that_reads_too_slowly_is_brought_up_to_date() {
    let Scenario { server, mara, id } = Scenario::blank_at(narrow()).await;
    let jonah = server.visitor("Jonah").await;
    let mut typing = TestPeer::connect(&mara, &id).await;
    let mut slow = TestPeer::connect(&jonah, &id).await;
    paste_much(&mut typing).await;
    slow.until_equal(&mut typing).await;
    assert_eq!(slow.closed, None);
    let greeted = slow.events.iter().filter(|event| matches!(event, Event::Threads { .. })).count();
    assert!(greeted > 1, "it never fell behind");
    // From here on it hears of everything as before.
    typing.run(&Command::SetTitle("Disk full again".into())).await;
    slow.until_equal(&mut typing).await;
}

#[tokio::test]
async fn a_stock_client_that_reads_too_slowly_gets_no_stream_with_holes() {
    let Scenario { server: _server, mara, id } = Scenario::blank_at(narrow()).await;
    let mut typing = TestPeer::connect(&mara, &id).await;
    let mut socket = bare_socket(&mara, &id).await;
    let slow = Replica::new(ClientId(3));
    let ask = tungstenite::Message::Binary(wire::state_vector(&slow.state_vector()));
    socket.send(ask).await.expect("asked");
    paste_much(&mut typing).await;
    let expected = typing.replica.read().postmortem;
    let mut frames = 0;
    while slow.is_empty() || slow.read().postmortem != expected {
        let frame = timeout(PATIENCE, socket.next()).await.expect("more comes").expect("open").expect("readable");
        let tungstenite::Message::Binary(frame) = frame else { continue };
        for message in wire::messages(&frame) {
            if let Message::Missing(update) | Message::Update(update) = message.expect("readable") {
                slow.apply(update).expect("nothing before it is missing");
                frames += 1;
            }
        }
    }
    assert!(frames < PASTES, "it got all {frames} frames and never fell behind");
}

#[tokio::test]
async fn a_peer_that_never_reads_is_cut_off_and_holds_nobody_up() {
    let server = TestServer::with(|settings| {
        settings.bounds.queue = 64 << 10;
        // Whoever reads at all is never so late, however busy the machine is.
        settings.pace.stalled = Duration::from_secs(2);
    });
    let mara = server.visitor("Mara").await;
    let id = mara.start_postmortem("Disk full").await;
    let mut typing = TestPeer::connect(&mara, &id).await;
    let mut idler = bare_socket(&mara, &id).await;
    let state = State { client: ClientId(9), clock: 1, json: Some("{}".into()) };
    for frame in [wire::state_vector(&[0]), wire::presence(&presence::encode(&[state]))] {
        idler.send(tungstenite::Message::Binary(frame)).await.expect("sent");
    }
    typing.until("the idler is seen", |page| page.presences.contains_key(&ClientId(9))).await;
    // What fills every buffer between here and it several times over, and then time alone.
    for number in 0..PASTES {
        if typing.presences.contains_key(&ClientId(9)) {
            paste(&mut typing, number).await;
        }
    }
    typing.until("the idler is gone", |page| !page.presences.contains_key(&ClientId(9))).await;
}

/// Twelve megabytes of entries: more than the buffers of both kernels take, and many times what may wait.
async fn write_much(typing: &mut TestPeer) {
    for number in 0..200 {
        let text = format!("{number} {}", "\u{20ac}".repeat(19_900));
        typing.run(&Command::AddEntry(fresh_id(), entry("2018-10-21T23:07:00Z", &text))).await;
    }
    typing.until_saved().await;
}

#[tokio::test]
async fn a_document_larger_than_what_may_wait_reaches_who_takes_their_time() {
    let Scenario { server: _server, mara, id } = Scenario::blank_at(narrow()).await;
    let mut typing = TestPeer::connect(&mara, &id).await;
    write_much(&mut typing).await;
    let mut readers = Vec::new();
    for _ in 0..3 {
        let mut socket = bare_socket(&mara, &id).await;
        let presence = typing.peer.moved(typing.replica.client(), Some("somewhere".into()), None).expect("a frame");
        typing.send(presence).await;
        for frame in [wire::state_vector(&[0]), Bytes::from_static(&[3]), Bytes::from_static(&[3])] {
            socket.send(tungstenite::Message::Binary(frame)).await.expect("asked");
        }
        // While that is on its way and nobody reads it, others go on, each time with what takes no room beside it.
        typing.run(&Command::SetTitle(format!("Mara {}", readers.len()))).await;
        typing.until_saved().await;
        readers.push(socket);
    }
    let expected = typing.replica.read().postmortem;
    for mut socket in readers {
        let reader = Replica::new(ClientId(3));
        let mut has_all = false;
        while !has_all || reader.details() != expected.details {
            let frame = timeout(PATIENCE, socket.next()).await.expect("more comes").expect("open").expect("readable");
            let tungstenite::Message::Binary(frame) = frame else {
                assert!(!frame.is_close(), "{frame:?}");
                continue;
            };
            assert!(frame.len() <= limits::FRAME, "{}", frame.len());
            for message in wire::messages(&frame) {
                match message.expect("readable") {
                    Message::Update(update) => drop(reader.apply(update).expect("nothing before it is missing")),
                    Message::Missing(update) => {
                        reader.apply(update).expect("nothing before it is missing");
                        has_all = true;
                        assert_eq!(reader.entries().len(), 200, "a sync step 2 ends what was lacking");
                    }
                    _ => {}
                }
            }
        }
        assert_eq!(reader.read().postmortem, expected);
    }
}

#[tokio::test]
async fn everybody_sees_where_many_who_move_at_once_end_up() {
    let Scenario { server: _server, mara, id } = Scenario::blank().await;
    let mut watching = TestPeer::connect(&mara, &id).await;
    let mut moving = Vec::new();
    for _ in 0..30 {
        moving.push(TestPeer::connect(&mara, &id).await);
    }
    for step in 0..20 {
        for page in &mut moving {
            let client = page.replica.client();
            let frame = page.peer.moved(client, Some(format!("step {step}")), None).expect("a frame");
            page.send(frame).await;
        }
    }
    let clients: Vec<ClientId> = moving.iter().map(|page| page.replica.client()).collect();
    let is_at_the_end = |page: &TestPeer, client: &ClientId| {
        page.presences.get(client).is_some_and(|presence| presence.place.as_deref() == Some("step 19"))
    };
    watching
        .until("everyone is seen at the end", |page| clients.iter().all(|client| is_at_the_end(page, client)))
        .await;
    drop(moving);
    watching.until("everyone is gone", |page| clients.iter().all(|client| !page.presences.contains_key(client))).await;
}

#[tokio::test]
async fn who_comes_beyond_the_limit_is_asked_to_come_back() {
    let Scenario { server: _server, mara, id } = Scenario::blank_at(TestServer::with(|settings| {
        settings.bounds = Bounds { connections: 2, ..Bounds::default() }
    }))
    .await;
    let first = TestPeer::connect(&mara, &id).await;
    let mut second = TestPeer::connect(&mara, &id).await;
    let refused = upgrade_answer(&mara, &id).await.expect_err("there is no room");
    assert_eq!(refused.status(), 503);
    let seconds = refused.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse::<u32>().ok());
    assert!(seconds.is_some_and(|seconds| (1..=10).contains(&seconds)), "{seconds:?}");
    let body = String::from_utf8_lossy(refused.body().as_deref().unwrap_or_default()).into_owned();
    assert!(body.contains("Too many people are connected."), "{body}");

    drop(first);
    second.run(&Command::SetTitle("Those who are there go on".into())).await;
    second.until_saved().await;
    until("a place that was left is given away again", async || upgrade_answer(&mara, &id).await.is_ok()).await;
}

#[tokio::test]
async fn a_quiet_room_without_anybody_present_is_spoken_to() {
    let server = TestServer::hurried(Pace { keep_alive: Duration::from_millis(20), ..Pace::default() });
    let mara = server.visitor("Mara").await;
    let id = mara.start_postmortem("Quiet").await;
    let mut socket = bare_socket(&mara, &id).await;
    let mut frames = 0;
    // The first is the server's state vector. A client of y-websocket counts any message, and gives up without.
    while frames < 5 {
        let message = timeout(PATIENCE, socket.next()).await.expect("in time").expect("open").expect("readable");
        frames += usize::from(message.is_binary());
    }
}

#[test]
fn quiet_rooms_are_spoken_to_before_stock_clients_give_up() {
    // y-websocket looks every 3 seconds, and gives up after 30 without a message.
    assert!(Pace::default().keep_alive < Duration::from_secs(27));
}
