//! Makes a new site or a new migration reason enough to compile again: both are built into the binary.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=../target/site/manifest.json");
    println!("cargo:rerun-if-changed=../migrations");
}
