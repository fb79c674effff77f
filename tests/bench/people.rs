//! A large team with a long log, and a crowd at the door: what lists cost, and whether those who write notice that others try
//! to sign in.

use crate::child::Child;
use crate::document;
use crate::figures::{Latencies, row};
use crate::load::Load;
use crate::{Outcome, http};
use reqwest::Client;
use reqwest::header::COOKIE;
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::time::{MissedTickBehavior, interval};

/// People of the team, and post-mortems of which every tenth is private to somebody else.
const MANY: i64 = 10_000;

/// How often each list is asked for.
const ROUNDS: usize = 400;

/// Attempts to sign in, and the addresses from which they come: what one address may try is little.
const ATTEMPTS_A_SECOND: u32 = 50;
const ADDRESSES: u8 = 200;

/// Asks for lists, then writes with and without a crowd at the door, and prints both.
pub async fn measure(binary: &Path, folder: &Path, length: Duration) -> Outcome<()> {
    println!("lists of a team of {MANY} with {MANY} post-mortems; {ROUNDS} of each");
    let server = Child::serve_unpaced(binary, folder)?;
    let cookie = http::sessions(&server, 1).await?.pop().ok_or("no session")?;
    server.terminate()?;
    fill(&folder.join("debrief.db")).await?;
    let server = Child::serve_unpaced(binary, folder)?;
    let asking = Asking { http: Client::new(), origin: server.origin.clone(), cookie };
    let middle = asking.middle().await?;
    row(&["", "p50, ms", "p99, ms", "KB"]);
    for (name, path) in [
        ("the log's first page", "/api/postmortems"),
        ("a page in its middle", &middle),
        ("people", "/api/people?limit=200"),
        ("people by some letters", "/api/people?limit=24&search=person%2077"),
    ] {
        let (mut latencies, mut bytes) = (Latencies::default(), 0);
        for _ in 0..ROUNDS {
            let began = Instant::now();
            bytes = asking.get(path).await?.len();
            latencies.0.push(began.elapsed().as_secs_f64());
        }
        let cells = [0.50, 0.99].map(|share| format!("{:.2}", latencies.quantile(share).unwrap_or_default() * 1e3));
        row(&[name, &cells[0], &cells[1], &format!("{:.1}", bytes as f64 / 1e3)]);
    }

    drop(server);
    // A team of its own: those who load it come in as the one above did.
    let door = folder.join("door");
    std::fs::create_dir(&door)?;
    let first = Child::serve_unpaced(binary, &door)?;
    http::sessions(&first, 1).await?;
    first.terminate()?;
    fill(&door.join("debrief.db")).await?;
    let server = Child::serve_unpaced(binary, &door)?;
    println!();
    println!(
        "20 clients on one document, 5 of them editing, without and with {ATTEMPTS_A_SECOND} attempts to sign in a second"
    );
    let load =
        Load { clients: 20, editors: 5, pause: Duration::from_millis(200), warm_up: Duration::from_secs(2), length };
    let incident = document::incident(1)?;
    let alone = load.on_server(&server, &incident).await?;
    let (is_over, attempts) = (Rc::new(Cell::new(false)), Rc::new(RefCell::new(BTreeMap::new())));
    let crowd = tokio::task::spawn_local(knock(server.origin.clone(), is_over.clone(), attempts.clone()));
    let beside = load.on_server(&server, &incident).await?;
    is_over.set(true);
    crowd.await??;
    row(&["", "alone", "beside them", "ratio"]);
    for (name, share) in [("acknowledge p50, ms", 0.50), ("acknowledge p99, ms", 0.99)] {
        let [before, after] = [&alone, &beside].map(|run| run.acknowledge.quantile(share).unwrap_or_default() * 1e3);
        row(&[name, &format!("{before:.2}"), &format!("{after:.2}"), &format!("{:.2}", after / before)]);
    }
    for (status, count) in attempts.borrow().iter() {
        println!("{count} attempts were answered {status}");
    }
    let lost: u64 = [&alone, &beside].iter().map(|run| run.expected - run.deliveries).sum();
    if lost == 0 { Ok(()) } else { Err(format!("{lost} deliveries did not arrive").into()) }
}

struct Asking {
    http: Client,
    origin: String,
    cookie: String,
}

impl Asking {
    async fn get(&self, path: &str) -> Outcome<String> {
        let asking = self.http.get(format!("{}{path}", self.origin)).header(COOKIE, &self.cookie);
        Ok(asking.send().await?.error_for_status()?.text().await?)
    }

    /// The path of a page about half way.
    async fn middle(&self) -> Outcome<String> {
        let mut path = "/api/postmortems?limit=500".to_owned();
        for _ in 0..9 {
            let page: Value = serde_json::from_str(&self.get(&path).await?)?;
            let next = page.get("next").and_then(Value::as_str).ok_or("the log ends too soon")?;
            path = format!("/api/postmortems?limit=500&after={next}");
        }
        Ok(path.replace("limit=500", "limit=200"))
    }
}

/// Tries to sign in with passwords that are wrong, until it is over.
async fn knock(origin: String, is_over: Rc<Cell<bool>>, attempts: Rc<RefCell<BTreeMap<u16, u32>>>) -> Outcome<()> {
    let clients = (1..=ADDRESSES).map(|last| {
        let address = IpAddr::from(Ipv4Addr::new(127, 0, 1, last));
        Client::builder().no_proxy().local_address(address).build()
    });
    let clients: Vec<Client> = clients.collect::<Result<_, _>>()?;
    let mut ticks = interval(Duration::from_secs(1) / ATTEMPTS_A_SECOND);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut people = (0..MANY).cycle();
    for client in clients.iter().cycle() {
        ticks.tick().await;
        if is_over.get() {
            break;
        }
        let mail = format!("member-{}@harbour.example", people.next().unwrap_or_default());
        let body = json!({ "mail": mail, "password": "not the one that holds" });
        let (asking, attempts) = (client.post(format!("{origin}/api/sessions")).json(&body), attempts.clone());
        tokio::task::spawn_local(async move {
            if let Ok(answer) = asking.send().await {
                *attempts.borrow_mut().entry(answer.status().as_u16()).or_default() += 1;
            }
        });
    }
    Ok(())
}

/// A large team and a long log: over HTTP it would take longer than everything else.
async fn fill(file: &Path) -> Outcome<()> {
    let mut database = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await?;
    let mut write = database.begin().await?;
    let numbers =
        "with recursive numbers (number) as (select 1 union all select number + 1 from numbers where number < ?)";
    for statement in [
        "insert into users (id, name, color, created_at)
         select 'person-' || number, 'Person ' || number, 'teal', '2018-10-21T23:07:00+00:00' from numbers",
        // With the password of whoever came in before: each attempt is held against one.
        "insert into accounts (user_id, mail, role, created_at, password)
         select 'person-' || number, 'member-' || number || '@harbour.example', 'member', '2018-10-21T23:07:00+00:00',
                (select password from accounts where password is not null limit 1)
         from numbers",
        "insert into postmortems
             (id, created_by, created_at, updated_at, title, severity, status, owner, services, entries, actions_open,
              actions_total, is_imported, access, owner_id, head_at)
         select 'incident-' || number, 'person-' || number, at, at, 'Disk full, for the time number ' || number, 'SEV-2',
                'draft', '', '[\"storage\"]', 12, 3, 5, 0, case when number % 10 = 0 then 'private' else 'team' end,
                'person-' || number, at
         from (select number, strftime('%Y-%m-%dT%H:%M:%S+00:00', 1540000000 + number * 3600, 'unixepoch') as at from numbers)",
    ] {
        let statement = sqlx::AssertSqlSafe(format!("{numbers} {statement}"));
        sqlx::query(statement).bind(MANY).execute(&mut *write).await?;
    }
    write.commit().await?;
    Ok(database.close().await?)
}
