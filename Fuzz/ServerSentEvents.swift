// Compiled together with Sources/Wire, in one module (scripts/fuzz.sh).

/// Reads any bytes as a stream of events, whole and in pieces, and writes what came out again.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzServerSentEvents(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let whole = parsed(bytes, piece: max(1, count))
    let split = parsed(bytes, piece: 1 + Int(bytes.first ?? 0) % 13)
    precondition(whole.items == split.items && whole.isTooLarge == split.isTooLarge)
    for case .event(let name, let data, let id) in whole.items { check(name, data, id) }
    checkForgery(bytes)
    return 0
}

private typealias Result = (items: [ServerSentEventParser.Item], isTooLarge: Bool)

private func parsed(_ bytes: [UInt8], piece: Int) -> Result {
    var parser = ServerSentEventParser(limit: 256)
    var result: Result = ([], false)
    for start in stride(from: 0, to: bytes.count, by: piece) {
        // An error takes the items of its call with it, so then only the error is compared.
        guard let items = try? parser.receive(bytes[start..<min(start + piece, bytes.count)])
        else { return ([], true) }
        result.items += items
    }
    return result
}

private func check(_ name: String, _ data: [UInt8], _ id: String) {
    guard ServerSentEvent.isField(name) else { return }  // a NUL is read, but not written
    let event = ServerSentEvent(id: id, name: name, data: data)
    let again = parsed(event.encoded(), piece: 64)
    guard !again.isTooLarge else { return }
    precondition(again.items == [.event(name: name, data: data, lastEventID: id)])
}

/// Whatever the data is, it is one event, and nothing of it is a field.
private func checkForgery(_ data: [UInt8]) {
    let event = ServerSentEvent(id: "id", name: "name", data: data)
    let again = parsed(event.encoded(), piece: 7)
    guard !again.isTooLarge else { return }
    precondition(again.items.count == 1)
    guard case .event("name", _, "id") = again.items[0] else {
        preconditionFailure("data became a field")
    }
}
