//! What goes out by itself: reminders before the end, and word to the host that the visitor is there. Each once.

use crate::house::{House, Organization, Things};
use crate::phones::Phones;
use crate::sink::Sink;
use domain::channel::Channel;
use server::notify::{mail::Mailer, outbox};
use server::service::{link, notices};
use server::store::message::MessageRow;

crate::on_both!(
    a_visitor_is_reminded_once_for_each_end,
    nobody_is_reminded_who_need_not_be,
    a_host_hears_of_the_first_opening_and_of_no_other,
    two_processes_tell_once,
);

const HOUR: i64 = 3_600_000;

struct Office {
    house: House,
    ours: Organization,
    sink: Sink,
    phones: Phones,
    mailer: Mailer,
}

async fn office(database: &str) -> Office {
    let (sink, phones) = (Sink::open().await, Phones::open().await);
    let house = House::open_with(database, &[("LATCHKEY_SMTP_URL", sink.url()), ("LATCHKEY_SMS_URL", phones.twilio())]);
    let ours = house.organization("Quetzal").await;
    let mailer = Mailer::new(&house.app.config).unwrap();
    Office { house, ours, sink, phones, mailer }
}

impl Office {
    /// A link that ends in so many hours.
    async fn ending(&self, hours: i64, host: &str) -> Things {
        let until = app::text::when::input(self.house.app.clock.now() + hours * HOUR, "Europe/Berlin");
        self.house
            .things_like(&self.ours, |link| {
                link.email = "ada@keller.example".into();
                link.valid_until = until;
                link.host_contact = host.into();
                link.notify_host = Some(!host.is_empty());
            })
            .await
    }

    async fn send(&self, things: &Things) {
        link::send(&self.house.app, &self.house.owner(&self.ours), &things.link, Channel::Email).await.unwrap();
        self.work().await;
    }

    async fn sweep(&self) -> usize {
        notices::sweep(&self.house.app).await.unwrap()
    }

    async fn work(&self) {
        while outbox::round(&self.house.app, &self.mailer).await.unwrap() > 0 {}
    }

    async fn of_kind(&self, things: &Things, kind: &str) -> Vec<MessageRow> {
        let (organization, id) = (self.ours.id.clone(), things.link.clone());
        let rows = self.house.app.db.read(move |c| server::store::message::of_link(c, &organization, &id)).await;
        rows.unwrap().into_iter().filter(|row| row.kind == kind).collect()
    }

    async fn open(&self, things: &Things) {
        let mut browser = self.house.browser();
        let token = browser.visit(&things.secret).await.token();
        let request = self.house.app.clock.salt();
        assert_eq!(browser.tap(&things.link, &things.door, &token, &request).await.json()["state"], "open");
        // What became of it is written down a moment after it is told.
        self.house.events(&self.ours).await;
    }
}

async fn a_visitor_is_reminded_once_for_each_end(database: &str) {
    let office = office(database).await;
    office.house.sql("UPDATE organizations SET reminder_hours = 24").unwrap();
    let things = office.ending(72, "").await;
    office.send(&things).await;
    assert_eq!(office.sweep().await, 0, "not yet");
    office.house.app.clock.shift(49 * HOUR);
    assert_eq!((office.sweep().await, office.sweep().await), (1, 0), "once");
    office.work().await;
    let mail = office.sink.mails().pop().unwrap().replace("=\n", "").replace("=3D", "=");
    assert!(mail.contains("Your door link for Quetzal House ends soon") && mail.contains(&things.secret), "{mail}");
    assert_eq!(office.of_kind(&things, "reminder").await[0].state, "sent");
    let until = app::text::when::input(office.house.app.clock.now() + 60 * HOUR, "Europe/Berlin");
    let actor = office.house.owner(&office.ours);
    link::extend(&office.house.app, &actor, &things.link, &until, "Europe/Berlin").await.unwrap();
    assert_eq!(office.sweep().await, 0, "the new end is far");
    office.house.app.clock.shift(37 * HOUR);
    assert_eq!((office.sweep().await, office.sweep().await), (1, 0), "and again for the new end");
    assert_eq!(office.of_kind(&things, "reminder").await.len(), 2);
    assert_eq!(office.house.count(&office.ours, "link.reminded", "done").await, 2);
    let gauges = crate::quotas::gauges(&office.house.app, &office.ours).await;
    assert!(gauges.iter().all(|gauge| gauge.used <= 1), "reminders count nothing");
    let page = office.house.signed_in(&office.ours).await.get("/deliveries").await.body;
    assert!(page.contains("Reminder that the link ends"), "{page}");
}

async fn nobody_is_reminded_who_need_not_be(database: &str) {
    let office = office(database).await;
    let (sent, kept, paused) = (office.ending(20, "").await, office.ending(20, "").await, office.ending(20, "").await);
    office.send(&sent).await;
    office.send(&paused).await;
    let actor = office.house.owner(&office.ours);
    link::pause(&office.house.app, &actor, &paused.link).await.unwrap();
    office.house.app.clock.shift(15 * HOUR);
    assert_eq!(office.sweep().await, 0, "off by default");
    office.house.sql("UPDATE organizations SET reminder_hours = 24").unwrap();
    assert_eq!(office.sweep().await, 1, "only who got it by mail, and may still come in");
    assert_eq!(office.of_kind(&sent, "reminder").await.len(), 1);
    assert_eq!(office.of_kind(&kept, "reminder").await.len(), 0);
    // Revoked before it goes out: it does not.
    link::revoke(&office.house.app, &actor, &sent.link).await.unwrap();
    office.work().await;
    assert_eq!(office.of_kind(&sent, "reminder").await[0].state, "failed");
    let late = office.ending(20, "").await;
    office.send(&late).await;
    assert_eq!(office.sweep().await, 0, "not two mails at once");
    office.house.app.clock.shift(11 * HOUR);
    assert_eq!(office.sweep().await, 1);
}

async fn a_host_hears_of_the_first_opening_and_of_no_other(database: &str) {
    let office = office(database).await;
    let (by_mail, by_text) =
        (office.ending(20, "jonas@quetzal.example").await, office.ending(20, "+49 30 555 0117").await);
    // Nobody can be told at a reception: whoever asks for it hears so. Older links may say it.
    let mut owner = office.house.signed_in(&office.ours).await;
    let fields = [("name", "Bea"), ("door", &by_mail.door), ("host_contact", "Reception"), ("notify_host", "yes")];
    let refused = owner.submit("/links/new", "/links/new", &fields).await;
    assert!(refused.status == 422 && refused.body.contains("To tell the host, Latchkey needs"), "{}", refused.body);
    let nobody = office.ending(20, "jonas@quetzal.example").await;
    let older = format!("UPDATE links SET host_contact = 'Reception' WHERE id = '{}'", nobody.link);
    office.house.sql(&older).unwrap();
    let page = owner.get(&format!("/links/{}", nobody.link)).await;
    assert!(page.body.contains("Nobody is told: the host has no e-mail address"), "{}", page.body);
    assert_eq!(office.sweep().await, 0, "nobody is there yet");
    for things in [&by_mail, &by_text, &nobody, &by_mail] {
        office.open(things).await;
    }
    assert_eq!((office.sweep().await, office.sweep().await), (2, 0));
    office.work().await;
    let mail = office.sink.mails().pop().unwrap();
    assert!(mail.contains("Subject: Quetzal Visitor has arrived") && mail.contains("jonas@quetzal.example"), "{mail}");
    assert!(mail.contains("Quetzal Gate") && !mail.contains(&by_mail.secret), "{mail}");
    let words = office.phones.calls()[0].field("Body");
    assert!(words.starts_with("Quetzal Visitor has arrived and opened Quetzal Gate: "), "{words}");
    office.open(&by_mail).await;
    assert_eq!(office.sweep().await, 0);
    assert_eq!(office.of_kind(&by_mail, "arrival").await.len(), 1);
    assert_eq!(office.of_kind(&nobody, "arrival").await.len(), 0);
    assert_eq!(office.house.count(&office.ours, "link.announced", "done").await, 2);
}

async fn two_processes_tell_once(database: &str) {
    let office = office(database).await;
    let things = office.ending(20, "jonas@quetzal.example").await;
    office.open(&things).await;
    let other = office.house.another();
    let (one, two) = tokio::join!(notices::sweep(&office.house.app), notices::sweep(&other));
    assert_eq!(one.unwrap() + two.unwrap(), 1);
    assert_eq!(office.of_kind(&things, "arrival").await.len(), 1);
}
