//! Damage is told: whatever the disk lost, the doctor, the server and the commands say the same of it, and what can be read
//! comes back.

use crate::operations::{damage, done, overview, refused, run, text};
use crate::storage::compile;
use postmortem::{Command, Postmortem, PostmortemId, SectionKey, Severity, TeamRole, TextId};
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use serde_json::{Value, json};
use server::cli::config::{Settings, StorageArgs};
use server::cli::doctor::{self, DoctorError};
use server::store::Store;
use server::sync::Beginning;
use std::collections::BTreeMap;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::process::Output;
use tests::{Process, Scenario, TestPeer, TestServer, debrief, entry, fresh_id, incidents, insert};

/// How many databases have a page overwritten, unless `PAGES` says otherwise.
const PAGES: u64 = 24;
const PAGE: usize = 4096;

/// Damages the database in a folder of its own, which is a copy.
fn copied(database: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::copy(database, folder.path().join("debrief.db")).expect("a copy");
    folder
}

fn section(key: &str) -> TextId {
    TextId::Section(key.parse::<SectionKey>().expect("a section"))
}

/// A post-mortem whose edits build on nothing but its beginning, so that each is readable without the others; a version is
/// kept after the third row.
async fn independent_edits() -> (tempfile::TempDir, String, Vec<Value>) {
    let folder = tempfile::tempdir().expect("a folder");
    let Scenario { server: process, mara, id } = Scenario::blank_at(Process::start(folder.path())).await;
    let mut page = TestPeer::connect(&mara, &id).await;
    let path = format!("/api/postmortems/{id}");
    let mut values = vec![mara.get(&path).await.expect(200)];
    let edits = [
        Command::SetTitle("Mara".into()),
        Command::EditText(overview(), insert(0, "The disk filled up.")),
        Command::EditText(section("resolution"), insert(0, "It was emptied.")),
        Command::SetSeverity(Severity::Sev1),
        Command::AddEntry(fresh_id(), entry("2018-10-21T23:07:00Z", "an alarm")),
    ];
    for (made, edit) in edits.into_iter().enumerate() {
        page.run(&edit).await;
        page.until_saved().await;
        values.push(mara.get(&path).await.expect(200));
        if made == 1 {
            mara.post(&format!("{path}/publications"), json!({})).await.expect(201);
        }
    }
    // The log of incidents is up to date with what is in the document, before the server stops.
    mara.get("/api/postmortems").await.expect(200);
    mara.set(&format!("{path}/status"), json!({"status": "in_review"})).await.expect(200);
    drop(page);
    assert!(process.terminate());
    (folder, id, values)
}

#[tokio::test]
async fn a_missing_row_is_told_by_everyone_and_the_last_good_state_comes_back() {
    let (folder, id, values) = independent_edits().await;
    let database = folder.path().join("debrief.db");
    assert_eq!(values.len(), 6);
    for (missing, delete) in [
        (1, "delete from updates where sequence = 1 and postmortem_id = ?"),
        (2, "delete from updates where sequence = 2 and postmortem_id = ?"),
        (3, "delete from updates where sequence = 3 and postmortem_id = ?"),
        (4, "delete from updates where sequence = 4 and postmortem_id = ?"),
        (5, "delete from updates where sequence = 5 and postmortem_id = ?"),
        (6, "delete from updates where sequence = 6 and postmortem_id = ?"),
    ] {
        let copy = copied(&database);
        let data = copy.path();
        damage(data, delete, &id).await;
        // The version holds three updates, the log up to the hole one less than what is missing.
        let last_good = 3.max(missing - 1);

        let examined = run(data, "doctor", &[]);
        let (said, found) = (refused(&examined), text(&examined.stdout));
        assert!(said.contains("not all is well"), "{missing}: {said}");
        assert!(found.contains(&format!("update {missing} of its log is missing")), "{missing}: {found}");
        let origin = if missing <= 3 { "version 1 of" } else { "the log up to" };
        let (from, of) = (found.contains(origin), found.contains(&format!("{last_good} of 6")));
        assert!(from && of && found.contains(&format!("--repair {id}")), "{missing}: {found}");

        let said = refused(&run(data, "export", &[&id, "--format", "json"]));
        assert!(said.contains("is missing") && said.contains("--damaged"), "{missing}: {said}");
        let exported = run(data, "export", &[&id, "--format", "json", "--damaged"]);
        let exported: Value = serde_json::from_str(&done(&exported)).expect("JSON");
        let expected = &values[last_good - 1];
        for part in ["title", "severity", "owner", "sections"] {
            assert_eq!(exported[part], expected[part], "{missing}");
        }
        let backed_up = run(data, "backup", &[&copy.path().join("monday.db").to_string_lossy()]);
        done(&backed_up);
        let warned = text(&backed_up.stderr);
        assert!(warned.contains(&id) && warned.contains("damaged in this backup"), "{missing}: {warned}");

        if missing % 3 == 0 {
            let process = Process::start(data);
            let reader = process.token("Reader", TeamRole::Member).await;
            let answer = reader.get(&format!("/api/postmortems/{id}")).await;
            assert_eq!((answer.status, answer.code().as_str()), (500, "damaged"), "{missing}");
            assert!(answer.message().contains("debrief doctor"), "{}", answer.message());
            assert!(process.terminate());
        }
        assert!(done(&run(data, "doctor", &["--repair", &id])).contains(&format!("{last_good} of 6")));
        assert!(done(&run(data, "doctor", &[])).contains("all well"), "{missing}");
        let exported: Value =
            serde_json::from_str(&done(&run(data, "export", &[&id, "--format", "json"]))).expect("JSON");
        assert_eq!(exported["sections"], expected["sections"], "{missing}");
    }
}

#[tokio::test]
async fn nothing_that_the_server_refuses_is_called_well() {
    let (folder, id, _) = independent_edits().await;
    let refusals = [
        ("update users set color = 'of a later release' where ? <> ''", "colo"),
        ("update postmortems set severity = 'of a later release' where id = ?", "incident log"),
        ("update versions set made_at = 'some day' where postmortem_id = ?", "damaged"),
        ("update versions set state = x'00ff' where postmortem_id = ?", "version 1 cannot be read"),
        ("delete from updates where postmortem_id = ?", "are missing"),
    ];
    for (statement, sentence) in refusals {
        let copy = copied(&folder.path().join("debrief.db"));
        damage(copy.path(), statement, &id).await;
        let examined = run(copy.path(), "doctor", &[]);
        refused(&examined);
        assert!(text(&examined.stdout).contains(sentence), "{statement}: {}", text(&examined.stdout));
    }
}

#[tokio::test]
async fn a_comment_that_is_gone_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let Scenario { server: process, mara, id } = Scenario::blank_at(Process::start(folder.path())).await;
    let path = format!("/api/postmortems/{id}/comments");
    let first = mara.post(&path, json!({ "section": "overview", "text": "Which disk?" })).await.expect(201);
    let reply = json!({ "section": "overview", "text": "That of db1.", "thread": first["thread"]["id"] });
    mara.post(&path, reply).await.expect(201);
    assert!(process.terminate());
    done(&run(folder.path(), "doctor", &[]));
    damage(folder.path(), "delete from comments where text = 'That of db1.' and ? <> ''", &id).await;
    let examined = run(folder.path(), "doctor", &[]);
    refused(&examined);
    let told = text(&examined.stdout);
    assert!(told.contains(&format!("{id} (Disk full): 1 of its comments are gone")), "{told}");
}

/// What the server would show of every post-mortem, and why it would not.
async fn shown(database: &Path, ids: &[PostmortemId]) -> BTreeMap<PostmortemId, Result<Postmortem, String>> {
    let mut shown = BTreeMap::new();
    let store = Store::open_to_read(database).await.expect("the database");
    for id in ids {
        let read = Beginning::load(&store, id).await;
        let read = read.map(|beginning| beginning.room.replica().read().postmortem);
        shown.insert(id.clone(), read.map_err(|error| error.to_string()));
    }
    store.close().await;
    shown
}

#[tokio::test]
async fn every_damaged_page_is_told_and_what_can_be_read_is_written_into_a_fresh_database() {
    let mut server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let mut ids: Vec<PostmortemId> = Vec::new();
    for (_, incident) in incidents() {
        let id = mara.import(&incident).await;
        let path = format!("/api/postmortems/{id}");
        let whole = mara.get(&path).await.expect(200);
        for at in 0..3 {
            let comment = json!({ "entry": whole["timeline"][at]["id"], "text": "Was that seen at once? ".repeat(9) });
            mara.post(&format!("{path}/comments"), comment).await.expect(201);
        }
        mara.post(&format!("{path}/publications"), json!({})).await.expect(201);
        let mut page = TestPeer::connect(&mara, &id).await;
        for minute in 10..40 {
            page.run(&Command::AddEntry(fresh_id(), entry(&format!("2018-10-21T23:{minute}:00Z"), "more"))).await;
        }
        page.until_saved().await;
        ids.push(id.parse().expect("an id"));
    }
    server.stop();
    let database = Settings::in_folder(server.folder()).database;
    let sound = shown(&database, &ids).await;
    assert!(sound.values().all(Result::is_ok), "{sound:?}");

    let count: u64 = std::env::var("PAGES").ok().and_then(|count| count.parse().ok()).unwrap_or(PAGES);
    let pages = std::fs::metadata(&database).expect("the database").len() / PAGE as u64;
    let (mut illegible, mut kept) = (0, 0);
    for seed in 0..count {
        let mut random = StdRng::seed_from_u64(seed);
        let page = random.next_u64() % pages;
        let case = format!("SEED={seed}, page {page} of {pages}");
        let copy = copied(&database);
        let storage = StorageArgs { data: copy.path().to_path_buf(), database: None };
        let mut bytes = vec![0; PAGE];
        random.fill_bytes(&mut bytes);
        let mut file = std::fs::OpenOptions::new().write(true).open(storage.file()).expect("the copy");
        file.seek(SeekFrom::Start(page * PAGE as u64)).expect("there");
        file.write_all(&bytes).expect("damaged");
        drop(file);

        let report = match doctor::examine(&storage).await {
            Ok(report) => report,
            // The page on which SQLite finds the tables.
            Err(DoctorError::Illegible { .. } | DoctorError::Foreign(_)) => {
                illegible += 1;
                continue;
            }
            Err(error) => panic!("{case}: the doctor ended with {error}"),
        };
        let refused: Vec<_> =
            shown(&storage.file(), &ids).await.into_iter().filter_map(|(id, value)| Some((id, value.err()?))).collect();
        for (id, problem) in &refused {
            let is_named = report.damaged().any(|(document, _)| document.id == *id);
            assert!(is_named, "{case}: the server refuses {id} ({problem}), and the doctor says nothing\n{report}");
        }
        let fresh = copy.path().join("fresh.db");
        let rescued = doctor::rescue(&storage, &fresh).await.unwrap_or_else(|error| panic!("{case}: {error}"));
        if report.is_well() {
            assert_eq!(rescued.losses().collect::<Vec<_>>(), Vec::<String>::new(), "{case}");
        }
        let losses = rescued.losses().collect::<Vec<_>>().join("\n");
        assert!(doctor::examine_file(&fresh).await.expect("readable").is_well(), "{case}");
        for (id, value) in shown(&fresh, &ids).await {
            match value {
                Ok(value) if Ok(&value) == sound[&id].as_ref() => kept += 1,
                _ => assert!(
                    losses.contains(id.as_str()),
                    "{case}: {id} is not what it was, and nobody says so\n{losses}"
                ),
            }
        }
    }
    let readable = (count - illegible) as usize * ids.len();
    assert!(illegible * 8 <= count, "{illegible} of {count} files are illegible");
    assert!(kept * 4 >= readable * 3, "{kept} of {readable} post-mortems are whole after a rescue");
    println!(
        "{count} damaged pages of {pages}: {illegible} files illegible, {kept} of {readable} post-mortems rescued whole"
    );
}

#[tokio::test]
async fn a_damaged_file_is_never_repaired_in_place_and_never_replaces_an_earlier_backup() {
    let (folder, id, values) = independent_edits().await;
    let data = folder.path();
    let earlier = data.join("monday.db").to_string_lossy().into_owned();
    done(&run(data, "backup", &[&earlier]));
    let before = std::fs::read(&earlier).expect("the backup");
    // The page on which the table of updates begins.
    let root = root_of(data, "updates").await;
    let mut file = std::fs::OpenOptions::new().write(true).open(data.join("debrief.db")).expect("the database");
    file.seek(SeekFrom::Start((root - 1) * PAGE as u64)).expect("there");
    file.write_all(&[0xa5; PAGE]).expect("damaged");
    drop(file);

    let examined = run(data, "doctor", &[]);
    refused(&examined);
    let found = text(&examined.stdout);
    let lost = format!("table updates: 0 rows can be read; not: of {id}, everything");
    assert!(found.contains(&lost), "{found}");
    assert!(found.contains("table versions: all 1 rows can be read") && found.contains("--rescue"), "{found}");
    assert!(found.contains("last good state: version 1 of"), "{found}");
    assert!(refused(&run(data, "doctor", &["--repair", &id])).contains("--rescue"));
    assert!(refused(&run(data, "backup", &[&earlier, "--replace"])).contains("left as it is"));
    assert_eq!(std::fs::read(&earlier).expect("the backup"), before);
    let partial = data.join("tuesday.db").to_string_lossy().into_owned();
    let backed_up = run(data, "backup", &[&partial]);
    assert!(refused(&backed_up).contains("what it lacks is told above"));
    assert!(text(&backed_up.stderr).contains("not in this backup: table updates"), "{}", text(&backed_up.stderr));

    let fresh = data.join("fresh.db").to_string_lossy().into_owned();
    let rescued = done(&run(data, "doctor", &["--rescue", &fresh]));
    assert!(rescued.contains("it is there as version 1 of") && rescued.contains("holds 1 post-mortems"), "{rescued}");
    assert!(refused(&run(data, "doctor", &["--rescue", &fresh])).contains("give another name"));
    let secret = secret_of(&data.join("debrief.db")).await;
    for file in [&partial, &fresh] {
        done(&run(data, "restore", &[file]));
        assert_eq!(secret_of(&data.join("debrief.db")).await, secret, "receipts that browsers hold go on");
        assert!(done(&run(data, "doctor", &[])).contains("all well: 1 post-mortems"));
        let process = Process::start(data);
        let reader = process.token("Reader", TeamRole::Member).await;
        let read = reader.get(&format!("/api/postmortems/{id}")).await.expect(200);
        assert_eq!(read["sections"], values[2]["sections"]);
        assert_eq!((&read["status"], &read["owner"]), (&json!("in_review"), &json!("Mara")));
        assert!(process.terminate());
    }
}

#[tokio::test]
async fn a_sector_that_the_disk_does_not_give_is_damage_like_any_other() {
    let (folder, id, values) = independent_edits().await;
    let data = folder.path();
    let (library, order) = (compile(data), data.join("order"));
    let from = (root_of(data, "updates").await - 1) * PAGE as u64;
    let run_beside = |command: &str, arguments: &[&str]| -> Output {
        let mut debrief = std::process::Command::new(debrief());
        debrief.env("LD_PRELOAD", &library).env("DISK_FAILS", &order);
        debrief.arg(command).arg("--data").arg(data).args(arguments).output().expect("the binary runs")
    };
    // A broken disk, and one at the other end of a network: SQLite has codes of their own for them.
    for error in [5, 121] {
        let file = |name: &str| data.join(format!("{name}-{error}.db")).to_string_lossy().into_owned();
        std::fs::write(&order, format!("read {from} {} {error}", from + PAGE as u64)).expect("ordered");
        let examined = run_beside("doctor", &[]);
        refused(&examined);
        let found = text(&examined.stdout);
        assert!(found.contains("table updates: 0 rows can be read") && found.contains("--rescue"), "{error}: {found}");
        assert!(found.contains(&format!("{id} (Mara): damaged")), "{error}: {found}");
        let backed_up = run_beside("backup", &[&file("monday")]);
        assert!(refused(&backed_up).contains("what it lacks is told above"), "{error}");
        assert!(text(&backed_up.stderr).contains("not in this backup: table updates"), "{}", text(&backed_up.stderr));
        let restored = data.join(format!("restored-{error}"));
        done(&run(&restored, "restore", &[&file("monday")]));
        let exported = done(&run(&restored, "export", &[&id, "--format", "json"]));
        let exported: Value = serde_json::from_str(&exported).expect("JSON");
        assert_eq!(exported["sections"], values[2]["sections"], "{error}");
    }
    std::fs::remove_file(&order).expect("taken back");
    assert!(done(&run_beside("doctor", &[])).contains("all well: 1 post-mortems"));
}

/// What receipts are made with.
async fn secret_of(file: &Path) -> Vec<u8> {
    use sqlx::{ConnectOptions, Connection};
    let mut connection =
        sqlx::sqlite::SqliteConnectOptions::new().filename(file).connect().await.expect("the database");
    let secret = sqlx::query_scalar("select receipts from secrets").fetch_one(&mut connection).await.expect("a secret");
    connection.close().await.expect("closed");
    secret
}

/// The number of the page on which a table begins.
async fn root_of(data: &Path, table: &str) -> u64 {
    use sqlx::{ConnectOptions, Connection};
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(data.join("debrief.db"));
    let mut connection = options.connect().await.expect("the database");
    let root: i64 = sqlx::query_scalar("select rootpage from sqlite_master where name = ?")
        .bind(table)
        .fetch_one(&mut connection)
        .await
        .expect("a table");
    connection.close().await.expect("closed");
    u64::try_from(root).expect("a page")
}
