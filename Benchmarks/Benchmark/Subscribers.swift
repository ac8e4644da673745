import CLinux
import Dispatch
import Glibc
import Synchronization

/// Clients that read an event stream as fast as it comes, on a thread of their own.
final class Subscribers: Sendable {
    private let epoll: Int32
    private let descriptors: [Int32]
    private let counts = Counts()

    /// What the thread has read; the benchmark only looks at differences.
    private final class Counts: Sendable {
        let bytes = Atomic<Int>(0)
        let events = Atomic<Int>(0)
        let isOver = Atomic<Bool>(false)
        let hasEnded = Atomic<Bool>(false)
        /// Connections that the server closed.
        let closed = Atomic<Int>(0)
    }

    init(port: UInt16, count: Int, request: [UInt8]) throws {
        let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        var descriptors: [Int32] = []
        for index in 0..<count {
            let descriptor = try Socket.connected(to: port)
            descriptors.append(descriptor)
            guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) > 0 else {
                throw Child.Failed("send: errno \(errno)")
            }
            Socket.watch(descriptor, on: epoll, as: UInt64(index))
        }
        self.epoll = epoll
        self.descriptors = descriptors
        DispatchQueue(label: "subscribers").async { [self] in read() }
    }

    var bytes: Int { counts.bytes.load(ordering: .relaxed) }
    /// Blank lines, each of which ends an event; the head of the answer has one as well.
    var events: Int { counts.events.load(ordering: .relaxed) }
    var closed: Int { counts.closed.load(ordering: .relaxed) }

    /// Closes every connection, and waits for the thread.
    func end() {
        counts.isOver.store(true, ordering: .relaxed)
        _ = Clock.wait(upTo: 5) { counts.hasEnded.load(ordering: .relaxed) }
        for descriptor in descriptors { close(descriptor) }
        close(epoll)
    }

    private func read() {
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        var buffer = [UInt8](repeating: 0, count: 65_536)
        /// Whether the last byte of a connection was a line feed.
        var endsInLine = [Bool](repeating: false, count: descriptors.count)
        while !counts.isOver.load(ordering: .relaxed) {
            let ready = epoll_wait(epoll, &events, 256, 100)
            for event in events[..<Int(max(ready, 0))] {
                let index = Int(event.data.u64)
                let count = recv(descriptors[index], &buffer, buffer.count, 0)
                guard count > 0 else {
                    epoll_ctl(epoll, EPOLL_CTL_DEL, descriptors[index], nil)
                    counts.closed.add(1, ordering: .relaxed)
                    continue
                }
                counts.bytes.add(count, ordering: .relaxed)
                var found = 0
                var wasFeed = endsInLine[index]
                buffer.withUnsafeBufferPointer { bytes in
                    for place in 0..<count {
                        let isFeed = bytes[place] == 0x0a
                        if isFeed, wasFeed { found += 1 }
                        wasFeed = isFeed && !wasFeed
                    }
                }
                endsInLine[index] = wasFeed
                counts.events.add(found, ordering: .relaxed)
            }
        }
        counts.hasEnded.store(true, ordering: .relaxed)
    }
}
