import Testing

/// A Swift file as text, beside the same text with comments and string literals blanked.
struct SourceFile: Sendable {
    /// From the package's root, with `/`.
    let path: String
    /// As written, without line ends.
    let lines: [String]
    /// What the compiler reads as code: as many lines, of the same length in bytes.
    let code: [String]
    /// The lines on which comments begin, from 0.
    private let commented: Set<Int>

    init(path: String, text: String) {
        self.path = path
        let bytes = Array(text.utf8)
        var scanner = CodeScanner(bytes)
        lines = Self.split(bytes)
        code = Self.split(scanner.blanked())
        commented = Self.lines(of: scanner.comments, in: bytes)
    }

    /// The file's name without its folders and `.swift`.
    var name: String {
        String(path.split(separator: "/").last?.dropLast(".swift".count) ?? "")
    }

    /// The target that the file belongs to: the folder below `Sources` or `Tests`.
    var target: String { String(path.split(separator: "/").dropFirst().first ?? "") }

    var isTest: Bool { path.hasPrefix("Tests/") }

    /// Whether a comment begins on the line; `//` in a string is none.
    func hasComment(at index: Int) -> Bool { commented.contains(index) }

    /// The lines of offsets that ascend.
    private static func lines(of offsets: [Int], in bytes: [UInt8]) -> Set<Int> {
        var lines: Set<Int> = []
        var line = 0
        var start = 0
        for offset in offsets {
            line += bytes[start..<offset].count { $0 == UInt8(ascii: "\n") }
            start = offset
            lines.insert(line)
        }
        return lines
    }

    private static func split(_ bytes: [UInt8]) -> [String] {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Something that a rule does not allow.
struct Finding: Sendable, Equatable, CustomStringConvertible {
    let path: String
    /// From 1; 0 when the file as a whole is meant.
    let line: Int
    let message: String

    var description: String { line == 0 ? "\(path): \(message)" : "\(path):\(line): \(message)" }
}

/// Fails the test with one line for each finding.
func expectNone(_ findings: [Finding], _ location: Testing.SourceLocation = #_sourceLocation) {
    guard !findings.isEmpty else { return }
    let list = findings.map(\.description).joined(separator: "\n")
    Issue.record("\(findings.count) findings:\n\(list)", sourceLocation: location)
}
