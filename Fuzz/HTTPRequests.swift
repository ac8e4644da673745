// Compiled together with Sources/Wire, in one module (scripts/fuzz.sh).

/// Reads any bytes as requests, whole and cut in two and byte by byte: all must say the same.
///
/// The first two bytes choose where the cut is.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzHTTPRequests(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count >= 2 else { return 0 }
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    let bytes = input[2...]
    let cut = bytes.startIndex + (Int(input[0]) << 8 | Int(input[1])) % (bytes.count + 1)
    let whole = outcome([bytes])
    precondition(outcome([bytes[..<cut], bytes[cut...]]) == whole)
    precondition(outcome(bytes.indices.map { bytes[$0...$0] }) == whole)
    return 0
}

private struct Outcome: Equatable {
    var requests: [String] = []
    var error: RequestError?
    var unused = 0
}

/// Limits that a short input can reach.
private let limits: HTTPLimits = {
    var limits = HTTPLimits()
    limits.requestLine = 200
    limits.headerBlock = 400
    limits.fields = 10
    limits.body = 100
    limits.chunkLine = 30
    limits.trailerBlock = 60
    limits.trailers = 3
    return limits
}()

private func outcome(_ pieces: [ArraySlice<UInt8>]) -> Outcome {
    var parser = RequestParser(limits: limits)
    var outcome = Outcome()
    do throws(RequestError) {
        for piece in pieces {
            parser.append(piece)
            try takeAll(from: &parser, into: &outcome)
        }
        outcome.unused = parser.unusedBytes
    } catch {
        precondition((400...505).contains(error.status) && !error.detail.isEmpty)
        outcome.error = error
    }
    return outcome
}

private func takeAll(
    from parser: inout RequestParser,
    into outcome: inout Outcome
) throws(RequestError) {
    while true {
        switch try parser.next() {
        case .needsMore: return
        case .expectsContinue: continue
        case .request(let request):
            check(request)
            outcome.requests.append("\(request)")
        }
    }
}

/// Nothing that another program could read differently may come through.
private func check(_ request: Request) {
    precondition(request.path == "*" || request.path.utf8.first == 0x2f)
    precondition(request.body.count <= limits.body)
    precondition(request.headers.count <= limits.fields)
    for (name, value) in request.headers.all {
        precondition(!name.isEmpty && !name.contains { $0.isWhitespace || $0 == ":" })
        precondition(!value.utf8.contains { $0 == 0 || $0 == 10 || $0 == 13 })
    }
    precondition(request.headers.values("Content-Length").count <= 1)
    precondition(
        request.headers["Content-Length"] == nil || request.headers["Transfer-Encoding"] == nil
    )
    precondition(request.minorVersion == 0 || request.headers.values("Host").count == 1)
    _ = Query(request.query)
}
