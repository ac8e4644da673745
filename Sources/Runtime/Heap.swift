import CLinux

/// What the C library keeps of the memory that is free.
package enum Heap {
    /// Bytes from which on a block is mapped by itself, or the free end of the heap given back.
    ///
    /// Less would have each large answer pay for new pages.
    private static let keptBytes: Int32 = 4 * 1024 * 1024

    /// Arenas, of which each thread takes one.
    ///
    /// With one alone the loop and the store's queue wait for each other; what is free in one, no
    /// other uses.
    private static let arenas: Int32 = 4

    /// Keeps what is free small: to be called before there are threads.
    ///
    /// After the first large block that is freed, blocks as large are never given back otherwise.
    package static func configure() {
        // Refused by a C library of another kind, which then does as it likes.
        _ = mallopt(M_ARENA_MAX, arenas)
        _ = mallopt(M_MMAP_THRESHOLD, keptBytes)
        _ = mallopt(M_TRIM_THRESHOLD, keptBytes)
    }

    /// Gives back what is free: after something that took much memory for a moment.
    package static func trim() { _ = malloc_trim(0) }
}
