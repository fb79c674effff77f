//! When the lines of a list were, which write a day above several lines, with some of them, or nowhere. Times that grow
//! stay in order over midnight and over a change of the clocks, times that run newest first do so backwards, and a list
//! that may be read in two ways is doubtful: whoever pastes it is asked.

use super::near::{after, before, day_of};
use super::{Doubt, Near, Stamp, Way};
use crate::Zone;
use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, TimeDelta, Utc};

/// Lines that follow each other within this time are what a list is expected to be.
const NATURAL: TimeDelta = TimeDelta::hours(12);

/// A clock that goes back by less than four hours did not run over midnight: its line stands in the wrong place, or the
/// list runs newest first.
const PLAUSIBLE: TimeDelta = TimeDelta::hours(20);

/// By more than this no change of the clocks moves a walk, but for a clock that it leaves out, which costs a day.
const CHANGE: TimeDelta = TimeDelta::hours(25);

/// A list that would take longer without naming any day is read the other way where that is shorter.
const WITHOUT_DAYS: TimeDelta = TimeDelta::hours(24);

/// How many days a list without any day is looked for around what is known.
const LONGEST_LIST: u64 = 10;

/// One line of so many may stand in the wrong place, and it is no other order.
const MISPLACED: usize = 10;

/// Of how many first times the whole list is walked, and how many of its lines stand for a long one: a paste has
/// thousands of lines, and each step of a walk asks the browser for its zone several times.
const TRIED: usize = 6;
const SAMPLE: usize = 64;

/// A time of a list, and the day that stands above it.
#[derive(Debug, Clone, Copy)]
pub struct Slot<'a> {
    pub stamp: &'a Stamp,
    /// Which heading it stands under, and the day of that.
    pub heading: Option<(usize, NaiveDate)>,
}

/// The times of a list: in one way, or in several with the doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walks {
    /// The likeliest first.
    pub ways: Vec<(Way, Vec<DateTime<Utc>>)>,
    pub doubt: Option<Doubt>,
    /// The same list on another day, where nothing says its day.
    pub other_day: Option<Vec<DateTime<Utc>>>,
}

pub fn walks(slots: &[Slot<'_>], near: &Near) -> Walks {
    let runs = runs(slots, near);
    let course = course(&runs);
    let mut decided: Vec<Decided> = Vec::new();
    let mut other_day = None;
    for (index, run) in runs.iter().enumerate() {
        let next = runs.get(index + 1);
        let choice = match run.day {
            RunDay::Above(date) => below_heading(run, date, next, course, &runs, near),
            RunDay::Own(date) => {
                let firsts = run.stamps[0].on(date, near.zone).all().collect();
                free(run, firsts, next, course, near)
            }
            RunDay::Unknown => {
                let (near, limit) = match next.and_then(|next| next.first(near.zone)) {
                    Some(at) => (Near::beside(at, near.now.max(at), near.zone), next),
                    None => (*near, None),
                };
                let firsts = firsts(run.stamps[0], &near);
                let choice = free(run, firsts.clone(), limit, course, &near);
                if limit.is_none() && choice.is_sure() {
                    let best = choice.best().first().copied();
                    let elsewhere: Vec<_> = firsts
                        .into_iter()
                        .filter(|at| best.is_none_or(|best| (*at - best).abs() > PLAUSIBLE))
                        .collect();
                    let other = Walk::best(run, &elsewhere, choice.ways[0].0 == Way::Backward, &near);
                    other_day = other.filter(|other| !near.cost(&other.times).is_ahead).map(|other| other.times);
                }
                choice
            }
        };
        decided.push(choice);
    }
    together(slots, &decided, near, other_day.filter(|_| runs.len() == 1))
}

/// Every run in one of its ways.
fn together(slots: &[Slot<'_>], runs: &[Decided], near: &Near, other_day: Option<Vec<DateTime<Utc>>>) -> Walks {
    let mut names: Vec<Way> =
        runs.iter().filter(|run| !run.is_sure()).flat_map(|run| run.ways.iter().map(|(way, _)| *way)).collect();
    let mut seen = Vec::new();
    names.retain(|way| {
        !seen.contains(way) && {
            seen.push(*way);
            true
        }
    });
    if names.is_empty() {
        let times: Vec<DateTime<Utc>> = runs.iter().flat_map(|run| run.best().to_vec()).collect();
        return turned(slots, times, near, other_day);
    }
    let mut ways: Vec<(Way, Vec<DateTime<Utc>>)> = Vec::new();
    for way in names {
        let times: Vec<DateTime<Utc>> = runs.iter().flat_map(|run| run.in_way(way).to_vec()).collect();
        if ways.iter().all(|(_, known)| *known != times) {
            ways.push((way, times));
        }
    }
    Walks { ways, doubt: Some(Doubt::Order), other_day: None }
}

/// The times with what an hour that comes twice leaves open: between the earliest and the latest that keep the order.
fn turned(slots: &[Slot<'_>], times: Vec<DateTime<Utc>>, near: &Near, other_day: Option<Vec<DateTime<Utc>>>) -> Walks {
    let sure = |times| Walks { ways: vec![(Way::Onward, times)], doubt: None, other_day };
    let choices: Vec<Vec<DateTime<Utc>>> = slots
        .iter()
        .zip(&times)
        .map(|(slot, at)| {
            let all: Vec<DateTime<Utc>> = slot.stamp.on(day_of(slot.stamp, *at, near.zone), near.zone).all().collect();
            if all.contains(at) { all } else { vec![*at] }
        })
        .collect();
    if choices.iter().all(|choices| choices.len() == 1) {
        return sure(times);
    }
    let is_growing = times.windows(2).all(|pair| pair[0] <= pair[1]);
    let is_falling = times.windows(2).all(|pair| pair[0] >= pair[1]);
    let (earlier, later) = if is_growing {
        extremes(&choices)
    } else if is_falling {
        let reversed: Vec<Vec<DateTime<Utc>>> = choices.iter().rev().cloned().collect();
        let (mut earlier, mut later) = extremes(&reversed);
        earlier.reverse();
        later.reverse();
        (earlier, later)
    } else {
        let at = |last: bool| {
            choices.iter().filter_map(|choices| if last { choices.last() } else { choices.first() }.copied()).collect()
        };
        (at(false), at(true))
    };
    if earlier == later {
        return sure(earlier);
    }
    Walks { ways: vec![(Way::Earlier, earlier), (Way::Later, later)], doubt: Some(Doubt::Twice), other_day: None }
}

/// The earliest and the latest choices that grow.
fn extremes(choices: &[Vec<DateTime<Utc>>]) -> (Vec<DateTime<Utc>>, Vec<DateTime<Utc>>) {
    let mut earliest: Vec<DateTime<Utc>> = Vec::new();
    for choices in choices {
        let fits = choices.iter().find(|at| earliest.last().is_none_or(|before| *before <= **at));
        earliest.extend(fits.or(choices.last()));
    }
    let mut latest: Vec<DateTime<Utc>> = Vec::new();
    for choices in choices.iter().rev() {
        let fits = choices.iter().rev().find(|at| latest.last().is_none_or(|behind| **at <= *behind));
        latest.extend(fits.or(choices.first()));
    }
    latest.reverse();
    (earliest, latest)
}

/// Lines that follow each other without another day.
struct Run<'a> {
    day: RunDay,
    stamps: Vec<&'a Stamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RunDay {
    /// The day stands with the first of them.
    Own(NaiveDate),
    /// The day stands above all of them.
    Above(NaiveDate),
    Unknown,
}

impl Run<'_> {
    fn first(&self, zone: Zone) -> Option<DateTime<Utc>> {
        match self.day {
            RunDay::Own(date) | RunDay::Above(date) => Some(self.stamps.first()?.on(date, zone).first()),
            RunDay::Unknown => None,
        }
    }

    fn shown(&self) -> Option<NaiveDateTime> {
        match self.day {
            RunDay::Own(date) | RunDay::Above(date) => Some(date.and_time(self.stamps.first()?.time)),
            RunDay::Unknown => None,
        }
    }
}

fn runs<'a>(slots: &[Slot<'a>], near: &Near) -> Vec<Run<'a>> {
    let mut runs: Vec<Run<'a>> = Vec::new();
    let mut above = None;
    for slot in slots {
        let day = match (slot.stamp.day, slot.heading) {
            (Some(day), _) => Some(RunDay::Own(near.date(day))),
            (None, Some((heading, date))) if above != Some(heading) => Some(RunDay::Above(date)),
            (None, _) => None,
        };
        above = if slot.stamp.day.is_some() { None } else { slot.heading.map(|(heading, _)| heading) };
        match (day, runs.last_mut()) {
            (None, Some(run)) => run.stamps.push(slot.stamp),
            (day, _) => runs.push(Run { day: day.unwrap_or(RunDay::Unknown), stamps: vec![slot.stamp] }),
        }
    }
    runs
}

/// Where a list with several days runs: onward, backward, or neither.
fn course(runs: &[Run<'_>]) -> Option<Way> {
    let days: Vec<NaiveDateTime> = runs.iter().filter_map(Run::shown).collect();
    let is = |holds: fn(&NaiveDateTime, &NaiveDateTime) -> bool| {
        days.len() > 1 && days.windows(2).all(|pair| holds(&pair[0], &pair[1])) && days.first() != days.last()
    };
    if is(|one, two| one <= two) {
        Some(Way::Onward)
    } else if is(|one, two| one >= two) {
        Some(Way::Backward)
    } else {
        None
    }
}

/// What came of a run: one way, or several.
struct Decided {
    ways: Vec<(Way, Vec<DateTime<Utc>>)>,
}

impl Decided {
    fn sure(way: Way, times: Vec<DateTime<Utc>>) -> Self {
        Self { ways: vec![(way, times)] }
    }

    fn is_sure(&self) -> bool {
        self.ways.iter().all(|(_, times)| *times == self.ways[0].1)
    }

    fn best(&self) -> &[DateTime<Utc>] {
        &self.ways[0].1
    }

    fn in_way(&self, way: Way) -> &[DateTime<Utc>] {
        self.ways.iter().find(|(known, _)| *known == way).map_or(self.best(), |(_, times)| times)
    }
}

/// A run in one direction.
struct Walk {
    times: Vec<DateTime<Utc>>,
    /// The longest time between two lines.
    longest: TimeDelta,
    /// How many midnights lie between its lines.
    midnights: i64,
}

impl Walk {
    fn new(run: &Run<'_>, first: DateTime<Utc>, is_backward: bool, zone: Zone) -> Self {
        let mut times = vec![first];
        let (mut longest, mut midnights, mut last) = (TimeDelta::zero(), 0, first);
        for stamp in run.stamps.iter().skip(1) {
            let next = if is_backward { before(stamp, last, zone) } else { after(stamp, last, zone) };
            longest = longest.max((next - last).abs());
            midnights += (day_of(stamp, next, zone) - day_of(stamp, last, zone)).num_days().abs();
            times.push(next);
            last = next;
        }
        Self { times, longest, midnights }
    }

    /// The likeliest of the walks from several first times.
    fn best(run: &Run<'_>, firsts: &[DateTime<Utc>], is_backward: bool, near: &Near) -> Option<Self> {
        let firsts = Self::likeliest(run, firsts, is_backward, near);
        let walks = firsts.iter().map(|first| Self::new(run, *first, is_backward, near.zone));
        walks.min_by_key(|walk| {
            let cost = near.cost(&walk.times);
            (cost.coarse(), walk.longest > PLAUSIBLE, cost)
        })
    }

    /// The few first times that are worth a walk of their own: of a long list every day is the same walk, moved.
    fn likeliest(run: &Run<'_>, firsts: &[DateTime<Utc>], is_backward: bool, near: &Near) -> Vec<DateTime<Utc>> {
        let Some(base) = firsts.first().filter(|_| firsts.len() > TRIED && run.stamps.len() > SAMPLE) else {
            return firsts.to_vec();
        };
        let walk = Self::new(run, *base, is_backward, near.zone);
        let step = walk.times.len() / SAMPLE;
        let sample: Vec<DateTime<Utc>> = walk.times.iter().step_by(step).chain(walk.times.last()).copied().collect();
        let mut firsts = firsts.to_vec();
        firsts
            .sort_by_cached_key(|first| near.cost(&sample.iter().map(|at| *at + (*first - *base)).collect::<Vec<_>>()));
        firsts.truncate(TRIED);
        firsts
    }

    fn length(&self) -> TimeDelta {
        match (self.times.first(), self.times.last()) {
            (Some(first), Some(last)) => (*last - *first).abs(),
            _ => TimeDelta::zero(),
        }
    }
}

/// The instants that the first line of a list without a day may mean.
fn firsts(stamp: &Stamp, near: &Near) -> Vec<DateTime<Utc>> {
    // A list that begins or ends at one of these may take days.
    let known = [near.reference, near.started, near.resolved, Some(near.now)].into_iter().flatten();
    let mut dates: Vec<NaiveDate> = near.dates();
    for at in known {
        let date = near.zone.local(at).date_naive();
        dates.extend((0..=LONGEST_LIST).filter_map(|days| date.checked_sub_days(Days::new(days))));
        dates.extend((1..=LONGEST_LIST).filter_map(|days| date.checked_add_days(Days::new(days))));
    }
    dates.sort();
    dates.dedup();
    dates.into_iter().flat_map(|date| stamp.on(date, near.zone).all()).collect()
}

/// Lines of which the first has its day, or none has.
fn free(
    run: &Run<'_>,
    firsts: Vec<DateTime<Utc>>,
    next: Option<&Run<'_>>,
    course: Option<Way>,
    near: &Near,
) -> Decided {
    let limit = next.and_then(|next| next.first(near.zone));
    let keeps = |walk: &Walk, is_backward: bool| {
        limit
            .zip(walk.times.last())
            .is_none_or(|(limit, last)| if is_backward { *last >= limit } else { *last <= limit })
    };
    let walk = |is_backward| {
        let kept: Vec<DateTime<Utc>> = match (limit, firsts.first()) {
            (Some(limit), Some(base)) => {
                // On another day it is the same walk, moved; only close to the limit an hour of the clocks may matter.
                let moved = Walk::new(run, *base, is_backward, near.zone).times.last().map(|last| *last - *base);
                let fits = |first: &DateTime<Utc>| match moved.map(|moved| *first + moved - limit) {
                    Some(over) if over.abs() > CHANGE => (over > TimeDelta::zero()) == is_backward,
                    _ => keeps(&Walk::new(run, *first, is_backward, near.zone), is_backward),
                };
                firsts.iter().copied().filter(fits).collect()
            }
            _ => Vec::new(),
        };
        Walk::best(run, if kept.is_empty() { &firsts } else { &kept }, is_backward, near)
    };
    let (Some(onward), Some(backward)) = (walk(false), walk(true)) else {
        return Decided::sure(Way::Onward, vec![near.now; run.stamps.len()]);
    };
    if run.stamps.len() == 1 {
        let is_own = run.day != RunDay::Unknown;
        let gap =
            |walk: &Walk| limit.zip(walk.times.last()).map_or(TimeDelta::zero(), |(limit, last)| (limit - *last).abs());
        let (forth, back) = (gap(&onward), gap(&backward));
        return match course {
            _ if is_own || limit.is_none() || onward.times == backward.times => {
                Decided::sure(Way::Onward, onward.times)
            }
            Some(Way::Backward) => Decided::sure(Way::Backward, backward.times),
            Some(_) => Decided::sure(Way::Onward, onward.times),
            None if forth <= NATURAL || back > PLAUSIBLE => Decided::sure(Way::Onward, onward.times),
            None if forth > PLAUSIBLE => Decided::sure(Way::Backward, backward.times),
            None => Decided { ways: vec![(Way::Onward, onward.times), (Way::Backward, backward.times)] },
        };
    }
    let is_plausible = |walk: &Walk| walk.longest <= PLAUSIBLE;
    let is_onward = is_plausible(&onward) && keeps(&onward, false);
    let is_backward = is_plausible(&backward) && keeps(&backward, true);
    let (onward_natural, backward_natural) = (onward.longest <= NATURAL, backward.longest < NATURAL);
    let chosen = match course {
        Some(Way::Onward) if is_onward || (onward.midnights == 0 && keeps(&onward, false)) => Some(Way::Onward),
        Some(Way::Backward) if is_backward || (backward.midnights == 0 && keeps(&backward, true)) => {
            Some(Way::Backward)
        }
        Some(_) => None,
        None if onward.times == backward.times => Some(Way::Onward),
        None if onward.midnights == 0 && (onward_natural || !backward_natural) => Some(Way::Onward),
        None if onward_natural => Some(Way::Onward),
        None if backward_natural && (!is_onward || onward.length() > WITHOUT_DAYS) => Some(Way::Backward),
        None if is_onward && !is_backward => Some(Way::Onward),
        None if is_backward && !is_onward => Some(Way::Backward),
        None => None,
    };
    if chosen.is_none()
        && !is_onward
        && !is_backward
        && let Some(nearly) = nearly(run, &firsts, near)
    {
        return nearly;
    }
    match chosen {
        Some(Way::Backward) => Decided::sure(Way::Backward, backward.times),
        Some(way) => Decided::sure(way, onward.times),
        None => {
            let first = onward.times[0];
            let day = day_of(run.stamps[0], first, near.zone);
            let one_day = on_day(run, day, near.zone, first);
            let mut ways = vec![(Way::Onward, onward.times), (Way::Backward, backward.times)];
            if backward_natural || (!is_onward && is_backward) {
                ways.reverse();
            }
            // Times that fit nowhere in order most likely stand in the wrong order.
            let at = if is_onward || is_backward { ways.len() } else { 0 };
            ways.insert(at, (Way::OneDay, one_day));
            Decided { ways }
        }
    }
}

/// A long list of which single lines stand in the wrong place: each line is nearest to the one above it.
fn nearly(run: &Run<'_>, firsts: &[DateTime<Utc>], near: &Near) -> Option<Decided> {
    let chain = |first: DateTime<Utc>| {
        let mut times = vec![first];
        for stamp in run.stamps.iter().skip(1) {
            let last = times.last().copied().unwrap_or(first);
            let (back, on) = (before(stamp, last, near.zone), after(stamp, last, near.zone));
            times.push(if last - back < on - last { back } else { on });
        }
        times
    };
    let few = Walk::likeliest(run, firsts, false, near);
    let times = few.into_iter().map(chain).min_by_key(|times| near.cost(times))?;
    let steps = times.len() - 1;
    let count = |is: fn(&[DateTime<Utc>]) -> bool| times.windows(2).filter(|pair| is(pair)).count();
    let (back, on) = (count(|pair| pair[1] < pair[0]), count(|pair| pair[1] > pair[0]));
    let is_rare = |wrong: usize| wrong * MISPLACED <= steps;
    if is_rare(back) {
        Some(Decided::sure(Way::Onward, times))
    } else if is_rare(on) {
        Some(Decided::sure(Way::Backward, times))
    } else {
        None
    }
}

/// All lines on one day.
fn on_day(run: &Run<'_>, day: NaiveDate, zone: Zone, first: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let mut last = first;
    let mut times = Vec::new();
    for (index, stamp) in run.stamps.iter().enumerate() {
        let all: Vec<DateTime<Utc>> = stamp.on(day, zone).all().collect();
        let at = if index == 0 && all.contains(&first) {
            first
        } else {
            all.iter().find(|at| **at >= last).or(all.first()).copied().unwrap_or(last)
        };
        times.push(at);
        last = at;
    }
    times
}

/// Lines under a day: on that day, as long as nothing speaks for the next.
fn below_heading(
    run: &Run<'_>,
    date: NaiveDate,
    next: Option<&Run<'_>>,
    course: Option<Way>,
    runs: &[Run<'_>],
    near: &Near,
) -> Decided {
    let zone = near.zone;
    let first = run.stamps[0].on(date, zone).first();
    let one_day = on_day(run, date, zone, first);
    let steps = || run.stamps.windows(2).filter(|pair| pair[0].minutes_east == pair[1].minutes_east);
    let is_growing = steps().all(|pair| pair[0].time <= pair[1].time);
    let walks: Vec<Walk> = run.stamps[0].on(date, zone).all().map(|first| Walk::new(run, first, false, zone)).collect();
    let onward = walks.into_iter().min_by_key(|walk| (walk.longest > PLAUSIBLE, walk.length()));
    let Some(onward) = onward.filter(|_| !is_growing && course != Some(Way::Backward)) else {
        let is_in_order = one_day.windows(2).all(|pair| pair[0] <= pair[1]);
        return Decided::sure(if is_in_order { Way::Onward } else { Way::OneDay }, one_day);
    };
    // In an hour that comes twice a clock goes back on the same day.
    if onward.midnights == 0 {
        return Decided::sure(Way::Onward, onward.times);
    }
    let limit = next.and_then(|next| next.first(zone));
    let overshoots = limit.zip(onward.times.last()).is_some_and(|(limit, last)| *last > limit);
    if onward.longest > PLAUSIBLE || overshoots {
        return Decided::sure(Way::OneDay, one_day);
    }
    let crossed = |at: &DateTime<Utc>| zone.local(*at).date_naive();
    let is_headed = onward
        .times
        .iter()
        .map(crossed)
        .any(|day| day != date && runs.iter().any(|other| other.day == RunDay::Above(day)));
    let has_growth = steps().any(|pair| pair[0].time < pair[1].time);
    if onward.longest <= NATURAL && has_growth && !is_headed {
        return Decided::sure(Way::Onward, onward.times);
    }
    Decided { ways: vec![(Way::OneDay, one_day), (Way::Onward, onward.times)] }
}
