//! Every route there is, and the layers around them. A test walks this table with every kind of caller.

use super::admin::{
    account, admins, could_it_open, deliveries, doors, drivers, erase, events, factors, groups, inspect, invitation,
    links, live, overview, passkeys, place_lockdown, places, prove, retention, schedules, security, settings, setup,
    sign_in, sign_in_factor, simulator, standing, still_in, terminals,
};
use super::api::terminal;
use super::session_store::{Sessions, cookie_name, leave_idle, let_answers_stand};
use super::{assets, csrf, failure, health, held, log, logo, security as headers, visit, web_terminal};
use crate::app::App;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use std::sync::Arc;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_sessions::{Expiry, SessionManagerLayer};

/// One path with the methods it takes.
pub struct Route {
    /// As Axum writes it.
    pub path: &'static str,
    /// The methods that do something; HEAD comes with GET.
    pub methods: &'static [Method],
    handler: MethodRouter<App>,
}

const GET: &[Method] = &[Method::GET];
const POST: &[Method] = &[Method::POST];
const BOTH: &[Method] = &[Method::GET, Method::POST];

fn route(path: &'static str, methods: &'static [Method], handler: MethodRouter<App>) -> Route {
    Route { path, methods, handler }
}

/// Routes without any session: files, health, visitors with their own cookie, and machines with their tokens.
#[must_use]
pub fn open_routes() -> Vec<Route> {
    vec![
        route("/healthz", GET, get(health::live)),
        route("/readyz", GET, get(health::ready)),
        route("/pkg/{*file}", GET, get(assets::pkg)),
        route("/favicon.ico", GET, get(assets::favicon)),
        route("/robots.txt", GET, get(assets::robots)),
        route("/logo/{file}", GET, get(logo::logo)),
        route("/manifest.webmanifest", GET, get(assets::webmanifest)),
        route("/terminal", GET, get(web_terminal::page)),
        route("/terminal.webmanifest", GET, get(assets::terminal_webmanifest)),
        route("/terminal-worker.js", GET, get(assets::terminal_worker)),
        route("/l/{secret}", GET, get(visit::arrive)),
        route("/visit/{link}", GET, get(visit::doors)),
        route("/visit/{link}/calendar.ics", GET, get(visit::calendar)),
        route("/visit/{link}/code.png", GET, get(visit::png)),
        route("/visit/{link}/code.svg", GET, get(visit::svg)),
        route("/visit/{link}/doors/{door}", GET, get(visit::confirm)),
        route("/visit/{link}/doors/{door}/unlock", POST, post(visit::unlock)),
        route("/api/terminal/v1/openapi.json", GET, get(terminal::openapi)),
        route("/api/terminal/v1/pair", POST, post(terminal::pair)),
        route("/api/terminal/v1/heartbeat", POST, post(terminal::heartbeat)),
        route("/api/terminal/v1/list", GET, get(terminal::list)),
        route("/api/terminal/v1/scan", POST, post(terminal::scan)),
        route("/api/terminal/v1/journal", POST, post(terminal::journal)),
        route("/api/terminal/v1/stream", GET, get(terminal::stream)),
        route("/api/terminal/v1/claim", POST, post(terminal::claim)),
        route("/api/terminal/v1/result", POST, post(terminal::result)),
    ]
}

/// Routes that know sessions: signing in, and the dashboard behind it.
#[must_use]
pub fn session_routes() -> Vec<Route> {
    vec![
        route("/setup/{secret}", BOTH, get(setup::form).post(setup::set_up)),
        route("/sign-in", BOTH, get(sign_in::form).post(sign_in::sign_in)),
        route("/sign-in/second-factor", BOTH, get(sign_in_factor::form).post(sign_in_factor::sign_in)),
        route("/sign-out", POST, post(sign_in::sign_out)),
        route("/", GET, get(overview::overview)),
        route("/places", GET, get(places::list)),
        route("/places/new", BOTH, get(places::new).post(places::create)),
        route("/places/{id}", GET, get(places::detail)),
        route("/places/{id}/edit", BOTH, get(places::edit).post(places::update)),
        route("/places/{id}/lockdown", BOTH, get(place_lockdown::ask).post(place_lockdown::lock_down)),
        route("/places/{id}/lift", POST, post(place_lockdown::lift)),
        route("/places/{id}/remove", BOTH, get(places::ask_remove).post(places::remove)),
        route("/doors", GET, get(doors::list)),
        route("/doors/new", BOTH, get(doors::new).post(doors::create)),
        route("/doors/{id}", GET, get(doors::detail)),
        route("/doors/{id}/edit", BOTH, get(doors::edit).post(doors::update)),
        route("/doors/{id}/unlock", POST, post(doors::open)),
        route("/doors/{id}/stream", GET, get(standing::stream)),
        route("/doors/{id}/test", POST, post(drivers::test)),
        route("/doors/{id}/lockdown", POST, post(doors::lock_down)),
        route("/doors/{id}/lift", POST, post(doors::lift)),
        route("/doors/{id}/could-it-open", GET, get(could_it_open::ask)),
        route("/doors/{id}/still-in", GET, get(still_in::ask)),
        route("/doors/{id}/remove", BOTH, get(doors::ask_remove).post(doors::remove)),
        route("/groups", GET, get(groups::list)),
        route("/groups/new", BOTH, get(groups::new).post(groups::create)),
        route("/groups/{id}", GET, get(groups::detail)),
        route("/groups/{id}/edit", BOTH, get(groups::edit).post(groups::update)),
        route("/groups/{id}/remove", BOTH, get(groups::ask_remove).post(groups::remove)),
        route("/terminals", GET, get(terminals::list)),
        route("/terminals/new", BOTH, get(terminals::new).post(terminals::add)),
        route("/terminals/{id}", GET, get(terminals::detail)),
        route("/terminals/{id}/edit", BOTH, get(terminals::edit).post(terminals::change)),
        route("/terminals/{id}/code", BOTH, get(terminals::code).post(terminals::new_code)),
        route("/terminals/{id}/stream", GET, get(terminals::stream)),
        route("/terminals/{id}/revoke", BOTH, get(terminals::ask_revoke).post(terminals::revoke)),
        route("/terminals/{id}/remove", BOTH, get(terminals::ask_remove).post(terminals::remove)),
        route("/schedules", GET, get(schedules::list)),
        route("/schedules/new", BOTH, get(schedules::new).post(schedules::create)),
        route("/schedules/{id}", GET, get(schedules::detail)),
        route("/schedules/{id}/edit", BOTH, get(schedules::edit).post(schedules::update)),
        route("/schedules/{id}/exceptions", POST, post(schedules::add_exception)),
        route("/schedules/{id}/exceptions/remove", POST, post(schedules::remove_exception)),
        route("/schedules/{id}/holidays", BOTH, get(schedules::choose).post(schedules::import)),
        route("/schedules/{id}/remove", BOTH, get(schedules::ask_remove).post(schedules::remove)),
        route("/links", GET, get(links::list)),
        route("/links/new", BOTH, get(links::new).post(links::create)),
        route("/links/export.csv", GET, get(links::export)),
        route("/links/import", BOTH, get(links::ask_import).post(links::look_at_import)),
        route("/links/import/confirm", POST, post(links::confirm_import)),
        route("/links/import/template.csv", GET, get(links::template)),
        route("/links/act", BOTH, get(links::ask_act).post(links::act)),
        route("/links/{id}", GET, get(links::detail)),
        route("/links/{id}/code.png", GET, get(links::png)),
        route("/links/{id}/code.svg", GET, get(links::svg)),
        route("/links/{id}/badge", GET, get(links::badge)),
        route("/links/{id}/edit", BOTH, get(links::edit).post(links::update)),
        route("/links/{id}/duplicate", GET, get(links::duplicate)),
        route("/links/{id}/pause", POST, post(links::pause)),
        route("/links/{id}/resume", POST, post(links::resume)),
        route("/links/{id}/extend", POST, post(links::extend)),
        route("/links/{id}/rotate", POST, post(links::rotate)),
        route("/links/{id}/revoke", BOTH, get(links::ask_revoke).post(links::revoke)),
        route("/links/{id}/erase", BOTH, get(erase::ask_link).post(erase::link)),
        route("/links/{id}/send", POST, post(links::send)),
        route("/links/{id}/whatsapp", POST, post(links::whatsapp)),
        route("/codes/inspect", BOTH, get(inspect::form).post(inspect::read)),
        route("/events", GET, get(events::list)),
        route("/events/stream", GET, get(live::stream)),
        route("/events/export.csv", GET, get(events::csv)),
        route("/events/export.jsonl", GET, get(events::jsonl)),
        route("/events/{id}", GET, get(events::detail)),
        route("/deliveries", GET, get(deliveries::list)),
        route("/simulator", GET, get(simulator::doors)),
        route("/simulator/stream", GET, get(live::simulator)),
        route("/simulator/{id}/mode", POST, post(simulator::set_mode)),
        route("/invitation/{secret}", BOTH, get(invitation::form).post(invitation::join)),
        route("/admins", GET, get(admins::list)),
        route("/admins/invite", BOTH, get(admins::invite_form).post(admins::invite)),
        route("/admins/invitations/{id}/resend", POST, post(admins::resend)),
        route("/admins/invitations/{id}/withdraw", POST, post(admins::withdraw)),
        route("/admins/{id}", GET, get(admins::detail)),
        route("/admins/{id}/role", POST, post(admins::set_role)),
        route("/admins/{id}/erase", BOTH, get(erase::ask_admin).post(erase::admin)),
        route("/admins/{id}/remove", BOTH, get(admins::ask_remove).post(admins::remove)),
        route("/settings/retention", BOTH, get(retention::form).post(retention::change)),
        route("/settings", GET, get(settings::hub)),
        route("/settings/general", BOTH, get(settings::general::form).post(settings::general::save)),
        route("/settings/messages", BOTH, get(settings::messages::form).post(settings::messages::save)),
        route("/settings/messages/preview", GET, get(settings::messages::preview)),
        route("/settings/looks", BOTH, get(settings::looks::form).post(settings::looks::save)),
        route("/settings/logo", POST, post(settings::looks::put_logo)),
        route("/settings/logo/remove", POST, post(settings::looks::remove_logo)),
        route("/settings/delivery", GET, get(settings::delivery::form)),
        route("/settings/delivery/test", POST, post(settings::delivery::test)),
        route("/settings/security", BOTH, get(security::show_security).post(security::require)),
        route("/account", GET, get(account::account)),
        route("/account/name", POST, post(account::rename)),
        route("/account/address", BOTH, get(account::address).post(account::change_address)),
        route("/account/prove", BOTH, get(prove::form).post(prove::prove)),
        route("/account/second-factor", GET, get(factors::standing)),
        route("/account/totp", BOTH, get(factors::new_app).post(factors::set_up_app)),
        route("/account/totp/remove", BOTH, get(factors::ask_remove_app).post(factors::remove_app)),
        route("/account/recovery-codes", BOTH, get(factors::codes).post(factors::make_codes)),
        route("/account/passkeys/new", BOTH, get(passkeys::new).post(passkeys::add)),
        route("/account/passkeys/{id}/remove", BOTH, get(passkeys::ask_remove).post(passkeys::remove)),
        route("/account/password", POST, post(account::change_password)),
        route("/account/sessions/end-others", POST, post(account::end_others)),
        route("/account/sessions/{id}/end", POST, post(account::end)),
    ]
}

/// The whole server as one service.
pub fn router(app: App) -> Router {
    // Views are rendered as futures on this; a second router in one process finds it there already.
    let _ = any_spawner::Executor::init_tokio();
    let sessions = Sessions::new(app.db.clone(), app.clock.clone(), app.session_idle_ms(), app.session_absolute_ms());
    let https = app.is_https();
    let dressing = (app.clone(), sessions.clone());
    let sessions = SessionManagerLayer::new(sessions)
        .with_name(cookie_name(https))
        .with_secure(https)
        .with_http_only(true)
        .with_same_site(tower_sessions::cookie::SameSite::Lax)
        .with_path("/")
        // Idleness and the absolute end are the store's business; the cookie goes with the browser.
        .with_expiry(Expiry::OnSessionEnd);
    let add = |router: Router<App>, route: Route| router.route(route.path, route.handler);
    let open = open_routes().into_iter().fold(Router::new(), add);
    let within = session_routes()
        .into_iter()
        .fold(Router::new(), add)
        .layer(from_fn_with_state(app.clone(), held::keep))
        .layer(sessions)
        .layer(from_fn(let_answers_stand))
        .layer(from_fn(leave_idle));
    let origins = csrf::Origins::new(app.config.base_url_given.then_some(app.config.base_url.as_str()));
    let trusted: Arc<[ipnet::IpNet]> = app.config.trusted_proxies.clone().into();
    // Quality 4 costs a tenth of 11 and gives nearly as much on pages of a few kilobytes.
    let compression = CompressionLayer::new().br(true).gzip(true).quality(CompressionLevel::Precise(4));
    open.merge(within)
        .fallback(nothing_here)
        .method_not_allowed_fallback(nothing_here)
        .with_state(app)
        .layer(from_fn(no_nul))
        .layer(from_fn_with_state(origins, csrf::guard))
        .layer(from_fn_with_state(dressing, dress))
        .layer(compression)
        .layer(from_fn_with_state(trusted, log::requests))
        .layer(from_fn_with_state(headers::Policy { https }, headers::headers))
}

async fn nothing_here(request: Request) -> Response {
    // Half of a link's address is a visitor's, and who follows it knows no dashboard.
    if visit::is_visitors(request.uri().path()) {
        return visit::nowhere(request.uri(), request.headers());
    }
    failure::Failure(crate::error::Error::NotFound).into_response()
}

/// No page of ours has a NUL in its address, and Postgres refuses a whole query over one.
async fn no_nul(request: Request, next: Next) -> Response {
    // A visitor's secret is hashed before anything is looked up, and every wrong one has the same page.
    let address = request.uri().path_and_query().map_or("", |address| address.as_str());
    if address.contains("%00") && !address.starts_with("/l/") {
        return nothing_here(request).await;
    }
    next.run(request).await
}

/// Gives errors their page where a browser asks.
async fn dress(State((app, sessions)): State<(App, Sessions)>, request: Request, next: Next) -> Response {
    let asked = failure::Asked::of(&request);
    let response = next.run(request).await;
    failure::dress(&app, &sessions, asked, response).await
}
