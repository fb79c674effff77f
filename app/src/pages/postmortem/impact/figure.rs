//! One impact figure, edited in place. Who writes that it is zero has checked it; an unknown one is a button that asks for it.

mod handle;
mod menu;
mod note;

use crate::controls::edit_in_place::EditInPlace;
use crate::pages::postmortem::changes::ChangeMark;
use crate::reader::figures::is_long;
use crate::state::postmortem::open::use_open;
use crate::state::session::use_session;
use handle::FigureHandle;
use leptos::prelude::*;
use menu::FigureMenu;
use note::Note;
use postmortem::{ImpactFigure, ItemId};

/// The cell of a figure: value, label, note, and its menu.
#[component]
pub fn FigureCell(
    id: ItemId,
    figure: Memo<ImpactFigure>,
    /// Whether its value waits to be written.
    begins_open: bool,
) -> impl IntoView {
    let hook = id.to_string();
    let handle = FigureHandle::new(use_open(), use_session(), id, figure);
    let value = Signal::derive(move || figure.with(|figure| figure.value.clone()));
    let label = Signal::derive(move || figure.with(|figure| figure.label.clone()));
    let is_writing = RwSignal::new(begins_open);
    let is_noting = RwSignal::new(false);
    let is_long = Memo::new(move |_| value.get().as_deref().is_some_and(is_long));
    let has_note = move || is_noting.get() || handle.is_zero.get() || figure.with(|figure| !figure.note.is_empty());
    let place = format!("impact/{hook}");
    view! {
        <div data-figure=hook>
            <dt>
                <EditInPlace
                    label="What is counted"
                    shown=Signal::derive(move || Some(label.get()).filter(|label| !label.is_empty()))
                    placeholder="Name this figure"
                    typed=label
                    commit=Callback::new(move |text: String| handle.set_label(&text))
                />
            </dt>
            <dd class="v" class:long=is_long>
                <EditInPlace
                    label
                    shown=value
                    placeholder="Not known yet"
                    typed=Signal::derive(move || value.get().unwrap_or_default())
                    commit=Callback::new(move |text: String| handle.set_value(&text))
                    example="0, or a figure with its unit"
                    is_open=is_writing
                />
            </dd>
            <Show when=has_note>
                <Note handle is_noting />
            </Show>
            <dd>
                <ChangeMark place />
                <FigureMenu handle is_noting />
            </dd>
        </div>
    }
    .into_any()
}
