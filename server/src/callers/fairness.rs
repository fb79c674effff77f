//! Who gives way where there is no more room.

use super::{Asker, Caller};
use std::collections::HashMap;
use std::net::IpAddr;

/// What gives way to a newcomer, of what is held, each with its number and the newest with the highest: the newest of whoever
/// holds the most at the address that holds the most; names are free, addresses are not. Nobody gives way to who would then
/// have more than they.
pub fn gives_way<'a>(held: impl Iterator<Item = (u64, &'a Asker)> + Clone, newcomer: &Asker) -> Option<u64> {
    let mut addresses: HashMap<IpAddr, usize> = HashMap::new();
    let mut callers: HashMap<(IpAddr, &Caller), usize> = HashMap::new();
    for (_, asker) in held.clone() {
        *addresses.entry(asker.address).or_default() += 1;
        *callers.entry((asker.address, &asker.caller)).or_default() += 1;
    }
    let own = addresses.get(&newcomer.address).copied().unwrap_or(0);
    let (fullest, most) = addresses.into_iter().max_by_key(|(_, count)| *count)?;
    let is_elsewhere = fullest != newcomer.address && most > own + 1;
    let address = if is_elsewhere { fullest } else { newcomer.address };
    let there = callers.iter().filter(|((at, _), _)| *at == address);
    let (&(_, caller), &count) = there.max_by_key(|(_, count)| **count)?;
    let own = callers.get(&(newcomer.address, &newcomer.caller)).copied().unwrap_or(0);
    if !is_elsewhere && count <= own + 1 {
        return None;
    }
    held.filter(|(_, asker)| asker.address == address && asker.caller == *caller).map(|(number, _)| number).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str, address: u8) -> Asker {
        Asker { caller: Caller::Person(name.parse().expect("an id")), address: [192, 0, 2, address].into() }
    }

    /// What gives way to somebody, by its place in the list.
    fn first(held: &[Asker], newcomer: &Asker) -> Option<u64> {
        gives_way((0..).zip(held), newcomer)
    }

    #[test]
    fn the_newest_of_who_has_the_most_gives_way() {
        let held = ["mara", "mara", "mara", "jonah"].map(|name| person(name, 1));
        assert_eq!(first(&held, &person("lea", 1)), Some(2));
        assert_eq!(first(&held, &person("jonah", 1)), Some(2));
        assert_eq!(first(&held, &person("mara", 1)), None, "she would have more than before");
    }

    #[test]
    fn names_that_one_address_makes_up_give_way_to_who_is_elsewhere() {
        let crowd: Vec<_> = ["a", "b", "c", "d"].map(|name| person(name, 1)).into();
        assert_eq!(first(&crowd, &person("mara", 2)).map(|number| number < 4), Some(true));
        assert_eq!(first(&crowd, &person("mara", 1)), None, "all there have one each");
        let even = [person("a", 1), person("b", 2)];
        assert_eq!(first(&even, &person("mara", 3)), None);
    }

    #[test]
    fn nobody_gives_way_where_nothing_is_held() {
        assert_eq!(first(&[], &person("mara", 1)), None);
    }
}
