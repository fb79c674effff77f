//! Acknowledged is on disk: the real binary is killed without warning, again and again, and nothing is lost.

use postmortem::{Command, Event, SectionKey, TextId};
use tests::{PATIENCE, Process, Scenario, TestPeer, entry, fresh_id, insert};
use tokio::time::timeout;

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let data = tempfile::tempdir().expect("a folder");
    let Scenario { server: mut process, mara, id } = Scenario::blank_at(Process::start(data.path())).await;
    let overview = TextId::Section("overview".parse::<SectionKey>().expect("a section"));
    let mut acknowledged = None;
    let mut page = TestPeer::connect(&mara, &id).await;
    for round in 0..4 {
        for minute in 10..20 {
            let at = format!("2018-10-21T2{round}:{minute}:00Z");
            page.run(&Command::AddEntry(fresh_id(), entry(&at, "typed in time"))).await;
            page.run(&Command::EditText(overview.clone(), insert(0, "x"))).await;
        }
        page.until_saved().await;
        let saved = page.value();
        // The server dies while more is under way, which it never acknowledged.
        page.run(&Command::SetTitle(format!("owner {round}"))).await;
        process.kill();
        page.until_closed().await;
        process = Process::start(data.path());
        let again = mara.at(process.address());
        let there = TestPeer::connect(&again, &id).await.value();
        assert_eq!(there.timeline, saved.timeline);
        assert_eq!(there.sections, saved.sections);
        page.reconnect(&again, &id).await;
        page.until_saved().await;
        acknowledged = Some(page.value());
    }
    assert!(process.terminate(), "the server stops well when asked to");
    assert_eq!(page.until_closed().await.code, 1012);
    let process = Process::start(data.path());
    let there = TestPeer::connect(&mara.at(process.address()), &id).await.value();
    assert_eq!(Some(there), acknowledged);
    assert!(process.terminate());
}

#[tokio::test]
async fn two_servers_never_share_a_database() {
    let data = tempfile::tempdir().expect("a folder");
    let first = Process::start(data.path());
    let second = std::process::Command::new(tests::debrief())
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data.path())
        .output()
        .expect("the binary runs");
    assert!(!second.status.success());
    let error = String::from_utf8_lossy(&second.stderr);
    assert!(error.contains("another debrief serves this database already"), "{error}");
    assert_eq!(first.stranger().get("/readyz").await.status, 200);
}

/// The milliseconds after which a page was told to come back.
fn told(page: &TestPeer) -> Option<u32> {
    page.events.iter().find_map(|event| match event {
        Event::ComeBack { after_milliseconds } => Some(*after_milliseconds),
        _ => None,
    })
}

#[tokio::test]
async fn a_stop_amid_typing_keeps_what_was_acknowledged_and_says_when_to_come_back() {
    let data = tempfile::tempdir().expect("a folder");
    let Scenario { server: process, mara, id } = Scenario::blank_at(Process::start(data.path())).await;
    let mut pages = Vec::new();
    for _ in 0..6 {
        pages.push(TestPeer::connect(&mara, &id).await);
    }
    let typed = |page: usize, edit: usize| format!("page {page} edit {edit:03}.");
    let mut made = [0; 6];
    let stopping = std::thread::spawn(move || process.terminate());
    for (number, page) in pages.iter_mut().enumerate() {
        while page.closed.is_none() && made[number] < 200 {
            let text = typed(number, made[number]);
            page.run(&Command::AddEntry(fresh_id(), entry("2018-10-21T23:07:00Z", &text))).await;
            made[number] += 1;
            page.take_in_what_came().await;
        }
        assert_eq!(page.until_closed().await.code, 1012);
    }
    assert!(stopping.join().expect("it ends"), "it stops well");
    let waits: Vec<u32> = pages.iter().filter_map(told).collect();
    assert_eq!(waits.len(), 6, "everybody is told when to come back");
    assert!(waits.iter().all(|wait| (1_000..31_000).contains(wait)), "{waits:?}");

    let process = Process::start(data.path());
    let there = TestPeer::connect(&mara.at(process.address()), &id).await.value();
    for (number, page) in pages.iter().enumerate() {
        for edit in 0..made[number] - page.peer.unsaved() {
            let text = typed(number, edit);
            assert!(there.timeline.iter().any(|entry| entry.text == text), "acknowledged and lost: {text}");
        }
    }
}

#[tokio::test]
async fn two_thousand_sockets_are_served_where_a_shell_allows_a_thousand_files() {
    server::cli::files::share(3_000, 0);
    let data = tempfile::tempdir().expect("a folder");
    let Scenario { server: process, mara, id } =
        Scenario::blank_at(Process::start_after("ulimit -Sn 1024", data.path())).await;
    let mut sockets = Vec::new();
    for _ in 0..20 {
        // They come in waves, as they would over a network.
        sockets.extend(futures_util::future::join_all((0..100).map(|_| tests::bare_socket(&mara, &id))).await);
    }
    let mut page = TestPeer::connect(&mara, &id).await;
    page.run(&Command::SetTitle("Everybody is here".into())).await;
    page.until_saved().await;
    let stopping = std::thread::spawn(move || process.terminate());
    let closing = futures_util::future::join_all(sockets.into_iter().map(tests::close_code));
    let codes = timeout(PATIENCE, closing).await.expect("all are closed");
    assert!(codes.iter().all(|code| *code == 1012), "not everybody is told that the server restarts");
    assert!(stopping.join().expect("it ends"), "it stops well");
}
