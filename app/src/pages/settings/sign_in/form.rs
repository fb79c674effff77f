//! The dialog in which a provider is set up or changed.

use super::catalogue::Catalogue;
use super::check::IssuerField;
use super::draft::{ProviderField, ProviderForm};
use crate::client::providers;
use crate::controls::copy_button::CopyButton;
use crate::controls::dialog::Dialog;
use crate::controls::field::ErrorLine;
use crate::controls::form_field::{FieldKind, FormField, PasswordField};
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::TeamRole;
use postmortem::api::{NewProvider, Provider};

/// What the dialog is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditedProvider {
    New,
    Known(Provider),
}

#[component]
pub fn ProviderDialog(
    open: RwSignal<bool>,
    editing: RwSignal<Option<EditedProvider>>,
    catalogue: Catalogue,
) -> impl IntoView {
    let title = Signal::derive(move || match editing.get() {
        Some(EditedProvider::Known(provider)) => format!("Change {}", provider.name),
        Some(EditedProvider::New) | None => "Add a provider".to_owned(),
    });
    view! {
        <Dialog open title>
            <ProviderFields open editing catalogue />
        </Dialog>
    }
    .into_any()
}

/// What follows from an address at which no provider answers.
const NOBODY_COULD: &str = "Nobody could sign in with it as long as that is so.";

/// Keeps what is typed, or says what is missing. A provider that does not answer is asked about first.
fn save(form: ProviderForm, known: Option<Provider>, catalogue: Catalogue, open: RwSignal<bool>) {
    form.errors.clear();
    let draft = match form.draft() {
        Ok(draft) => draft,
        Err((field, sentence)) => return form.errors.tell(field, sentence),
    };
    let id = match known.as_ref().map_or_else(|| form.new_id(), |provider| Ok(provider.id.clone())) {
        Ok(id) => id,
        Err((field, sentence)) => return form.errors.tell(field, sentence),
    };
    let is_asked = known.as_ref().is_none_or(|known| known.issuer != draft.issuer) && !untrack(|| form.is_doubtful());
    form.is_busy.set(true);
    spawn_local(async move {
        let mut draft = draft;
        if is_asked {
            match providers::check(&draft.issuer).await {
                // What it calls itself, to the last slash.
                Ok(found) => draft.issuer = found.issuer,
                Err(problem) => {
                    form.is_busy.try_set(false);
                    form.doubtful.try_set(Some(draft.issuer));
                    return form.errors.tell(ProviderField::Issuer, format!("{problem} {NOBODY_COULD}"));
                }
            }
        }
        let kept = match known {
            Some(_) => providers::update(&id, &draft).await,
            None => providers::create(&NewProvider { id, draft }).await,
        };
        form.is_busy.try_set(false);
        match kept {
            Ok(provider) => {
                open.set(false);
                catalogue.kept(&provider);
            }
            Err(problem) => form.errors.tell(ProviderField::Form, problem.to_string()),
        }
    });
}

#[component]
fn ProviderFields(
    open: RwSignal<bool>,
    editing: RwSignal<Option<EditedProvider>>,
    catalogue: Catalogue,
) -> impl IntoView {
    let known = match editing.get_untracked() {
        Some(EditedProvider::Known(provider)) => Some(provider),
        Some(EditedProvider::New) | None => None,
    };
    let form = ProviderForm::of(known.as_ref());
    let (is_new, has_secret) = (known.is_none(), known.as_ref().is_some_and(|provider| provider.has_secret));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        save(form, known.clone(), catalogue, open);
    };
    view! {
        <form novalidate on:submit=submit>
            <div class="body">
                <NameFields form is_new catalogue />
                <IssuerField form />
                <SecretFields form has_secret />
                <EntryFields form />
                {move || form.errors.form.get().map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
            </div>
            <footer>
                <span class="grow"></span>
                <button type="button" class="btn bare" on:click=move |_| open.set(false)>
                    "Cancel"
                </button>
                <button class="btn primary" id="provider-save" disabled=move || form.is_busy.get()>
                    {move || match (form.is_doubtful(), is_new) {
                        (true, true) => "Add it all the same",
                        (true, false) => "Save it all the same",
                        (false, true) => "Add it",
                        (false, false) => "Save",
                    }}
                </button>
            </footer>
        </form>
    }
    .into_any()
}

#[component]
fn NameFields(form: ProviderForm, is_new: bool, catalogue: Catalogue) -> impl IntoView {
    let name = FieldKind {
        id: "provider-name",
        label: "Name on the button",
        autofocus: true,
        longest: Some(40),
        ..FieldKind::default()
    };
    let id = FieldKind { id: "provider-id", label: "Part of the address", longest: Some(40), ..FieldKind::default() };
    let callback = Memo::new(move |_| catalogue.callback(&form.own_id()));
    view! {
        <FormField field=name value=form.name error=form.errors.name />
        {is_new
            .then(|| {
                view! {
                    <FormField
                        field=id
                        value=form.id
                        error=form.errors.id
                        hint="Made of the name where you write nothing. It cannot be changed later."
                    />
                }
                    .into_any()
            })}
        <div>
            <label class="label" for="provider-callback">
                "Redirect address, which the provider has to be told"
            </label>
            <div class="field fixed">
                <input id="provider-callback" readonly prop:value=move || callback.get() />
                <CopyButton label="Copy" class="bare small" text=Callback::new(move |()| callback.get_untracked()) />
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn SecretFields(form: ProviderForm, has_secret: bool) -> impl IntoView {
    let id = FieldKind { id: "provider-client", label: "Client id", autocomplete: "off", ..FieldKind::default() };
    let secret = FieldKind {
        id: "provider-secret",
        label: "Client secret",
        autocomplete: "new-password",
        ..FieldKind::default()
    };
    let hint = if has_secret {
        "One is kept, and shown to nobody. Leave this empty to keep it."
    } else {
        "It is kept, and shown to nobody from then on."
    };
    let none = RwSignal::new(None);
    view! {
        <FormField field=id value=form.client_id error=form.errors.client_id />
        <Show when=move || !form.has_no_secret.get()>
            <PasswordField field=secret value=form.secret error=none hint />
        </Show>
        <label class="opt">
            <input
                type="checkbox"
                prop:checked=move || form.has_no_secret.get()
                on:change=move |event| form.has_no_secret.set(event_target_checked(&event))
            />
            <span>"The provider gave no secret (a public client)"</span>
        </label>
    }
    .into_any()
}

/// Whom it lets in.
#[component]
fn EntryFields(form: ProviderForm) -> impl IntoView {
    let domains =
        FieldKind { id: "provider-domains", label: "Only mail domains", autocomplete: "off", ..FieldKind::default() };
    let claim = FieldKind {
        id: "provider-claim",
        label: "Claim that gives roles",
        autocomplete: "off",
        ..FieldKind::default()
    };
    let none = RwSignal::new(None);
    view! {
        <OtherwiseField form />
        <FormField
            field=domains
            value=form.domains
            error=form.errors.domains
            hint="Empty: everybody whom the provider knows. With a provider for everyone, such as Google, write yours."
        />
        <FormField
            field=claim
            value=form.claim
            error=none
            hint="Such as groups, or realm_access.roles. Empty: roles are given here."
        />
        <Show when=move || form.claim.with(|claim| !claim.trim().is_empty())>
            <RolesField form />
        </Show>
    }
    .into_any()
}

#[component]
fn OtherwiseField(form: ProviderForm) -> impl IntoView {
    let choices = [
        (
            None,
            "Nobody",
            "Only people who have an account, whom a claim gives a role, or who are of the team's mail domains.",
        ),
        (Some(TeamRole::Member), "As a member", "Reads and writes what is open to the team."),
        (Some(TeamRole::Outsider), "As an outsider", "Sees only the post-mortems that name them."),
    ];
    view! {
        <fieldset class="opts">
            <legend class="label">"Somebody new is let in"</legend>
            {choices
                .map(|(role, words, consequence)| {
                    view! {
                        <label class="opt">
                            <input
                                type="radio"
                                name="otherwise"
                                prop:checked=move || form.otherwise.get() == role
                                on:change=move |_| form.otherwise.set(role)
                            />
                            <span>
                                {words}
                                <small>{consequence}</small>
                            </span>
                        </label>
                    }.into_any()
                })
                .collect_view()}
        </fieldset>
    }
    .into_any()
}

/// What the tick does.
const AT_EACH_SIGN_IN: &str = "Roles that are given here hold until then. Whom no value gives a role gets that of somebody new, \
                               or is an outsider where that is nobody. The last admin stays one.";

#[component]
fn RolesField(form: ProviderForm) -> impl IntoView {
    view! {
        <div>
            <label class="label" for="provider-roles">
                "Its values and their roles, the first that fits counts"
            </label>
            <textarea
                id="provider-roles"
                rows="3"
                spellcheck="false"
                placeholder="sre-leads = admin"
                aria-describedby="provider-roles-note"
                aria-invalid=move || form.errors.roles.with(|error| error.is_some().then_some("true"))
                prop:value=move || form.roles.get()
                on:input=move |event| {
                    form.roles.set(event_target_value(&event));
                    form.errors.roles.set(None);
                }
            ></textarea>
            <div id="provider-roles-note">
                {move || match form.errors.roles.get() {
                    Some(sentence) => view! { <ErrorLine sentence /> }.into_any(),
                    None => view! { <p class="hint">"A line each, with admin, member or outsider."</p> }.into_any(),
                }}
            </div>
        </div>
        <div class="opts">
            <label class="opt">
                <input
                    type="checkbox"
                    prop:checked=move || form.at_each_sign_in.get()
                    on:change=move |event| form.at_each_sign_in.set(event_target_checked(&event))
                />
                <span>
                    "Give the role at each sign-in"
                    <small>
                        {AT_EACH_SIGN_IN}
                    </small>
                </span>
            </label>
        </div>
    }
    .into_any()
}
