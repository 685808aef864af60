//! The arguments of a process.

use super::bytes::u32_at;

/// Reads the arguments from what `kern.procargs2` of
/// [sysctl(3)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man3/sysctl.3.html)
/// returns: their number, the path of the program, and padding stand before them, and the
/// environment behind them.
pub(in crate::platform) fn arguments(bytes: &[u8]) -> Option<Vec<String>> {
    let count = usize::try_from(u32_at(bytes, 0)?).ok()?;
    let rest = bytes.get(4..)?;
    let path_len = rest.iter().position(|&byte| byte == 0)?;
    let padding = rest[path_len..].iter().position(|&byte| byte != 0)?;
    let words = rest[path_len + padding..].split(|&byte| byte == 0);
    let words = words.take(count.min(bytes.len()));
    Some(
        words
            .map(|word| String::from_utf8_lossy(word).into_owned())
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_stand_between_the_path_and_the_environment() {
        let mut bytes = 3_u32.to_ne_bytes().to_vec();
        bytes.extend(b"/bin/sh\0\0\0\0sh\0-c\0\0HOME=/\0");
        assert_eq!(arguments(&bytes).unwrap(), ["sh", "-c", ""]);
        assert_eq!(arguments(&bytes[..6]), None);
        assert_eq!(arguments(&[]), None);
    }
}
