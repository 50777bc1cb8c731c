//! What every integration test needs: a database of its own, on both kinds.

use crate::mould;
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection};
use std::process::{Command, Stdio};

/// A data folder and a database that nobody else uses; both go when this goes.
pub(crate) struct Fresh {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) url: String,
    drop: Option<(String, String)>,
}

impl Fresh {
    /// `sqlite` or `postgres`, empty: whoever opens it makes its tables.
    pub(crate) fn make(kind: &str) -> Self {
        Self::made(kind, || None, |_| "template1".to_owned())
    }

    /// The same with today's tables in it, copied.
    pub(crate) fn moulded(kind: &str) -> Self {
        Self::made(kind, || Some(mould::file()), mould::database)
    }

    fn made(kind: &str, file: impl FnOnce() -> Option<&'static [u8]>, template: impl FnOnce(&str) -> String) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        if kind == "sqlite" {
            let path = folder.path().join("latchkey.db");
            if let Some(file) = file() {
                std::fs::write(&path, file).expect("a file");
                mould::key(folder.path());
            }
            return Self { folder, url: format!("sqlite://{}", path.display()), drop: None };
        }
        let server = std::env::var("LATCHKEY_TEST_POSTGRES").expect(
            "LATCHKEY_TEST_POSTGRES names no Postgres, and a test that is skipped says nothing; run `cargo xtask test unit`",
        );
        let name = format!("test_{}", server::clock::Clock::default().salt());
        run(&server, &format!("CREATE DATABASE {name} TEMPLATE {}", template(&server)));
        let url = mould::url_of(&server, &name);
        Self { folder, url, drop: Some((server, name)) }
    }
}

/// A whole Postgres of a test's own, which may be stopped and started.
pub(crate) struct Cluster {
    programs: String,
    folder: tempfile::TempDir,
    port: u16,
    as_root: bool,
}

impl Cluster {
    pub(crate) fn start() -> Self {
        let programs = std::env::var("LATCHKEY_TEST_POSTGRES_PROGRAMS").expect(
            "LATCHKEY_TEST_POSTGRES_PROGRAMS names no folder with initdb and pg_ctl; run `cargo xtask test unit`",
        );
        let folder = tempfile::tempdir().expect("a folder");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        // Postgres refuses to run as root; Debian's package makes a user for it.
        let as_root =
            Command::new("chown").args(["postgres"]).arg(folder.path()).status().is_ok_and(|done| done.success());
        let cluster = Self { programs, folder, port, as_root };
        cluster.run("initdb", &["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
        cluster.go();
        cluster
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    pub(crate) fn go(&self) {
        let log = self.folder.path().join("log").display().to_string();
        let options = format!("-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories=", self.port);
        self.run("pg_ctl", &["start", "-w", "-s", "-l", &log, "-o", &options]);
    }

    /// At once, as in a crash.
    pub(crate) fn stop(&self) {
        self.run("pg_ctl", &["stop", "-s", "-m", "immediate"]);
    }

    fn run(&self, program: &str, words: &[&str]) {
        let program = format!("{}/{program}", self.programs);
        let mut command = if self.as_root {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--", &program]);
            command
        } else {
            Command::new(program)
        };
        command.args(words).arg("-D").arg(self.folder.path().join("data")).current_dir(self.folder.path());
        let done = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("Postgres' programs");
        assert!(done.success(), "{words:?}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if !std::thread::panicking() || self.folder.path().join("data/postmaster.pid").exists() {
            self.stop();
        }
    }
}

/// Runs a statement on a Postgres, past everything that Latchkey guards.
pub(crate) fn run(postgres: &str, sql: &str) {
    PgConnection::establish(postgres).expect("a Postgres").batch_execute(sql).expect("a statement");
}

/// The same on either kind.
pub(crate) fn try_run(url: &str, sql: &str) -> Result<(), String> {
    let done = match url.strip_prefix("sqlite://") {
        Some(path) => {
            let mut connection = SqliteConnection::establish(path).expect("a database");
            connection.batch_execute("PRAGMA busy_timeout = 5000").expect("a pragma");
            connection.batch_execute(sql)
        }
        None => PgConnection::establish(url).expect("a Postgres").batch_execute(sql),
    };
    done.map_err(|cause| cause.to_string())
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
