//! Whether a scheduler is there and has workers, asked before anything is sent to it.
//!
//! Ballista's own client waits long for a scheduler that is not there, and for ever for workers that never come.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::ClusterError;

/// How long a connection or an answer may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// How often to look again.
const PAUSE: Duration = Duration::from_millis(100);

/// The address of a scheduler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Address {
    pub(crate) fn read(url: &str) -> Result<Self, ClusterError> {
        let bare = url.strip_prefix("http://").unwrap_or(url);
        let (host, port) = bare.strip_suffix('/').unwrap_or(bare).rsplit_once(':').unwrap_or_default();
        // What is left of another scheme or of a path would be part of the host.
        let plain = !host.is_empty() && !host.contains(['/', '@', '?', '#', ' ']);
        match port.parse() {
            Ok(port) if plain && port > 0 => Ok(Self { host: host.to_owned(), port }),
            _ => Err(ClusterError::Address { url: url.to_owned() }),
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}:{}", self.host, self.port)
    }

    /// Waits so long for a scheduler to be there.
    pub(crate) fn wait_for_scheduler(&self, patience: Duration) -> Result<(), ClusterError> {
        self.wait(patience, |found| matches!(found, Ok(_) | Err(ClusterError::NotAScheduler { .. }))).map(|_| ())
    }

    /// Waits so long for a worker, and not at all for a scheduler.
    pub(crate) fn wait_for_workers(&self, patience: Duration) -> Result<(), ClusterError> {
        if self.wait(patience, |found| !matches!(found, Ok(false)))? {
            return Ok(());
        }
        Err(ClusterError::NoWorkers { url: self.url() })
    }

    fn wait(
        &self,
        patience: Duration,
        settled: impl Fn(&Result<bool, ClusterError>) -> bool,
    ) -> Result<bool, ClusterError> {
        let start = Instant::now();
        loop {
            let found = self.has_workers();
            if settled(&found) || start.elapsed() >= patience {
                return found;
            }
            sleep(PAUSE);
        }
    }

    /// Whether the scheduler has workers, or why there is no scheduler.
    fn has_workers(&self) -> Result<bool, ClusterError> {
        let silent = |error: std::io::Error| ClusterError::NoScheduler { url: self.url(), cause: plain(&error) };
        let text = self.ready().map_err(silent)?;
        let mut lines = text.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
        let scheduler = lines.any(|line| line.to_ascii_lowercase().starts_with("server: ballista/"));
        match status {
            "200" if scheduler => Ok(true),
            "503" if scheduler => Ok(false),
            _ => Err(ClusterError::NotAScheduler { url: self.url() }),
        }
    }

    /// The head of the scheduler's answer to the question whether it is ready.
    fn ready(&self) -> std::io::Result<String> {
        let mut last = std::io::Error::other("the name of the host leads nowhere");
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        for address in (host, self.port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, PATIENCE) {
                Ok(mut stream) => {
                    stream.set_read_timeout(Some(PATIENCE))?;
                    stream.set_write_timeout(Some(PATIENCE))?;
                    let (host, port) = (&self.host, self.port);
                    write!(stream, "GET /readyz HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n")?;
                    let mut head = Vec::new();
                    stream.take(4_096).read_to_end(&mut head)?;
                    return Ok(String::from_utf8_lossy(&head).into_owned());
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::ConnectionRefused => "the connection was refused".to_owned(),
        std::io::ErrorKind::TimedOut | std::io::ErrorKind::WouldBlock => "there was no answer in time".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread::spawn;

    use super::*;

    #[test]
    fn addresses_are_read_and_anything_else_is_refused_with_an_example() {
        for (url, host, port) in [
            ("http://127.0.0.1:50050", "127.0.0.1", 50_050),
            ("http://scheduler.example:80/", "scheduler.example", 80),
            ("localhost:1", "localhost", 1),
            ("http://[::1]:50050", "[::1]", 50_050),
        ] {
            assert_eq!(Address::read(url).unwrap(), Address { host: host.to_owned(), port });
        }
        for url in [
            "",
            "localhost",
            "http://localhost",
            "https://localhost:1",
            "a:b",
            "a:0",
            "a:70000",
            ":1",
            "a/b:1",
            "u@a:1",
        ] {
            assert!(Address::read(url).unwrap_err().to_string().contains("http://HOST:PORT"), "{url}");
        }
    }

    #[test]
    fn a_stranger_is_not_a_scheduler() {
        for said in
            ["HTTP/1.1 200 OK\r\nserver: nginx\r\n\r\n", "HTTP/1.1 404 Not Found\r\nserver: ballista/55\r\n\r\n", ""]
        {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = Address { host: "127.0.0.1".to_owned(), port: listener.local_addr().unwrap().port() };
            let answering = spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0; 1_024];
                let _ = stream.read(&mut request).unwrap();
                stream.write_all(said.as_bytes()).unwrap();
            });
            let found = address.wait_for_workers(Duration::from_secs(9));
            assert!(matches!(found, Err(ClusterError::NotAScheduler { .. })), "{found:?}");
            answering.join().unwrap();
        }
    }
}
