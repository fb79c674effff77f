//! Which rows of a long timeline are drawn: those near the screen, the one that somebody works on, and spaces of the
//! right height for the rest. Heights of gaps follow from their lengths; those of entries are measured once drawn and
//! estimated before.

use super::rows::Layout;
use crate::state::postmortem::open::OpenPostmortem;
use leptos::html;
use leptos::prelude::*;
use postmortem::rail::RailRow;
use postmortem::{ItemId, Subject};
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use web_sys::{Element, HtmlElement};

/// A timeline of at most so many rows is drawn whole: that is as quick, and the browser's own search finds everything.
const DRAWN_WHOLE: usize = 160;

/// How far beyond the screen rows are drawn, in pixels.
const BEYOND: f64 = 1_000.0;

/// How near to the edge of the drawn rows the screen may come before further ones are drawn, in pixels.
const NEAR: f64 = 400.0;

/// Rows that are drawn before anything is measured.
const AT_FIRST: usize = 60;

/// The height of a minute's root, as `--minute` in the style.
const MINUTE: f64 = 6.0;

/// The least height of a day's heading.
const DAY: f64 = 40.0;

/// The height of an entry with one line of text, and of each further line.
const ENTRY: (f64, f64) = (50.0, 24.0);

/// About how many letters a line of an entry has.
const LETTERS: usize = 70;

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Drawn {
    /// The keys, spaces among them.
    pub keys: Vec<String>,
    rows: HashMap<String, usize>,
    spaces: HashMap<String, f64>,
}

impl Drawn {
    /// The index of a key's row in the layout; `None` for a space.
    pub fn row(&self, key: &str) -> Option<usize> {
        self.rows.get(key).copied()
    }

    pub fn space(&self, key: &str) -> f64 {
        self.spaces.get(key).copied().unwrap_or(0.0)
    }
}

/// The rows that are drawn, by their place when that was decided. Entries that come or go above them shift the numbers
/// and not the rows.
#[derive(Debug, Clone, PartialEq)]
struct Sight {
    rows: Range<usize>,
    /// An entry among them, and where it stood.
    anchor: Option<(ItemId, usize)>,
}

impl Sight {
    fn rows_in(&self, layout: &Layout) -> Range<usize> {
        let now = self.anchor.as_ref().and_then(|(id, then)| Some((layout.index(id)?, *then)));
        let moved = |place: usize| match now {
            Some((now, then)) => (place + now).saturating_sub(then).min(layout.len()),
            None => place.min(layout.len()),
        };
        moved(self.rows.start)..moved(self.rows.end)
    }
}

#[derive(Clone, Copy)]
pub struct Window {
    open: OpenPostmortem,
    layout: Memo<Layout>,
    pub list: NodeRef<html::Ol>,
    sight: RwSignal<Sight>,
    measured: StoredValue<HashMap<ItemId, f64>>,
    is_looking: StoredValue<bool>,
}

impl Window {
    /// Looks along with the page's scrolling until the calling component goes.
    pub fn new(open: OpenPostmortem, layout: Memo<Layout>) -> Self {
        let window = Self {
            open,
            layout,
            list: NodeRef::new(),
            sight: RwSignal::new(Sight { rows: 0..AT_FIRST, anchor: None }),
            measured: StoredValue::new(HashMap::new()),
            is_looking: StoredValue::new(false),
        };
        let scrolled = window_event_listener(leptos::ev::scroll, move |_| window.look_soon());
        let resized = window_event_listener(leptos::ev::resize, move |_| window.look_soon());
        on_cleanup(move || {
            scrolled.remove();
            resized.remove();
        });
        // What is drawn differs from what it was: the rows in sight may be others.
        Effect::new(move |_| {
            layout.track();
            window.list.track();
            window.look_soon();
        });
        window
    }

    pub fn drawn(self) -> Memo<Drawn> {
        Memo::new(move |_| {
            let pins = self.pins();
            self.layout.with(|layout| {
                if layout.len() <= DRAWN_WHOLE {
                    return self.compose(layout, &BTreeSet::new(), 0..layout.len());
                }
                self.compose(layout, &pins, self.sight.with(|sight| sight.rows_in(layout)))
            })
        })
    }

    /// The rows that stay wherever the screen is: the keyboard may be in them.
    fn pins(self) -> BTreeSet<ItemId> {
        let discussed = match self.open.discussion.shown.get().map(|shown| shown.subject) {
            Some(Subject::Entry(id)) => Some(id),
            Some(Subject::Section(_)) | None => None,
        };
        self.open.selected.get().into_iter().chain(discussed).collect()
    }

    fn compose(self, layout: &Layout, pins: &BTreeSet<ItemId>, range: Range<usize>) -> Drawn {
        let mut indexes: BTreeSet<usize> = range.collect();
        indexes.extend(pins.iter().filter_map(|id| layout.index(id)));
        let mut drawn = Drawn::default();
        let mut next = 0;
        for index in indexes {
            self.leave_space(layout, next..index, &mut drawn);
            let key = layout.key(index);
            drawn.keys.push(key.clone());
            drawn.rows.insert(key, index);
            next = index + 1;
        }
        self.leave_space(layout, next..layout.len(), &mut drawn);
        drawn
    }

    fn leave_space(self, layout: &Layout, range: Range<usize>, drawn: &mut Drawn) {
        if range.is_empty() {
            return;
        }
        // The space above what is drawn and the one below are always the same two elements.
        let key = match (range.start, range.end == layout.len()) {
            (0, _) => "space above".to_owned(),
            (_, true) => "space below".to_owned(),
            (start, false) => format!("space {start}"),
        };
        let height = range.map(|index| self.height(layout, index)).sum();
        drawn.spaces.insert(key.clone(), height);
        drawn.keys.push(key);
    }

    fn height(self, layout: &Layout, index: usize) -> f64 {
        match &layout.rows[index] {
            RailRow::Gap { duration, .. } => (duration.num_minutes() as f64).sqrt() * MINUTE,
            RailRow::Day { gap, .. } => gap.map_or(DAY, |gap| ((gap.num_minutes() as f64).sqrt() * MINUTE).max(DAY)),
            RailRow::Mark { .. } => ENTRY.0,
            RailRow::Entry { .. } | RailRow::Undated { .. } => layout.id(index).map_or(ENTRY.0, |id| {
                let measured = self.measured.with_value(|measured| measured.get(id).copied());
                measured.unwrap_or_else(|| self.estimate(id))
            }),
        }
    }

    fn estimate(self, id: &ItemId) -> f64 {
        let entry = self.open.parts.entry(id);
        let letters = entry.map_or(0, |entry| entry.with_untracked(|entry| entry.text.len()));
        ENTRY.0 + ENTRY.1 * (letters.saturating_sub(1) / LETTERS).saturating_sub(1) as f64
    }

    /// Looks once the browser draws its next picture.
    fn look_soon(self) {
        if self.is_looking.try_update_value(|is_looking| std::mem::replace(is_looking, true)) != Some(false) {
            return;
        }
        request_animation_frame(move || {
            self.is_looking.try_update_value(|is_looking| *is_looking = false);
            self.look();
        });
    }

    /// Measures what is drawn, and draws other rows when the edge of those comes near.
    fn look(self) {
        let Some(list) = self.list.try_get_untracked().flatten() else { return };
        let is_long = self.layout.try_with_untracked(|layout| layout.len() > DRAWN_WHOLE).unwrap_or(false);
        if !is_long {
            return;
        }
        self.measure(&list);
        let height =
            leptos::prelude::window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(1_000.0);
        let top = -list.get_bounding_client_rect().top();
        let (wide, needed) = self.layout.with_untracked(|layout| self.rows_around(layout, top..top + height));
        let drawn = self.layout.with_untracked(|layout| self.sight.with_untracked(|sight| sight.rows_in(layout)));
        if needed.start < drawn.start || needed.end > drawn.end || drawn.len() > 2 * wide.len() {
            let anchor = self
                .layout
                .with_untracked(|layout| wide.clone().find_map(|index| Some((layout.id(index)?.clone(), index))));
            self.sight.set(Sight { rows: wide, anchor });
            // New rows are measured in their turn.
            self.look_soon();
        }
    }

    /// The rows to draw around what is in sight of the list, and those of them that must be there already.
    fn rows_around(self, layout: &Layout, sight: Range<f64>) -> (Range<usize>, Range<usize>) {
        let (mut wide, mut needed) = (0..layout.len(), 0..layout.len());
        let mut top = 0.0;
        for index in 0..layout.len() {
            let bottom = top + self.height(layout, index);
            for (range, reach) in [(&mut wide, BEYOND), (&mut needed, NEAR)] {
                if bottom < sight.start - reach {
                    range.start = index + 1;
                }
                if top > sight.end + reach {
                    range.end = range.end.min(index);
                }
            }
            if top > sight.end + BEYOND {
                break;
            }
            top = bottom;
        }
        (wide.start.min(wide.end)..wide.end, needed.start.min(needed.end)..needed.end)
    }

    fn measure(self, list: &HtmlElement) {
        let rows = list.children();
        self.measured.update_value(|measured| {
            for row in (0..rows.length()).filter_map(|index| rows.item(index)) {
                let id = row.get_attribute("data-entry").and_then(|id| id.parse::<ItemId>().ok());
                if let Some(id) = id {
                    measured.insert(id, row.get_bounding_client_rect().height());
                }
            }
        });
    }

    /// Scrolls to about where an entry stands, so that it is drawn; its own place is known exactly only then.
    pub fn scroll_near(self, id: &ItemId) {
        let Some(list) = self.list.try_get_untracked().flatten() else { return };
        let place = self.layout.with_untracked(|layout| {
            let index = layout.index(id)?;
            let above: f64 = (0..index).map(|index| self.height(layout, index)).sum();
            (layout.len() > DRAWN_WHOLE).then_some(above)
        });
        let Some(above) = place else { return };
        let is_drawn = document().get_element_by_id(&format!("entry-{id}")).is_some_and(|row| is_near(&row));
        if !is_drawn {
            let window = leptos::prelude::window();
            let height = window.inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0);
            window.scroll_by_with_x_and_y(0.0, list.get_bounding_client_rect().top() + above - height / 3.0);
            self.look();
        }
    }
}

/// Whether a row is about where the screen is.
fn is_near(row: &Element) -> bool {
    let height = leptos::prelude::window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0);
    let place = row.get_bounding_client_rect();
    place.bottom() > -BEYOND && place.top() < height + BEYOND
}

/// Room for rows that are not drawn.
#[component]
pub fn Space(name: String, drawn: Memo<Drawn>) -> impl IntoView {
    let height = move || format!("{}px", drawn.with(|drawn| drawn.space(&name)));
    view! { <li class="space" aria-hidden="true" style:height=height></li> }.into_any()
}
