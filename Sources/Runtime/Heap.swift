import CLinux

/// What the C library keeps of the memory that is free.
package enum Heap {
    /// Bytes from which on a block is mapped by itself, or the free end of the heap given back.
    ///
    /// Less would have each large answer pay for new pages.
    private static let keptBytes: Int32 = 4 * 1024 * 1024

    /// Keeps what is free small: to be called before there are threads.
    ///
    /// Each thread has an arena otherwise, and what one has freed no other uses; and after the
    /// first large block that is freed, blocks as large are never given back.
    package static func configure() {
        // Refused by a C library of another kind, which then does as it likes.
        _ = mallopt(M_ARENA_MAX, 1)
        _ = mallopt(M_MMAP_THRESHOLD, keptBytes)
        _ = mallopt(M_TRIM_THRESHOLD, keptBytes)
    }

    /// Gives back what is free: after something that took much memory for a moment.
    package static func trim() { _ = malloc_trim(0) }
}
