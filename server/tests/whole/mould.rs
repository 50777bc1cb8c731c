//! Databases with today's tables, made once and copied for each test: making them anew took as long as the tests.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, RunQueryDsl};
use server::store::connection::DatabaseUrl;
use server::store::migrate;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::OnceLock;

/// A SQLite file's bytes.
pub(crate) fn file() -> &'static [u8] {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    FILE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("mould.db");
        fill(&format!("sqlite://{}", path.display()));
        std::fs::read(path).expect("a file")
    })
}

/// A key of its own beside it: without one the server takes the file for one whose key was lost.
pub(crate) fn key(folder: &Path) {
    use base64::Engine;
    let key = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(server::clock::random::<32>());
    std::fs::write(folder.join("secret.key"), key).expect("a key");
}

/// The name of a database on this Postgres. It stays there for the next run, under a name that says what is in it.
pub(crate) fn database(server: &str) -> String {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| {
        let name = format!("mould_{}", version());
        let mut connection = PgConnection::establish(server).expect("a Postgres");
        // Other runs take turns; the lock goes with the connection.
        connection.batch_execute("SELECT pg_advisory_lock(7042099)").expect("a lock");
        let look = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
        if diesel::sql_query(look).execute(&mut connection).expect("a catalogue") == 0 {
            // Half a mould must never be taken for a whole one.
            let making = format!("making_{}", server::clock::Clock::default().salt());
            connection.batch_execute(&format!("CREATE DATABASE {making}")).expect("a database");
            fill(&url_of(server, &making));
            connection.batch_execute(&format!("ALTER DATABASE {making} RENAME TO {name}")).expect("a name");
        }
        name
    })
    .clone()
}

/// The address of a database on this Postgres.
pub(crate) fn url_of(server: &str, name: &str) -> String {
    let mut url = url::Url::parse(server).expect("a Postgres address");
    url.set_path(name);
    url.into()
}

fn fill(url: &str) {
    let mut connection = DatabaseUrl::parse(url).expect("an address").connect().expect("a database");
    migrate::run(&mut connection).expect("its tables");
}

/// What tells two schemas apart.
fn version() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations/postgres");
    let mut steps: Vec<_> = folder.read_dir().expect("migrations").flatten().map(|step| step.path()).collect();
    steps.sort();
    let mut hash = Sha256::new();
    for step in steps {
        hash.update(std::fs::read(step.join("up.sql")).expect("a migration"));
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
