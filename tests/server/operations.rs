//! What operators do: back up beside a running server, restore, and have the doctor look at damage.

use postmortem::{Command, Event, SectionKey, TextId};
use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::path::Path;
use std::process::Output;
use tests::{Process, Scenario, TestPeer, debrief, entry, fresh_id, insert};

pub fn run(data: &Path, command: &str, arguments: &[&str]) -> Output {
    let mut debrief = std::process::Command::new(debrief());
    debrief.arg(command).arg("--data").arg(data).args(arguments);
    debrief.output().expect("the binary runs")
}

/// What a command that has to succeed printed.
#[track_caller]
pub fn done(output: &Output) -> String {
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

/// What a command that has to fail said.
#[track_caller]
pub fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
    text(&output.stderr)
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub fn overview() -> TextId {
    TextId::Section("overview".parse::<SectionKey>().expect("a section"))
}

pub fn names(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).expect("the folder");
    files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect()
}

/// Damages the database the way a bad disk would: behind the server's back.
pub async fn damage(data: &Path, statement: &'static str, id: &str) {
    let options = SqliteConnectOptions::new().filename(data.join("debrief.db"));
    let mut connection = options.connect().await.expect("the database");
    let damaged = sqlx::query(statement).bind(id).execute(&mut connection).await.expect("damaged");
    assert!(damaged.rows_affected() > 0);
    connection.close().await.expect("closed");
}

#[tokio::test]
async fn a_backup_of_a_running_server_is_whole_and_never_half_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, file) = (folder.path().join("data"), folder.path().join("monday.db"));
    let backup = file.to_string_lossy().into_owned();
    let Scenario { server: _process, mara, id } = Scenario::blank_at(Process::start(&data)).await;
    let mut page = TestPeer::connect(&mara, &id).await;
    page.run(&Command::EditText(overview(), insert(0, "The disk filled up."))).await;
    page.until_saved().await;
    assert!(done(&run(&data, "backup", &[&backup])).contains("holds 1 post-mortems"));
    assert_eq!(names(folder.path()).len(), 2, "{:?}", names(folder.path()));
    assert!(done(&run(folder.path(), "doctor", &["--database", &format!("sqlite:{backup}")])).contains("all well"));

    // A second one is not written over the first without being told.
    let first = std::fs::read(&file).expect("the backup");
    assert!(refused(&run(&data, "backup", &[&backup])).contains("--replace"));
    assert_eq!(std::fs::read(&file).expect("the backup"), first);
    mara.start_postmortem("Another").await;
    assert!(done(&run(&data, "backup", &[&backup, "--replace"])).contains("holds 2 post-mortems"));
    let nowhere = folder.path().join("missing/x.db").to_string_lossy().into_owned();
    assert!(refused(&run(&data, "backup", &[&nowhere])).contains("cannot be written"));
    assert!(refused(&run(&folder.path().join("nothing"), "backup", &[&nowhere])).contains("there is no database"));
    assert!(!folder.path().join("nothing").exists(), "a backup makes no database");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).expect("the backup").permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn a_backup_is_never_written_over_the_database_or_the_files_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let process = Process::start(&data);
    let mara = process.visitor("Mara").await;
    mara.start_postmortem("Disk full").await;
    let database = data.join("debrief.db");
    let mut own: Vec<_> =
        ["debrief.db", "debrief.db-wal", "debrief.db-shm", "debrief.lock", "debrief.opening", "../data/debrief.db"]
            .map(|name| data.join(name))
            .into();
    std::fs::hard_link(&database, folder.path().join("twin.db")).expect("a link");
    own.push(folder.path().join("twin.db"));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&database, folder.path().join("link.db")).expect("a link");
        std::os::unix::fs::symlink(&data, folder.path().join("elsewhere")).expect("a link");
        own.extend([folder.path().join("link.db"), folder.path().join("elsewhere/debrief.db-wal")]);
    }
    for own in own {
        let said = refused(&run(&data, "backup", &[&own.to_string_lossy(), "--replace"]));
        assert!(said.contains("give the copy another name"), "{}: {said}", own.display());
    }
    // Nor through a link to the database, whose log lies beside what it leads to.
    #[cfg(unix)]
    {
        let link = format!("sqlite:{}", folder.path().join("link.db").display());
        let log = data.join("debrief.db-wal");
        let arguments = ["--database", &link, &log.to_string_lossy(), "--replace"];
        assert!(refused(&run(&data, "backup", &arguments)).contains("give the copy another name"));
    }
    mara.start_postmortem("Another").await;
    assert!(process.terminate());
    assert!(done(&run(&data, "doctor", &[])).contains("all well: 2 post-mortems"));
}

#[tokio::test]
async fn what_browsers_hold_beyond_a_restored_backup_comes_back_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let backup = folder.path().join("monday.db").to_string_lossy().into_owned();
    let Scenario { server: process, mara, id } = Scenario::blank_at(Process::start(&data)).await;
    let jonah = process.visitor("Jonah").await;
    let (mut hers, mut his) = (TestPeer::connect(&mara, &id).await, TestPeer::connect(&jonah, &id).await);
    hers.run(&Command::EditText(overview(), insert(0, "Before. "))).await;
    hers.until_equal(&mut his).await;
    done(&run(&data, "backup", &[&backup]));
    assert!(refused(&run(&data, "restore", &[&backup])).contains("stop the server first"));

    // Both write on; each page holds what the other wrote.
    hers.run(&Command::EditText(overview(), insert(8, "After. "))).await;
    hers.run(&Command::AddEntry(fresh_id(), entry("2018-10-21T23:07:00Z", "hers"))).await;
    his.run(&Command::AddEntry(fresh_id(), entry("2018-10-21T23:08:00Z", "his"))).await;
    hers.until_saved().await;
    hers.until("his entry is there", |page| page.value().timeline.len() == 2).await;
    hers.until_equal(&mut his).await;
    let newest = hers.value();
    assert!(process.terminate());
    hers.until_closed().await;
    his.until_closed().await;
    // And each adds something that no server has seen.
    hers.run(&Command::SetTitle("Mara".into())).await;
    his.run(&Command::AddEntry(fresh_id(), entry("2018-10-21T23:09:00Z", "his, while it was away"))).await;

    let said = done(&run(&data, "restore", &[&backup]));
    assert!(said.contains("1 post-mortems are back") && said.contains(".replaced-"), "{said}");
    let process = Process::start(&data);
    let (mara, jonah) = (mara.at(process.address()), jonah.at(process.address()));
    let restored = TestPeer::connect(&mara, &id).await.value();
    assert_eq!([restored.timeline.len(), restored.section("overview").len()], [0, 8]);
    hers.reconnect(&mara, &id).await;
    his.reconnect(&jonah, &id).await;
    hers.until_saved().await;
    his.until_saved().await;
    hers.until("everything is there", |page| page.value().timeline.len() == 3).await;
    hers.until_equal(&mut his).await;
    let mut value = hers.value();
    assert_eq!(value.section("overview"), "Before. After. ");
    assert_eq!(value.details.title, "Mara");
    let last = value.timeline.pop().expect("his last");
    assert_eq!((last.text.as_str(), &value.timeline), ("his, while it was away", &newest.timeline));
    // Each page goes on as before.
    hers.run(&Command::EditText(overview(), insert(0, "Still "))).await;
    his.run(&Command::SetTitle("Disk full again".into())).await;
    hers.until_saved().await;
    his.until_saved().await;
    hers.until_equal(&mut his).await;
    let refusals = |page: &TestPeer| page.events.iter().any(|event| matches!(event, Event::Refused { .. }));
    assert!(!refusals(&hers) && !refusals(&his));
    assert!(process.terminate());
    assert!(done(&run(&data, "doctor", &[])).contains("all well"));
}

#[tokio::test]
async fn a_file_that_is_no_sound_backup_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let (sound, other) = (folder.path().join("sound.db"), folder.path().join("other.db"));
    let (sound_name, other_name) = (sound.to_string_lossy().into_owned(), other.to_string_lossy().into_owned());
    let process = Process::start(&data);
    let id = process.visitor("Mara").await.start_postmortem("Disk full").await;
    done(&run(&data, "backup", &[&sound_name]));
    assert!(process.terminate());
    let before = std::fs::read(data.join("debrief.db")).expect("the database");

    std::fs::write(&other, "not a database at all").expect("written");
    refused(&run(&data, "restore", &[&other_name]));
    let whole = std::fs::read(&sound).expect("the backup");
    std::fs::write(&other, &whole[..whole.len() / 2]).expect("written");
    refused(&run(&data, "restore", &[&other_name]));
    let newer = folder.path().join("newer");
    std::fs::create_dir(&newer).expect("a folder");
    std::fs::write(newer.join("debrief.db"), &whole).expect("written");
    damage(&newer, "update _sqlx_migrations set version = 9000 where version = (select max(version) from _sqlx_migrations) and ? <> ''", &id)
        .await;
    let newer = newer.join("debrief.db").to_string_lossy().into_owned();
    assert!(refused(&run(&data, "restore", &[&newer])).contains("newer release"));
    let poisoned = folder.path().join("poisoned");
    std::fs::create_dir(&poisoned).expect("a folder");
    std::fs::write(poisoned.join("debrief.db"), &whole).expect("written");
    damage(&poisoned, "update updates set data = x'00ff' where postmortem_id = ?", &id).await;
    let poisoned = poisoned.join("debrief.db").to_string_lossy().into_owned();
    assert!(refused(&run(&data, "restore", &[&poisoned])).contains("--damaged"));
    assert!(refused(&run(&data, "restore", &["/nowhere/x.db"])).contains("there is no database"));
    assert_eq!(std::fs::read(data.join("debrief.db")).expect("the database"), before);
    assert!(
        names(&data).iter().all(|name| !name.contains("unfinished") && !name.contains("replaced")),
        "{:?}",
        names(&data)
    );
    done(&run(&data, "restore", &[&poisoned, "--damaged"]));
    assert!(refused(&run(&data, "doctor", &[])).contains("not all is well"));
    assert!(names(&data).iter().any(|name| name.contains("replaced-")), "{:?}", names(&data));

    // What a dead disk left is replaced, and kept.
    std::fs::write(data.join("debrief.db"), "not a database any more").expect("written");
    refused(&run(&data, "doctor", &[]));
    done(&run(&data, "restore", &[&sound_name]));
    assert!(done(&run(&data, "doctor", &[])).contains("all well: 1 post-mortems"));
    let kept = |name: &String| std::fs::read(data.join(name)).is_ok_and(|bytes| bytes == b"not a database any more");
    assert!(names(&data).iter().any(kept), "{:?}", names(&data));
}

#[tokio::test]
async fn a_row_that_belongs_to_nothing_is_reported_and_backed_up_all_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let backup = folder.path().join("monday.db").to_string_lossy().into_owned();
    let process = Process::start(&data);
    let mara = process.visitor("Mara").await;
    let id = mara.start_postmortem("Disk full").await;
    assert!(process.terminate());
    let options = SqliteConnectOptions::new().filename(data.join("debrief.db")).foreign_keys(false);
    let mut connection = options.connect().await.expect("the database");
    let orphan = "insert into threads (id, postmortem_id, place, created_at) \
                  select 't', 'gone', 'timeline/e', created_at from postmortems where id = ?";
    sqlx::query(orphan).bind(&id).execute(&mut connection).await.expect("an orphan");
    connection.close().await.expect("closed");

    let made = run(&data, "backup", &[&backup]);
    assert!(done(&made).contains("holds 1 post-mortems"));
    assert!(text(&made.stderr).contains("1 rows of threads refer to missing rows"), "{}", text(&made.stderr));
    assert!(refused(&run(&data, "restore", &[&backup])).contains("--damaged"));
    done(&run(&data, "restore", &[&backup, "--damaged"]));
    let process = Process::start(&data);
    mara.at(process.address()).get(&format!("/api/postmortems/{id}")).await.expect(200);
    assert!(process.terminate());
}

#[tokio::test]
async fn a_poisoned_document_is_set_aside_and_brought_back_by_the_doctor() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path();
    let process = Process::start(data);
    let mara = process.visitor("Mara").await;
    let (poisoned, sound) = (mara.start_postmortem("Disk full").await, mara.start_postmortem("Network down").await);
    let mut page = TestPeer::connect(&mara, &poisoned).await;
    for (at, text) in [(0, "The disk "), (9, "filled up "), (19, "at night.")] {
        page.run(&Command::EditText(overview(), insert(at, text))).await;
        page.until_saved().await;
    }
    assert!(process.terminate());
    page.until_closed().await;
    let last = "update updates set data = x'ffffff7f0175017501' where postmortem_id = ? \
                and sequence = (select max(sequence) from updates as others \
                where others.postmortem_id = updates.postmortem_id)";
    damage(data, last, &poisoned).await;

    let process = Process::start(data);
    let mara = mara.at(process.address());
    for _ in 0..2 {
        let answer = mara.get(&format!("/api/postmortems/{poisoned}")).await;
        assert_eq!((answer.status, answer.code().as_str()), (500, "damaged"));
        assert!(answer.message().contains("debrief doctor"), "{}", answer.message());
    }
    let mut other = TestPeer::connect(&mara, &sound).await;
    other.run(&Command::SetTitle("Mara".into())).await;
    other.until_saved().await;
    let listed = mara.get("/api/postmortems").await.expect(200);
    assert_eq!(listed["postmortems"].as_array().map(Vec::len), Some(2), "it is still in the log");
    let metrics = mara.get("/metrics").await;
    assert!(metrics.text.contains("debrief_set_aside_postmortems 1"), "{}", metrics.text);
    let looked = run(data, "doctor", &[]);
    let (said, found) = (refused(&looked), text(&looked.stdout));
    assert!(said.contains("not all is well"), "{said}");
    assert!(found.contains(&format!("debrief doctor --repair {poisoned}")), "{found}");
    assert!(found.contains("the log up to update 3 of 4") && found.contains("2 post-mortems, 1 damaged"), "{found}");
    assert!(refused(&run(data, "doctor", &["--repair", &poisoned])).contains("has to be stopped"));
    assert!(process.terminate());

    assert!(done(&run(data, "doctor", &["--repair", &poisoned])).contains("the log up to update 3 of 4"));
    assert!(done(&run(data, "doctor", &["--repair", &poisoned])).contains("nothing had to be done"));
    assert!(refused(&run(data, "doctor", &["--repair", "nope"])).contains("there is no post-mortem nope"));
    assert!(done(&run(data, "doctor", &[])).contains("all well: 2 post-mortems"));
    damage(data, "update replaced_logs set kind = kind where postmortem_id = ?", &poisoned).await;

    // Who still has the page open brings back what the disk lost.
    let process = Process::start(data);
    let mara = mara.at(process.address());
    let read = mara.get(&format!("/api/postmortems/{poisoned}")).await.expect(200);
    assert_eq!(read["sections"]["overview"], "The disk filled up ");
    page.reconnect(&mara, &poisoned).await;
    page.until_saved().await;
    page.run(&Command::EditText(overview(), insert(28, " Really."))).await;
    page.until_saved().await;
    let read = mara.get(&format!("/api/postmortems/{poisoned}")).await.expect(200);
    assert_eq!(read["sections"]["overview"], "The disk filled up at night. Really.");
    assert!(process.terminate());
}

#[tokio::test]
async fn a_version_saves_a_document_whose_log_is_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path();
    let Scenario { server: process, mara, id } = Scenario::blank_at(Process::start(data)).await;
    mara.post(&format!("/api/postmortems/{id}/publications"), json!({})).await.expect(201);
    assert!(process.terminate());
    damage(data, "update updates set data = x'' where postmortem_id = ?", &id).await;
    // The newest version that can be read, not the newest.
    let unreadable = "insert into versions (postmortem_id, number, sequence, reason, made_by, made_at, state) \
                      select postmortem_id, number + 1, sequence, reason, made_by, made_at, x'00ff' \
                      from versions where postmortem_id = ?";
    damage(data, unreadable, &id).await;
    let found = text(&run(data, "doctor", &[]).stdout);
    assert!(found.contains("last good state: version 1 of"), "{found}");
    done(&run(data, "doctor", &["--repair", &id]));
    assert!(done(&run(data, "doctor", &[])).contains("all well"));
    let shown: serde_json::Value =
        serde_json::from_slice(&run(data, "export", &[&id, "--format", "json"]).stdout).expect("JSON");
    assert_eq!(shown["title"], "Disk full");

    damage(data, "update snapshots set data = x'00' where postmortem_id = ?", &id).await;
    damage(data, "delete from versions where postmortem_id = ?", &id).await;
    assert!(refused(&run(data, "doctor", &["--repair", &id])).contains("restore a backup"));
}
