//! A database is known by what it is and not by its name: one server for it, under whatever links; backups told from mere
//! copies, and nothing but backups written over; everything for its owner alone.
#![cfg(unix)]

use crate::operations::{damage, done, names, overview, refused, run, text};
use postmortem::{Command, TeamRole};
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Output;
use tests::{Process, TestPeer, Visitor, debrief, insert};

/// A server that is started and has to refuse.
#[track_caller]
fn does_not_serve(data: &Path) -> String {
    let mut second = std::process::Command::new(debrief());
    second.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data);
    refused(&second.output().expect("the binary runs"))
}

/// A data folder with nothing in it yet.
async fn started_and_stopped(data: &Path) {
    let process = Process::start(data);
    assert_eq!(process.stranger().get("/healthz").await.status, 200);
    assert!(process.terminate());
}

async fn written(mara: &Visitor, title: &str) -> (String, TestPeer) {
    let id = mara.start_postmortem(title).await;
    let mut page = TestPeer::connect(mara, &id).await;
    page.run(&Command::EditText(overview(), insert(0, "The disk filled up."))).await;
    page.until_saved().await;
    (id, page)
}

fn name(file: &Path) -> String {
    file.to_string_lossy().into_owned()
}

#[tokio::test]
async fn a_database_is_served_once_under_whatever_name_it_is_reached() {
    let folder = tempfile::tempdir().expect("a folder");
    let [data, linked, twin] = ["data", "linked", "twin"].map(|name| folder.path().join(name));
    let backup = name(&folder.path().join("monday.db"));
    started_and_stopped(&data).await;
    for (other, link) in [(&linked, true), (&twin, false)] {
        std::fs::create_dir(other).expect("a folder");
        let (database, at) = (data.join("debrief.db"), other.join("debrief.db"));
        if link { symlink(&database, &at) } else { std::fs::hard_link(&database, &at) }.expect("a link");
    }
    for (first, others) in [(&data, [&linked, &twin]), (&linked, [&data, &twin]), (&twin, [&data, &linked])] {
        let process = Process::start(first);
        let mara = process.visitor("Mara").await;
        let (id, _page) = written(&mara, "Disk full").await;
        let words = [backup.as_str(), "--replace"];
        done(&run(first, "backup", if Path::new(&backup).exists() { &words } else { &words[..1] }));
        for other in others {
            assert!(
                does_not_serve(other).contains("another debrief serves this database already"),
                "{}",
                other.display()
            );
            assert!(refused(&run(other, "restore", &[&backup])).contains("stop the server first"));
            assert!(refused(&run(other, "doctor", &["--repair", &id])).contains("has to be stopped"));
        }
        // Under the other name lies no log: nothing is read without it.
        if first != &twin {
            assert!(refused(&run(&twin, "export", &[&id, "--format", "json"])).contains("under another name"));
            let incident = concat!(env!("CARGO_MANIFEST_DIR"), "/incidents/aws-s3-2017-02-28-us-east-1.json");
            assert!(refused(&run(&twin, "import", &[incident])).contains("under another name"));
        }
        assert!(process.terminate());
    }
    assert!(done(&run(&data, "doctor", &[])).contains("all well: 3 post-mortems"));

    // What a kill left in the log is beside one of the names, and is not passed over under the other.
    let process = Process::start(&data);
    written(&process.visitor("Mara").await, "Network down").await;
    process.kill();
    assert!(does_not_serve(&twin).contains("in the log beside that name"));
    let process = Process::start(&linked);
    let log = process.token("Reader", TeamRole::Member).await.get("/api/postmortems").await.expect(200);
    assert_eq!(log["postmortems"].as_array().map(Vec::len), Some(4));
    assert!(process.terminate());
}

#[tokio::test]
async fn a_restore_through_a_link_replaces_what_it_leads_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let [data, linked] = ["data", "linked"].map(|name| folder.path().join(name));
    let backup = name(&folder.path().join("monday.db"));
    let process = Process::start(&data);
    written(&process.visitor("Mara").await, "Disk full").await;
    done(&run(&data, "backup", &[&backup]));
    written(&process.visitor("Mara").await, "Another").await;
    assert!(process.terminate());
    std::fs::create_dir(&linked).expect("a folder");
    symlink(data.join("debrief.db"), linked.join("debrief.db")).expect("a link");
    done(&run(&linked, "restore", &[&backup]));
    assert!(linked.join("debrief.db").is_symlink());
    assert!(done(&run(&data, "doctor", &[])).contains("all well: 1 post-mortems"));
    assert!(names(&data).iter().any(|name| name.contains("replaced-")), "{:?}", names(&data));
}

#[tokio::test]
async fn a_copy_of_a_running_database_without_its_log_is_no_backup() {
    let folder = tempfile::tempdir().expect("a folder");
    let [data, plain, whole, empty] = ["data", "plain", "whole", "empty"].map(|name| folder.path().join(name));
    let process = Process::start(&data);
    let mara = process.visitor("Mara").await;
    written(&mara, "Disk full").await;
    for copy in [&plain, &whole] {
        std::fs::create_dir(copy).expect("a folder");
        std::fs::copy(data.join("debrief.db"), copy.join("debrief.db")).expect("a copy");
    }
    let kept = folder.path().join("kept.db");
    std::fs::copy(data.join("debrief.db"), &kept).expect("a copy");
    std::fs::copy(data.join("debrief.db-wal"), whole.join("debrief.db-wal")).expect("a copy");
    assert!(process.terminate());
    let (plain_file, whole_file) = (name(&plain.join("debrief.db")), name(&whole.join("debrief.db")));

    for _ in 0..2 {
        let said = refused(&run(&empty, "restore", &[&plain_file]));
        assert!(said.contains("without the log") && said.contains("--damaged"), "{said}");
        assert!(!empty.join("debrief.db").exists(), "nothing was put there");
        // Looking at it does not make a log that would pass for its own.
        let examined = run(&plain, "doctor", &[]);
        refused(&examined);
        assert!(text(&examined.stdout).contains("the log that stood beside it"), "{}", text(&examined.stdout));
    }
    let started = Process::start(&plain);
    assert_eq!(started.stranger().get("/healthz").await.status, 200);
    assert!(
        started.finish().contains("the log that stood beside it"),
        "a server that is started on it says so as well"
    );
    std::fs::remove_dir_all(&plain).expect("removed");
    std::fs::create_dir(&plain).expect("a folder");
    std::fs::copy(&kept, plain.join("debrief.db")).expect("a copy");
    let backed_up = run(&plain, "backup", &[&name(&folder.path().join("of-a-copy.db"))]);
    done(&backed_up);
    assert!(text(&backed_up.stderr).contains("the log that stood beside it"), "{}", text(&backed_up.stderr));
    done(&run(&empty, "restore", &[&plain_file, "--damaged"]));
    assert!(done(&run(&empty, "restore", &[&whole_file])).contains("1 post-mortems are back"));
    // A server that was stopped, or killed and looked at since, leaves nothing beside the file.
    let stopped = name(&data.join("debrief.db"));
    assert!(done(&run(&empty, "restore", &[&stopped])).contains("1 post-mortems are back"));
    let process = Process::start(&data);
    written(&process.visitor("Mara").await, "Network down").await;
    process.kill();
    assert!(done(&run(&data, "doctor", &[])).contains("all well: 2 post-mortems"));
    assert!(done(&run(&empty, "restore", &[&stopped])).contains("2 post-mortems are back"));
    assert!(done(&run(&empty, "doctor", &[])).contains("all well: 2 post-mortems"));
}

#[tokio::test]
async fn an_import_into_a_copy_without_its_log_says_so_and_does_not_hide_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let [data, plain, empty] = ["data", "plain", "empty"].map(|name| folder.path().join(name));
    let process = Process::start(&data);
    written(&process.visitor("Mara").await, "Disk full").await;
    std::fs::create_dir(&plain).expect("a folder");
    std::fs::copy(data.join("debrief.db"), plain.join("debrief.db")).expect("a copy");
    assert!(process.terminate());
    let incident = concat!(env!("CARGO_MANIFEST_DIR"), "/incidents/aws-s3-2017-02-28-us-east-1.json");
    for _ in 0..2 {
        let imported = run(&plain, "import", &[incident]);
        done(&imported);
        assert!(text(&imported.stderr).contains("the log that stood beside it"), "{}", text(&imported.stderr));
    }
    let examined = run(&plain, "doctor", &[]);
    refused(&examined);
    assert!(text(&examined.stdout).contains("the log that stood beside it"), "{}", text(&examined.stdout));
    assert!(refused(&run(&empty, "restore", &[&name(&plain.join("debrief.db"))])).contains("without the log"));
}

#[tokio::test]
async fn what_a_kill_left_in_the_log_is_not_missed_once_it_is_folded() {
    let folder = tempfile::tempdir().expect("a folder");
    let [data, twin] = ["data", "twin"].map(|name| folder.path().join(name));
    let backup = name(&folder.path().join("monday.db"));
    let process = Process::start(&data);
    let (id, _) = written(&process.visitor("Mara").await, "Disk full").await;
    done(&run(&data, "backup", &[&backup]));
    written(&process.visitor("Mara").await, "Network down").await;
    process.kill();

    // By a restore, in the file that it replaces.
    done(&run(&data, "restore", &[&backup]));
    let replaced = names(&data).into_iter().find(|name| name.contains(".replaced-")).expect("the database before");
    assert!(done(&run(&data, "restore", &[&name(&data.join(replaced))])).contains("2 post-mortems are back"));

    // By a repair, though it has the claim of a server.
    damage(&data, "update updates set data = x'00ff' where sequence > 1 and postmortem_id = ?", &id).await;
    let process = Process::start(&data);
    written(&process.visitor("Mara").await, "Network down again").await;
    process.kill();
    done(&run(&data, "doctor", &["--repair", &id]));
    assert!(done(&run(&data, "doctor", &[])).contains("all well: 3 post-mortems"));
    std::fs::create_dir(&twin).expect("a folder");
    std::fs::hard_link(data.join("debrief.db"), twin.join("debrief.db")).expect("a link");
    started_and_stopped(&data).await;
}

#[tokio::test]
async fn a_backup_is_written_over_nothing_but_a_backup() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let (data, other) = (at("data"), at("other"));
    let process = Process::start(&data);
    written(&process.visitor("Mara").await, "Disk full").await;
    done(&run(&data, "backup", &[&name(&at("monday.db"))]));
    started_and_stopped(&other).await;
    std::fs::create_dir(at("folder")).expect("a folder");
    std::fs::write(at("letter.txt"), "Dear reader").expect("written");
    std::fs::write(at("empty"), "").expect("written");
    symlink(at("monday.db"), at("link.db")).expect("a link");
    symlink(at("nowhere.db"), at("dangling.db")).expect("a link");
    let made = std::process::Command::new("mkfifo").arg(at("pipe")).status().expect("mkfifo runs");
    assert!(made.success());
    let left_alone = [
        (at("folder"), "a folder"),
        (at("letter.txt"), "another file"),
        (at("empty"), "another file"),
        (at("link.db"), "a link"),
        (at("dangling.db"), "a link"),
        (at("pipe"), "a device"),
        (PathBuf::from("/dev/null"), "a device"),
        (other.join("debrief.db"), "another file"),
    ];
    for (file, what) in left_alone {
        let said = refused(&run(&data, "backup", &[&name(&file), "--replace"]));
        assert!(said.contains(what) && said.contains("only a backup"), "{}: {said}", file.display());
    }
    assert_eq!(std::fs::read_to_string(at("letter.txt")).expect("the letter"), "Dear reader");
    assert!(at("link.db").is_symlink() && !at("nowhere.db").exists());
    assert!(std::fs::metadata(at("pipe")).expect("the pipe").file_type().is_fifo());
    assert!(done(&run(&other, "doctor", &[])).contains("all well: 0 post-mortems"));
    done(&run(&data, "backup", &[&name(&at("monday.db")), "--replace"]));
    // One that is served is a backup no more.
    assert!(process.terminate());
    done(&run(&at("third"), "restore", &[&name(&at("monday.db"))]));
    let said = refused(&run(&data, "backup", &[&name(&at("third/debrief.db")), "--replace"]));
    assert!(said.contains("only a backup"), "{said}");
}

fn mode(file: &Path) -> u32 {
    std::fs::metadata(file).expect("a file").permissions().mode() & 0o777
}

#[tokio::test]
async fn everything_is_for_its_owner_alone_whatever_the_shell_allows() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("made/here");
    let process = Process::start_after("umask 000", &data);
    let (_, page) = written(&process.visitor("Mara").await, "Disk full").await;
    let private = ["debrief.db", "debrief.db-wal", "debrief.db-shm", "debrief.lock", "debrief.opening"];
    for name in private {
        assert_eq!(mode(&data.join(name)), 0o600, "{name}");
    }
    assert_eq!([mode(&data), mode(&folder.path().join("made"))], [0o700, 0o700]);
    drop(page);
    assert!(process.terminate());

    // What an older release left open to others is closed, and the log says so.
    for name in ["debrief.db", "debrief.lock"] {
        std::fs::set_permissions(data.join(name), std::fs::Permissions::from_mode(0o644)).expect("loosened");
    }
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o755)).expect("loosened");
    let process = Process::start(&data);
    for name in private {
        assert_eq!(mode(&data.join(name)), 0o600, "{name}");
    }
    assert_eq!(mode(&data), 0o755, "a folder that was there is its owner's business");
    assert_eq!(process.stranger().get("/healthz").await.status, 200);
    let log = process.finish();
    assert_eq!(log.matches("others could read this file, and cannot any more").count(), 2, "{log}");
}

#[tokio::test]
async fn what_was_left_behind_is_told_and_what_nobody_finishes_is_removed() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let backup = data.join("monday.db");
    let process = Process::start(&data);
    written(&process.visitor("Mara").await, "Disk full").await;
    done(&run(&data, "backup", &[&name(&backup)]));
    assert!(process.terminate());
    done(&run(&data, "restore", &[&name(&backup)]));
    let left = ["monday.db.unfinished-7", "debrief.db.unfinished-8"].map(|name| data.join(name));
    for file in &left {
        std::fs::write(file, [0; 20_000]).expect("written");
    }
    // One that is being written is held by whoever writes it.
    let held = data.join("tuesday.db.unfinished-9");
    std::fs::write(&held, "").expect("written");
    let lock = std::fs::File::open(&held).expect("the file");
    lock.lock().expect("held");

    let others =
        ["plan.unfinished-draft.md", "letter.unfinished-7", "minutes.replaced-2018.md"].map(|name| data.join(name));
    for file in &others {
        std::fs::write(file, "Dear reader").expect("written");
    }

    let found = done(&run(&data, "doctor", &[]));
    assert!(found.contains("all well: 1 post-mortems"), "{found}");
    let told = |word: &str| {
        found.lines().find(|line| line.starts_with("note: ") && line.contains(word)).expect(word).to_owned()
    };
    assert!(told("debrief.db.replaced-").contains("a restore replaced") && told(".replaced-").contains("minutes old"));
    assert!(told("unfinished-7").contains("19 KiB, 0 minutes old") && told("unfinished-8").contains("is removed"));
    assert!(told("unfinished-9").contains("is being written"), "{found}");
    assert_eq!(left.map(|file| file.exists()), [false, false]);
    assert!(held.exists());
    drop(lock);
    // The next backup of that name clears away what the one before left.
    done(&run(&data, "backup", &[&name(&data.join("tuesday.db"))]));
    assert!(!held.exists());
    // What somebody else called so is theirs.
    for (file, backup) in others.iter().zip(["plan", "letter", "minutes"]) {
        assert!(!found.contains(&name(file)), "{found}");
        done(&run(&data, "backup", &[&name(&data.join(backup))]));
        assert_eq!(std::fs::read_to_string(file).expect("somebody's file"), "Dear reader");
    }
}

/// Runs a command as somebody who may read the folder and not write it.
fn run_as_a_reader(binary: &Path, data: &Path, command: &str, arguments: &[&str]) -> Output {
    let mut debrief = std::process::Command::new(binary);
    debrief.arg(command).arg("--data").arg(data).args(arguments);
    // To root all folders are open.
    if is_root() {
        debrief.uid(65_534).gid(65_534);
    }
    debrief.output().expect("the binary runs")
}

fn is_root() -> bool {
    let id = std::process::Command::new("id").arg("-u").output().expect("id runs");
    text(&id.stdout).trim() == "0"
}

#[tokio::test]
async fn the_doctor_and_backups_work_where_they_cannot_write() {
    let folder = tempfile::tempdir().expect("a folder");
    let allow = |file: &Path, mode| {
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).expect("permitted");
    };
    allow(folder.path(), 0o755);
    let [data, out] = ["data", "out"].map(|name| folder.path().join(name));
    let binary = folder.path().join("debrief");
    std::fs::hard_link(debrief(), &binary).or_else(|_| std::fs::copy(debrief(), &binary).map(drop)).expect("a binary");
    let process = Process::start(&data);
    written(&process.visitor("Mara").await, "Disk full").await;
    assert!(process.terminate());
    std::fs::create_dir(&out).expect("a folder");
    allow(&out, 0o777);
    let lock = |is_locked: bool| {
        for name in names(&data) {
            allow(&data.join(name), if is_locked { 0o444 } else { 0o644 });
        }
        allow(&data, if is_locked { 0o555 } else { 0o755 });
    };
    lock(true);
    let before = names(&data);
    let found = done(&run_as_a_reader(&binary, &data, "doctor", &[]));
    assert!(found.contains("all well: 1 post-mortems") && found.contains("cannot be written"), "{found}");
    let backup = out.join("monday.db");
    assert!(done(&run_as_a_reader(&binary, &data, "backup", &[&name(&backup)])).contains("holds 1 post-mortems"));
    assert_eq!(names(&data), before);

    // A log that only a folder which can be written lets read is not passed over.
    lock(false);
    let process = Process::start(&data);
    written(&process.visitor("Mara").await, "Network down").await;
    process.kill();
    std::fs::remove_file(data.join("debrief.db-shm")).expect("removed");
    lock(true);
    for (command, arguments) in [("doctor", vec![]), ("backup", vec![name(&out.join("tuesday.db"))])] {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let said = refused(&run_as_a_reader(&binary, &data, command, &arguments));
        assert!(said.contains("copy both into one that is"), "{command}: {said}");
    }
    lock(false);
}
