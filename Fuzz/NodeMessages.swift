// Compiled together with Sources/Wire and Sources/Lavalink, as one module named Wire.

/// Reads any bytes as everything that a node sends, and checks that a message survives being written.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzNodeMessage(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    _ = NodeErrorAnswer(status: 404, body: bytes)
    // No JSON: nothing more to read.
    guard let value = try? JSONDocument(parsing: bytes).root else { return 0 }
    checkAnswers(value)
    // A refusal is a fine outcome.
    if let message = try? NodeMessage(value) {
        guard let again = try? NodeMessage(parsing: message.bytes) else {
            preconditionFailure("a message was written that cannot be read")
        }
        precondition(again.bytes == message.bytes)
    }
    return 0
}

private func checkAnswers(_ value: JSONValue) {
    // Whatever can be read must not trap; refusals are fine.
    _ = try? LoadResult(value)
    _ = try? [NodePlayer](value)
    _ = try? NodeInfo(value)
    _ = try? SessionSettings(value)
    guard let filters = try? Filters(checking: value, at: "/filters") else { return }
    precondition(filters.matches(reported: filters.raw))
    precondition(filters.playbackRate > 0 && filters.playbackRate.isFinite)
    _ = Filters.none.matches(reported: value.raw)
}
