//! One story: its steps, and what comes of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::backend::Backend;
use super::{page, state};
use crate::support::{Run, Sandbox, copy};

/// The steps of a folder that says nothing of its own.
const CUSTOMARY: &str = "use before\ndeploy\nuse after\nplan\napply\n";
const NOON: &str = "2026-03-01T12:00:00Z";

/// A scenario as it is written.
pub(super) struct Story {
    folder: PathBuf,
    steps: Vec<String>,
}

impl Story {
    /// Reads the steps of a folder.
    pub(super) fn read(folder: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(folder.join("steps.txt")).unwrap_or_default();
        let lines = |text: &str| -> Vec<String> {
            let steps = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
            steps.map(str::to_owned).collect()
        };
        let mut steps = lines(&text);
        if steps.is_empty() {
            let steps_before =
                |step: &String| folder.join("before").is_dir() || !["use before", "deploy"].contains(&step.as_str());
            steps = lines(CUSTOMARY).into_iter().filter(steps_before).collect();
        }
        Ok(Self { folder: folder.to_owned(), steps })
    }

    /// Lives through it and compares what came of it with what is written, or writes that. Whether it could be lived through: `false` where it
    /// waits for something that the program cannot do yet.
    pub(super) fn live(&self, base: &Sandbox, backend: &Backend, update: bool) -> Result<bool, String> {
        if self.steps.iter().any(|step| step.starts_with("waits for ")) {
            return Ok(false);
        }
        let sandbox = Sandbox::empty();
        copy(base.path(), sandbox.path());
        let mut life = Life {
            story: self,
            sandbox,
            backend,
            now: NOON.to_owned(),
            plans: 0,
            shown_before: String::new(),
            is_done: false,
            pages: BTreeMap::new(),
        };
        life.project(&super::scenarios().join("shared/aud.yaml"));
        life.project(&self.folder.join("aud.yaml"));
        for step in &self.steps {
            life.step(step)?;
        }
        life.end()?;
        page::compare(&self.folder, &life.pages, update).map(|()| true)
    }
}

/// A story while it goes on.
struct Life<'a> {
    story: &'a Story,
    sandbox: Sandbox,
    backend: &'a Backend,
    now: String,
    plans: usize,
    /// What the last plan showed.
    shown_before: String,
    /// Whether the last apply did all there was to do.
    is_done: bool,
    pages: BTreeMap<String, String>,
}

impl Life<'_> {
    fn step(&mut self, step: &str) -> Result<(), String> {
        let (word, rest) = step.split_once(' ').unwrap_or((step, ""));
        match word {
            "use" => self.take(rest)?,
            "now" => rest.clone_into(&mut self.now),
            "deploy" => self.deploy()?,
            "plan" => self.plan(rest),
            "apply" => {
                let run = self.command(&format!("apply --auto-approve {rest}"), true);
                self.is_done = run.code == Some(0) && !rest.contains("--target");
                self.note(step, &run);
            }
            "aud" => {
                let run = self.command(rest, false);
                self.note(step, &run);
            }
            "import" => self.import(rest)?,
            "write" => {
                let (path, text) = rest.split_once(' ').unwrap_or((rest, ""));
                self.sandbox.write(path, text);
            }
            "remove" => {
                let path = self.sandbox.at(rest);
                let removed = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
                removed.map_err(|error| error.to_string())?;
            }
            "sql" => self.backend.sql(&self.sandbox, rest),
            "git" => self.commit(rest),
            "lose" => self.backend.lose(&self.sandbox),
            "leaves" => self.is_done = false,
            _ => return Err(format!("no step is called `{word}`")),
        }
        Ok(())
    }

    /// The definitions of one of the story's folders become those of the project.
    fn take(&self, folder: &str) -> Result<(), String> {
        let from = self.story.folder.join(folder);
        if !from.is_dir() {
            return Err(format!("there is no folder `{folder}`"));
        }
        let audiences = self.sandbox.at("audiences");
        std::fs::remove_dir_all(&audiences).unwrap();
        copy(&from, &audiences);
        self.project(&audiences.join("aud.yaml"));
        Ok(())
    }

    /// Takes a project file, where there is one.
    fn project(&self, path: &Path) {
        if let Ok(text) = std::fs::read_to_string(path) {
            self.sandbox.write("aud.yaml", &(text + &self.backend.yaml(&self.sandbox)));
        }
    }

    fn deploy(&mut self) -> Result<(), String> {
        let run = self.command("apply --auto-approve", true);
        if run.code == Some(0) { Ok(()) } else { Err(format!("cannot be deployed:\n{}{}", run.out, run.err)) }
    }

    fn plan(&mut self, flags: &str) {
        self.plans += 1;
        let name = if self.plans == 1 { "plan".to_owned() } else { format!("plan-{}", self.plans) };
        let text = self.command(&format!("plan {flags}"), true);
        // A plan is saved once.
        let flags: Vec<&str> = flags.split_whitespace().collect();
        let saves = flags.iter().position(|flag| *flag == "-o");
        let flags = saves.map_or(flags.join(" "), |at| [&flags[..at], &flags[at + 2..]].concat().join(" "));
        let json = self.command(&format!("plan --json {flags}"), true);
        self.shown_before = self.shown(&text);
        self.pages.insert(format!("{name}.txt"), self.shown_before.clone());
        self.pages.insert(format!("{name}.json"), page::json(&json.out));
    }

    fn command(&self, arguments: &str, timed: bool) -> Run {
        let mut arguments = page::words(arguments, &self.now);
        // A saved plan has its own time.
        let saved = arguments.iter().any(|argument| argument.ends_with(".audplan")) && arguments[0] == "apply";
        if timed && !saved && !arguments.iter().any(|argument| argument == "--now") {
            arguments.extend(["--now".to_owned(), self.now.clone()]);
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut command = self.sandbox.command(&arguments);
        self.backend.environment(&self.sandbox, &mut command);
        Run::of(command.output().unwrap())
    }

    fn shown(&self, run: &Run) -> String {
        let code = run.code.filter(|code| *code != 0).map(|code| format!("exit code {code}\n")).unwrap_or_default();
        page::text(&format!("{}{}{code}", run.out, run.err), self.sandbox.path())
    }

    fn note(&mut self, step: &str, run: &Run) {
        let shown = self.shown(run);
        // An apply shows what it is about to do, word for word as the plan did.
        let plan = Some(self.shown_before.as_str()).filter(|plan| !plan.is_empty() && step.starts_with("apply"));
        let shown = match plan.and_then(|plan| shown.strip_prefix(plan)) {
            Some(rest) => format!("(the plan as above)\n{rest}"),
            None => shown,
        };
        let page = self.pages.entry("run.txt".to_owned()).or_default();
        *page += &format!("$ {step}\n{shown}\n");
    }

    fn import(&self, files: &str) -> Result<(), String> {
        for file in files.split_whitespace() {
            let from = self.story.folder.join(file);
            std::fs::copy(from, self.sandbox.at("data").join(file)).map_err(|error| format!("{file}: {error}"))?;
        }
        let _ = self.sandbox.aud(&["import"]).fine();
        Ok(())
    }

    fn commit(&self, message: &str) {
        let git = |arguments: &[&str]| {
            let identity = ["-c", "user.name=tester", "-c", "user.email=tester@example.com"];
            let mut command = Command::new("git");
            command.current_dir(self.sandbox.path()).args(identity).args(arguments);
            let output = command.output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        };
        git(&["init", "--quiet"]);
        git(&["add", "aud.yaml", "audiences"]);
        git(&["commit", "--quiet", "--allow-empty", "-m", message]);
    }

    /// What is there at the end; and where all was applied, that nothing is left to do.
    fn end(&mut self) -> Result<(), String> {
        if self.is_done {
            let again = self.command("plan --detailed-exitcode", true);
            if again.code != Some(0) {
                return Err(format!("there is something left to do:\n{}{}", again.out, again.err));
            }
        }
        self.pages.insert("state.json".to_owned(), state::json(&self.sandbox, self.backend));
        let delivered = page::delivered(&self.sandbox)?;
        if !delivered.is_empty() {
            self.pages.insert("delivered.txt".to_owned(), delivered);
        }
        Ok(())
    }
}
