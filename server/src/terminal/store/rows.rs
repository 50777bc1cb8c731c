//! Rows out of what is written, and back.

use super::Result;
use super::tables::{kept, marks, records};
use diesel::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use terminal::{Stage, Write};

pub(super) fn put(c: &mut SqliteConnection, write: &Write) -> Result<()> {
    match write {
        Write::Identity(identity) => put_value(c, "identity", identity),
        Write::State(state) => put_value(c, "state", state),
        Write::List { manifest, list } => {
            put_text(c, "manifest", manifest)?;
            put_text(c, "list", list)
        }
        Write::Record(record) => {
            let row = (
                records::sequence.eq(record.entry.sequence),
                records::done.eq(record.stage == Stage::Done),
                records::record.eq(serde_json::to_string(record)?),
            );
            diesel::replace_into(records::table).values(row).execute(c)?;
            Ok(())
        }
        Write::Mark(mark) => {
            let row = (marks::credential.eq(&mark.credential), marks::mark.eq(serde_json::to_string(mark)?));
            diesel::replace_into(marks::table).values(row).execute(c)?;
            Ok(())
        }
        Write::Unmark(credential) => {
            diesel::delete(marks::table.filter(marks::credential.eq(credential))).execute(c)?;
            Ok(())
        }
        Write::Forget(upto) => {
            diesel::delete(records::table.filter(records::sequence.le(upto))).execute(c)?;
            Ok(())
        }
    }
}

pub(super) fn clear(c: &mut SqliteConnection) -> Result<()> {
    diesel::delete(kept::table).execute(c)?;
    diesel::delete(records::table).execute(c)?;
    diesel::delete(marks::table).execute(c)?;
    Ok(())
}

pub(super) fn put_value<T: Serialize>(c: &mut SqliteConnection, name: &str, value: &T) -> Result<()> {
    put_text(c, name, &serde_json::to_string(value)?)
}

pub(super) fn put_text(c: &mut SqliteConnection, name: &str, value: &str) -> Result<()> {
    diesel::replace_into(kept::table).values((kept::name.eq(name), kept::value.eq(value))).execute(c)?;
    Ok(())
}

pub(super) fn text(c: &mut SqliteConnection, name: &str) -> Result<Option<String>> {
    Ok(kept::table.find(name).select(kept::value).first(c).optional()?)
}

pub(super) fn value<T: DeserializeOwned>(c: &mut SqliteConnection, name: &str) -> Result<Option<T>> {
    Ok(text(c, name)?.map(|value| serde_json::from_str(&value)).transpose()?)
}
