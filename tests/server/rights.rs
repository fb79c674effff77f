//! Who may do what, door by door: every route and every message of a room against every role, on what the team finds and on
//! what is private to somebody else. A route or a message without a row fails.

use futures_util::{SinkExt, StreamExt};
use postmortem::api::close_code;
use postmortem::{ClientId, Command, Event, Receipt, Replica, TeamRole, presence, wire};
use reqwest::Method;
use serde_json::{Value, json};
use server::access::Rate;
use std::collections::BTreeSet;
use std::time::Duration;
use tests::{
    Answer, PASSWORD, PATIENCE, TestPeer, TestServer, Visitor, bare_socket, entry, fresh_id, secret, upgrade_answer,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

/// What a route takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Needs {
    /// Nothing: it is there for whoever comes.
    Nothing,
    SignedIn,
    Creating,
    Curating,
    Managing,
    Reading,
    Commenting,
    Editing,
    Publishing,
    Administering,
}

use Needs::{Administering, Commenting, Creating, Curating, Editing, Managing, Nothing, Publishing, Reading, SignedIn};

/// Every route but the client's files, with a body that is understood where there is one.
fn rows() -> Vec<(&'static str, &'static str, Needs, Value)> {
    let none = || Value::Null;
    vec![
        ("GET", "/", Nothing, none()),
        ("GET", "/link", Nothing, none()),
        ("GET", "/settings", Nothing, none()),
        ("GET", "/settings/{*rest}", Nothing, none()),
        ("GET", "/postmortems/{*rest}", Nothing, none()),
        ("GET", "/p/{slug}", Nothing, none()),
        ("GET", "/metrics", Nothing, none()),
        ("GET", "/healthz", Nothing, none()),
        ("GET", "/readyz", Nothing, none()),
        ("GET", "/api/door", Nothing, none()),
        ("POST", "/api/links", Nothing, json!({"token": "x"})),
        ("POST", "/api/accounts", Nothing, json!({"token": "x", "name": "x", "mail": "x@x", "password": "x"})),
        ("POST", "/api/sessions", Nothing, json!({"token": "x"})),
        ("GET", "/api/session", Nothing, none()),
        ("PATCH", "/api/session", SignedIn, json!({})),
        ("PUT", "/api/session/password", SignedIn, json!({"old": "x", "new": "x"})),
        ("GET", "/api/sessions", SignedIn, none()),
        ("DELETE", "/api/sessions/{session}", SignedIn, none()),
        ("POST", "/api/sign-in-attempts", Nothing, json!({})),
        ("GET", "/api/passkeys", SignedIn, none()),
        ("POST", "/api/passkeys", SignedIn, json!({"name": "x", "credential": {}})),
        ("PATCH", "/api/passkeys/{passkey}", SignedIn, json!({"name": "x"})),
        ("DELETE", "/api/passkeys/{passkey}", SignedIn, none()),
        ("POST", "/api/passkey-attempts", SignedIn, json!({})),
        ("GET", "/api/people", SignedIn, none()),
        ("PATCH", "/api/people/{person}", Managing, json!({})),
        ("POST", "/api/people/{person}/links", Managing, json!({})),
        ("POST", "/api/people/{person}/names", Managing, json!({"name": "nobody"})),
        ("POST", "/api/people/{person}/handovers", Managing, json!({"person": "nobody"})),
        ("GET", "/api/invitations", Managing, none()),
        ("POST", "/api/invitations", Managing, json!({"role": "member"})),
        ("DELETE", "/api/invitations/{invitation}", Managing, none()),
        ("GET", "/api/groups", SignedIn, none()),
        ("POST", "/api/groups", Managing, json!({"name": " "})),
        ("GET", "/api/groups/{group}", SignedIn, none()),
        ("PATCH", "/api/groups/{group}", Managing, json!({})),
        ("DELETE", "/api/groups/{group}", Managing, none()),
        ("GET", "/api/services", SignedIn, none()),
        ("POST", "/api/services", Curating, json!({"name": " "})),
        ("PUT", "/api/services/{service}", Curating, json!({"name": "x"})),
        ("DELETE", "/api/services/{service}", Curating, none()),
        ("GET", "/api/providers", Managing, none()),
        (
            "POST",
            "/api/providers",
            Managing,
            json!({"id": "harbour", "name": "Harbour ID", "issuer": "https://id.harbour.example", "client_id": "debrief"}),
        ),
        (
            "PUT",
            "/api/providers/{provider}",
            Managing,
            json!({"name": "Harbour ID", "issuer": "https://id.harbour.example", "client_id": "debrief"}),
        ),
        ("DELETE", "/api/providers/{provider}", Managing, none()),
        // An address that is refused before anybody is asked there.
        ("POST", "/api/provider-checks", Managing, json!({"issuer": "nowhere"})),
        ("GET", "/sign-in/{provider}", Nothing, none()),
        ("GET", "/sign-in/{provider}/callback", Nothing, none()),
        ("GET", "/api/team", SignedIn, none()),
        (
            "PUT",
            "/api/team",
            Managing,
            json!({"name": "x", "members_are": "editor", "pages_are_for": "link", "idle_days": 30, "session_days": 180}),
        ),
        ("GET", "/api/audit", Managing, none()),
        ("GET", "/api/audit/lines", Managing, none()),
        ("GET", "/api/postmortems", SignedIn, none()),
        ("POST", "/api/postmortems", Creating, json!({"title": "Disk full"})),
        ("POST", "/api/imports", Creating, json!({"title": "Disk full"})),
        ("GET", "/api/examples", SignedIn, none()),
        ("POST", "/api/examples", Creating, json!({"name": "github-2018-10-21"})),
        ("GET", "/api/feed", SignedIn, none()),
        ("GET", "/sync/{id}", Reading, none()),
        ("GET", "/api/postmortems/{id}", Reading, none()),
        ("DELETE", "/api/postmortems/{id}", Administering, none()),
        ("GET", "/api/postmortems/{id}/access", Reading, none()),
        ("PUT", "/api/postmortems/{id}/access", Administering, json!({"access": "team", "members": []})),
        ("PUT", "/api/postmortems/{id}/status", Editing, json!({"status": "in_review"})),
        // Whoever edits names an owner where no account owns it; here one does.
        ("PUT", "/api/postmortems/{id}/owner", Administering, json!({"name": ""})),
        ("GET", "/api/postmortems/{id}/comments", Reading, none()),
        ("POST", "/api/postmortems/{id}/comments", Commenting, json!({"section": "overview", "text": "Why?"})),
        ("PATCH", "/api/postmortems/{id}/comments/{comment}", Commenting, json!({"text": "Why?"})),
        ("DELETE", "/api/postmortems/{id}/comments/{comment}", Commenting, none()),
        ("GET", "/api/postmortems/{id}/threads/{thread}", Reading, none()),
        ("PUT", "/api/postmortems/{id}/threads/{thread}/resolution", Commenting, none()),
        ("DELETE", "/api/postmortems/{id}/threads/{thread}/resolution", Commenting, none()),
        ("GET", "/api/postmortems/{id}/publications", Reading, none()),
        ("POST", "/api/postmortems/{id}/publications", Publishing, json!({})),
        ("GET", "/api/postmortems/{id}/publications/preview", Publishing, none()),
        ("PATCH", "/api/postmortems/{id}/publications/{slug}", Publishing, json!({"readers": "team"})),
        ("DELETE", "/api/postmortems/{id}/publications/{slug}", Publishing, none()),
        ("GET", "/api/postmortems/{id}/versions", Reading, none()),
        ("GET", "/api/postmortems/{id}/versions/{version}", Reading, none()),
        ("POST", "/api/postmortems/{id}/restorations", Editing, json!({"version": 7})),
    ]
}

/// Everybody who may come, by what they are.
struct People {
    nobody: Visitor,
    /// Named as viewer, commenter and editor, and in the team nothing but outsiders.
    viewer: Visitor,
    commenter: Visitor,
    editor: Visitor,
    /// Named as commenter, of what is private as viewer, for the group that they are in; an outsider as well.
    grouped: Visitor,
    group: String,
    /// Named nowhere.
    outsider: Visitor,
    member: Visitor,
    owner: Visitor,
    admin: Visitor,
}

impl People {
    async fn at(server: &TestServer) -> Self {
        let grouped = server.visitor_as("Gwen", TeamRole::Outsider).await;
        let admin = server.visitor_as("Ada", TeamRole::Admin).await;
        let group = json!({"name": "Auditors", "people": [grouped.person["id"]]});
        let group = admin.post("/api/groups", group).await.expect(201)["id"].as_str().expect("an id").to_owned();
        Self {
            grouped,
            group,
            nobody: server.stranger(),
            viewer: server.visitor_as("Vera", TeamRole::Outsider).await,
            commenter: server.visitor_as("Carl", TeamRole::Outsider).await,
            editor: server.visitor_as("Edda", TeamRole::Outsider).await,
            outsider: server.visitor_as("Otto", TeamRole::Outsider).await,
            member: server.visitor_as("Mara", TeamRole::Member).await,
            owner: server.visitor_as("Olga", TeamRole::Member).await,
            admin,
        }
    }

    /// Everybody, with the most that a route may take of what the team finds for them to be let in, and the same of what is
    /// private to its owner; nothing where they find nothing at all.
    fn all(&self) -> [(&'static str, &Visitor, Option<Needs>, Option<Needs>); 9] {
        [
            ("nobody", &self.nobody, None, None),
            ("an outsider", &self.outsider, None, None),
            ("a viewer", &self.viewer, Some(Reading), None),
            ("a commenter", &self.commenter, Some(Commenting), None),
            ("one of a group", &self.grouped, Some(Commenting), Some(Reading)),
            ("an editor", &self.editor, Some(Publishing), None),
            ("a member", &self.member, Some(Publishing), None),
            ("the owner", &self.owner, Some(Administering), Some(Administering)),
            ("an admin", &self.admin, Some(Administering), None),
        ]
    }

    /// A post-mortem of the owner's that the team finds, with the others named; and one that is private and names the group.
    async fn postmortems(&self) -> [String; 2] {
        let id = self.owner.start_postmortem("Disk full").await;
        let named = |visitor: &Visitor, role: &str| json!({"person": visitor.person["id"], "role": role});
        let members =
            [named(&self.viewer, "viewer"), named(&self.commenter, "commenter"), named(&self.editor, "editor")];
        let path = format!("/api/postmortems/{id}/access");
        let group = |role: &str| json!([{"group": self.group, "role": role}]);
        let access = json!({"access": "team", "members": members, "groups": group("commenter")});
        self.owner.set(&path, access).await.expect(200);
        let private = json!({"title": "Customer records", "access": "private"});
        let private = self.owner.post("/api/postmortems", private).await.expect(201);
        let private = private["id"].as_str().expect("an id").to_owned();
        let access = json!({"access": "private", "members": [], "groups": group("viewer")});
        self.owner.set(&format!("/api/postmortems/{private}/access"), access).await.expect(200);
        [id, private]
    }
}

async fn ask(visitor: &Visitor, method: &str, path: &str, body: &Value) -> Answer {
    let method: Method = method.parse().expect("a method");
    let request = visitor.request(method, path);
    visitor.send(if body.is_null() { request } else { request.json(body) }).await
}

/// A path with something in the place of each of its parts, of which only the post-mortem is there.
fn filled(path: &str, id: &str) -> String {
    let nothing = "0192a000-0000-7000-8000-000000000000";
    let path = path.replace("{id}", id).replace("{*rest}", "x").replace("{version}", "7");
    path.split('/').map(|part| if part.starts_with('{') { nothing } else { part }).collect::<Vec<_>>().join("/")
}

/// Whether an answer says that somebody finds no post-mortem at all.
fn is_hidden(answer: &Answer) -> bool {
    (answer.status, answer.message().as_str()) == (404, "There is no such post-mortem. It may have been deleted.")
}

#[tokio::test]
async fn every_route_lets_in_whom_it_is_for() {
    // Each row is tried on post-mortems of its own.
    let server = TestServer::with(|settings| {
        settings.growth.postmortems_of_person = Rate { burst: 10_000, every: Duration::from_secs(1) };
    });
    let people = People::at(&server).await;
    for (method, path, needs, body) in rows().into_iter().filter(|(_, path, ..)| *path != "/metrics") {
        for (who, visitor, most, most_of_private) in people.all() {
            let [open, private] = people.postmortems().await;
            let targets =
                if needs >= Reading { vec![(&open, most), (&private, most_of_private)] } else { vec![(&open, most)] };
            for (id, most) in targets {
                let answer = ask(visitor, method, &filled(path, id), &body).await;
                let what = format!("{method} {path} by {who} ({}): {} {}", id == &open, answer.status, answer.text);
                let is_nobody = who == "nobody";
                let may = match needs {
                    Nothing => true,
                    _ if is_nobody => false,
                    SignedIn => true,
                    Creating | Curating => ["a member", "the owner", "an admin"].contains(&who),
                    Managing => who == "an admin",
                    _ => most.is_some_and(|most| most >= needs),
                };
                // A server without its client says so to everybody.
                let works = answer.status < 500 || answer.text.contains("The client is not built");
                if may {
                    let is_let_in = !["no_session", "not_allowed"].contains(&answer.code().as_str());
                    assert!(is_let_in && !is_hidden(&answer) && works, "{what}");
                } else if is_nobody {
                    assert_eq!((answer.status, answer.code().as_str()), (401, "no_session"), "{what}");
                } else if needs >= Reading && most.is_none() {
                    assert!(is_hidden(&answer), "{what}");
                } else {
                    assert_eq!((answer.status, answer.code().as_str()), (403, "not_allowed"), "{what}");
                }
            }
        }
    }
}

#[tokio::test]
async fn what_is_not_for_somebody_answers_as_what_is_not_there() {
    let server = TestServer::start();
    let people = People::at(&server).await;
    let [_, private] = people.postmortems().await;
    let absent = "0192b111-1111-7111-8111-111111111111";
    for (method, path, needs, body) in rows().into_iter().filter(|(_, _, needs, _)| *needs >= Reading) {
        for visitor in [&people.outsider, &people.member, &people.admin] {
            let hidden = ask(visitor, method, &filled(path, &private), &body).await;
            let missing = ask(visitor, method, &filled(path, absent), &body).await;
            assert_eq!((hidden.status, &hidden.text), (missing.status, &missing.text), "{method} {path} ({needs:?})");
        }
    }
    // Nor when it is gone: who could read it is told so, and nobody else.
    assert_eq!(people.owner.delete(&format!("/api/postmortems/{private}")).await.status, 204);
    for reader in [&people.owner, &people.grouped] {
        assert_eq!(reader.get(&format!("/api/postmortems/{private}")).await.code(), "deleted");
    }
    assert_eq!(people.member.get(&format!("/api/postmortems/{private}")).await.code(), "not_found");
    let open = people.owner.start_postmortem("Disk full").await;
    assert_eq!(people.owner.delete(&format!("/api/postmortems/{open}")).await.status, 204);
    assert_eq!(people.member.get(&format!("/api/postmortems/{open}")).await.code(), "deleted");
    assert_eq!(people.outsider.get(&format!("/api/postmortems/{open}")).await.code(), "not_found");
    // Mail addresses are not for members, letter by letter neither.
    let mail = people.owner.person["mail"].as_str().expect("an address").to_owned();
    let search = format!("/api/people?search={}", mail.replace('@', "%40"));
    assert_eq!(people.member.get(&search).await.expect(200)["people"], json!([]));
    assert_eq!(people.admin.get(&search).await.expect(200)["people"][0]["mail"], json!(mail));
}

#[tokio::test]
async fn two_people_of_one_name_are_told_apart_by_their_mail_addresses() {
    let server = TestServer::start();
    let people = People::at(&server).await;
    let mails = async |search: &str| {
        let found = people.member.get(&format!("/api/people?search={search}")).await.expect(200);
        let found = found["people"].as_array().expect("people").clone();
        found.into_iter().map(|member| member["mail"].clone()).collect::<Vec<_>>()
    };
    let second = server.visitor("olga").await;
    assert_eq!(
        BTreeSet::from_iter(mails("olga").await.iter().map(ToString::to_string)),
        BTreeSet::from([&people.owner, &second].map(|olga| olga.person["mail"].to_string()))
    );
    assert_eq!(mails("ada").await, [Value::Null], "of whoever is alone with a name it is not told");
    // Nobody hears of an address by taking the name that goes with it.
    server.visitor("Mara").await;
    assert_eq!(mails("mara").await.iter().filter(|mail| mail.is_null()).count(), 1);
}

#[tokio::test]
async fn a_page_for_the_team_opens_for_its_people_alone() {
    let server = TestServer::start();
    let people = People::at(&server).await;
    let [open, private] = people.postmortems().await;
    let publish = async |id: &str, body: Value| {
        let published = people.owner.post(&format!("/api/postmortems/{id}/publications"), body).await.expect(201);
        let slug = published["slug"].as_str().expect("a slug").to_owned();
        (slug, published["readers"].clone())
    };
    let (slug, readers) = publish(&open, json!({})).await;
    assert_eq!(readers, "link");
    assert_eq!(publish(&private, json!({})).await.1, "team", "what is private is published for the team");
    let page = format!("/p/{slug}");
    let opens = async || {
        let mut opens = Vec::new();
        for (who, visitor, ..) in people.all() {
            let answer = visitor.get(&page).await;
            let refused = if who == "nobody" { 401 } else { 403 };
            assert!([200, refused].contains(&answer.status), "{who}: {}", answer.status);
            if answer.status == 200 {
                opens.push(who);
            }
        }
        opens
    };
    assert_eq!(opens().await.len(), people.all().len(), "whoever has the link opens it");
    let path = format!("/api/postmortems/{open}/publications/{slug}");
    assert_eq!(people.owner.patch(&path, json!({"readers": "team"})).await.status, 204);
    let team = ["a viewer", "a commenter", "one of a group", "an editor", "a member", "the owner", "an admin"];
    assert_eq!(opens().await, team);
    assert_eq!(
        publish(&open, json!({"readers": "link"})).await,
        (slug.clone(), json!("link")),
        "the same page, for others"
    );
    assert_eq!(opens().await.len(), people.all().len());
}

/// The methods and paths that the router names.
fn routed() -> BTreeSet<(String, String)> {
    let source = include_str!("../../server/src/router.rs");
    let (api, rest) = source
        .split_once("Router::new()")
        .and_then(|(_, after)| after.split_once("Router::new()"))
        .expect("two routers");
    let mut routed = BTreeSet::new();
    for (part, prefix) in [(api, "/api"), (rest, "")] {
        for route in part.split(".route(\"").skip(1) {
            let (path, methods) = route.split_once('"').expect("a path");
            let methods = methods.split("\n        .").next().expect("a line");
            for method in ["get", "post", "put", "patch", "delete"] {
                if methods.contains(&format!("{method}(")) {
                    routed.insert((method.to_uppercase(), format!("{prefix}{path}")));
                }
            }
        }
    }
    routed
}

#[test]
fn every_route_has_a_row() {
    let listed: BTreeSet<(String, String)> =
        rows().into_iter().map(|(method, path, ..)| (method.to_owned(), path.to_owned())).collect();
    let routed = routed();
    assert!(routed.len() > 40, "the router is read: {routed:?}");
    assert_eq!(listed, routed);
}

/// A message of each kind that a room takes something from, and what it takes; a kind that is new has to be added here.
fn messages() -> Vec<(Needs, Vec<u8>)> {
    let needs = |message: &wire::Message<'_>| match message {
        wire::Message::StateVector(_) | wire::Message::Presence(_) | wire::Message::PresenceQuery => Some(Reading),
        wire::Message::Missing(_) | wire::Message::Update(_) => Some(Editing),
        wire::Message::Acknowledged(_) | wire::Message::Event(_) | wire::Message::Unknown(_) => None,
    };
    let replica = Replica::new(ClientId(4_711));
    replica.run(&Command::AddEntry(fresh_id(), entry("2018-10-21T23:07:00Z", "Forged"))).expect("run");
    let update = replica.diff(&[0]).expect("encoded");
    let state = presence::State { client: ClientId(4_711), clock: 1, json: Some("{}".into()) };
    let frames = [
        wire::state_vector(&[0]).to_vec(),
        wire::missing(&update).to_vec(),
        wire::update(&update).to_vec(),
        wire::presence(&presence::encode(&[state])).to_vec(),
        vec![3],
    ];
    let kinds = frames.into_iter().map(|frame| {
        let taken = wire::messages(&frame).next().and_then(Result::ok).and_then(|message| needs(&message));
        (taken.expect("a message that a room takes something from"), frame)
    });
    kinds.collect()
}

/// With which code a message of a stock client is refused, if it is.
async fn refusal(visitor: &Visitor, id: &str, frame: &[u8]) -> Option<String> {
    let mut socket = bare_socket(visitor, id).await;
    for frame in [frame, &wire::state_vector(&[0])] {
        // Whoever was refused meanwhile is told so.
        drop(socket.send(Message::Binary(frame.to_vec().into())).await);
    }
    loop {
        match timeout(PATIENCE, socket.next()).await.expect("an answer") {
            Some(Ok(Message::Close(Some(close)))) => return close.reason.split(':').next().map(ToOwned::to_owned),
            Some(Ok(Message::Binary(frame))) => {
                // What was asked after it is answered.
                if wire::messages(&frame).any(|message| matches!(message, Ok(wire::Message::Missing(_)))) {
                    return None;
                }
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => panic!("the connection broke: {error}"),
            None => panic!("the connection ended without a word"),
        }
    }
}

#[tokio::test]
async fn every_message_is_taken_from_whom_it_may_come() {
    let server = TestServer::start();
    let people = People::at(&server).await;
    let [open, private] = people.postmortems().await;
    for (who, visitor, most, most_of_private) in people.all() {
        for (id, most) in [(&open, most), (&private, most_of_private)] {
            let Some(most) = most else {
                let refused = upgrade_answer(visitor, id).await.expect_err("no socket").status().as_u16();
                assert_eq!(refused, if who == "nobody" { 401 } else { 404 }, "{who}");
                continue;
            };
            for (needs, frame) in messages() {
                let expected = (needs > most).then(|| "not_allowed".to_owned());
                assert_eq!(refusal(visitor, id, &frame).await, expected, "{who}: {frame:?}");
            }
        }
    }
    let whole = people.owner.get(&format!("/api/postmortems/{open}")).await.expect(200);
    assert_eq!(whole["title"], "Disk full");
}

#[tokio::test]
async fn a_role_that_is_taken_away_holds_before_the_next_message() {
    let server = TestServer::start();
    let people = People::at(&server).await;
    let [id, _] = people.postmortems().await;
    let path = format!("/api/postmortems/{id}/access");
    let put = |role: Option<&'static str>| {
        let member = role.map(|role| json!({"person": people.editor.person["id"], "role": role}));
        people.owner.send(
            people
                .owner
                .request(Method::PUT, &path)
                .json(&json!({"access": "team", "members": Vec::from_iter(member)})),
        )
    };
    let mut page = TestPeer::connect(&people.editor, &id).await;
    page.run(&Command::SetTitle("Disk full in Frankfurt".into())).await;
    page.until_saved().await;
    put(Some("viewer")).await.expect(200);
    page.run(&Command::SetTitle("Forged".into())).await;
    let is_refused = |event: &Event| matches!(event, Event::Refused { code, .. } if code == "not_allowed");
    page.until("it is refused", |page| page.events.iter().any(is_refused)).await;
    put(None).await.expect(200);
    assert_eq!(page.until_closed().await.code, close_code::CLOSED_TO_YOU);
    let whole = people.owner.get(&format!("/api/postmortems/{id}")).await.expect(200);
    assert_eq!(whole["title"], "Disk full in Frankfurt");
}

#[tokio::test]
async fn who_could_read_it_once_hears_that_it_is_closed_to_them_and_nobody_else_does() {
    let server = TestServer::start();
    let people = People::at(&server).await;
    let [id, other] = people.postmortems().await;
    let mut page = TestPeer::connect(&people.editor, &id).await;
    page.until("it was greeted", |page| !page.events.is_empty()).await;
    let receipt = match page.events.first() {
        Some(Event::Welcome { receipt: Some(receipt), .. }) => receipt.0.clone(),
        greeting => panic!("no receipt: {greeting:?}"),
    };
    let ask = async |visitor: &Visitor, id: &str, receipt: &str| {
        let request = visitor.request(Method::GET, &format!("/api/postmortems/{id}"));
        visitor.send(request.header(Receipt::HEADER, receipt)).await
    };
    assert_eq!(ask(&people.editor, &id, &receipt).await.status, 200);
    let private = people.owner.request(Method::PUT, &format!("/api/postmortems/{id}/access"));
    people.owner.send(private.json(&json!({"access": "private", "members": []}))).await.expect(200);

    let closed = ask(&people.editor, &id, &receipt).await;
    assert_eq!((closed.status, closed.code().as_str()), (404, "closed_to_you"));
    let unknown = people.editor.get(&format!("/api/postmortems/{id}")).await;
    assert_eq!(unknown.code(), "not_found", "without it nothing is there");
    for (id, receipt) in [(id.as_str(), "0a1b"), (other.as_str(), receipt.as_str()), ("never", receipt.as_str())] {
        assert_eq!(ask(&people.editor, id, receipt).await.code(), "not_found", "{id} with {receipt}");
    }
    // One that was deleted is no more closed to anybody.
    assert_eq!(people.owner.delete(&format!("/api/postmortems/{id}")).await.status, 204);
    assert_eq!(ask(&people.editor, &id, &receipt).await.code(), "not_found");
}

#[tokio::test]
async fn who_handed_everything_over_has_no_more_than_the_others_at_once() {
    let server = TestServer::start();
    let people = People::at(&server).await;
    let [open, private] = people.postmortems().await;
    let mut kept = TestPeer::connect(&people.owner, &open).await;
    let mut closed = TestPeer::connect(&people.owner, &private).await;
    let path = format!("/api/people/{}/handovers", people.owner.person["id"].as_str().expect("an id"));
    let heir = json!({"person": people.member.person["id"]});
    assert_eq!(people.admin.post(&path, heir).await.status, 204);
    assert_eq!(closed.until_closed().await.code, close_code::CLOSED_TO_YOU);
    kept.run(&Command::SetTitle("Disk full in Frankfurt".into())).await;
    kept.until_saved().await;
    for (id, status) in [(&open, 403), (&private, 404)] {
        let path = format!("/api/postmortems/{id}");
        assert_eq!(people.owner.delete(&path).await.status, status);
        assert_eq!(people.member.delete(&path).await.status, 204);
    }
}

#[tokio::test]
async fn who_is_suspended_is_out_at_once_and_what_they_wrote_stays() {
    let server = TestServer::start();
    let people = People::at(&server).await;
    let [id, _] = people.postmortems().await;
    let mut page = TestPeer::connect(&people.member, &id).await;
    page.run(&Command::AddEntry(fresh_id(), entry("2018-10-21T23:07:00Z", "Deploys locked"))).await;
    page.until_saved().await;
    let path = format!("/api/people/{}", people.member.person["id"].as_str().expect("an id"));
    people.admin.patch(&path, json!({"is_suspended": true})).await.expect(200);
    assert_eq!(page.until_closed().await.code, close_code::SIGNED_OUT);
    assert_eq!(people.member.get("/api/postmortems").await.status, 401);
    people.admin.patch(&path, json!({"is_suspended": false})).await.expect(200);
    assert_eq!(people.member.get("/api/postmortems").await.status, 401, "they sign in again");
    let whole = people.owner.get(&format!("/api/postmortems/{id}")).await.expect(200);
    assert_eq!(whole["timeline"][0]["author"], "Mara");
    // Nobody is left without an admin.
    let own = format!("/api/people/{}", people.admin.person["id"].as_str().expect("an id"));
    for change in [json!({"role": "member"}), json!({"is_suspended": true})] {
        assert_eq!(people.admin.patch(&own, change).await.status, 422);
    }
}

/// Sends a request of which the last byte of the body comes only after something else was done; the status of the answer.
async fn slowly(visitor: &Visitor, method: &str, path: &str, body: &Value, meanwhile: impl Future<Output = ()>) -> u16 {
    let body = body.to_string();
    let (head, last) = body.split_at(body.len() - 1);
    let mut stream = TcpStream::connect(visitor.address()).await.expect("a connection");
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Cookie: {}\r\nContent-Length: {}\r\n\r\n{head}",
        visitor.cookie().expect("a cookie"),
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    meanwhile.await;
    stream.write_all(last.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    timeout(PATIENCE, stream.read_to_string(&mut answer)).await.expect("an answer").expect("text");
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status")
}

#[tokio::test]
async fn a_right_that_is_taken_away_while_a_request_arrives_is_not_used_any_more() {
    let server = TestServer::start();
    let people = People::at(&server).await;
    let other = server.visitor_as("Bo", TeamRole::Admin).await;
    let path = format!("/api/people/{}", other.person["id"].as_str().expect("an id"));
    let demoting = async {
        people.admin.patch(&path, json!({"role": "member"})).await.expect(200);
    };
    assert_eq!(slowly(&other, "PATCH", &path, &json!({"role": "admin"}), demoting).await, 403);
    assert_eq!(other.get("/api/session").await.expect(200)["role"], "member");
    let suspending = async {
        people.admin.patch(&path, json!({"is_suspended": true})).await.expect(200);
    };
    let [id, _] = people.postmortems().await;
    let comments = format!("/api/postmortems/{id}/comments");
    let said = json!({"section": "overview", "text": "Too late"});
    assert_eq!(slowly(&other, "POST", &comments, &said, suspending).await, 401);
    assert_eq!(people.owner.get(&comments).await.expect(200)["threads"], json!([]));
}

#[tokio::test]
async fn who_signs_in_as_somebody_else_leaves_the_former_ones_open_pages() {
    let server = TestServer::start();
    let people = People::at(&server).await;
    let [id, _] = people.postmortems().await;
    let mut page = TestPeer::connect(&people.member, &id).await;
    let sign_in = json!({"mail": people.owner.person["mail"], "password": PASSWORD});
    people.member.post("/api/sessions", sign_in).await.expect(201);
    assert_eq!(page.until_closed().await.code, close_code::SIGNED_OUT);
    assert_eq!(people.member.get("/api/postmortems").await.status, 401, "the session before has ended");
}

#[tokio::test]
async fn a_suspended_owner_freezes_nothing_and_a_former_admin_leaves_no_door_open() {
    let server = TestServer::start();
    let people = People::at(&server).await;
    let [id, _] = people.postmortems().await;
    let suspend = |visitor: &Visitor| format!("/api/people/{}", visitor.person["id"].as_str().expect("an id"));
    people.admin.patch(&suspend(&people.owner), json!({"is_suspended": true})).await.expect(200);
    let path = format!("/api/postmortems/{id}/access");
    let member = json!([{"person": people.member.person["id"], "role": "owner"}]);
    let request = people.admin.request(Method::PUT, &path).json(&json!({"access": "team", "members": member}));
    let shown = people.admin.send(request).await.expect(200);
    assert_eq!(shown["members"][0]["person"]["name"], "Mara", "it is handed over");

    let other = server.visitor_as("Bo", TeamRole::Admin).await;
    let made = other.post("/api/invitations", json!({"role": "admin"})).await.expect(201);
    people.admin.patch(&suspend(&other), json!({"role": "member"})).await.expect(200);
    let link = json!({"token": secret(&made)});
    assert_eq!(people.nobody.post("/api/links", link).await.code(), "link_ended");
}
