/// Why the program cannot listen, and what to do about it.
package enum ListenerError: Error, Equatable, Sendable {
    case notAnAddress(String)
    case inUse(address: String, port: UInt16)
    case notPermitted(address: String, port: UInt16)
    case notAvailable(address: String)
    case failed(address: String, port: UInt16, code: Int32)
}

extension ListenerError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notAnAddress(let text):
            "'\(text)' is not an IP address; use one such as 127.0.0.1, 0.0.0.0 or ::1"
        case .inUse(let address, let port):
            "port \(port) on \(address) is in use; stop the program that uses it, or choose "
                + "another port (0 takes any free port)"
        case .notPermitted(let address, let port):
            "no permission to open port \(port) on \(address); choose a port above 1023, or give the "
                + "program CAP_NET_BIND_SERVICE"
        case .notAvailable(let address):
            "this machine has no address \(address); use 127.0.0.1, or 0.0.0.0 for all addresses"
        case .failed(let address, let port, let code):
            "listening on port \(port) of \(address) failed with error \(code)"
        }
    }
}
