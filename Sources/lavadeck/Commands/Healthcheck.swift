import Glibc
import Service

/// `lavadeck healthcheck`: asks the service that this configuration describes whether it lives.
///
/// With `--ready` whether it can do its work. A node that is down is no reason to start this
/// program again, so that is not what a container asks.
///
/// For the HEALTHCHECK of a container, which has no curl: one blocking socket, one line of the
/// answer.
enum Healthcheck {
    /// Seconds for connecting, and again for the answer.
    private static let patience = 3

    static func run(_ flags: [String: String], _ environment: [String: String]) {
        // Other mistakes of the configuration are none of this command's business.
        let listen = Configuration.listenAddress(
            flags: flags,
            environment: environment,
            readFile: SystemFile.read
        )
        let path = flags["--ready"] == nil ? "/livez" : "/readyz"
        guard let status = status(of: path, at: listen) else {
            Program.fail("no answer from \(listen)", .failure)
        }
        guard status == 200 else {
            Program.fail("\(listen) answered GET \(path) with status \(status)", .failure)
        }
    }

    /// The status of a GET; nil when there is no answer.
    private static func status(of path: String, at listen: ListenAddress) -> Int? {
        let descriptor = connected(to: listen)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let request = "GET \(path) HTTP/1.1\r\nHost: \(listen)\r\nConnection: close\r\n\r\n"
        let bytes = Array(request.utf8)
        guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
        else { return nil }
        var answer = [UInt8](repeating: 0, count: 12)  // "HTTP/1.1 200"
        guard recv(descriptor, &answer, answer.count, Int32(MSG_WAITALL)) == answer.count
        else { return nil }
        return Int(String(decoding: answer[9...], as: UTF8.self))
    }

    private static func connected(to listen: ListenAddress) -> Int32 {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(listen.localAddress, "\(listen.port)", &hints, &found) == 0,
            let address = found
        else { return -1 }
        defer { freeaddrinfo(address) }
        let descriptor = socket(address.pointee.ai_family, address.pointee.ai_socktype, 0)
        guard descriptor >= 0 else { return -1 }
        var limit = timeval(tv_sec: patience, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        if connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 {
            return descriptor
        }
        close(descriptor)
        return -1
    }
}
