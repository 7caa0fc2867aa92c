//! A lease on a data folder: held while the process lives, free the moment it is gone, however it went.

use std::fs::{File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;

use pipeline_core::error::Context as _;
use pipeline_core::{Error, ErrorKind, Result};

/// A held lease; dropping it frees it.
#[derive(Debug)]
pub struct FileLease {
    _file: File,
}

impl FileLease {
    /// Takes the lease at `path` for `holder`, a text that others are shown.
    ///
    /// # Errors
    /// `Lease` when another process holds it, `Unavailable` when the file cannot be opened.
    pub fn take(path: &Path, holder: &str) -> Result<Self> {
        let failed = || format!("cannot open lease {}", path.display());
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .context(ErrorKind::Unavailable, failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut other = String::new();
                // Who holds it is shown as a kindness; not knowing is no failure of its own.
                let _ = file.read_to_string(&mut other);
                return Err(Error::new(ErrorKind::Lease, format!("another run holds the lease ({})", other.trim()))
                    .hint("wait for it to end; `waypost runs list` shows it"));
            }
            Err(TryLockError::Error(error)) => return Err(Error::unavailable(failed()).because(error)),
        }
        file.set_len(0).context(ErrorKind::Unavailable, failed)?;
        file.rewind().context(ErrorKind::Unavailable, failed)?;
        file.write_all(holder.as_bytes()).context(ErrorKind::Unavailable, failed)?;
        Ok(Self { _file: file })
    }
}
