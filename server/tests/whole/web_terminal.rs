//! The page of a terminal in a browser: what it may do, and that it says nothing about anybody.

use crate::house::House;

crate::on_both!(its_page_may_use_the_camera_and_no_other_may, it_says_the_same_to_everybody);

async fn its_page_may_use_the_camera_and_no_other_may(database: &'static str) {
    let house = House::open(database);
    let mut browser = house.browser();
    let page = browser.get("/terminal").await;
    assert_eq!(page.status, 200);
    let allowed = page.headers["permissions-policy"].to_str().unwrap();
    assert!(allowed.contains("camera=(self)") && allowed.contains("geolocation=()"), "{allowed}");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("worker-src 'self'") && policy.contains("'wasm-unsafe-eval'"), "{policy}");
    let nonce = page.attribute("nonce=\"").unwrap();
    assert!(policy.contains(&format!("script-src 'nonce-{nonce}' 'strict-dynamic'")), "{policy}");
    assert!(page.body.contains("/terminal.webmanifest") && page.body.contains("/pkg/terminal."), "{}", page.body);
    for other in ["/sign-in", "/terminal-worker.js", "/nothing"] {
        let page = browser.get(other).await;
        assert!(page.headers["permissions-policy"].to_str().unwrap().contains("camera=()"), "{other}");
    }
}

async fn it_says_the_same_to_everybody(database: &'static str) {
    let house = House::open(database);
    let organization = house.organization("Quetzal").await;
    let plain = |page: crate::browser::Page| {
        let nonce = page.attribute("nonce=\"").unwrap();
        assert!(!page.headers.contains_key("set-cookie"), "a worker keeps this page");
        page.body.replace(&nonce, "")
    };
    let seen = plain(house.signed_in(&organization).await.get("/terminal").await);
    assert_eq!(seen, plain(house.browser().get("/terminal").await));
    assert!(!seen.contains("Quetzal"));
}
