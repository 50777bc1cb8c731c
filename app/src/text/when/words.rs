//! Names of days and months, and how a date is put together in each language.

use jiff::civil::{Date, Weekday};

use super::Language;

/// One word in every language.
pub(super) struct Word {
    en: &'static str,
    de: &'static str,
}

impl Word {
    pub(super) const fn in_language(&self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::De => self.de,
        }
    }
}

const fn word(en: &'static str, de: &'static str) -> Word {
    Word { en, de }
}

pub(super) const TODAY: Word = word("today", "heute");
pub(super) const TOMORROW: Word = word("tomorrow", "morgen");
pub(super) const YESTERDAY: Word = word("yesterday", "gestern");

const MONTHS: [(Word, Word); 12] = [
    (word("January", "Januar"), word("Jan", "Jan.")),
    (word("February", "Februar"), word("Feb", "Feb.")),
    (word("March", "März"), word("Mar", "März")),
    (word("April", "April"), word("Apr", "Apr.")),
    (word("May", "Mai"), word("May", "Mai")),
    (word("June", "Juni"), word("Jun", "Juni")),
    (word("July", "Juli"), word("Jul", "Juli")),
    (word("August", "August"), word("Aug", "Aug.")),
    (word("September", "September"), word("Sep", "Sep.")),
    (word("October", "Oktober"), word("Oct", "Okt.")),
    (word("November", "November"), word("Nov", "Nov.")),
    (word("December", "Dezember"), word("Dec", "Dez.")),
];

/// `Sat 28 Nov`, and the year when it is another one.
pub(super) fn short_date(day: Date, today: Date, language: Language) -> String {
    let (_, month) = month(day);
    let date = day_and_month(day, month.in_language(language), language);
    if day.year() == today.year() {
        return format!("{} {date}", weekday(day.weekday(), language));
    }
    format!("{date} {}", day.year())
}

/// `Tue 24 November 2026`.
pub(super) fn long_date(day: Date, language: Language) -> String {
    let (month, _) = month(day);
    let date = day_and_month(day, month.in_language(language), language);
    format!("{} {date} {}", weekday(day.weekday(), language), day.year())
}

/// `1 day`, `2 days`.
pub(super) fn days(count: i64, language: Language) -> String {
    let unit = match (language, count) {
        (Language::En, 1) => "day",
        (Language::En, _) => "days",
        (Language::De, 1) => "Tag",
        (Language::De, _) => "Tage",
    };
    format!("{count} {unit}")
}

fn month(day: Date) -> &'static (Word, Word) {
    // Months count from 1 to 12.
    &MONTHS[usize::from(day.month().unsigned_abs()) - 1]
}

fn day_and_month(day: Date, month: &str, language: Language) -> String {
    match language {
        Language::En => format!("{} {month}", day.day()),
        Language::De => format!("{}. {month}", day.day()),
    }
}

/// `Monday`.
pub(super) fn full_weekday(weekday: Weekday, language: Language) -> &'static str {
    let (en, de) = match weekday {
        Weekday::Monday => ("Monday", "Montag"),
        Weekday::Tuesday => ("Tuesday", "Dienstag"),
        Weekday::Wednesday => ("Wednesday", "Mittwoch"),
        Weekday::Thursday => ("Thursday", "Donnerstag"),
        Weekday::Friday => ("Friday", "Freitag"),
        Weekday::Saturday => ("Saturday", "Samstag"),
        Weekday::Sunday => ("Sunday", "Sonntag"),
    };
    match language {
        Language::En => en,
        Language::De => de,
    }
}

fn weekday(weekday: Weekday, language: Language) -> &'static str {
    let (en, de) = match weekday {
        Weekday::Monday => ("Mon", "Mo."),
        Weekday::Tuesday => ("Tue", "Di."),
        Weekday::Wednesday => ("Wed", "Mi."),
        Weekday::Thursday => ("Thu", "Do."),
        Weekday::Friday => ("Fri", "Fr."),
        Weekday::Saturday => ("Sat", "Sa."),
        Weekday::Sunday => ("Sun", "So."),
    };
    match language {
        Language::En => en,
        Language::De => de,
    }
}
