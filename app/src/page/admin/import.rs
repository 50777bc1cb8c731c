//! Links from a file: choosing it, and what each of its rows would make.

use leptos::prelude::*;

use super::Chrome;
use crate::shell::{self, Islands};
use crate::text::when::Moment;
use crate::ui::{self, Badge, Tone, icon::Icon};

/// The page before a file was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The columns that a file may have.
    pub columns: Vec<String>,
    /// What is wrong with the file that was chosen.
    pub error: Option<String>,
}

/// The page after it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// Row by row.
    pub rows: Vec<Row>,
    /// Heads that say nothing to us.
    pub unknown: Vec<String>,
    /// The file itself, in base 64: it travels with the confirmation, and nothing is stored.
    pub file: String,
    /// What makes a second confirmation do nothing.
    pub batch: String,
    /// What is wrong with confirming it.
    pub form_error: Option<String>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its line in the file.
    pub line: u64,
    /// The name in it.
    pub name: String,
    /// What becomes of it.
    pub fate: Fate,
}

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A link.
    Made {
        /// Names of what it opens.
        opens: Vec<String>,
        /// From when.
        from: Moment,
        /// Until when.
        until: Option<Moment>,
        /// Whether somebody with this address or number has a living link already.
        same: bool,
        /// Names of doors among these that refuse links.
        refusing: Vec<String>,
    },
    /// Nothing: a link with this external id is there.
    Skipped(String),
    /// Nothing: column (empty for the row as a whole) and what to do.
    Bad(Vec<(String, String)>),
}

/// The page with the choice of a file.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let fields = view! {
        {ui::file(
            "file", "File", ".csv,.tsv,.txt,text/csv",
            Some("CSV with commas, semicolons or tabs; at most 1 MB and 2,000 rows.".into()), model.error,
        )}
        <p class="row">
            <button class="btn primary">"Look at it first"</button>
            <a class="btn quiet" href="/links">"Cancel"</a>
        </p>
    };
    let columns = model.columns.into_iter().map(|name| view! { <li><code>{name}</code></li> }).collect_view();
    let template =
        view! { <a class="btn small" href="/links/import/template.csv">{Icon::Download.view()} "Template"</a> };
    let body = view! {
        {ui::back("/links", "Access links")}
        {ui::head("Import links", None, ().into_any())}
        <div class="grid cols">
            <div class="card narrow"><div class="body">
                {ui::file_form("/links/import", &chrome.form_token, "stack", fields.into_any())}
            </div></div>
            {ui::card("What the file holds", template.into_any(), view! {
                <div class="stack small">
                    <p>"One link a row. The first line names the columns, in English or German; only " <code>"name"</code> " must be there."</p>
                    <ul class="codes">{columns}</ul>
                    <p>"Names of doors and groups are separated by " <code>"|"</code> ". Dates are like 2026-12-24, 24.12.2026 18:00 or RFC 3339; a day alone is meant from its beginning, or to its end."</p>
                    <p>"Nothing is made before you have seen what each row would make."</p>
                </div>
            }.into_any())}
        </div>
    };
    shell::admin(chrome, "Import links", Islands::None, body.into_any())
}

/// The page with what would be made.
pub fn preview(model: Preview, chrome: Chrome) -> AnyView {
    let count = |test: fn(&Fate) -> bool| {
        i64::try_from(model.rows.iter().filter(|row| test(&row.fate)).count()).unwrap_or(i64::MAX)
    };
    let good = count(|fate| matches!(fate, Fate::Made { .. }));
    let bad = count(|fate| matches!(fate, Fate::Bad(_)));
    let skipped = count(|fate| matches!(fate, Fate::Skipped(_)));
    let mut said = vec![format!("{} will be made.", ui::count(good, "link", "links"))];
    if bad > 0 {
        said.push(format!("{} left out, since something is wrong.", ui::count(bad, "row is", "rows are")));
    }
    if skipped > 0 {
        said.push(format!(
            "{} skipped: a link with that external id is there already.",
            ui::count(skipped, "row is", "rows are")
        ));
    }
    let unknown = (!model.unknown.is_empty()).then(|| {
        view! { <p class="only">"These columns say nothing to Latchkey and are left out: " <b>{model.unknown.join(", ")}</b> "."</p> }
    });
    let rows = model.rows.into_iter().map(row).collect_view();
    let confirm = (good > 0).then(|| {
        let fields = view! {
            <input type="hidden" name="content" value=model.file/>
            <input type="hidden" name="batch" value=model.batch/>
            <button class="btn primary">{format!("Make {}", ui::count(good, "link", "links"))}</button>
            <a class="btn" href="/links/import">"Choose another file"</a>
        };
        ui::file_form("/links/import/confirm", &chrome.form_token, "row", fields.into_any())
    });
    let again = (good == 0).then(|| {
        view! { <p class="row"><a class="btn primary" href="/links/import">"Choose another file"</a></p> }
    });
    let body = view! {
        {ui::back("/links/import", "Import links")}
        {ui::head("What the file would make", None, ().into_any())}
        {ui::form_error(model.form_error)}
        <p class="only">{said.join(" ")}</p>
        {unknown}
        <div class="import-act">{confirm} {again}</div>
        <div class="card"><ul class="rows import">{rows}</ul></div>
    };
    shell::admin(chrome, "What the file would make", Islands::None, body.into_any())
}

fn row(row: Row) -> AnyView {
    let name = if row.name.is_empty() { "No name".to_owned() } else { row.name };
    let (badge, more) = match row.fate {
        Fate::Made { opens, from, until, same, refusing } => {
            let until = match until {
                Some(until) => view! { " to " {ui::time(&until)} }.into_any(),
                None => ", never ends".into_any(),
            };
            let same =
                same.then(|| view! { <p class="small warn">"Somebody with this address has a link already."</p> });
            let refusing = (!refusing.is_empty()).then(|| {
                let refuse = if refusing.len() == 1 { "refuses" } else { "refuse" };
                let sentence = format!("{} {refuse} links; this one will not open it.", ui::list(&refusing));
                view! { <p class="small warn">{sentence}</p> }
            });
            let more = view! {
                <p class="small muted">"Opens " {ui::list(&opens)} ", " {ui::time(&from)} {until}</p>
                {same}
                {refusing}
            };
            (Badge::new(Tone::Ok, "Will be made"), more.into_any())
        }
        Fate::Skipped(id) => {
            let more = view! { <p class="small muted">"A link with the external id " {id} " is there already."</p> };
            (Badge::new(Tone::Plain, "Skipped"), more.into_any())
        }
        Fate::Bad(problems) => {
            let more = problems
                .into_iter()
                .map(|(column, sentence)| {
                    let column = (!column.is_empty()).then(|| view! { <b>{column}</b> ": " });
                    view! { <p class="small wrong">{column} {sentence}</p> }
                })
                .collect_view();
            (Badge::new(Tone::No, "Left out"), more.into_any())
        }
    };
    view! {
        <li>
            <span class="small muted num">{format!("Line {}", row.line)}</span>
            <div><b>{name}</b>{more}</div>
            {badge.view()}
        </li>
    }
    .into_any()
}
