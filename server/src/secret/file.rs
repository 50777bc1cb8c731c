//! The root key's file: made once, atomically, readable by its owner only.

use super::{KeyError, RootKey};
use crate::store::DatabaseUrl;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Reads the key, or makes it at the first start.
///
/// # Errors
/// A sentence, when it cannot be read or made, does not hold a key, or is missing while the database is there:
/// a new key would make every sealed secret unreadable.
pub(super) fn read_or_make(path: &Path, database: &DatabaseUrl) -> Result<RootKey, KeyError> {
    let unreadable = |cause: io::Error| KeyError(format!("The secret key {} cannot be read: {cause}.", path.display()));
    match read(path) {
        Ok(found) => return found,
        Err(cause) if cause.kind() == ErrorKind::NotFound => {}
        Err(cause) => return Err(unreadable(cause)),
    }
    if let DatabaseUrl::Sqlite(there) = database
        && there.metadata().is_ok_and(|data| data.len() > 0)
    {
        return Err(KeyError(format!(
            "The secret key {} is missing, but the database {} is there. Put the key back from where it is kept, \
             or set LATCHKEY_SECRET_KEY; a new key could not open what the old one sealed.",
            path.display(),
            there.display()
        )));
    }
    make(path).map_err(|cause| KeyError(format!("The secret key {} cannot be made: {cause}.", path.display())))?;
    // Read back, since another process may have been first.
    read(path).map_err(unreadable)?
}

fn read(path: &Path) -> io::Result<Result<RootKey, KeyError>> {
    let text = Zeroizing::new(fs::read_to_string(path)?);
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & 0o077 != 0 {
        // No refusal: container platforms mount secrets this way.
        tracing::warn!(
            "The secret key {0} can be read by others than its owner. Please run: chmod 600 {0}",
            path.display()
        );
    }
    Ok(RootKey::parse(&text).ok_or_else(|| {
        KeyError(format!(
            "The secret key {} does not hold a key: it is base64 of 32 bytes on one line. Put the right file back.",
            path.display()
        ))
    }))
}

/// Writes beside, syncs, and links into place: a crash leaves no half key, and a key that is there is never replaced.
fn make(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    fs::create_dir_all(&folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let draft = folder.join(format!(".{name}.{}", domain::chain::hex(&crate::clock::random::<8>())));
    let written = write(&draft).and_then(|()| match fs::hard_link(&draft, path) {
        Err(cause) if cause.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other,
    });
    let removed = fs::remove_file(&draft);
    written?;
    removed?;
    File::open(&folder)?.sync_all()
}

fn write(draft: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft)?;
    file.write_all(RootKey::draw().to_text().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_start_makes_a_key_that_only_its_owner_reads_and_later_starts_keep_it() {
        let folder = tempfile::tempdir().unwrap();
        let (path, database) =
            (folder.path().join("data/secret.key"), DatabaseUrl::Sqlite(folder.path().join("latchkey.db")));
        let first = read_or_make(&path, &database).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(first, read_or_make(&path, &database).unwrap());
        assert_eq!(fs::read_dir(folder.path().join("data")).unwrap().count(), 1, "a draft was left behind");
    }

    #[test]
    fn starts_at_the_same_moment_agree_on_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let (path, database) =
            (folder.path().join("secret.key"), DatabaseUrl::Sqlite(folder.path().join("latchkey.db")));
        let keys: Vec<RootKey> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..16).map(|_| scope.spawn(|| read_or_make(&path, &database).unwrap())).collect();
            starts.into_iter().map(|start| start.join().unwrap()).collect()
        });
        assert!(keys.windows(2).all(|pair| pair[0] == pair[1]));
    }

    #[test]
    fn a_lost_or_broken_key_is_said_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (path, stored) = (folder.path().join("secret.key"), folder.path().join("latchkey.db"));
        fs::write(&stored, "data").unwrap();
        let said = read_or_make(&path, &DatabaseUrl::Sqlite(stored.clone())).unwrap_err().to_string();
        assert!(said.contains("is missing, but the database"), "{said}");
        fs::write(&path, "nonsense").unwrap();
        let said = read_or_make(&path, &DatabaseUrl::Sqlite(stored)).unwrap_err().to_string();
        assert!(said.contains("does not hold a key") && !said.contains("nonsense"), "{said}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "nonsense");
    }
}
