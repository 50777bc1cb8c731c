//! What survives a loss of power: one database of the browser's, written strictly.
//!
//! Written on the browser's own interface: the crates over it cannot ask for [durability], without which a browser
//! answers before anything is on the disk.
//!
//! [durability]: https://www.w3.org/TR/IndexedDB/#transaction-durability-hint

use js_sys::{Array, Promise};
use serde::{Deserialize, Serialize};
use terminal::wire::Entry;
use terminal::{BATCH, Kept, Mark, Record, Stage, Write};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbFactory, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction};

use crate::browser::{Browser, call, member, object};

const NAME: &str = "latchkey terminal";
/// Single values by name.
const KEPT: &str = "kept";
/// Records by sequence.
const JOURNAL: &str = "journal";
/// Marks by credential.
const MARKS: &str = "marks";

const IDENTITY: &str = "identity";
const STATE: &str = "state";
const LIST: &str = "list";
const SETTINGS: &str = "settings";

/// The database.
#[derive(Clone, Debug)]
pub struct Store {
    database: IdbDatabase,
}

type Done<T = ()> = Result<T, JsValue>;

impl Store {
    /// Opens it, and makes it at the first time.
    ///
    /// # Errors
    /// What the browser says: a private window, or storage that is forbidden.
    pub async fn open(browser: &Browser) -> Done<Self> {
        let factory: IdbFactory = member(&browser.window, "indexedDB").dyn_into()?;
        let request: IdbOpenDbRequest = factory.open_with_u32(NAME, 1)?;
        let opening = request.clone();
        let make = Closure::once(move || {
            let Ok(database) = opening.result().and_then(JsCast::dyn_into::<IdbDatabase>) else { return };
            for store in [KEPT, JOURNAL, MARKS] {
                let _ = database.create_object_store(store);
            }
        });
        request.set_onupgradeneeded(Some(make.as_ref().unchecked_ref()));
        let database = answer(&request).await?.dyn_into()?;
        Ok(Self { database })
    }

    /// Everything, as it is needed after a start; none when the terminal is not paired.
    ///
    /// # Errors
    /// What the browser says.
    pub async fn kept(&self) -> Done<Option<Kept>> {
        let Some(identity) = self.value(IDENTITY).await? else { return Ok(None) };
        let Some(state) = self.value(STATE).await? else { return Ok(None) };
        let marks = self.all::<Mark>(MARKS).await?;
        let unfinished = self.all::<Record>(JOURNAL).await?.into_iter().filter(|one| one.stage != Stage::Done);
        Ok(Some(Kept { identity, state, list: self.value(LIST).await?, marks, unfinished: unfinished.collect() }))
    }

    /// What the settings were.
    pub async fn settings<T: for<'de> Deserialize<'de>>(&self) -> Option<T> {
        self.value(SETTINGS).await.ok().flatten()
    }

    /// Keeps the settings.
    ///
    /// # Errors
    /// What the browser says.
    pub async fn keep_settings(&self, settings: &impl Serialize) -> Done {
        let change = self.change()?;
        put(&change, KEPT, &SETTINGS.into(), settings)?;
        finished(&change).await
    }

    /// Stores all of it or nothing.
    ///
    /// # Errors
    /// What the browser says; then nothing was stored.
    pub async fn write(&self, writes: &[Write]) -> Done {
        let change = self.change()?;
        for write in writes {
            match write {
                Write::Identity(identity) => put(&change, KEPT, &IDENTITY.into(), identity)?,
                Write::State(state) => put(&change, KEPT, &STATE.into(), state)?,
                Write::List { manifest, list } => put(&change, KEPT, &LIST.into(), &(manifest, list))?,
                Write::Record(record) => put(&change, JOURNAL, &number(record.entry.sequence), record)?,
                Write::Mark(mark) => put(&change, MARKS, &mark.credential.as_str().into(), mark)?,
                Write::Unmark(credential) => {
                    change.object_store(MARKS)?.delete(&credential.as_str().into())?;
                }
                Write::Forget(upto) => {
                    let range = web_sys::IdbKeyRange::upper_bound(&number(*upto))?;
                    change.object_store(JOURNAL)?.delete(&range)?;
                }
            }
        }
        finished(&change).await
    }

    /// The first entries that may go up.
    ///
    /// # Errors
    /// What the browser says.
    pub async fn entries(&self) -> Done<Vec<Entry>> {
        let most = u32::try_from(BATCH).unwrap_or(u32::MAX);
        let found = self.read(JOURNAL)?.get_all_with_key_and_limit(&JsValue::UNDEFINED, most)?;
        let records = texts(&answer(&found).await?).filter_map(|text| serde_json::from_str::<Record>(&text).ok());
        Ok(records.take_while(|one| one.stage == Stage::Done).map(|one| one.entry).collect())
    }

    /// How many entries the server has not stored yet.
    ///
    /// # Errors
    /// What the browser says.
    pub async fn waiting(&self) -> Done<i64> {
        let count = answer(&self.read(JOURNAL)?.count()?).await?;
        Ok(count.as_f64().map_or(0, |count| i64::from(saturating(count))))
    }

    /// Forgets everything but the settings.
    ///
    /// # Errors
    /// What the browser says.
    pub async fn wipe(&self) -> Done {
        let change = self.change()?;
        for name in [IDENTITY, STATE, LIST] {
            change.object_store(KEPT)?.delete(&name.into())?;
        }
        change.object_store(JOURNAL)?.clear()?;
        change.object_store(MARKS)?.clear()?;
        finished(&change).await
    }

    async fn value<T: for<'de> Deserialize<'de>>(&self, name: &str) -> Done<Option<T>> {
        let found = answer(&self.read(KEPT)?.get(&name.into())?).await?;
        Ok(found.as_string().and_then(|text| serde_json::from_str(&text).ok()))
    }

    async fn all<T: for<'de> Deserialize<'de>>(&self, store: &str) -> Done<Vec<T>> {
        let found = answer(&self.read(store)?.get_all()?).await?;
        Ok(texts(&found).filter_map(|text| serde_json::from_str(&text).ok()).collect())
    }

    fn read(&self, store: &str) -> Done<IdbObjectStore> {
        self.database.transaction_with_str(store)?.object_store(store)
    }

    fn change(&self) -> Done<IdbTransaction> {
        let stores: JsValue = [KEPT, JOURNAL, MARKS].into_iter().map(JsValue::from).collect::<Array>().into();
        let strict = object(&serde_json::json!({ "durability": "strict" }));
        let begun = call(&self.database, "transaction", &[&stores, &"readwrite".into(), &strict]);
        begun.ok_or_else(|| JsValue::from("the database is closed"))?.dyn_into()
    }
}

/// JSON, as everything is kept: what the wire speaks is what is read back after years.
fn put(change: &IdbTransaction, store: &str, key: &JsValue, value: &impl Serialize) -> Done {
    let text = serde_json::to_string(value).map_err(|cause| JsValue::from(cause.to_string()))?;
    change.object_store(store)?.put_with_key(&text.into(), key)?;
    Ok(())
}

fn texts(list: &JsValue) -> impl Iterator<Item = String> + use<> {
    let list: Array = list.clone().dyn_into().unwrap_or_default();
    (0..list.length()).filter_map(move |at| list.get(at).as_string())
}

#[expect(clippy::cast_precision_loss, reason = "a terminal does not live to scan 2^53 codes")]
fn number(sequence: i64) -> JsValue {
    JsValue::from_f64(sequence as f64)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and counts nothing below zero")]
fn saturating(count: f64) -> u32 {
    count as u32
}

async fn answer(request: &IdbRequest) -> Done<JsValue> {
    settled(request, "onsuccess", "onerror").await?;
    request.result()
}

/// Ends when the browser says that it is on the disk.
async fn finished(change: &IdbTransaction) -> Done {
    settled(change, "oncomplete", "onabort").await
}

async fn settled(of: &JsValue, good: &str, bad: &str) -> Done {
    let mut watch = |done: js_sys::Function, failed: js_sys::Function| {
        let _ = js_sys::Reflect::set(of, &good.into(), &done);
        let _ = js_sys::Reflect::set(of, &bad.into(), &failed);
    };
    JsFuture::from(Promise::new(&mut watch)).await.map(|_| ())
}
