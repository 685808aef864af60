//! Enums whose values have names in reports.

/// Defines an enum, with the name of each value stated once, and its `ALL`, `name()`,
/// `Display` and `Serialize`.
macro_rules! named {
    (
        $(#[$attribute:meta])*
        pub enum $enum:ident { $($(#[$value_attribute:meta])* $value:ident = $name:literal,)+ }
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $enum {
            $($(#[$value_attribute])* $value,)+
        }

        $crate::named::named!(@names $enum { $($value = $name,)+ });

        impl std::fmt::Display for $enum {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl serde::Serialize for $enum {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }
    };
    // The names alone, for an enum with other derives or another form on the wire.
    (@names $enum:ident { $($value:ident = $name:literal,)+ }) => {
        impl $enum {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$value,)+];

            /// Returns the name in reports and in rpctl's JSON, which is stable.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$value => $name,)+
                }
            }
        }
    };
}

pub(crate) use named;
