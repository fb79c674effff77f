//! Who is behind a connection, as budgets count it.

use super::address::{Address, narrowed};
use axum::http::HeaderMap;
use ipnet::IpNet;
use postmortem::{Person, UserId};
use std::net::{IpAddr, SocketAddr};

/// Where proxies say for whom they ask; each adds the address that it sees behind those that are there.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// What is counted together: a person with a session, on however many connections, or everyone else at an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Caller {
    Person(UserId),
    Address(IpAddr),
}

impl Caller {
    pub fn of(person: &Person) -> Self {
        Self::Person(person.id.clone())
    }

    /// Whether it is nobody in particular.
    pub fn is_stranger(&self) -> bool {
        matches!(self, Self::Address(_))
    }
}

/// Who asks, as turns are given out: a caller, at an address that gives any number of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    pub caller: Caller,
    pub address: IpAddr,
}

impl Asker {
    /// Nobody in particular at an address.
    pub fn stranger_at(address: IpAddr) -> Self {
        Self { caller: Caller::Address(address), address }
    }

    pub fn new(person: &Person, address: Address) -> Self {
        Self { caller: Caller::of(person), address: address.ip() }
    }
}

/// For whom a request is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// As it is counted.
    pub address: IpAddr,
    /// What a proxy of ours, which is counted then, named in its place.
    pub unread: Option<String>,
}

/// The peer, or, where that is a proxy of ours, the address that it names. What was named before anybody trusted could be
/// anything.
pub fn behind(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> Behind {
    let is_ours = |address: IpAddr| proxies.iter().any(|proxy| proxy.contains(&address));
    // What a client sent itself stands before what our proxy added, whatever its bytes are.
    let named =
        headers.get_all(FORWARDED_FOR).into_iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    let mut named: Vec<&[u8]> = named.map(<[u8]>::trim_ascii).collect();
    let (mut address, mut unread) = (peer.to_canonical(), None);
    while is_ours(address)
        && let Some(name) = named.pop()
    {
        let Some(before) = std::str::from_utf8(name).ok().and_then(address_in) else {
            unread = Some(String::from_utf8_lossy(name).into_owned());
            break;
        };
        address = before.to_canonical();
    }
    Behind { address: narrowed(address), unread }
}

/// An address as proxies write it: bare, of IPv6 also in brackets, and with a port, as some gateways add it.
fn address_in(name: &str) -> Option<IpAddr> {
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    let address = bare.map_or_else(|| name.parse(), |bare| bare.parse().map(IpAddr::V6));
    address.ok().or_else(|| name.parse().ok().map(|address: SocketAddr| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn request(peer: &str, named: &[&[u8]]) -> Behind {
        let mut headers = HeaderMap::new();
        for named in named {
            headers.append(FORWARDED_FOR, HeaderValue::from_bytes(named).expect("a header"));
        }
        let (Ok(peer), Ok(proxy), Ok(other)) = (peer.parse(), "127.0.0.1/32".parse(), "10.1.0.0/16".parse()) else {
            panic!("addresses")
        };
        super::behind(peer, &headers, &[proxy, other])
    }

    fn behind(peer: &str, named: &[&str]) -> String {
        let named: Vec<&[u8]> = named.iter().map(|named| named.as_bytes()).collect();
        request(peer, &named).address.to_string()
    }

    #[test]
    fn only_what_our_proxies_name_is_believed() {
        assert_eq!(behind("192.0.2.7", &["198.51.100.1"]), "192.0.2.7");
        assert_eq!(behind("127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(behind("::ffff:127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(behind("127.0.0.1", &["203.0.113.9, 198.51.100.1"]), "198.51.100.1", "the first was made up");
        assert_eq!(behind("127.0.0.1", &["203.0.113.9", "198.51.100.1, 10.1.2.3"]), "198.51.100.1", "two proxies");
        assert_eq!(behind("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(behind("127.0.0.1", &["unknown"]), "127.0.0.1");
    }

    #[test]
    fn what_a_client_writes_before_its_address_does_not_hide_it() {
        for (named, address) in [
            (&b"caf\xc3\xa9, 198.51.100.1"[..], "198.51.100.1"),
            (b"\xff,\xfe,198.51.100.1", "198.51.100.1"),
            (b"198.51.100.1, \xff", "127.0.0.1"),
        ] {
            let behind = request("127.0.0.1", &[named]);
            assert_eq!(behind.address.to_string(), address);
            assert_eq!(behind.unread.is_some(), address == "127.0.0.1");
        }
    }

    #[test]
    fn an_address_is_read_with_a_port_and_in_brackets() {
        for (named, address) in [
            ("203.0.113.5:51234", "203.0.113.5"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("[2001:db8:1:2:3:4:5:6]", "2001:db8:1:2::"),
            ("[2001:db8:1:2:3:4:5:6]:443", "2001:db8:1:2::"),
            ("[::ffff:203.0.113.5]:443", "203.0.113.5"),
        ] {
            assert_eq!(behind("127.0.0.1", &[named]), address, "{named}");
        }
        assert_eq!(behind("127.0.0.1", &["203.0.113.5:51234, 10.1.2.3:80"]), "203.0.113.5", "two proxies");
    }

    #[test]
    fn what_a_proxy_of_ours_names_and_is_no_address_is_said() {
        let unread = |peer, named: &str| request(peer, &[named.as_bytes()]).unread;
        assert_eq!(unread("127.0.0.1", "unknown").as_deref(), Some("unknown"));
        assert_eq!(unread("127.0.0.1", "203.0.113.5:many").as_deref(), Some("203.0.113.5:many"));
        assert_eq!(unread("127.0.0.1", "unknown, 198.51.100.1"), None, "nobody asked for the first");
        assert_eq!(unread("192.0.2.7", "unknown"), None, "it is no proxy of ours");
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one_address() {
        assert_eq!(behind("2001:db8:1:2:3:4:5:6", &[]), "2001:db8:1:2::");
        assert_eq!(behind("::1", &[]), "::1");
    }
}
