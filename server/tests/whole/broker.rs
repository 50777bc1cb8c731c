//! A real broker of a test's own: mosquitto, on a free port, in a folder that goes with it; and a device behind it.

use rumqttc::{AsyncClient, Event, LastWill, MqttOptions, Packet, QoS};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) struct Broker {
    folder: tempfile::TempDir,
    pub(crate) port: u16,
    child: Option<Child>,
}

/// Whom it lets in where it asks.
pub(crate) const USER: &str = "latchkey";
pub(crate) const PASSWORD: &str = "hunter2 & more";

impl Broker {
    pub(crate) async fn start() -> Self {
        Self::with("allow_anonymous true").await
    }

    /// One that lets only [`USER`] in.
    pub(crate) async fn guarded() -> Self {
        Self::with("allow_anonymous false\npassword_file PASSWORDS").await
    }

    async fn with(more: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let passwords = folder.path().join("passwords");
        if more.contains("PASSWORDS") {
            let made =
                Command::new("mosquitto_passwd").args(["-b", "-c"]).arg(&passwords).args([USER, PASSWORD]).status();
            assert!(made.expect("mosquitto's programs").success());
        }
        let more = more.replace("PASSWORDS", &passwords.display().to_string());
        let config = format!("listener {port} 127.0.0.1\n{more}\npersistence false\nuser root\n");
        std::fs::write(folder.path().join("mosquitto.conf"), config).expect("a file");
        let mut broker = Self { folder, port, child: None };
        broker.go().await;
        broker
    }

    pub(crate) async fn go(&mut self) {
        let program = std::env::var("LATCHKEY_TEST_MOSQUITTO").expect(
            "LATCHKEY_TEST_MOSQUITTO names no mosquitto, and a test that is skipped says nothing; run `cargo xtask test unit`",
        );
        let mut command = Command::new(program);
        command.arg("-c").arg(self.folder.path().join("mosquitto.conf"));
        self.child = Some(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("mosquitto"));
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("mosquitto does not listen");
    }

    /// At once, as in a crash.
    pub(crate) fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("it runs");
            child.wait().expect("its end");
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("mqtt://127.0.0.1:{}", self.port)
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A lock that hears commands and says how it stands.
pub(crate) struct Device {
    client: AsyncClient,
    heard: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Device {
    /// Hears a topic and answers each command after a while; no answer: it only hears.
    pub(crate) async fn connect(
        broker: &Broker,
        name: &str,
        hears: &str,
        answer: Option<(Duration, &str, &str)>,
    ) -> Self {
        let mut options = MqttOptions::new(name, "127.0.0.1", broker.port);
        options.set_credentials(USER, PASSWORD).set_keep_alive(Duration::from_secs(5)).set_clean_session(false);
        options.set_last_will(LastWill::new(format!("{hears}/there"), "Offline", QoS::AtLeastOnce, true));
        let (client, mut events) = AsyncClient::new(options, 16);
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let (kept, speaker, hears) = (Arc::clone(&heard), client.clone(), hears.to_owned());
        let answer = answer.map(|(after, topic, says)| (after, topic.to_owned(), says.to_owned()));
        let (ready, waiting) = tokio::sync::oneshot::channel();
        let task = tokio::spawn(async move {
            let mut ready = Some(ready);
            loop {
                match events.poll().await {
                    // Each time: a broker that was away has forgotten it.
                    Ok(Event::Incoming(Packet::ConnAck(_))) => {
                        speaker.subscribe(&hears, QoS::AtLeastOnce).await.expect("a line");
                    }
                    Ok(Event::Incoming(Packet::SubAck(_))) => drop(ready.take().map(|ready| ready.send(()))),
                    Ok(Event::Incoming(Packet::Publish(command))) => {
                        kept.lock().expect("no panic").push(String::from_utf8_lossy(&command.payload).into_owned());
                        if let Some((after, topic, says)) = answer.clone() {
                            let speaker = speaker.clone();
                            tokio::spawn(async move {
                                tokio::time::sleep(after).await;
                                let _ = speaker.publish(topic, QoS::AtLeastOnce, true, says).await;
                            });
                        }
                    }
                    Ok(_) => {}
                    Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
                }
            }
        });
        waiting.await.expect("a subscription");
        Self { client, heard, task }
    }

    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("no panic").clone()
    }

    /// What it heard, once that are so many commands.
    pub(crate) async fn hears(&self, count: usize) -> Vec<String> {
        for _ in 0..200 {
            if self.heard().len() >= count {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        self.heard()
    }

    /// Says something that the broker keeps.
    pub(crate) async fn say(&self, topic: &str, text: &str) {
        self.client.publish(topic, QoS::AtLeastOnce, true, text).await.expect("a line");
    }

    /// Gone without a word: its session stays with the broker, and its will is done.
    pub(crate) async fn vanish(self) {
        self.task.abort();
        while !self.task.is_finished() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
