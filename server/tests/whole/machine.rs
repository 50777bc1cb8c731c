//! A machine at a door: the real program as a terminal, in a process of its own, and a line to its server that a test
//! may cut.

use crate::house::{House, Organization};
use serde_json::Value;
use server::http::{accept, security};
use server::service::terminal::manage::{self, TerminalInput};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};

/// How a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// What goes in comes out.
    Up,
    /// Whoever calls is hung up on.
    Down,
    /// Whoever calls hears nothing, and nothing arrives.
    Hole,
}

/// A line between a machine and its server.
pub(crate) struct Line {
    pub(crate) port: u16,
    way: watch::Sender<Way>,
}

impl Line {
    /// A line to a house, which is opened to the network for it.
    pub(crate) async fn to(house: &House) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let server = listener.local_addr().expect("an address");
        let limits = accept::Limits::new(1_000, security::Policy { https: false });
        tokio::spawn(accept::serve(listener, None, house.router.clone(), limits, house.app.stop.clone()));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (way, ways) = watch::channel(Way::Up);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(carry(stream, server, ways.clone()));
            }
        });
        Self { port, way }
    }

    pub(crate) fn be(&self, way: Way) {
        self.way.send(way).expect("a line");
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// One call: as long as the line is up it is carried; what was begun does not survive a change.
async fn carry(mut caller: TcpStream, server: SocketAddr, mut ways: watch::Receiver<Way>) {
    let way = *ways.borrow_and_update();
    if way == Way::Up {
        let Ok(mut called) = TcpStream::connect(server).await else { return };
        tokio::select! {
            _ = tokio::io::copy_bidirectional(&mut caller, &mut called) => return,
            _ = ways.changed() => {}
        }
        if *ways.borrow_and_update() == Way::Hole {
            // Neither side learns of it for as long as the hole is there.
            let _ = ways.changed().await;
        }
    } else if way == Way::Hole {
        let _ = ways.changed().await;
    }
}

/// The program as a terminal.
pub(crate) struct Machine {
    child: Child,
    input: Option<ChildStdin>,
    lines: mpsc::UnboundedReceiver<Value>,
    log: Arc<Mutex<String>>,
}

fn program(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_latchkey"));
    // Nothing of a server's, and settings that a server would refuse.
    command.env_clear().env("LATCHKEY_DATABASE_URL", "nonsense").env("LATCHKEY_LOG", "info").args(words);
    command
}

/// A command of a machine to its end: whether it went well, and what it said on both ways.
pub(crate) fn run(words: &[&str]) -> (bool, String) {
    let done = program(words).stdin(Stdio::null()).output().expect("the program");
    let said = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8(said).expect("text"))
}

/// A new terminal at a door, paired over a line; its id, and the file that a machine keeps.
pub(crate) async fn paired(
    house: &House,
    ours: &Organization,
    door: &str,
    line: &Line,
    folder: &Path,
) -> (String, PathBuf) {
    let typed = TerminalInput { name: format!("{} Machine", ours.marker), door_id: door.to_owned() };
    let (id, code) = manage::add(&house.app, &house.owner(ours), &typed).await.expect("a terminal");
    let data = folder.join(format!("{id}.db"));
    let (url, text, path) = (line.url(), code.text.clone(), data.clone());
    let (well, said) = tokio::task::spawn_blocking(move || {
        run(&["terminal", "pair", "--server", &url, "--code", &text, "--data", &path.to_string_lossy()])
    })
    .await
    .expect("the program");
    assert!(well && said.contains("Gate"), "{said}");
    (id, data)
}

impl Machine {
    /// Runs it on its file, with further options.
    pub(crate) fn start(data: &Path, more: &[&str]) -> Self {
        let data = data.to_string_lossy();
        let mut child = program(&["terminal", "run", "--data", &data])
            .args(more)
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program");
        let (sender, lines) = mpsc::unbounded_channel();
        let out = BufReader::new(child.stdout.take().expect("its output"));
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                // What a kill cut off is no line.
                if let Ok(line) = serde_json::from_str(&line) {
                    let _ = sender.send(line);
                }
            }
        });
        let log = Arc::new(Mutex::new(String::new()));
        let (its_log, mut err) = (Arc::clone(&log), child.stderr.take().expect("its log"));
        std::thread::spawn(move || {
            let mut buffer = [0; 4_096];
            while let Ok(count @ 1..) = err.read(&mut buffer) {
                its_log.lock().expect("no panic").push_str(&String::from_utf8_lossy(&buffer[..count]));
            }
        });
        Self { input: child.stdin.take(), child, lines, log }
    }

    /// Shows it a code.
    pub(crate) fn show(&mut self, code: &str) {
        let input = self.input.as_mut().expect("an open input");
        // A machine that was killed reads no more.
        let _ = input.write_all(format!("{code}\n").as_bytes());
    }

    /// The next line that it prints; none when it has ended.
    pub(crate) async fn said(&mut self) -> Option<Value> {
        tokio::time::timeout(Duration::from_secs(20), self.lines.recv()).await.unwrap_or_else(|_| {
            panic!("nothing was printed; its log: {}", self.log());
        })
    }

    /// Shows it a code and waits for the answer.
    pub(crate) async fn scan(&mut self, code: &str) -> Value {
        self.show(code);
        self.said().await.unwrap_or_else(|| panic!("it has ended: {}", self.log()))
    }

    /// What is printed already.
    pub(crate) fn printed(&mut self) -> Vec<Value> {
        std::iter::from_fn(|| self.lines.try_recv().ok()).collect()
    }

    pub(crate) fn log(&self) -> String {
        self.log.lock().expect("no panic").clone()
    }

    /// Waits until its log says something.
    pub(crate) async fn logs(&self, what: &str) {
        until(|| self.log().contains(what), || format!("{what:?} in {}", self.log())).await;
    }

    /// Ends it without a word, as a loss of power does. What it had printed may be read still.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("a process to kill");
        self.child.wait().expect("its end");
    }

    /// Nothing more will be shown; waits for its end. Whether that was a good one.
    pub(crate) async fn end(mut self) -> (bool, Vec<Value>) {
        self.input = None;
        let mut said = Vec::new();
        while let Some(line) = self.said().await {
            said.push(line);
        }
        (self.ended().await, said)
    }

    /// Waits until it ends by itself. Whether that was a good end.
    pub(crate) async fn ended(&mut self) -> bool {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a status") {
                return status.success();
            }
            assert!(began.elapsed() < Duration::from_secs(20), "it goes on: {}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for something to become true.
pub(crate) async fn until(mut wished: impl FnMut() -> bool, why: impl Fn() -> String) {
    let began = Instant::now();
    while !wished() {
        assert!(began.elapsed() < Duration::from_secs(40), "it never came: {}", why());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A relay that is a command, and counts how often it was moved.
pub(crate) struct Counter(PathBuf);

impl Counter {
    pub(crate) fn new(folder: &Path) -> Self {
        Self(folder.join("moved"))
    }

    pub(crate) fn command(&self) -> String {
        format!("echo $1 >> {}", self.0.display())
    }

    pub(crate) fn moved(&self) -> Vec<String> {
        let text = std::fs::read_to_string(&self.0).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}
