//! *Could it open?*: the page's answer is what a tap at that moment gets.

use crate::house::{House, week};
use server::service::door::{self, DoorInput};
use server::service::link::{self, LinkInput};
use server::service::{audit, place_lockdown};

crate::on_both!(
    the_answer_is_what_a_tap_then_gets,
    an_admin_is_bound_by_hours_and_lockdowns_alone,
    what_is_no_moment_or_not_ours_is_said,
);

/// 2027-06-01T00:00:00Z, a Tuesday.
const JUNE: i64 = 1_811_808_000_000;
const HOUR: i64 = 3_600_000;

fn yes(body: &str) -> bool {
    let (yes, no) = (body.contains(">Yes</span>"), body.contains(">No</span>"));
    assert!(yes != no, "{body}");
    yes
}

async fn the_answer_is_what_a_tap_then_gets(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    house.app.clock.shift(JUNE - house.app.clock.now());
    let things = house
        .things_like(&ours, |link| {
            link.valid_from = "2027-06-01T12:00".into();
            link.valid_until = "2027-06-08T12:00".into();
            link.days = week(&["mon-sun=09:00-21:00"]);
        })
        .await;
    let actor = house.owner(&ours);
    let schedule = house.schedule(&ours, &["mon-fri=08:00-18:00", "fri=22:00-06:00"]).await;
    let typed = DoorInput {
        name: "Gate".into(),
        place_id: things.place.clone(),
        unlock_seconds: "5".into(),
        accepts_digital: true,
        schedule_id: schedule.clone(),
        ..Default::default()
    };
    door::update(&house.app, &actor, &things.door, 1, &typed).await.unwrap();
    let mut owner = house.signed_in(&ours).await;
    let ask = format!("/doors/{}/could-it-open", things.door);
    let empty = owner.get(&format!("{ask}?link={}", things.link)).await;
    assert!(
        empty.body.contains("Choose for whom and when") && empty.body.contains("Quetzal Visitor"),
        "{}",
        empty.body
    );
    let before = house.events(&ours).await.len();
    // Every moment is asked for beforehand, and tapped when it has come.
    let moments: Vec<i64> = (0..16).map(|number| JUNE + number * 11 * HOUR + HOUR / 2).collect();
    let mut foretold = Vec::new();
    for at in &moments {
        let local = app::text::when::input(*at, "Europe/Berlin");
        let page = owner.get(&format!("{ask}?link={}&at={local}", things.link)).await;
        assert_eq!(page.status, 200);
        foretold.push((yes(&page.body), page.body));
    }
    assert_eq!(house.events(&ours).await.len(), before, "asking leaves no trace");
    assert!(foretold.iter().any(|(yes, _)| *yes) && foretold.iter().filter(|(yes, _)| !*yes).count() > 4);
    for ((at, (expected, page)), number) in moments.iter().zip(&foretold).zip(0..) {
        house.app.clock.shift(at - house.app.clock.now());
        let mut visitor = house.browser();
        let arrived = visitor.visit(&things.secret).await;
        let open = match arrived.attribute("data-csrf=\"") {
            Some(token) => {
                let request = format!("request-{number:012}");
                visitor.tap(&things.link, &things.door, &token, &request).await.json()["state"] == "open"
            }
            None => false,
        };
        assert_eq!(open, *expected, "at {}: {page}", app::text::when::iso_utc(*at));
    }
    let page = &foretold.iter().find(|(_, page)| page.contains("It is outside the door's hours")).unwrap().1;
    for text in [
        format!("href=\"/schedules/{schedule}\""),
        format!("href=\"/links/{}\"", things.link),
        "taken as it is now".into(),
    ] {
        assert!(page.contains(&text), "{text} in {page}");
    }
    audit::verify(&house.app).await.expect("an intact log");
}

async fn an_admin_is_bound_by_hours_and_lockdowns_alone(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let group = house.group(&ours, &[&things.door]).await;
    let mut owner = house.signed_in(&ours).await;
    let ask = format!("/doors/{}/could-it-open?at=2030-01-07T10:00", things.door);
    let page = owner.get(&format!("{ask}&link=admin")).await;
    assert!(
        yes(&page.body) && page.body.contains("would open for") && !page.body.contains("The link"),
        "{}",
        page.body
    );
    let page = owner.get(&format!("{ask}&link={}", things.link)).await;
    assert!(!yes(&page.body) && page.body.contains("The link has ended"), "{}", page.body);
    let past = format!("/doors/{}/could-it-open?at=2001-01-07T10:00&link={}", things.door, things.link);
    let page = owner.get(&past).await;
    for text in ["would have stayed shut for", "The link had not begun yet"] {
        assert!(page.body.contains(text), "{text} in {}", page.body);
    }
    place_lockdown::lock_down(&house.app, &house.owner(&ours), &things.place, "Drill", "owner").await.unwrap();
    let page = owner.get(&ask).await;
    assert!(!yes(&page.body) && page.body.contains("The place is locked down"), "{}", page.body);
    // A way through a group is named; so is a link that does not open the door at all.
    let second = house.things(&ours).await;
    let typed = LinkInput {
        name: "Grace".into(),
        groups: vec![group.clone()],
        doors: vec![second.door.clone()],
        zone: "UTC".into(),
        ..Default::default()
    };
    let grace = link::create(&house.app, &house.owner(&ours), &typed).await.unwrap();
    let page = owner.get(&format!("{ask}&link={grace}")).await;
    assert!(page.body.contains(&format!("href=\"/groups/{group}\"")), "{}", page.body);
    let page = owner.get(&format!("{ask}&link={}", second.link)).await;
    assert!(page.body.contains("The link does not open this door"), "{}", page.body);
    for page in [format!("/doors/{}", things.door), format!("/links/{}", things.link)] {
        assert!(owner.get(&page).await.body.contains("/could-it-open"), "{page}");
    }
}

async fn what_is_no_moment_or_not_ours_is_said(database: &str) {
    let house = House::open(database);
    let (ours, theirs) = (house.organization("Quetzal").await, house.organization("Marmot").await);
    let (things, foreign) = (house.things(&ours).await, house.things(&theirs).await);
    let mut owner = house.signed_in(&ours).await;
    let ask = format!("/doors/{}/could-it-open", things.door);
    let page = owner.get(&format!("{ask}?link=admin&at=2027-03-28T02:30")).await;
    assert!(page.status == 422 && page.body.contains("the clocks go forward that night"), "{}", page.body);
    let page = owner.get(&format!("{ask}?at=soon")).await;
    assert!(page.status == 422 && page.body.contains("value=\"soon\""), "{}", page.body);
    assert_eq!(owner.get(&format!("{ask}?link={}&at=2027-03-28T04:30", foreign.link)).await.status, 404);
    assert_eq!(owner.get(&format!("/doors/{}/could-it-open", foreign.door)).await.status, 404);
}
