//! What the system tells of a process.

use super::bytes::{before_nul, u16_at, u32_at, u64_at};

/// The size of `struct kinfo_proc` on systems of 64 bits.
pub(in crate::platform) const KINFO_PROC_LEN: usize = 648;

/// The size of `struct proc_uniqidentifierinfo`.
pub(in crate::platform) const UNIQUE_ID_LEN: usize = 56;

/// The state of a process that has exited: `SZOMB`.
const ZOMBIE: u8 = 5;

/// The flag of a process that has executed a program: `P_EXEC`.
const EXECUTED: u32 = 0x4000;

/// The places of what is read of `struct kinfo_proc`.
mod at {
    pub(super) const START_SECONDS: usize = 0;
    pub(super) const START_MICROSECONDS: usize = 8;
    pub(super) const FLAGS: usize = 32;
    pub(super) const STATE: usize = 36;
    pub(super) const PID: usize = 40;
    pub(super) const IGNORED: usize = 232;
    pub(super) const COMMAND: usize = 243;
    pub(super) const COMMAND_LEN: usize = 17;
    pub(super) const WAIT_STATUS: usize = 280;
    pub(super) const REAL_USER: usize = 392;
    pub(super) const SAVED_USER: usize = 396;
    pub(super) const EFFECTIVE_USER: usize = 420;
    pub(super) const PARENT: usize = 560;
}

/// A process, which may have exited, as `kern.proc.pid` of
/// [sysctl(3)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man3/sysctl.3.html)
/// describes it to all users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::platform) struct ProcessInfo {
    pub(in crate::platform) pid: u32,
    pub(in crate::platform) parent: u32,
    /// When it was started, in microseconds since the Unix epoch.
    pub(in crate::platform) start_us: u64,
    pub(in crate::platform) is_zombie: bool,
    pub(in crate::platform) has_executed: bool,
    pub(in crate::platform) real_user: u32,
    pub(in crate::platform) effective_user: u32,
    pub(in crate::platform) saved_user: u32,
    /// The first 16 bytes of the name of the program.
    pub(in crate::platform) command: String,
    /// The signals that it ignores: the lowest bit is that of signal 1.
    pub(in crate::platform) ignored: u32,
    /// Its status once it has exited, as
    /// [wait(2)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man2/wait.2.html)
    /// returns it.
    pub(in crate::platform) wait_status: u16,
}

/// Reads `struct kinfo_proc`; `None` if it has another size.
pub(in crate::platform) fn process_info(bytes: &[u8]) -> Option<ProcessInfo> {
    if bytes.len() != KINFO_PROC_LEN {
        return None;
    }
    let number = |place| u32_at(bytes, place);
    let command = bytes.get(at::COMMAND..at::COMMAND + at::COMMAND_LEN)?;
    let seconds = u64_at(bytes, at::START_SECONDS)?;
    let microseconds = u64::from(number(at::START_MICROSECONDS)?);
    Some(ProcessInfo {
        pid: number(at::PID)?,
        parent: number(at::PARENT)?,
        start_us: seconds.checked_mul(1_000_000)?.checked_add(microseconds)?,
        is_zombie: *bytes.get(at::STATE)? == ZOMBIE,
        has_executed: number(at::FLAGS)? & EXECUTED != 0,
        real_user: number(at::REAL_USER)?,
        effective_user: number(at::EFFECTIVE_USER)?,
        saved_user: number(at::SAVED_USER)?,
        command: String::from_utf8_lossy(before_nul(command)).into_owned(),
        ignored: number(at::IGNORED)?,
        wait_status: u16_at(bytes, at::WAIT_STATUS)?,
    })
}

/// Reads the number in `struct proc_uniqidentifierinfo` that no other process of this boot has
/// or had.
pub(in crate::platform) fn unique_id(bytes: &[u8]) -> Option<u64> {
    let id = u64_at(bytes, 16).filter(|id| *id != 0);
    id.filter(|_| bytes.len() == UNIQUE_ID_LEN)
}

/// Returns the exit code in a status, or else the signal that has ended the process.
pub(in crate::platform) fn code_or_signal(wait_status: u16) -> Result<i32, i32> {
    let signal = i32::from(wait_status & 0x7f);
    if signal == 0 {
        Ok(i32::from(wait_status >> 8))
    } else {
        Err(signal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinfo_proc() -> Vec<u8> {
        let mut bytes = vec![0; KINFO_PROC_LEN];
        let mut put = |place: usize, value: &[u8]| {
            bytes[place..place + value.len()].copy_from_slice(value);
        };
        put(at::START_SECONDS, &1_796_000_000_u64.to_ne_bytes());
        put(at::START_MICROSECONDS, &7_u32.to_ne_bytes());
        put(at::FLAGS, &0x4004_u32.to_ne_bytes());
        put(at::STATE, &[2]);
        put(at::PID, &812_u32.to_ne_bytes());
        put(at::COMMAND, b"daemon");
        put(at::EFFECTIVE_USER, &501_u32.to_ne_bytes());
        put(at::PARENT, &1_u32.to_ne_bytes());
        bytes
    }

    #[test]
    fn a_process_is_read_at_the_places_of_its_structure() {
        let mut bytes = kinfo_proc();
        let info = process_info(&bytes).unwrap();
        assert_eq!((info.pid, info.parent), (812, 1));
        assert_eq!(info.start_us, 1_796_000_000_000_007);
        assert_eq!((info.effective_user, info.real_user), (501, 0));
        assert_eq!(info.command, "daemon");
        assert!(info.has_executed && !info.is_zombie);
        bytes[at::STATE] = ZOMBIE;
        assert!(process_info(&bytes).unwrap().is_zombie);
    }

    #[test]
    fn a_structure_of_another_size_is_not_understood() {
        assert_eq!(process_info(&kinfo_proc()[1..]), None);
        assert_eq!(process_info(&[]), None);
        assert_eq!(unique_id(&[1; UNIQUE_ID_LEN - 1]), None);
        assert_eq!(unique_id(&[0; UNIQUE_ID_LEN]), None);
    }

    #[test]
    fn a_unique_id_follows_the_uuid_of_the_program() {
        let mut bytes = [0xff; UNIQUE_ID_LEN];
        bytes[16..24].copy_from_slice(&4711_u64.to_ne_bytes());
        assert_eq!(unique_id(&bytes), Some(4711));
    }

    #[test]
    fn a_status_tells_a_code_or_a_signal() {
        assert_eq!(code_or_signal(0x0300), Ok(3));
        assert_eq!(code_or_signal(9), Err(9));
        assert_eq!(code_or_signal(0x80 | 6), Err(6));
    }
}
