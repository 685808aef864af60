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
    let moment = r"\d{4}-\d\d-\d\dT[\d:.]+Z";
    let digest = "sha256:[0-9a-f]+";
    // A duration below one microsecond is absent, with the space before it.
    let time = r" *\d+(\.\d+)? (µs|ms|s)\b";
    let width = r#"width="\d+px""#;
    Regex::new(&format!("{moment}|{digest}|{time}|{width}")).unwrap()
});

const README: &str = include_str!("../../../README.md");

/// Asserts that a picture of the README shows this text, or updates it.
#[track_caller]
pub(super) fn assert_current(name: &str, shown: &str) {
    assert!(
        README.contains(&format!("(tests/pictures/{name})")),
        "{name}"
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/pictures")
        .join(name);
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let drawn = draw(shown);
    let lasting = |picture: &str| CHANGING.replace_all(picture, "").into_owned();
    let is_current = lasting(&committed) == lasting(&drawn);
    // A picture is kept as long as other runs differ only in times and digests.
    if std::env::var_os("RPCTL_UPDATE_GENERATED").is_some() {
        if !is_current {
            std::fs::write(&path, drawn).unwrap();
        }
    } else {
        assert!(
            is_current,
            "{} does not show this; update it with \
             RPCTL_UPDATE_GENERATED=1 cargo test --test it pictures\n{shown}",
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
