//! How most tests of a server begin: it runs, and Mara has a post-mortem there.

use crate::http::Visitor;
use crate::incident;
use crate::process::Process;
use crate::server::TestServer;

/// What is there when such a test begins.
pub struct Scenario<S = TestServer> {
    pub server: S,
    pub mara: Visitor,
    /// The id of the post-mortem.
    pub id: String,
}

/// A server that people give their names to, in this process or in one of its own.
pub trait Host {
    fn visitor(&self, name: &str) -> impl Future<Output = Visitor>;
}

impl Host for TestServer {
    async fn visitor(&self, name: &str) -> Visitor {
        Self::visitor(self, name).await
    }
}

impl Host for Process {
    async fn visitor(&self, name: &str) -> Visitor {
        Self::visitor(self, name).await
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
        let mara = server.visitor("Mara").await;
        let id = mara.start_postmortem("Disk full").await;
        Self { server, mara, id }
    }

    /// The same as [`Scenario::importing`] at a server that was started otherwise.
    pub async fn importing_at(server: S, name: &str) -> Self {
        let mara = server.visitor("Mara").await;
        let id = mara.import(&incident(name)).await;
        Self { server, mara, id }
    }
}
