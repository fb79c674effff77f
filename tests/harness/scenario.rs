//! How most tests of a server begin: it runs, and Mara has a post-mortem there.

use crate::entrance::Entrance;
use crate::http::Visitor;
use crate::incident;
use crate::process::Process;
use crate::server::TestServer;
use postmortem::TeamRole;
use std::net::SocketAddr;
use std::sync::Arc;

/// What is there when such a test begins.
pub struct Scenario<S = TestServer> {
    pub server: S,
    pub mara: Visitor,
    /// The id of the post-mortem.
    pub id: String,
}

/// A server that people come to, in this process or in one of its own.
pub trait Host {
    fn address(&self) -> SocketAddr;

    fn entrance(&self) -> Arc<Entrance>;
}

impl Host for TestServer {
    fn address(&self) -> SocketAddr {
        Self::address(self)
    }

    fn entrance(&self) -> Arc<Entrance> {
        self.entrance.clone()
    }
}

impl Host for Process {
    fn address(&self) -> SocketAddr {
        Self::address(self)
    }

    fn entrance(&self) -> Arc<Entrance> {
        self.entrance.clone()
    }
}

impl Scenario {
    /// A post-mortem called "Disk full" in which nothing is written.
    pub async fn blank() -> Self {
        Self::blank_at(TestServer::start()).await
    }

    /// One of the real incidents by the start of its name.
    pub async fn importing(name: &str) -> Self {
        Self::importing_at(TestServer::start(), name).await
    }
}

impl<S: Host> Scenario<S> {
    /// The same as [`Scenario::blank`] at a server that was started otherwise.
    pub async fn blank_at(server: S) -> Self {
        let mara = mara(&server).await;
        let id = mara.start_postmortem("Disk full").await;
        Self { server, mara, id }
    }

    /// The same as [`Scenario::importing`] at a server that was started otherwise.
    pub async fn importing_at(server: S, name: &str) -> Self {
        let mara = mara(&server).await;
        let id = mara.import(&incident(name)).await;
        Self { server, mara, id }
    }
}

async fn mara(server: &impl Host) -> Visitor {
    server.entrance().join(&Visitor::stranger(server.address()), "Mara", TeamRole::Member).await
}
