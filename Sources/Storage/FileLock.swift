import Glibc

/// Keeps a second Lavadeck away from a file, for as long as this value lives.
///
/// SQLite would let both write, and each would take the other's players for its own. The system
/// undoes the lock when the process ends, however it ends.
final class FileLock {
    private let descriptor: CInt

    /// Locks a file beside `path`; the file itself must not be opened, see `Inspection`.
    init(beside path: String) throws(StorageError) {
        let descriptor = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StorageError(cannotOpen: path, systemError: errno) }
        // A file system that knows no such locks is no reason to refuse it.
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
            close(descriptor)
            throw StorageError(.locked, path: path, message: "another Lavadeck uses it")
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
