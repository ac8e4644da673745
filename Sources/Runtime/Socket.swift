import CLinux
import Glibc

/// The socket calls that the listener and its connections need, without their pointers.
enum Socket {
    /// An IPv4 or IPv6 address with a port, as the kernel wants it.
    struct Address {
        var storage = sockaddr_storage()
        var length = socklen_t(0)

        /// Takes the numeric form only: a name would have to be looked up, and that blocks.
        init?(_ text: String, port: UInt16) {
            var four = sockaddr_in()
            var six = sockaddr_in6()
            if inet_pton(AF_INET, text, &four.sin_addr) == 1 {
                four.sin_family = sa_family_t(AF_INET)
                four.sin_port = port.bigEndian
                set(four)
            } else if inet_pton(AF_INET6, text, &six.sin6_addr) == 1 {
                six.sin6_family = sa_family_t(AF_INET6)
                six.sin6_port = port.bigEndian
                set(six)
            } else {
                return nil
            }
        }

        init(_ fill: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32) {
            var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let result = withUnsafeMutablePointer(to: &storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { fill($0, &size) }
            }
            length = result == 0 ? size : 0
        }

        private mutating func set<T>(_ value: T) {
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: value, as: T.self) }
            length = socklen_t(MemoryLayout<T>.size)
        }

        private func view<T>(as type: T.Type) -> T {
            withUnsafeBytes(of: storage) { $0.load(as: type) }
        }

        var family: Int32 { Int32(storage.ss_family) }

        var port: UInt16 {
            let number =
                family == AF_INET
                ? view(as: sockaddr_in.self).sin_port : view(as: sockaddr_in6.self).sin6_port
            return UInt16(bigEndian: number)
        }

        /// The address without its port; an IPv4 one mapped into IPv6 as IPv4; empty if unknown.
        var host: String {
            guard length > 0 else { return "" }
            var text = [UInt8](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            let written = text.withUnsafeMutableBytes { buffer in
                let target = buffer.assumingMemoryBound(to: CChar.self).baseAddress
                if family == AF_INET {
                    var address = view(as: sockaddr_in.self).sin_addr
                    return inet_ntop(AF_INET, &address, target, socklen_t(buffer.count)) != nil
                }
                var address = view(as: sockaddr_in6.self).sin6_addr
                return inet_ntop(AF_INET6, &address, target, socklen_t(buffer.count)) != nil
            }
            guard written else { return "" }
            let host = String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
            return host.hasPrefix("::ffff:") && host.contains(".")
                ? String(host.dropFirst(7)) : host
        }

        func withPointer(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
            withUnsafePointer(to: storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
            }
        }
    }

    static func setOption(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    static func localAddress(of descriptor: Int32) -> Address {
        Address { getsockname(descriptor, $0, $1) }
    }

    /// A connection that was taken, and whose it is.
    struct Accepted {
        let descriptor: Int32
        let peer: Address
    }

    struct SystemError: Error {
        let code: Int32
    }

    /// Takes a connection that never blocks.
    static func accept(on listening: Int32) throws(SystemError) -> Accepted {
        var descriptor: Int32 = -1
        let peer = Address { address, length in
            descriptor = clinux_accept(listening, address, length)
            return descriptor < 0 ? -1 : 0
        }
        guard descriptor >= 0 else { throw SystemError(code: errno) }
        return Accepted(descriptor: descriptor, peer: peer)
    }

    /// Makes `close` send RST and forget what has not been sent.
    static func resetOnClose(_ descriptor: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_LINGER,
            &option,
            socklen_t(MemoryLayout<linger>.size)
        )
    }

    /// Opens a listening socket that never blocks.
    static func listen(
        _ text: String,
        port: UInt16,
        backlog: Int32
    ) throws(ListenerError) -> Int32 {
        guard let address = Address(text, port: port) else { throw .notAnAddress(text) }
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, type, 0)
        guard descriptor >= 0 else { throw .failed(address: text, port: port, code: errno) }
        setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        if address.withPointer({ bind(descriptor, $0, $1) }) == 0,
            Glibc.listen(descriptor, backlog) == 0
        {
            return descriptor
        }
        let code = errno
        close(descriptor)
        switch code {
        case EADDRINUSE: throw .inUse(address: text, port: port)
        case EACCES, EPERM: throw .notPermitted(address: text, port: port)
        case EADDRNOTAVAIL: throw .notAvailable(address: text)
        default: throw .failed(address: text, port: port, code: code)
        }
    }
}
