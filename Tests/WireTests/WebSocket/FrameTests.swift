import Testing
import Wire

/// What a decoder made of some bytes.
struct Decoded: Equatable, CustomStringConvertible {
    var messages: [WebSocket.Message] = []
    var error: WebSocket.ProtocolError?

    var description: String { "\(messages) \(error.map { "\($0)" } ?? "no error")" }

    init(_ messages: [WebSocket.Message] = [], error: WebSocket.ProtocolError? = nil) {
        self.messages = messages
        self.error = error
    }

    /// Feeds the pieces one after the other.
    init(
        _ pieces: [ArraySlice<UInt8>],
        at role: WebSocket.Role,
        limits: WebSocket.Limits = .standard
    ) {
        var decoder = WebSocket.FrameDecoder(role: role, limits: limits)
        do {
            for piece in pieces {
                decoder.append(piece)
                while let message = try decoder.next() { messages.append(message) }
            }
        } catch {
            self.error = error
        }
    }

    /// Whole, cut in two at every place, and byte by byte: the same every time.
    static func everyWay(
        _ bytes: [UInt8],
        at role: WebSocket.Role,
        limits: WebSocket.Limits = .standard
    ) -> Decoded {
        let whole = Decoded([bytes[...]], at: role, limits: limits)
        for place in 0...bytes.count {
            let cut = Decoded([bytes[..<place], bytes[place...]], at: role, limits: limits)
            #expect(cut == whole, "cut at \(place)")
        }
        let single = bytes.indices.map { bytes[$0...$0] }
        #expect(Decoded(single, at: role, limits: limits) == whole, "byte by byte")
        return whole
    }
}

@Suite("A WebSocket frame")
struct FrameTests {
    /// The examples of RFC 6455 §5.7.
    @Test(
        "decodes the golden bytes of the standard",
        arguments: [
            (.client, [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f], .text(Array("Hello".utf8))),
            (
                .server,
                [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58],
                .text(Array("Hello".utf8))
            ),
            (
                .client, [0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f],
                .text(Array("Hello".utf8))
            ),
            (.client, [0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f], .ping(Array("Hello".utf8))),
            (
                .server,
                [0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58],
                .pong(Array("Hello".utf8))
            ),
        ] as [(WebSocket.Role, [UInt8], WebSocket.Message)]
    )
    func golden(role: WebSocket.Role, bytes: [UInt8], message: WebSocket.Message) {
        #expect(Decoded.everyWay(bytes, at: role) == Decoded([message]))
    }

    @Test("encodes the golden bytes of the standard")
    func goldenEncoding() {
        let hello = Array("Hello".utf8)
        let key = WebSocket.MaskingKey(0x37fa_213d)
        let masked: [UInt8] = [0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]
        typealias Frame = WebSocket.Frame
        #expect(Frame(.text, hello).encoded() == [0x81, 0x05] + hello)
        #expect(Frame(.text, hello).encoded(mask: key) == [0x81, 0x85] + masked)
        #expect(Frame(.text, [0x48], isFinal: false).encoded() == [0x01, 0x01, 0x48])
        #expect(Frame(.pong, hello).encoded(mask: key) == [0x8a, 0x85] + masked)
        let blob = [UInt8](repeating: 7, count: 256)
        #expect(Frame(.binary, blob).encoded() == [0x82, 0x7e, 0x01, 0x00] + blob)
        let big = [UInt8](repeating: 7, count: 65536)
        #expect(
            Array(Frame(.binary, big).encoded().prefix(10))
                == [0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0]
        )
    }

    @Test(
        "survives its own encoding at every length where the form changes",
        arguments: [0, 1, 124, 125, 126, 127, 128, 65534, 65535, 65536, 65537, 100_000]
    )
    func roundTrip(length: Int) {
        let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let frame = WebSocket.Frame(.binary, payload)
        let expected = Decoded([.binary(payload)])
        #expect(Decoded([frame.encoded()[...]], at: .client) == expected)
        let masked = frame.encoded(mask: WebSocket.MaskingKey(0xdead_beef))
        #expect(Decoded([masked[...]], at: .server) == expected)
        #expect(Decoded([masked[..<5], masked[5...]], at: .server) == expected)
    }

    @Test("carries control frames between the fragments of a message")
    func interleaved() {
        typealias Frame = WebSocket.Frame
        var bytes: [UInt8] = []
        Frame(.text, Array("ké".utf8.dropLast()), isFinal: false).append(to: &bytes)
        Frame(.ping, Array("one".utf8)).append(to: &bytes)
        Frame(.continuation, [], isFinal: false).append(to: &bytes)
        Frame(.pong, Array("two".utf8)).append(to: &bytes)
        Frame(.continuation, Array(Array("é!".utf8).dropFirst())).append(to: &bytes)
        Frame(.binary, [0xff]).append(to: &bytes)
        Frame.close(code: 1000, reason: "bye").append(to: &bytes)
        Frame(.text, Array("not looked at".utf8)).append(to: &bytes)
        #expect(
            Decoded.everyWay(bytes, at: .client)
                == Decoded([
                    .ping(Array("one".utf8)), .pong(Array("two".utf8)), .text(Array("ké!".utf8)),
                    .binary([0xff]), .close(code: 1000, reason: "bye"),
                ])
        )
    }

    @Test("keeps a close reason whole characters and 125 bytes long")
    func longReason() {
        let frame = WebSocket.Frame.close(code: 4000, reason: String(repeating: "é", count: 100))
        #expect(frame.payload.count == 124)
        let expected = WebSocket.Message.close(
            code: 4000,
            reason: String(repeating: "é", count: 61)
        )
        #expect(Decoded.everyWay(frame.encoded(), at: .client) == Decoded([expected]))
        #expect(
            Decoded.everyWay(WebSocket.Frame.close(code: nil).encoded(), at: .client)
                == Decoded([.close(code: nil, reason: "")])
        )
    }
}

@Suite("A masking key")
struct MaskingKeyTests {
    @Test("combines byte by byte, wherever the payload is cut")
    func pieces() {
        let key: [UInt8] = [0x12, 0x34, 0x56, 0x78]
        let payload = (0..<41).map { UInt8($0 * 5) }
        let masked = payload.enumerated().map { $1 ^ key[$0 & 3] }
        let frame = WebSocket.Frame(.binary, payload).encoded(
            mask: WebSocket.MaskingKey(0x1234_5678)
        )
        #expect(frame == [0x82, 0x80 | 41] + key + masked)
        #expect(Decoded.everyWay(frame, at: .server) == Decoded([.binary(payload)]))
    }

    @Test("leaves text readable, in which every character begins at every place")
    func text() {
        for padding in 0...17 {
            let text = Array((String(repeating: "a", count: padding) + "é€😀 and more text").utf8)
            let frame = WebSocket.Frame(.text, text).encoded(
                mask: WebSocket.MaskingKey(0xff00_7f01)
            )
            #expect(Decoded.everyWay(frame, at: .server) == Decoded([.text(text)]))
            let broken = [UInt8](repeating: 0x61, count: padding) + [0xc3, 0x61]
            #expect(
                Decoded.everyWay(WebSocket.Frame(.text, broken).encoded(), at: .client)
                    == Decoded(error: .invalidUTF8)
            )
        }
    }
}
