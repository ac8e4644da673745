import Dispatch
import Service
import Synchronization
import Testing

@Suite("A log writer")
struct LogWriterTests {
    private final class Sink: Sendable {
        let lines = Mutex<[String]>([])
        let reached = DispatchSemaphore(value: 0)
        let gate = DispatchSemaphore(value: 0)

        func write(_ bytes: [UInt8]) {
            lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
        }
    }

    @Test("writes lines in the order of the calls")
    func order() {
        let sink = Sink()
        let writer = LogWriter(notice: { _ in [] }, write: { sink.write($0) })
        for number in 0..<100 { writer.take(Array("\(number)".utf8)) }
        writer.flush()
        #expect(sink.lines.withLock { $0.joined() } == (0..<100).map(String.init).joined())
    }

    @Test("gathers whole lines, as many as a pipe takes at once")
    func gathers() {
        let sink = Sink()
        let writer = LogWriter(notice: { _ in [] }, write: { sink.write($0) })
        let line = [UInt8](repeating: 0x61, count: 999) + [0x0a]
        for _ in 0..<10 { writer.take(line) }
        writer.take([UInt8](repeating: 0x62, count: 5_000) + [0x0a])
        writer.flush()
        let writes = sink.lines.withLock { $0 }
        #expect(writes.joined().utf8.count == 15_001)
        #expect(writes.allSatisfy { $0.hasSuffix("\n") })
        #expect(writes.allSatisfy { $0.utf8.count <= 4_096 || $0.hasPrefix("b") })
        #expect(writes.count < 11)
    }

    @Test("gathers more for a file, which nobody else writes lines into")
    func gathersForFile() {
        let sink = Sink()
        let writer = LogWriter(
            bytesPerWrite: LogWriter.bytesPerFileWrite,
            notice: { _ in [] },
            write: { sink.write($0) }
        )
        let line = [UInt8](repeating: 0x61, count: 999) + [0x0a]
        for _ in 0..<100 { writer.take(line) }
        writer.flush()
        let writes = sink.lines.withLock { $0 }
        #expect(writes.joined().utf8.count == 100_000)
        #expect(writes.allSatisfy { $0.hasSuffix("\n") })
        #expect(writes.allSatisfy { $0.utf8.count <= LogWriter.bytesPerFileWrite })
        #expect(writes.count < 25)
    }

    @Test("drops what exceeds the limit while nobody reads, and says how much")
    func drops() {
        let sink = Sink()
        let writer = LogWriter(
            notice: { Array("dropped \($0)".utf8) },
            write: { line in
                if line == [0x21] {
                    sink.reached.signal()
                    sink.gate.wait()
                }
                sink.write(line)
            }
        )
        writer.take([0x21])  // is held up, and all behind it
        sink.reached.wait()
        let large = [UInt8](repeating: 0x61, count: LogWriter.pendingLimit - 1)
        writer.take(large)
        writer.take(Array("too much".utf8))
        writer.take(Array("too much again".utf8))
        sink.gate.signal()
        writer.flush()
        writer.take(Array("after".utf8))
        writer.flush()
        let lines = sink.lines.withLock { $0 }
        #expect(lines.count == 4)
        #expect(lines[0] == "!")
        #expect(lines.contains("dropped 2"))
        #expect(lines.last == "after")
    }
}
