//! Statements that stay prepared.
//!
//! Conditions on many ids or pairs of ids at once have one bound value: the statement's text is the same for any number
//! of them, so that it stays prepared, where a list of placeholders is prepared anew for each length.
//!
//! Two lists, `a IN (…) AND b IN (…)`, are no way to ask for pairs: an index of both columns is then searched for each of
//! one with each of the other.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{Array, BigInt, Bool, HasSqlType, Text};
use diesel::sqlite::Sqlite;

/// Whether a column is one of some ids.
#[derive(Debug, QueryId)]
pub(crate) struct Among<C> {
    column: C,
    json: String,
    ids: Vec<String>,
}

/// Whether a column is one of these ids.
pub(crate) fn among<C>(column: C, ids: &[&str]) -> Among<C> {
    let owned: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    Among { column, json: serde_json::json!(owned).to_string(), ids: owned }
}

/// What a second column may hold, by its type in the database.
pub(crate) trait Second: 'static {
    /// The same in Rust.
    type Value: std::fmt::Debug;
}

impl Second for Text {
    type Value = String;
}

impl Second for BigInt {
    type Value = i64;
}

/// Whether two columns are one of some pairs.
#[derive(Debug)]
pub(crate) struct Pairs<A, B, S: Second> {
    columns: (A, B),
    json: String,
    first: Vec<String>,
    second: Vec<S::Value>,
}

impl<A: QueryId, B: QueryId, S: Second> QueryId for Pairs<A, B, S> {
    type QueryId = Pairs<A::QueryId, B::QueryId, S>;
    const HAS_STATIC_QUERY_ID: bool = A::HAS_STATIC_QUERY_ID && B::HAS_STATIC_QUERY_ID;
}

/// Whether two columns are one of these pairs.
pub(crate) fn pairs<A, B>(columns: (A, B), pairs: &[(&str, &str)]) -> Pairs<A, B, Text> {
    let (first, second) = pairs.iter().map(|(first, second)| ((*first).to_owned(), (*second).to_owned())).unzip();
    Pairs { columns, json: serde_json::json!(pairs).to_string(), first, second }
}

/// Whether two columns, the second a number, are one of these pairs.
pub(crate) fn numbered<A, B>(columns: (A, B), pairs: &[(&str, i64)]) -> Pairs<A, B, BigInt> {
    let (first, second) = pairs.iter().map(|(id, number)| ((*id).to_owned(), *number)).unzip();
    Pairs { columns, json: serde_json::json!(pairs).to_string(), first, second }
}

impl<C: QueryFragment<Sqlite>> QueryFragment<Sqlite> for Among<C> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" IN (SELECT value FROM json_each(");
        out.push_bind_param::<Text, _>(&self.json)?;
        out.push_sql("))");
        Ok(())
    }
}

impl<C: QueryFragment<Pg>> QueryFragment<Pg> for Among<C> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" = ANY(");
        out.push_bind_param::<Array<Text>, _>(&self.ids)?;
        out.push_sql(")");
        Ok(())
    }
}

/// `(a, b) IN (SELECT `
fn walk_columns<'b, DB: Backend, A, B>(columns: &'b (A, B), out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()>
where
    A: QueryFragment<DB>,
    B: QueryFragment<DB>,
{
    out.push_sql("(");
    columns.0.walk_ast(out.reborrow())?;
    out.push_sql(", ");
    columns.1.walk_ast(out.reborrow())?;
    out.push_sql(") IN (SELECT ");
    Ok(())
}

impl<A: QueryFragment<Sqlite>, B: QueryFragment<Sqlite>, S: Second> QueryFragment<Sqlite> for Pairs<A, B, S> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        walk_columns(&self.columns, &mut out)?;
        out.push_sql("value ->> 0, value ->> 1 FROM json_each(");
        out.push_bind_param::<Text, _>(&self.json)?;
        out.push_sql("))");
        Ok(())
    }
}

impl<A: QueryFragment<Pg>, B: QueryFragment<Pg>, S: Second> QueryFragment<Pg> for Pairs<A, B, S>
where
    Pg: HasSqlType<Array<S>>,
    Vec<S::Value>: ToSql<Array<S>, Pg>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        walk_columns(&self.columns, &mut out)?;
        out.push_sql("* FROM unnest(");
        out.push_bind_param::<Array<Text>, _>(&self.first)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<S>, _>(&self.second)?;
        out.push_sql("))");
        Ok(())
    }
}

impl<C> Expression for Among<C> {
    type SqlType = Bool;
}
impl<A, B, S: Second> Expression for Pairs<A, B, S> {
    type SqlType = Bool;
}
impl<C: AppearsOnTable<T>, T> AppearsOnTable<T> for Among<C> {}
impl<A: AppearsOnTable<T>, B: AppearsOnTable<T>, S: Second, T> AppearsOnTable<T> for Pairs<A, B, S> {}
impl<C: SelectableExpression<T>, T> SelectableExpression<T> for Among<C> {}
impl<A: SelectableExpression<T>, B: SelectableExpression<T>, S: Second, T> SelectableExpression<T> for Pairs<A, B, S> {}
impl<C> ValidGrouping<()> for Among<C> {
    type IsAggregate = is_aggregate::No;
}
impl<A, B, S: Second> ValidGrouping<()> for Pairs<A, B, S> {
    type IsAggregate = is_aggregate::No;
}
