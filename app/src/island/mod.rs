//! The only code that reaches the browser as wasm: what a form cannot do.
