//! A daemon that was started, and the files that belong to it.

use owo_colors::OwoColorize;
use rpctl::shell;

use crate::render::daemon::SpawnedDaemon;
use crate::render::page::Page;
use crate::render::{sanitize, units};

pub(in crate::render) fn daemon(daemon: &SpawnedDaemon, page: &Page) -> String {
    let title = format!(
        "✓ running: {} {} (PID {}) answers",
        daemon.service_name, daemon.service_version, daemon.pid
    );
    let line = |label: &str, value: &str| format!("{label:<12}  {}", sanitize::line(value));
    let path = |label: &str, path: &Option<std::path::PathBuf>| {
        path.as_ref()
            .map(|path| line(label, &path.to_string_lossy()))
    };
    let record = daemon.manifest.as_ref().or(daemon.sidecar.as_ref());
    let idle = units::seconds(u64::from(daemon.idle_timeout_secs));

    let mut lines = vec![title.style(page.styles.good).to_string(), String::new()];
    lines.push(line("endpoint", &daemon.endpoint.path));
    lines.extend(path("manifest", &daemon.manifest));
    lines.extend(path("sidecar", &daemon.sidecar));
    lines.push(line("idle timeout", &idle));
    lines.push(String::new());
    if let Some(path) = record {
        let path = sanitize::line(&shell::file(path));
        lines.push(format!("next: rpctl probe {path}"));
        lines.push(format!("next: rpctl shutdown {path}"));
    }
    lines.join("\n") + "\n"
}
