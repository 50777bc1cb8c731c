//! What every integration test needs: a database of its own, on both kinds.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, RunQueryDsl};

/// A data folder and a database that nobody else uses; both go when this goes.
pub(crate) struct Fresh {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) url: String,
    drop: Option<(String, String)>,
}

impl Fresh {
    /// `sqlite` or `postgres`.
    pub(crate) fn make(kind: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        if kind == "sqlite" {
            let url = format!("sqlite://{}", folder.path().join("latchkey.db").display());
            return Self {
                folder,
                url,
                drop: None,
            };
        }
        let server = std::env::var("LATCHKEY_TEST_POSTGRES").expect(
            "LATCHKEY_TEST_POSTGRES names no Postgres, and a test that is skipped says nothing; run `cargo xtask test unit`",
        );
        let name = format!("test_{}", server::clock::Clock::default().salt());
        run(&server, &format!("CREATE DATABASE {name}"));
        let mut url = url::Url::parse(&server).expect("a Postgres address");
        url.set_path(&name);
        Self {
            folder,
            url: url.into(),
            drop: Some((server, name)),
        }
    }
}

/// Runs a statement on a Postgres, past everything that Latchkey guards.
pub(crate) fn run(postgres: &str, sql: &str) {
    PgConnection::establish(postgres)
        .expect("a Postgres")
        .batch_execute(sql)
        .expect("a statement");
}

/// Everything that a Postgres database holds, as text.
pub(crate) fn xml(postgres: &str) -> String {
    #[derive(diesel::QueryableByName)]
    struct Whole {
        #[diesel(sql_type = diesel::sql_types::Text)]
        text: String,
    }
    let mut connection = PgConnection::establish(postgres).expect("a Postgres");
    let whole: Whole = diesel::sql_query("SELECT database_to_xml(true, false, '')::text AS text")
        .get_result(&mut connection)
        .expect("its contents");
    whole.text
}

impl Drop for Fresh {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.drop {
            run(server, &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

/// Makes of each rule, written once, a test on SQLite and one on Postgres.
#[macro_export]
macro_rules! on_both {
    ($($rule:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                super::$rule("sqlite").await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                super::$rule("postgres").await;
            })+
        }
    };
}
