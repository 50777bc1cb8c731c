//! Makes a new migration reason enough to compile again, and in a release a new site: they are built into the binary.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // A debug build reads the site from its folder while it runs.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed=../target/site/manifest.json");
    }
    println!("cargo:rerun-if-changed=../migrations");
}
