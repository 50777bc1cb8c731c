//! The mail as HTML: one column, inline styles (mail clients keep no others), no picture but the logo and the code, nothing loaded.

use super::{Dress, Language, Letter, MailCode, MailModel, phrases};
use html_escape::encode_double_quoted_attribute as escape;

const BODY: &str = "margin:0;padding:24px 16px;background:#fbfaf8;color:#1c1b19;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif";
const CARD: &str = "max-width:520px;margin:0 auto;overflow-wrap:anywhere";
pub(super) const HEAD: &str = "font-size:22px;line-height:1.25;margin:0 0 16px";
pub(super) const PARAGRAPH: &str = "margin:0 0 16px";
pub(super) const BUTTON: &str =
    "display:inline-block;padding:16px 24px;border-radius:12px;color:#ffffff;font-weight:600;text-decoration:none";
const PLACE: &str = "font-size:16px;margin:0 0 4px";
const LIST: &str = "margin:0 0 16px;padding-left:20px";
const QUIET: &str = "margin:24px 0 0;padding-top:16px;border-top:1px solid #e6e2db;color:#5b5853;font-size:14px";
/// The colour of whoever chose none.
pub(super) const OURS: &str = "#1f3a5f";

pub(super) fn document(model: &MailModel, letter: &Letter) -> String {
    let mut html = open(model.language, &letter.subject, &model.organization, &model.dress);
    element(&mut html, "h1", HEAD, &letter.greeting);
    element(&mut html, "p", PARAGRAPH, &letter.opening);
    let colour = model.dress.colour.map_or_else(|| OURS.to_owned(), |colour| colour.to_string());
    html.push_str(&format!(
        "<p style=\"{PARAGRAPH}\"><a href=\"{}\" style=\"background:{colour};{BUTTON}\">{}</a></p>\n",
        escape(&model.url),
        escape(letter.button)
    ));
    if let Some(MailCode::Picture(width, _)) = model.code {
        let alt = escape(phrases::of(model.language).code_alt);
        html.push_str(&format!(
            "<p style=\"margin:0 0 8px\"><img src=\"cid:code\" alt=\"{alt}\" width=\"{width}\" height=\"{width}\" \
             style=\"display:block;border:0;background:#ffffff\"></p>\n"
        ));
    }
    if !letter.code.is_empty() {
        element(&mut html, "p", PARAGRAPH, &letter.code.join(" "));
    }
    if !model.places.is_empty() {
        element(&mut html, "p", PARAGRAPH, letter.doors);
    }
    for place in &model.places {
        element(&mut html, "h2", PLACE, &place.heading());
        html.push_str(&format!("<ul style=\"{LIST}\">"));
        for door in &place.doors {
            html.push_str(&format!("<li>{}</li>", escape(door)));
        }
        html.push_str("</ul>\n");
    }
    let terms: Vec<_> = letter.terms.iter().map(|line| escape(line)).collect();
    html.push_str(&format!("<p style=\"{PARAGRAPH}\">{}</p>\n", terms.join("<br>")));
    if let Some(line) = &letter.help {
        element(&mut html, "p", PARAGRAPH, line);
    }
    html.push_str(&format!("<p style=\"{PARAGRAPH}\"><strong>{}</strong></p>\n", escape(letter.keep)));
    close(&mut html, &model.organization, letter.ignore);
    html
}

/// Everything before the first words.
pub(super) fn open(language: Language, title: &str, organization: &str, dress: &Dress) -> String {
    let language = language.code();
    let mut html = format!(
        "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light\"><title>{}</title></head>\n\
         <body style=\"{BODY}\"><div role=\"article\" lang=\"{language}\" style=\"{CARD}\">\n",
        escape(title)
    );
    if let Some(logo) = &dress.logo {
        html.push_str(&format!(
            "<p style=\"margin:0 0 20px\"><img src=\"{}\" alt=\"{}\" width=\"{}\" height=\"{}\" style=\"display:block;border:0\"></p>\n",
            escape(&logo.src),
            escape(organization),
            logo.width,
            logo.height
        ));
    }
    html
}

/// Who sends it and why, and the end.
pub(super) fn close(html: &mut String, organization: &str, why: &str) {
    html.push_str(&format!(
        "<p style=\"{QUIET}\">{}<br>{}</p>\n</div></body></html>\n",
        escape(organization),
        escape(why)
    ));
}

pub(super) fn element(html: &mut String, tag: &str, style: &str, text: &str) {
    html.push_str(&format!("<{tag} style=\"{style}\">{}</{tag}>\n", escape(text)));
}
