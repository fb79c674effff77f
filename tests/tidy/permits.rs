//! Nothing is done for anybody without a permit: every route's handler takes one, and a room holds every kind of message
//! against what its sender may do.

use super::root;
use std::collections::BTreeSet;
use syn::{Expr, FnArg, GenericArgument, ImplItem, Item, ItemFn, Pat, PathArguments, Type};

/// What only a permit about one post-mortem may be for.
const RIGHTS: [&str; 5] = ["ToRead", "ToComment", "ToEdit", "ToPublish", "ToAdminister"];

/// What a permit beside any post-mortem may be for.
const BESIDE: [&str; 7] = ["Public", "ToMeasure", "ToEnter", "ToVisit", "ToCreate", "ToCurate", "ToManage"];

/// Of these, what is nobody's in particular, and changes nothing.
const NOBODYS: [&str; 2] = ["Public", "ToMeasure"];

fn source(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect("a source file")
}

/// One handler of a route, as the router names it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Routed {
    path: String,
    reads: bool,
    module: String,
    handler: String,
}

/// What stands in a router: its handlers, and what is neither a handler nor plainly an error.
#[derive(Debug, Default)]
struct Routes {
    handlers: Vec<Routed>,
    doubtful: Vec<String>,
}

impl Routes {
    fn of(router: &str) -> Self {
        let mut routes = Self::default();
        for item in syn::parse_file(router).expect("the router is Rust").items {
            let Item::Fn(function) = item else { continue };
            for statement in &function.block.stmts {
                match statement {
                    syn::Stmt::Local(local) => local.init.iter().for_each(|init| routes.chain(&init.expr)),
                    syn::Stmt::Expr(expression, _) => routes.chain(expression),
                    syn::Stmt::Item(_) | syn::Stmt::Macro(_) => {}
                }
            }
        }
        routes
    }

    /// The calls on a router that add something to it.
    fn chain(&mut self, expression: &Expr) {
        let Expr::MethodCall(call) = expression else { return };
        self.chain(&call.receiver);
        let arguments: Vec<&Expr> = call.args.iter().collect();
        match (call.method.to_string().as_str(), arguments.as_slice()) {
            ("route", [path, methods]) => self.methods(&literal(path), methods),
            ("fallback" | "method_not_allowed_fallback", [handler]) => self.handler("", true, handler),
            ("layer" | "with_state" | "nest", _) => {}
            (other, _) if other.starts_with("route") || other.ends_with("service") => {
                self.doubtful.push(format!("{other} adds something that is no handler"));
            }
            _ => {}
        }
    }

    fn methods(&mut self, path: &str, expression: &Expr) {
        match expression {
            Expr::Call(call) => {
                let name = last_name(&call.func).unwrap_or_default();
                call.args.iter().for_each(|handler| self.handler(path, name == "get", handler));
            }
            Expr::MethodCall(call) => {
                self.methods(path, &call.receiver);
                let reads = call.method == "get";
                call.args.iter().for_each(|handler| self.handler(path, reads, handler));
            }
            _ => self.doubtful.push(format!("{path} has methods that cannot be read")),
        }
    }

    fn handler(&mut self, path: &str, reads: bool, expression: &Expr) {
        match expression {
            Expr::Path(handler) => {
                let names: Vec<String> =
                    handler.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
                match names.as_slice() {
                    [module, handler] => {
                        let (module, handler) = (module.clone(), handler.clone());
                        self.handlers.push(Routed { path: path.to_owned(), reads, module, handler });
                    }
                    _ => self.doubtful.push(format!("{path}: {} is in no module of routes", names.join("::"))),
                }
            }
            Expr::MethodCall(call) if call.method == "layer" => self.handler(path, reads, &call.receiver),
            // An answer that does nothing but say what is wrong.
            Expr::Closure(closure) if is_error(&closure.body) => {}
            _ => self.doubtful.push(format!("{path}: a handler is neither a function of a module nor an error")),
        }
    }
}

fn literal(expression: &Expr) -> String {
    match expression {
        Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => text.value(),
        _ => String::new(),
    }
}

fn last_name(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    }
}

fn is_error(expression: &Expr) -> bool {
    matches!(expression, Expr::Path(path) if path.path.segments.first().is_some_and(|first| first.ident == "ApiError"))
}

/// The actions for which a function takes permits.
fn permits(function: &ItemFn) -> Vec<String> {
    let types = function.sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(&*typed.ty),
        FnArg::Receiver(_) => None,
    });
    types.filter_map(permit).collect()
}

fn permit(taken: &Type) -> Option<String> {
    let Type::Path(path) = taken else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Permit")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(Type::Path(action)) => Some(action.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

/// What is wrong with how routes are permitted; `source` gives the text of a module of routes.
fn unpermitted(router: &str, source: impl Fn(&str) -> String) -> Vec<String> {
    let routes = Routes::of(router);
    let mut wrong = routes.doubtful;
    for Routed { path, reads, module, handler } in routes.handlers {
        let name = format!("{module}::{handler}");
        let file = syn::parse_file(&source(&module)).expect("a module of routes is Rust");
        let function = file.items.iter().find_map(|item| match item {
            Item::Fn(function) if function.sig.ident == handler => Some(function),
            _ => None,
        });
        let Some(function) = function else {
            wrong.push(format!("{name} is not there"));
            continue;
        };
        let permits = permits(function);
        let is_about_one = path.contains("{id}");
        let is_right = |permit: &String| RIGHTS.contains(&permit.as_str());
        match permits.as_slice() {
            [permit] if is_about_one != is_right(permit) => {
                wrong.push(format!("{name} takes a permit to {permit} at {path}"));
            }
            [permit] if !is_about_one && !BESIDE.contains(&permit.as_str()) => {
                wrong.push(format!("{name} takes a permit to {permit}, which nobody knows"));
            }
            [permit] if !reads && NOBODYS.contains(&permit.as_str()) => {
                wrong.push(format!("{name} changes something for whoever comes"));
            }
            [permit] if is_about_one && !reads && permit == "ToRead" => {
                wrong.push(format!("{name} changes something with a permit to read"));
            }
            [_] => {}
            _ => wrong.push(format!("{name} takes {} permits", permits.len())),
        }
    }
    wrong
}

#[test]
fn every_handler_takes_a_permit() {
    let modules = |module: &str| source(&format!("server/src/http/routes/{module}.rs"));
    let router = source("server/src/router.rs");
    assert!(Routes::of(&router).handlers.len() > 25, "the router is read");
    assert_eq!(unpermitted(&router, modules), Vec::<String>::new());
}

#[test]
fn a_handler_without_its_permit_is_found() {
    let router = r#"
        fn router() {
            let api = Router::new()
                .route("/session", get(sessions::show).post(sessions::create).patch(sessions::update))
                .route("/postmortems/{id}", get(postmortems::show).delete(postmortems::delete.layer(large)))
                .route("/postmortems/{id}/versions", get(postmortems::list))
                .route("/secret", get(async || "everything"))
                .fallback(async || ApiError::NoRoute);
            Router::new().nest("/api", api).fallback_service(files)
        }
    "#;
    let sessions = "pub async fn show(_: Permit<ToSee>) {}
        pub async fn create(debrief: State<Debrief>) {}
        pub async fn update(_: Permit<Public>) {}";
    let postmortems = "async fn show(permit: Permit<ToRead>) {}
        async fn delete(permit: Permit<ToRead>) {}
        async fn list(State(debrief): State<Debrief>, _: access::Permit<Public>) {}";
    let wrong = unpermitted(router, |module| if module == "sessions" { sessions } else { postmortems }.to_owned());
    assert_eq!(
        wrong,
        [
            "/secret: a handler is neither a function of a module nor an error",
            "fallback_service adds something that is no handler",
            "sessions::show takes a permit to ToSee, which nobody knows",
            "sessions::create takes 0 permits",
            "sessions::update changes something for whoever comes",
            "postmortems::delete changes something with a permit to read",
            "postmortems::list takes a permit to Public at /postmortems/{id}/versions",
        ]
    );
}

/// The variants that patterns name; a pattern that fits any is among them as `_`.
fn named(pattern: &Pat, names: &mut BTreeSet<String>) {
    match pattern {
        Pat::Or(either) => either.cases.iter().for_each(|pattern| named(pattern, names)),
        Pat::TupleStruct(pattern) => names.extend(pattern.path.segments.last().map(|last| last.ident.to_string())),
        Pat::Struct(pattern) => names.extend(pattern.path.segments.last().map(|last| last.ident.to_string())),
        Pat::Path(pattern) => names.extend(pattern.path.segments.last().map(|last| last.ident.to_string())),
        _ => drop(names.insert("_".to_owned())),
    }
}

/// The kinds of messages that no arm of `Permission::of` names, and `_` where an arm takes any.
fn unchecked(wire: &str, permission: &str) -> BTreeSet<String> {
    let kinds = syn::parse_file(wire).expect("the frames are Rust").items.into_iter().find_map(|item| match item {
        Item::Enum(kinds) if kinds.ident == "Message" => Some(kinds.variants),
        _ => None,
    });
    let kinds: BTreeSet<String> =
        kinds.expect("the kinds of messages").iter().map(|kind| kind.ident.to_string()).collect();
    let mut checked = BTreeSet::new();
    for item in syn::parse_file(permission).expect("the permissions are Rust").items {
        let Item::Impl(methods) = item else { continue };
        for method in methods.items {
            let ImplItem::Fn(method) = method else { continue };
            let matched = method.block.stmts.iter().find_map(|statement| match statement {
                syn::Stmt::Expr(Expr::Match(matched), _) => Some(matched),
                _ => None,
            });
            matched.iter().flat_map(|matched| &matched.arms).for_each(|arm| named(&arm.pat, &mut checked));
        }
    }
    kinds.symmetric_difference(&checked).cloned().collect()
}

#[test]
fn a_room_holds_every_kind_of_message_against_what_its_sender_may_do() {
    let wire = source("postmortem/src/sync/wire.rs");
    let permission = source("postmortem/src/sync/room/permission.rs");
    assert_eq!(unchecked(&wire, &permission), BTreeSet::new());
    // There is one way from a frame to what is done with it.
    let room = source("postmortem/src/sync/room.rs");
    assert_eq!(room.matches("wire::messages(frame) {").count(), 1);
    assert_eq!(room.matches("self.heed(").count(), 1);
    let receive = room.split("pub fn receive(").nth(1).and_then(|rest| rest.split("\n    }\n").next());
    let receive = receive.expect("the way in of frames");
    let (asked, heeded) = (receive.find("Permission::of("), receive.find("self.heed("));
    assert!(asked.is_some() && asked < heeded, "{receive}");
}

#[test]
fn a_kind_of_message_that_is_not_checked_is_found() {
    let wire = "pub enum Message<'a> { Update(&'a [u8]), Erase, Query }";
    let lax = "impl Permission { pub fn of(message: &Message) -> Self { match message {
        Message::Update(_) if may => Self::Granted, Message::Update(_) => Self::Denied,
        Message::Query => Self::Granted, _ => Self::Granted } } }";
    assert_eq!(unchecked(wire, lax), ["Erase", "_"].map(str::to_owned).into());
}
