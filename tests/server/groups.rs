//! Groups of people: who sees and who keeps them, and what a name and a size may be.

use postmortem::{TeamRole, limits};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};
use tests::{Answer, TestServer, Visitor};

async fn make(admin: &Visitor, name: &str, people: &[&Visitor]) -> String {
    let people: Vec<Value> = people.iter().map(|visitor| visitor.person["id"].clone()).collect();
    let made = admin.post("/api/groups", json!({ "name": name, "people": people })).await.expect(201);
    made["id"].as_str().expect("an id").to_owned()
}

#[track_caller]
fn assert_refused(answer: &Answer, words: &str) {
    assert_eq!((answer.status, answer.code().as_str()), (422, "invalid"), "{}", answer.text);
    assert!(answer.message().contains(words), "{}", answer.message());
}

fn names(people: &Value) -> Vec<&str> {
    people.as_array().expect("people").iter().filter_map(|person| person["name"].as_str()).collect()
}

#[tokio::test]
async fn a_group_is_made_changed_and_deleted_by_admins_and_listed_for_members() {
    let server = TestServer::start();
    let admin = server.visitor_as("Ada", TeamRole::Admin).await;
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    let outsider = server.visitor_as("Otto", TeamRole::Outsider).await;
    let id = make(&admin, " Storage\n team ", &[&mara]).await;
    let path = format!("/api/groups/{id}");
    let listed = mara.get("/api/groups?search=STOR").await.expect(200);
    assert_eq!((&listed["groups"][0]["name"], &listed["groups"][0]["size"]), (&json!("Storage team"), &json!(1)));
    assert_eq!(mara.get("/api/groups?search=payments").await.expect(200), json!({ "groups": [], "more": 0 }));
    assert_eq!(outsider.get("/api/groups").await.expect(200), json!({ "groups": [], "more": 0 }));
    assert_eq!(outsider.get(&path).await.status, 404);
    let change = json!({ "name": "Storage", "add": [jonah.person["id"]], "remove": [mara.person["id"]] });
    let changed = admin.patch(&path, change).await.expect(200);
    assert_eq!((changed["name"].as_str(), names(&changed["people"])), (Some("Storage"), vec!["Jonah"]));
    // Who is there already is not there twice.
    admin.patch(&path, json!({ "add": [jonah.person["id"], mara.person["id"]] })).await.expect(200);
    assert_eq!(names(&mara.get(&path).await.expect(200)["people"]), ["Jonah", "Mara"]);
    assert_eq!(admin.delete(&path).await.status, 204);
    for gone in [admin.delete(&path).await, admin.patch(&path, json!({})).await, mara.get(&path).await] {
        assert_eq!((gone.status, gone.message().as_str()), (404, "There is no such group. It may have been deleted."));
    }
}

#[tokio::test]
async fn who_is_suspended_counts_in_no_group_and_is_in_theirs_again_when_restored() {
    let server = TestServer::start();
    let admin = server.visitor_as("Ada", TeamRole::Admin).await;
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    let id = make(&admin, "Storage", &[&mara, &jonah]).await;
    let suspend = async |is_suspended: bool| {
        let path = format!("/api/people/{}", jonah.person["id"].as_str().expect("an id"));
        admin.patch(&path, json!({ "is_suspended": is_suspended })).await.expect(200);
    };
    let group = async || mara.get(&format!("/api/groups/{id}")).await.expect(200);
    suspend(true).await;
    let shown = group().await;
    assert_eq!((&shown["size"], names(&shown["people"])), (&json!(1), vec!["Mara"]));
    let added = admin.post("/api/groups", json!({ "name": "Network", "people": [jonah.person["id"]] })).await;
    assert_refused(&added, "Jonah cannot sign in.");
    suspend(false).await;
    assert_eq!(names(&group().await["people"]), ["Jonah", "Mara"]);
    let program = server.token("robot", TeamRole::Member).await;
    let robot = program.get("/api/session").await.expect(200)["id"].clone();
    assert_refused(&admin.patch(&format!("/api/groups/{id}"), json!({ "add": [robot] })).await, "cannot sign in");
}

#[tokio::test]
async fn of_two_groups_of_one_name_whatever_its_case_the_second_is_refused() {
    let server = TestServer::start();
    let admin = server.visitor_as("Ada", TeamRole::Admin).await;
    make(&admin, "Çelik", &[]).await;
    let other = make(&admin, "Storage", &[]).await;
    let refused = admin.post("/api/groups", json!({ "name": "çELIK" })).await;
    assert_refused(&refused, "There is a group that is called çELIK already.");
    assert_refused(&admin.patch(&format!("/api/groups/{other}"), json!({ "name": "çelik" })).await, "already");
    // Its own name in other letters is no other group's.
    let renamed = admin.patch(&format!("/api/groups/{other}"), json!({ "name": "STORAGE" })).await.expect(200);
    assert_eq!(renamed["name"], "STORAGE");
    assert_refused(&admin.post("/api/groups", json!({ "name": " " })).await, "Give the group a name.");
    assert_refused(&admin.post("/api/groups", json!({ "name": "x".repeat(61) })).await, "at most 60 characters");
}

#[tokio::test]
async fn there_is_an_end_to_groups_and_to_the_people_of_one() {
    let server = TestServer::start();
    let admin = server.visitor_as("Ada", TeamRole::Admin).await;
    let id = make(&admin, "Storage", &[]).await;
    let file = server.folder().join("debrief.db");
    let mut rows = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.expect("the database");
    for (statement, most) in [
        (
            "with recursive n (i) as (select 2 union all select i + 1 from n where i < ?)
             insert into groups (id, name, folded) select 'g' || i, 'Group ' || i, 'group ' || i from n",
            limits::GROUPS,
        ),
        (
            "with recursive n (i) as (select 1 union all select i + 1 from n where i < ?)
             insert into users (id, name, color, created_at)
             select 'u' || i, 'Person ' || i, 'teal', '2018-10-21T22:00:00+00:00' from n",
            limits::GROUP_PEOPLE,
        ),
        (
            "insert into accounts (user_id, mail, role, created_at)
             select id, id || '@harbour.example', 'member', created_at from users where id like 'u%' and length(id) < 5
             limit ?",
            limits::GROUP_PEOPLE,
        ),
    ] {
        sqlx::query(statement).bind(most).execute(&mut rows).await.expect("rows");
    }
    sqlx::query("insert into group_members (group_id, user_id) select ?, user_id from accounts where user_id like 'u%' and length(user_id) < 5")
        .bind(&id)
        .execute(&mut rows)
        .await
        .expect("members");
    rows.close().await.expect("closed");
    let refused = admin.post("/api/groups", json!({ "name": "One more" })).await;
    assert_refused(&refused, "A team has at most 500 groups.");
    let refused = admin.patch(&format!("/api/groups/{id}"), json!({ "add": [admin.person["id"]] })).await;
    assert_refused(&refused, "A group has at most 500 people.");
    // A list names the first of its people, and is cut where it was asked to be.
    let listed = admin.get("/api/groups?search=stor").await.expect(200);
    assert_eq!((&listed["groups"][0]["size"], names(&listed["groups"][0]["people"]).len()), (&json!(500), 6));
    let listed = admin.get("/api/groups?limit=3").await.expect(200);
    assert_eq!((listed["groups"].as_array().map(Vec::len), &listed["more"]), (Some(3), &json!(497)));
    let everybody: Vec<String> = (0..501).map(|number| format!("u{number}")).collect();
    let request = admin.request(Method::PATCH, &format!("/api/groups/{id}")).json(&json!({ "add": everybody }));
    assert_refused(&admin.send(request).await, "A group has at most 500 people.");
}
