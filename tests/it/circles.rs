//! No files of the program or the library use each other in a circle.
//!
//! A file uses another if one of its paths leads to an item there; re-exports are
//! followed to the file that defines the item.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A module as its path below the crate root.
type Module = Vec<String>;

/// The modules of one crate.
struct Modules {
    /// The code of each module, without its tests.
    code: BTreeMap<Module, String>,
    /// The modules that a name of a module can come from.
    reexports: BTreeMap<Module, BTreeMap<String, Module>>,
}

impl Modules {
    fn read(root: &Path, skip: Option<&str>) -> Self {
        let mut code = BTreeMap::new();
        collect(root, &Vec::new(), skip, &mut code);
        let mut modules = Self {
            code,
            reexports: BTreeMap::new(),
        };
        for (module, code) in &modules.code {
            let mut names = BTreeMap::new();
            // A name that a module imports can be used by its children, too.
            let paths = use_paths(code, true).into_iter();
            for path in paths.chain(use_paths(code, false)) {
                if let Some(name) = path.last()
                    && let Some(target) = modules.absolute(module, &path)
                {
                    names.insert(name.clone(), target);
                }
            }
            modules.reexports.insert(module.clone(), names);
        }
        modules
    }

    /// Returns the path below the crate root; `None` if it leads to another crate.
    fn absolute(&self, module: &Module, path: &[String]) -> Option<Vec<String>> {
        let mut base = module.clone();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => (base, rest) = (Vec::new(), &path[1..]),
            "self" => rest = &path[1..],
            "super" => {}
            name => {
                base.push(name.to_owned());
                return self
                    .code
                    .contains_key(&base)
                    .then(|| [module, path].concat());
            }
        }
        while rest.first().is_some_and(|part| part == "super") {
            base.pop()?;
            rest = &rest[1..];
        }
        base.extend_from_slice(rest);
        Some(base)
    }

    /// Returns the module that defines the item at an absolute path.
    fn defining(&self, path: &[String], depth: usize) -> Option<Module> {
        let mut length = path.len();
        while length > 0 && !self.code.contains_key(&path[..length]) {
            length -= 1;
        }
        let (module, rest) = path.split_at(length);
        if let Some(name) = rest.first()
            && depth > 0
            && let Some(target) = self.reexports[module].get(name)
        {
            let path = [target.as_slice(), &rest[1..]].concat();
            return self.defining(&path, depth - 1);
        }
        Some(module.to_vec())
    }

    /// Returns the modules that each module uses.
    fn edges(&self) -> BTreeMap<Module, BTreeSet<Module>> {
        let used_by = |module: &Module, code: &str| {
            let paths = use_paths(code, false).into_iter().chain(inline_paths(code));
            let mut used: BTreeSet<Module> = paths
                .filter_map(|path| self.absolute(module, &path))
                .filter_map(|path| self.defining(&path, 8))
                .collect();
            used.remove(module);
            used
        };
        self.code
            .iter()
            .map(|(module, code)| (module.clone(), used_by(module, code)))
            .collect()
    }
}

fn collect(
    directory: &Path,
    module: &Module,
    skip: Option<&str>,
    code: &mut BTreeMap<Module, String>,
) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        // What systems share is part of each of them.
        let name = if name == "unix" { "linux" } else { name };
        let child = [module.as_slice(), &[name.to_owned()]].concat();
        if path.is_dir() {
            if skip != Some(name) {
                collect(&path, &child, skip, code);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") && name != "tests" {
            let text = std::fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            let is_root = matches!(name, "mod" | "lib" | "main");
            let module = if is_root { module.clone() } else { child };
            code.insert(module, text.to_owned());
        }
    }
}

/// Returns the paths of `use` declarations: of those that re-export, or of the others.
fn use_paths(code: &str, reexporting: bool) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    for (start, declaration) in declarations(code) {
        if code[start..].starts_with("pub") == reexporting {
            expand(&[], declaration, &mut paths);
        }
    }
    paths
}

/// Returns each `use` declaration without `use` and the semicolon, and its position.
fn declarations(code: &str) -> Vec<(usize, &str)> {
    let mut start = 0;
    let mut found = Vec::new();
    for line in code.split_inclusive('\n') {
        let first = line.trim_start();
        let position = start + line.len() - first.len();
        let is_use = ["use ", "pub use ", "pub(crate) use ", "pub(super) use "];
        if let Some(prefix) = is_use.iter().find(|prefix| first.starts_with(**prefix)) {
            let rest = &code[position + prefix.len()..];
            found.push((position, rest.split(';').next().unwrap()));
        }
        start += line.len();
    }
    found
}

/// Expands the braces of a declaration into one path for each name.
fn expand(prefix: &[String], tree: &str, paths: &mut Vec<Vec<String>>) {
    let Some((before, group)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap().trim();
        let parts = path.split("::").map(str::to_owned);
        paths.push(prefix.iter().cloned().chain(parts).collect());
        return;
    };
    let parts = before.trim().split("::").filter(|part| !part.is_empty());
    let prefix: Vec<String> = prefix
        .iter()
        .cloned()
        .chain(parts.map(str::to_owned))
        .collect();
    let group = &group[..group.rfind('}').unwrap()];
    let mut depth = 0;
    let mut start = 0;
    for (at, c) in group.char_indices().chain([(group.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !group[start..at].trim().is_empty() {
                    expand(&prefix, group[start..at].trim(), paths);
                }
                start = at + 1;
            }
            _ => {}
        }
    }
}

/// Returns the paths in expressions and types that begin at the crate or a parent module.
fn inline_paths(code: &str) -> Vec<Vec<String>> {
    let lines = code.lines().filter(|line| {
        let line = line.trim_start();
        !line.starts_with("//") && !line.contains("use ") && !line.starts_with("pub(in ")
    });
    let mut paths = Vec::new();
    for line in lines {
        for root in ["crate::", "super::", "self::"] {
            for (at, _) in line.match_indices(root) {
                if line[..at].ends_with(|c: char| c.is_alphanumeric() || c == ':' || c == '_')
                    || line[..at].ends_with("pub(in ")
                {
                    continue;
                }
                let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
                let path: String = line[at..].chars().take_while(|c| is_path(*c)).collect();
                let parts = path.split("::").filter(|part| !part.is_empty());
                paths.push(parts.map(str::to_owned).collect());
            }
        }
    }
    paths
}

/// Returns the files of a circle, if there is one: what remains after all files that use
/// none of the remaining files are taken away, and all that none of them uses.
fn circle(mut edges: BTreeMap<Module, BTreeSet<Module>>) -> Vec<String> {
    loop {
        let left: BTreeSet<Module> = edges.keys().cloned().collect();
        let used: BTreeSet<Module> = edges.values().flatten().cloned().collect();
        let before = edges.len();
        edges.retain(|module, uses| {
            uses.retain(|other| left.contains(other));
            !uses.is_empty() && used.contains(module)
        });
        if edges.len() == before {
            break;
        }
    }
    let edge = |(module, uses): (&Module, &BTreeSet<Module>)| {
        let uses: Vec<String> = uses.iter().map(|other| other.join("::")).collect();
        format!("{} uses {}", module.join("::"), uses.join(", "))
    };
    edges.iter().map(edge).collect()
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (root, skip) in [
        (source.clone(), Some("bin")),
        (source.join("bin/rpctl"), None),
    ] {
        let circle = circle(Modules::read(&root, skip).edges());
        assert!(
            circle.is_empty(),
            "{}:\n{}",
            root.display(),
            circle.join("\n")
        );
    }
}

#[test]
fn a_circle_is_found_and_named() {
    let module = |name: &str| vec![name.to_owned()];
    let edges = [("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")];
    let mut uses: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
    for (from, to) in edges {
        uses.entry(module(from)).or_default().insert(module(to));
    }
    assert_eq!(circle(uses), ["b uses c", "c uses b"]);
}
