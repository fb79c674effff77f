//! In which order the dates of a list are meant: one line that can only be read in one way tells it for all of them.

use super::calendar::DateOrder;
use super::{Day, Near};

/// The orders in which a list may be meant; one, or none, where it is not in doubt.
pub fn of(days: &[Day], near: &Near) -> Vec<Option<DateOrder>> {
    let mut told: Vec<DateOrder> = Vec::new();
    let mut doubtful: Vec<Vec<DateOrder>> = Vec::new();
    for day in days {
        let Day::Open(numbers) = day else { continue };
        let readings = near.readings(*numbers);
        match readings.as_slice() {
            [] => {}
            [(order, _)] => told.push(*order),
            [(_, first), rest @ ..] if rest.iter().all(|(_, day)| day == first) => {}
            _ => doubtful.push(readings.into_iter().map(|(order, _)| order).collect()),
        }
    }
    if doubtful.is_empty() {
        return vec![None];
    }
    let fits = |order: &DateOrder| doubtful.iter().all(|orders| orders.contains(order));
    let fitting: Vec<DateOrder> = DateOrder::ALL.into_iter().filter(fits).collect();
    let settled: Vec<DateOrder> = fitting.iter().copied().filter(|order| told.contains(order)).collect();
    match (settled.as_slice(), fitting.as_slice()) {
        ([order], _) | ([], [order]) => vec![Some(*order)],
        _ => {
            let is_meant = |order: &DateOrder| doubtful.iter().any(|orders| orders.contains(order));
            DateOrder::ALL.into_iter().filter(is_meant).map(Some).collect()
        }
    }
}

/// A day in an order; as it is where nothing is open, or the order does not fit.
pub fn settled(day: Day, order: Option<DateOrder>, near: &Near) -> Day {
    let Day::Open(numbers) = day else { return day };
    let readings = near.readings(numbers);
    let found = readings.iter().find(|(known, _)| Some(*known) == order).or(readings.first());
    found.map_or(day, |(_, day)| *day)
}
