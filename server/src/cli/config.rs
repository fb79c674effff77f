//! The command line and the environment, which nothing else reads.

use crate::access::{self, Growth, PublicUrl};
use crate::listener;
use crate::store::StoreOptions;
use crate::sync::{Bounds, Pace};
use clap::{Args, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;
use postmortem::{PostmortemId, TeamRole};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Write post-mortems together.
#[derive(Debug, Parser)]
#[command(name = "debrief", version, about)]
pub struct CommandLine {
    /// What to do.
    #[command(subcommand)]
    pub command: CliCommand,
    /// How the log is written to standard error.
    #[arg(long, global = true, env = "DEBRIEF_LOG_FORMAT", value_enum, default_value = "text")]
    pub log_format: LogFormat,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// An object a line, for programs.
    Json,
}

/// What the binary can do.
#[derive(Debug, Subcommand)]
pub enum CliCommand {
    /// Serve the pages, the API and the sync protocol.
    Serve(Serve),
    /// Create a post-mortem from each incident file; their ids go to standard output.
    Import(Import),
    /// Write one post-mortem to standard output.
    Export(Export),
    /// Copy everything into one file, while the server goes on.
    Backup(Backup),
    /// Put a backup in the place of the database; what it replaces is kept beside it.
    Restore(Restore),
    /// Say whether everything that is kept can be read; succeeds only when it can.
    Doctor(Doctor),
    /// Make a token for a program and write it to standard output; it is told this once.
    Token(Token),
    /// Make a one-time link that lets somebody in and write it to standard output; it is told this once. As long as nobody
    /// looks after the team, it is the link for the first account.
    Invite(Invite),
}

/// `debrief serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// The address to listen on. Only this machine can reach a loopback address.
    #[arg(long, env = "DEBRIEF_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR")]
    pub listen: String,
    #[command(flatten)]
    pub storage: StorageArgs,
    /// The address under which browsers reach the server. Without it, it answers to localhost and, beyond loopback, to
    /// addresses in digits; a request's Origin has to match its Host.
    #[arg(long, env = "DEBRIEF_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<PublicUrl>,
    /// The most connections at a time. Who comes beyond them is asked to try again in a moment.
    #[arg(long, env = "DEBRIEF_MAX_CONNECTIONS", default_value_t = Bounds::default().connections, value_name = "NUMBER")]
    pub max_connections: usize,
    /// The messages a second that one connection may send for ever; it may save up those of ten seconds. A keystroke is
    /// one, and a script that replays an incident sends many.
    #[arg(long, env = "DEBRIEF_MESSAGES_PER_SECOND", default_value_t = Bounds::default().messages_per_second,
          value_parser = clap::value_parser!(u32).range(1..), value_name = "NUMBER")]
    pub messages_per_second: u32,
    /// The requests a second that the API answers one person for ever; they may save up those of five seconds. A write counts
    /// as five, and strangers at one address have twice as many together. Who asks faster is answered later.
    #[arg(long, env = "DEBRIEF_REQUESTS_PER_SECOND", default_value_t = access::A_SECOND,
          value_parser = clap::value_parser!(u32).range(1..), value_name = "NUMBER")]
    pub requests_per_second: u32,
    /// A proxy in front, as an address or a network such as 10.0.0.0/8; may be given several times. It is believed whom it
    /// names in X-Forwarded-For, so that limits hold for each of those and not for all of them together.
    #[arg(long = "trusted-proxy", env = "DEBRIEF_TRUSTED_PROXY", value_name = "ADDR", value_delimiter = ',')]
    pub trusted_proxies: Vec<Network>,
    /// What a reader of /metrics has to bring as a bearer token; without it, this machine may read them.
    #[arg(long, env = "DEBRIEF_METRICS_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub metrics_token: Option<String>,
}

/// `debrief import`.
#[derive(Debug, Args)]
pub struct Import {
    #[command(flatten)]
    pub storage: StorageArgs,
    /// Incident files in JSON.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// `debrief export`.
#[derive(Debug, Args)]
pub struct Export {
    #[command(flatten)]
    pub storage: StorageArgs,
    /// The post-mortem's id, as in its address.
    pub id: PostmortemId,
    /// The format.
    #[arg(long, value_enum)]
    pub format: Format,
    /// Of a post-mortem that cannot be read, write its last good state.
    #[arg(long)]
    pub damaged: bool,
}

/// `debrief backup`.
#[derive(Debug, Args)]
pub struct Backup {
    #[command(flatten)]
    pub storage: StorageArgs,
    /// The file to be written.
    pub file: PathBuf,
    /// Write over an earlier backup of that name.
    #[arg(long)]
    pub replace: bool,
}

/// `debrief restore`.
#[derive(Debug, Args)]
pub struct Restore {
    #[command(flatten)]
    pub storage: StorageArgs,
    /// A file that `debrief backup` wrote.
    pub file: PathBuf,
    /// Put it back although some of its post-mortems cannot be read, or it lacks what was written last.
    #[arg(long)]
    pub damaged: bool,
}

/// `debrief doctor`.
#[derive(Debug, Args)]
pub struct Doctor {
    #[command(flatten)]
    pub storage: StorageArgs,
    /// Bring the last good state of a damaged post-mortem back.
    #[arg(long, value_name = "ID", conflicts_with = "rescue")]
    pub repair: Option<PostmortemId>,
    /// Write what can be read into a fresh database, for `debrief restore`.
    #[arg(long, value_name = "FILE")]
    pub rescue: Option<PathBuf>,
}

/// `debrief token`.
#[derive(Debug, Args)]
pub struct Token {
    #[command(flatten)]
    pub storage: StorageArgs,
    /// The name under which the program is known, and everything that it writes.
    #[arg(long, value_name = "NAME")]
    pub name: String,
    /// What it is in the team: admin, member or outsider.
    #[arg(long, default_value = "member", value_name = "ROLE")]
    pub role: TeamRole,
}

/// `debrief invite`.
#[derive(Debug, Args)]
pub struct Invite {
    #[command(flatten)]
    pub storage: StorageArgs,
    /// What whoever joins is in the team: admin, member or outsider.
    #[arg(long, default_value = "member", value_name = "ROLE")]
    pub role: TeamRole,
    /// For whom it is. Somebody who has an account is signed in by it.
    #[arg(long = "for", value_name = "MAIL")]
    pub mail: Option<String>,
    /// The address under which browsers reach the server; without it, the one under which it was last started.
    #[arg(long, env = "DEBRIEF_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<PublicUrl>,
}

/// The formats of an export.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Format {
    /// Everything, as the API gives it.
    Json,
    /// For a repository or a wiki.
    Markdown,
    /// The published page.
    Html,
}

/// Where everything is kept.
#[derive(Debug, Args)]
pub struct StorageArgs {
    /// The folder that holds what the server keeps.
    #[arg(long, env = "DEBRIEF_DATA", default_value = "./data", value_name = "DIR")]
    pub data: PathBuf,
    /// The database; without it, debrief.db in the data folder.
    #[arg(long, env = "DEBRIEF_DATABASE", value_name = "URL")]
    pub database: Option<DatabaseUrl>,
}

impl StorageArgs {
    /// The SQLite file.
    pub fn file(&self) -> PathBuf {
        match &self.database {
            Some(DatabaseUrl(file)) => file.clone(),
            None => self.data.join("debrief.db"),
        }
    }
}

/// What a running server has to know.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The SQLite file; its folder is made when it is missing.
    pub database: PathBuf,
    /// The address under which browsers reach the server.
    pub public_url: Option<PublicUrl>,
    /// The proxies that are believed whom they ask for.
    pub trusted_proxies: Vec<IpNet>,
    /// What opens the measurements; without it, this machine may read them.
    pub metrics_token: Option<String>,
    /// How long connections may take, and how many there may be.
    pub listener: listener::Limits,
    /// How often rooms do what nobody asks them for.
    pub pace: Pace,
    /// How much of what comes from outside is held at a time.
    pub bounds: Bounds,
    /// How many requests a second the API answers one person.
    pub requests_per_second: u32,
    /// How much may be made, and how long what nobody uses is kept.
    pub growth: Growth,
    /// How the store behaves towards others who use the file.
    pub store: StoreOptions,
}

impl Settings {
    /// A server that keeps everything in one folder and is reached under the address it listens on.
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            database: folder.join("debrief.db"),
            public_url: None,
            trusted_proxies: Vec::new(),
            metrics_token: None,
            listener: listener::Limits::default(),
            pace: Pace::default(),
            bounds: Bounds::default(),
            requests_per_second: access::A_SECOND,
            growth: Growth::default(),
            store: StoreOptions::default(),
        }
    }
}

/// A database that can be opened: the path of an SQLite file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseUrl(PathBuf);

/// Why an address from the command line is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// A PostgreSQL address.
    #[error(
        "Several nodes on PostgreSQL are not built yet. Use sqlite:PATH, or leave --database away to keep everything \
         in the data folder."
    )]
    Postgres,
    /// Any other address.
    #[error("A database is written as sqlite:PATH.")]
    Database,
    /// Neither an address nor a network.
    #[error("A proxy is an address such as 127.0.0.1, or a network such as 10.0.0.0/8.")]
    Proxy,
}

impl FromStr for DatabaseUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        if text.starts_with("postgres:") || text.starts_with("postgresql:") {
            return Err(UrlError::Postgres);
        }
        let path = text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:")).unwrap_or_default();
        if path.is_empty() || path.contains('?') || path == ":memory:" {
            return Err(UrlError::Database);
        }
        Ok(Self(PathBuf::from(path)))
    }
}

/// The addresses of a network, or a single one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(pub IpNet);

impl FromStr for Network {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let text = text.trim();
        let single = text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
        single.or_else(|_| text.parse::<IpNet>()).map(Self).map_err(|_| UrlError::Proxy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_an_address_or_a_network() {
        let parse = |text: &str| text.parse::<Network>().map(|Network(network)| network.to_string());
        assert_eq!(parse("127.0.0.1"), Ok("127.0.0.1/32".into()));
        assert_eq!(parse(" ::ffff:10.0.0.1"), Ok("10.0.0.1/32".into()));
        assert_eq!(parse("172.16.0.0/12"), Ok("172.16.0.0/12".into()));
        for text in ["", "proxy.example.org", "10.0.0.0/33", "10.0.0.1:80"] {
            assert_eq!(parse(text), Err(UrlError::Proxy), "{text}");
        }
    }

    #[test]
    fn a_database_is_a_file() {
        assert_eq!("sqlite:a/b.db".parse(), Ok(DatabaseUrl("a/b.db".into())));
        assert_eq!("sqlite:///a/b.db".parse(), Ok(DatabaseUrl("/a/b.db".into())));
        assert_eq!("postgres://x".parse::<DatabaseUrl>(), Err(UrlError::Postgres));
        for text in ["", "mysql://x", "sqlite:", "sqlite::memory:"] {
            assert_eq!(text.parse::<DatabaseUrl>(), Err(UrlError::Database), "{text}");
        }
    }
}
