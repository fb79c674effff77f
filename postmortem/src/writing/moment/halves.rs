//! Lists in which only some lines say am or pm: `9:30 pm`, `9:45`, `12:10 am`. A line without a half is read as the only
//! one that keeps the order of the list; where there is another, the ways are shown.

use super::{Dial, Stamp};
use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};

const DAY: i64 = 24 * 60 * 60;

/// Lines that follow each other within this time are a list in its order, and the other direction is none: its lines would be
/// ten hours apart.
const CLOSE: i64 = 2 * 60 * 60;

/// Nothing happens for longer than this between two lines that nobody gave a day.
const FAR: i64 = 10 * 60 * 60;

/// People write in order. That a list runs newest first is the likelier only where it would take longer than this otherwise.
const LONG: i64 = DAY / 2;

/// A time of a list.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    pub stamp: &'a Stamp,
    pub place: ListPlace,
}

/// Where a time of a list stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListPlace {
    /// A day stands with it, or above it and those behind it.
    Begins(NaiveDate),
    /// Behind another time, without a day of its own; or the first of all.
    GoesOn,
}

/// How the times without a half are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halves {
    /// Nothing is open, or only one reading keeps the order.
    Sure,
    /// Each next to the one before it.
    Onward,
    /// Each next to the one before it, newest first.
    Backward,
    /// As they stand, on a clock of 24 hours.
    TwentyFour,
}

/// The readings of a list, the likeliest first: one where it is not in doubt.
pub fn readings(lines: &[Line<'_>]) -> Vec<(Halves, Vec<NaiveTime>)> {
    let has = |dial: Dial| lines.iter().any(|line| line.stamp.dial == dial);
    let literal: Vec<NaiveTime> = lines.iter().map(|line| line.stamp.time).collect();
    if !has(Dial::Twelve) || !has(Dial::Either) {
        return vec![(Halves::Sure, literal)];
    }
    let (mut onward, mut backward) = (in_order(lines, false), in_order(lines, true));
    let is_close = |found: &[Vec<NaiveTime>], is_backward| {
        found.iter().all(|times| steps(lines, times, is_backward).all(|step| step <= CLOSE))
    };
    // Days that stand there speak for one direction; without them, a list longer than a day may run in the other.
    let has_dates = lines.iter().skip(1).any(|line| line.place != ListPlace::GoesOn);
    let is_out = |found: &[Vec<NaiveTime>], is_backward| {
        let is_far = || steps(lines, &nearest(lines, is_backward), is_backward).any(|step| step > FAR);
        found.is_empty() && (has_dates || is_far())
    };
    if onward.len() == 1 && (is_out(&backward, true) || onward == backward || is_close(&onward, false)) {
        return vec![(Halves::Sure, onward.remove(0))];
    }
    if backward.len() == 1 && (is_out(&onward, false) || is_close(&backward, true)) {
        return vec![(Halves::Sure, backward.remove(0))];
    }
    let (onward, backward) = (nearest(lines, false), nearest(lines, true));
    let mut readings = vec![(Halves::Onward, onward), (Halves::Backward, backward)];
    let [through, back] =
        [(0, false), (1, true)].map(|(way, is_backward)| length(lines, &readings[way].1, is_backward));
    if through > back.max(LONG) {
        readings.reverse();
    }
    readings.push((Halves::TwentyFour, literal));
    readings
}

/// Seconds from the beginning of the first of all days, or of the day; negative where the list runs newest first.
fn seconds(line: &Line<'_>, time: NaiveTime, is_backward: bool) -> i64 {
    let date = match line.place {
        ListPlace::Begins(date) => i64::from(date.num_days_from_ce()) * DAY,
        ListPlace::GoesOn => 0,
    };
    let east = i64::from(line.stamp.minutes_east.unwrap_or(0)) * 60;
    let seconds = date + i64::from(time.num_seconds_from_midnight()) - east;
    if is_backward { -seconds } else { seconds }
}

/// A way up to some line: where it began, where it is, and the choices so far.
struct State {
    begun: i64,
    at: i64,
    chosen: Vec<usize>,
}

/// The readings that keep the order within a day of each beginning: two are enough to know that there are several.
fn in_order(lines: &[Line<'_>], is_backward: bool) -> Vec<Vec<NaiveTime>> {
    // Each choice names its time and the choice before it.
    let mut choices: Vec<(NaiveTime, Option<usize>)> = Vec::new();
    let mut states: Vec<State> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let mut next: Vec<State> = Vec::new();
        for time in line.stamp.halves() {
            let shown = seconds(line, time, is_backward);
            let mut reach = |begun: i64, at: i64, before: Option<usize>| {
                choices.push((time, before));
                let choice = choices.len() - 1;
                match next.iter_mut().find(|state| state.begun == begun && state.at == at) {
                    Some(state) if state.chosen.len() < 2 => state.chosen.push(choice),
                    Some(_) => {}
                    None => next.push(State { begun, at, chosen: vec![choice] }),
                }
            };
            if index == 0 {
                reach(shown, shown, None);
                continue;
            }
            for state in &states {
                let is_begun = matches!(line.place, ListPlace::Begins(_));
                // A list that names its first day late cannot be held against it.
                let is_open = is_begun && state.begun.abs() < 2 * DAY;
                let at = if is_begun { shown } else { state.at + (shown - state.at).rem_euclid(DAY) };
                let begun = if is_begun { shown } else { state.begun };
                let is_kept = is_open || (at >= state.at && (is_begun || at - begun < DAY));
                for before in state.chosen.iter().filter(|_| is_kept) {
                    reach(begun, at, Some(*before));
                }
            }
        }
        states = next;
    }
    let ends = states.iter().flat_map(|state| state.chosen.iter().copied());
    let walked = |end: usize| {
        let mut times = Vec::with_capacity(lines.len());
        let mut choice = Some(end);
        while let Some((time, before)) = choice.and_then(|choice| choices.get(choice)) {
            times.push(*time);
            choice = *before;
        }
        times.reverse();
        times
    };
    ends.take(2).map(walked).collect()
}

/// Each line next to the one before it, from the first that says its half on in both directions.
fn nearest(lines: &[Line<'_>], is_backward: bool) -> Vec<NaiveTime> {
    let mut times: Vec<NaiveTime> = lines.iter().map(|line| line.stamp.time).collect();
    let Some(first) = lines.iter().position(|line| line.stamp.dial == Dial::Twelve) else { return times };
    let mut pick = |index: usize, beside: usize, sign: i64| {
        let (Some(line), Some(other)) = (lines.get(index), lines.get(beside)) else { return };
        let from = seconds(other, times[beside], is_backward);
        let has_days = matches!((line.place, other.place), (ListPlace::Begins(_), ListPlace::Begins(_)));
        let gap = |time: &NaiveTime| {
            let gap = (seconds(line, *time, is_backward) - from) * sign;
            // In the wrong order is farther than any gap.
            if !has_days {
                gap.rem_euclid(DAY)
            } else if gap < 0 {
                i64::MAX
            } else {
                gap
            }
        };
        if let Some(time) = line.stamp.halves().min_by_key(gap) {
            times[index] = time;
        }
    };
    (first + 1..lines.len()).for_each(|index| pick(index, index - 1, 1));
    (0..first).rev().for_each(|index| pick(index, index + 1, -1));
    times
}

/// How long a reading takes from its first line to its last, midnights included, in seconds.
fn length(lines: &[Line<'_>], times: &[NaiveTime], is_backward: bool) -> i64 {
    steps(lines, times, is_backward).sum()
}

/// The seconds from each line to the next.
fn steps(lines: &[Line<'_>], times: &[NaiveTime], is_backward: bool) -> impl Iterator<Item = i64> {
    let shown: Vec<i64> = lines.iter().zip(times).map(|(line, time)| seconds(line, *time, is_backward)).collect();
    (1..shown.len()).map(move |index| (shown[index] - shown[index - 1]).rem_euclid(DAY))
}
