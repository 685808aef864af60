//! PID files: a number that is read is the decimal number in the first line, and a first line
//! that is refused is shown as it is.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rpctl::record::{Content, DigestChoice, Format, LoadError, encode, load_bytes};
use rpctl_fuzz::{heap_for, within};

/// The largest PID of the kernel.
const MAX_PID: u32 = (1 << 22) - 1;

fuzz_target!(|data: &[u8]| {
    let text = data.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(data);
    let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let line = line.trim_ascii();
    let is_decimal = !line.is_empty() && line.iter().all(u8::is_ascii_digit);
    match within(heap_for(data), || load_bytes(data)) {
        Ok(record) => {
            let Content::PidFile(file) = record.content else {
                return;
            };
            let digits = std::str::from_utf8(line).expect("digits");
            assert!(is_decimal && (1..=MAX_PID).contains(&file.pid), "{digits}");
            let number = digits.trim_start_matches('0');
            assert_eq!(number, file.pid.to_string());
            for format in Format::ALL {
                assert!(encode(&record.content, *format, DigestChoice::All).is_err());
            }
        }
        Err(LoadError::Pid { line: shown, .. }) => assert_eq!(shown.as_bytes(), line),
        Err(_) => {}
    }
});
