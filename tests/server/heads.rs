//! Status and owner: rows that the server writes from the session, told to everybody who has the post-mortem open.

use postmortem::{Command, Event, Status, TeamRole, wire};
use serde_json::json;
use tests::{Scenario, TestPeer, TestServer, until};

/// What a page of an earlier release wrote into its copy: client 44 sets the status, and the owner.
const IN_REVIEW: &[u8] = b"\x01\x01\x2c\x00\x28\x01\x04meta\x06status\x01\x77\x09in_review\x00";
const OWNED: &[u8] = b"\x01\x01\x2d\x00\x28\x01\x04meta\x05owner\x01\x77\x05Jonah\x00";

fn head(page: &TestPeer) -> (Status, String) {
    let details = page.value().details;
    (details.status, details.owner)
}

#[tokio::test]
async fn a_status_is_told_to_every_page_listed_and_kept_over_a_restart() {
    let Scenario { mut server, mara, id } = Scenario::blank().await;
    let jonah = server.visitor("Jonah").await;
    let mut his = TestPeer::connect(&jonah, &id).await;
    let path = format!("/api/postmortems/{id}");
    let set = jonah.set(&format!("{path}/status"), json!({"status": "reviewed"})).await.expect(200);
    assert_eq!(set, json!({"status": "reviewed", "owner": "Mara", "owner_id": mara.person["id"], "is_owned": true}));
    his.until("it is told", |page| head(page) == (Status::Reviewed, "Mara".into())).await;
    let wrong = jonah.set(&format!("{path}/status"), json!({"status": "done"})).await;
    assert_eq!(wrong.status, 422, "{}", wrong.text);
    server.restart();
    let mara = server.visitor("Mara").await;
    let whole = mara.get(&path).await.expect(200);
    assert_eq!((&whole["status"], &whole["owner"]), (&json!("reviewed"), &json!("Mara")));
    let listed = mara.get("/api/postmortems").await.expect(200)["postmortems"][0].clone();
    assert_eq!((&listed["status"], &listed["owner"]), (&json!("reviewed"), &json!("Mara")));
}

#[tokio::test]
async fn whoever_decides_on_it_hands_it_over_and_stays_an_editor() {
    let Scenario { server, mara, id } = Scenario::blank().await;
    let (jonah, ines) = (server.visitor("Jonah").await, server.visitor("Ines").await);
    let owner = format!("/api/postmortems/{id}/owner");
    let to = |visitor: &tests::Visitor| json!({"person": visitor.person["id"]});
    for change in [to(&jonah), json!({"name": "Somebody"})] {
        let refused = jonah.set(&owner, change).await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "not_allowed"), "an editor takes nothing");
    }
    let mut page = TestPeer::connect(&mara, &id).await;
    mara.set(&owner, to(&ines)).await.expect(200);
    page.until("it is told", |page| head(page).1 == "Ines").await;
    page.until("and so is what is left to do", |page| {
        page.events.iter().any(|event| matches!(event, Event::Capabilities { capabilities } if !capabilities.contains(postmortem::Capability::Administer)))
    })
    .await;
    assert_eq!(mara.set(&owner, to(&mara)).await.status, 403);
    page.run(&Command::SetTitle("She still edits".into())).await;
    page.until_saved().await;
    let access = ines.get(&format!("/api/postmortems/{id}/access")).await.expect(200);
    let named: Vec<_> = access["members"].as_array().expect("a list").iter().map(|named| &named["role"]).collect();
    assert_eq!(named, [&json!("owner"), &json!("editor")]);
    assert_eq!(ines.set(&owner, json!({"person": "nobody"})).await.status, 422);
    let program = server.token("Deploys", TeamRole::Member).await;
    let refused = ines.set(&owner, to(&program)).await;
    assert_eq!((refused.status, refused.message().as_str()), (422, "Choose somebody of the team who can sign in."));
}

#[tokio::test]
async fn somebody_outside_is_a_name_and_the_account_goes_on_deciding() {
    let Scenario { server: _server, mara, id } = Scenario::blank().await;
    let owner = format!("/api/postmortems/{id}/owner");
    let owned_by = async || mara.get("/api/postmortems").await.expect(200)["postmortems"][0].get("owned_by").cloned();
    let shown = owned_by().await.expect("her disc");
    assert_eq!((&shown["id"], &shown["color"]), (&mara.person["id"], &mara.person["color"]));
    let set = mara.set(&owner, json!({"name": " Priya  of the  vendor "})).await.expect(200);
    assert_eq!(set, json!({"status": "draft", "owner": "Priya of the vendor", "is_owned": true}));
    assert_eq!(owned_by().await, None, "nobody is shown so");
    let long = mara.set(&owner, json!({"name": "x".repeat(61)})).await;
    assert_eq!((long.status, long.message().as_str()), (422, "A name has at most 60 characters."));
    assert_eq!(mara.set(&owner, json!({"name": ""})).await.expect(200)["owner"], "Mara", "it is hers again");
    assert_eq!(mara.set(&owner, json!({"name": "x", "person": "y"})).await.status, 400, "one of both");
}

#[tokio::test]
async fn the_owner_goes_by_another_name_everywhere_once_they_have_one() {
    let Scenario { server, mara, id } = Scenario::blank().await;
    let jonah = server.visitor("Jonah").await;
    let mut his = TestPeer::connect(&jonah, &id).await;
    mara.patch("/api/session", json!({"name": "Mara Roth", "color": "teal"})).await.expect(200);
    his.until("the name is told", |page| {
        page.events.iter().any(|event| matches!(event, Event::Renamed { person } if person.name == "Mara Roth"))
    })
    .await;
    let listed = jonah.get("/api/postmortems").await.expect(200)["postmortems"][0].clone();
    assert_eq!(listed["owner"], "Mara Roth");
    let whole = jonah.get(&format!("/api/postmortems/{id}")).await.expect(200);
    assert_eq!(whole["owner"], "Mara Roth");
}

#[tokio::test]
async fn what_an_old_copy_brings_is_judged_by_what_its_person_may_do_then() {
    let Scenario { server, mara, id } = Scenario::blank().await;
    let (jonah, vera) = (server.visitor("Jonah").await, server.visitor_as("Vera", TeamRole::Outsider).await);
    let path = format!("/api/postmortems/{id}");
    let named = json!({"access": "team", "members": [{"person": vera.person["id"], "role": "viewer"}]});
    mara.set(&format!("{path}/access"), named).await.expect(200);
    let status = async || mara.get(&path).await.expect(200)["status"].clone();

    let mut hers = TestPeer::connect(&vera, &id).await;
    hers.send(wire::missing(IN_REVIEW)).await;
    hers.until("it is refused", |page| page.events.iter().any(|event| matches!(event, Event::Refused { .. }))).await;
    assert_eq!(status().await, "draft");

    let mut his = TestPeer::connect(&jonah, &id).await;
    his.send(wire::missing(IN_REVIEW)).await;
    until("the status is set", async || status().await == "in_review").await;
    his.send(wire::missing(OWNED)).await;
    his.run(&Command::SetTitle("The rest is taken".into())).await;
    his.until_saved().await;
    assert_eq!(mara.get(&path).await.expect(200)["owner"], "Mara", "he hands over nothing");

    his.send(wire::update(&IN_REVIEW.iter().map(|byte| if *byte == 0x2c { 0x2e } else { *byte }).collect::<Vec<u8>>()))
        .await;
    let is_told = |event: &Event| matches!(event, Event::Refused { code, .. } if code == "row_of_server");
    his.until("what is typed is refused", |page| page.events.iter().any(is_told)).await;
}

#[tokio::test]
async fn an_import_says_whose_it_is_by_name() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let made = mara.post("/api/postmortems", json!({"title": "Disk full"})).await.expect(201);
    let id = made["id"].as_str().expect("an id");
    let path = format!("/api/postmortems/{id}");
    mara.set(&format!("{path}/owner"), json!({"name": "Ines of the vendor"})).await.expect(200);
    mara.set(&format!("{path}/status"), json!({"status": "closed"})).await.expect(200);
    let export = mara.get(&path).await.expect(200);
    let copy = mara.post("/api/imports", export).await.expect(201);
    let copy = mara.get(&format!("/api/postmortems/{}", copy["id"].as_str().expect("an id"))).await.expect(200);
    assert_eq!((&copy["status"], &copy["owner"]), (&json!("closed"), &json!("Ines of the vendor")));
}
