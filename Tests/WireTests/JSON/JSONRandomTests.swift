import Foundation
import Support
import Testing
import Wire

@Suite("Random JSON documents")
struct JSONRandomTests {
    @Test("survive the writer and the reader, and Foundation agrees", arguments: UInt64(0)..<150)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let tree = Self.tree(depth: 5, &random)
        var json = JSONWriter()
        tree.write(into: &json)
        let document = try JSONDocument(parsing: json.bytes)
        #expect(JSONTree(document.root) == tree, "seed \(seed)")
        #expect(document.root.raw.bytes == json.bytes)
        #expect(document.root.isEquivalent(to: document.root))
        let theirs = try JSONDecoder().decode(JSONTree.self, from: Data(json.bytes))
        #expect(theirs == tree, "seed \(seed)")
    }

    @Test("are refused when they are cut short", arguments: UInt64(1000)..<1030)
    func truncated(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var json = JSONWriter()
        json.array { json in Self.tree(depth: 3, &random).write(into: &json) }
        for count in 0..<json.bytes.count {
            #expect(throws: JSONSyntaxError.self) {
                try JSONDocument(parsing: Array(json.bytes[..<count]))
            }
        }
    }

    @Test("never trap when bytes are changed, and read safely when still JSON", arguments: 0..<40)
    func mutated(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        var json = JSONWriter()
        Self.tree(depth: 4, &random).write(into: &json)
        guard !json.bytes.isEmpty else { return }
        for _ in 0..<200 {
            var bytes = json.bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] =
                    Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random)
                    : Array("{}[]\",:\\u0e-.ntf/* ".utf8).randomElement(using: &random) ?? 0
            }
            for dialect in [JSONDocument.Dialect.strict, .withComments] {
                guard let document = try? JSONDocument(parsing: bytes, as: dialect) else {
                    continue  // most are no JSON any more
                }
                _ = JSONTree(document.root)
            }
        }
    }

    static func tree(depth: Int, _ random: inout SplitMix) -> JSONTree {
        switch Int.random(in: 0..<(depth > 0 ? 10 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .number(Double(Int32.random(in: .min ... .max, using: &random)))
        case 3: return .number(Double.random(in: -1e6...1e6, using: &random))
        case 4, 5: return .string(text(&random))
        case 6, 7:
            return .array(
                (0..<Int.random(in: 0...5, using: &random)).map { _ in
                    tree(depth: depth - 1, &random)
                }
            )
        default:
            var members: [[UInt8]: JSONTree] = [:]
            for _ in 0..<Int.random(in: 0...15, using: &random) {
                members[text(&random)] = tree(depth: depth - 1, &random)
            }
            return .object(members)
        }
    }

    private static func text(_ random: inout SplitMix) -> [UInt8] {
        let samples: [UnicodeScalar] = [
            "a", "B", "0", " ", "\"", "\\", "/", "\n", "\t", "\u{1}", "\u{7f}", "é", "\u{301}", "€",
            "😀", "\u{2028}", "\u{fffd}", "{", "]", ":", ",", "\u{10ffff}",
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            text.unicodeScalars.append(samples.randomElement(using: &random) ?? "a")
        }
        return Array(text.utf8)
    }
}
