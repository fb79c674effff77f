//! Threads that are many or long: told in pieces and on demand, within limits that are said in a sentence, and each at the cost
//! of what it holds.

use postmortem::thread::LONGEST_COMMENT;
use postmortem::{Event, Thread, ThreadId, limits, wire};
use serde_json::{Value, json};
use server::sync::Bounds;
use sqlx::{Connection, SqliteConnection};
use std::collections::BTreeSet;
use tests::{Scenario, TestPeer, TestServer, Visitor};

/// The longest comment there is, in characters of four bytes: 40 KB.
fn longest() -> String {
    "🔥".repeat(LONGEST_COMMENT)
}

async fn say(visitor: &Visitor, comments: &str, thread: Option<&ThreadId>, text: &str) -> Value {
    let body = json!({ "section": "overview", "text": text, "thread": thread });
    visitor.post(comments, body).await.expect(201)
}

fn thread(made: &Value) -> Thread {
    serde_json::from_value(made["thread"].clone()).expect("a thread")
}

/// What a page knows of threads, from every event that it got.
fn known(page: &TestPeer) -> postmortem::Threads {
    let mut threads = postmortem::Threads::default();
    page.events.iter().for_each(|event| threads.take(event));
    threads
}

async fn until_all_are_told(page: &mut TestPeer) {
    let is_last =
        |event: &Event| matches!(event, Event::Threads { more: false, .. } | Event::MoreThreads { more: false, .. });
    page.until("the last threads are told", |page| page.events.iter().any(is_last)).await;
}

/// All comments of a thread, asked for page by page.
async fn read_through(visitor: &Visitor, base: &str, id: &ThreadId) -> Vec<String> {
    let (mut texts, mut after) = (Vec::new(), Some(0));
    while let Some(number) = after {
        let answer = visitor.get(&format!("{base}/threads/{id}?after={number}")).await;
        assert!(answer.text.len() < limits::FRAME, "{} bytes", answer.text.len());
        let page = thread(&answer.expect(200));
        texts.extend(page.comments.into_iter().map(|comment| comment.text));
        after = page.more.map(|more| more.after);
    }
    texts
}

/// Changes rows behind the server's back.
async fn sql(server: &TestServer, statement: &'static str) {
    let file = server.folder().join("debrief.db");
    let mut database = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.expect("the database");
    sqlx::raw_sql(statement).execute(&mut database).await.expect("rows that can be changed");
    database.close().await.expect("closed");
}

#[tokio::test]
async fn far_more_comments_than_a_message_takes_open_in_pieces_and_are_read_on_demand() {
    let Scenario { server: _server, mara, id } = Scenario::blank().await;
    let base = format!("/api/postmortems/{id}");
    let comments = format!("{base}/comments");
    let text = longest();
    let mut begun = Vec::new();
    for _ in 0..350 {
        begun.push(thread(&say(&mara, &comments, None, &text).await).id);
    }
    for _ in 0..150 {
        say(&mara, &comments, begun.first(), &text).await;
    }

    let mut page = TestPeer::connect(&mara, &id).await;
    until_all_are_told(&mut page).await;
    let pieces = page.events.iter().filter(|event| matches!(event, Event::MoreThreads { .. })).count();
    assert!(pieces > 0, "they came in one event");
    let largest = page.events.iter().map(|event| wire::event(event).len()).max();
    assert!(largest.is_some_and(|bytes| bytes < limits::FRAME), "{largest:?} bytes in one event");
    let known = known(&page);
    assert_eq!(known.all().iter().map(|thread| thread.id.clone()).collect::<Vec<_>>(), begun);
    assert_eq!(known.all().iter().map(Thread::count).sum::<usize>(), 500);
    let all = read_through(&mara, &base, &begun[0]).await;
    assert_eq!(all.len(), 151);
    assert!(all.iter().all(|one| *one == text), "and every word of them is there");

    let (mut listed, mut next) = (BTreeSet::new(), Some(json!(0)));
    while let Some(after) = next {
        let answer = mara.get(&format!("{comments}?after={after}")).await;
        assert!(answer.text.len() < limits::FRAME, "{} bytes", answer.text.len());
        let page = answer.expect(200);
        let threads: Vec<Thread> = serde_json::from_value(page["threads"].clone()).expect("threads");
        listed.extend(threads.into_iter().map(|thread| thread.id.to_string()));
        next = page.get("next").cloned();
    }
    assert_eq!(listed.len(), begun.len());
    let one = mara.get(&format!("{comments}?limit=1")).await.expect(200);
    assert_eq!((one["threads"].as_array().map(Vec::len), one["next"].clone()), (Some(1), json!(1)));
    assert_eq!(mara.get(&format!("{comments}?limit=0")).await.status, 422);
    let whole = mara.get(&base).await.expect(200);
    assert_eq!(whole["threads"][0]["comments"].as_array().map(Vec::len), Some(151), "an export leaves nothing out");
    page.run(&postmortem::Command::SetTitle("And everybody goes on writing".into())).await;
    page.until_saved().await;
}

#[tokio::test]
async fn threads_that_are_more_than_may_wait_for_a_peer_are_told_as_it_reads() {
    let Scenario { server: _server, mara, id } = Scenario::blank_at(TestServer::with(|settings| {
        settings.bounds = Bounds { queue: 64 << 10, ..Bounds::default() }
    }))
    .await;
    let comments = format!("/api/postmortems/{id}/comments");
    for _ in 0..300 {
        say(&mara, &comments, None, &"x".repeat(3_000)).await;
    }
    let mut page = TestPeer::connect(&mara, &id).await;
    until_all_are_told(&mut page).await;
    assert_eq!(page.closed, None);
    let beginning = page.events.iter().find(|event| matches!(event, Event::Threads { .. })).expect("a beginning");
    assert!(wire::event(beginning).len() < 128 << 10, "a piece is no more than may wait");
    assert_eq!(known(&page).all().len(), 300);
}

#[tokio::test]
async fn of_a_long_thread_a_room_is_told_what_happened_and_no_more() {
    let Scenario { server, mara, id } = Scenario::blank().await;
    let jonah = server.visitor("Jonah").await;
    let base = format!("/api/postmortems/{id}");
    let comments = format!("{base}/comments");
    let thread = thread(&say(&mara, &comments, None, "Who locked the deploys?").await).id;
    for number in 0..40 {
        say(&mara, &comments, Some(&thread), &format!("{number}: {}", "because ".repeat(30))).await;
    }
    let mut page = TestPeer::connect(&jonah, &id).await;
    let first = known(&page).find(&thread).cloned().expect("the thread");
    assert_eq!(first.count(), 41);
    assert!(first.comments.len() < 41, "its first comments are told");
    let before = page.events.len();

    let said = say(&jonah, &comments, Some(&thread), "I did.").await;
    let mine = said["comment"]["id"].as_str().expect("an id").to_owned();
    assert!(said.to_string().len() < 4 * limits::THREAD_TOLD, "the answer has not all of them either");
    mara.put(&format!("{base}/threads/{thread}/resolution")).await.expect(200);
    jonah.patch(&format!("{comments}/{mine}"), json!({"text": "I did, at 23:07."})).await.expect(200);
    assert_eq!(jonah.delete(&format!("{comments}/{mine}")).await.status, 204);
    page.until("all of it is told", |page| matches!(page.events.last(), Some(Event::CommentGone { .. }))).await;
    let told = &page.events[before..];
    let kinds: Vec<&str> = told
        .iter()
        .map(|event| match event {
            Event::Comment { comment, .. } if comment.edited_at.is_none() => "said",
            Event::Comment { .. } => "changed",
            Event::CommentGone { .. } => "gone",
            Event::Resolution { resolved: Some(_), .. } => "resolved",
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(kinds, ["said", "resolved", "changed", "gone"]);
    assert!(told.iter().all(|event| wire::event(event).len() < 1_000), "each at the cost of what it holds");
    let now = known(&page).find(&thread).cloned().expect("the thread");
    assert_eq!((now.count(), now.resolved.is_some()), (41, true));
    assert_eq!(read_through(&jonah, &base, &thread).await.len(), 41);
    assert_eq!(mara.get(&format!("{base}/threads/nope")).await.status, 404);
}

#[tokio::test]
async fn a_thread_and_a_post_mortem_have_limits_that_say_what_to_do() {
    let Scenario { server, mara, id } = Scenario::blank().await;
    let comments = format!("/api/postmortems/{id}/comments");
    let begun = thread(&say(&mara, &comments, None, "Who?").await);
    let (thread, comment) = (&begun.id, &begun.comments[0].id);
    let reply = json!({"section": "overview", "text": "I did.", "thread": thread});
    let new = json!({"section": "overview", "text": "And why?"});

    for full in ["update threads set comments = 5000", "update threads set comments = 1, bytes = 8388605"] {
        sql(&server, full).await;
        let refused = mara.post(&comments, reply.clone()).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, "thread_full"));
        let sentence =
            "This thread is full: it has at most 5000 comments and 8 MiB. Resolve it, and say this in a new one.";
        assert_eq!(refused.message(), sentence);
    }
    let longer = json!({"text": "Who and why?"});
    assert_eq!(mara.patch(&format!("{comments}/{comment}"), longer.clone()).await.code(), "thread_full");
    mara.patch(&format!("{comments}/{comment}"), json!({"text": "Why"})).await.expect(200);
    mara.post(&comments, new.clone()).await.expect(201);

    for full in [
        "update threads set comments = 1, bytes = 4; update postmortems set comments = 20000",
        "update postmortems set comments = 1, comment_bytes = 33554430",
    ] {
        sql(&server, full).await;
        for body in [&reply, &new] {
            let refused = mara.post(&comments, body.clone()).await;
            assert_eq!((refused.status, refused.code().as_str()), (422, "comments_full"));
        }
    }
    let listed = mara.get(&comments).await.expect(200);
    assert_eq!(listed["threads"].as_array().map(Vec::len), Some(2), "nothing of what was refused is there");
    assert_eq!(mara.delete(&format!("{comments}/{comment}")).await.status, 204);
    mara.post(&comments, json!({"section": "overview", "text": "OK"})).await.expect(201);
}

#[tokio::test]
async fn a_reply_never_stands_before_its_comment_when_the_clock_goes_back() {
    let Scenario { server, mara, id } = Scenario::blank().await;
    let base = format!("/api/postmortems/{id}");
    let comments = format!("{base}/comments");
    let begun = thread(&say(&mara, &comments, None, "Who?").await).id;
    say(&mara, &comments, None, "And why?").await;
    // As if the clock had been ahead until now.
    sql(
        &server,
        "update comments set created_at = '2999-01-01T00:00:00Z'; update threads set created_at = '2999-01-01T00:00:00Z'",
    )
    .await;
    say(&mara, &comments, Some(&begun), "I did.").await;
    say(&mara, &comments, None, "Where?").await;
    let late = TestPeer::connect(&mara, &id).await;
    let listed: Vec<Thread> =
        serde_json::from_value(mara.get(&comments).await.expect(200)["threads"].clone()).expect("threads");
    for threads in [listed.as_slice(), known(&late).all()] {
        let texts = threads.iter().map(|thread| thread.comments.iter().map(|one| one.text.as_str()).collect());
        let texts: Vec<Vec<&str>> = texts.collect();
        assert_eq!(texts, [vec!["Who?", "I did."], vec!["And why?"], vec!["Where?"]]);
    }
}
