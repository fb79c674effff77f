//! The log of a busy server: it tells what happened, and nothing of what people wrote.

use postmortem::{Command, SectionKey, TextId, wire};
use serde_json::{Value, json};
use tests::{Process, TestPeer, entry, fresh_id, insert};

/// Everything that a person can bring in, with words that stand nowhere else; the log of all that.
async fn busy(format: &str) -> String {
    let data = tempfile::tempdir().expect("a folder");
    let environment = [("RUST_LOG", "trace".into()), ("DEBRIEF_LOG_FORMAT", format.into())];
    let process = Process::start_with(data.path(), &environment);
    let mara = process.visitor("Maralinda\nERROR forged=name").await;
    let id = mara.start_postmortem("Quicksilver\nERROR forged=title").await;
    let mut page = TestPeer::connect(&mara, &id).await;
    let overview = TextId::Section("overview".parse::<SectionKey>().expect("a section"));
    page.run(&Command::EditText(overview, insert(0, "Sunflower\nERROR forged=text"))).await;
    let noted = fresh_id();
    page.run(&Command::AddEntry(noted.clone(), entry("2018-10-21T23:07:00Z", "Tangerine"))).await;
    page.until_saved().await;
    let comment = json!({ "entry": noted, "text": "Marigold\nERROR forged=comment" });
    mara.post(&format!("/api/postmortems/{id}/comments"), comment).await;
    page.send(wire::update(b"Periwinkle")).await;
    for _ in 0..3 {
        page.send(wire::update(b"\x01\x01Periwinkle\nERROR forged=bytes")).await;
    }
    page.until_closed().await;
    mara.get("/api/postmortems/nope%0AERROR%20forged=path").await;
    mara.post("/api/imports", json!({ "title": "Periwinkle", "severity": "bad\nERROR forged=import" })).await;
    mara.post(&format!("/api/postmortems/{id}/publications"), json!({})).await.expect(201);
    process.finish()
}

fn assert_discreet(log: &str) {
    assert!(log.contains("listening on http://"), "{log}");
    for word in ["Maralinda", "Quicksilver", "Sunflower", "Tangerine", "Marigold", "Periwinkle"] {
        let told = log.lines().find(|line| line.contains(word));
        assert_eq!(told, None, "{word} is in the log");
    }
    assert_eq!(log.lines().find(|line| line.starts_with("ERROR forged")), None);
}

#[tokio::test]
async fn the_log_never_tells_what_people_wrote() {
    let log = busy("text").await;
    assert_discreet(&log);
    assert!(log.contains("stopping"), "{log}");
}

#[tokio::test]
async fn a_line_of_the_json_log_is_an_object() {
    let log = busy("json").await;
    assert_discreet(&log);
    let mut refusals = Vec::new();
    for line in log.lines() {
        let event: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        assert!(event["level"].is_string() && event["message"].is_string(), "{line}");
        if event["message"] == "a message of a connection was refused" {
            refusals.push(event);
        }
    }
    let [refusal] = refusals.as_slice() else { panic!("the first of three refusals is told, once: {refusals:?}") };
    assert_eq!(refusal["code"], "malformed");
    assert!(refusal["connection"].is_u64() && refusal["person"].is_string(), "{refusal}");
}
