//! Inserts of many rows at once, in statements that stay prepared.
//!
//! Diesel prepares an insert of many rows anew each time, and of one row whenever a column may be left to its default.
//! Preparing costs more than running. Here every column is written, so that the text of a statement is known by the type
//! of its rows alone. On SQLite so many rows go at once that opening the table's indexes is shared among them; on
//! Postgres all do, as one array a column.

use super::connection::AnyConnection;
use diesel::RunQueryDsl;
use diesel::pg::PgConnection;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sqlite::Sqlite;

/// Rows that SQLite is given at once; what is left over goes one by one.
const AT_ONCE: usize = 16;

/// A row whose every column is written. Made by [`row!`].
pub(crate) trait Row: Sized + 'static {
    /// `INSERT OR FAIL INTO table (columns) `, for SQLite: by default it copies every page that a statement of several rows
    /// changes, to take the statement back alone should it fail. Nobody goes on after that here.
    const INTO: &'static str;

    /// Binds the row's values, `(?, ?)`.
    ///
    /// # Errors
    /// Those of Diesel.
    fn values<'b>(&'b self, out: &mut AstPass<'_, 'b, Sqlite>) -> QueryResult<()>;

    /// Inserts rows on Postgres.
    ///
    /// # Errors
    /// Those of the database.
    fn arrays(c: &mut PgConnection, rows: &[&Self]) -> QueryResult<usize>;
}

/// Says which columns of which table a row's fields are, and of which types.
macro_rules! row {
    ($row:ident into $table:literal: $first:ident $of:ty $(, $column:ident $sql:ty)* $(,)?) => {
        impl $crate::store::rows::Row for $row {
            const INTO: &'static str =
                concat!("INSERT OR FAIL INTO ", $table, " (", stringify!($first) $(, ", ", stringify!($column))*, ") ");

            fn values<'b>(
                &'b self,
                out: &mut diesel::query_builder::AstPass<'_, 'b, diesel::sqlite::Sqlite>,
            ) -> diesel::QueryResult<()> {
                out.push_sql("(");
                out.push_bind_param::<$of, _>(&self.$first)?;
                $(
                    out.push_sql(", ");
                    out.push_bind_param::<$sql, _>(&self.$column)?;
                )*
                out.push_sql(")");
                Ok(())
            }

            fn arrays(c: &mut diesel::pg::PgConnection, rows: &[&Self]) -> diesel::QueryResult<usize> {
                use diesel::sql_types::Array;
                let before = concat!(
                    "INSERT INTO ", $table, " (", stringify!($first) $(, ", ", stringify!($column))*,
                    ") SELECT * FROM unnest("
                );
                let insert = $crate::store::statement::Statement::<diesel::pg::Pg>::new(before, ")")
                    .with::<Array<$of>, _>(rows.iter().map(|row| &row.$first).collect::<Vec<_>>())
                    $(.with::<Array<$sql>, _>(rows.iter().map(|row| &row.$column).collect::<Vec<_>>()))*;
                diesel::RunQueryDsl::execute(insert, c)
            }
        }
    };
}
pub(crate) use row;

/// Inserts rows in their order.
///
/// # Errors
/// Those of the database. Some rows may stand then: the caller's transaction must be rolled back.
pub(crate) fn insert<R: Row>(c: &mut AnyConnection, rows: &[&R]) -> QueryResult<()> {
    match c {
        AnyConnection::Sqlite(c) => {
            let (chunks, rest) = rows.as_chunks::<AT_ONCE>();
            for chunk in chunks {
                Insert(chunk).execute(c)?;
            }
            for row in rest {
                Insert(std::array::from_ref(row)).execute(c)?;
            }
        }
        AnyConnection::Postgres(c) if !rows.is_empty() => {
            R::arrays(c, rows)?;
        }
        AnyConnection::Postgres(_) => {}
    }
    Ok(())
}

/// An insert of so many rows.
struct Insert<'a, R, const N: usize>(&'a [&'a R; N]);

impl<R: 'static, const N: usize> QueryId for Insert<'_, R, N> {
    type QueryId = Insert<'static, R, N>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<R: Row, const N: usize> QueryFragment<Sqlite> for Insert<'_, R, N> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(R::INTO);
        out.push_sql("VALUES ");
        for (place, row) in self.0.iter().enumerate() {
            if place > 0 {
                out.push_sql(", ");
            }
            row.values(&mut out)?;
        }
        Ok(())
    }
}

impl<C, R, const N: usize> RunQueryDsl<C> for Insert<'_, R, N> {}
