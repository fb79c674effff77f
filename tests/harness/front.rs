//! A real proxy in front of a server, set up as `docs/self-hosting.md` says: the configuration is taken out of that page, and
//! only ports, the server's address and the certificate are put in their places. The proxy is a child of the test.

use crate::entrance::Entrance;
use crate::http::Visitor;
use crate::patience::PATIENCE;
use crate::scenario::Host;
use postmortem::TeamRole;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, ClientConnection, RootCertStore};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The name that the documentation gives to the server.
const NAME: &str = "debrief.example.org";

/// How long a port may take to answer before it is asked again.
const ANSWER: Duration = Duration::from_secs(1);

/// The proxies that the documentation shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proxy {
    Nginx,
    HaProxy,
    Caddy,
}

/// A proxy that runs.
#[derive(Debug)]
pub struct Front {
    child: Child,
    folder: TempDir,
    way: Way,
    plain: SocketAddr,
    entrance: Arc<Entrance>,
}

/// How a client reaches the server through it.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    pub address: SocketAddr,
    pub tls: Arc<ClientConfig>,
}

impl Way {
    /// The origin that browsers see.
    pub fn origin(&self) -> String {
        format!("https://{NAME}")
    }

    pub fn client(&self) -> reqwest::ClientBuilder {
        let client = reqwest::Client::builder().no_proxy().resolve(NAME, self.address);
        client.use_preconfigured_tls((*self.tls).clone())
    }
}

impl Proxy {
    pub const ALL: [Self; 3] = [Self::Nginx, Self::HaProxy, Self::Caddy];

    /// Starts it in front of a server; nothing where it is not installed, which is said aloud.
    pub fn start(self, server: &impl Host) -> Option<Front> {
        let Some(program) = self.program() else {
            // Past the test runner, which keeps what passing tests print to itself.
            let _ = writeln!(
                std::io::stderr(),
                "\nNOT TRIED: {self:?} is not installed, so that its configuration in docs/self-hosting.md was not tried. \
                 Debian: apt-get install {}\n",
                self.name()
            );
            return None;
        };
        // Ports that were free are anybody's until the proxy has them.
        let begun = Instant::now();
        loop {
            let mut front = self.start_at_free_ports(&program, server.address(), server.entrance());
            if front.listens(begun) {
                return Some(front);
            }
        }
    }

    fn start_at_free_ports(self, program: &Path, server: SocketAddr, entrance: Arc<Entrance>) -> Front {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (certificate, way, plain) = certificate(folder.path());
        let [tls_port, plain_port] = [way.address.port().to_string(), plain.port().to_string()];
        let text = |path: &Path| path.to_str().expect("a path").to_owned();
        let key = text(&folder.path().join("key.pem"));
        let both = text(&folder.path().join("both.pem"));
        let server = server.to_string();
        let mut documented = self.documented();
        let mut put = |shown: &str, tried: &str| {
            assert!(documented.contains(shown), "the documentation of {self:?} no longer shows {shown}");
            documented = documented.replace(shown, tried);
        };
        put("127.0.0.1:8080", &server);
        match self {
            Self::Nginx => {
                put("listen 443 ssl;", &format!("listen 127.0.0.1:{tls_port} ssl;"));
                put("listen 80;", &format!("listen 127.0.0.1:{plain_port};"));
                put("/etc/ssl/debrief.pem", &text(&certificate));
                put("/etc/ssl/debrief.key", &key);
            }
            Self::HaProxy => {
                put("bind :443", &format!("bind 127.0.0.1:{tls_port}"));
                put("bind :80", &format!("bind 127.0.0.1:{plain_port}"));
                put("/etc/ssl/debrief-with-key.pem", &both);
            }
            // It would fetch a certificate for the name by itself.
            Self::Caddy => put(
                "debrief.example.org {",
                &format!("debrief.example.org {{\n\tbind 127.0.0.1\n\ttls {} {key}", text(&certificate)),
            ),
        }
        let (file, arguments) = self.complete(&documented, folder.path(), &tls_port, &plain_port);
        let log = File::create(folder.path().join("log")).expect("a log");
        let child = Command::new(program)
            .args(arguments)
            .arg(&file)
            // Caddy keeps what it knows below its home.
            .env("HOME", folder.path())
            .env("XDG_DATA_HOME", folder.path())
            .env("XDG_CONFIG_HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("the log again"))
            .stderr(log)
            .spawn()
            .expect("the proxy starts");
        Front { child, folder, way, plain, entrance }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::HaProxy => "haproxy",
            Self::Caddy => "caddy",
        }
    }

    /// Debian keeps servers where only root looks for programs.
    fn program(self) -> Option<PathBuf> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
        folders.map(|folder| folder.join(self.name())).find(|file| file.is_file())
    }

    /// The configuration as the page shows it.
    pub fn documented(self) -> String {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/self-hosting.md");
        let page = fs::read_to_string(page).expect("the page on self-hosting");
        let language = match self {
            Self::Nginx => "```nginx\n",
            Self::HaProxy => "```haproxy\n",
            Self::Caddy => "```caddyfile\n",
        };
        let (_, block) = page.split_once(language).unwrap_or_else(|| panic!("the page shows no {self:?}"));
        let (block, _) = block.split_once("```").expect("the end of the block");
        block.to_owned()
    }

    /// What stands around the documented part on a machine, as a file; and how the program is given it.
    fn complete(
        self,
        documented: &str,
        folder: &Path,
        tls_port: &str,
        plain_port: &str,
    ) -> (PathBuf, &'static [&'static str]) {
        let place = folder.display();
        let (whole, arguments): (_, &[_]) = match self {
            Self::Nginx => {
                let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
                let temporary: String = kinds.map(|kind| format!("{kind}_temp_path {place}/{kind};\n")).concat();
                let head =
                    format!("daemon off;\nmaster_process off;\npid {place}/pid;\nerror_log stderr;\nevents {{}}\n");
                (format!("{head}http {{\naccess_log off;\n{temporary}{documented}}}\n"), &["-e", "stderr", "-c"])
            }
            Self::HaProxy => (documented.to_owned(), &["-db", "-f"]),
            Self::Caddy => {
                let ports = format!("http_port {plain_port}\n    https_port {tls_port}");
                let options = format!("{{\n    admin off\n    skip_install_trust\n    {ports}\n}}\n");
                (format!("{options}{documented}"), &["run", "--adapter", "caddyfile", "--config"])
            }
        };
        let file = folder.join("configuration");
        fs::write(&file, whole).expect("a configuration");
        (file, arguments)
    }
}

/// A certificate for the name, with its key, alone and in one file; the way in that trusts it, and the port for plain HTTP.
fn certificate(folder: &Path) -> (PathBuf, Way, SocketAddr) {
    let signed = rcgen::generate_simple_self_signed([NAME.to_owned()]).expect("a certificate");
    let (certificate, key) = (signed.cert.pem(), signed.signing_key.serialize_pem());
    let file = folder.join("certificate.pem");
    let files = [(file.clone(), certificate.clone()), (folder.join("key.pem"), key.clone())];
    for (file, text) in files.into_iter().chain([(folder.join("both.pem"), certificate.clone() + &key)]) {
        fs::write(file, text).expect("a certificate's file");
    }
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(certificate.as_bytes()).expect("PEM")).expect("a root");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .with_root_certificates(roots)
        .with_no_client_auth();
    // Both at once, so that they are two.
    let free = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
    let [address, plain] = free.map(|listener| listener.local_addr().expect("an address"));
    (file, Way { address, tls: Arc::new(tls) }, plain)
}

impl Front {
    /// A member of the team, who comes in through it.
    pub async fn visitor(&self, name: &str) -> Visitor {
        self.entrance.join(&self.stranger(), name, TeamRole::Member).await
    }

    /// Somebody without an account.
    pub fn stranger(&self) -> Visitor {
        Visitor::stranger_through(&self.way)
    }

    /// Where somebody is sent who asks for the page without TLS.
    pub async fn redirection(&self) -> String {
        let client = reqwest::Client::builder().no_proxy().resolve(NAME, self.plain);
        let client = client.redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let answer = client.get(format!("http://{NAME}/postmortems/x")).send().await.expect("an answer");
        let place = answer.headers().get("location").and_then(|place| place.to_str().ok());
        place.unwrap_or_default().to_owned()
    }

    /// Waits until it listens; false when somebody else has one of its ports.
    fn listens(&mut self, begun: Instant) -> bool {
        loop {
            let is_ours = self.is_ours();
            if self.child.try_wait().expect("a child").is_some() {
                let is_taken = self.log().to_ascii_lowercase().contains("in use");
                assert!(is_taken && begun.elapsed() < PATIENCE, "the proxy does not start:\n{}", self.log());
                return false;
            }
            if is_ours {
                return true;
            }
            assert!(begun.elapsed() < PATIENCE, "the proxy does not listen:\n{}", self.log());
            std::thread::yield_now();
        }
    }

    /// Whether it is the proxy that answers at both ports: nobody else has its certificate, or sends people to its name.
    fn is_ours(&self) -> bool {
        let connect = |address| {
            let stream = TcpStream::connect(address).ok()?;
            stream.set_read_timeout(Some(ANSWER)).ok()?;
            Some(stream)
        };
        let is_trusted = || {
            let name = NAME.try_into().ok()?;
            let mut tls = ClientConnection::new(self.way.tls.clone(), name).ok()?;
            tls.complete_io(&mut connect(self.way.address)?).ok()
        };
        let redirection = || {
            let (mut stream, mut answer) = (connect(self.plain)?, String::new());
            write!(stream, "GET / HTTP/1.1\r\nhost: {NAME}\r\nconnection: close\r\n\r\n").ok()?;
            stream.read_to_string(&mut answer).ok()?;
            answer.contains(NAME).then_some(())
        };
        is_trusted().is_some() && redirection().is_some()
    }

    fn log(&self) -> String {
        let read = |name| fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
        format!("{}\nwith\n{}", read("log"), read("configuration"))
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.log());
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
