//! The audit log: who did what, from where, read by whoever looks after the team and changed by nobody.

use postmortem::TeamRole;
use serde_json::{Value, json};
use tests::{Scenario, TestServer, Visitor};

async fn entries(admin: &Visitor, query: &str) -> Vec<Value> {
    let log = admin.get(&format!("/api/audit?{query}")).await.expect(200);
    log["entries"].as_array().expect("a list").clone()
}

/// `Mara: access_changed Disk full (Private, Jonah as editor)`.
fn line(entry: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let actor = match entry["actor"]["kind"].as_str() {
        Some("person") => text(&entry["actor"]["name"]),
        other => other.unwrap_or_default().to_owned(),
    };
    let on = match (&entry["postmortem"]["title"], &entry["postmortem"]["is_private"]) {
        (Value::String(title), _) => title.clone(),
        (_, Value::Bool(true)) => "a private one".to_owned(),
        _ if entry["postmortem"]["id"].is_string() => "one that is gone".to_owned(),
        _ => String::new(),
    };
    let words = [text(&entry["action"]), on, text(&entry["subject"]), text(&entry["detail"])];
    let words: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
    format!("{actor}: {}", words.join(" | "))
}

async fn lines(admin: &Visitor, query: &str) -> Vec<String> {
    entries(admin, query).await.iter().map(line).collect()
}

#[tokio::test]
async fn what_is_done_to_a_post_mortem_stands_in_the_log_also_when_it_is_gone() {
    let Scenario { server, mara, id } = Scenario::blank().await;
    let admin = server.visitor_as("Ada", TeamRole::Admin).await;
    let jonah = server.visitor("Jonah").await;
    let path = format!("/api/postmortems/{id}");
    let title = mara.get(&path).await.expect(200)["title"].as_str().expect("a title").to_owned();
    mara.set(&format!("{path}/status"), json!({"status": "in_review"})).await.expect(200);
    mara.set(
        &format!("{path}/access"),
        json!({"access": "team", "members": [{"person": jonah.person["id"], "role": "viewer"}]}),
    )
    .await
    .expect(200);
    let page = mara.post(&format!("{path}/publications"), json!({})).await.expect(201);
    let slug = page["slug"].as_str().expect("a slug").to_owned();
    mara.delete(&format!("{path}/publications/{slug}")).await;
    mara.set(&format!("{path}/owner"), json!({"person": jonah.person["id"]})).await.expect(200);
    let log = lines(&admin, "topic=postmortems").await;
    assert_eq!(log[0], format!("Mara: status_changed | {title} | In review, before Draft"));
    assert_eq!(log[1], format!("Mara: begun | {title}"));
    assert_eq!(lines(&admin, "search=DISK&topic=pages").await.len(), 2, "found by its title");
    let pages = lines(&admin, "topic=pages").await;
    let published = format!("Mara: published | {title} | revision 1 for whoever has the link");
    assert_eq!(pages, [format!("Mara: withdrawn | {title}"), published]);
    let rights = lines(&admin, "topic=rights").await;
    assert_eq!(rights[0], format!("Mara: owner_changed | {title} | Jonah, before Mara"));
    let named = &rights[1];
    assert!(named.starts_with("Mara: access_changed | ") && named.contains("Jonah as viewer"), "{named}");

    jonah.delete(&path).await;
    let log = lines(&admin, "topic=postmortems").await;
    assert_eq!(log[0], "Jonah: deleted | one that is gone", "with its title as with every word of it");
    assert_eq!(entries(&admin, "topic=postmortems").await[0]["postmortem"]["id"], json!(id));
}

#[tokio::test]
async fn who_looks_after_the_team_sees_of_what_is_private_to_others_that_something_was_done_and_no_more() {
    let server = TestServer::start();
    let (admin, mara) = (server.visitor_as("Ada", TeamRole::Admin).await, server.visitor("Mara").await);
    let jonah = server.visitor("Jonah").await;
    let made = mara.post("/api/postmortems", json!({"title": "Payroll leak", "access": "private"})).await.expect(201);
    let path = format!("/api/postmortems/{}", made["id"].as_str().expect("an id"));
    let members =
        json!([{"person": mara.person["id"], "role": "owner"}, {"person": jonah.person["id"], "role": "editor"}]);
    mara.set(&format!("{path}/access"), json!({"access": "private", "members": members})).await.expect(200);
    let log = admin.get("/api/audit").await.expect(200);
    let text = log.to_string();
    assert!(!text.contains("Payroll") && !text.contains(made["id"].as_str().expect("an id")), "{text}");
    let rights = lines(&admin, "topic=rights").await;
    assert!(rights.contains(&"Mara: access_changed | a private one".to_owned()), "{rights:?}");
    assert!(entries(&admin, "search=payroll").await.is_empty(), "nor is it found by what it is called");
    // Once it is theirs as well, so is what was done to it.
    let members =
        json!([{"person": mara.person["id"], "role": "owner"}, {"person": admin.person["id"], "role": "viewer"}]);
    mara.set(&format!("{path}/access"), json!({"access": "private", "members": members})).await.expect(200);
    assert!(!entries(&admin, "search=payroll").await.is_empty());
    mara.delete(&path).await;
    assert!(entries(&admin, "search=payroll").await.is_empty(), "nothing of it is left, also not here");
    assert_eq!(lines(&admin, "topic=postmortems").await[0], "Mara: deleted | one that is gone");
}

#[tokio::test]
async fn people_rights_and_sign_ins_stand_there_with_address_and_browser() {
    let server = TestServer::start();
    let admin = server.visitor_as("Ada", TeamRole::Admin).await;
    let jonah = server.visitor("Jonah").await;
    let person = format!("/api/people/{}", jonah.person["id"].as_str().expect("an id"));
    admin.patch(&person, json!({"role": "outsider"})).await.expect(200);
    admin.patch(&person, json!({"role": "outsider"})).await.expect(200);
    admin.patch(&person, json!({"is_suspended": true})).await.expect(200);
    admin.patch(&person, json!({"is_suspended": false})).await.expect(200);
    admin.patch("/api/session", json!({"name": "Ada Byron"})).await.expect(200);
    admin.post("/api/invitations", json!({"role": "member", "mail": "ines@harbour.example"})).await.expect(201);
    let group = admin.post("/api/groups", json!({"name": "Storage", "people": [jonah.person["id"]]})).await.expect(201);
    admin.delete(&format!("/api/groups/{}", group["id"].as_str().expect("an id"))).await;
    let team = admin.get("/api/team").await.expect(200);
    let mut wanted = team.clone();
    wanted["audit_days"] = json!(90);
    admin.set("/api/team", wanted.clone()).await.expect(200);
    admin.set("/api/team", wanted.clone()).await.expect(200);
    wanted.as_object_mut().expect("an object").remove("audit_days");
    let kept = admin.set("/api/team", wanted.clone()).await.expect(200);
    assert_eq!(kept["audit_days"], 90, "what a script of before leaves away stays as it is");
    wanted["audit_days"] = json!(3);
    assert_eq!(admin.set("/api/team", wanted).await.status, 422, "a log that is gone at once is none");
    let log = lines(&admin, "limit=8").await;
    let expected = [
        "Ada Byron: team_changed | days of the audit log: 90",
        "Ada Byron: group_deleted | Storage",
        "Ada Byron: group_changed | Storage | made, with Jonah",
        "Ada Byron: invited | ines@harbour.example | as member",
        "Ada Byron: renamed | Ada Byron, before Ada",
        "Ada: readmitted | Jonah",
        "Ada: suspended | Jonah | sessions, tokens and links ended",
        "Ada: role_changed | Jonah | Outsider, before Member",
    ];
    assert_eq!(log, expected, "what changes nothing is no entry");
    let newest = &entries(&admin, "limit=1").await[0];
    assert_eq!(newest["address"], "127.0.0.1");
    assert!(!newest["device"].as_str().expect("a browser").is_empty());
    admin.post("/api/groups", json!({"name": "Çelik ve Özge"})).await.expect(201);
    assert_eq!(lines(&admin, "search=%C3%87elik").await, ["Ada Byron: group_changed | Çelik ve Özge | made"]);
    let joined = entries(&admin, "search=jonah&topic=rights").await;
    assert!(joined.iter().any(|entry| entry["action"] == "account_made"), "{joined:?}");
}

#[tokio::test]
async fn the_log_is_read_in_pages_narrowed_and_saved_whole_as_lines() {
    let server = TestServer::start();
    let admin = server.visitor_as("Ada", TeamRole::Admin).await;
    for number in 0..7 {
        admin.post("/api/postmortems", json!({"title": format!("Number {number}")})).await.expect(201);
    }
    let first = admin.get("/api/audit?topic=postmortems&limit=4").await.expect(200);
    assert_eq!((first["total"].as_u64(), first["entries"].as_array().map(Vec::len)), (Some(7), Some(4)));
    let next = first["next"].as_i64().expect("another page");
    let second = admin.get(&format!("/api/audit?topic=postmortems&limit=4&before={next}")).await.expect(200);
    assert_eq!((second["entries"].as_array().map(Vec::len), &second["next"]), (Some(3), &Value::Null));
    let none = admin.get("/api/audit?until=2018-10-21T00:00:00Z").await.expect(200);
    assert_eq!(none["total"], 0);
    assert_eq!(admin.get("/api/audit?topic=weather").await.status, 422);
    let saved = admin.get("/api/audit/lines?topic=postmortems").await;
    let told: Vec<Value> = saved.text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(told.len(), 7);
    assert!(told.windows(2).all(|pair| pair[0]["sequence"].as_i64() > pair[1]["sequence"].as_i64()));
    assert_eq!(lines(&admin, "limit=1").await, ["Ada: log_saved"]);
}

#[tokio::test]
async fn too_many_attempts_to_sign_in_stand_there_once_for_each_of_a_few_accounts() {
    let server = TestServer::start();
    let admin = server.visitor_as("Ada", TeamRole::Admin).await;
    let stranger = server.stranger();
    let mut refused = 0;
    for _ in 0..20 {
        let attempt = json!({"mail": "jonah@harbour.example", "password": "not the one"});
        refused += u32::from(stranger.post("/api/sessions", attempt).await.status == 429);
    }
    assert!(refused > 1);
    let log = lines(&admin, "topic=sign_ins&search=jonah@").await;
    assert_eq!(log, ["debrief: sign_in_refused | jonah@harbour.example | too many attempts"]);
    // Whoever makes up addresses fills no log, and hides nothing of others behind them.
    for number in 0..6 {
        let attempt = json!({"mail": format!("nobody-{number}@harbour.example"), "password": "not the one"});
        let mut statuses = Vec::new();
        while statuses.len() < 20 && !statuses.contains(&429) {
            statuses.push(stranger.post("/api/sessions", attempt.clone()).await.status);
        }
        assert!(statuses.contains(&429), "{statuses:?}");
    }
    let log = lines(&admin, "topic=sign_ins&search=nobody-").await;
    assert_eq!(log.len(), 4);
    assert!(log[0].ends_with("too many attempts; no others of this address are told today"), "{log:?}");
}
