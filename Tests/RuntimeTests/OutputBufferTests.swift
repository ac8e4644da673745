import Runtime
import Testing

@Suite("An output buffer")
struct OutputBufferTests {
    private let limit = 4 * OutputBuffer.smallestDropped

    private func pending(_ buffer: OutputBuffer) -> [UInt8] { buffer.withUnsafeBytes { Array($0) } }

    @Test("has what was appended and not dropped, in its order")
    func order() {
        var buffer = OutputBuffer()
        #expect(buffer.isEmpty)
        buffer.append(contentsOf: [1, 2, 3])
        buffer.write { $0 += [4, 5] }
        buffer.drop(2)
        #expect(pending(buffer) == [3, 4, 5])
        buffer.append(contentsOf: [6])
        buffer.drop(3)
        #expect(pending(buffer) == [6])
        #expect(buffer.count == 1)
        buffer.drop(1)
        #expect(buffer.isEmpty)
    }

    @Test(
        "stays the same whatever is dropped at a time",
        arguments: [1, 7, 1_000, 65_536, 100_000]
    )
    func steps(_ step: Int) {
        let all = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        var buffer = OutputBuffer()
        buffer.append(contentsOf: all)
        var read: [UInt8] = []
        while !buffer.isEmpty {
            let count = min(step, buffer.count)
            read += buffer.withUnsafeBytes { Array($0[..<count]) }
            buffer.drop(count)
        }
        #expect(read == all)
    }

    @Test("does not grow for a reader that always leaves something pending")
    func bounded() {
        var buffer = OutputBuffer()
        let piece = [UInt8](repeating: 0x61, count: 10_000)
        buffer.append(contentsOf: piece)
        for _ in 0..<2_000 {
            buffer.append(contentsOf: piece)
            buffer.drop(piece.count)
        }
        #expect(buffer.count == piece.count)
        #expect(buffer.capacity < limit)
    }

    @Test("gives memory back that it has borrowed, empty")
    func givesBack() {
        var spare: [UInt8] = []
        spare.reserveCapacity(1_000)
        var buffer = OutputBuffer()
        buffer.borrow(from: &spare)
        #expect(spare.capacity == 0)
        buffer.append(contentsOf: [1])
        buffer.release(to: &spare, limit: limit)
        #expect(pending(buffer) == [1], "what is pending stays")
        buffer.drop(1)
        buffer.release(to: &spare, limit: limit)
        #expect(buffer.capacity == 0)
        #expect(spare.isEmpty && spare.capacity >= 1_000)
    }

    @Test("frees memory that is not wanted: a second one, or one too large")
    func frees() {
        var spare: [UInt8] = []
        spare.reserveCapacity(1_000)
        let kept = spare.capacity
        var buffer = OutputBuffer()
        buffer.append(contentsOf: [1])
        buffer.drop(1)
        buffer.release(to: &spare, limit: limit)
        #expect(buffer.capacity == 0)
        #expect(spare.capacity == kept)

        var nothing: [UInt8] = []
        var large = OutputBuffer()
        large.append(contentsOf: [UInt8](repeating: 0, count: limit + 1))
        large.drop(limit + 1)
        large.release(to: &nothing, limit: limit)
        #expect(large.capacity == 0)
        #expect(nothing.capacity == 0)
    }
}
