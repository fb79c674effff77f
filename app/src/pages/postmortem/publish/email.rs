//! The internal email as it would be sent, to copy or to open in the mail program. Debrief sends nothing by itself.

use crate::client::publications;
use crate::controls::copy_button::CopyButton;
use crate::reader::icon::{Icon, IconName};
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use postmortem::email;

#[component]
pub fn InternalEmail() -> impl IntoView {
    let open = use_open();
    let slug = Memo::new(move |_| open.publication.with(|publication| publication.slug.clone()));
    let draft = Memo::new(move |_| {
        let link =
            slug.get().map_or_else(|| "(the link, once it is published)".to_owned(), |slug| publications::link(&slug));
        let draft = email::draft(&open.postmortem(), &link);
        (draft.subject.clone(), draft.body.clone(), draft.mailto())
    });
    view! {
        <h3>"Internal email"</h3>
        <div class="mail">
            <dl>
                <dt>"Subject"</dt>
                <dd>{move || draft.get().0}</dd>
            </dl>
            <div class="body">{move || draft.get().1}</div>
        </div>
        <div class="after">
            {move || {
                if slug.get().is_none() {
                    return view! { <span class="hint">"It can be copied and sent once there is a link in it."</span> }.into_any();
                }
                view! {
                    <CopyButton
                        label="Copy email"
                        text=Callback::new(move |()| {
                            let (subject, body, _) = draft.get_untracked();
                            format!("{subject}\n\n{body}")
                        })
                    />
                    <a class="btn" href=move || draft.get().2>
                        <Icon name=IconName::Mail small=true />
                        "Open in mail"
                    </a>
                    <span class="hint">"Nothing is sent by Debrief."</span>
                }
                    .into_any()
            }}
        </div>
    }
    .into_any()
}
