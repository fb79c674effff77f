//! How people come into the team of a test's server: an operator's token, an invitation for as many as a test needs, and an
//! account for each. Each comes from an address of their own, so that nobody's limits are used up by who the others are.

use crate::http::Visitor;
use postmortem::TeamRole;
use serde_json::{Value, json};
use server::store::Store;
use server::work::joining::make_token;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::OnceCell;

/// The password of everybody.
pub const PASSWORD: &str = "seven gulls over the harbour";

/// How many people may join with one link, at most.
pub const MOST_PEOPLE: usize = 1_000;

/// People so far, in all tests of a process.
static PEOPLE: AtomicU32 = AtomicU32::new(0);

/// The way in of one server, by what stands beside it: its database, or the binary with its data folder.
#[derive(Debug)]
pub struct Entrance {
    beside: Beside,
    invitations: [OnceCell<String>; TeamRole::ALL.len()],
}

#[derive(Debug, Clone)]
enum Beside {
    Database(PathBuf),
    Binary { binary: PathBuf, data: PathBuf },
}

impl Entrance {
    /// Of a server in this process.
    pub(crate) fn to_database(file: &Path) -> Self {
        Self::new(Beside::Database(file.to_path_buf()))
    }

    /// Of one in a process of its own.
    pub fn to_data(binary: &Path, data: &Path) -> Self {
        Self::new(Beside::Binary { binary: binary.to_path_buf(), data: data.to_path_buf() })
    }

    fn new(beside: Beside) -> Self {
        Self { beside, invitations: Default::default() }
    }

    /// Makes an account for a stranger, who comes back as its person.
    pub async fn join(&self, stranger: &Visitor, name: &str, role: TeamRole) -> Visitor {
        let invitation = self.invitation(stranger, role).await;
        let number = PEOPLE.fetch_add(1, Ordering::Relaxed);
        let [_, high, middle, low] = number.to_be_bytes();
        let elsewhere = stranger.coming_from(IpAddr::from(Ipv4Addr::new(127, 1 + high, middle, low)));
        let account = json!({
            "token": invitation,
            "name": name,
            "mail": format!("person-{number}@harbour.example"),
            "password": PASSWORD,
        });
        let answer = elsewhere.post("/api/accounts", account).await;
        stranger.signed_in(&answer)
    }

    /// A program that asks with a token.
    pub async fn token(&self, stranger: &Visitor, name: &str, role: TeamRole) -> Visitor {
        let mut program = stranger.bearing(&self.make_token(name, role).await);
        program.person = program.get("/api/session").await.expect(200);
        program
    }

    /// The secret of the invitation by which everybody of a role joins.
    async fn invitation(&self, stranger: &Visitor, role: TeamRole) -> &str {
        let place = TeamRole::ALL.iter().position(|known| *known == role).expect("a role");
        let made = self.invitations[place].get_or_init(async || {
            let operator = stranger.bearing(&self.make_token("Operator", TeamRole::Admin).await);
            let invitation = json!({ "role": role, "people": MOST_PEOPLE });
            let made = operator.post("/api/invitations", invitation).await.expect(201);
            secret(&made)
        });
        made.await
    }

    async fn make_token(&self, name: &str, role: TeamRole) -> String {
        match &self.beside {
            Beside::Database(file) => {
                let store = Store::open(file).await.expect("the database");
                let token = make_token(&store, name, role).await.expect("a token");
                store.close().await;
                token
            }
            Beside::Binary { binary, data } => {
                let mut command = Command::new(binary);
                command.args(["token", "--name", name, "--role", role.code(), "--data"]).arg(data);
                let done = command.output().expect("the command runs");
                assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
                String::from_utf8(done.stdout).expect("text").trim().to_owned()
            }
        }
    }
}

/// The secret in a link, from the answer that tells it.
pub fn secret(made: &Value) -> String {
    let (_, secret) = made["url"].as_str().and_then(|url| url.split_once('#')).expect("a link with a secret");
    secret.to_owned()
}
