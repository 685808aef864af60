//! The definition of messages in the manner of a `.proto` file.

/// Defines messages, each field in the form `name: kind = number, "jsonName";`. The kind
/// determines the type of the field and its forms in protobuf and in JSON. The second name,
/// which protobuf's JSON mapping uses, is left out if it is the same.
macro_rules! messages {
    ($($(#[$attribute:meta])* pub struct $message:ident { $($fields:tt)* })+) => {
        $(messages!(@fields [$(#[$attribute])* pub struct $message] [] $($fields)*);)+
    };

    // Moves the first of the remaining fields to those that are defined.
    (@fields $message:tt $defined:tt $(#[$attribute:meta])*
        $name:ident: $kind:ident $(<$type:ident>)? = $number:literal $(, $json:literal)?;
        $($rest:tt)*
    ) => {
        messages!(@$kind $($type)?
            ($message $defined [$(#[$attribute])*] $name $number [$($json)?] $($rest)*));
    };
    (@fields [$($message:tt)*] [$($defined:tt)*]) => {
        #[derive(Clone, PartialEq, Eq, prost::Message, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        $($message)* { $($defined)* }
    };

    // The number of an enum; the attribute of the field names the enum.
    (@int32 $at:tt) => { messages!(@add i32, [int32] [] $at); };
    (@bool $at:tt) => { messages!(@add bool, [bool] ["lenient::or_default"] $at); };
    (@uint32 $at:tt) => { messages!(@add u32, [uint32] ["lenient::uint32"] $at); };
    (@uint64 $at:tt) => { messages!(@add u64, [uint64] ["lenient::uint64"] $at); };
    (@string $at:tt) => { messages!(@add String, [string] ["lenient::or_default"] $at); };
    (@strings $at:tt) => { messages!(@add Vec<String>, [string, repeated] ["lenient::list"] $at); };
    (@string_map $at:tt) => {
        messages!(@add BTreeMap<String, String>,
            [btree_map = "string, string"] ["lenient::string_map"] $at);
    };
    (@messages $type:ident $at:tt) => {
        messages!(@add Vec<$type>, [message, repeated] ["lenient::messages"] $at);
    };
    (@message $type:ident $at:tt) => {
        messages!(@add Option<$type>, [message, optional]
            ["lenient::message", skip_serializing_if = "Option::is_none"] $at);
    };
    (@optional_uint32 $at:tt) => {
        messages!(@add Option<u32>, [uint32, optional]
            ["lenient::optional_uint32", skip_serializing_if = "Option::is_none"] $at);
    };
    (@bytes $at:tt) => {
        messages!(@add Vec<u8>, [bytes = "vec"]
            ["lenient::bytes::deserialize", serialize_with = "lenient::bytes::serialize",
                skip_serializing_if = "Vec::is_empty"] $at);
    };

    // Defines the field, with the attributes that its kind needs.
    (@add $type:ty, [$($protobuf:tt)*] [$($read:literal $($serde:tt)*)?]
        ($message:tt [$($defined:tt)*] [$($attribute:tt)*]
            $name:ident $number:tt [$($json:tt)?] $($rest:tt)*)
    ) => {
        messages!(@fields $message [
            $($defined)*
            $($attribute)*
            #[prost($($protobuf)*, tag = $number)]
            #[serde($(alias = $json,)? $(deserialize_with = $read $($serde)*)?)]
            pub $name: $type,
        ] $($rest)*);
    };
}

pub(super) use messages;
