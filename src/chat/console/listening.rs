//! The socket file: made privately, put in its place at once, taken away at the end.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::net::{UnixListener, UnixStream};

/// How long somebody who listens there may take to show it.
const PROBED: Duration = Duration::from_secs(2);

/// Who may open the socket. Who then may do what is another question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Admits {
    /// The user the bot runs as, and root: mode 0600.
    #[default]
    Owner,
    /// The group of the bot too: mode 0660.
    Group,
}

/// Where to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Socket {
    /// The socket file. Its folder is made with mode 0700 (0750 for [`Admits::Group`]) if it is not there.
    pub path: PathBuf,
    /// Who may open it.
    pub admits: Admits,
}

/// Why there is no socket.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// Another bot has it.
    #[error("another bot listens at {0}")]
    Taken(PathBuf),
    /// Something that is no socket is there; it is left alone.
    #[error("{0} is there and is no socket")]
    NotASocket(PathBuf),
    /// Somebody else could put another socket in its place.
    #[error("others than its owner may write to the folder {0}")]
    OpenFolder(PathBuf),
    /// What stands where the lock belongs leads elsewhere.
    #[error("{0} is no file of its own")]
    NotALock(PathBuf),
    /// The file system said no.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

/// A socket that is listened at. The file goes when this is dropped.
#[derive(Debug)]
pub struct Listening {
    pub(super) listener: UnixListener,
    path: PathBuf,
    inode: u64,
    /// Held as long as the socket is ours.
    _lock: File,
}

impl Listening {
    /// Listens. A socket file that nobody listens at any more is replaced.
    ///
    /// # Errors
    /// If it cannot be had safely.
    pub async fn bind(socket: &Socket) -> Result<Self, SocketError> {
        let folder = folder(socket)?;
        let lock = lock(&socket.path)?;
        free(&socket.path).await?;
        // Bound in a folder of our own and then moved: it never stands in its place with a mode that is too wide.
        let private = Private::new(&folder)?;
        let made = private.0.join("s");
        let listener = UnixListener::bind(&made).map_err(at(&made))?;
        let mode = match socket.admits {
            Admits::Owner => 0o600,
            Admits::Group => 0o660,
        };
        fs::set_permissions(&made, Permissions::from_mode(mode)).map_err(at(&made))?;
        let inode = fs::symlink_metadata(&made).map_err(at(&made))?.ino();
        fs::rename(&made, &socket.path).map_err(at(&socket.path))?;
        Ok(Self { listener, path: socket.path.clone(), inode, _lock: lock })
    }

    /// Where.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let ours = fs::symlink_metadata(&self.path).is_ok_and(|found| found.ino() == self.inode);
        if ours {
            // Nothing to be done about a failure: the next start finds that nobody answers.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A folder that only we may enter, gone with the value.
struct Private(PathBuf);

impl Private {
    fn new(within: &Path) -> Result<Self, SocketError> {
        let path = within.join(format!(".{:08x}", rand::random::<u32>()));
        DirBuilder::new().mode(0o700).create(&path).map_err(at(&path))?;
        Ok(Self(path))
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> SocketError {
    let path = path.to_owned();
    |source| SocketError::Io { path, source }
}

fn folder(socket: &Socket) -> Result<PathBuf, SocketError> {
    let folder = match socket.path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mode = match socket.admits {
        Admits::Owner => 0o700,
        Admits::Group => 0o750,
    };
    DirBuilder::new().recursive(true).mode(mode).create(folder).map_err(at(folder))?;
    let found = fs::metadata(folder).map_err(at(folder))?.mode();
    let (writable_by_others, sticky) = (found & 0o022 != 0, found & 0o1000 != 0);
    if writable_by_others && !sticky {
        return Err(SocketError::OpenFolder(folder.to_owned()));
    }
    Ok(folder.to_owned())
}

/// Two that start at once do not take each other's socket for a stale one.
fn lock(path: &Path) -> Result<File, SocketError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let file =
        OpenOptions::new().create(true).write(true).truncate(false).mode(0o600).open(&name).map_err(at(&name))?;
    let opened = file.metadata().map_err(at(&name))?;
    let stands = fs::symlink_metadata(&name).map_err(at(&name))?;
    if !stands.is_file() || (stands.dev(), stands.ino()) != (opened.dev(), opened.ino()) {
        return Err(SocketError::NotALock(name));
    }
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(SocketError::Taken(path.to_owned())),
        Err(fs::TryLockError::Error(source)) => Err(SocketError::Io { path: name, source }),
    }
}

/// Makes sure that nobody listens at the path, and that nothing but a socket would be replaced.
async fn free(path: &Path) -> Result<(), SocketError> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(SocketError::Io { path: path.to_owned(), source }),
    };
    if !found.file_type().is_socket() {
        return Err(SocketError::NotASocket(path.to_owned()));
    }
    match tokio::time::timeout(PROBED, UnixStream::connect(path)).await {
        Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
        Ok(Err(error)) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        // Who does not answer in time is busy, not gone.
        Ok(Ok(_)) | Err(_) => Err(SocketError::Taken(path.to_owned())),
        Ok(Err(source)) => Err(SocketError::Io { path: path.to_owned(), source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn socket(folder: &tempfile::TempDir) -> Socket {
        Socket { path: folder.path().join("run").join("bot.sock"), admits: Admits::Owner }
    }

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).unwrap().mode() & 0o7777
    }

    #[tokio::test]
    async fn it_is_private_and_goes_with_us() {
        let folder = tempfile::tempdir().unwrap();
        let socket = socket(&folder);
        let listening = Listening::bind(&socket).await.unwrap();
        assert_eq!(mode(&socket.path), 0o600);
        assert_eq!(mode(socket.path.parent().unwrap()), 0o700);
        assert!(UnixStream::connect(&socket.path).await.is_ok());
        let entries = |path: &Path| fs::read_dir(path).unwrap().count();
        assert_eq!(entries(socket.path.parent().unwrap()), 2, "the socket and its lock");
        drop(listening);
        assert!(!socket.path.exists());
        let for_group = Socket { admits: Admits::Group, ..socket };
        let _listening = Listening::bind(&for_group).await.unwrap();
        assert_eq!(mode(&for_group.path), 0o660);
    }

    #[tokio::test]
    async fn a_stale_socket_is_replaced_and_a_living_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let socket = socket(&folder);
        let first = Listening::bind(&socket).await.unwrap();
        assert!(matches!(Listening::bind(&socket).await, Err(SocketError::Taken(_))));
        drop(first);
        drop(std::os::unix::net::UnixListener::bind(&socket.path).unwrap());
        assert!(socket.path.exists(), "as after a crash");
        drop(Listening::bind(&socket).await.unwrap());
        let living = std::os::unix::net::UnixListener::bind(&socket.path).unwrap();
        let without_lock = Listening::bind(&socket).await;
        assert!(matches!(without_lock, Err(SocketError::Taken(_))), "somebody answers who has no lock");
        drop(living);
    }

    #[tokio::test]
    async fn what_is_no_socket_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("precious");
        fs::write(&path, "data").unwrap();
        let socket = Socket { path: path.clone(), admits: Admits::Owner };
        assert!(matches!(Listening::bind(&socket).await, Err(SocketError::NotASocket(_))));
        assert_eq!(fs::read_to_string(path).unwrap(), "data");
    }

    #[tokio::test]
    async fn a_folder_open_to_all_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
        let socket = Socket { path: folder.path().join("bot.sock"), admits: Admits::Owner };
        assert!(matches!(Listening::bind(&socket).await, Err(SocketError::OpenFolder(_))));
        fs::set_permissions(folder.path(), Permissions::from_mode(0o770)).unwrap();
        let to_a_group = Listening::bind(&socket).await;
        assert!(matches!(to_a_group, Err(SocketError::OpenFolder(_))), "one of the group could take its place");
        fs::set_permissions(folder.path(), Permissions::from_mode(0o1777)).unwrap();
        assert!(Listening::bind(&socket).await.is_ok());
    }

    #[tokio::test]
    async fn a_lock_that_leads_elsewhere_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (socket, elsewhere) = (socket(&folder), folder.path().join("elsewhere"));
        let run = socket.path.parent().unwrap();
        DirBuilder::new().mode(0o700).create(run).unwrap();
        fs::write(&elsewhere, "data").unwrap();
        std::os::unix::fs::symlink(&elsewhere, run.join("bot.sock.lock")).unwrap();
        assert!(matches!(Listening::bind(&socket).await, Err(SocketError::NotALock(_))));
        assert_eq!(fs::read_to_string(elsewhere).unwrap(), "data");
    }
}
