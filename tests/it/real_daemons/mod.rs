//! Daemons that know nothing of rpctl, as Debian ships them: redis-server, nginx,
//! postgresql, memcached, openssh-server, haproxy, dbus. They are found again by process
//! records, PID files and listeners, and stopped by their own signals.

mod config;
mod crashes;
mod kind;
mod records;
mod reloads;
mod restarts;
mod running;
mod scenario;
mod stops;
mod upgrades;
mod user;

pub(crate) use scenario::operate;
