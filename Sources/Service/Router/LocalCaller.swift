import Wire

/// Who may call without a token: programs of this machine, and no page of the web.
///
/// A browser here would carry out requests of any page that names this address. It says whose page
/// that is in `Origin`, and by which name it came in `Host`, which a page that renames itself to
/// 127.0.0.1 cannot change.
enum LocalCaller {
    static func check(_ request: Request) throws(Problem) {
        if let host = request.headers["Host"], !isHere(host[...]) {
            throw refusal("Host: \(host)")
        }
        guard let origin = request.headers["Origin"] else { return }
        guard let slashes = origin.firstRange(of: "://"), isHere(origin[slashes.upperBound...])
        else { throw refusal("Origin: \(origin)") }
    }

    private static func refusal(_ header: String) -> Problem {
        Problem(
            .forbidden,
            "No token is configured, so only requests to localhost from this machine are allowed,"
                + " not one with \"\(header)\". Configure a token to allow others."
        )
    }

    /// Whether a host, with a port or without, is this machine's loopback.
    private static func isHere(_ authority: Substring) -> Bool {
        let host: Substring
        let rest: Substring
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            host = authority[..<end].dropFirst()
            rest = authority[end...].dropFirst()
        } else {
            host = authority.prefix { $0 != ":" }
            rest = authority.dropFirst(host.count)
        }
        guard rest.isEmpty || rest.hasPrefix(":") && rest.dropFirst().allSatisfy(\.isNumber)
        else { return false }
        let name = host.lowercased()
        return name == "localhost" || name == "::1"
            || name.hasPrefix("127.") && ListenAddress.isAddress(name)
    }
}
