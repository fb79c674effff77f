//! A post-mortem can be deleted: nothing of it is left, and nobody goes on typing into the void.

use postmortem::{Command, Event};
use serde_json::json;
use tests::{Scenario, TestPeer, TestServer, entry, fresh_id};

#[tokio::test]
async fn a_deleted_postmortem_is_gone_for_everyone() {
    let Scenario { server, mara, id } = Scenario::importing("aws").await;
    let jonah = server.visitor("Jonah").await;
    let kept = mara.start_postmortem("Kept").await;
    let path = format!("/api/postmortems/{id}");
    let whole = mara.get(&path).await.expect(200);
    let entry_id = &whole["timeline"][0]["id"];
    mara.post(&format!("{path}/comments"), json!({"entry": entry_id, "text": "x"})).await.expect(201);
    let published = mara.post(&format!("{path}/publications"), json!({})).await.expect(201);
    let slug = published["slug"].as_str().expect("a slug");
    let mut page = TestPeer::connect(&jonah, &id).await;

    assert_eq!(server.stranger().delete(&path).await.status, 401);
    assert_eq!(mara.delete(&path).await.status, 204);
    let closed = page.until_closed().await;
    assert_eq!((closed.code, closed.reason.as_str()), (4404, "deleted"));
    assert!(page.events.contains(&Event::Deleted));
    for answer in [
        mara.get(&path).await,
        mara.get(&format!("{path}/comments")).await,
        mara.get(&format!("{path}/versions")).await,
        mara.get(&format!("/sync/{id}")).await,
        mara.post(&format!("{path}/publications"), json!({})).await,
        mara.delete(&path).await,
    ] {
        assert_eq!((answer.status, answer.code().as_str()), (404, "deleted"));
    }
    let never = mara.get("/api/postmortems/never").await;
    assert_eq!((never.status, never.code().as_str()), (404, "not_found"), "what a backup lacks was not deleted");
    assert_eq!(server.stranger().get(&format!("/p/{slug}")).await.status, 410);
    let log = mara.get("/api/postmortems").await.expect(200);
    assert_eq!(log["postmortems"].as_array().map(Vec::len), Some(1));
    assert_eq!(log["postmortems"][0]["id"], json!(kept));
}

#[tokio::test]
async fn a_deletion_amid_typing_harms_no_other_room() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let (doomed, kept) = (mara.start_postmortem("Doomed").await, mara.start_postmortem("Kept").await);
    let mut typing = TestPeer::connect(&mara, &doomed).await;
    let mut bystander = TestPeer::connect(&mara, &kept).await;
    for minute in 10..40 {
        typing.run(&Command::AddEntry(fresh_id(), entry(&format!("2018-10-21T23:{minute}:00Z"), "typed"))).await;
    }
    assert_eq!(mara.delete(&format!("/api/postmortems/{doomed}")).await.status, 204);
    assert_eq!(typing.until_closed().await.code, 4404);
    bystander.run(&Command::SetTitle("Still kept".into())).await;
    bystander.until_saved().await;
}
