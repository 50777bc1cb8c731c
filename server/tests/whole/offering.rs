//! What a role may not do is not offered to it: every link and every form of every page that it can reach is tried.

use crate::house::House;
use domain::role::Role;
use server::service::{door, place_lockdown};
use std::collections::{BTreeSet, VecDeque};

crate::on_both!(nothing_is_offered_that_one_may_not_do,);

/// What follows each of these beginnings up to the next quotation mark, as far as it is an address here.
fn addresses(body: &str, start: &str) -> Vec<String> {
    let parts = body.split(start).skip(1).filter_map(|rest| rest.split('"').next());
    parts.filter(|address| address.starts_with('/')).map(|address| address.replace("&amp;", "&")).collect()
}

async fn nothing_is_offered_that_one_may_not_do(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let (open, shut, down) = (house.things(&ours).await, house.things(&ours).await, house.things(&ours).await);
    let actor = house.owner(&ours);
    house.group(&ours, &[&open.door]).await;
    house.waiting_terminal(&ours, &open.door).await;
    door::lock_down(&house.app, &actor, &shut.door, "Wet paint").await.unwrap();
    place_lockdown::lock_down(&house.app, &actor, &down.place, "Fire drill", "access_manager").await.unwrap();

    let mut wrong = Vec::new();
    for role in [Role::Observer, Role::AccessManager, Role::Administrator, Role::Owner] {
        let mut admin = house.colleague(&ours, role).await;
        let (mut pages, mut seen, mut forms) = (VecDeque::from(["/".to_owned()]), BTreeSet::new(), BTreeSet::new());
        while let Some(path) = pages.pop_front() {
            // Of what differs only in the question, a few are enough.
            let questions = seen.iter().filter(|one: &&String| one.split('?').next() == path.split('?').next()).count();
            if path.contains("/stream") || path.starts_with("/pkg") || questions > 3 || !seen.insert(path.clone()) {
                continue;
            }
            let page = admin.get(&path).await;
            if page.status >= 400 {
                wrong.push(format!("{role:?} is led to {path}: {}", page.status));
            }
            pages.extend(addresses(&page.body, "href=\""));
            forms.extend(addresses(&page.body, "method=\"post\" action=\""));
        }
        // Whoever may is told that the form lacks its token; who may not, that they may not.
        forms.remove("/sign-out");
        for action in &forms {
            let page = admin.post(action, &[]).await;
            if page.body.contains("Not allowed") {
                wrong.push(format!("{role:?} is offered {action}"));
            }
        }
        let unlocks = forms.contains(&format!("/doors/{}/unlock", open.door));
        assert_eq!(unlocks, role != Role::Observer, "{role:?}: {forms:#?}");
        assert_eq!(seen.contains("/doors/new"), role >= Role::Administrator, "{role:?}: {seen:#?}");
        assert!(seen.len() > 40 && seen.contains(&format!("/links/{}", open.link)), "{role:?}: {seen:#?}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
