//! A keyed list whose rows stay in the page while their order does: a row that comes or goes moves no other, so the
//! reader's place, the focus and the layout of the rest are left alone. For lists of which only a window is drawn.

use super::list::{DrawRow, keep_focus};
use leptos::html;
use leptos::prelude::*;
use leptos::tachys::view::{Mountable, Render};
use std::collections::{HashMap, HashSet};
use web_sys::{Element, Node};

/// A row in the page, with what its signals hang on.
struct MountedRow {
    key: String,
    view: <AnyView as Render>::State,
    owner: Owner,
}

/// Keeps the rows of these keys in a list element until the calling component goes.
pub fn fill(list: NodeRef<html::Ol>, keys: Signal<Vec<String>>, row: DrawRow) {
    let parent = Owner::new();
    let mounted = StoredValue::new_local(Vec::<MountedRow>::new());
    Effect::new(move |_| {
        let (Some(list), wanted) = (list.get(), keys.get()) else { return };
        untrack(|| {
            keep_focus();
            mounted.update_value(|rows| {
                let draw = |key: &str| {
                    let owner = parent.with(Owner::new);
                    let view = owner.with(|| row(key.to_owned()).build());
                    MountedRow { key: key.to_owned(), view, owner }
                };
                *rows = arranged(std::mem::take(rows), &wanted, &list, draw);
            });
        });
    });
}

/// Takes out what is not wanted, draws what is missing, and moves what stands out of order.
fn arranged(
    rows: Vec<MountedRow>,
    wanted: &[String],
    list: &Element,
    draw: impl Fn(&str) -> MountedRow,
) -> Vec<MountedRow> {
    let places: HashMap<&str, usize> = wanted.iter().enumerate().map(|(place, key)| (key.as_str(), place)).collect();
    let mut kept: Vec<Option<MountedRow>> = wanted.iter().map(|_| None).collect();
    let mut order = Vec::new();
    for mut row in rows {
        match places.get(row.key.as_str()) {
            Some(place) => {
                order.push(*place);
                kept[*place] = Some(row);
            }
            None => {
                row.view.unmount();
                row.owner.cleanup();
            }
        }
    }
    let steady: HashSet<usize> = longest_ascent(&order).into_iter().collect();
    let mut behind: Option<Node> = None;
    let mut arranged: Vec<MountedRow> = Vec::with_capacity(wanted.len());
    for (place, key) in wanted.iter().enumerate().rev() {
        let is_there = kept[place].is_some() && steady.contains(&place);
        let mut row = kept[place].take().unwrap_or_else(|| draw(key));
        if !is_there {
            row.view.mount(list, behind.as_ref());
        }
        behind = row.view.elements().into_iter().next().map(Node::from).or(behind);
        arranged.push(row);
    }
    arranged.reverse();
    arranged
}

/// The longest ascending part of these places, which is what need not move.
fn longest_ascent(places: &[usize]) -> Vec<usize> {
    // For each length the index of the smallest last place that an ascent of that length has.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(places.len());
    for (index, place) in places.iter().enumerate() {
        let length = ends.partition_point(|end| places[*end] < *place);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() {
            ends.push(index);
        } else {
            ends[length] = index;
        }
    }
    let mut ascent = Vec::with_capacity(ends.len());
    let mut next = ends.last().copied();
    while let Some(index) = next {
        ascent.push(places[index]);
        next = before[index];
    }
    ascent.reverse();
    ascent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_its_order_need_not_move() {
        assert_eq!(longest_ascent(&[2, 3, 4]), [2, 3, 4]);
        assert_eq!(longest_ascent(&[3, 0, 1, 2]), [0, 1, 2]);
        assert_eq!(longest_ascent(&[0, 5, 1, 2, 6, 3]), [0, 1, 2, 3]);
        assert_eq!(longest_ascent(&[]), Vec::<usize>::new());
    }
}
