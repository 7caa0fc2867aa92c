//! One run at a time, on however many machines.

use std::process::Stdio;
use std::time::{Duration, Instant};

use pipeline_core::ErrorKind;

use crate::program::{FETCHED_AT, Program, SAMPLES, sample};
use crate::stack::Stack;

#[test]
fn two_machines_do_not_run_at_the_same_time() {
    let stack = Stack::new();
    let (one, other) = (Program::with(&stack.config()), Program::with(&stack.config()));
    let (source, file) = SAMPLES[0];
    let arguments = ["--quiet", "import", "--source", source, "--fetched-at", FETCHED_AT, &sample(file)];
    let mut first = one.command().args(arguments).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let refusal = i32::from(ErrorKind::Lease.exit_code());
    let mut refused = false;
    while first.try_wait().unwrap().is_none() {
        let second = other.run(&arguments);
        let code = second.status.code().unwrap();
        refused |= code == refusal;
        assert!(code == 0 || code == refusal, "{}", String::from_utf8_lossy(&second.stderr));
    }
    // Whichever came first, the other was refused or came after it, and nothing is there twice.
    let code = first.wait().unwrap().code().unwrap();
    refused |= code == refusal;
    assert!(code == 0 || code == refusal, "{code}");
    one.text(0, &arguments);
    let hashes = one.json(0, &["lake", "hash"]);
    let calm = Program::with("");
    calm.text(0, &arguments);
    assert_eq!(calm.json(0, &["lake", "hash"]), hashes, "refused: {refused}");
}

#[test]
fn a_killed_run_holds_the_lease_for_half_a_minute_at_most() {
    let stack = Stack::new();
    let aws = Program::with(&stack.config());
    let (source, file) = SAMPLES[0];
    let arguments = ["--quiet", "import", "--source", source, "--fetched-at", FETCHED_AT, &sample(file)];
    let mut first = aws.command().args(arguments).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(1_500));
    first.kill().unwrap();
    first.wait().unwrap();
    let began = Instant::now();
    aws.text(0, &arguments);
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
    let calm = Program::with("");
    calm.text(0, &arguments);
    assert_eq!(aws.json(0, &["lake", "hash"]), calm.json(0, &["lake", "hash"]));
}
