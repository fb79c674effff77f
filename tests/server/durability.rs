//! Acknowledged is on disk: the real binary is killed without warning, again and again, and nothing is lost.

use postmortem::{Command, SectionKey, TextId};
use tests::{Process, TestPeer, entry, fresh_id, insert};

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let data = tempfile::tempdir().expect("a folder");
    let mut process = Process::start(data.path());
    let mara = process.visitor("Mara").await;
    let id = mara.start_postmortem("Disk full").await;
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
        page.run(&Command::SetOwner(format!("owner {round}"))).await;
        process.kill();
        page.until_closed().await;
        process = Process::start(data.path());
        let guest = process.stranger();
        let there = TestPeer::connect(&guest, &id).await.value();
        assert_eq!(there.timeline, saved.timeline);
        assert_eq!(there.sections, saved.sections);
        page.reconnect(&guest, &id).await;
        page.until_saved().await;
        acknowledged = Some(page.value());
    }
    assert!(process.terminate(), "the server stops well when asked to");
    assert_eq!(page.until_closed().await.code, 1012);
    let process = Process::start(data.path());
    let there = TestPeer::connect(&process.stranger(), &id).await.value();
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
