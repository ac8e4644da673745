import Foundation
import Glibc
import Synchronization

/// A server on loopback with blocking sockets, whose every connection runs a script on a thread.
///
/// It shares no code with what it tests. Reads give up after thirty seconds, so that no test hangs.
final class ScriptedServer: Sendable {
    let port: Int
    private let listener: Int32
    private let accepted = Mutex(0)

    /// Connections so far.
    var connections: Int { accepted.withLock { $0 } }

    init(_ script: @escaping @Sendable (Peer) -> Void) throws {
        (listener, port) = try Self.listen(backlog: 512)
        let listener = listener
        Thread.detachNewThread { [weak self] in
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { break }
                self?.accepted.withLock { $0 += 1 }
                Thread.detachNewThread {
                    let peer = Peer(descriptor)
                    script(peer)
                    peer.close()
                }
            }
            Glibc.close(listener)
        }
    }

    /// Wakes the accepting thread, which closes the listener.
    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    static func listen(backlog: Int32) throws -> (listener: Int32, port: Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard bind(listener, generic, length) == 0 else { return Int32(-1) }
                guard Glibc.listen(listener, backlog) == 0 else { return -1 }
                return getsockname(listener, generic, &length)
            }
        }
        guard listener >= 0, result == 0 else { throw CocoaError(.fileReadUnknown) }
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }
}

/// The server's end of one connection.
final class Peer: Sendable {
    private let descriptor: Int32
    private let isClosed = Mutex(false)

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_RCVTIMEO,
            &patience,
            socklen_t(MemoryLayout<timeval>.size)
        )
        var yes: Int32 = 1
        setsockopt(
            descriptor,
            Int32(IPPROTO_TCP),
            TCP_NODELAY,
            &yes,
            socklen_t(MemoryLayout<Int32>.size)
        )
    }

    /// Some bytes, or none when the connection ended.
    func read(upTo count: Int = 65536) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let got = recv(descriptor, &buffer, count, 0)
        return Array(buffer.prefix(max(0, got)))
    }

    func read(exactly count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = read(upTo: count - bytes.count)
            if more.isEmpty { break }
            bytes += more
        }
        return bytes
    }

    /// A head byte by byte, or nil when the connection ended.
    func readHead() -> String? {
        var bytes: [UInt8] = []
        while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            let byte = read(upTo: 1)
            if byte.isEmpty { return nil }
            bytes += byte
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A request with the body that its head declares.
    func readRequest() -> (head: String, body: [UInt8])? {
        guard let head = readHead() else { return nil }
        let length = Self.field("content-length", in: head).flatMap { Int($0) } ?? 0
        return (head, read(exactly: length))
    }

    static func field(_ name: String, in head: String) -> String? {
        head.components(separatedBy: "\r\n").first { $0.lowercased().hasPrefix(name + ":") }
            .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
    }

    func write(_ bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                send(
                    descriptor,
                    buffer.baseAddress?.advanced(by: sent),
                    bytes.count - sent,
                    Int32(MSG_NOSIGNAL)
                )
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    func write(_ text: String) { write(text.utf8) }

    /// An answer with its length, and what else belongs into its head.
    func answer(_ status: String = "200 OK", _ fields: String = "", body: String = "") {
        write("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)")
    }

    func finishWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Closes with RST instead of FIN.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_LINGER,
            &linger,
            socklen_t(MemoryLayout.size(ofValue: linger))
        )
        close()
    }

    func close() {
        isClosed.withLock { closed in
            if !closed { Glibc.close(descriptor) }
            closed = true
        }
    }
}

/// A port at which nothing is ever answered: a listener with a full backlog.
final class SilentAddress {
    let port: Int
    private var descriptors: [Int32] = []

    init() throws {
        let (listener, port) = try ScriptedServer.listen(backlog: 0)
        self.port = port
        descriptors = [listener]
        for _ in 1...8 {
            let filler = socket(
                AF_INET,
                Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue),
                0
            )
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    _ = connect(filler, generic, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            descriptors.append(filler)
        }
    }

    deinit { for descriptor in descriptors { close(descriptor) } }
}

/// A port that was free a moment ago: connecting to it is refused.
func closedPort() throws -> Int {
    let (listener, port) = try ScriptedServer.listen(backlog: 1)
    close(listener)
    return port
}
