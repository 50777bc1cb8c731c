//! Statements that stay prepared.
//!
//! Conditions on many ids or pairs of ids at once have one bound value: the statement's text is the same for any number
//! of them, so that it stays prepared, where a list of placeholders is prepared anew for each length.
//!
//! Two lists, `a IN (…) AND b IN (…)`, are no way to ask for pairs: an index of both columns is then searched for each of
//! one with each of the other.

use diesel::RunQueryDsl;
use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Array, BigInt, Bool, Text};
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

/// Whether two columns are one of some pairs.
#[derive(Debug, QueryId)]
pub(crate) struct Pairs<A, B> {
    columns: (A, B),
    json: String,
    first: Vec<String>,
    second: Vec<String>,
}

/// Whether two columns are one of these pairs.
pub(crate) fn pairs<A, B>(columns: (A, B), pairs: &[(&str, &str)]) -> Pairs<A, B> {
    Pairs {
        columns,
        json: serde_json::json!(pairs).to_string(),
        first: pairs.iter().map(|(first, _)| (*first).to_owned()).collect(),
        second: pairs.iter().map(|(_, second)| (*second).to_owned()).collect(),
    }
}

/// Whether two columns, the second a number, are one of some pairs.
#[derive(Debug, QueryId)]
pub(crate) struct Numbered<A, B> {
    columns: (A, B),
    json: String,
    ids: Vec<String>,
    numbers: Vec<i64>,
}

/// Whether two columns, the second a number, are one of these pairs.
pub(crate) fn numbered<A, B>(columns: (A, B), pairs: &[(&str, i64)]) -> Numbered<A, B> {
    Numbered {
        columns,
        json: serde_json::json!(pairs).to_string(),
        ids: pairs.iter().map(|(id, _)| (*id).to_owned()).collect(),
        numbers: pairs.iter().map(|(_, number)| *number).collect(),
    }
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

impl<A: QueryFragment<Sqlite>, B: QueryFragment<Sqlite>> QueryFragment<Sqlite> for Pairs<A, B> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        walk_columns(&self.columns, &mut out)?;
        out.push_sql("value ->> 0, value ->> 1 FROM json_each(");
        out.push_bind_param::<Text, _>(&self.json)?;
        out.push_sql("))");
        Ok(())
    }
}

impl<A: QueryFragment<Pg>, B: QueryFragment<Pg>> QueryFragment<Pg> for Pairs<A, B> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        walk_columns(&self.columns, &mut out)?;
        out.push_sql("* FROM unnest(");
        out.push_bind_param::<Array<Text>, _>(&self.first)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.second)?;
        out.push_sql("))");
        Ok(())
    }
}

impl<A: QueryFragment<Sqlite>, B: QueryFragment<Sqlite>> QueryFragment<Sqlite> for Numbered<A, B> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        walk_columns(&self.columns, &mut out)?;
        out.push_sql("value ->> 0, value ->> 1 FROM json_each(");
        out.push_bind_param::<Text, _>(&self.json)?;
        out.push_sql("))");
        Ok(())
    }
}

impl<A: QueryFragment<Pg>, B: QueryFragment<Pg>> QueryFragment<Pg> for Numbered<A, B> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        walk_columns(&self.columns, &mut out)?;
        out.push_sql("* FROM unnest(");
        out.push_bind_param::<Array<Text>, _>(&self.ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.numbers)?;
        out.push_sql("))");
        Ok(())
    }
}

impl<C> Expression for Among<C> {
    type SqlType = Bool;
}
impl<A, B> Expression for Pairs<A, B> {
    type SqlType = Bool;
}
impl<A, B> Expression for Numbered<A, B> {
    type SqlType = Bool;
}
impl<C: AppearsOnTable<T>, T> AppearsOnTable<T> for Among<C> {}
impl<A: AppearsOnTable<T>, B: AppearsOnTable<T>, T> AppearsOnTable<T> for Pairs<A, B> {}
impl<A: AppearsOnTable<T>, B: AppearsOnTable<T>, T> AppearsOnTable<T> for Numbered<A, B> {}
impl<C: SelectableExpression<T>, T> SelectableExpression<T> for Among<C> {}
impl<A: SelectableExpression<T>, B: SelectableExpression<T>, T> SelectableExpression<T> for Pairs<A, B> {}
impl<A: SelectableExpression<T>, B: SelectableExpression<T>, T> SelectableExpression<T> for Numbered<A, B> {}
impl<C> ValidGrouping<()> for Among<C> {
    type IsAggregate = is_aggregate::No;
}
impl<A, B> ValidGrouping<()> for Pairs<A, B> {
    type IsAggregate = is_aggregate::No;
}

/// A statement whose text is always the same, kept prepared by the type of what it writes. Diesel looks for an insert by
/// its text, which it writes anew each time, since it cannot know whether a row leaves columns to their defaults.
pub(crate) struct Kept<Q, Row> {
    statement: Q,
    writes: std::marker::PhantomData<Row>,
}

/// An insert of one such row. Every column must be written, the absent ones as NULL.
pub(crate) fn kept<Row, Q>(statement: Q) -> Kept<Q, Row> {
    Kept { statement, writes: std::marker::PhantomData }
}

impl<Q, Row: 'static> QueryId for Kept<Q, Row> {
    type QueryId = Row;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<Q: QueryFragment<Sqlite>, Row> QueryFragment<Sqlite> for Kept<Q, Row> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.statement.walk_ast(out)
    }
}

impl<C, Q, Row> RunQueryDsl<C> for Kept<Q, Row> {}
impl<A, B> ValidGrouping<()> for Numbered<A, B> {
    type IsAggregate = is_aggregate::No;
}
