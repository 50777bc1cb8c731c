//! The visitor's page with five doors, read from the database each time, beside a small file from the same server.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::server::{Server, get};
use super::{Row, kibi, median};
use crate::{shell, tools};

/// What wrk keeps open at once.
const CONNECTIONS: &str = "-c32";

pub(super) fn measure(binary: &Path, seconds: u32) -> Result<Vec<Row>> {
    if shell::find_program("wrk").is_none() {
        tools::apt_install(&["wrk"], "the benchmark loads pages by wrk")?;
    }
    let server = Server::start(binary)?;
    std::thread::sleep(Duration::from_secs(2));
    let idle = server.memory()?;
    let (page, cookie) = page_of(&server)?;
    let file = fixed_file()?;
    let length = format!("-d{seconds}s");
    let load = |path: &str| -> Result<f64> {
        let mut wrk = shell::words(&["wrk", "-t1", CONNECTIONS, &length, "-H"]);
        wrk.arg(format!("cookie: {cookie}")).arg(format!("http://{}{path}", server.address));
        requests(&shell::output(&mut wrk)?)
    };
    load(&page)?;
    let (mut ratios, mut pages, mut files) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..3 {
        let (one, other) = (load(&page)?, load(&file)?);
        ratios.push(one / other);
        pages.push(one);
        files.push(other);
    }
    let ratio = median(ratios);
    Ok(vec![
        Row {
            name: "visitor's page to a fixed small body, requests/s",
            measured: format!("{:.0} to {:.0}: {:.1} %", median(pages), median(files), ratio * 100.0),
            target: ">= 12 %",
            met: ratio >= 0.12,
        },
        Row {
            name: "memory of an idle server",
            measured: format!("{:.1} MiB", kibi(idle)),
            target: "< 60 MiB",
            met: idle < 60 * 1024,
        },
    ])
}

/// What wrk says, unless an answer was none of ours.
fn requests(said: &str) -> Result<f64> {
    if said.contains("Non-2xx") || said.contains("Socket errors") {
        bail!("not every answer was a good one:\n{said}");
    }
    let line = said.lines().find_map(|line| line.strip_prefix("Requests/sec:"));
    line.context("wrk said no rate")?.trim().parse().context("wrk's rate is no number")
}

/// The page of a link to five doors, and the cookie that it takes.
fn page_of(server: &Server) -> Result<(String, String)> {
    server.set_up()?;
    server.cli(&["place", "create", "--name", "Here"])?;
    let mut link = vec!["link", "create", "--name", "Ada Keller", "--host-name", "Jonas Weber"];
    for door in ["Front door", "Studio 3", "Workshop", "Parking gate", "Roof"] {
        server.cli(&["door", "create", "--place", "Here", "--name", door])?;
        link.extend(["--door", door]);
    }
    let made = server.cli(&link)?;
    let (url, id) = (made["url"].as_str().context("no address")?, made["id"].as_str().context("no id")?);
    let path = &url[url.find("/l/").context("no path")?..];
    let head = get(&server.address, path).context("no answer")?;
    let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next());
    Ok((format!("/visit/{id}"), cookie.context("no cookie")?.to_owned()))
}

/// The visitor's script: a fixed body of less than 2 KB, which makes the comparison the harder one.
fn fixed_file() -> Result<String> {
    let manifest = std::fs::read_to_string(shell::root().join("target/site/manifest.json"))?;
    let manifest: Value = serde_json::from_str(&manifest)?;
    let path = manifest["visit.js"].as_str().context("the site has no visit.js")?;
    Ok(format!("/{}", path.trim_start_matches('/')))
}
