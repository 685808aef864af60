//! The enums of the protocol.
//!
//! Messages keep the number of a value, so that the values of a newer schema
//! survive reading and writing; `TryFrom<i32>` recognises the values known here.

use crate::named::named;

/// Defines an enum of the protocol: number, name in rpctl's JSON form and name in
/// protobuf of each value, stated once.
macro_rules! wire_enum {
    (
        $(#[$attribute:meta])*
        pub enum $enum:ident {
            $($(#[$value_attribute:meta])* $value:ident = $number:literal, $name:literal, $protobuf:literal;)+
        }
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
        #[repr(i32)]
        pub enum $enum {
            $($(#[$value_attribute])* $value = $number,)+
        }

        named!(@names $enum { $($value = $name,)+ });

        impl $enum {
            /// Returns the name in protobuf, which protobuf's JSON mapping uses.
            #[must_use]
            pub fn protobuf_name(self) -> &'static str {
                match self {
                    $(Self::$value => $protobuf,)+
                }
            }
        }

        impl $crate::record::lenient::WireEnum for $enum {
            const VALUES: &'static [(i32, &'static str, &'static str)] =
                &[$(($number, $name, $protobuf),)+];
        }
    };
}

wire_enum! {
    /// The kind of an [`Operation`](super::Operation).
    pub enum OperationKind {
        /// None.
        Idle = 0, "idle", "OPERATION_IDLE";
        /// Compacts its storage.
        Compacting = 1, "compacting", "OPERATION_COMPACTING";
        /// Migrates to another storage format.
        Migrating = 2, "migrating", "OPERATION_MIGRATING";
        /// Rebuilds an index.
        RebuildingIndex = 3, "rebuilding_index", "OPERATION_REBUILDING_INDEX";
        /// Evicts the least recently used entries.
        EvictingLru = 4, "evicting_lru", "OPERATION_EVICTING_LRU";
        /// Archives.
        Archiving = 5, "archiving", "OPERATION_ARCHIVING";
    }
}

wire_enum! {
    /// The content of a [`CacheRoot`](super::CacheRoot).
    pub enum RootKind {
        /// Not stated.
        Unspecified = 0, "unspecified", "CACHE_ROOT_KIND_UNSPECIFIED";
        /// Cached data.
        Data = 1, "data", "CACHE_DATA";
        /// Log files.
        Logs = 2, "logs", "CACHE_LOGS";
        /// Lock and PID files.
        Locks = 3, "locks", "CACHE_LOCKS";
        /// Sockets and other files of a running daemon.
        Runtime = 4, "runtime", "CACHE_RUNTIME";
        /// Temporary files.
        Tmp = 5, "tmp", "CACHE_TMP";
        /// Configuration.
        Config = 6, "config", "CACHE_CONFIG";
        /// Indexes.
        Index = 7, "index", "CACHE_INDEX";
        /// Journals.
        Journal = 8, "journal", "CACHE_JOURNAL";
        /// Secrets.
        Secrets = 9, "secrets", "CACHE_SECRETS";
    }
}

wire_enum! {
    /// When a cleaner may remove a [`CacheRoot`](super::CacheRoot).
    pub enum Disposition {
        /// When the service is uninstalled.
        PruneOnUninstall = 0, "prune_on_uninstall", "PRUNE_ON_UNINSTALL";
        /// Not when the service is uninstalled.
        PreserveAcrossUninstall = 1, "preserve_across_uninstall", "PRESERVE_ACROSS_UNINSTALL";
        /// When the service has been inactive for long.
        PruneWhenDormant = 2, "prune_when_dormant", "PRUNE_WHEN_DORMANT";
        /// Never.
        NeverPrune = 3, "never_prune", "NEVER_PRUNE";
        /// When the service has crashed.
        PruneOnCrash = 4, "prune_on_crash", "PRUNE_ON_CRASH";
    }
}

wire_enum! {
    /// The action of a [`TeardownHook`](super::TeardownHook).
    pub enum TeardownKind {
        /// None.
        None = 0, "none", "TEARDOWN_NONE";
        /// Compacts a redb database.
        RedbCompact = 1, "redb_compact", "TEARDOWN_REDB_COMPACT";
        /// Vacuums an `SQLite` database.
        SqliteVacuum = 2, "sqlite_vacuum", "TEARDOWN_SQLITE_VACUUM";
        /// Runs [`TeardownHook::argv`](super::TeardownHook::argv).
        CustomCommand = 3, "custom_command", "TEARDOWN_CUSTOM_COMMAND";
    }
}
