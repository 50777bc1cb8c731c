//! A form's fields: label, hint, what was typed, and the error beside it.

use leptos::prelude::*;

use super::icon::Icon;

/// What was typed into a field, and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// As typed.
    pub value: String,
    /// A sentence that says what to do.
    pub error: Option<String>,
}

impl Field {
    /// A field without an error.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self { value: value.into(), error: None }
    }
}

/// One option of a select.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub label: String,
}

/// A labelled control while it is described.
#[derive(Clone, Debug)]
pub struct Input {
    name: &'static str,
    label: &'static str,
    field: Field,
    kind: &'static str,
    hint: Option<String>,
    required: bool,
    autocomplete: Option<&'static str>,
    list: Option<&'static str>,
    placeholder: Option<&'static str>,
    range: Option<(i64, i64)>,
    longest: Option<i64>,
    bare: bool,
}

/// A labelled `<input>`; optional unless [`Input::required`].
#[must_use]
pub fn input(name: &'static str, label: &'static str, field: Field) -> Input {
    Input {
        name,
        label,
        field,
        kind: "text",
        hint: None,
        required: false,
        autocomplete: None,
        list: None,
        placeholder: None,
        range: None,
        longest: None,
        bare: false,
    }
}

impl Input {
    /// Must be filled in.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Another `type` than `text`.
    #[must_use]
    pub fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    /// A sentence below the label.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What the browser may fill in.
    #[must_use]
    pub fn autocomplete(mut self, token: &'static str) -> Self {
        self.autocomplete = Some(token);
        self
    }

    /// The id of a `<datalist>`.
    #[must_use]
    pub fn list(mut self, id: &'static str) -> Self {
        self.list = Some(id);
        self
    }

    /// Smallest and largest number.
    #[must_use]
    pub fn range(mut self, least: i64, most: i64) -> Self {
        self.range = Some((least, most));
        self
    }

    /// Most characters.
    #[must_use]
    pub fn longest(mut self, characters: i64) -> Self {
        self.longest = Some(characters);
        self
    }

    /// Without the word *optional*: in a filter everything is.
    #[must_use]
    pub fn bare(mut self) -> Self {
        self.bare = true;
        self
    }

    /// Label, hint, control and error.
    pub fn view(self) -> AnyView {
        let described = described(self.name, self.hint.is_some(), self.field.error.is_some());
        let invalid = self.field.error.is_some().then_some("true");
        let number = self.kind == "number";
        let control = view! {
            <input
                id=self.name
                name=self.name
                type=self.kind
                value=self.field.value
                required=self.required
                autocomplete=self.autocomplete
                list=self.list
                placeholder=self.placeholder
                min=self.range.map(|range| range.0)
                max=self.range.map(|range| range.1)
                maxlength=self.longest
                inputmode=number.then_some("numeric")
                aria-invalid=invalid
                aria-describedby=described
            />
        };
        around(self.name, self.label, self.required || self.bare, self.hint, self.field.error, control.into_any())
    }
}

/// A labelled `<textarea>`.
pub fn textarea(name: &'static str, label: &'static str, hint: Option<String>, field: Field) -> AnyView {
    let described = described(name, hint.is_some(), field.error.is_some());
    let invalid = field.error.is_some().then_some("true");
    // Leptos writes what stands in a <textarea> as it is, unlike everywhere else.
    let value = html_escape::encode_text(&field.value).into_owned();
    let control = view! {
        <textarea id=name name=name rows="3" aria-invalid=invalid aria-describedby=described>{value}</textarea>
    };
    around(name, label, false, hint, field.error, control.into_any())
}

/// A labelled choice of a file, for a form made by [`super::file_form`]. `accept` says which kinds, as HTML does.
pub fn file(
    name: &'static str,
    label: &'static str,
    accept: &'static str,
    hint: Option<String>,
    error: Option<String>,
) -> AnyView {
    let described = described(name, hint.is_some(), error.is_some());
    let invalid = error.is_some().then_some("true");
    let control = view! {
        <input type="file" id=name name=name accept=accept aria-invalid=invalid aria-describedby=described/>
    };
    around(name, label, true, hint, error, control.into_any())
}

/// A labelled `<select>`.
pub fn select(name: &'static str, label: &'static str, choices: Vec<Choice>, field: Field) -> AnyView {
    let described = described(name, false, field.error.is_some());
    let invalid = field.error.is_some().then_some("true");
    let options = choices
        .into_iter()
        .map(|choice| {
            let chosen = choice.value == field.value;
            view! { <option value=choice.value selected=chosen>{choice.label}</option> }
        })
        .collect_view();
    let control = view! {
        <select id=name name=name aria-invalid=invalid aria-describedby=described>{options}</select>
    };
    around(name, label, true, None, field.error, control.into_any())
}

/// A labelled `<select>` whose choices stand in groups; `any` is the first of all.
pub fn grouped_select(
    name: &'static str,
    label: &'static str,
    any: Choice,
    groups: Vec<(String, Vec<Choice>)>,
    field: Field,
) -> AnyView {
    let described = described(name, false, field.error.is_some());
    let invalid = field.error.is_some().then_some("true");
    let option = move |choice: Choice, chosen: &str| {
        let chosen = choice.value == chosen;
        view! { <option value=choice.value selected=chosen>{choice.label}</option> }
    };
    let groups = groups
        .into_iter()
        .map(|(label, choices)| {
            let options = choices.into_iter().map(|choice| option(choice, &field.value)).collect_view();
            view! { <optgroup label=label>{options}</optgroup> }
        })
        .collect_view();
    let control = view! {
        <select id=name name=name aria-invalid=invalid aria-describedby=described>{option(any, &field.value)} {groups}</select>
    };
    around(name, label, true, None, field.error, control.into_any())
}

/// A box to tick, with its words beside it; sends `on`.
pub fn checkbox(name: &'static str, label: &'static str, hint: Option<String>, ticked: bool) -> AnyView {
    let id = format!("{name}-hint");
    let described = hint.is_some().then(|| id.clone());
    view! {
        <div class="check">
            <input type="checkbox" id=name name=name value="on" checked=ticked aria-describedby=described/>
            <label for=name>{label}</label>
            {hint.map(|hint| view! { <p class="hint" id=id>{hint}</p> })}
        </div>
    }
    .into_any()
}

/// What is wrong with the form as a whole, read out at once.
pub fn form_error(error: Option<String>) -> AnyView {
    error.map(|error| view! { <div class="flash no" role="alert">{Icon::Alert.view()} <p>{error}</p></div> }).into_any()
}

fn around(
    name: &'static str,
    label: &'static str,
    plain: bool,
    hint: Option<String>,
    error: Option<String>,
    control: AnyView,
) -> AnyView {
    let optional = (!plain).then(|| view! { <span class="optional">" optional"</span> });
    let class = if error.is_some() { "field wrong" } else { "field" };
    view! {
        <div class=class>
            <label for=name>{label} {optional}</label>
            {hint.map(|hint| view! { <p class="hint" id=format!("{name}-hint")>{hint}</p> })}
            {control}
            {error.map(|error| view! { <p class="error" id=format!("{name}-error")>{error}</p> })}
        </div>
    }
    .into_any()
}

fn described(name: &str, hint: bool, error: bool) -> Option<String> {
    match (hint, error) {
        (false, false) => None,
        (true, false) => Some(format!("{name}-hint")),
        (false, true) => Some(format!("{name}-error")),
        (true, true) => Some(format!("{name}-error {name}-hint")),
    }
}
