//! Makes a picture of what a terminal shows, and compares it with the committed one.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;
use snapbox::Data;
use snapbox::data::DataFormat;

/// The light and the dark style of a picture. It has its own background, so that it is
/// readable on any page, even if the page is dark and the reader's system is not.
const STYLE: &str = "
    .bg { fill: #f6f8fa; stroke: #d1d9e0 }
    .fg { fill: #1f2328 }
    .fg-green { fill: #116329 }
    .fg-yellow { fill: #7d4e00 }
    .fg-red { fill: #b3161f }
    .fg-magenta { fill: #8250df }
    .bold { font-weight: bold }
    .dimmed { opacity: 0.65 }
    tspan {
      font: 14px SFMono-Regular, Consolas, Liberation Mono, Menlo, monospace;
      white-space: pre;
    }
    @media (prefers-color-scheme: dark) {
      .bg { fill: #151b23; stroke: #3d444d }
      .fg { fill: #f0f6fc }
      .fg-green { fill: #56d364 }
      .fg-yellow { fill: #e3b341 }
      .fg-red { fill: #ff7b72 }
      .fg-magenta { fill: #d2a8ff }
    }
  ";

/// Removes what differs between runs: times, digests, durations, and the width of these.
static CHANGING: LazyLock<Regex> = LazyLock::new(|| {
    let moment = r"(\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\.\d{3}";
    let digest = "sha256:[0-9a-f]+";
    // A duration below one microsecond is absent, with the space before it.
    let time = r" *\d+(\.\d+)? (µs|ms|s)\b";
    let width = r#"width="\d+px""#;
    Regex::new(&format!("{moment}|{digest}|{time}|{width}")).unwrap()
});

/// The pages with pictures.
const PAGES: [&str; 2] = [
    include_str!("../../../README.md"),
    include_str!("../../../docs/checks.md"),
];

/// Returns the path of the program whose pictures are taken, if they are to be updated: a
/// program with the times of a debug build is not what people see.
pub(super) fn updated_of() -> Option<String> {
    std::env::var("RPCTL_PICTURES_OF").ok()
}

/// Asserts that a picture of a page shows this text, or updates it.
#[track_caller]
pub(super) fn assert_current(name: &str, shown: &str) {
    let link = format!("tests/pictures/{name})");
    assert!(PAGES.iter().any(|page| page.contains(&link)), "{name}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/pictures")
        .join(name);
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let drawn = draw(shown);
    let lasting = |picture: &str| CHANGING.replace_all(picture, "").into_owned();
    let is_current = lasting(&committed) == lasting(&drawn);
    // A picture is kept as long as other runs differ only in times and digests.
    if updated_of().is_some() {
        if !is_current {
            std::fs::write(&path, drawn).unwrap();
        }
    } else {
        assert!(
            is_current,
            "{} does not show this; update it with \
             RPCTL_PICTURES_OF=target/release/rpctl cargo test --test it pictures\n{shown}",
            path.display()
        );
    }
}

fn draw(shown: &str) -> String {
    let svg = Data::text(shown).coerce_to(DataFormat::TermSvg).to_string();
    let (before, rest) = svg.split_once("<style>").unwrap();
    let (_, after) = rest.split_once("</style>").unwrap();
    format!("{before}<style>{STYLE}</style>{after}")
}
