//! The services of the team: names that lead to one of them each, owners, and who keeps them.

use postmortem::TeamRole;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, TestServer, Visitor};

async fn make(visitor: &Visitor, service: Value) -> String {
    let made = visitor.post("/api/services", service).await.expect(201);
    made["id"].as_str().expect("an id").to_owned()
}

async fn put(visitor: &Visitor, id: &str, service: Value) -> Answer {
    visitor.send(visitor.request(Method::PUT, &format!("/api/services/{id}")).json(&service)).await
}

#[track_caller]
fn assert_refused(answer: &Answer, words: &str) {
    assert_eq!((answer.status, answer.code().as_str()), (422, "invalid"), "{}", answer.text);
    assert!(answer.message().contains(words), "{}", answer.message());
}

async fn found(visitor: &Visitor, search: &str) -> Vec<String> {
    let listed = visitor.get(&format!("/api/services?search={search}")).await.expect(200);
    let services = listed["services"].as_array().expect("a list").clone();
    services.iter().filter_map(|service| service["name"].as_str().map(ToOwned::to_owned)).collect()
}

#[tokio::test]
async fn a_service_is_found_by_each_of_its_names_and_by_nobody_from_outside() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let outsider = server.visitor_as("Otto", TeamRole::Outsider).await;
    make(&mara, json!({ "name": "Payments", "other_names": ["Kasse", " checkout ", "KASSE", ""] })).await;
    make(&mara, json!({ "name": "Pay", "other_names": [] })).await;
    make(&mara, json!({ "name": "Gateway" })).await;
    assert_eq!(found(&mara, "CHECK").await, ["Payments"]);
    assert_eq!(found(&mara, "pay").await, ["Pay", "Payments"], "who is called exactly so stands first");
    assert_eq!(found(&mara, "").await, ["Gateway", "Pay", "Payments"]);
    let listed = mara.get("/api/services?search=kasse&limit=1").await.expect(200);
    assert_eq!(listed["services"][0]["other_names"], json!(["Kasse", "checkout"]));
    let listed = mara.get("/api/services?limit=1").await.expect(200);
    assert_eq!((listed["services"].as_array().map(Vec::len), &listed["more"]), (Some(1), &json!(2)));
    assert_eq!(outsider.get("/api/services").await.expect(200), json!({ "services": [], "more": 0 }));
    let refused = outsider.post("/api/services", json!({ "name": "Other" })).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "not_allowed"));
    assert!(refused.message().starts_with("You may not change the services of the team."), "{}", refused.message());
}

#[tokio::test]
async fn no_name_leads_to_two_services() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let payments = make(&mara, json!({ "name": "Payments", "other_names": ["Kasse Süd"] })).await;
    let gateway = make(&mara, json!({ "name": "Gateway" })).await;
    let refused = mara.post("/api/services", json!({ "name": "PAYMENTS" })).await;
    assert_refused(&refused, "There is a service that is called Payments already.");
    let refused = put(&mara, &gateway, json!({ "name": "Gateway", "other_names": ["kasse SÜD"] })).await;
    assert_refused(&refused, "kasse SÜD is another name of Payments already.");
    assert_eq!(found(&mara, "gate").await, ["Gateway"], "what was refused changed nothing");
    // Its names may change places.
    let changed = put(&mara, &payments, json!({ "name": "Kasse Süd", "other_names": ["Payments"] })).await.expect(200);
    assert_eq!((&changed["name"], &changed["other_names"]), (&json!("Kasse Süd"), &json!(["Payments"])));
    assert_eq!(found(&mara, "payments").await, ["Kasse Süd"]);
}

#[tokio::test]
async fn what_could_not_stand_in_a_post_mortem_is_no_name_of_a_service() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let many: Vec<String> = (0..21).map(|number| format!("Name {number}")).collect();
    for (service, words) in [
        (json!({ "name": " " }), "Give the service a name."),
        (json!({ "name": "Payments, Gateway" }), "has no comma"),
        (json!({ "name": "Payments", "other_names": ["a,b"] }), "has no comma"),
        (json!({ "name": "x".repeat(81) }), "at most 80 characters"),
        (json!({ "name": "Payments", "other_names": many }), "at most 20 other names"),
    ] {
        assert_refused(&mara.post("/api/services", service).await, words);
    }
    assert_eq!(found(&mara, "").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_person_or_a_group_answers_for_a_service_until_it_is_gone() {
    let server = TestServer::start();
    let admin = server.visitor_as("Ada", TeamRole::Admin).await;
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    let group = admin.post("/api/groups", json!({ "name": "Storage" })).await.expect(201)["id"].clone();
    let by_group = json!({ "name": "Disks", "owner": { "group": group } });
    let id = make(&mara, by_group.clone()).await;
    let owner = async || mara.get("/api/services").await.expect(200)["services"][0]["owner"].clone();
    assert_eq!(owner().await, json!({ "group": { "id": group, "name": "Storage" } }));
    admin.delete(&format!("/api/groups/{}", group.as_str().expect("an id"))).await;
    assert_eq!(owner().await, Value::Null, "a group that is gone answers for nothing");
    assert_eq!(put(&mara, &id, by_group).await.status, 404);
    let by_jonah = json!({ "name": "Disks", "owner": { "person": jonah.person["id"] } });
    put(&mara, &id, by_jonah.clone()).await.expect(200);
    assert_eq!(owner().await["person"]["name"], "Jonah");
    let path = format!("/api/people/{}", jonah.person["id"].as_str().expect("an id"));
    admin.patch(&path, json!({ "is_suspended": true })).await.expect(200);
    put(&mara, &id, json!({ "name": "Drives", "owner": by_jonah["owner"] })).await.expect(200);
    put(&mara, &id, json!({ "name": "Drives" })).await.expect(200);
    assert_refused(&put(&mara, &id, by_jonah).await, "Choose an owner who can sign in.");
    assert_eq!(mara.delete(&format!("/api/services/{id}")).await.status, 204);
    assert_eq!(mara.delete(&format!("/api/services/{id}")).await.status, 404);
}
