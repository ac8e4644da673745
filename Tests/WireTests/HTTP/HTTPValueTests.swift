import Testing
import Wire

@Suite("Headers")
struct HeadersTests {
    private let headers = Headers([
        (name: "Host", value: "a"), (name: "accept", value: "x"), (name: "Accept", value: "y, Z"),
    ])

    @Test("are found in any case of letters, the first one first")
    func lookup() {
        #expect(headers["HOST"] == "a")
        #expect(headers["Accept"] == "x")
        #expect(headers.values("ACCEPT") == ["x", "y, Z"])
        #expect(headers["Hos"] == nil)
        #expect(headers.count == 3)
        #expect(headers.all.map(\.name) == ["Host", "accept", "Accept"])
    }

    @Test("know the elements of a list")
    func tokens() {
        #expect(headers.has("Accept", token: "z"))
        #expect(headers.has("accept", token: "X"))
        #expect(!headers.has("accept", token: "y, z"))
        #expect(!headers.has("host", token: "b"))
    }
}

@Suite("Percent-encoding")
struct PercentEncodingTests {
    @Test(
        "comes back as it was",
        arguments: ["", "abc-._~", "a b+c&d=e#f?g/h%", "ü€😀", "\u{0}\r\n"]
    )
    func roundTrip(_ text: String) {
        let encoded = PercentEncoding.encode(text)
        #expect(PercentEncoding.decode(encoded) == text)
        #expect(encoded.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !"+&#?/ ".utf8.contains($0) })
    }

    @Test("escapes in upper case")
    func encodes() {
        #expect(PercentEncoding.encode("+&#/é") == "%2B%26%23%2F%C3%A9")
        #expect(PercentEncoding.decode("a+b%2b") == "a+b+")
    }

    @Test(
        "is refused when it is broken or not UTF-8",
        arguments: ["%", "%4", "%zz", "%ff", "%c0%af"]
    )
    func refuses(_ text: String) {
        #expect(PercentEncoding.decode(text) == nil)
    }
}

@Suite("A query")
struct QueryTests {
    @Test("is its pairs, decoded, in order")
    func pairs() throws {
        let query = try #require(Query("a=1&b=x+y%2B&a=2&c&=d&&e=f=g"))
        #expect(query.pairs.map(\.name) == ["a", "b", "a", "c", "", "e"])
        #expect(query.pairs.map(\.value) == ["1", "x y+", "2", "", "d", "f=g"])
        #expect(query["a"] == "1")
        #expect(query.values("a") == ["1", "2"])
        #expect(query["z"] == nil)
        #expect(Query(nil)?.pairs.isEmpty == true)
        #expect(Query("")?.pairs.isEmpty == true)
    }

    @Test("is refused when a part is not percent-encoded UTF-8")
    func refuses() {
        #expect(Query("a=%zz") == nil)
        #expect(Query("%ff=a") == nil)
    }

    @Test("comes back as it was")
    func roundTrip() {
        let text = Query.encode([(name: "a b", value: "ü&="), (name: "c", value: "ytsearch:x + y")])
        #expect(Query(text)?["a b"] == "ü&=")
        #expect(Query(text)?["c"] == "ytsearch:x + y")
    }
}
