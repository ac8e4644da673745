import Testing
import Wire

@Suite("A server-sent event")
struct ServerSentEventTests {
    typealias Item = ServerSentEventParser.Item

    private func event(_ name: String, _ data: String, _ id: String = "") -> Item {
        .event(name: name, data: Array(data.utf8), lastEventID: id)
    }

    private func parsed(_ pieces: [ArraySlice<UInt8>]) throws -> [Item] {
        var parser = ServerSentEventParser()
        var items: [Item] = []
        for piece in pieces { items += try parser.receive(piece) }
        return items
    }

    /// Whole, cut in two at every place, and byte by byte.
    private func parsedEveryWay(_ text: String) throws -> [Item] {
        let bytes = Array(text.utf8)
        let whole = try parsed([bytes[...]])
        for place in 0...bytes.count {
            #expect(try parsed([bytes[..<place], bytes[place...]]) == whole)
        }
        #expect(try parsed(bytes.indices.map { bytes[$0...$0] }) == whole)
        return whole
    }

    @Test("is written field by field")
    func encoding() {
        let event = ServerSentEvent(
            id: "7f3a-42",
            name: "trackEnd",
            data: Array("{}".utf8),
            retryMilliseconds: 2000
        )
        let text = String(decoding: event.encoded(), as: UTF8.self)
        #expect(text == "id: 7f3a-42\nevent: trackEnd\nretry: 2000\ndata: {}\n\n")
        #expect(ServerSentEvent(data: []).encoded() == Array("data: \n\n".utf8))
        #expect(ServerSentEvent.comment() == Array(": \n\n".utf8))
        #expect(ServerSentEvent.comment("beat") == Array(": beat\n\n".utf8))
    }

    @Test(
        "arrives as it was sent, and no data can forge another",
        arguments: [
            "", "{}", "a\nb", "a\r\nb", "a\rb", "\n", "\n\n", " leading",
            "a\n\nid: 9\nevent: x\n\n",
            ": comment", "data: x", "\u{feff}bom", "nul\u{0}", "é\u{2028}😀",
        ]
    )
    func roundTrip(data: String) throws {
        let sent = ServerSentEvent(id: "e-1", name: "n", data: Array(data.utf8))
        let text = String(decoding: sent.encoded(), as: UTF8.self)
        let expected = data.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        #expect(try parsedEveryWay(text) == [event("n", expected, "e-1")])
    }

    @Test("has no line break in a field", arguments: ["a\nb", "a\rb", "a\u{0}", "\r\n"])
    func fields(text: String) {
        #expect(!ServerSentEvent.isField(text))
        #expect(ServerSentEvent.isField("a b: é"))
    }

    @Test("stops the program when its id would forge another")
    func forgedID() async {
        await #expect(processExitsWith: .failure) {
            _ = ServerSentEvent(id: "1\ndata: x", data: [])
        }
    }

    /// The examples of the standard, and the rules beside them.
    @Test("is read by the rules of the standard")
    func rules() throws {
        #expect(
            try parsedEveryWay("data: YHOO\ndata: +2\ndata: 10\n\n") == [
                event("message", "YHOO\n+2\n10")
            ]
        )
        #expect(
            try parsedEveryWay(
                ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n"
            )
                == [
                    .comment(" test stream"), event("message", "first event", "1"),
                    event("message", "second event"), event("message", " third event"),
                ]
        )
        #expect(
            try parsedEveryWay("data\n\ndata\ndata\n\ndata:")
                == [event("message", ""), event("message", "\n")]
        )
        #expect(
            try parsedEveryWay("data:test\n\ndata: test\n\n")
                == [event("message", "test"), event("message", "test")]
        )
        #expect(
            try parsedEveryWay("\u{feff}event: a\rdata: 1\r\rdata: 2\r\n\r\ndata: 3\n\n")
                == [event("a", "1"), event("message", "2"), event("message", "3")]
        )
        #expect(
            try parsedEveryWay("id: 5\nevent: x\n\ndata: y\n\n") == [event("message", "y", "5")]
        )
        #expect(
            try parsedEveryWay("id: 5\nid: 6\u{0}\nDATA: n\nfoo: bar\n data: n\ndata: y\n\n")
                == [event("message", "y", "5")]
        )
        #expect(try parsedEveryWay("data: a\n\u{feff}data: b\n\n") == [event("message", "a")])
        #expect(try parsedEveryWay("data: lost\n") == [])
    }

    @Test("sets the time before reconnecting, if it is digits alone")
    func retry() throws {
        var parser = ServerSentEventParser()
        _ = try parser.receive("retry: 10\nretry: x\nretry:\nretry: -1\nretry: 1.5\n".utf8)
        #expect(parser.retryMilliseconds == 10)
        _ = try parser.receive("retry: 99999999999999999999\nretry:2500\nid: a\n\n".utf8)
        #expect(parser.retryMilliseconds == 2500)
        #expect(parser.lastEventID == "a")
    }

    @Test("is bounded in its lines and its data")
    func limits() throws {
        var parser = ServerSentEventParser(limit: 10)
        #expect(throws: ServerSentEventParser.StreamError.tooLarge(limit: 10)) {
            try parser.receive([UInt8](repeating: 0x61, count: 11))
        }
        var slow = ServerSentEventParser(limit: 10)
        #expect(throws: ServerSentEventParser.StreamError.tooLarge(limit: 10)) {
            for _ in 1...6 { _ = try slow.receive("data: a\n".utf8) }
        }
    }
}
