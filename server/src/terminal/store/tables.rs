//! The file's tables.

diesel::table! {
    kept (name) {
        name -> Text,
        value -> Text,
    }
}
diesel::table! {
    records (sequence) {
        sequence -> BigInt,
        done -> Bool,
        record -> Text,
    }
}
diesel::table! {
    marks (credential) {
        credential -> Text,
        mark -> Text,
    }
}
