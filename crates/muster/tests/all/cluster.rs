//! `muster cluster` as it is started by hand: a scheduler, two workers, a check.

use super::{code, err, muster, out};

#[cfg(not(feature = "cluster"))]
#[test]
fn without_the_feature_the_command_says_how_to_build_a_muster_that_has_it() {
    let url = "http://127.0.0.1:50050";
    for args in [&["scheduler"][..], &["worker", "--scheduler", url], &["check", "--scheduler", url]] {
        let answer = muster(&[&["cluster"], args].concat());
        code(&answer, 2);
        assert!(out(&answer).is_empty());
        assert!(err(&answer).contains("cargo build --release --features cluster"), "{}", err(&answer));
    }
    let answer = muster(&["run", "--cluster", url]);
    code(&answer, 2);
    assert!(err(&answer).contains("cargo build --release --features cluster"), "{}", err(&answer));
}

#[cfg(feature = "cluster")]
mod with_the_feature {
    use std::collections::BTreeMap;
    use std::fs;
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;
    use std::path::{Path, PathBuf};
    use std::process::{Child, Command, Stdio};
    use std::thread::sleep;
    use std::time::Duration;

    use super::super::root;
    use super::{code, err, muster, out};

    /// A server with a folder of its own for temporary files, killed when it is dropped.
    struct Server {
        child: Child,
        folder: tempfile::TempDir,
        /// The first line that it prints.
        said: String,
    }

    impl Server {
        fn start(args: &[&str]) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let mut child = Command::new(env!("CARGO_BIN_EXE_muster"))
                .arg("cluster")
                .args(args)
                .env("TMPDIR", folder.path())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut said = String::new();
            BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
            Self { child, folder, said }
        }

        fn url(&self) -> &str {
            self.said.trim().strip_prefix("The scheduler is at ").unwrap()
        }
    }

    impl Drop for Server {
        fn drop(&mut self) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }

    #[test]
    fn a_scheduler_and_two_workers_pass_the_check() {
        let scheduler = Server::start(&["scheduler", "--bind", "127.0.0.1:0"]);
        let url = scheduler.url();
        let workers = ["1", "2"].map(|slots| Server::start(&["worker", "--scheduler", url, "--slots", slots]));
        let said = &workers[1].said;
        assert!(said.contains("with room for 2 at once, for http://127.0.0.1:"), "{said}");
        let checked = muster(&["cluster", "check", "--scheduler", url]);
        code(&checked, 0);
        let expected = "The cluster works: 64 tasks, 2151424 bytes, each the same as on this machine\n";
        assert_eq!(out(&checked), expected);
    }

    /// Every file below a folder.
    fn files(folder: &Path) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
        let paths = entries.flatten().map(|entry| entry.path());
        paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
    }

    /// Every file of a run folder with its bytes.
    fn whole(run: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
        let below = |path: &PathBuf| path.strip_prefix(run).unwrap().to_owned();
        files(run).iter().map(|path| (below(path), fs::read(path).unwrap())).collect()
    }

    #[test]
    fn a_run_on_a_cluster_leaves_the_bytes_of_one_machine_even_when_a_worker_dies() {
        let folder = tempfile::tempdir().unwrap();
        let scheduler = Server::start(&["scheduler", "--bind", "127.0.0.1:0", "--worker-timeout", "7"]);
        let url = scheduler.url();
        let worker = || Server::start(&["worker", "--scheduler", url, "--slots", "1"]);
        let (mut first, second) = (worker(), worker());
        let run = |name: &str, more: &[&str]| {
            let out = folder.path().join(name);
            let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
            command.args(["run", "plans/ltwp-2023", "--draws", "128", "--quiet", "--out"]).arg(&out).args(more);
            (out, command.current_dir(root()).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap())
        };
        let finished = |(out, child): (PathBuf, Child)| {
            let ended = child.wait_with_output().unwrap();
            assert!(ended.status.success(), "{}", err(&ended));
            whole(&out)
        };
        let answered = |server: &Server| files(server.folder.path()).len();

        let here = finished(run("here", &[]));
        assert!(here.contains_key(Path::new("quantiles.parquet")) && here.contains_key(Path::new("manifest.json")));
        assert!(finished(run("there", &["--cluster", url])) == here);
        let before = [&first, &second].map(answered);
        assert!(before.iter().all(|count| *count > 0), "a worker did nothing: {before:?}");

        let (out, mut child) = run("bereft", &["--cluster", url]);
        // The first worker has given an answer, which dies with it.
        while answered(&first) == before[0] {
            assert!(child.try_wait().unwrap().is_none(), "the run was over before the worker died");
            sleep(Duration::from_millis(5));
        }
        first.child.kill().unwrap();
        first.child.wait().unwrap();
        assert!(finished((out, child)) == here);
    }

    #[cfg(unix)]
    #[test]
    fn a_worker_that_is_told_to_stop_leaves_nothing_behind() {
        let scheduler = Server::start(&["scheduler", "--bind", "127.0.0.1:0"]);
        let url = scheduler.url();
        let mut worker = Server::start(&["worker", "--scheduler", url]);
        code(&muster(&["cluster", "check", "--scheduler", url]), 0);
        let left = |worker: &Server| std::fs::read_dir(worker.folder.path()).unwrap().count();
        assert_eq!(left(&worker), 1);
        assert!(Command::new("kill").arg(worker.child.id().to_string()).status().unwrap().success());
        assert!(worker.child.wait().unwrap().success());
        assert_eq!(left(&worker), 0);
    }

    #[test]
    fn what_cannot_work_is_said_with_the_next_step() {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let (free, taken) = (format!("http://{free}"), taken.local_addr().unwrap().to_string());
        for (args, expected) in [
            (&["check", "--scheduler", &free][..], "start one with `muster cluster scheduler`"),
            (&["check", "--scheduler", "nowhere"], "for example http://127.0.0.1:50050"),
            (&["scheduler", "--bind", &taken], "choose another address or port with --bind"),
            (&["scheduler", "--worker-timeout", "2"], "2 is not in 7.."),
            (&["worker", "--scheduler", "nowhere"], "for example http://127.0.0.1:50050"),
        ] {
            let answer = muster(&[&["cluster"], args].concat());
            code(&answer, 2);
            assert!(err(&answer).contains(expected), "{}", err(&answer));
        }
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("run");
        for (args, expected) in [
            (&["--cluster", &free][..], "start one with `muster cluster scheduler`, or run on this machine alone"),
            (&["--cluster", "nowhere"], "for example http://127.0.0.1:50050"),
            (&["--cluster", &free, "--draws", "none"], "leave out one of the two"),
        ] {
            let answer = muster(&[&["run", "--out", run.to_str().unwrap()], args].concat());
            code(&answer, 2);
            assert!(err(&answer).contains(expected), "{}", err(&answer));
            assert!(!run.exists());
        }
    }
}
