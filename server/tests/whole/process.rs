//! Latchkey as people run it: the real binary, its own process, over the network of this machine.

use crate::support::Fresh;
use serde_json::Value;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const PASSWORD: &str = "a calm lighthouse at noon";

/// A data folder, a database, and the server on them while it runs.
pub(crate) struct Latchkey {
    pub(crate) fresh: Fresh,
    url: String,
    pub(crate) address: SocketAddr,
    child: Option<Child>,
    /// Further settings.
    more: Vec<(&'static str, String)>,
}

/// What an HTTP answer was.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// A visitor who has opened a link.
#[derive(Clone)]
pub(crate) struct Visitor {
    address: SocketAddr,
    cookie: String,
    token: String,
    link: String,
    pub(crate) door: String,
}

impl Latchkey {
    pub(crate) fn new(fresh: Fresh) -> Self {
        let url = fresh.url.clone();
        Self::on(fresh, url)
    }

    /// On another database than the fresh one.
    pub(crate) fn on(fresh: Fresh, url: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        Self { fresh, url, address, child: None, more: Vec::new() }
    }

    /// With a setting of its own.
    pub(crate) fn with(mut self, name: &'static str, value: String) -> Self {
        self.more.push((name, value));
        self
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_latchkey"));
        command
            .env_clear()
            .env("LATCHKEY_DATA_DIR", self.fresh.folder.path())
            .env("LATCHKEY_DATABASE_URL", &self.url)
            .env("LATCHKEY_LISTEN", self.address.to_string())
            .env("LATCHKEY_LOG", "error")
            .envs(self.more.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Starts serving, and waits until it does.
    pub(crate) async fn start(&mut self) {
        // A file that may not grow then is an error to the process, not its end: the shell's one line.
        let mut shell = Command::new("sh");
        shell.args(["-c", "trap '' XFSZ; exec \"$0\" serve", env!("CARGO_BIN_EXE_latchkey")]);
        for (name, value) in self.command().get_envs() {
            if let Some(value) = value {
                shell.env(name, value);
            }
        }
        self.child = Some(shell.stdout(Stdio::null()).spawn().expect("the server"));
        self.until(|answer| answer == 200, 200).await;
    }

    /// Waits until `/readyz` answers as wished.
    pub(crate) async fn until(&self, wished: impl Fn(u16) -> bool, tenths: u32) {
        let mut last = 0;
        for _ in 0..tenths {
            last = get(self.address, "/readyz", "").await.map_or(0, |answer| answer.status);
            if wished(last) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("/readyz last answered {last}");
    }

    /// How large any file of the running server may be, bytes.
    pub(crate) fn limit_files(&self, bytes: &str) {
        let id = self.child.as_ref().expect("a running server").id().to_string();
        let limit = format!("--fsize={bytes}:");
        let done = Command::new("prlimit").args(["--pid", &id, &limit]).status().expect("prlimit, of util-linux");
        assert!(done.success());
    }

    /// Ends it without a word.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("a process to kill");
            child.wait().expect("its end");
        }
    }

    /// Asks it to stop, as the system does, and says whether it ended well.
    pub(crate) async fn terminate(&mut self) -> bool {
        let mut child = self.child.take().expect("a running server");
        let asked = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill");
        assert!(asked.success());
        for _ in 0..200 {
            if let Some(status) = child.try_wait().expect("its status") {
                return status.success();
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        child.kill().expect("a process to kill");
        child.wait().expect("its end");
        false
    }

    /// Runs a command: status, standard output, standard error.
    pub(crate) fn run(&self, words: &[&str], typed: &str) -> (i32, String, String) {
        let mut child = self
            .command()
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command");
        child.stdin.take().expect("its input").write_all(typed.as_bytes()).ok();
        let done = child.wait_with_output().expect("its end");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        (done.status.code().unwrap_or(-1), text(done.stdout), text(done.stderr))
    }

    /// Runs a command that knows the data folder and the database alone; what it prints.
    pub(crate) fn run_beside(&self, words: &[&str]) -> String {
        let mut command = self.command();
        let done = command.env_remove("LATCHKEY_LISTEN").args(words).output().expect("the command");
        assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).expect("text")
    }

    /// Runs a command with `--json`; each object that it prints.
    pub(crate) fn json(&self, words: &[&str]) -> Vec<Value> {
        let words = [words, &["--json"]].concat();
        let (status, out, error) = self.run(&words, &format!("{PASSWORD}\n"));
        assert_eq!(status, 0, "{words:?}: {error}");
        out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("JSON, not {line}"))).collect()
    }

    /// An organization with one door.
    pub(crate) fn set_up(&self) {
        self.json(&[
            "setup",
            "--organization",
            "Quetzal House",
            "--email",
            "owner@quetzal.example",
            "--password-stdin",
        ]);
        self.json(&["place", "create", "--name", "Court"]);
        self.json(&["door", "create", "--name", "Gate", "--place", "Court"]);
    }

    /// Somebody with a link to that door, its page open.
    pub(crate) async fn visitor(&self, more: &[&str]) -> Visitor {
        let made = self.json(&[&["link", "create", "--name", "Ada", "--door", "Gate"], more].concat());
        let url = made[0]["url"].as_str().expect("an address");
        let path = &url[url.find("/l/").expect("a path")..];
        let arrived = get(self.address, path, "").await.expect("an answer");
        let cookie = arrived
            .head
            .lines()
            .find_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next().map(str::to_owned));
        let cookie = cookie.unwrap_or_else(|| panic!("a cookie in {}", arrived.head));
        let link = made[0]["id"].as_str().expect("an id").to_owned();
        let page = get(self.address, &format!("/visit/{link}"), &cookie).await.expect("a page");
        let between = |start: &str| {
            let rest = page.body.split(start).nth(1).unwrap_or_else(|| panic!("{start} in {}", page.body));
            rest.split(['"', '/']).next().unwrap_or_default().to_owned()
        };
        Visitor { address: self.address, cookie, token: between("data-csrf=\""), door: between("/doors/"), link }
    }
}

impl Drop for Latchkey {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Visitor {
    /// Taps the door; what was answered, or nothing when the line was cut.
    pub(crate) async fn tap(&self, request: &str) -> Option<Answer> {
        let body = format!("csrf={}&request_id={request}", self.token);
        let head = format!(
            "POST /visit/{}/doors/{}/unlock HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\nsec-fetch-site: same-origin\r\naccept: application/json\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            self.link,
            self.door,
            self.address,
            self.cookie,
            body.len()
        );
        ask(self.address, &head).await
    }

    /// The visitor's page.
    pub(crate) async fn look(&self) -> Option<Answer> {
        get(self.address, &format!("/visit/{}", self.link), &self.cookie).await
    }
}

async fn get(address: SocketAddr, path: &str, cookie: &str) -> Option<Answer> {
    let cookie = if cookie.is_empty() { String::new() } else { format!("cookie: {cookie}\r\n") };
    let head =
        format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n{cookie}accept: text/html\r\nconnection: close\r\n\r\n");
    ask(address, &head).await
}

async fn ask(address: SocketAddr, request: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut bytes = Vec::new();
    tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut bytes)).await.ok()?.ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, head: head.to_owned(), body: body.to_owned() })
}
