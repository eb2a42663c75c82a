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
}

#[cfg(feature = "cluster")]
mod with_the_feature {
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;
    use std::process::{Child, Command, Stdio};

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
    }
}
