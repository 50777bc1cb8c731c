//! A link's mail: what is in it, and that it goes out once, whatever the mail server does.

use crate::house::{House, Organization, Things};
use crate::sink::{Mood, Sink};
use domain::channel::Channel;
use server::notify::{mail::Mailer, outbox};
use server::service::link;

crate::on_both!(
    a_mail_has_words_a_page_and_a_calendar,
    a_busy_server_is_tried_again_until_it_takes_the_mail,
    a_server_that_is_away_is_tried_again,
    a_refusal_is_final_and_told,
    a_mail_of_unknown_fate_is_not_sent_twice,
    a_server_that_hangs_up_before_the_mail_is_tried_again,
    a_slow_server_holds_up_nobody,
    a_link_that_changed_meanwhile_is_not_sent,
    the_outbox_holds_no_secret,
);

struct Office {
    house: House,
    ours: Organization,
    sink: Sink,
    mailer: Mailer,
}

async fn office(database: &str) -> Office {
    let sink = Sink::open().await;
    let house = House::open_with(
        database,
        &[("LATCHKEY_SMTP_URL", sink.url()), ("LATCHKEY_MAIL_FROM", "door@quetzal.example".into())],
    );
    let ours = house.organization("Quetzal").await;
    let mailer = Mailer::new(&house.app.config).unwrap();
    Office { house, ours, sink, mailer }
}

impl Office {
    async fn queued(&self) -> Things {
        let things = self.house.things_like(&self.ours, |link| link.email = "ada@keller.example".into()).await;
        link::send(&self.house.app, &self.house.owner(&self.ours), &things.link, Channel::Email).await.unwrap();
        things
    }

    /// One look at the outbox.
    async fn round(&self) -> usize {
        outbox::round(&self.house.app, &self.mailer).await.unwrap()
    }

    async fn state(&self, things: &Things) -> (String, i64, String) {
        let (organization, id) = (self.ours.id.clone(), things.link.clone());
        let rows =
            self.house.app.db.read(move |c| server::store::message::of_link(c, &organization, &id)).await.unwrap();
        let row = &rows[0];
        (row.state.clone(), row.attempts, row.server_reply.clone())
    }
}

fn decoded(mail: &str) -> String {
    mail.replace("=\n", "").replace("=3D", "=").replace("=C3=9F", "ß")
}

async fn a_mail_has_words_a_page_and_a_calendar(database: &str) {
    let office = office(database).await;
    let things = office.queued().await;
    assert_eq!(office.round().await, 1);
    assert_eq!(office.round().await, 0, "and not again");
    let mails = office.sink.mails();
    assert_eq!(mails.len(), 1);
    let mail = decoded(&mails[0]);
    for words in [
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "To: ",
        "ada@keller.example",
        "door@quetzal.example",
        "Quetzal House",
        &things.secret,
        "Quetzal Gate",
    ] {
        assert!(mail.contains(words), "{words} is missing in {mail}");
    }
    let (state, attempts, reply) = office.state(&things).await;
    assert_eq!((state.as_str(), attempts), ("sent", 1));
    assert!(reply.contains("kept"), "what the server said is shown: {reply}");
    assert_eq!(office.house.count(&office.ours, "message.sent", "done").await, 1);
    let again = link::send(&office.house.app, &office.house.owner(&office.ours), &things.link, Channel::Email).await;
    assert!(again.unwrap_err().to_string().contains("less than a minute ago"));
}

async fn a_busy_server_is_tried_again_until_it_takes_the_mail(database: &str) {
    let office = office(database).await;
    let things = office.queued().await;
    office.sink.be(Mood::Busy);
    for attempt in 1..=3 {
        assert_eq!(office.round().await, 1);
        let (state, attempts, reply) = office.state(&things).await;
        assert_eq!((state.as_str(), attempts), ("waiting", attempt));
        assert!(reply.contains("come back later"), "{reply}");
        assert_eq!(office.round().await, 0, "not before its time");
        office.house.app.clock.shift(301_000);
    }
    office.sink.be(Mood::Taking);
    assert_eq!(office.round().await, 1);
    assert_eq!(office.state(&things).await.0, "sent");
    assert_eq!(office.sink.mails().len(), 1);
}

async fn a_server_that_is_away_is_tried_again(database: &str) {
    let house = House::open_with(database, &[("LATCHKEY_SMTP_URL", "smtp://127.0.0.1:1?tls=none".into())]);
    let ours = house.organization("Quetzal").await;
    let mailer = Mailer::new(&house.app.config).unwrap();
    let office = Office { sink: Sink::open().await, house, ours, mailer };
    let things = office.queued().await;
    for wait in [10_000, 60_000, 300_000, 1_800_000, 7_200_000, 28_800_000] {
        assert_eq!(office.round().await, 1);
        assert_eq!(office.state(&things).await.0, "waiting");
        office.house.app.clock.shift(wait + 1_000);
    }
    assert_eq!(office.round().await, 1);
    let (state, attempts, _) = office.state(&things).await;
    assert_eq!((state.as_str(), attempts), ("failed", 7), "after half a day it is given up, and says so");
    assert_eq!(office.house.count(&office.ours, "message.failed", "failed").await, 1);
}

async fn a_refusal_is_final_and_told(database: &str) {
    let office = office(database).await;
    let things = office.queued().await;
    office.sink.be(Mood::Refusing);
    office.round().await;
    let (state, _, reply) = office.state(&things).await;
    assert_eq!(state, "failed");
    assert!(reply.contains("no such mailbox"), "{reply}");
    office.house.app.clock.shift(86_400_000 / 2);
    assert_eq!(office.round().await, 0);
    let page = office.house.signed_in(&office.ours).await.get("/deliveries").await;
    assert!(page.body.contains("no such mailbox") && page.body.contains("ada@keller.example"), "{}", page.body);
}

async fn a_mail_of_unknown_fate_is_not_sent_twice(database: &str) {
    let office = office(database).await;
    let things = office.queued().await;
    office.sink.be(Mood::Silent);
    office.round().await;
    assert_eq!(office.state(&things).await.0, "unknown");
    office.sink.be(Mood::Taking);
    office.house.app.clock.shift(86_400_000 / 2);
    assert_eq!(office.round().await, 0);
    assert_eq!(office.sink.mails().len(), 1);
}

async fn a_server_that_hangs_up_before_the_mail_is_tried_again(database: &str) {
    let office = office(database).await;
    let things = office.queued().await;
    for mood in [Mood::HangingUp, Mood::Wary] {
        office.sink.be(mood);
        assert_eq!(office.round().await, 1);
        let (state, _, reply) = office.state(&things).await;
        assert_eq!(state, "waiting", "{mood:?}: {reply}");
        assert!(reply.contains("before it was given the mail"), "{reply}");
        assert_eq!(reply.matches("incomplete response").count(), 1, "{reply}");
        office.house.app.clock.shift(301_000);
    }
    office.sink.be(Mood::Taking);
    assert_eq!(office.round().await, 1);
    assert_eq!(office.state(&things).await.0, "sent");
    assert_eq!(office.sink.mails().len(), 1);
    // Once it has begun to go, nobody knows how much of it was kept.
    let things = office.queued().await;
    office.sink.be(Mood::Cutting);
    office.round().await;
    let (state, _, reply) = office.state(&things).await;
    assert_eq!(state, "unknown", "{reply}");
}

async fn a_slow_server_holds_up_nobody(database: &str) {
    let office = office(database).await;
    let things = [office.queued().await, office.queued().await, office.queued().await];
    office.sink.be(Mood::Slow);
    let begun = std::time::Instant::now();
    let page = async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let begun = std::time::Instant::now();
        assert_eq!(office.house.browser().visit(&things[0].secret).await.status, 200);
        begun.elapsed()
    };
    let (sent, page) = tokio::join!(office.round(), page);
    assert_eq!(sent, 3);
    assert!(begun.elapsed().as_secs_f32() < 5.0, "side by side, not one after the other: {:?}", begun.elapsed());
    assert!(page.as_secs_f32() < 1.0, "{page:?}");
    for things in &things {
        assert_eq!(office.state(things).await.0, "sent");
    }
}

async fn a_link_that_changed_meanwhile_is_not_sent(database: &str) {
    let office = office(database).await;
    let (rotated, revoked) = (office.queued().await, office.queued().await);
    let actor = office.house.owner(&office.ours);
    link::rotate(&office.house.app, &actor, &rotated.link).await.unwrap();
    link::revoke(&office.house.app, &actor, &revoked.link).await.unwrap();
    office.round().await;
    assert!(office.sink.mails().is_empty());
    for things in [rotated, revoked] {
        assert_eq!(office.state(&things).await.0, "failed");
    }
}

async fn the_outbox_holds_no_secret(database: &str) {
    let office = office(database).await;
    let things = office.queued().await;
    let rows = office.house.dump().await;
    assert!(rows.contains("ada@keller.example") && !rows.contains(&things.secret));
    office.sink.be(Mood::Busy);
    office.round().await;
    assert!(!office.house.dump().await.contains(&things.secret));
}
