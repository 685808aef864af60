//! Words for sockets and pipes.

use std::path::Path;

use rpctl::__private::System;

use super::Words;
use crate::shell;

impl Words {
    /// Returns the hint that shows who listens at an endpoint; `may_be_tcp` if it need not be
    /// a local one. A pipe of Windows names its server only to its clients.
    pub(crate) fn listeners(self, endpoint: &str, may_be_tcp: bool) -> String {
        let quoted = shell::word_for(self.0, endpoint);
        match (self.0, may_be_tcp) {
            (System::Windows, _) if endpoint.contains(':') => {
                let port = endpoint.rsplit(':').next().unwrap_or_default();
                format!("netstat -ano | findstr :{port} shows who listens there")
            }
            (System::Windows, _) => format!(
                "rpctl record --socket {quoted} --record - shows which process serves the pipe"
            ),
            (System::Linux, true) => {
                format!("ss -xltnp | grep -F {quoted} shows who listens there")
            }
            (System::Linux, false) => {
                format!("ss -xlp | grep -F {quoted} shows who listens there")
            }
            (System::MacOs, _) => format!("lsof -nP | grep -F {quoted} shows who listens there"),
        }
    }

    /// Returns the hint that lists all that listens.
    pub(crate) fn all_listeners(self) -> &'static str {
        match self.0 {
            System::Windows => {
                r"netstat -ano shows who listens on TCP, and Get-ChildItem \\.\pipe\ the pipes"
            }
            System::Linux => "ss -lxtp shows which processes listen, and where",
            System::MacOs => "lsof -nP -U -iTCP shows which processes listen, and where",
        }
    }

    /// Returns the hint that names the process that listens at an endpoint.
    pub(crate) fn listening_process(self) -> &'static str {
        match self.0 {
            System::Windows => r"Get-ChildItem \\.\pipe\ lists the pipes",
            System::Linux => "ss -xlp names the process",
            System::MacOs => "lsof -U names the process",
        }
    }

    /// Returns the hint about the forms of an address.
    pub(crate) fn address_forms(self) -> String {
        match self.0 {
            System::Windows => format!(
                "an address is the name of a pipe, HOST:PORT or :PORT; {}",
                self.all_listeners()
            ),
            System::Linux => {
                "an address is PATH, @NAME, HOST:PORT or :PORT; ss -lxtp shows who listens where"
                    .to_owned()
            }
            System::MacOs => format!(
                "an address is PATH, HOST:PORT or :PORT; {}",
                self.all_listeners()
            ),
        }
    }

    /// Returns the hint that shows what has the name of an endpoint.
    pub(crate) fn endpoint(self, name: &str) -> String {
        if self.is_windows() {
            r"an endpoint is the name of a pipe, NAME or \\.\pipe\NAME: have the daemon record that"
                .to_owned()
        } else {
            format!(
                "ls -ld {} shows what is there",
                shell::file(Path::new(name))
            )
        }
    }

    /// Returns why a daemon without an endpoint must be started again.
    pub(crate) fn restart_without_endpoint(self) -> &'static str {
        if self.is_windows() {
            "otherwise it does not serve its pipe any more, and must be started again"
        } else {
            "otherwise its socket was deleted, and the daemon must be started again"
        }
    }

    /// Returns what an endpoint of this system is.
    pub(crate) fn socket(self) -> &'static str {
        self.0.socket()
    }
}
