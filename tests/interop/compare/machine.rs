//! The machine, in one sentence.

use std::process::Command;

use crate::daemons::Result;

/// Returns where, when and beside what all is measured.
pub fn describe() -> Result<String> {
    let cpu = std::fs::read_to_string("/proc/cpuinfo")?;
    let field = |name: &str| {
        let line = cpu.lines().find(|line| line.starts_with(name))?;
        line.split_once(':').map(|(_, value)| value.trim())
    };
    let model = field("model name").unwrap_or(std::env::consts::ARCH);
    let flags = field("flags").or_else(|| field("Features"));
    let has = |flag| flags.is_some_and(|flags| flags.split(' ').any(|one| one == flag));
    let sha = if has("sha_ni") || has("sha2") {
        "with"
    } else {
        "without"
    };
    let cores = std::thread::available_parallelism()?;
    let kernel = rustix::system::uname();
    let kernel = kernel.release().to_string_lossy();
    let kernel = version(&kernel);
    let rustc = said("rustc", "--version")?;
    let rustc = rustc.split(' ').nth(1).unwrap_or("unknown");
    let date = said("date", "+%F")?;
    let load = load()?;
    Ok(format!(
        "{cores} cores of {model} {sha} SHA instructions, Linux {kernel}, Rust {rustc}, {date}, {load}"
    ))
}

/// Returns what else ran: the load of the last minute, before anything is measured.
fn load() -> Result<String> {
    let average = std::fs::read_to_string("/proc/loadavg")?;
    let average = average.split(' ').next().unwrap_or_default();
    // The scheduling policy is the 41st field of proc_pid_stat(5), the 39th after the name.
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(") ").ok_or("the state has no name")?;
    let is_normal = fields.split(' ').nth(38) == Some("0");
    let priority = if is_normal {
        ""
    } else {
        ", at real-time priority"
    };
    Ok(format!("load average {average} before{priority}"))
}

/// The numbers a kernel release begins with: what a vendor adds says nothing here.
fn version(release: &str) -> &str {
    let end = release.find(|c: char| c != '.' && !c.is_ascii_digit());
    &release[..end.unwrap_or(release.len())]
}

fn said(program: &str, argument: &str) -> Result<String> {
    let output = Command::new(program).arg(argument).output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
