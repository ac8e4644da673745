import Testing
import Wire

@Suite("A WebSocket session")
struct SessionTests {
    typealias Session = WebSocket.Session
    typealias Output = WebSocket.Session.Output

    private static let key = WebSocket.MaskingKey(0x0102_0304)

    private func client() -> Session { Session { Self.key } }
    private func server() -> Session { Session(makeKey: nil) }

    /// Feeds bytes cut at a place, and collects everything.
    private func outputs(
        _ session: inout Session,
        _ bytes: [UInt8],
        cutAt place: Int? = nil
    ) -> [Output] {
        var all: [Output] = []
        let place = place ?? bytes.count
        for piece in [bytes[..<place], bytes[place...]] {
            session.append(piece)
            while let output = session.next() { all.append(output) }
        }
        return all
    }

    @Test("does the same wherever its bytes are cut")
    func script() {
        let bytes: [UInt8] = [
            0x81, 1, 0x61, 0x89, 1, 0x62, 0x8a, 0, 0x88, 2, 0x03, 0xe9, 0x81, 1, 0x7a,
        ]
        let expected: [Output] = [
            .message(.text([0x61])),
            .send(WebSocket.Frame(.pong, [0x62]).encoded(mask: Self.key)),
            .message(.pong([])),
            .send(WebSocket.Frame.close(code: 1001).encoded(mask: Self.key)),
            .ended(code: 1001, reason: ""),
        ]
        for place in 0...bytes.count {
            var session = client()
            #expect(outputs(&session, bytes, cutAt: place) == expected)
            #expect(!session.isOpen)
            #expect(session.encoded(WebSocket.Frame(.text)) == nil)
        }
    }

    @Test("answers an empty close with an empty close")
    func emptyClose() {
        var session = client()
        #expect(
            outputs(&session, [0x88, 0])
                == [
                    .send(WebSocket.Frame(.close).encoded(mask: Self.key)),
                    .ended(code: nil, reason: ""),
                ]
        )
    }

    @Test("closes a violation with its code, once")
    func violation() {
        var session = server()
        let reason = "frame of a client is not masked"
        let close = WebSocket.Frame.close(code: 1002, reason: reason).encoded()
        #expect(
            outputs(&session, [0x81, 0, 0x81, 0])
                == [.send(close), .ended(code: 1002, reason: reason)]
        )
        #expect(outputs(&session, [0x81, 0]).isEmpty)
    }

    @Test("waits for the answer to its own close, and answers nothing meanwhile")
    func ownClose() {
        var session = client()
        let frame = session.close(code: 1000, reason: "bye")
        #expect(frame == WebSocket.Frame.close(code: 1000, reason: "bye").encoded(mask: Self.key))
        #expect(session.close(code: 1000, reason: "again") == nil)
        #expect(!session.isOpen)
        #expect(
            outputs(&session, [0x81, 1, 0x61, 0x89, 0, 0x88, 2, 0x03, 0xe8])
                == [.message(.text([0x61])), .ended(code: 1000, reason: "")]
        )
    }

    @Test("answers a message before the close that follows it")
    func order() {
        var session = client()
        session.append([0x81, 1, 0x61, 0x88, 2, 0x03, 0xe8])
        #expect(session.next() == .message(.text([0x61])))
        #expect(session.isOpen)
        #expect(session.encoded(WebSocket.Frame(.text)) != nil)
        guard case .send = session.next() else {
            Issue.record("close is not echoed")
            return
        }
        #expect(session.next() == .ended(code: 1000, reason: ""))
        #expect(session.next() == nil)
    }
}
