//! Which file imports from which: read from the `use` declarations and paths of every crate, with re-exports followed to
//! where a name is defined. Tests and what macros hide are left out.

use std::collections::{BTreeMap, BTreeSet};
use syn::visit::Visit;
use syn::{Attribute, Item, ItemMod, ItemUse, Meta, UseTree, Visibility};

/// A file of a crate.
struct File {
    name: String,
    /// Its module, from the root of its crate.
    module: Vec<String>,
    syntax: syn::File,
}

/// The files of one crate and the arrows between them.
#[derive(Debug, Default)]
pub struct Imports {
    arrows: BTreeMap<String, BTreeSet<String>>,
}

/// The crates, by the folder of their sources.
const SOURCES: [&str; 4] = ["postmortem/src/", "app/src/", "server/src/", "xtask/src/"];

impl Imports {
    /// The arrows between files, from their names and texts.
    pub fn of(files: &[(String, String)]) -> Self {
        let mut imports = Self::default();
        for source in SOURCES {
            let files: Vec<File> = files.iter().filter_map(|(name, text)| File::parse(name, source, text)).collect();
            imports.read(&files);
        }
        imports
    }

    /// The arrows, each as importing and imported file.
    pub fn arrows(&self) -> impl Iterator<Item = (&str, &str)> {
        self.arrows.iter().flat_map(|(from, all)| all.iter().map(|to| (from.as_str(), to.as_str())))
    }

    /// Sets of files each of which can be reached from each other of the set.
    pub fn circles(&self) -> Vec<BTreeSet<&str>> {
        let reached: BTreeMap<&str, BTreeSet<&str>> =
            self.arrows.keys().map(|from| (from.as_str(), self.reached(from))).collect();
        let mut circles: Vec<BTreeSet<&str>> = Vec::new();
        for (file, ahead) in &reached {
            let back = |other: &&&str| reached.get(**other).is_some_and(|ahead| ahead.contains(file));
            let circle: BTreeSet<&str> = ahead.iter().filter(back).copied().collect();
            if !circle.is_empty() && !circles.contains(&circle) {
                circles.push(circle);
            }
        }
        circles
    }

    fn reached<'a>(&'a self, from: &str) -> BTreeSet<&'a str> {
        let (mut reached, mut next) = (BTreeSet::new(), vec![from]);
        while let Some(file) = next.pop() {
            for to in self.arrows.get(file).into_iter().flatten() {
                if reached.insert(to.as_str()) {
                    next.push(to);
                }
            }
        }
        reached
    }

    fn read(&mut self, files: &[File]) {
        let modules: BTreeMap<&[String], &File> = files.iter().map(|file| (file.module.as_slice(), file)).collect();
        let exports: BTreeMap<&[String], Vec<Export>> =
            files.iter().map(|file| (file.module.as_slice(), exports(file))).collect();
        for file in files {
            let mut paths = Paths { module: file.module.clone(), children: children(file), found: BTreeSet::new() };
            paths.visit_file(&file.syntax);
            for path in paths.found {
                // A file is a part of the one that declares it, and sees what that one keeps to itself.
                if let Some(target) = find(&modules, &exports, &path, 0)
                    && !file.module.starts_with(&target.module)
                {
                    self.arrows.entry(file.name.clone()).or_default().insert(target.name.clone());
                }
            }
        }
    }
}

impl File {
    fn parse(name: &str, source: &str, text: &str) -> Option<Self> {
        let inner = name.strip_prefix(source)?.strip_suffix(".rs")?;
        let mut module: Vec<String> = inner.split('/').map(str::to_owned).collect();
        if ["lib", "main"].contains(&inner) {
            module.clear();
        }
        // A library and its binary have the same root; the binary only calls the library.
        if inner == "main" && source != "xtask/src/" || module.last().is_some_and(|last| last == "tests") {
            return None;
        }
        let syntax = syn::parse_file(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        Some(Self { name: name.to_owned(), module, syntax })
    }
}

/// A name that a module gives on from elsewhere; none for everything.
type Export = (Option<String>, Vec<String>);

fn exports(file: &File) -> Vec<Export> {
    let children = children(file);
    let mut exports = Vec::new();
    for item in &file.syntax.items {
        if let Item::Use(ItemUse { tree, vis, .. }) = item
            && !matches!(vis, Visibility::Inherited)
        {
            for (name, path) in leaves(tree) {
                if let Some(path) = from_root(&file.module, &children, &path) {
                    exports.push((name, path));
                }
            }
        }
    }
    exports
}

/// The modules that a file declares.
fn children(file: &File) -> Vec<String> {
    let modules = file.syntax.items.iter().filter_map(|item| match item {
        Item::Mod(module) if module.content.is_none() => Some(module.ident.to_string()),
        _ => None,
    });
    modules.collect()
}

/// The paths of a `use` with the names under which they are known; none for a star.
fn leaves(tree: &UseTree) -> Vec<(Option<String>, Vec<String>)> {
    match tree {
        UseTree::Path(path) => {
            let mut found = leaves(&path.tree);
            found.iter_mut().for_each(|(_, rest)| rest.insert(0, path.ident.to_string()));
            found
        }
        UseTree::Name(name) if name.ident == "self" => vec![(None, Vec::new())],
        UseTree::Name(name) => vec![(Some(name.ident.to_string()), vec![name.ident.to_string()])],
        UseTree::Rename(rename) => vec![(Some(rename.rename.to_string()), vec![rename.ident.to_string()])],
        UseTree::Glob(_) => vec![(None, Vec::new())],
        UseTree::Group(group) => group.items.iter().flat_map(leaves).collect(),
    }
}

/// A path from the root of its crate; nothing for one of another crate, or of the file itself.
fn from_root(module: &[String], children: &[String], path: &[String]) -> Option<Vec<String>> {
    let mut base = module.to_vec();
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => {
            base.clear();
            rest = &path[1..];
        }
        "self" => rest = &path[1..],
        "super" => {
            while let Some((first, behind)) = rest.split_first().filter(|(first, _)| *first == "super") {
                debug_assert_eq!(first, "super");
                base.pop();
                rest = behind;
            }
        }
        first if children.iter().any(|child| child == first) => {}
        _ => return None,
    }
    base.extend(rest.iter().cloned());
    Some(base)
}

/// The file in which what a path names is defined.
fn find<'a>(
    modules: &BTreeMap<&[String], &'a File>,
    exports: &BTreeMap<&[String], Vec<Export>>,
    path: &[String],
    depth: usize,
) -> Option<&'a File> {
    let length = (0..=path.len()).rev().find(|length| modules.contains_key(&path[..*length]))?;
    let file = modules.get(&path[..length])?;
    let Some(name) = path.get(length) else { return Some(file) };
    if depth > 8 || defines(file, name) {
        return Some(file);
    }
    let given_on = exports.get(&path[..length])?;
    for (exported, from) in given_on {
        let mut whole = from.clone();
        match exported {
            Some(exported) if exported == name => {}
            Some(_) => continue,
            None => whole.push(name.clone()),
        }
        whole.extend(path[length + 1..].iter().cloned());
        if let Some(found) = find(modules, exports, &whole, depth + 1) {
            return Some(found);
        }
    }
    Some(file)
}

fn defines(file: &File, name: &str) -> bool {
    file.syntax.items.iter().any(|item| match item {
        Item::Const(item) => item.ident == name,
        Item::Enum(item) => item.ident == name,
        Item::Fn(item) => item.sig.ident == name,
        Item::Static(item) => item.ident == name,
        Item::Struct(item) => item.ident == name,
        Item::Trait(item) => item.ident == name,
        Item::Type(item) => item.ident == name,
        _ => false,
    })
}

/// Gathers the paths of a file.
struct Paths {
    module: Vec<String>,
    children: Vec<String>,
    found: BTreeSet<Vec<String>>,
}

impl Paths {
    fn add(&mut self, path: &[String]) {
        if let Some(path) = from_root(&self.module, &self.children, path) {
            self.found.insert(path);
        }
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        // What a file only gives on is an arrow of whoever takes it.
        if matches!(item.vis, Visibility::Inherited) && !is_for_tests(&item.attrs) {
            leaves(&item.tree).iter().for_each(|(_, path)| self.add(path));
        }
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if !is_for_tests(&module.attrs) {
            syn::visit::visit_item_mod(self, module);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if segments.len() > 1 {
            self.add(&segments);
        }
        syn::visit::visit_path(self, path);
    }
}

/// Whether something is compiled for tests alone.
pub fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imports(files: &[(&str, &str)]) -> Imports {
        let files: Vec<(String, String)> =
            files.iter().map(|(name, text)| (format!("server/src/{name}"), (*text).to_owned())).collect();
        Imports::of(&files)
    }

    #[test]
    fn arrows_lead_to_where_a_name_is_defined() {
        let imports = imports(&[
            ("lib.rs", "mod a; mod b; pub use a::Apple;"),
            ("a.rs", "mod seed; pub use seed::Seed; pub struct Apple;"),
            ("a/seed.rs", "pub struct Seed; #[cfg(test)] mod tests { use crate::b::bake; }"),
            ("b.rs", "use crate::{Apple, a::Seed}; pub fn bake() { crate::a::seed::Seed; }"),
        ]);
        let arrows: Vec<(&str, &str)> = imports.arrows().collect();
        assert_eq!(arrows, [("server/src/b.rs", "server/src/a.rs"), ("server/src/b.rs", "server/src/a/seed.rs")]);
        assert!(imports.circles().is_empty());
    }

    #[test]
    fn a_circle_is_found_and_a_part_of_a_file_makes_none_with_it() {
        let parts = [
            ("lib.rs", "mod a;"),
            ("a.rs", "mod b; use b::Leaf; pub struct Tree(Leaf);"),
            ("a/b.rs", "use super::Tree;"),
        ];
        assert!(imports(&parts).circles().is_empty());
        let imports = imports(&[
            ("lib.rs", "mod a; mod c;"),
            ("a.rs", "mod b; use b::Leaf; pub struct Tree(Leaf);"),
            ("a/b.rs", "use crate::c::Root; pub struct Leaf(Root);"),
            ("c.rs", "pub struct Root; impl Root { fn of(tree: &crate::a::Tree) {} }"),
        ]);
        let circles = imports.circles();
        assert_eq!(circles.len(), 1);
        assert_eq!(circles[0].len(), 3, "{circles:?}");
    }
}
