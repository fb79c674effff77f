//! Comments beside few and beside many others: a reply and the reading of its thread cost what the thread holds, and whoever
//! reads and writes ten thousand threads delays no other post-mortem.

use crate::child::Child;
use crate::figures::{Latencies, row};
use crate::{Outcome, http};
use reqwest::Client;
use reqwest::header::COOKIE;
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};
use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;
use std::time::Instant;

/// Threads of the second post-mortem.
const THREADS: usize = 10_000;

/// How often each of both is asked, in turn, so that what else the machine does meets both.
const ROUNDS: usize = 400;

/// Readers of the many threads, who read without pause.
const READERS: usize = 4;

/// One post-mortem with the thread in question.
struct Discussed {
    id: String,
    thread: String,
}

struct Asking {
    http: Client,
    origin: String,
    cookie: String,
}

/// Asks, and prints the table.
pub async fn measure(binary: &Path, folder: &Path) -> Outcome<()> {
    println!("replies to one thread and readings of it, beside no other thread and beside {THREADS}; {ROUNDS} of each");
    let server = Child::serve_unpaced(binary, folder)?;
    let asking = Asking::new(&server).await?;
    let (alone, among) = (asking.begin().await?, asking.begin().await?);
    let cookie = asking.cookie.clone();
    server.terminate()?;
    surround(&folder.join("debrief.db"), &among).await?;

    let server = Child::serve_unpaced(binary, folder)?;
    let asking = Rc::new(Asking { origin: server.origin.clone(), cookie, http: Client::new() });
    let [mut replies, mut readings] = [(); 2].map(|()| [Latencies::default(), Latencies::default()]);
    for _ in 0..ROUNDS {
        for (at, discussed) in [&alone, &among].into_iter().enumerate() {
            replies[at].0.push(asking.reply(discussed).await?);
            readings[at].0.push(asking.read(discussed).await?);
        }
    }
    let mut busy = Latencies::default();
    let (is_over, pages) = (Rc::new(Cell::new(false)), Rc::new(Cell::new(0)));
    let readers: Vec<_> = (0..READERS)
        .map(|_| {
            let (asking, id, is_over, pages) = (asking.clone(), among.id.clone(), is_over.clone(), pages.clone());
            tokio::task::spawn_local(async move {
                while !is_over.get() {
                    pages.set(pages.get() + asking.list(&id).await?);
                }
                Outcome::Ok(())
            })
        })
        .collect();
    for _ in 0..ROUNDS {
        busy.0.push(asking.reply(&alone).await?);
    }
    is_over.set(true);
    for reader in readers {
        reader.await??;
    }

    println!();
    row(&["", "alone", "among many", "ratio"]);
    for (name, [alone, among]) in [("reply", &replies), ("reading of a thread", &readings)] {
        print(name, alone, among);
    }
    row(&["", "alone", "others read many", "ratio"]);
    print("reply", &replies[0], &busy);
    println!("{} pages were read meanwhile", pages.get());
    Ok(())
}

fn print(name: &str, before: &Latencies, after: &Latencies) {
    for (quantile, share) in [("p50", 0.50), ("p99", 0.99)] {
        let [before, after] = [before, after].map(|latencies| latencies.quantile(share).unwrap_or_default());
        let cells = [before, after].map(|seconds| format!("{:.2}", seconds * 1e3));
        row(&[&format!("{name} {quantile}, ms"), &cells[0], &cells[1], &format!("{:.2}", after / before)]);
    }
}

impl Asking {
    async fn new(server: &Child) -> Outcome<Self> {
        let origin = server.origin.clone();
        let cookie = http::sessions(server, 1).await?.pop().ok_or("no session")?;
        Ok(Self { http: Client::new(), origin, cookie })
    }

    async fn begin(&self) -> Outcome<Discussed> {
        let made = self.post("/api/postmortems", &json!({ "title": "Disk full" })).await?;
        let id = made.get("id").and_then(Value::as_str).ok_or("no id")?.to_owned();
        let comment = json!({ "section": "overview", "text": "Who locked the deploys?" });
        let made = self.post(&format!("/api/postmortems/{id}/comments"), &comment).await?;
        let thread = made.pointer("/thread/id").and_then(Value::as_str).ok_or("no thread")?.to_owned();
        Ok(Discussed { id, thread })
    }

    async fn reply(&self, Discussed { id, thread }: &Discussed) -> Outcome<f64> {
        let began = Instant::now();
        let comment = json!({ "section": "overview", "text": "The release train did.", "thread": thread });
        self.post(&format!("/api/postmortems/{id}/comments"), &comment).await?;
        Ok(began.elapsed().as_secs_f64())
    }

    async fn read(&self, Discussed { id, thread }: &Discussed) -> Outcome<f64> {
        let began = Instant::now();
        self.get(&format!("/api/postmortems/{id}/threads/{thread}?limit=20")).await?;
        Ok(began.elapsed().as_secs_f64())
    }

    /// Reads all threads; how many pages they were.
    async fn list(&self, id: &str) -> Outcome<usize> {
        let (mut pages, mut next) = (0, Some(0));
        while let Some(after) = next {
            let page = self.get(&format!("/api/postmortems/{id}/comments?after={after}")).await?;
            next = page.get("next").and_then(Value::as_u64);
            pages += 1;
        }
        Ok(pages)
    }

    async fn get(&self, path: &str) -> Outcome<Value> {
        let asking = self.http.get(format!("{}{path}", self.origin)).header(COOKIE, &self.cookie);
        Ok(asking.send().await?.error_for_status()?.json().await?)
    }

    async fn post(&self, path: &str, body: &Value) -> Outcome<Value> {
        let asking = self.http.post(format!("{}{path}", self.origin)).header(COOKIE, &self.cookie);
        Ok(asking.json(body).send().await?.error_for_status()?.json().await?)
    }
}

/// Puts many threads beside the one: over HTTP it would take longer than everything else.
async fn surround(file: &Path, among: &Discussed) -> Outcome<()> {
    let mut database = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await?;
    let mut write = database.begin().await?;
    let numbers =
        "with recursive numbers (number) as (select 2 union all select number + 1 from numbers where number < ?)";
    let count = i64::try_from(THREADS)?;
    for statement in [
        "insert into threads (id, postmortem_id, number, place, last_number, comments, bytes, created_at)
         select 'thread-' || number, ?, number, 'sections/overview', 1, 1, 23, '2018-10-21T23:07:00+00:00' from numbers",
        "insert into comments (id, thread_id, number, author, text, created_at)
         select 'comment-' || number, 'thread-' || number, 1, 'guest', 'Who locked the deploys?',
                '2018-10-21T23:07:00+00:00'
         from numbers where ? <> ''",
    ] {
        let statement = sqlx::AssertSqlSafe(format!("{numbers} {statement}"));
        sqlx::query(statement).bind(count).bind(&among.id).execute(&mut *write).await?;
    }
    sqlx::query("update postmortems set last_thread = ?1, comments = ?1, comment_bytes = ?1 * 23 where id = ?2")
        .bind(count)
        .bind(&among.id)
        .execute(&mut *write)
        .await?;
    write.commit().await?;
    Ok(database.close().await?)
}
