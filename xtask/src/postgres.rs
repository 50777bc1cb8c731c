//! A throw-away Postgres for the tests: made in a temporary folder, on a free port, gone at the end.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::{shell, tools};

/// Where Debian keeps the programs of each version.
const DEBIAN_VERSIONS: &str = "/usr/lib/postgresql";
/// Postgres refuses to run as root; Debian's package makes this user.
const USER: &str = "postgres";

/// Files in memory: each test makes and drops a database, some hundred files, which a disk is slow to find room for.
const MEMORY: &str = "/dev/shm";
/// So much must be free there, bytes.
const ROOM: u64 = 4 << 30;

/// Where a cluster keeps its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Files {
    /// On disk, as a real one does: to measure it.
    OnDisk,
    /// In memory, where there is room.
    InMemory,
}

/// A running cluster; dropping it stops it and removes its files.
pub(crate) struct Cluster {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
    as_root: bool,
}

impl Cluster {
    /// Installs Postgres if need be, makes a cluster and starts it. `fsync` stays on, as the crash tests need it.
    ///
    /// # Errors
    /// When Postgres is missing and cannot be installed, or does not start.
    pub(crate) fn start(files: Files) -> Result<Self> {
        let programs = match programs() {
            Some(folder) => folder,
            None => {
                tools::apt_install(&["postgresql"], "the tests need Postgres")?;
                programs().context("Postgres was installed, but has no initdb")?
            }
        };
        let as_root = tools::is_root();
        let mut builder = tempfile::Builder::new();
        let builder = builder.prefix("latchkey-postgres-");
        let in_memory = files == Files::InMemory && room(MEMORY) >= ROOM;
        let folder = if in_memory { builder.tempdir_in(MEMORY)? } else { builder.tempdir()? };
        if as_root {
            shell::run_quietly(Command::new("chown").arg(USER).arg(folder.path()))?;
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let cluster = Self { programs, folder, port, as_root };
        shell::timed("postgres: start", || cluster.initialise())?;
        Ok(cluster)
    }

    /// How to connect as its superuser.
    pub(crate) fn url(&self) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/postgres", self.port)
    }

    /// Makes another database; how to connect to it.
    ///
    /// # Errors
    /// When Postgres refuses.
    pub(crate) fn database(&self, name: &str) -> Result<String> {
        let mut create = self.program("createdb");
        let port = self.port.to_string();
        shell::run_quietly(create.args(["-h", "127.0.0.1", "-U", USER, "-p", &port, name]))?;
        Ok(format!("postgres://{USER}@127.0.0.1:{}/{name}", self.port))
    }

    /// Where its programs are, for tests that need a cluster to stop and start.
    pub(crate) fn programs(&self) -> &Path {
        &self.programs
    }

    fn initialise(&self) -> Result<()> {
        let data = self.data();
        let mut initdb = self.program("initdb");
        initdb.args(["-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D"]);
        shell::run_quietly(initdb.arg(&data))?;
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=400 -c fsync=on",
            self.port
        );
        let mut start = self.program("pg_ctl");
        start.args(["start", "-w", "-s", "-l"]).arg(self.folder.path().join("log"));
        // Its output must not be a pipe: the server inherits it and would keep it open.
        shell::run(start.arg("-D").arg(&data).args(["-o", &options]).stdout(std::process::Stdio::null()))
            .with_context(|| self.log())
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command;
        if self.as_root {
            command = Command::new("runuser");
            command.args(["-u", USER, "--"]).arg(program);
        } else {
            command = Command::new(program);
        }
        command.current_dir(self.folder.path());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Not through `shell`, which refuses to start anything after Ctrl-C.
        let mut stop = self.program("pg_ctl");
        let stopped = stop.args(["stop", "-s", "-m", "immediate", "-D"]).arg(self.data()).status();
        if !stopped.is_ok_and(|status| status.success()) && self.data().join("postmaster.pid").exists() {
            eprintln!("the test database in {} did not stop", self.folder.path().display());
        }
    }
}

/// What is free in a folder's file system, bytes; nothing where it cannot be told.
fn room(folder: &str) -> u64 {
    let told = Command::new("df").args(["--block-size=1", "--output=avail", folder]).output();
    let told = told.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    told.lines().nth(1).and_then(|line| line.trim().parse().ok()).unwrap_or(0)
}

/// The newest version's programs, or those on `PATH` where they are not Debian's.
fn programs() -> Option<PathBuf> {
    let version = |path: &Path| path.file_name()?.to_str()?.parse::<u32>().ok();
    let debian = fs::read_dir(DEBIAN_VERSIONS).ok().and_then(|versions| {
        versions
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.join("bin/initdb").is_file() && path.join("bin/pg_ctl").is_file())
            .max_by_key(|path| version(path))
    });
    debian.map(|path| path.join("bin")).or_else(|| {
        env::split_paths(&env::var_os("PATH")?)
            .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
    })
}
