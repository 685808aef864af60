//! The examples of the hand-written pages.

use data_encoding::HEXLOWER;
use rpctl::protocol::{Challenge, HEADER_LEN};
use rpctl::responder::{ProbeResponder, Reply};

use crate::support::{World, block};

const MANIFEST: &str = include_str!("../../man/rpctl-manifest.5");
const PROTOCOL: &str = include_str!("../../man/rpctl-protocol.7");

/// Returns the example that contains `words`, as a reader sees it.
fn example(page: &str, words: &str) -> String {
    let source = page
        .split("\n.Bd -literal")
        .skip(1)
        .filter_map(|block| block.split_once('\n')?.1.split_once("\n.Ed"))
        .map(|(source, _)| source)
        .find(|source| source.contains(words))
        .unwrap();
    let text = source
        .replace("\\\n", "")
        .replace("\\-", "-")
        .replace("\\e", "\u{0}");
    assert!(!text.contains('\\'), "an escape that is not undone: {text}");
    text.replace('\u{0}', "\\") + "\n"
}

/// Returns the daemon in Python, whose arguments are its socket and its record.
pub(crate) fn python_daemon() -> String {
    example(PROTOCOL, "import hashlib")
}

#[test]
fn the_daemons_of_the_protocol_page_are_those_for_authors() {
    const PAGE: &str = include_str!("../../docs/daemon-authors.md");
    let daemons = [("python", "exampled.py"), ("go", "exampled.go")];
    for (language, file) in daemons {
        let words = format!(" {file}: ");
        assert_eq!(example(PROTOCOL, &words), block(PAGE, language, &words));
    }
}

/// Returns the bytes of an example with a comment after two spaces in some lines.
fn bytes(words: &str) -> Vec<u8> {
    let text = example(PROTOCOL, words);
    let lines = text.lines().filter_map(|line| line.split("  ").next());
    let digits: String = lines.flat_map(|line| line.split(' ')).collect();
    HEXLOWER.decode(digits.as_bytes()).unwrap()
}

#[test]
fn the_exchange_of_the_protocol_page_is_what_is_sent() {
    let record = example(PROTOCOL, "\"pid\": 4711");
    let record = rpctl::record::load_bytes(record.as_bytes()).unwrap();
    let identity = record.daemon().unwrap();
    let nonce = std::array::from_fn(|at| u8::try_from(at).unwrap());
    let challenge = Challenge::with_nonce(nonce);
    let request = bytes("50 bytes");
    assert_eq!(request, challenge.request());
    let Reply::Answer { bytes: answer, .. } =
        ProbeResponder::new(identity.clone()).answer(&request)
    else {
        panic!("no answer");
    };
    assert_eq!(answer, bytes("186 bytes"));
    let answered = challenge.read_answer(&answer[HEADER_LEN..]).unwrap();
    assert_eq!(answered, identity);
}

#[test]
fn the_json_manifest_of_the_manifest_page_is_sound() {
    let world = World::new();
    let record = world.path("manifest.json");
    std::fs::write(&record, example(MANIFEST, "manifest_schema_version")).unwrap();
    let document = world
        .rpctl(["inspect-manifest", "--json", "manifest.json"])
        .json();
    assert_eq!(document["exit_code"], 0, "{document:#}");
    assert_eq!(document["target"]["format"], "manifest_json");
    assert_eq!(document["findings"], serde_json::json!([]), "{document:#}");
}

#[test]
fn the_process_record_of_the_manifest_page_is_one() {
    let text = example(MANIFEST, "ticks_per_second");
    let record: rpctl::process::ProcessRecord = serde_json::from_str(&text).unwrap();
    assert_eq!(record.process.pid, 4711);
}
