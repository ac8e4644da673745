import Testing
import Wire

/// The groups of the Autobahn suite that a decoder alone can fail.
@Suite("A WebSocket peer")
struct FrameViolationTests {
    @Test(
        "is refused for a malformed frame",
        arguments: [
            // Reserved bits (Autobahn 3).
            ([0xc1, 0x00], .reservedBits), ([0xa1, 0x00], .reservedBits),
            ([0x91, 0x00], .reservedBits), ([0xf9, 0x00], .reservedBits),
            // Reserved opcodes (4).
            ([0x83, 0x00], .reservedOpcode(3)), ([0x87, 0x00], .reservedOpcode(7)),
            ([0x8b, 0x00], .reservedOpcode(11)), ([0x8f, 0x00], .reservedOpcode(15)),
            // Masks.
            ([0x81, 0x80, 1, 2, 3, 4], .maskUnexpected),
            // Control frames (2, 5).
            ([0x09, 0x00], .fragmentedControlFrame), ([0x08, 0x00], .fragmentedControlFrame),
            ([0x89, 0x7e, 0x00, 0x7e], .controlFrameTooLong(126)),
            ([0x88, 0x7f, 0, 0, 0, 0, 0, 0, 1, 0], .controlFrameTooLong(127)),
            // Fragments (5).
            ([0x80, 0x01, 0x61], .continuationOfNothing), ([0x00, 0x00], .continuationOfNothing),
            ([0x01, 0x01, 0x61, 0x81, 0x01, 0x62], .messageInsideMessage),
            ([0x02, 0x00, 0x02, 0x00], .messageInsideMessage),
            ([0x81, 0x01, 0x61, 0x80, 0x01, 0x62], .continuationOfNothing),
            // Lengths (RFC 6455 §5.2).
            ([0x82, 0x7e, 0x00, 0x7d], .lengthNotMinimal),
            ([0x82, 0x7f, 0, 0, 0, 0, 0, 0, 0xff, 0xff], .lengthNotMinimal),
            (
                [0x82, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 0],
                .messageTooLarge(limit: WebSocket.Limits.standard.messageBytes)
            ),
            (
                [0x82, 0x7f, 0, 0, 0, 0, 0x01, 0, 0, 0x01],
                .messageTooLarge(limit: WebSocket.Limits.standard.messageBytes)
            ),
            // Closing (7).
            ([0x88, 0x01, 0x03], .closeBodyOfOneByte),
            ([0x88, 0x03, 0x03, 0xe8, 0xff], .invalidUTF8),
            ([0x88, 0x03, 0x03, 0xe8, 0xc3], .invalidUTF8),
        ] as [([UInt8], WebSocket.ProtocolError)]
    )
    func malformed(bytes: [UInt8], error: WebSocket.ProtocolError) {
        let before: [UInt8] = [0x8a, 0x01, 0x21]
        let decoded = Decoded.everyWay(before + bytes, at: .client)
        #expect(decoded.messages.first == .pong([0x21]), "what came before is not lost")
        #expect(decoded.error == error)
        #expect(!error.reason.isEmpty && error.reason.utf8.count <= 123)
    }

    @Test("is refused when it is a client that does not mask")
    func unmaskedClient() {
        #expect(
            Decoded.everyWay([0x81, 0x01, 0x61], at: .server) == Decoded(error: .maskMissing)
        )
    }

    @Test(
        "may close with the codes of the standard alone",
        arguments: [
            (0, false), (999, false), (1000, true), (1001, true), (1002, true), (1003, true),
            (1004, false), (1005, false), (1006, false), (1007, true), (1008, true), (1009, true),
            (1010, true), (1011, true), (1012, true), (1013, true), (1014, true), (1015, false),
            (1016, false), (1100, false), (2000, false), (2999, false), (3000, true),
            (3999, true), (4000, true), (4999, true), (5000, false), (65535, false),
        ]
    )
    func closeCodes(code: Int, isValid: Bool) {
        let bytes: [UInt8] = [0x88, 0x02, UInt8(code >> 8), UInt8(code & 0xff)]
        let expected =
            isValid
            ? Decoded([.close(code: code, reason: "")]) : Decoded(error: .invalidCloseCode(code))
        #expect(Decoded.everyWay(bytes, at: .client) == expected)
        #expect(WebSocket.isValidCloseCode(code) == isValid)
    }

    /// Autobahn 6, and RFC 3629 §4: the byte at which each can no longer become valid.
    @Test(
        "is refused at the first byte that is not UTF-8",
        arguments: [
            ([0x80], 0), ([0xbf], 0), ([0xfe], 0), ([0xff], 0), ([0xc0], 0), ([0xc1], 0),
            ([0xf5], 0), ([0x61, 0xc3, 0x28], 2), ([0xe2, 0x28, 0xa1], 1),
            ([0xe2, 0x82, 0x28], 2), ([0xe0, 0x80, 0xaf], 1), ([0xe0, 0x9f, 0xbf], 1),
            ([0xed, 0xa0, 0x80], 1), ([0xed, 0xbf, 0xbf], 1), ([0xf0, 0x80, 0x80, 0xaf], 1),
            ([0xf0, 0x8f, 0xbf, 0xbf], 1), ([0xf4, 0x90, 0x80, 0x80], 1),
            ([0xf0, 0x9f, 0x98, 0x61], 3), ([0xc3, 0xc3], 1),
        ] as [([UInt8], Int)]
    )
    func invalidText(text: [UInt8], place: Int) {
        var bytes = WebSocket.Frame(.text, text).encoded()
        #expect(Decoded.everyWay(bytes, at: .client) == Decoded(error: .invalidUTF8))
        // As the beginning of a long frame in a long message, of which no more has arrived.
        bytes = [0x01, 0x7e, 0x10, 0x00] + text
        let upTo = bytes[..<(4 + place)]
        #expect(Decoded([upTo], at: .client) == Decoded())
        #expect(
            Decoded([upTo, bytes[(4 + place)...(4 + place)]], at: .client)
                == Decoded(error: .invalidUTF8)
        )
        // Cut by fragments at every place.
        for cut in 0...text.count {
            var fragments: [UInt8] = []
            WebSocket.Frame(.text, Array(text[..<cut]), isFinal: false).append(to: &fragments)
            WebSocket.Frame(.continuation, Array(text[cut...])).append(to: &fragments)
            #expect(Decoded([fragments[...]], at: .client) == Decoded(error: .invalidUTF8))
        }
        #expect(WebSocket.ProtocolError.invalidUTF8.closeCode == 1007)
    }

    @Test(
        "may send every kind of valid UTF-8",
        arguments: [
            "", "a", "\u{0}", "\u{7f}", "\u{80}", "\u{7ff}", "\u{800}", "\u{ffff}", "\u{d7ff}",
            "\u{e000}", "\u{10000}", "\u{10ffff}", "\u{fffd}", "κόσμε", "Hello-µ@ßöäüàá-UTF-8!!",
        ]
    )
    func validText(text: String) {
        let payload = Array(text.utf8)
        let bytes = WebSocket.Frame(.text, payload).encoded()
        #expect(Decoded.everyWay(bytes, at: .client) == Decoded([.text(payload)]))
    }

    @Test("is refused for text that ends within a character", arguments: ["é", "€", "😀"])
    func truncated(character: String) {
        for count in 1..<character.utf8.count {
            let bytes = WebSocket.Frame(.text, Array(character.utf8.prefix(count))).encoded()
            #expect(Decoded.everyWay(bytes, at: .client) == Decoded(error: .invalidUTF8))
        }
    }

    @Test("is refused for a message over the limits, before it is read")
    func limits() {
        let limits = WebSocket.Limits(messageBytes: 10, fragments: 3)
        func decoded(_ bytes: [UInt8]) -> Decoded {
            Decoded.everyWay(bytes, at: .client, limits: limits)
        }
        let ten = [UInt8](repeating: 0x61, count: 10)
        #expect(decoded([0x81, 10] + ten) == Decoded([.text(ten)]))
        #expect(decoded([0x81, 11]) == Decoded(error: .messageTooLarge(limit: 10)))
        #expect(
            decoded([0x01, 10] + ten + [0x80, 1]) == Decoded(error: .messageTooLarge(limit: 10))
        )
        #expect(decoded([0x01, 0, 0, 0, 0x80, 0]) == Decoded([.text([])]))
        #expect(
            decoded([0x01, 0, 0, 0, 0, 0, 0, 0]) == Decoded(error: .tooManyFragments(limit: 3))
        )
        #expect(WebSocket.ProtocolError.messageTooLarge(limit: 1).closeCode == 1009)
        #expect(WebSocket.ProtocolError.reservedBits.closeCode == 1002)
    }

    @Test("hears the same error again")
    func sticky() {
        var decoder = WebSocket.FrameDecoder(role: .client)
        decoder.append([0xc1, 0x00, 0x81, 0x00])
        for _ in 1...3 {
            #expect(throws: WebSocket.ProtocolError.reservedBits) { try decoder.next() }
            decoder.append([0x81, 0x00])
        }
    }
}
