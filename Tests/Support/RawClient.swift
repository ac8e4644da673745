import Glibc

/// A blocking TCP client on loopback that sends exactly the bytes it is given.
///
/// Every wait is bounded: after `patience` a read ends with what there is.
package final class RawClient: Sendable {
    private let descriptor: Int32

    /// Connects to 127.0.0.1; a client that could not reads and writes nothing.
    package init(port: UInt16, patience: Duration = .seconds(30)) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var limit = timeval(tv_sec: Int(patience.components.seconds), tv_usec: 0)
        limit.tv_usec = Int(patience.components.attoseconds / 1_000_000_000_000)
        setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_RCVTIMEO,
            &limit,
            socklen_t(MemoryLayout<timeval>.size)
        )
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    deinit { close(descriptor) }

    package func send(_ text: String) { send(Array(text.utf8)) }

    package func send(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            var sent = 0
            while sent < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[sent...])
                let count = Glibc.send(
                    descriptor,
                    rest.baseAddress,
                    rest.count,
                    Int32(MSG_NOSIGNAL)
                )
                guard count > 0 else { return }
                sent += count
            }
        }
    }

    /// Closes this client's side; the other one may go on.
    package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Closes with a RST.
    package func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_LINGER,
            &option,
            socklen_t(MemoryLayout<linger>.size)
        )
        var nobody = sockaddr()
        nobody.sa_family = sa_family_t(AF_UNSPEC)
        connect(descriptor, &nobody, socklen_t(MemoryLayout<sockaddr>.size))
    }

    /// Makes the kernel hold little for a reader that does not read.
    package func shrinkReceiveBuffer(to bytes: Int32) {
        var bytes = bytes
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, 4)
    }

    /// What comes next, at most `limit` bytes; empty at the end of input or of patience.
    package func read(atMost limit: Int = 65_536) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = recv(descriptor, &bytes, limit, 0)
        return count > 0 ? Array(bytes[..<count]) : []
    }

    /// Whether something can be read, the end included, before `patience` is over.
    package func isReadable(within patience: Duration) -> Bool {
        var wish = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&wish, 1, patience.inPollMilliseconds) > 0
    }

    /// Everything until the other side closes.
    package func readToEnd() -> String { String(decoding: readAll(), as: UTF8.self) }

    /// The same as bytes.
    package func readAll() -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let bytes = read()
            guard !bytes.isEmpty else { return all }
            all += bytes
        }
    }

    /// Reads until what has come contains `mark`, or nothing comes any more.
    package func read(until mark: String) -> String {
        var all = ""
        while !all.contains(mark) {
            let bytes = read()
            guard !bytes.isEmpty else { break }
            all += String(decoding: bytes, as: UTF8.self)
        }
        return all
    }

    /// Whether the connection is closed or broken by the other side, within the patience.
    package func isClosed() -> Bool {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, 0)
        return count == 0 || count < 0 && errno != EAGAIN
    }
}
