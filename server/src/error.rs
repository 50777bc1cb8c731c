//! What can go wrong, for two audiences: a sentence for whoever asked, a cause for the log.

use diesel::result::DatabaseErrorKind;

/// The outcome of a use case that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or it belongs to somebody else; the two are never told apart.
    #[error("There is nothing here under this address.")]
    NotFound,
    /// Somebody changed it since the form was opened.
    #[error("Somebody changed this while you had it open. Look at it as it is now, then make your change again.")]
    Stale,
    /// The caller may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// What was posted comes from no page that is good now; nothing was done.
    #[error("{0}")]
    OldPage(String),
    /// Fields of a form that need another value.
    #[error("{}", say_fields(.0))]
    Fields(Vec<FieldError>),
    /// The thing asked for is not possible now.
    #[error("{0}")]
    Refused(String),
    /// Too many tries; try again after so many seconds.
    #[error("Too many tries. Please wait a little, then try again.")]
    TooMany(u64),
    /// The database or another part could not do its work; nothing was changed. The cause goes to the log.
    #[error("This could not be stored just now, and nothing was changed. Please try again in a moment.")]
    Unavailable(String),
    /// Another writer was in the way; the writer tries the batch again and callers see `Unavailable` at worst.
    #[error("This could not be stored just now, and nothing was changed. Please try again in a moment.")]
    Collision(String),
}

/// A result with our error.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<diesel::result::Error> for Error {
    fn from(cause: diesel::result::Error) -> Self {
        match cause {
            diesel::result::Error::NotFound => Self::NotFound,
            diesel::result::Error::DatabaseError(DatabaseErrorKind::SerializationFailure, info) => {
                Self::Collision(info.message().to_owned())
            }
            // libpq reports these without a kind of their own.
            diesel::result::Error::DatabaseError(_, info)
                if ["deadlock detected", "lock timeout", "database is locked"]
                    .iter()
                    .any(|sign| info.message().contains(sign)) =>
            {
                Self::Collision(info.message().to_owned())
            }
            other => Self::Unavailable(other.to_string()),
        }
    }
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The form field's name.
    pub field: &'static str,
    /// What to do.
    pub sentence: String,
}

fn say_fields(fields: &[FieldError]) -> String {
    let said: Vec<String> =
        fields.iter().map(|error| format!("{}: {}", error.field.replace('_', " "), error.sentence)).collect();
    said.join(" ")
}

impl Error {
    /// A single field's error.
    pub fn field(field: &'static str, sentence: impl ToString) -> Self {
        Self::Fields(vec![FieldError { field, sentence: sentence.to_string() }])
    }
}

/// Collects what is wrong with a form, so that everything is said at once.
#[derive(Debug, Default)]
pub struct Checks(Vec<FieldError>);

impl Checks {
    /// Takes a checked value, or notes what is wrong with it and goes on with nothing.
    pub fn take<T: Default, E: ToString>(&mut self, field: &'static str, checked: Result<T, E>) -> T {
        checked.unwrap_or_else(|refused| {
            self.note(field, refused);
            T::default()
        })
    }

    /// Notes that a field needs another value.
    pub fn note(&mut self, field: &'static str, sentence: impl ToString) {
        self.0.push(FieldError { field, sentence: sentence.to_string() });
    }

    /// Goes on when nothing was wrong.
    ///
    /// # Errors
    /// `Fields`, with all that was noted.
    pub fn done(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Fields(self.0)) }
    }
}
