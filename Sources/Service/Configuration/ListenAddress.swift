import Glibc

/// An address and a port to listen on: `127.0.0.1:8333`, `[::1]:8333`, `0.0.0.0:0`.
package struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
    /// Without brackets.
    package var host: String
    /// 0 takes any free one.
    package var port: UInt16

    package static let standard = ListenAddress(host: "127.0.0.1", port: 8333)

    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...])
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            return nil
        }
        guard host == "localhost" || Self.isAddress(String(host)) else { return nil }
        self.init(host: String(host), port: port)
    }

    static func isAddress(_ text: String) -> Bool {
        var (address4, address6) = (in_addr(), in6_addr())
        return inet_pton(AF_INET, text, &address4) == 1 || inet_pton(AF_INET6, text, &address6) == 1
    }

    /// The address itself, for the kernel, which knows no names.
    package var address: String { host == "localhost" ? "127.0.0.1" : host }

    /// Where a program on this machine reaches it.
    package var localAddress: String {
        switch host {
        case "0.0.0.0": "127.0.0.1"
        case "::": "::1"
        default: address
        }
    }

    /// Whether only this machine can reach it.
    package var isLoopback: Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }

    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
