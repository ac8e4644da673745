// Compiled together with Sources/Wire, in one module (scripts/fuzz.sh).

/// Reads any bytes as frames of a peer, whole and in pieces, and checks that both say the same.
///
/// The first byte chooses the side and the size of the pieces.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzWebSocketFrames(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count > 0 else { return 0 }
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    let role = input[0] & 1 == 0 ? WebSocket.Role.client : .server
    let bytes = Array(input.dropFirst())
    let whole = decoded(bytes, piece: max(1, bytes.count), role)
    let split = decoded(bytes, piece: 1 + Int(input[0] >> 1) % 17, role)
    precondition(whole.messages == split.messages && whole.error == split.error)
    for message in whole.messages { check(message, role) }
    checkHandshake(bytes)
    return 0
}

private typealias Result = (messages: [WebSocket.Message], error: WebSocket.ProtocolError?)

private func decoded(_ bytes: [UInt8], piece: Int, _ role: WebSocket.Role) -> Result {
    let limits = WebSocket.Limits(messageBytes: 512, fragments: 8)
    var decoder = WebSocket.FrameDecoder(role: role, limits: limits)
    var result: Result = ([], nil)
    do throws(WebSocket.ProtocolError) {
        for start in stride(from: 0, to: bytes.count, by: piece) {
            decoder.append(bytes[start..<min(start + piece, bytes.count)])
            while let message = try decoder.next() { result.messages.append(message) }
        }
    } catch {
        result.error = error
    }
    return result
}

/// What was accepted is within the limits, and the same again after being written.
private func check(_ message: WebSocket.Message, _ role: WebSocket.Role) {
    let frame: WebSocket.Frame
    switch message {
    case .text(let bytes):
        precondition(bytes.count <= 512 && String(validating: bytes, as: UTF8.self) != nil)
        frame = WebSocket.Frame(.text, bytes)
    case .binary(let bytes): frame = WebSocket.Frame(.binary, bytes)
    case .ping(let bytes): frame = WebSocket.Frame(.ping, bytes)
    case .pong(let bytes): frame = WebSocket.Frame(.pong, bytes)
    case .close(let code, let reason): frame = .close(code: code, reason: reason)
    }
    let key = role == .server ? WebSocket.MaskingKey(0x9abc_def0) : nil
    let again = decoded(frame.encoded(mask: key), piece: 3, role)
    precondition(again.messages == [message] && again.error == nil)
}

/// The answer to an upgrade is a peer's as well: whole and byte by byte it means the same.
private func checkHandshake(_ bytes: [UInt8]) {
    precondition(outcome(bytes, piece: max(1, bytes.count)) == outcome(bytes, piece: 1))
}

private func outcome(_ bytes: [UInt8], piece: Int) -> String {
    do {
        var handshake = try WebSocket.ClientHandshake(
            host: "a",
            path: "/",
            headers: [],
            nonce: [UInt8](repeating: 1, count: 16)
        )
        for start in stride(from: 0, to: bytes.count, by: piece) {
            let outcome = try handshake.receive(bytes[start..<min(start + piece, bytes.count)])
            if let outcome { return describe(outcome) }
        }
        return describe(try handshake.finish())
    } catch {
        return "\(error)"
    }
}

private func describe(_ outcome: WebSocket.ClientHandshake.Outcome) -> String {
    switch outcome {
    case .opened(let headers, _): "opened \(headers)"  // the rest depends on the pieces
    case .refused(let status, let headers, let body): "\(status) \(headers) \(body)"
    }
}
