//! What the organization may send, and how much of it is used.

use leptos::prelude::*;

use crate::ui;

/// One channel's gauge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gauge {
    /// *By text message this month*.
    pub name: &'static str,
    /// Links counted.
    pub used: i64,
    /// Links allowed.
    pub limit: i64,
    /// What to know or do: *Begins anew on Tue 1 December 2026.*
    pub more: String,
}

impl Gauge {
    /// Thousandths of the bar; anything used shows, and only all of it fills it.
    fn filled(&self) -> i64 {
        match (self.used, self.limit) {
            (used, limit) if used >= limit => 1_000,
            (0, _) => 0,
            (used, limit) => used.saturating_mul(1_000).checked_div(limit).unwrap_or(0).clamp(12, 988),
        }
    }

    fn class(&self) -> &'static str {
        match self.filled() {
            1_000 => "gauge full",
            800.. => "gauge low",
            _ => "gauge",
        }
    }
}

/// The card.
pub(super) fn view(gauges: Vec<Gauge>) -> AnyView {
    if gauges.is_empty() {
        return ().into_any();
    }
    let rows = gauges
        .into_iter()
        .map(|gauge| {
            let (class, filled) = (gauge.class(), gauge.filled());
            view! {
                <li class=class>
                    <p>{gauge.name} <b class="num">{grouped(gauge.used)} " of " {grouped(gauge.limit)}</b></p>
                    <svg viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true">
                        <rect width="1000" height="8"/>
                        <rect width=filled height="8"/>
                    </svg>
                    <p class="small muted">{gauge.more}</p>
                </li>
            }
        })
        .collect_view();
    ui::card_of("card", "Links sent", ().into_any(), view! { <ul class="rows">{rows}</ul> }.into_any())
}

/// `12,345`, as people read large numbers.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_full_only_when_nothing_is_left() {
        let gauge = |used, limit| Gauge { used, limit, ..Gauge::default() };
        assert_eq!(gauge(0, 10).filled(), 0);
        assert_eq!(gauge(7, 10).filled(), 700);
        assert_eq!(gauge(1, 1_000_000).filled(), 12);
        assert_eq!((gauge(999_999, 1_000_000).filled(), gauge(999_999, 1_000_000).class()), (988, "gauge low"));
        assert_eq!(gauge(10, 10).class(), "gauge full");
        assert_eq!(gauge(0, 0).class(), "gauge full");
        assert_eq!((grouped(0), grouped(999), grouped(1_000_000)), ("0".into(), "999".into(), "1,000,000".into()));
    }
}
