/// What is written to a connection and what the kernel has not taken of it yet.
///
/// The part that was sent is dropped in time: a reader that always leaves something pending must
/// not make the buffer grow.
package struct OutputBuffer {
    /// A sent part smaller than this is not worth a move of the rest.
    package static let smallestDropped = 64 * 1_024

    private var bytes: [UInt8] = []
    /// Where in `bytes` the pending part begins.
    private var start = 0

    package init() {}

    package var count: Int { bytes.count - start }

    package var isEmpty: Bool { bytes.count == start }

    /// Bytes of memory that are held, whatever is in them.
    package var capacity: Int { bytes.capacity }

    package mutating func append(contentsOf new: some Collection<UInt8>) {
        bytes.append(contentsOf: new)
    }

    /// Lets `body` append; it must not touch what is there already.
    package mutating func write(_ body: (inout [UInt8]) -> Void) { body(&bytes) }

    /// What is pending.
    package func withUnsafeBytes<Result>(
        _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    }

    /// Drops the first `count` pending bytes: the kernel has them.
    package mutating func drop(_ count: Int) {
        precondition(count <= self.count)
        start += count
        if isEmpty {
            bytes.removeAll(keepingCapacity: true)
            start = 0
        } else if start >= Self.smallestDropped, start >= self.count {
            // Never more is moved than was sent since the last time.
            bytes.removeFirst(start)
            start = 0
        }
    }

    /// Takes memory to write into from `spare`, unless it has some.
    package mutating func borrow(from spare: inout [UInt8]) {
        guard bytes.capacity == 0 else { return }
        swap(&bytes, &spare)
    }

    /// Parts with its memory when nothing is pending: gives it to `spare` if that has none and it
    /// is not larger than `limit`, and frees it otherwise.
    package mutating func release(to spare: inout [UInt8], limit: Int) {
        guard isEmpty, capacity > 0 else { return }
        if spare.capacity == 0, bytes.capacity <= limit {
            swap(&bytes, &spare)
        } else {
            bytes = []
        }
    }
}
