//! A link's text message: what is in it, and that it goes out once, whatever the service does.

use crate::house::{House, Organization, Things};
use crate::phones::{Mood, Phones};
use domain::channel::Channel;
use server::notify::{mail::Mailer, outbox};
use server::service::link;
use server::store::message::MessageRow;

crate::on_both!(
    twilio_gets_number_sender_and_words,
    a_generic_service_gets_json,
    a_refusal_is_final_and_told,
    a_busy_service_is_tried_again,
    a_service_that_is_away_is_tried_again,
    what_may_have_gone_out_is_not_sent_twice,
    a_redirect_is_not_followed,
    without_a_service_it_is_kept_in_a_file,
    a_number_without_its_country_is_refused_before_anything_counts,
    a_german_link_is_announced_in_german,
);

struct Office {
    house: House,
    ours: Organization,
    phones: Phones,
    mailer: Mailer,
}

async fn office(database: &str, url: impl Fn(&Phones) -> String) -> Office {
    let phones = Phones::open().await;
    let house = House::open_with(database, &[("LATCHKEY_SMS_URL", url(&phones))]);
    let ours = house.organization("Quetzal").await;
    let mailer = Mailer::new(&house.app.config).unwrap();
    Office { house, ours, phones, mailer }
}

impl Office {
    async fn queued(&self) -> Things {
        let things = self.house.things_like(&self.ours, |link| link.phone = "+49 30 555 0117".into()).await;
        link::send(&self.house.app, &self.house.owner(&self.ours), &things.link, Channel::Sms).await.unwrap();
        things
    }

    async fn round(&self) -> usize {
        outbox::round(&self.house.app, &self.mailer).await.unwrap()
    }

    async fn row(&self, things: &Things) -> MessageRow {
        let (organization, id) = (self.ours.id.clone(), things.link.clone());
        let rows = self.house.app.db.read(move |c| server::store::message::of_link(c, &organization, &id)).await;
        rows.unwrap().remove(0)
    }
}

async fn twilio_gets_number_sender_and_words(database: &str) {
    let office = office(database, Phones::twilio).await;
    let things = office.queued().await;
    assert_eq!((office.round().await, office.round().await), (1, 0), "once, and not again");
    let calls = office.phones.calls();
    assert_eq!(calls.len(), 1);
    let call = &calls[0];
    assert!(call.head.starts_with("POST /2010-04-01/Accounts/AC0123/Messages.json HTTP/1.1"), "{}", call.head);
    // AC0123:t0ken in base64
    assert!(call.head.contains("uthorization: Basic QUMwMTIzOnQwa2Vu"), "{}", call.head);
    assert_eq!((call.field("To").as_str(), call.field("From").as_str()), ("+49305550117", "+4930555011"));
    let words = call.field("Body");
    assert!(words.contains(&format!("/l/{}", things.secret)) && words.contains("Quetzal House"), "{words}");
    assert!(domain::sms::segments(&words) <= 2, "{words}");
    let row = office.row(&things).await;
    assert_eq!((row.state.as_str(), row.attempts, row.server_reply.as_str()), ("sent", 1, "201 queued SM42"));
    assert!(!office.house.dump().await.contains(&things.secret), "a secret that the service repeats is not kept");
    assert_eq!(office.house.count(&office.ours, "message.sent", "done").await, 1);
    let again = link::send(&office.house.app, &office.house.owner(&office.ours), &things.link, Channel::Sms).await;
    assert!(again.unwrap_err().to_string().contains("less than a minute ago"));
    let page = office.house.signed_in(&office.ours).await.get("/deliveries").await;
    assert!(page.body.contains("Link by text message") && page.body.contains("201 queued SM42"), "{}", page.body);
}

async fn a_generic_service_gets_json(database: &str) {
    let office = office(database, Phones::generic).await;
    let things = office.queued().await;
    office.round().await;
    let call = office.phones.calls().remove(0);
    assert!(call.head.starts_with("POST /send HTTP/1.1"), "{}", call.head);
    assert!(call.head.to_lowercase().contains("authorization: bearer k3y"), "{}", call.head);
    let json: serde_json::Value = serde_json::from_str(&call.body).unwrap();
    let row = office.row(&things).await;
    assert_eq!((json["to"].as_str(), json["id"].as_str()), (Some("+49305550117"), Some(row.id.as_str())));
    assert!(json["text"].as_str().unwrap().contains(&things.secret));
    assert_eq!(row.state, "sent");
}

async fn a_refusal_is_final_and_told(database: &str) {
    let office = office(database, Phones::twilio).await;
    let things = office.queued().await;
    office.phones.be(Mood::Refusing);
    office.round().await;
    let row = office.row(&things).await;
    assert_eq!(row.state, "failed");
    assert_eq!(row.server_reply, "400 Invalid 'To' Phone Number (21211)");
    office.house.app.clock.shift(86_400_000 / 2);
    assert_eq!(office.round().await, 0);
    assert_eq!(office.house.count(&office.ours, "message.failed", "failed").await, 1);
}

async fn a_busy_service_is_tried_again(database: &str) {
    let office = office(database, Phones::twilio).await;
    let things = office.queued().await;
    for (attempt, status) in [(1, 429), (2, 503), (3, 500)] {
        office.phones.be(Mood::Status(status));
        assert_eq!(office.round().await, 1);
        let row = office.row(&things).await;
        assert_eq!((row.state.as_str(), row.attempts), ("waiting", attempt));
        assert!(row.server_reply.starts_with(&status.to_string()), "{}", row.server_reply);
        assert_eq!(office.round().await, 0, "not before its time");
        office.house.app.clock.shift(301_000);
    }
    office.phones.be(Mood::Slow);
    assert_eq!(office.round().await, 1);
    assert_eq!(office.row(&things).await.state, "sent");
}

async fn a_service_that_is_away_is_tried_again(database: &str) {
    let office = office(database, |_| "http://127.0.0.1:1/".into()).await;
    let things = office.queued().await;
    office.round().await;
    let row = office.row(&things).await;
    assert_eq!((row.state.as_str(), row.attempts), ("waiting", 1), "{}", row.server_reply);
}

async fn what_may_have_gone_out_is_not_sent_twice(database: &str) {
    let office = office(database, Phones::twilio).await;
    for mood in [Mood::Silent, Mood::Status(502), Mood::Status(504)] {
        let things = office.queued().await;
        office.phones.be(mood);
        office.round().await;
        assert_eq!(office.row(&things).await.state, "unknown", "{mood:?}");
    }
    office.phones.be(Mood::Taking);
    office.house.app.clock.shift(86_400_000 / 2);
    assert_eq!(office.round().await, 0);
    assert_eq!(office.phones.calls().len(), 3);
}

async fn a_redirect_is_not_followed(database: &str) {
    let office = office(database, Phones::generic).await;
    let things = office.queued().await;
    office.phones.be(Mood::Moved);
    office.round().await;
    assert_eq!(office.row(&things).await.state, "failed");
    assert_eq!(office.phones.calls().len(), 1);
}

async fn without_a_service_it_is_kept_in_a_file(database: &str) {
    let office = office(database, |_| String::new()).await;
    let things = office.queued().await;
    office.round().await;
    let row = office.row(&things).await;
    assert_eq!(row.state, "kept");
    let file = office.house.app.config.data_dir.join("sms").join(&row.server_reply);
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.starts_with("To: +49305550117\n") && text.contains(&things.secret), "{text}");
    let page = office.house.signed_in(&office.ours).await.get(&format!("/links/{}", things.link)).await;
    assert!(page.body.contains("no text message service is configured"), "{}", page.body);
}

async fn a_number_without_its_country_is_refused_before_anything_counts(database: &str) {
    let office = office(database, Phones::twilio).await;
    let things = office.house.things_like(&office.ours, |link| link.phone = "030 5550117".into()).await;
    let mut browser = office.house.signed_in(&office.ours).await;
    let page = format!("/links/{}", things.link);
    let answer = browser.submit(&page, &format!("{page}/send"), &[("channel", "sms")]).await;
    assert_eq!((answer.status, answer.location()), (303, page.as_str()));
    assert!(browser.get(&page).await.body.contains("needs the number with its country code"));
    assert_eq!(office.round().await, 0);
    let gauges = crate::quotas::gauges(&office.house.app, &office.ours).await;
    assert!(gauges.iter().all(|gauge| gauge.used == 0));
}

async fn a_german_link_is_announced_in_german(database: &str) {
    let office = office(database, Phones::twilio).await;
    let things = office
        .house
        .things_like(&office.ours, |link| {
            link.phone = "+49 30 555 0117".into();
            link.language = "de".into();
        })
        .await;
    let mut browser = office.house.signed_in(&office.ours).await;
    let page = format!("/links/{}", things.link);
    browser.submit(&page, &format!("{page}/send"), &[("channel", "sms")]).await;
    office.round().await;
    let words = office.phones.calls()[0].field("Body");
    assert!(words.starts_with("Hallo Quetzal Visitor, hier ist Ihr Türlink"), "{words}");
}
