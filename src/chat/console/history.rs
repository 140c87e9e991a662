//! The lines somebody typed before.

use crate::text::foreign::shown;
use reedline::FileBackedHistory;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Lines that are kept.
const MOST_LINES: usize = 1_000;
/// The longest line that is kept, in bytes.
const LONGEST: usize = 2_000;
/// A file larger than this is not ours; it is read no further.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// Where typed lines are usually kept: the state folder of the person, as XDG has it. None without a home.
#[must_use]
pub fn history_file() -> Option<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/state")))?;
    Some(state.join("signalbox").join("console-history"))
}

/// The lines of the file, from now on kept there; in memory only if the file cannot be used.
pub(super) fn open(file: Option<&Path>) -> Option<FileBackedHistory> {
    let kept = file.filter(|path| prepare(path).is_ok());
    let opened = kept.and_then(|path| FileBackedHistory::with_file(MOST_LINES, path.to_owned()).ok());
    opened.or_else(|| FileBackedHistory::new(MOST_LINES).ok())
}

/// Makes the file private, and throws out of it what would not be typed.
fn prepare(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let mut file = OpenOptions::new().create(true).truncate(false).read(true).write(true).mode(0o600).open(path)?;
    file.lock()?;
    fs::set_permissions(path, Permissions::from_mode(0o600))?;
    let before = read(&mut file)?;
    let lines: Vec<&str> = before.lines().filter(|line| is_typed(line)).collect();
    let newest = &lines[lines.len().saturating_sub(MOST_LINES)..];
    let after: String = newest.iter().flat_map(|line| [*line, "\n"]).collect();
    if after == before {
        return Ok(());
    }
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(after.as_bytes())
}

fn read(file: &mut File) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn is_typed(line: &str) -> bool {
    line.len() <= LONGEST && !line.contains('\u{fffd}') && shown(line, usize::MAX) == line
}

#[cfg(test)]
mod tests {
    use super::*;
    use reedline::{History, HistoryItem, SearchDirection, SearchQuery};
    use std::os::unix::fs::MetadataExt;

    fn lines(history: &FileBackedHistory) -> Vec<String> {
        let all = history.search(SearchQuery::everything(SearchDirection::Forward, None)).unwrap();
        all.into_iter().map(|one| one.command_line).collect()
    }

    #[test]
    fn lines_are_kept_privately() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state").join("history");
        let mut history = open(Some(&path)).unwrap();
        history.save(HistoryItem::from_command_line("/lag group:billing")).unwrap();
        drop(history);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().mode() & 0o777, 0o700);
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        assert_eq!(lines(&open(Some(&path)).unwrap()), ["/lag group:billing"]);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_nobody_typed_is_thrown_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history");
        let mut bytes = b"/help\n\x1b[2J\n\xff\xfe\n".to_vec();
        bytes.extend(vec![b'x'; LONGEST + 1]);
        bytes.extend(b"\n/whoami\n");
        fs::write(&path, bytes).unwrap();
        assert_eq!(lines(&open(Some(&path)).unwrap()), ["/help", "/whoami"]);
        let many: String = (0..3_000).map(|number| format!("/status operation:{number}\n")).collect();
        fs::write(&path, many).unwrap();
        let kept = lines(&open(Some(&path)).unwrap());
        assert_eq!((kept.len(), kept[0].as_str()), (MOST_LINES, "/status operation:2000"));
    }

    #[test]
    fn a_file_that_cannot_be_used_costs_only_the_memory() {
        let folder = tempfile::tempdir().unwrap();
        assert!(lines(&open(Some(folder.path())).unwrap()).is_empty());
        assert!(lines(&open(None).unwrap()).is_empty());
    }
}
