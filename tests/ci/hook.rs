//! The hook, in a repository of its own.

use super::*;

/// A repository with a project in a folder whose name has a space, committed, and the hook in its place.
fn repository() -> Sandbox {
    let sandbox = Sandbox::empty();
    crate::support::copy(&root().join("audiences"), &sandbox.at("our shop"));
    let _ = git(&sandbox, &["init", "-q"]).fine();
    let _ = git(&sandbox, &["config", "user.email", "tester@example.com"]).fine();
    let _ = git(&sandbox, &["config", "user.name", "tester"]).fine();
    sandbox.write(".gitignore", "bin/\n");
    let _ = git(&sandbox, &["add", "-A"]).fine();
    std::os::unix::fs::symlink(root().join("ci/pre-commit"), sandbox.at(".git/hooks/pre-commit")).unwrap();
    // The first commit of a repository passes through the hook too.
    let _ = git(&sandbox, &["commit", "-qm", "begin"]).fine();
    sandbox
}

fn git(sandbox: &Sandbox, args: &[&str]) -> Run {
    Run::of(shell(sandbox, "git").args(args).output().unwrap())
}

const CRM: &str = "our shop/audiences/crm.aud";

#[test]
fn what_is_in_order_is_committed() {
    let sandbox = repository();
    sandbox.edit(CRM, "is \"Paris\"", "is \"Lyon\"");
    let _ = git(&sandbox, &["commit", "-qam", "Lyon"]).fine();
    sandbox.write("notes.txt", "nothing of audiences");
    let _ = git(&sandbox, &["add", "-A"]).fine();
    let _ = git(&sandbox, &["commit", "-qm", "notes"]).fine();
    assert_eq!(git(&sandbox, &["log", "--oneline"]).fine().out.lines().count(), 3);
}

#[test]
fn what_is_not_in_canonical_form_is_not_committed_and_the_fix_is_printed() {
    let sandbox = repository();
    sandbox.edit(CRM, "    user \"city\" is \"Paris\"", "  user   \"city\" is \"Lyon\"");
    let refused = git(&sandbox, &["commit", "-qam", "untidy"]).code(1);
    assert!(refused.err.contains("our shop/audiences/crm.aud is not in canonical form"), "{}", refused.err);
    let fix = refused.err.lines().find(|line| line.starts_with("  aud fmt")).unwrap();
    // What it says to run is what helps.
    let _ = Run::of(shell(&sandbox, "bash").args(["-c", fix]).output().unwrap()).fine();
    let _ = git(&sandbox, &["commit", "-qm", "tidy"]).fine();
}

#[test]
fn what_has_errors_is_not_committed() {
    let sandbox = repository();
    sandbox.edit(CRM, "connect ads_file", "connect ads_fiel");
    let refused = git(&sandbox, &["commit", "-qam", "wrong"]).code(1);
    assert!(refused.err.contains("The definitions in our shop have errors"), "{}", refused.err);
    assert!(
        refused.err.contains("did you mean `ads_file`?") && refused.err.contains("aud check --project=our"),
        "{}",
        refused.err
    );
    sandbox.edit(CRM, "connect ads_fiel", "connect {");
    let refused = git(&sandbox, &["commit", "-qam", "unreadable"]).code(1);
    assert!(refused.err.contains("crm.aud cannot be read"), "{}", refused.err);
    // A definition that another one needs is missed also where only its removal is staged.
    let _ = git(&sandbox, &["checkout", "-q", "--", CRM]).fine();
    let _ = git(&sandbox, &["rm", "-q", "our shop/audiences/lifecycle.aud"]).fine();
    let refused = git(&sandbox, &["commit", "-qm", "gone"]).code(1);
    assert!(refused.err.contains("employees"), "{}", refused.err);
}

#[test]
fn what_is_staged_counts_and_not_what_lies_there() {
    let sandbox = repository();
    let good = sandbox.read(CRM);
    sandbox.edit(CRM, "is \"Paris\"", "is   \"Lyon\"");
    let _ = git(&sandbox, &["add", CRM]).fine();
    // The file was mended and not staged: what would be committed is still untidy.
    sandbox.write(CRM, &good);
    assert!(git(&sandbox, &["commit", "-qm", "untidy"]).code(1).err.contains("canonical form"));
    let _ = git(&sandbox, &["add", CRM]).fine();
    // And the other way round: what lies there is no part of the commit.
    sandbox.edit(CRM, "is \"Paris\"", "is \"Lyon\"");
    let _ = git(&sandbox, &["add", CRM]).fine();
    sandbox.write(CRM, "version 1\n\naudience {");
    let _ = git(&sandbox, &["commit", "-qm", "Lyon"]).fine();
    assert_eq!(sandbox.read(CRM), "version 1\n\naudience {");
}

#[test]
fn the_framework_is_told_the_same() {
    let hooks = yaml("ci/pre-commit-hooks.yaml");
    let [hook] = hooks.as_array().unwrap().as_slice() else { panic!("{hooks}") };
    assert_eq!((&hook["entry"], &hook["language"]), (&"ci/pre-commit".into(), &"script".into()));
    let mode = std::fs::metadata(root().join("ci/pre-commit")).unwrap().permissions();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o111, 0o111);
    assert_eq!(hook["pass_filenames"], false);
}
