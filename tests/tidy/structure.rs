//! Keeps the shape of the code: no circles of files, components that fit on a screen, no event that is passed over unseen, and
//! nothing that nobody uses.

use crate::imports::{Imports, is_for_tests};
use crate::tracked;
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::Visit;
use syn::{Attribute, Expr, ExprMatch, ItemFn, ItemMod, Pat, Visibility};

/// The longest component, in lines: what one sees at once.
const LONGEST_COMPONENT: usize = 100;

/// What tells what happened, or what is to be done: whoever matches on one of these says what becomes of each. Who asks for a
/// single one, with `if let` or `matches!`, does not tell them apart.
const EVENTS: [&str; 11] = [
    "AttemptStep",
    "ConnectionEvent",
    "ConnectionOrder",
    "Control",
    "Effect",
    "Event",
    "FeedMessage",
    "Order",
    "RoomEffect",
    "StorageOrder",
    "SyncEvent",
];

fn sources() -> Vec<(String, String)> {
    let folders = ["postmortem/src/", "app/src/", "server/src/", "xtask/src/"];
    let of = |folder: &str| tracked(".rs").into_iter().filter(|(name, _)| name.starts_with(folder)).collect::<Vec<_>>();
    let sources: Vec<Vec<(String, String)>> = folders.into_iter().map(of).collect();
    assert!(sources.iter().all(|files| files.len() > 5), "the sources are elsewhere");
    sources.concat()
}

fn parsed(sources: &[(String, String)]) -> Vec<(String, syn::File)> {
    let parse = |(name, text): &(String, String)| {
        let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name.clone(), file)
    };
    sources.iter().map(parse).collect()
}

/// Invented files, to see that what is wrong in them is found.
fn invented(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let files = sources();
    let imports = Imports::of(&files);
    let circles = imports.circles();
    let inside: Vec<String> = circles
        .iter()
        .map(|circle| {
            let arrows = imports.arrows().filter(|(from, to)| circle.contains(from) && circle.contains(to));
            arrows.map(|(from, to)| format!("{from} -> {to}")).collect::<Vec<_>>().join("\n")
        })
        .collect();
    assert!(inside.is_empty(), "{} circles:\n{}", inside.len(), inside.join("\n\n"));
}

/// What stands at the root of each crate, from the lowest up: nothing imports from what stands above it. The roots themselves
/// put everything together.
const LAYERS: [(&str, &[&str]); 3] = [
    ("postmortem/src/", &["lib0", "limits", "values", "document", "reading", "writing", "api", "sync"]),
    ("app/src/", &["reader", "published", "sync", "browser", "client", "controls", "state", "editor", "pages"]),
    (
        "server/src/",
        &[
            "clock",
            "random",
            "private",
            "callers",
            "metrics",
            "listener",
            "store",
            "sync",
            "error",
            "to_the_end",
            "openid",
            "access",
            "announce",
            "feed",
            "work",
            "http",
            "router",
            "cli",
        ],
    ),
];

/// The place of a file in the layers of its crate; nothing for a root.
fn layer(layers: &[&str], source: &str, file: &str) -> Option<usize> {
    let top = file.strip_prefix(source)?.split(['/', '.']).next()?;
    if ["lib", "main"].contains(&top) {
        return None;
    }
    let place = layers.iter().position(|layer| *layer == top);
    Some(place.unwrap_or_else(|| panic!("{file} is in no layer of {source}")))
}

fn upward(files: &[(String, String)]) -> Vec<String> {
    let imports = Imports::of(files);
    let mut upward = Vec::new();
    for (source, layers) in LAYERS {
        for (name, _) in files.iter().filter(|(name, _)| name.starts_with(source)) {
            layer(layers, source, name);
        }
        for (from, to) in imports.arrows() {
            if let (Some(low), Some(high)) = (layer(layers, source, from), layer(layers, source, to))
                && low < high
            {
                upward.push(format!("{from} -> {to}"));
            }
        }
    }
    upward
}

#[test]
fn nothing_imports_from_a_layer_above_its_own() {
    let upward_now = upward(&sources());
    assert!(upward_now.is_empty(), "{} arrows lead up:\n{}", upward_now.len(), upward_now.join("\n"));
    let files = invented(&[
        ("server/src/store.rs", "pub mod rows; use crate::http; pub struct Store(http::Answer);"),
        ("server/src/store/rows.rs", "use super::Store;"),
        ("server/src/http.rs", "use crate::store::Store; pub struct Answer;"),
    ]);
    assert_eq!(upward(&files), ["server/src/store.rs -> server/src/http.rs"]);
}

/// The components of a file with their lines, from the attribute to the brace that ends them.
fn components(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let starts = (0..lines.len()).filter(|start| lines[*start] == "#[component]");
    let found = starts.map(|start| {
        let name = lines[start..].iter().find(|line| line.contains("fn ")).map_or("", |line| line.trim());
        let length = lines[start..].iter().take_while(|line| **line != "}").count() + 1;
        (name.to_owned(), length)
    });
    found.collect()
}

#[test]
fn a_component_fits_on_a_screen() {
    let mut long = Vec::new();
    for (name, text) in sources() {
        let too_long = components(&text).into_iter().filter(|(_, lines)| *lines > LONGEST_COMPONENT);
        long.extend(too_long.map(|(component, lines)| format!("{name}: {lines} lines: {component}")));
    }
    assert_eq!(long, Vec::<String>::new());
    assert_eq!(components("#[component]\npub fn Bar() {\n    view()\n}\n"), [("pub fn Bar() {".to_owned(), 4)]);
}

/// An event that a pattern names.
#[derive(Default)]
struct Named(Option<String>);

impl<'ast> Visit<'ast> for Named {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        let first = path.segments.first().map(|segment| segment.ident.to_string());
        let is_event = |name: &String| path.segments.len() > 1 && EVENTS.contains(&name.as_str());
        self.0 = self.0.take().or(first.filter(is_event));
    }
}

/// `_`, or a name for whatever it is.
fn is_for_the_rest(pattern: &Pat) -> bool {
    match pattern {
        Pat::Wild(_) => true,
        Pat::Ident(name) => name.subpat.is_none() && name.ident.to_string().starts_with(char::is_lowercase),
        _ => false,
    }
}

struct Matches {
    name: String,
    passed_over: Vec<String>,
}

impl<'ast> Visit<'ast> for Matches {
    fn visit_expr_match(&mut self, found: &'ast ExprMatch) {
        let passes_over = found.arms.iter().any(|arm| is_for_the_rest(&arm.pat) && arm.guard.is_none());
        let mut named = Named::default();
        found.arms.iter().for_each(|arm| named.visit_pat(&arm.pat));
        if passes_over && let Some(event) = named.0 {
            self.passed_over.push(format!("{}: a match on {event}", self.name));
        }
        syn::visit::visit_expr_match(self, found);
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if !is_for_tests(&module.attrs) {
            syn::visit::visit_item_mod(self, module);
        }
    }
}

fn passed_over(sources: &[(String, String)]) -> Vec<String> {
    // What the Markdown parser calls an event is none of ours.
    let is_foreign = |text: &str| text.contains("use pulldown_cmark");
    let is_test = |name: &str| name.contains("/tests/") || name.ends_with("/tests.rs");
    let own: Vec<(String, String)> =
        sources.iter().filter(|(name, text)| !is_foreign(text) && !is_test(name)).cloned().collect();
    let found = parsed(&own).into_iter().flat_map(|(name, file)| {
        let mut matches = Matches { name, passed_over: Vec::new() };
        matches.visit_file(&file);
        matches.passed_over
    });
    found.collect()
}

#[test]
fn whoever_tells_events_apart_names_each() {
    let sources = sources();
    for event in EVENTS {
        let is_there = |(_, text): &(String, String)| text.contains(&format!("enum {event} "));
        assert!(sources.iter().any(is_there), "{event} has another name now");
    }
    assert_eq!(passed_over(&sources), Vec::<String>::new());
    let wild = ("a.rs", "fn a(event: Event) { match event { Event::Deleted => {}, _ => {} } }");
    let named = ("b.rs", "fn b(order: Order) { match order { Order::Fold(fold) => run(fold), other => pass(other) } }");
    let whole = ("c.rs", "fn c(event: Event) { match event { Event::Deleted => {}, Event::Size { bytes } => {} } }");
    let found = passed_over(&invented(&[wild, named, whole]));
    assert_eq!(found, ["a.rs: a match on Event", "b.rs: a match on Order"]);
}

#[derive(Default)]
struct Functions(Vec<String>);

impl Functions {
    fn add(&mut self, visibility: &Visibility, name: &syn::Ident, attributes: &[Attribute]) {
        if !matches!(visibility, Visibility::Inherited) && !is_for_tests(attributes) {
            self.0.push(name.to_string());
        }
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.add(&function.vis, &function.sig.ident, &function.attrs);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.add(&function.vis, &function.sig.ident, &function.attrs);
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if !is_for_tests(&module.attrs) {
            syn::visit::visit_item_mod(self, module);
        }
    }

    fn visit_expr(&mut self, _: &'ast Expr) {}
}

/// The functions that others can see and nobody names beside their definition, tests at the foot of a file aside: by the
/// word, so that one of two functions of a name may pass.
fn unused(sources: &[(String, String)], everything: &[(String, String)]) -> BTreeSet<String> {
    let mut words: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, text) in everything {
        let is_test = name.starts_with("tests/") || name.starts_with("fuzz/");
        let own = text.split("#[cfg(test)]\nmod tests {").next().filter(|_| !is_test);
        for word in own.unwrap_or(text).split(|character: char| !character.is_alphanumeric() && character != '_') {
            *words.entry(word).or_default() += 1;
        }
    }
    let mut unused = BTreeSet::new();
    for (name, file) in parsed(sources) {
        let mut functions = Functions::default();
        functions.visit_file(&file);
        let alone =
            functions.0.into_iter().filter(|function| words.get(function.as_str()).is_none_or(|count| *count < 2));
        unused.extend(alone.map(|function| format!("{name}: {function}")));
    }
    unused
}

#[test]
fn what_is_public_is_used() {
    assert_eq!(unused(&sources(), &tracked(".rs")), BTreeSet::new());
    let files = invented(&[
        ("a.rs", "pub fn brew() {} pub fn pour() {}\n#[cfg(test)]\nmod tests { fn cup() { super::brew() } }"),
        ("b.rs", "fn serve() { a::pour() }"),
    ]);
    assert_eq!(unused(&files, &files), BTreeSet::from(["a.rs: brew".to_owned()]));
}

/// Named in a manifest for the features that it gives to what others bring.
const FOR_ITS_FEATURES: [&str; 1] = ["fastrand"];

/// A crate that a manifest names is named in the code that it is for.
#[test]
fn every_dependency_is_used() {
    let mut unused = Vec::new();
    for (manifest, text) in tracked("Cargo.toml") {
        let folder = manifest.strip_suffix("Cargo.toml").unwrap_or_default();
        if folder.is_empty() || folder == "fuzz/" {
            continue;
        }
        let code: String =
            tracked(".rs").into_iter().filter(|(name, _)| name.starts_with(folder)).map(|(_, text)| text).collect();
        let mut is_dependency = false;
        for line in text.lines() {
            if line.starts_with('[') {
                is_dependency = line.ends_with("dependencies]");
            } else if let Some((name, _)) = line.split_once(['=', '.']).filter(|_| is_dependency) {
                let name = name.trim().replace('-', "_");
                let is_named = code.match_indices(&name).any(|(at, _)| {
                    let before = code[..at].chars().next_back();
                    let after = code[at + name.len()..].chars().next();
                    let is_part = |edge: Option<char>| edge.is_some_and(|edge| edge.is_alphanumeric() || edge == '_');
                    !is_part(before) && !is_part(after)
                });
                let is_one = !name.is_empty() && !name.starts_with('#') && line.contains(['{', '"', '.']);
                if is_one && !is_named && !FOR_ITS_FEATURES.contains(&name.as_str()) {
                    unused.push(format!("{manifest}: {name}"));
                }
            }
        }
    }
    assert_eq!(unused, Vec::<String>::new());
}

/// The public types of a file, those inside of its modules among them.
#[derive(Default)]
struct Types(Vec<String>);

impl Types {
    fn add(&mut self, visibility: &Visibility, name: &syn::Ident) {
        // What only a part of a crate sees is told apart by its path.
        if matches!(visibility, Visibility::Public(_)) {
            self.0.push(name.to_string());
        }
    }
}

impl<'ast> Visit<'ast> for Types {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.add(&item.vis, &item.ident);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.add(&item.vis, &item.ident);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.add(&item.vis, &item.ident);
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.add(&item.vis, &item.ident);
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if !is_for_tests(&module.attrs) {
            syn::visit::visit_item_mod(self, module);
        }
    }
}

fn doubled(sources: &[(String, String)]) -> BTreeMap<String, Vec<String>> {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, file) in parsed(sources) {
        let mut types = Types::default();
        types.visit_file(&file);
        types.0.into_iter().for_each(|found| places.entry(found).or_default().push(name.clone()));
    }
    places.retain(|_, files| files.len() > 1);
    places
}

/// Whoever reads a name knows which type it is, in whatever crate.
#[test]
fn a_public_type_has_a_name_of_its_own() {
    assert_eq!(doubled(&sources()), BTreeMap::new());
    let files = invented(&[
        ("a.rs", "pub struct Seat; pub(crate) struct Row;"),
        ("b.rs", "pub enum Seat {} struct Row;"),
        ("c.rs", "#[cfg(test)] mod tests { pub struct Seat; }"),
    ]);
    assert_eq!(doubled(&files), BTreeMap::from([("Seat".to_owned(), vec!["a.rs".to_owned(), "b.rs".to_owned()])]));
}
