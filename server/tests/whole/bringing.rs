//! Links from files and to files.

use crate::browser::{Browser, Page};
use crate::house::House;
use crate::listing::{row, store_all};
use domain::role::Role;

crate::on_both!(
    a_file_is_judged_row_by_row_and_made_once,
    what_is_no_list_of_links_is_told,
    an_export_is_safe_to_open_and_can_be_read_again,
    a_long_export_tells_doors_apart_to_its_end,
);

async fn look(browser: &mut Browser, bytes: &[u8]) -> Page {
    let token = browser.get("/links/import").await.token();
    browser.upload("/links/import", &[("csrf", &token)], ("file", "links.csv", bytes)).await
}

async fn confirm(browser: &mut Browser, page: &Page) -> Page {
    let (token, content) = (page.token(), page.attribute("name=\"content\" value=\"").expect("the file"));
    let batch = page.attribute("name=\"batch\" value=\"").expect("a batch");
    let fields = [("csrf", token.as_str()), ("content", &content), ("batch", &batch)];
    browser.upload("/links/import/confirm", &fields, ("nothing", "", b"")).await
}

/// The names in the list, as the page has them.
async fn names(house: &House, organization: &str) -> Vec<String> {
    let (id, now) = (organization.to_owned(), house.app.clock.now());
    let filter = server::store::link::Filter { sort: domain::list::Sort::Name, ..Default::default() };
    let rows = house.app.db.read(move |c| server::store::link::list(c, &id, &filter, now, 100)).await.expect("links");
    rows.into_iter().map(|row| row.name).collect()
}

async fn a_file_is_judged_row_by_row_and_made_once(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    house.things_like(&ours, |typed| typed.external_id = "BK-1".into()).await;
    let group = house.group(&ours, &[]).await;
    let mut owner = house.signed_in(&ours).await;
    let file = format!(
        "\u{feff}Besucher;E-Mail;Telefon;Türen;Gruppen;Gültig bis;Buchungsnummer;Lieblingsfarbe;Sprache\r\n\
         Ada Keller;ada@keller.example;;quetzal gate;;;;rot;Deutsch\r\n\
         Jörg;jörg at home;555;Back door;;gestern;;;fr\r\n\
         Bo Li;;;Quetzal Gate|Quetzal Gate;{group};;BK-1;;\r\n\
         Chen;;;;{group};;BK-2;;\r\n\
         Dana;;;Quetzal Gate;;;BK-2;;\r\n\
         Emil;;;Quetzal Gate;;2020-01-01;;;\r\n"
    );
    let page = look(&mut owner, file.as_bytes()).await;
    assert_eq!(page.status, 200, "{}", page.body);
    for said in [
        "2 links will be made.",
        "3 rows are left out",
        "1 row is skipped",
        "Lieblingsfarbe",
        "There is no door called Back door.",
        "<b>email</b>",
        "<b>phone</b>",
        "<b>valid_until</b>",
        "<b>language</b>",
        "This is not a date.",
        "Line 5 has the same.",
        "The end lies before the beginning.",
        "Make 2 links",
    ] {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    assert_eq!(house.count(&ours, "link.created", "done").await, 1, "looking makes nothing");
    let done = confirm(&mut owner, &page).await;
    assert_eq!((done.status, done.location()), (303, "/links"), "{}", done.body);
    let list = owner.get("/links").await;
    assert!(
        list.body.contains("2 links are made. 1 was there already. 3 rows were left out: line 3, 6, 7."),
        "{}",
        list.body
    );
    assert_eq!(names(&house, &ours.id).await, ["Ada Keller", "Chen", "Quetzal Visitor"]);
    assert_eq!(house.count(&ours, "link.created", "done").await, 3, "each with an event of its own");
    // Pressed twice, and twice at once.
    let mut another = owner.clone();
    let (one, two) = tokio::join!(confirm(&mut owner, &page), confirm(&mut another, &page));
    assert_eq!((one.status, two.status), (303, 303));
    assert_eq!(house.count(&ours, "link.created", "done").await, 3);
    // The same file another day says who is there; and the preview of yesterday is too old.
    let page = look(&mut owner, file.as_bytes()).await;
    assert!(page.body.contains("Somebody with this address has a link already."), "{}", page.body);
    house.app.clock.shift(25 * 3_600_000);
    let mut owner = house.signed_in(&ours).await;
    let token = owner.get("/account").await.token();
    let (content, batch) =
        (page.attribute("name=\"content\" value=\"").unwrap(), page.attribute("name=\"batch\" value=\"").unwrap());
    let fields = [("csrf", token.as_str()), ("content", &content), ("batch", &batch)];
    let old = owner.post("/links/import/confirm", &fields).await;
    assert_eq!(old.status, 422);
    assert!(old.body.contains("This preview is too old."), "{}", old.body);
}

async fn what_is_no_list_of_links_is_told(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    house.things(&ours).await;
    let mut owner = house.signed_in(&ours).await;
    for (bytes, said) in [
        (&b""[..], "Choose a file that is not empty."),
        (b"Ada,ada@example.com", "must be called name"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "CSV UTF-8"),
    ] {
        let page = look(&mut owner, bytes).await;
        assert_eq!(page.status, 422);
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    let large = vec![b'a'; (1 << 20) + 1];
    assert!(look(&mut owner, &large).await.body.contains("larger than 1 MB"));
    let template = owner.get("/links/import/template.csv").await;
    assert!(template.body.contains("name,email,phone"), "{}", template.body);
    let page = look(&mut owner, template.body.as_bytes()).await;
    assert!(page.body.contains("There is no door called Front door."), "it is read, and judged: {}", page.body);
}

async fn an_export_is_safe_to_open_and_can_be_read_again(database: &str) {
    let house = House::open(database);
    let (ours, theirs) = (house.organization("Quetzal").await, house.organization("Marmot").await);
    house.things(&theirs).await;
    let things = house
        .things_like(&ours, |typed| {
            typed.name = "=HYPERLINK(1)".into();
            typed.phone = "+49 30 555 0117".into();
            typed.note = "two\nlines, \"quoted\"".into();
            typed.max_uses = "4".into();
            typed.qr = "offline".into();
            typed.no_web = true;
            typed.qr_off_line = true;
        })
        .await;
    let other = house.things(&ours).await;
    let mut observer = house.colleague(&ours, Role::Observer).await;
    let file = observer.get("/links/export.csv?q=hyperlink").await;
    assert_eq!(file.status, 200);
    assert!(file.headers["content-disposition"].to_str().unwrap().contains("links.csv"));
    assert!(file.body.starts_with("\u{feff}name,email,"), "{}", file.body);
    assert!(file.body.contains("\r\n'=HYPERLINK(1),,'+49305550117,"), "{}", file.body);
    for hidden in [&things.secret, &other.link, "Marmot", "/l/"] {
        assert!(!file.body.contains(hidden), "{hidden}: {}", file.body);
    }
    let whole = observer.get("/links/export.csv").await.body;
    assert!(whole.contains(&things.link) && whole.contains(&other.link));
    let noted = house.events(&ours).await;
    assert_eq!(noted.iter().filter(|row| row.action == "links.exported").count(), 2, "that it left is in the log");

    // What went out comes in again, as far as a file may say it.
    let mut owner = house.signed_in(&ours).await;
    let page = look(&mut owner, file.body.as_bytes()).await;
    assert!(page.body.contains("1 link will be made."), "{}", page.body);
    assert_eq!(confirm(&mut owner, &page).await.status, 303);
    let rows = names(&house, &ours.id).await;
    assert_eq!(rows.iter().filter(|name| *name == "=HYPERLINK(1)").count(), 2);
    let again = owner.get("/links/export.csv?q=hyperlink").await.body;
    assert_eq!(again.matches(",offline,no,yes,").count(), 2, "{again}");
    let page = look(&mut owner, b"name,doors,web\nAda,Other,perhaps\n").await;
    assert!(page.body.contains("<b>web</b>") && page.body.contains("Please write yes or no."), "{}", page.body);
}

async fn a_long_export_tells_doors_apart_to_its_end(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    // Two doors and their places are called the same, so only an id says which is meant.
    let (things, other) = (house.things(&ours).await, house.things(&ours).await);
    let rows: Vec<_> = (0..1_100).map(|number| row(&house, &ours, number)).collect();
    store_all(&house, &rows, |at| Some(if at % 2 == 0 { &things } else { &other }.door.clone())).await;
    let file = house.signed_in(&ours).await.get("/links/export.csv").await.body;
    assert_eq!(file.lines().count(), 1 + 2 + rows.len());
    for door in [&things.door, &other.door] {
        assert_eq!(file.matches(door.as_str()).count(), 1 + rows.len() / 2);
    }
    assert!(!file.contains("Quetzal Gate"), "a name that fits both is in no line");
}
