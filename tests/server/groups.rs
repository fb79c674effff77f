//! Groups of people: who sees and who keeps them, what a name and a size may be, and what their people may do where a
//! post-mortem names a group.

use crate::feed::follower;
use postmortem::api::close_code;
use postmortem::{Command, Event, TeamRole, limits};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};
use std::collections::BTreeSet;
use tests::{Answer, TestPeer, TestServer, Visitor};

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

fn id_of(visitor: &Visitor) -> Value {
    visitor.person["id"].clone()
}

async fn start_private(owner: &Visitor) -> String {
    let private = json!({ "title": "Customer records", "access": "private" });
    owner.post("/api/postmortems", private).await.expect(201)["id"].as_str().expect("an id").to_owned()
}

/// Names people and groups with a role each, the owner beside them.
async fn share(owner: &Visitor, id: &str, access: &str, members: Value, groups: Value) -> Answer {
    let change = json!({ "access": access, "members": members, "groups": groups });
    owner.set(&format!("/api/postmortems/{id}/access"), change).await
}

async fn capabilities(visitor: &Visitor, id: &str) -> usize {
    let shown = visitor.get(&format!("/api/postmortems/{id}/access")).await;
    shown.json()["capabilities"].as_array().map_or(0, Vec::len)
}

fn is_refused(event: &Event) -> bool {
    matches!(event, Event::Refused { code, .. } if code == "not_allowed")
}

fn counts(named: u32) -> impl Fn(&TestPeer) -> bool {
    move |page| page.events.iter().any(|event| matches!(event, Event::Audience { named: now, .. } if *now == named))
}

#[tokio::test]
async fn whoever_is_in_a_named_group_has_its_role_until_they_are_taken_out_also_in_an_open_page() {
    let server = TestServer::start();
    let admin = server.visitor_as("Ada", TeamRole::Admin).await;
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    let otto = server.visitor_as("Otto", TeamRole::Outsider).await;
    let group = make(&admin, "Auditors", &[&otto]).await;
    let path = format!("/api/groups/{group}");
    let id = start_private(&mara).await;
    let named = json!([{ "group": group, "role": "editor" }]);
    let shown = share(&mara, &id, "private", json!([]), named).await.expect(200);
    assert_eq!((&shown["groups"][0]["name"], &shown["groups"][0]["size"]), (&json!("Auditors"), &json!(1)));
    assert_eq!((&shown["readers"], &shown["groups"][0]["includes_you"]), (&json!(2), &json!(false)));

    // Somebody from outside of the team finds it, and whoever comes into the group does from then on.
    let mut page = TestPeer::connect(&otto, &id).await;
    page.run(&Command::SetTitle("Records of customers".into())).await;
    page.until_saved().await;
    assert_eq!(jonah.get(&format!("/api/postmortems/{id}")).await.code(), "not_found");
    admin.patch(&path, json!({ "add": [id_of(&jonah)] })).await.expect(200);
    page.until("it is told how many are named now", counts(3)).await;
    let log = jonah.get("/api/postmortems").await.expect(200);
    assert_eq!((&log["postmortems"][0]["id"], &log["postmortems"][0]["named"]), (&json!(id), &json!(3)));
    let shown = jonah.get(&format!("/api/postmortems/{id}/access")).await.expect(200);
    assert_eq!((&shown["readers"], &shown["groups"][0]["includes_you"]), (&json!(3), &json!(true)));

    // A role of the group that becomes less, and the last of it.
    let named = json!([{ "group": group, "role": "viewer" }]);
    share(&mara, &id, "private", json!([]), named).await.expect(200);
    page.run(&Command::SetTitle("Forged".into())).await;
    page.until("it is refused", |page| page.events.iter().any(is_refused)).await;
    admin.patch(&path, json!({ "remove": [id_of(&otto)] })).await.expect(200);
    assert_eq!(page.until_closed().await.code, close_code::CLOSED_TO_YOU);
    assert_eq!(otto.get(&format!("/api/postmortems/{id}")).await.code(), "not_found");
    let whole = mara.get(&format!("/api/postmortems/{id}")).await.expect(200);
    assert_eq!(whole["title"], "Records of customers");
}

#[tokio::test]
async fn a_group_that_is_deleted_takes_from_its_people_what_it_gave_them_and_nothing_else() {
    let server = TestServer::start();
    let admin = server.visitor_as("Ada", TeamRole::Admin).await;
    let (mara, jonah, tom) =
        (server.visitor("Mara").await, server.visitor("Jonah").await, server.visitor("Tomasz").await);
    let group = make(&admin, "Storage", &[&jonah, &tom]).await;
    let id = start_private(&mara).await;
    let members = json!([{ "person": id_of(&tom), "role": "viewer" }]);
    share(&mara, &id, "private", members, json!([{ "group": group, "role": "editor" }])).await.expect(200);
    let mut lost = TestPeer::connect(&jonah, &id).await;
    let mut kept = TestPeer::connect(&tom, &id).await;
    kept.run(&Command::SetTitle("Records of customers".into())).await;
    kept.until_saved().await;
    assert_eq!(admin.delete(&format!("/api/groups/{group}")).await.status, 204);
    assert_eq!(lost.until_closed().await.code, close_code::CLOSED_TO_YOU);
    kept.run(&Command::SetTitle("Forged".into())).await;
    kept.until("it is refused", |page| page.events.iter().any(is_refused)).await;
    assert_eq!(capabilities(&tom, &id).await, 1, "what they are by themselves is theirs");
    assert_eq!(mara.get(&format!("/api/postmortems/{id}/access")).await.expect(200)["groups"], json!([]));
}

#[tokio::test]
async fn of_all_that_somebody_is_named_as_the_most_holds() {
    let server = TestServer::start();
    let admin = server.visitor_as("Ada", TeamRole::Admin).await;
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    let (few, many) = (make(&admin, "Few", &[&jonah]).await, make(&admin, "Many", &[&mara, &jonah]).await);
    let id = start_private(&mara).await;
    let most = async |member: &str, of_few: &str, of_many: &str| {
        let members = json!([{ "person": id_of(&jonah), "role": member }]);
        let groups = json!([{ "group": few, "role": of_few }, { "group": many, "role": of_many }]);
        let shown = share(&mara, &id, "private", members, groups).await.expect(200);
        assert_eq!(shown["readers"], 2, "everybody is counted once");
        capabilities(&jonah, &id).await
    };
    let alone = [most("viewer", "viewer", "viewer").await, most("commenter", "viewer", "viewer").await];
    assert_eq!(alone, [1, 2]);
    assert_eq!(most("viewer", "commenter", "viewer").await, 2);
    let edits = most("editor", "viewer", "viewer").await;
    assert!(edits > 2);
    assert_eq!([most("viewer", "commenter", "editor").await, most("commenter", "editor", "viewer").await], [edits; 2]);
    assert!(capabilities(&mara, &id).await > edits, "who owns it decides, whatever group they are in");
    let log = jonah.get("/api/postmortems").await.expect(200);
    assert_eq!(log["postmortems"][0]["named"], 2);
}

#[tokio::test]
async fn of_a_private_one_that_names_a_group_nobody_else_finds_a_trace() {
    let server = TestServer::start();
    let admin = server.visitor_as("Ada", TeamRole::Admin).await;
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    let group = make(&admin, "Storage", &[]).await;
    let path = format!("/api/groups/{group}");
    let before = (admin.get("/api/groups").await.text, admin.get(&path).await.text);
    let mut follower = follower(&jonah).await;
    let id = start_private(&mara).await;
    share(&mara, &id, "private", json!([]), json!([{ "group": group, "role": "viewer" }])).await.expect(200);
    assert_eq!((admin.get("/api/groups").await.text, admin.get(&path).await.text), before);
    // Nor of its group's coming and going, until they are in it.
    admin.patch(&path, json!({ "add": [id_of(&admin)] })).await.expect(200);
    admin.patch(&path, json!({ "remove": [id_of(&admin)] })).await.expect(200);
    let open = mara.start_postmortem("Disk full").await;
    loop {
        let message = follower.next().await;
        assert!(!message.to_string().contains(&id), "there is no trace of it: {message}");
        if message.to_string().contains(&open) {
            break;
        }
    }
    admin.patch(&path, json!({ "add": [id_of(&jonah)] })).await.expect(200);
    while !follower.next().await["lines"].as_array().is_some_and(|lines| lines.iter().any(|line| line["id"] == id)) {}
    admin.patch(&path, json!({ "remove": [id_of(&jonah)] })).await.expect(200);
    while follower.next().await["gone"] != json!([id]) {}
    // Of one that was deleted those hear who were in the group then.
    admin.patch(&path, json!({ "add": [id_of(&jonah)] })).await.expect(200);
    assert_eq!(mara.delete(&format!("/api/postmortems/{id}")).await.status, 204);
    admin.patch(&path, json!({ "remove": [id_of(&jonah)], "add": [id_of(&admin)] })).await.expect(200);
    assert_eq!(jonah.get(&format!("/api/postmortems/{id}")).await.code(), "deleted");
    assert_eq!(admin.get(&format!("/api/postmortems/{id}")).await.code(), "not_found");
}

#[tokio::test]
async fn which_groups_may_be_named_and_what_is_left_away_stays() {
    let server = TestServer::start();
    let admin = server.visitor_as("Ada", TeamRole::Admin).await;
    let mara = server.visitor("Mara").await;
    let otto = server.visitor_as("Otto", TeamRole::Outsider).await;
    let (group, other) = (make(&admin, "Storage", &[&mara]).await, make(&admin, "Network", &[]).await);
    let id = mara.start_postmortem("Disk full").await;
    let named = |group: &str, role: &str| json!({ "group": group, "role": role });
    let put = async |groups: Value| share(&mara, &id, "team", json!([]), groups).await;
    assert_refused(&put(json!([named(&group, "owner")])).await, "A group owns no post-mortem");
    assert_refused(&put(json!([named(&group, "viewer"), named(&group, "editor")])).await, "Name every group once.");
    assert_refused(&put(json!([named("nowhere", "viewer")])).await, "is not there");
    let many: Vec<Value> = (0..51).map(|number| named(&format!("g{number}"), "viewer")).collect();
    assert_refused(&put(json!(many)).await, "at most 50 groups");
    put(json!([named(&group, "viewer")])).await.expect(200);
    // A script that knows of no groups takes none away.
    let path = format!("/api/postmortems/{id}/access");
    let shown = mara.set(&path, json!({ "access": "team", "members": [] })).await.expect(200);
    assert_eq!(shown["groups"][0]["id"], json!(group));
    // An owner from outside keeps what is named, and knows of no other group.
    let owner = json!([{ "person": id_of(&otto), "role": "owner" }]);
    share(&mara, &id, "team", owner, json!([named(&group, "viewer")])).await.expect(200);
    let both = json!([named(&group, "editor"), named(&other, "viewer")]);
    assert_refused(&share(&otto, &id, "team", json!([]), both).await, "is not there");
    share(&otto, &id, "team", json!([]), json!([named(&group, "editor")])).await.expect(200);
    share(&otto, &id, "team", json!([]), json!([])).await.expect(200);
}

#[tokio::test]
async fn namesakes_who_are_named_are_told_apart_by_their_mail_addresses() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let (first, second) = (server.visitor("Jonah").await, server.visitor("jonah").await);
    let tom = server.visitor_as("Tomasz", TeamRole::Outsider).await;
    let id = mara.start_postmortem("Disk full").await;
    let named: Vec<Value> =
        [&first, &second, &tom].map(|who| json!({ "person": id_of(who), "role": "viewer" })).into_iter().collect();
    share(&mara, &id, "team", json!(named), json!([])).await.expect(200);
    let mails = async |visitor: &Visitor| {
        let shown = visitor.get(&format!("/api/postmortems/{id}/access")).await.expect(200);
        let members = shown["members"].as_array().expect("members").clone();
        members.iter().filter_map(|member| member["mail"].as_str().map(ToOwned::to_owned)).collect::<Vec<_>>()
    };
    let both = [&first, &second].map(|who| who.person["mail"].as_str().expect("an address").to_owned());
    assert_eq!(BTreeSet::from_iter(mails(&mara).await), BTreeSet::from(both));
    assert_eq!(mails(&second).await, [""; 0], "nobody hears of an address by taking the name that goes with it");
    assert_eq!(mails(&tom).await, [""; 0], "nor from outside");
}
