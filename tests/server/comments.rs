//! Threads on sections and entries, and on words of either: written from the session, live for everyone.

use postmortem::{Command, Event, ItemId, ItemKind, Passage, TextChange, TextId};
use serde_json::{Value, json};
use tests::{TestPeer, TestServer, Visitor, entry, fresh_id};

/// A post-mortem with one entry, and a page on it.
async fn one_entry(visitor: &Visitor) -> (String, ItemId, TestPeer) {
    let id = visitor.start_postmortem("Disk full").await;
    let mut page = TestPeer::connect(visitor, &id).await;
    let item = fresh_id();
    page.run(&Command::AddEntry(item.clone(), entry("2018-10-21T23:07:00Z", "deploys locked"))).await;
    page.until_saved().await;
    (format!("/api/postmortems/{id}"), item, page)
}

#[tokio::test]
async fn two_people_discuss_an_entry_and_settle_it() {
    let server = TestServer::start();
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    let (base, item, mut page) = one_entry(&mara).await;
    let comments = format!("{base}/comments");

    let made = jonah.post(&comments, json!({"entry": item, "text": "Who locked them?"})).await.expect(201);
    let thread = made["thread"]["id"].as_str().expect("an id").to_owned();
    assert_eq!(made["thread"]["comments"][0]["author"], jonah.shown());
    let reply = json!({"entry": item, "text": "I did.", "thread": thread});
    let replied = mara.post(&comments, reply).await.expect(201);
    assert_eq!(replied["thread"]["comments"].as_array().map(Vec::len), Some(2));
    page.until("both comments arrive", |page| {
        page.events.iter().any(|event| matches!(event, Event::Thread { thread } if thread.comments.len() == 2))
    })
    .await;

    let resolution = format!("{base}/threads/{thread}/resolution");
    let resolved = mara.put(&resolution).await.expect(200);
    assert_eq!(resolved["thread"]["resolved"]["by"], mara.shown());
    let log = mara.get("/api/postmortems").await.expect(200);
    assert_eq!(log["postmortems"][0]["open_threads"], 0);
    jonah.delete(&resolution).await.expect(200);
    page.until(
        "the thread is open again",
        |page| matches!(page.events.last(), Some(Event::Thread { thread }) if thread.resolved.is_none()),
    )
    .await;
    let log = mara.get("/api/postmortems").await.expect(200);
    assert_eq!(log["postmortems"][0]["open_threads"], 1);

    let late = TestPeer::connect(&jonah, base.rsplit('/').next().expect("an id")).await;
    let greeted = late.events.iter().any(|event| matches!(event, Event::Threads { threads, .. } if threads.len() == 1));
    assert!(greeted, "{:?}", late.events);
}

#[tokio::test]
async fn only_its_author_changes_a_comment() {
    let server = TestServer::start();
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    let (base, item, mut page) = one_entry(&mara).await;
    let made = mara.post(&format!("{base}/comments"), json!({"entry": item, "text": "Really?"})).await.expect(201);
    let comment = made["thread"]["comments"][0]["id"].as_str().expect("an id");
    let path = format!("{base}/comments/{comment}");

    for answer in [jonah.patch(&path, json!({"text": "No."})).await, jonah.delete(&path).await] {
        assert_eq!((answer.status, answer.code().as_str()), (403, "not_yours"));
    }
    assert_eq!(server.stranger().delete(&path).await.status, 401);

    let changed = mara.patch(&path, json!({"text": "Certain?"})).await.expect(200);
    assert_eq!(changed["thread"]["comments"][0]["text"], "Certain?");
    assert!(changed["thread"]["comments"][0]["edited_at"].is_string());
    assert_eq!(mara.delete(&path).await.status, 204);
    page.until("the thread is gone", |page| matches!(page.events.last(), Some(Event::ThreadGone { .. }))).await;
    assert_eq!(mara.get(&format!("{base}/comments")).await.expect(200), json!({"threads": []}));
    assert_eq!(mara.delete(&path).await.status, 404);
}

#[tokio::test]
async fn a_comment_needs_an_entry_and_words() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let (base, item, mut page) = one_entry(&mara).await;
    let (other, other_item, _other_page) = one_entry(&mara).await;
    let path = format!("{base}/comments");
    for (body, status) in [
        (json!({"entry": "nope", "text": "x"}), 404),
        (json!({"entry": other_item, "text": "x"}), 404),
        (json!({"entry": item, "text": "x", "thread": "nope"}), 404),
        (json!({"entry": item, "text": " \n"}), 422),
        (json!({"entry": item, "text": "x".repeat(10_001)}), 422),
        (json!({"entry": "a/b", "text": "x"}), 422),
    ] {
        let answer = mara.post(&path, body).await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    let made = mara.post(&path, json!({"entry": item, "text": "x"})).await.expect(201);
    let comment = made["thread"]["comments"][0]["id"].as_str().expect("an id");
    assert_eq!(mara.delete(&format!("{other}/comments/{comment}")).await.status, 404);

    page.run(&Command::Delete(ItemKind::Entry, item.clone())).await;
    page.until_saved().await;
    let answer = mara.post(&path, json!({"entry": item, "text": "x"})).await;
    assert_eq!(answer.message(), "There is no such entry. It may have been deleted.");
    let thread = &made["thread"]["id"];
    mara.post(&path, json!({"entry": item, "text": "still here", "thread": thread})).await.expect(201);
}

/// Writes into the overview, and the words between two offsets of it as a passage.
async fn quoted(page: &mut TestPeer, words: &str, from: u32, to: u32) -> Passage {
    let overview: TextId = "sections/overview".parse().expect("a text");
    let change = TextChange { from: 0, to: 0, insert: words.to_owned() };
    page.run(&Command::EditText(overview.clone(), vec![change])).await;
    page.until_saved().await;
    page.replica.passage(&overview, from, to).expect("words")
}

#[tokio::test]
async fn a_passage_of_a_section_is_discussed_by_its_words() {
    let server = TestServer::start();
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    let (base, item, mut page) = one_entry(&mara).await;
    let comments = format!("{base}/comments");
    let passage = quoted(&mut page, "Two hours, it said.", 0, 9).await;

    let new = json!({"section": "overview", "text": "Based on what?", "passage": passage});
    let made = jonah.post(&comments, new).await.expect(201);
    assert_eq!(made["thread"]["section"], "overview");
    assert_eq!(made["thread"]["entry"], Value::Null);
    assert_eq!(made["thread"]["passage"], json!(passage));
    assert_eq!(made["thread"]["passage"]["quote"], "Two hours");
    let thread = &made["thread"]["id"];
    let reply = json!({"section": "overview", "text": "Telemetry.", "thread": thread});
    let replied = mara.post(&comments, reply).await.expect(201);
    assert_eq!(replied["thread"]["passage"], json!(passage));
    for elsewhere in [json!({"section": "resolution"}), json!({"entry": item})] {
        let mut reply = json!({"text": "x", "thread": thread});
        reply.as_object_mut().expect("an object").extend(elsewhere.as_object().expect("an object").clone());
        assert_eq!(mara.post(&comments, reply).await.status, 404);
    }
    let late = TestPeer::connect(&jonah, base.rsplit('/').next().expect("an id")).await;
    let greeted = late.events.iter().any(|event| {
        matches!(event, Event::Threads { threads, .. } if threads.len() == 1 && threads[0].passage == Some(passage.clone()))
    });
    assert!(greeted, "{:?}", late.events);
}

#[tokio::test]
async fn of_equal_words_the_server_keeps_which_were_meant() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let (base, _item, mut page) = one_entry(&mara).await;
    let path = format!("{base}/comments");
    let passage = quoted(&mut page, "It stops. It stops. It stops.", 10, 19).await;
    let equals = json!(passage.equals);
    assert_eq!((&equals["before"], &equals["after"]), (&json!(1), &json!(1)));

    // Also for a client that does not know of them, or tells others.
    let mut bare = json!(passage);
    bare.as_object_mut().expect("an object").remove("equals");
    let mut lying = json!(passage);
    lying["equals"] = json!({"before": 0, "after": 0});
    for sent in [json!(passage), bare, lying] {
        let made = mara.post(&path, json!({"section": "overview", "text": "x", "passage": sent})).await.expect(201);
        assert_eq!(made["thread"]["passage"], json!(passage));
    }
    let kept = mara.get(&path).await.expect(200);
    let kept = kept["threads"].as_array().expect("threads");
    assert!(kept.len() == 3 && kept.iter().all(|thread| thread["passage"] == json!(passage)), "{kept:?}");

    let mut hostile = json!(passage);
    hostile["equals"] = json!({"before": -1, "after": "x"});
    let answer = mara.post(&path, json!({"section": "overview", "text": "x", "passage": hostile})).await;
    assert_eq!(answer.status, 422);
}

#[tokio::test]
async fn a_passage_is_one_of_its_own_text_and_says_what_stands_there() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let (base, item, mut page) = one_entry(&mara).await;
    let (_, _, mut other_page) = one_entry(&mara).await;
    let path = format!("{base}/comments");
    let passage = quoted(&mut page, "Two hours, it said.", 0, 9).await;
    let foreign = quoted(&mut other_page, &"Elsewhere. ".repeat(40), 300, 320).await;
    let with = |start: &Value, end: &Value, quote: &str| json!({"start": start, "end": end, "quote": quote});
    let unseen = json!({"type": null, "tname": null, "item": {"client": 9, "clock": 9}, "assoc": 0});
    for (body, status) in [
        (json!({"section": "resolution", "text": "x", "passage": passage}), 422),
        (json!({"entry": item, "text": "x", "passage": passage}), 422),
        (json!({"section": "overview", "text": "x", "passage": foreign}), 422),
        (json!({"section": "overview", "text": "x", "passage": with(&unseen, &passage.end, "x")}), 422),
        (json!({"section": "overview", "text": "x", "passage": with(&passage.end, &passage.start, "x")}), 422),
        (
            json!({"section": "overview", "text": "x", "passage": with(&passage.start, &passage.end, &"x".repeat(1_001))}),
            422,
        ),
        (json!({"section": "overview", "text": "x", "passage": with(&json!([[[]]]), &passage.end, "x")}), 422),
        (json!({"section": "overview", "text": "x", "passage": {"quote": "x"}}), 422),
        (json!({"section": "overview", "text": "x", "passage": 7}), 422),
        (json!({"section": "no_such", "text": "x"}), 404),
        (json!({"section": "No/such", "text": "x"}), 422),
        (json!({"section": "overview", "entry": item, "text": "x"}), 422),
        (json!({"text": "x"}), 422),
    ] {
        let answer = mara.post(&path, body).await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }

    let lie = with(&passage.start, &passage.end, "</blockquote><script>alert(1)</script>");
    let made = mara.post(&path, json!({"section": "overview", "text": "x", "passage": lie})).await.expect(201);
    assert_eq!(made["thread"]["passage"]["quote"], "Two hours");

    let gone = TextChange { from: 0, to: 9, insert: String::new() };
    page.run(&Command::EditText("sections/overview".parse().expect("a text"), vec![gone])).await;
    page.until_saved().await;
    let late = with(&passage.start, &passage.end, "Two\u{0} hours");
    let made = mara.post(&path, json!({"section": "overview", "text": "x", "passage": late})).await.expect(201);
    assert_eq!(made["thread"]["passage"]["quote"], "Two hours", "what was written offline keeps its quote");
    let whole = mara.post(&path, json!({"section": "overview", "text": "On the whole", "passage": null})).await;
    assert_eq!(whole.expect(201)["thread"]["passage"], Value::Null);
}

#[tokio::test]
async fn a_comment_sent_again_under_its_own_id_adds_nothing() {
    let server = TestServer::start();
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    let (base, item, _page) = one_entry(&mara).await;
    let (other, other_item, _other_page) = one_entry(&mara).await;
    let comments = format!("{base}/comments");
    let (first, second) = (fresh_id().to_string(), fresh_id().to_string());

    let begun = json!({"id": first, "entry": item, "text": "Typed on a train."});
    let reply = json!({"id": second, "entry": item, "thread": first, "text": "And in a tunnel."});
    let made = mara.post(&comments, begun.clone()).await.expect(201);
    assert_eq!(made["thread"]["id"], *first, "replies can name the thread before its answer has come");
    assert_eq!(mara.post(&comments, begun.clone()).await.expect(201), made);
    let replied = mara.post(&comments, reply.clone()).await.expect(201);
    assert_eq!(mara.post(&comments, reply).await.expect(201), replied);
    assert_eq!(mara.post(&comments, begun.clone()).await.expect(201), replied);
    assert_eq!(mara.get(&comments).await.expect(200), json!({"threads": [replied["thread"]]}));

    for (visitor, path, body) in [
        (&jonah, &comments, begun.clone()),
        (&mara, &format!("{other}/comments"), json!({"id": first, "entry": other_item, "text": "x"})),
        (&mara, &comments, json!({"id": "3", "entry": item, "text": "x"})),
    ] {
        assert_eq!(visitor.post(path, body).await.status, 422);
    }
    assert_eq!(mara.get(&comments).await.expect(200), json!({"threads": [replied["thread"]]}));
}

#[tokio::test]
async fn a_deleted_comment_sent_again_stays_deleted_and_is_answered_for_good() {
    let server = TestServer::start();
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    let (base, item, _page) = one_entry(&mara).await;
    let comments = format!("{base}/comments");
    let (first, alone) = (fresh_id().to_string(), fresh_id().to_string());

    let begun = json!({"id": first, "entry": item, "text": "Typed on a train."});
    mara.post(&comments, begun.clone()).await.expect(201);
    jonah.post(&comments, json!({"entry": item, "thread": first, "text": "Where to?"})).await.expect(201);
    let by_herself = json!({"id": alone, "entry": item, "text": "Never mind."});
    mara.post(&comments, by_herself.clone()).await.expect(201);
    for id in [&first, &alone] {
        assert_eq!(mara.delete(&format!("{comments}/{id}")).await.status, 204);
    }

    let left = mara.get(&comments).await.expect(200);
    for again in [begun, by_herself] {
        let answer = mara.post(&comments, again).await;
        assert_eq!((answer.status, answer.code().as_str()), (410, "gone"));
        assert_eq!(answer.message(), "This comment was deleted since, and is not added again.");
    }
    assert_eq!(mara.get(&comments).await.expect(200), left);
    assert_eq!(left["threads"].as_array().map(Vec::len), Some(1), "the reply still stands");
}
