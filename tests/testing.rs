//! Tests in the language, run and reported: each file of `tests/testing` is a project of its own.

use crate::support::Sandbox;

fn project(files: &[&str]) -> Sandbox {
    let sandbox = Sandbox::copy_of("tests/testing");
    sandbox.write("audiences/empty.aud", "version 1\n");
    for file in ["passing", "failing", "time_travel", "inputs"] {
        let text = sandbox.read(&format!("{file}.aud"));
        if files.contains(&file) {
            sandbox.write(&format!("audiences/{file}.aud"), &text);
        }
    }
    sandbox
}

fn reports(file: &str) {
    let run = project(&[file]).aud(&["test", "--verbose", "--coverage"]);
    let report = format!("exit code {}\n{}{}", run.code.unwrap(), run.out, run.err);
    insta::with_settings!({ snapshot_path => "testing", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(file, report);
    });
}

#[test]
fn passing() {
    reports("passing");
}

#[test]
fn failing() {
    reports("failing");
}

#[test]
fn time_travel() {
    reports("time_travel");
}

#[test]
fn inputs() {
    reports("inputs");
}

#[test]
fn exit_codes_say_what_came_of_it() {
    let passing = project(&["passing"]);
    let code = |sandbox: &Sandbox, args: &[&str]| sandbox.aud(&[&["test"], args].concat()).code.unwrap();
    assert_eq!(code(&passing, &[]), 0);
    assert_eq!(code(&passing, &["--coverage-min", "72"]), 0);
    assert_eq!(code(&passing, &["--coverage-min", "73"]), 1);
    assert_eq!(code(&passing, &["no such title"]), 0);
    assert_eq!(code(&passing, &["no such title", "--require"]), 1);
    let failing = project(&["passing", "failing"]);
    failing.edit("audiences/failing.aud", "audience employees", "audience staff");
    failing.edit("audiences/failing.aud", "exclude audience staff", "exclude audience employees");
    failing.edit("audiences/failing.aud", "\"Employees\"", "\"Staff\"");
    assert_eq!(code(&failing, &[]), 1);
    assert_eq!(code(&failing, &["THIS ONE"]), 0);
    assert_eq!(code(&failing, &["lapsed_spenders"]), 0);
    assert_eq!(code(&failing, &["spenders"]), 1);
    assert_eq!(code(&failing, &["--file", "audiences/passing.aud"]), 0);
    assert_eq!(code(&failing, &["--file", "failing.aud"]), 1);
    failing.edit("audiences/failing.aud", "version 1", "version 2");
    assert_eq!(code(&failing, &["--file", "passing.aud"]), 1);
}

#[test]
fn in_a_pipe_only_failures_and_the_summary_are_said() {
    let run = project(&["passing"]).aud(&["test"]).fine();
    assert_eq!(run.out, "1 test: 1 passed\n");
    let run = project(&[]).aud(&["test"]).fine();
    assert_eq!(run.out, "");
    assert!(run.err.starts_with("no tests; write some"), "{}", run.err);
}

#[test]
fn programs_read_what_came_of_it() {
    let sandbox = project(&["failing"]);
    let json = sandbox.aud(&["test", "--json", "--coverage", "--junit", "out.xml"]).code(1).json();
    assert_eq!((&json["version"], &json["passed"], &json["failed"]), (&1.into(), &1.into(), &2.into()));
    assert_eq!(json["coverage"]["percent"], 80);
    let wrong = &json["tests"][1]["failures"][1]["wrong"][0];
    assert_eq!((&wrong["bucket"], &wrong["bucket_of"]), (&98.into(), &"control".into()));
    assert_eq!(wrong["explanation"]["member"], true);
    let xml = sandbox.read("out.xml");
    assert!(xml.contains(r#"tests="3" skipped="0" failures="2" errors="0""#), "{xml}");
    assert!(xml.contains(r#"message="ann is not in spenders""#), "{xml}");
    assert!(xml.contains(r#"classname="audiences/failing.aud""#), "{xml}");
}

#[test]
fn the_tests_of_the_example_project_pass_and_cover_what_they_are_about() {
    let sandbox = Sandbox::copy_of("audiences");
    let _ = sandbox.aud(&["test", "--require"]).fine();
    let _ = sandbox.aud(&["test", "--require", "--coverage-min", "100", "lapsed_spenders"]).fine();
}
