//! Whoever changes their name stays who they are.

use serde_json::json;
use tests::TestServer;

#[tokio::test]
async fn whoever_gives_another_name_stays_who_they_are() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let id = mara.import(r#"{"title": "Disk full", "severity": "SEV-2"}"#).await;
    let comments = format!("/api/postmortems/{id}/comments");
    mara.post(&comments, json!({"section": "overview", "text": "I saw it"})).await.expect(201);
    let renamed = mara.patch("/api/session", json!({"name": "Mara Lindqvist"})).await.expect(200);
    for stays in ["id", "color", "mail", "role"] {
        assert_eq!(renamed[stays], mara.person[stays]);
    }
    assert_eq!(mara.get("/api/session").await.expect(200), renamed);
    let threads = mara.get(&format!("/api/postmortems/{id}")).await.expect(200)["threads"].clone();
    for told in ["id", "name", "color"] {
        assert_eq!(threads[0]["comments"][0]["author"][told], renamed[told]);
    }
    let empty = mara.patch("/api/session", json!({"name": " "})).await;
    assert_eq!((empty.status, empty.code().as_str()), (422, "invalid"));
    assert_eq!(mara.get("/api/session").await.expect(200), renamed);
}
