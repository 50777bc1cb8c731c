//! A statement of a fixed text with values, that stays prepared.
//!
//! Diesel prepares an `UPDATE` and whatever is written as SQL anew each time: on SQLite that costs more than running it,
//! and a Postgres server is asked twice.

use diesel::RunQueryDsl;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::HasSqlType;
use std::marker::PhantomData;

/// SQL before the values, the values, and SQL after them. The text must be the same for every run.
pub(crate) struct Statement<'a, DB: Backend> {
    before: &'static str,
    values: Vec<Box<dyn QueryFragment<DB> + 'a>>,
    after: &'static str,
}

impl<'a, DB: Backend> Statement<'a, DB> {
    /// A statement without values so far; they will stand between the two, separated by commas.
    pub(crate) fn new(before: &'static str, after: &'static str) -> Self {
        Self { before, values: Vec::new(), after }
    }

    /// Adds a value of a type in SQL.
    pub(crate) fn with<ST, T>(mut self, value: T) -> Self
    where
        DB: HasSqlType<ST>,
        T: ToSql<ST, DB> + 'a,
        ST: 'a,
    {
        self.values.push(Box::new(Value { value, of: PhantomData::<ST> }));
        self
    }
}

impl<DB: Backend> QueryId for Statement<'_, DB> {
    type QueryId = ();
    /// It is found by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB: Backend> QueryFragment<DB> for Statement<'_, DB> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(self.before);
        for (place, value) in self.values.iter().enumerate() {
            if place > 0 {
                out.push_sql(", ");
            }
            value.walk_ast(out.reborrow())?;
        }
        out.push_sql(self.after);
        Ok(())
    }
}

impl<C, DB: Backend> RunQueryDsl<C> for Statement<'_, DB> {}

struct Value<ST, T> {
    value: T,
    of: PhantomData<ST>,
}

impl<DB, ST, T> QueryFragment<DB> for Value<ST, T>
where
    DB: Backend + HasSqlType<ST>,
    T: ToSql<ST, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_bind_param::<ST, T>(&self.value)
    }
}
