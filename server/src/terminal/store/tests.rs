use super::*;
use terminal::wire::{DoorName, Kind, Mode, Outcome, Verdict};
use terminal::{Identity, Stage, State};

fn record(sequence: i64, stage: Stage) -> Record {
    Record {
        stage,
        entry: Entry {
            sequence,
            scan: format!("{sequence:032}"),
            at: 1_800_000_000_000,
            code: "hash".into(),
            kind: Kind::Offline,
            credential: Some("09".into()),
            decision: Verdict::Grant,
            reason: "allowed".into(),
            trace: String::new(),
            mode: Mode::OffLine,
            list: 10,
            outcome: Outcome::None,
            note: String::new(),
        },
    }
}

fn paired(path: &Path) -> Store {
    let mut store = Store::open(path, true).unwrap();
    let identity = Identity {
        terminal: "terminal_1".into(),
        token: "s3cret-token".into(),
        list_key: "key".into(),
        organization: "Studio House".into(),
        place: "Main Street 1".into(),
        door: DoorName { id: "door_1".into(), name: "Front door".into() },
        name: String::new(),
    };
    let state = State { next: 4, newest: 10, offset: Some(-5), seen: 7, own: 8 };
    let server = Server { url: "https://door.example.com".into(), certificate: String::new() };
    store.begin(&server, &[Write::Identity(identity), Write::State(state)]).unwrap();
    store
}

#[test]
fn what_was_kept_is_there_again_and_what_is_the_servers_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("terminal.db");
    assert!(Store::open(&path, false).is_err_and(|trouble| trouble.0.contains("Pair this machine first")));
    let mut store = paired(&path);
    let mark = Mark { credential: "09".into(), sequence: 2, stored_at: None };
    store
        .apply(&[
            Write::Record(record(1, Stage::Done)),
            Write::Record(record(2, Stage::Granted)),
            Write::Record(record(3, Stage::Done)),
            Write::Mark(mark.clone()),
            Write::List { manifest: "a.b.c".into(), list: "{}".into() },
        ])
        .unwrap();
    assert!(Store::open(&path, false).is_err_and(|trouble| trouble.0.contains("already")), "one process");
    drop(store);

    let mut store = Store::open(&path, false).unwrap();
    let (server, kept) = store.kept().unwrap().unwrap();
    assert_eq!((server.url.as_str(), kept.state.next), ("https://door.example.com", 4));
    assert_eq!(kept.list, Some(("a.b.c".into(), "{}".into())));
    assert_eq!((kept.marks, kept.unfinished), (vec![mark], vec![record(2, Stage::Granted)]));
    let upto = |store: &mut Store| store.batch().unwrap().iter().map(|entry| entry.sequence).collect::<Vec<_>>();
    assert_eq!(upto(&mut store), [1], "what is under way holds up what came after it");
    store.apply(&[Write::Record(record(2, Stage::Done)), Write::Unmark("09".into())]).unwrap();
    assert_eq!(upto(&mut store), [1, 2, 3]);
    store.apply(&[Write::Forget(2)]).unwrap();
    assert_eq!((upto(&mut store), store.waiting().unwrap()), (vec![3], 1));
    assert!(store.kept().unwrap().unwrap().1.marks.is_empty());
}

#[test]
fn nothing_is_left_after_a_wipe() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("terminal.db");
    let mut store = paired(&path);
    store.apply(&[Write::Record(record(1, Stage::Done))]).unwrap();
    store.wipe().unwrap();
    assert!(store.kept().unwrap().is_none() && store.waiting().unwrap() == 0);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for secret in ["s3cret-token", "Studio House", "door.example.com"] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
        }
    }
}

#[cfg(unix)]
#[test]
fn only_its_owner_reads_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("terminal.db");
    let _store = paired(&path);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o077, 0, "{}", file.path().display());
    }
}

#[test]
fn a_later_versions_file_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("terminal.db");
    let mut store = paired(&path);
    store.connection.batch_execute("PRAGMA user_version = 99").unwrap();
    drop(store);
    assert!(Store::open(&path, false).is_err_and(|trouble| trouble.0.contains("later version")));
}
