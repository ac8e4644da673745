import Wire

/// What a parser made of some bytes: the requests, and the error that ended it, if any.
struct HTTPOutcome: Equatable, CustomStringConvertible {
    var requests: [String] = []
    var error: RequestError?

    /// Feeds `pieces` one after the other.
    static func of(
        _ pieces: [ArraySlice<UInt8>],
        limits: HTTPLimits = .standard
    ) -> HTTPOutcome {
        var parser = RequestParser(limits: limits)
        var outcome = HTTPOutcome()
        for piece in pieces {
            parser.append(piece)
            do throws(RequestError) {
                while case .request(let request) = try parser.nextRequest() {
                    outcome.requests.append(summary(request))
                }
            } catch {
                outcome.error = error
                return outcome
            }
        }
        return outcome
    }

    static func of(_ text: String, limits: HTTPLimits = .standard) -> HTTPOutcome {
        of([Array(text.utf8)[...]], limits: limits)
    }

    /// The outcomes that differ from the one of the whole, with where the bytes were cut.
    static func differing(_ bytes: [UInt8], limits: HTTPLimits = .standard) -> [String] {
        let whole = of([bytes[...]], limits: limits)
        var found: [String] = []
        for cut in 0...bytes.count {
            let parted = of([bytes[..<cut], bytes[cut...]], limits: limits)
            if parted != whole { found.append("cut at \(cut): \(parted), whole: \(whole)") }
        }
        let single = of(bytes.indices.map { bytes[$0...$0] }, limits: limits)
        if single != whole { found.append("byte by byte: \(single), whole: \(whole)") }
        return found
    }

    private static func summary(_ request: Request) -> String {
        let query = request.query.map { "?\($0)" } ?? ""
        let fields = request.headers.all.map { "\($0.name)=\($0.value)" }.joined(separator: "|")
        let body = String(decoding: request.body, as: UTF8.self)
        let end = request.keepsAlive ? "" : " close"
        let line = "\(request.method) \(request.path)\(query) 1.\(request.minorVersion)\(end)"
        return "\(line) [\(fields)] \(body)"
    }

    var description: String { "\(requests) \(error.map { "\($0)" } ?? "no error")" }
}

extension RequestParser {
    /// The next request; going over the wish to be told to continue.
    mutating func nextRequest() throws(RequestError) -> Output {
        let output = try next()
        guard case .expectsContinue = output else { return output }
        return try next()
    }
}
