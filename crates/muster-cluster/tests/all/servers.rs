//! A scheduler and workers as child processes, on free ports of loopback.
//!
//! A child is this test binary again, running the one ignored test below. It ends when its parent does, because it reads its standard
//! input and stops at the end of it.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::num::NonZero;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::{sleep, spawn};
use std::time::Duration;

use muster_cluster::{
    Ballista, Bundle, SchedulerOptions, SelfTest, Task, WORKER_TIMEOUT_SECONDS_MIN, Work, WorkerOptions,
    serve_scheduler, serve_worker,
};

const LOOPBACK: &str = "127.0.0.1:0";
const ROLE: &str = "MUSTER_CLUSTER_TEST_ROLE";

/// How a test's work differs from the numbers of the self-test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    Honest,
    /// Takes a tenth of a second for each task.
    Slow,
    /// Adds one person somewhere.
    Lying,
    /// Is the same, and says it is of another version.
    OtherVersion,
    /// Answers with megabytes.
    Large,
    /// Refuses task 3.
    Failing,
    /// Panics at task 3.
    Panicking,
}

const MANNERS: [Manner; 7] = [
    Manner::Honest,
    Manner::Slow,
    Manner::Lying,
    Manner::OtherVersion,
    Manner::Large,
    Manner::Failing,
    Manner::Panicking,
];

/// The work of the tests. A child says when it begins a task, so that its parent can count and choose its moment.
pub(crate) struct TestWork {
    pub(crate) manner: Manner,
    pub(crate) says: bool,
}

impl Work for TestWork {
    fn run(&self, bundle: &Bundle, task: &Task) -> Result<Vec<u8>, String> {
        if self.says {
            println!("BEGUN {}", task.id);
        }
        let mut answer = SelfTest.run(bundle, task)?;
        match self.manner {
            Manner::Slow => sleep(Duration::from_millis(100)),
            Manner::Lying => answer[16] ^= 1,
            Manner::Large => answer = answer.iter().copied().cycle().take(answer.len() + (3 << 20)).collect(),
            Manner::Failing if task.id == 3 => return Err("the book has no place 41".to_owned()),
            Manner::Panicking if task.id == 3 => panic!("index out of bounds"),
            Manner::Honest | Manner::OtherVersion | Manner::Failing | Manner::Panicking => {}
        }
        Ok(answer)
    }

    fn version(&self) -> String {
        if self.manner == Manner::OtherVersion { "0.0.1".to_owned() } else { SelfTest.version() }
    }
}

pub(crate) fn work(manner: Manner) -> Arc<dyn Work> {
    Arc::new(TestWork { manner, says: false })
}

/// A child process, killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
    begun: Arc<AtomicUsize>,
    /// For its temporary files: one that is killed cannot remove them.
    _folder: tempfile::TempDir,
}

impl Server {
    fn start(role: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "servers::child", "--ignored", "--nocapture", "--test-threads=1"])
            .env(ROLE, role)
            .env("RUST_BACKTRACE", "0")
            .env("TMPDIR", folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (begun, (listening, listened)) = (Arc::new(AtomicUsize::new(0)), mpsc::channel());
        let (output, counted) = (child.stdout.take().unwrap(), Arc::clone(&begun));
        spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some((_, address)) = line.split_once("LISTENING ") {
                    let _ = listening.send(address.to_owned());
                }
                counted.fetch_add(line.matches("BEGUN ").count(), Ordering::SeqCst);
            }
        });
        let address = listened.recv_timeout(Duration::from_secs(30)).expect("the child did not start");
        Self { child, address, begun, _folder: folder }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many tasks it has begun.
    pub(crate) fn begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A scheduler and workers.
pub(crate) struct Servers {
    pub(crate) workers: Vec<Server>,
    pub(crate) scheduler: Server,
}

impl Servers {
    pub(crate) fn start(workers: &[Manner]) -> Self {
        let scheduler = Server::start("scheduler");
        let worker = |manner: &Manner| Server::start(&format!("{manner:?} {}", scheduler.url()));
        Self { workers: workers.iter().map(worker).collect(), scheduler }
    }

    /// The cluster, believed when it does as the manner says.
    pub(crate) fn cluster(&self, manner: Manner) -> Ballista {
        Ballista::new(&self.scheduler.url(), work(manner)).unwrap()
    }
}

/// Not a test: what a child process does.
#[test]
#[ignore = "run by other tests in a process of its own"]
fn child() {
    let Ok(role) = std::env::var(ROLE) else { return };
    spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let listening = |address: SocketAddr| println!("LISTENING {address}");
    let bind = LOOPBACK.parse().unwrap();
    let Some((manner, scheduler)) = role.split_once(' ') else {
        let options = SchedulerOptions { bind, worker_timeout_seconds: WORKER_TIMEOUT_SECONDS_MIN };
        serve_scheduler(options, listening).unwrap();
        return;
    };
    let manner = *MANNERS.iter().find(|known| format!("{known:?}") == manner).unwrap();
    let options = WorkerOptions { scheduler: scheduler.to_owned(), bind, slots: NonZero::<usize>::MIN };
    serve_worker(Arc::new(TestWork { manner, says: true }), &options, listening).unwrap();
}
