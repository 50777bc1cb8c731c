//! What keeps a connection: it connects, hears, publishes, and begins again when the line breaks.

use super::{Broker, Command, Message, Phase, Progress, Shared};
use crate::net::{Net, Stream};
use futures_util::{SinkExt, StreamExt};
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{
    Codec, Connect, ConnectProperties, ConnectReturnCode, Disconnect, DisconnectReasonCode, Filter, Login, Packet,
    PingReq, PubAck, PubAckReason, Publish, PublishProperties, Subscribe, SubscribeReasonCode, Unsubscribe,
};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};
use tokio_util::codec::Framed;

/// The first pause before connecting again; each later one is twice as long.
const FIRST: Duration = Duration::from_secs(1);
/// The longest.
const LAST: Duration = Duration::from_secs(60);
/// The broker is asked for a sign of life so often, seconds.
const ALIVE: u16 = 20;
/// The largest message that is taken, bytes.
const LARGEST: u32 = 256 * 1024;
/// The longest that the broker may take to say whether it lets us in.
const WELCOME: Duration = Duration::from_secs(3);

pub(super) struct Worker {
    pub(super) net: Net,
    pub(super) broker: Broker,
    pub(super) client: String,
    pub(super) shared: Arc<Shared>,
    pub(super) commands: mpsc::Receiver<Command>,
    pub(super) topics: watch::Receiver<BTreeSet<String>>,
    /// Messages that came, over all connections.
    pub(super) number: u64,
}

type Line = Framed<Box<dyn Stream>, Codec>;

/// What one connection keeps in mind.
#[derive(Default)]
struct Session {
    heard: BTreeSet<String>,
    /// What was asked to be heard, by packet, until the broker has said yes or no to each.
    asked: HashMap<u16, Vec<String>>,
    packet: u16,
    pending: HashMap<u16, mpsc::UnboundedSender<Progress>>,
    quiet: bool,
}

impl Session {
    fn next(&mut self) -> u16 {
        loop {
            self.packet = self.packet.wrapping_add(1).max(1);
            if !self.pending.contains_key(&self.packet) {
                return self.packet;
            }
        }
    }
}

impl Worker {
    /// Works until nobody needs the connection any more.
    pub(super) async fn work(mut self) {
        let mut pause = FIRST;
        loop {
            let why = match self.connect().await {
                Ok(line) => {
                    pause = FIRST;
                    self.shared.turn(Phase::Up);
                    let Err(why) = self.follow(line).await else { return };
                    why
                }
                Err(why) => why,
            };
            self.shared.turn(Phase::Down(why.clone()));
            let until = tokio::time::Instant::now() + pause;
            // What comes meanwhile is told so: a command that waits opens a door when nobody stands there any more.
            while let Ok(Some(command)) = tokio::time::timeout_at(until, self.commands.recv()).await {
                let _ = command.progress.send(Progress::Dropped(why.clone()));
            }
            if self.commands.is_closed() {
                return;
            }
            tokio::time::sleep_until(until).await;
            pause = (pause * 2).min(LAST);
        }
    }

    async fn connect(&self) -> Result<Line, String> {
        let stream = self.net.connect(&self.broker.target).await.map_err(|failure| failure.to_string())?;
        let codec = Codec { max_incoming_size: Some(LARGEST), max_outgoing_size: None };
        let mut line = Framed::new(stream, codec);
        let properties = ConnectProperties { max_packet_size: Some(LARGEST), ..ConnectProperties::new() };
        let connect = Connect {
            keep_alive: ALIVE * 2,
            client_id: self.client.clone(),
            clean_start: true,
            properties: Some(properties),
        };
        let Broker { user, password, .. } = &self.broker;
        let login = (!user.is_empty()).then(|| Login::new(user, password));
        let lost = "The broker does not speak MQTT 5, or ended the connection.";
        line.send(Packet::Connect(connect, None, login)).await.map_err(|_| lost.to_owned())?;
        match tokio::time::timeout(WELCOME, line.next()).await {
            Ok(Some(Ok(Packet::ConnAck(welcome)))) => match welcome.code {
                ConnectReturnCode::Success => Ok(line),
                ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized => {
                    Err("The broker does not let us in: check user and password.".into())
                }
                code => Err(format!("The broker does not let us in ({code:?}).")),
            },
            Ok(_) => Err(lost.into()),
            Err(_) => Err("The broker did not answer in time.".into()),
        }
    }

    /// Works until the connection breaks. Ends well when nobody needs it any more.
    async fn follow(&mut self, mut line: Line) -> Result<(), String> {
        let mut session = Session::default();
        self.topics.mark_changed();
        let mut alive = tokio::time::interval(Duration::from_secs(ALIVE.into()));
        alive.tick().await;
        loop {
            tokio::select! {
                // A door's topics are heard before it is sent anything.
                biased;
                changed = self.topics.changed() => {
                    if changed.is_ok() {
                        self.subscribe(&mut line, &mut session).await?;
                    }
                }
                command = self.commands.recv() => match command {
                    Some(command) => self.publish(command, &mut line, &mut session).await?,
                    None => {
                        let bye = Disconnect::new(DisconnectReasonCode::NormalDisconnection);
                        let _ = line.send(Packet::Disconnect(bye)).await;
                        return Ok(());
                    }
                },
                packet = line.next() => {
                    session.quiet = false;
                    match packet {
                        Some(Ok(packet)) => self.take(packet, &mut line, &mut session).await?,
                        Some(Err(cause)) => return Err(format!("The broker sent something unreadable ({cause}).")),
                        None => return Err("The broker ended the connection.".into()),
                    }
                }
                _ = alive.tick() => {
                    if std::mem::replace(&mut session.quiet, true) {
                        return Err("The broker gave no sign of life.".into());
                    }
                    write(&mut line, Packet::PingReq(PingReq)).await?;
                    // The broker may let us hear by now what it did not before.
                    session.heard.retain(|topic| !self.shared.refused().contains_key(topic));
                    self.subscribe(&mut line, &mut session).await?;
                }
            }
        }
    }

    async fn take(&mut self, packet: Packet, line: &mut Line, session: &mut Session) -> Result<(), String> {
        match packet {
            Packet::Publish(publish) => {
                if publish.qos == QoS::AtLeastOnce {
                    write(line, Packet::PubAck(PubAck::new(publish.pkid, None))).await?;
                }
                self.number += 1;
                let message = Message {
                    number: self.number,
                    topic: String::from_utf8_lossy(&publish.topic).into_owned(),
                    payload: publish.payload.to_vec(),
                    retained: publish.retain,
                };
                if session.heard.contains(&message.topic) {
                    self.shared.last().insert(message.topic.clone(), message.clone());
                    // Nobody may be waiting for it.
                    let _ = self.shared.messages.send(message);
                    self.shared.news.send_modify(|count| *count += 1);
                }
            }
            Packet::PubAck(ack) => {
                if let Some(progress) = session.pending.remove(&ack.pkid) {
                    let _ = progress.send(match ack.reason {
                        PubAckReason::Success => Progress::Taken,
                        PubAckReason::NoMatchingSubscribers => Progress::Dropped(
                            "Nobody listens to this topic: check it, and whether the device is connected to the broker.".into(),
                        ),
                        other => Progress::Dropped(format!("The broker refused the message ({other:?}).")),
                    });
                }
            }
            Packet::SubAck(ack) => {
                // It concerns the doors with this topic alone; others share the connection.
                let mut refused = self.shared.refused();
                for (topic, code) in session.asked.remove(&ack.pkid).into_iter().flatten().zip(&ack.return_codes) {
                    if matches!(code, SubscribeReasonCode::Success(_)) {
                        refused.remove(&topic);
                    } else {
                        refused.insert(topic, format!("The broker does not let us hear the door's topics ({code:?})."));
                    }
                }
                drop(refused);
                self.shared.news.send_modify(|count| *count += 1);
            }
            Packet::Disconnect(gone) => {
                return Err(format!("The broker ended the connection ({:?}).", gone.reason_code));
            }
            _ => {}
        }
        Ok(())
    }

    async fn publish(&mut self, command: Command, line: &mut Line, session: &mut Session) -> Result<(), String> {
        let left = command.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            let _ = command.progress.send(Progress::Dropped("The command came too late.".into()));
            return Ok(());
        }
        let expires = u32::try_from(left.as_secs()).unwrap_or(1).max(1);
        let properties = PublishProperties { message_expiry_interval: Some(expires), ..PublishProperties::default() };
        let qos = if command.qos == 0 { QoS::AtMostOnce } else { QoS::AtLeastOnce };
        let mut publish = Publish::new(command.topic, qos, command.payload, Some(properties));
        if qos == QoS::AtLeastOnce {
            publish.pkid = session.next();
            session.pending.insert(publish.pkid, command.progress.clone());
        }
        let number = self.number;
        // A line that takes nothing any more must not hold the next commands up beyond their time.
        let sent = tokio::time::timeout(left, write(line, Packet::Publish(publish))).await;
        sent.map_err(|_| "The broker takes nothing any more.".to_owned())??;
        let _ = command.progress.send(Progress::Written(number));
        Ok(())
    }

    async fn subscribe(&mut self, line: &mut Line, session: &mut Session) -> Result<(), String> {
        let wanted = self.topics.borrow_and_update().clone();
        let gone: Vec<String> = session.heard.difference(&wanted).cloned().collect();
        let new: Vec<String> = wanted.difference(&session.heard).cloned().collect();
        self.shared.last().retain(|topic, _| wanted.contains(topic));
        self.shared.refused().retain(|topic, _| wanted.contains(topic));
        session.heard = wanted;
        if !gone.is_empty() {
            let packet = Unsubscribe { pkid: session.next(), filters: gone, properties: None };
            write(line, Packet::Unsubscribe(packet)).await?;
        }
        if !new.is_empty() {
            let filters: Vec<Filter> = new.iter().map(|topic| Filter::new(topic, QoS::AtLeastOnce)).collect();
            let mut packet = Subscribe::new_many(filters, None);
            packet.pkid = session.next();
            session.asked.insert(packet.pkid, new);
            write(line, Packet::Subscribe(packet)).await?;
        }
        Ok(())
    }
}

async fn write(line: &mut Line, packet: Packet) -> Result<(), String> {
    line.send(packet).await.map_err(|_| "The connection to the broker broke.".to_owned())
}
