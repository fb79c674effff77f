//! One impact figure, edited in place. "0" is a figure that was checked; an unknown one is a button that asks for it.

use super::changes::ChangeMark;
use crate::controls::edit_in_place::EditInPlace;
use crate::controls::focus::focus_id_later;
use crate::controls::icon::{Icon, IconName};
use crate::controls::menu::{Menu, MenuItem};
use crate::reader::figures::{is_long, is_zero};
use crate::state::open::use_open;
use leptos::prelude::*;
use postmortem::{Command, FigureChange, ImpactFigure, ItemId, ItemKind};

/// The cell of a figure: value, label, note, and its menu.
#[component]
pub fn FigureCell(id: ItemId, figure: Memo<ImpactFigure>) -> impl IntoView {
    let open = use_open();
    let item = StoredValue::new(id);
    let change = move |change| open.try_edit(&Command::ChangeFigure(item.get_value(), change));
    let value = Signal::derive(move || figure.with(|figure| figure.value.clone()));
    let value_typed = Signal::derive(move || value.get().unwrap_or_default());
    let label = Signal::derive(move || figure.with(|figure| figure.label.clone()));
    let note = Signal::derive(move || figure.with(|figure| figure.note.clone()));
    let is_noting = RwSignal::new(false);
    let set_value = Callback::new(move |text: String| {
        let text = text.trim().to_owned();
        change(FigureChange::Value((!text.is_empty()).then_some(text)))
    });
    let set_label = Callback::new(move |text: String| {
        if text.trim().is_empty() {
            return Err("Say what the figure counts.".to_owned());
        }
        change(FigureChange::Label(text.trim().to_owned()))
    });
    let set_note = Callback::new(move |text: String| change(FigureChange::Note(text.trim().to_owned())));
    let is_zero = Memo::new(move |_| value.get().as_deref().is_some_and(is_zero));
    let is_long = Memo::new(move |_| value.get().as_deref().is_some_and(is_long));
    view! {
        <div data-figure=item.get_value().to_string()>
            <dt>
                <EditInPlace
                    label="What is counted"
                    shown=Signal::derive(move || Some(label.get()).filter(|label| !label.is_empty()))
                    placeholder="Name this figure"
                    typed=label
                    commit=set_label
                />
            </dt>
            <dd class="v" class:long=is_long>
                <EditInPlace
                    label
                    shown=value
                    placeholder="Not known yet"
                    typed=value_typed
                    commit=set_value
                    example="0, or a figure with its unit"
                />
            </dd>
            <Show when=move || is_noting.get() || is_zero.get() || !note.with(String::is_empty)>
                <dd class="n">
                    {move || is_zero.get().then(|| view! { <Icon name=IconName::Check small=true /> "Checked: " }.into_any())}
                    <EditInPlace
                        label="How it was found"
                        shown=Signal::derive(move || Some(note.get()).filter(|note| !note.is_empty()))
                        placeholder="Add a note"
                        typed=note
                        commit=set_note
                        is_open=is_noting
                    />
                </dd>
            </Show>
            <dd>
              <ChangeMark place=format!("impact/{}", item.get_value()) />
              <Menu label=Signal::derive(move || format!("More about {}", label.get())) class="btn bare icon small">
                <MenuItem
                    label="Write how it was found"
                    icon=IconName::Edit
                    run=Callback::new(move |()| is_noting.set(true))
                />
                <MenuItem
                    label="Mark as not known"
                    icon=IconName::Empty
                    run=Callback::new(move |()| {
                        open.edit(&Command::ChangeFigure(item.get_value(), FigureChange::Value(None)));
                    })
                />
                <MenuItem
                    label="Delete figure"
                    icon=IconName::Delete
                    danger=true
                    run=Callback::new(move |()| {
                        let what = format!("“{}”", label.get_untracked());
                        open.delete(ItemKind::Figure, item.get_value(), &what);
                        focus_id_later("impact".to_owned());
                    })
                />
              </Menu>
            </dd>
        </div>
    }.into_any()
}
