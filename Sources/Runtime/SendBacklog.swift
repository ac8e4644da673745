import CCurl

/// Chunks that wait to be written.
///
/// OpenSSL wants a write that it could not do again with the same memory, so chunks are never
/// joined or moved.
struct SendBacklog {
    private var chunks: [[UInt8]] = []
    private var first = 0
    /// How much of the first chunk is written.
    private var offset = 0
    private(set) var count = 0

    mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        chunks.append(bytes)
        count += bytes.count
    }

    /// Calls `body` with what comes next, until it fails or nothing is left.
    mutating func write(
        _ body: (UnsafeRawBufferPointer, inout Int) -> CURLcode
    ) -> CURLcode {
        while first < chunks.count {
            var sent = 0
            let code = chunks[first].withUnsafeBytes { chunk in
                body(UnsafeRawBufferPointer(rebasing: chunk[offset...]), &sent)
            }
            guard code == CURLE_OK else { return code }
            count -= sent
            offset += sent
            if offset == chunks[first].count {
                offset = 0
                chunks[first] = []
                first += 1
            }
        }
        chunks.removeAll(keepingCapacity: true)
        first = 0
        return CURLE_OK
    }
}
