import CLinux
import Glibc

/// Sends requests on many connections that stay open, each the next one when it has its answer.
///
/// One thread under one epoll descriptor, so that it takes little of what it measures.
final class LoadClient {
    /// What came of a run.
    struct Outcome {
        var answers = 0
        /// Answers by their status.
        var statuses: [Int: Int] = [:]
        /// The numbers of the requests that were answered with 503.
        var overloaded: [Int] = []
        /// Seconds from first to last.
        var elapsed = 0.0
        /// Seconds of the answer that took longest.
        var slowest = 0.0

        /// Those that are not 2xx.
        var refused: Int { statuses.filter { $0.key / 100 != 2 }.values.reduce(0, +) }
    }

    private struct Connection {
        var descriptor: Int32
        var length = 0
        var number = 0
        var sentAt = 0.0
    }

    private static let bufferSize = 64 * 1_024
    private static let patience = 30.0

    private let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    private var connections: [Connection] = []
    private let buffers: UnsafeMutablePointer<UInt8>
    private let port: UInt16
    private let request: (Int) -> [UInt8]
    private var number = 0
    /// The body of the last answer.
    private(set) var lastBody: [UInt8] = []
    /// The whole last answer.
    private(set) var lastAnswer: [UInt8] = []

    /// Connects; `request` makes the bytes of the request of a number, counted from 0.
    init(port: UInt16, connections count: Int, _ request: @escaping (Int) -> [UInt8]) throws {
        self.port = port
        self.request = request
        buffers = .allocate(capacity: count * Self.bufferSize)
        for index in 0..<count {
            let descriptor = try Socket.connected(to: port)
            connections.append(Connection(descriptor: descriptor))
            Socket.watch(descriptor, on: epoll, as: UInt64(index))
        }
    }

    deinit {
        for connection in connections { close(connection.descriptor) }
        close(epoll)
        buffers.deallocate()
    }

    /// Runs until `total` more answers are there.
    @discardableResult
    func run(_ total: Int) throws -> Outcome {
        var outcome = Outcome()
        let start = Clock.seconds
        var unsent = total
        for index in connections.indices where unsent > 0 {
            try send(on: index)
            unsent -= 1
        }
        var events = [epoll_event](repeating: epoll_event(), count: 128)
        while outcome.answers < total {
            let count = epoll_wait(epoll, &events, 128, Int32(Self.patience * 1e3))
            guard count > 0 else { throw Child.Failed("no answer in \(Self.patience) s") }
            for event in events[..<Int(count)] {
                let index = Int(event.data.u64)
                guard let status = try receive(on: index) else { continue }
                outcome.answers += 1
                outcome.statuses[status, default: 0] += 1
                if status == 503 { outcome.overloaded.append(connections[index].number) }
                outcome.slowest = max(outcome.slowest, Clock.seconds - connections[index].sentAt)
                guard unsent > 0 else { continue }
                try send(on: index)
                unsent -= 1
            }
        }
        outcome.elapsed = Clock.seconds - start
        return outcome
    }

    private func send(on index: Int) throws {
        let bytes = request(number)
        connections[index].number = number
        number += 1
        connections[index].sentAt = Clock.seconds
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.send(
                    connections[index].descriptor,
                    buffer.baseAddress?.advanced(by: offset),
                    buffer.count - offset,
                    Int32(MSG_NOSIGNAL)
                )
            }
            guard count > 0 else { throw Child.Failed("send: errno \(errno)") }
            offset += count
        }
    }

    /// The status of the answer, once it is whole.
    private func receive(on index: Int) throws -> Int? {
        let start = buffers + index * Self.bufferSize
        let length = connections[index].length
        guard length < Self.bufferSize else { return try receiveLong(on: index) }
        let count = recv(
            connections[index].descriptor,
            start + length,
            Self.bufferSize - length,
            0
        )
        guard count > 0 else { throw Child.Failed("the server closed: errno \(errno)") }
        let bytes = UnsafeBufferPointer(start: start, count: length + count)
        connections[index].length += count
        guard let head = Answer.head(of: bytes) else { return nil }
        guard head.length + head.body <= bytes.count else {
            return head.length + head.body > Self.bufferSize ? try receiveLong(on: index) : nil
        }
        try finish(index, bytes, head)
        return head.status
    }

    /// Reads the rest of an answer that is larger than the buffer, however long it takes.
    private func receiveLong(on index: Int) throws -> Int? {
        let start = buffers + index * Self.bufferSize
        let descriptor = connections[index].descriptor
        var all = Array(UnsafeBufferPointer(start: start, count: connections[index].length))
        guard let head = all.withUnsafeBufferPointer(Answer.head) else {
            throw Child.Failed("the head of an answer is too long")
        }
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while all.count < head.length + head.body {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { throw Child.Failed("the server closed: errno \(errno)") }
            all += chunk[..<count]
        }
        try all.withUnsafeBufferPointer { try finish(index, $0, head) }
        return head.status
    }

    /// A server may end a connection after so many requests.
    private func reconnect(_ index: Int) throws {
        close(connections[index].descriptor)
        connections[index].descriptor = try Socket.connected(to: port)
        Socket.watch(connections[index].descriptor, on: epoll, as: UInt64(index))
    }

    private func finish(
        _ index: Int,
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ head: Answer
    ) throws {
        connections[index].length = 0
        if head.closes { try reconnect(index) }
        guard connections.count == 1 else { return }
        lastAnswer = Array(bytes)
        lastBody = Array(bytes[head.length..<(head.length + head.body)])
    }
}

/// The head of an answer with a Content-Length.
struct Answer {
    var status: Int
    /// Bytes of the head with its blank line, and of the body.
    var length: Int
    var body: Int
    /// Whether the server ends the connection after it.
    var closes: Bool

    static func head(of bytes: UnsafeBufferPointer<UInt8>) -> Answer? {
        guard let blank = place(of: "\r\n\r\n", in: bytes[...]) else { return nil }
        let length = blank + 4
        let status = bytes[9..<12].reduce(0) { $0 * 10 + Int($1) - 0x30 }
        var body = 0
        let name: StaticString = "\r\nContent-Length: "
        if let field = place(of: name, in: bytes[..<length]) {
            var index = field + name.utf8CodeUnitCount
            while case let digit = Int(bytes[index]) - 0x30, (0...9).contains(digit) {
                body = body * 10 + digit
                index += 1
            }
        }
        let closes = place(of: "\r\nConnection: close", in: bytes[..<length]) != nil
        return Answer(status: status, length: length, body: body, closes: closes)
    }

    private static func place(
        of text: StaticString,
        in bytes: Slice<UnsafeBufferPointer<UInt8>>
    ) -> Int? {
        let count = text.utf8CodeUnitCount
        guard bytes.count >= count else { return nil }
        return (bytes.startIndex...(bytes.endIndex - count)).first { start in
            (0..<count).allSatisfy { bytes[start + $0] == text.utf8Start[$0] }
        }
    }
}

enum Socket {
    /// A connection to a port of this machine.
    static func connected(to port: UInt16) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, size)
            }
        }
        guard result == 0 else { throw Child.Failed("connect to \(port): errno \(errno)") }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        return descriptor
    }

    /// A port that nobody listens on.
    static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(descriptor, raw, size) == 0 && getsockname(descriptor, raw, &size) == 0
            }
        }
        guard result else { throw Child.Failed("no free port: errno \(errno)") }
        return UInt16(bigEndian: address.sin_port)
    }

    static func watch(_ descriptor: Int32, on epoll: Int32, as number: UInt64) {
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u64: number))
        epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)
    }
}
