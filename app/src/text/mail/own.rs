//! An organization's own words in mail: a subject and a greeting with gaps for names.

/// An organization's own words; an empty one is ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnWords {
    /// One line.
    pub subject: String,
    /// One line, in place of *Hello Ada,*.
    pub greeting: String,
}

/// The gaps, as they are typed.
pub const GAPS: [&str; 3] = ["{name}", "{organization}", "{host}"];

/// Checks that every brace belongs to a gap that we know.
///
/// # Errors
/// A sentence with the wrong gap.
pub fn check(text: &str) -> Result<(), String> {
    let mut rest = text.to_owned();
    for gap in GAPS {
        rest = rest.replace(gap, "");
    }
    let Some(at) = rest.find(['{', '}']) else {
        return Ok(());
    };
    let tail = rest.get(at..).unwrap_or_default();
    let wrong: String = match tail.find('}') {
        Some(end) => tail.get(..=end).unwrap_or(tail).to_owned(),
        None => tail.to_owned(),
    };
    let wrong: String = wrong.chars().take(30).collect();
    Err(format!("There is no gap {wrong}. Known are {{name}}, {{organization}} and {{host}}."))
}

/// Fills the gaps in one pass: a visitor called `{host}` stays so. Without a host, the organization stands in.
pub(super) fn put(template: &str, name: &str, organization: &str, host: Option<&str>) -> String {
    let values = [name, organization, host.unwrap_or(organization)];
    let mut out = String::new();
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let known = GAPS.into_iter().zip(values).find_map(|(gap, value)| Some((value, from.strip_prefix(gap)?)));
        match known {
            Some((value, after)) => {
                out.push_str(value);
                rest = after;
            }
            None => {
                out.push('{');
                rest = from.strip_prefix('{').unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_once_and_unknown_ones_are_named() {
        assert_eq!(put("Hi {name}, {host} of {organization}", "{host}", "N", Some("J")), "Hi {host}, J of N");
        assert_eq!(put("{host}{", "Ada", "N", None), "N{");
        assert!(check("Welcome to {organization}, {name}! {host}").is_ok() && check("").is_ok());
        assert!(check("Hi {visitor}!").unwrap_err().starts_with("There is no gap {visitor}."));
        assert!(check("Hi {Name").unwrap_err().contains("{Name"));
        assert!(check("Hi } there").is_err());
    }
}
