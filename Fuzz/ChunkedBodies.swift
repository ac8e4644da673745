// Compiled together with Sources/Wire, in one module (scripts/fuzz.sh).

/// Takes any bytes as a body in chunks, whole and in pieces: both must say the same.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzChunkedBodies(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count >= 1 else { return 0 }
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    let bytes = Array(input.dropFirst())
    let whole = outcome(bytes, piece: max(1, bytes.count))
    precondition(outcome(bytes, piece: 1 + Int(input[0]) % 40) == whole)
    return 0
}

private struct Outcome: Equatable {
    var body: [UInt8] = []
    var isDone = false
    var consumed = 0
    var error: RequestError?
}

private func outcome(_ bytes: [UInt8], piece: Int) -> Outcome {
    var limits = HTTPLimits()
    limits.body = 100
    limits.chunkLine = 30
    limits.trailerBlock = 60
    limits.trailers = 3
    var decoder = ChunkedDecoder(limits: limits)
    var outcome = Outcome()
    var end = 0
    while end < bytes.count, !decoder.isDone {
        end = min(end + piece, bytes.count)
        let rest = Array(bytes[outcome.consumed..<end])
        do throws(RequestError) {
            outcome.consumed += try decoder.decode(rest.span, into: &outcome.body)
        } catch {
            // What came before the error depends on the pieces: nobody gets to see it.
            return Outcome(error: error)
        }
        precondition(outcome.body.count <= limits.body)
    }
    outcome.isDone = decoder.isDone
    return outcome
}
