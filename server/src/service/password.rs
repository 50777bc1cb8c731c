//! Passwords: what may be one, and how it is kept (argon2id, RFC 9106; at most two hashes at once).
//!
//! A password is taken exactly as typed: it is not trimmed, not normalized and not cut. Its length is counted in Unicode scalar values.

use crate::clock;
use crate::error::{Error, Result};
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, LazyLock};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// The fewest characters.
const SHORTEST: usize = 15;
/// The most bytes: beyond it typing is not what happens.
const LONGEST: usize = 1_024;
/// A name or its part counts from this many characters on; shorter ones are in many words.
const NAME: usize = 4;
/// Memory of one hash, KiB; passes; lanes. The floor that OWASP gives.
const COST: (u32, u32, u32) = (19_456, 2, 1);
/// Hashes at the same time: each takes a core and 19 MiB.
const AT_ONCE: usize = 2;
/// Waiting for a turn at most, some five seconds' worth; more are told to come back.
const QUEUE: usize = 128;

static COMMON: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    include_str!("common_passwords.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
});

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Fewer than 15 characters.
    #[error("Please choose at least 15 characters. A few words in a row are easy to remember.")]
    TooShort,
    /// More than 1,024 bytes.
    #[error("This is too long. Please choose at most 1,000 characters.")]
    TooLong,
    /// Among the commonest, or made of one of them.
    #[error("This is one of the first passwords that anybody would try. Please choose another.")]
    Common,
    /// One character, or a few, over and over.
    #[error("This repeats itself. Please choose something less regular.")]
    Repeated,
    /// The address or the organization's name is most of it.
    #[error("This is easy to guess from your address or organization. Please choose something else.")]
    Personal,
}

/// Whether this may be a password of somebody with this address, organization and so on.
///
/// # Errors
/// What to do instead.
pub fn check(password: &str, about: &[&str]) -> Result<(), Refused> {
    if password.len() > LONGEST {
        return Err(Refused::TooLong);
    }
    if password.chars().count() < SHORTEST {
        return Err(Refused::TooShort);
    }
    let lower = Zeroizing::new(password.to_lowercase());
    let characters = Zeroizing::new(lower.chars().collect::<Vec<char>>());
    let unit = unit(&characters);
    let repeated = unit.len() < characters.len();
    if COMMON.contains(lower.as_str()) || (repeated && COMMON.contains(unit.iter().collect::<String>().as_str())) {
        return Err(Refused::Common);
    }
    // "abababab…" is worth its two characters; a long phrase said twice is still a long phrase.
    if repeated && unit.len() < SHORTEST {
        return Err(Refused::Repeated);
    }
    if about.iter().any(|about| is_about(&lower, about)) { Err(Refused::Personal) } else { Ok(()) }
}

/// The shortest piece that the whole is repetitions of, the last one perhaps cut short.
fn unit(characters: &[char]) -> &[char] {
    let repeats = |size: &usize| characters.iter().zip(&characters[*size..]).all(|(one, next)| one == next);
    let size = (1..=characters.len() / 2).find(repeats).unwrap_or(characters.len());
    &characters[..size]
}

/// Whether a password holds an address or a name: whole, its part before the @, or without its spaces.
fn is_about(lower: &str, about: &str) -> bool {
    let about = about.trim().to_lowercase();
    let squeezed: String = about.split_whitespace().collect();
    let local = about.split_once('@').map_or("", |(local, _)| local);
    [about.as_str(), &squeezed, local].iter().any(|part| part.chars().count() >= NAME && lower.contains(part))
}

/// Hashes and verifies, two at a time, away from the threads that serve requests.
#[derive(Clone)]
pub struct Hasher {
    turns: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    dummy: Arc<LazyLock<String>>,
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hasher")
    }
}

impl Default for Hasher {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            queue: Arc::new(Semaphore::new(QUEUE)),
            dummy: Arc::new(LazyLock::new(|| hash("nobody has this password").unwrap_or_default())),
        }
    }
}

impl Hasher {
    /// A password's PHC string, with a new salt.
    ///
    /// # Errors
    /// `Unavailable` when the work could not be done.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let password = Zeroizing::new(password.to_owned());
        self.away(move || hash(&password)).await?
    }

    /// Whether a password belongs to a PHC string.
    ///
    /// # Errors
    /// `Unavailable` when the string is none, or the work could not be done.
    pub async fn verify(&self, password: &str, phc: &str) -> Result<bool> {
        let (password, phc) = (Zeroizing::new(password.to_owned()), phc.to_owned());
        self.away(move || verify(&password, &phc)).await?
    }

    /// For an account that does not exist: takes what [`Self::verify`] takes, and is always false.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub async fn verify_dummy(&self, password: &str) -> Result<bool> {
        let (password, dummy) = (Zeroizing::new(password.to_owned()), self.dummy.clone());
        self.away(move || verify(&password, &dummy).map(|_| false)).await?
    }

    /// Makes the dummy beforehand, so that the first unknown account takes no longer than the next.
    ///
    /// # Errors
    /// As [`Self::hash`].
    pub async fn warm_up(&self) -> Result<()> {
        self.verify_dummy("").await.map(|_| ())
    }

    async fn away<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let unavailable = |cause: &dyn fmt::Display| Error::Unavailable(format!("password hashing failed: {cause}"));
        let _place = self
            .queue
            .clone()
            .try_acquire_owned()
            .map_err(|_| Error::Unavailable("too many passwords are waiting to be hashed".into()))?;
        let turn = self.turns.clone().acquire_owned().await.map_err(|cause| unavailable(&cause))?;
        let done = tokio::task::spawn_blocking(move || {
            // Given back when the work ends, even if whoever asked went away.
            let _turn = turn;
            work()
        });
        done.await.map_err(|cause| unavailable(&cause))
    }
}

fn argon2() -> Result<Argon2<'static>> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).map_err(|cause| Error::Unavailable(cause.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str) -> Result<String> {
    let salt = SaltString::encode_b64(&clock::random::<16>()).map_err(|cause| Error::Unavailable(cause.to_string()))?;
    let made = argon2()?.hash_password(password.as_bytes(), &salt);
    made.map(|phc| phc.to_string()).map_err(|cause| Error::Unavailable(cause.to_string()))
}

fn verify(password: &str, phc: &str) -> Result<bool> {
    let phc = PasswordHash::new(phc)
        .map_err(|cause| Error::Unavailable(format!("a stored password hash cannot be read: {cause}")))?;
    match argon2()?.verify_password(password.as_bytes(), &phc) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::Password) => Ok(false),
        Err(cause) => Err(Error::Unavailable(format!("a stored password hash cannot be verified: {cause}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_thousand_commonest_are_refused_alone_and_repeated() {
        assert!(COMMON.len() >= 3_000);
        for common in COMMON.iter() {
            assert!(check(common, &[]).is_err(), "{common}");
            let many = common.to_uppercase().repeat(SHORTEST.div_ceil(common.chars().count()).max(2));
            assert!(matches!(check(&many, &[]), Err(Refused::Common | Refused::Repeated)), "{many}");
        }
        assert_eq!(check("123456789987654321", &[]), Err(Refused::Common));
        assert_eq!(check("passwordPasswordpass", &[]), Err(Refused::Common));
    }

    #[test]
    fn length_is_counted_in_characters_and_limited_in_bytes() {
        assert_eq!(check("correct horse", &[]), Err(Refused::TooShort));
        assert_eq!(check("correct horse b", &[]), Ok(()));
        assert_eq!(check("gr\u{fc}n \u{1f600} \u{5bc6}\u{7801} \u{440}\u{443}\u{441}\u{441}\u{43a}", &[]), Ok(()));
        let long: String = (0..200u32).filter_map(|n| char::from_u32(0x4e00 + n * 7)).collect();
        assert_eq!(check(&long, &[]), Ok(()));
        assert_eq!(check(&"ab cd".repeat(300), &[]), Err(Refused::TooLong));
        assert_eq!(check("aaaaaaaaaaaaaaaaaaaa", &[]), Err(Refused::Repeated));
        assert_eq!(check("a phrase of mine, a phrase of mine, ", &[]), Ok(()));
    }

    #[test]
    fn what_everybody_knows_about_somebody_is_no_password() {
        let about = ["ada.lovelace@example.org", "Northwind Studios"];
        for personal in
            ["ada.lovelace@example.org", "my ADA.Lovelace 1815", "NorthwindStudios1", "x northwind studios x"]
        {
            assert_eq!(check(personal, &about), Err(Refused::Personal), "{personal}");
        }
        assert_eq!(check("analytical engines rule", &about), Ok(()));
        assert_eq!(check("a blanket of fog here", &["al@example.org", ""]), Ok(()));
    }

    #[tokio::test]
    async fn a_hash_verifies_its_password_only_to_the_last_byte() {
        let hasher = Hasher::default();
        let password = format!("{}\u{e9}", "long ".repeat(30));
        let phc = hasher.hash(&password).await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert_ne!(phc, hasher.hash(&password).await.unwrap());
        assert!(hasher.verify(&password, &phc).await.unwrap());
        assert!(!hasher.verify(&password[..password.len() - 2], &phc).await.unwrap());
        assert!(!hasher.verify_dummy("nobody has this password").await.unwrap());
        assert!(hasher.verify(&password, "plain").await.is_err());
    }

    #[tokio::test]
    async fn only_two_are_hashed_at_once() {
        let hasher = Hasher::default();
        let (held, other) = (hasher.turns.clone().acquire_owned().await, hasher.turns.clone().acquire_owned().await);
        let waiting = tokio::time::timeout(std::time::Duration::from_millis(50), hasher.hash("x"));
        assert!(waiting.await.is_err());
        drop((held, other));
        assert!(hasher.hash("x").await.is_ok());
    }
}
