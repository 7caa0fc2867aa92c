//! Bundles the samples anew when one of them comes, goes or changes.

fn main() {
    println!("cargo:rerun-if-changed=../data-samples");
}
