import Testing

/// Functions of more than 70 lines; those on the list are known, each with a reason.
func tooLongFunctions(
    in file: SourceFile,
    limit: Int = 70,
    allowed: [String: String] = allowedLongFunctions
) -> [Finding] {
    functions(in: file.code).compactMap { function in
        guard function.lines > limit, allowed["\(file.name).\(function.name)"] == nil else {
            return nil
        }
        return Finding(
            path: file.path,
            line: function.start,
            message: "\(function.name) has \(function.lines) lines, \(limit) are allowed: split it"
        )
    }
}

/// By `File.function`: why it may be long.
let allowedLongFunctions: [String: String] = [:]

private struct Function {
    let name: String
    /// The line of its declaration, from 1.
    let start: Int
    /// From there to its closing brace.
    let lines: Int
}

private func functions(in code: [String]) -> [Function] {
    code.indices.compactMap { index in
        guard let name = declaredFunction(code[index]), let end = endOfBody(code, from: index)
        else { return nil }
        return Function(name: name, start: index + 1, lines: end - index + 1)
    }
}

private func declaredFunction(_ line: String) -> String? {
    let words = line.split { $0 == " " || $0 == "(" || $0 == "<" || $0 == "?" }
    for (index, word) in words.enumerated() {
        switch word {
        case "func": return words.dropFirst(index + 1).first.map(String.init)
        case "init", "deinit", "subscript": return String(word)
        default:
            guard word.hasPrefix("@") || modifiers.contains(word) else { return nil }
            continue
        }
    }
    return nil
}

private let modifiers: Set<Substring> = [
    "package", "public", "private", "fileprivate", "internal", "static", "mutating", "nonmutating",
    "nonisolated", "override", "final", "convenience", "required", "consuming", "borrowing",
    "isolated",
]

/// The line on which the braces close that open first; nil where a protocol has no body.
private func endOfBody(_ code: [String], from start: Int) -> Int? {
    var braces = 0
    var parentheses = 0
    for index in start..<code.count {
        for byte in code[index].utf8 {
            switch byte {
            case UInt8(ascii: "("): parentheses += 1
            case UInt8(ascii: ")"): parentheses -= 1
            case UInt8(ascii: "{") where parentheses == 0: braces += 1
            case UInt8(ascii: "}") where parentheses == 0:
                braces -= 1
                if braces <= 0 { return braces == 0 ? index : nil }
            default: break
            }
        }
    }
    return nil
}

@Suite("The length of functions")
struct FunctionLengthTests {
    private let text = """
        protocol P {
            func without()
        }
        struct S {
            private static func four(
                _ value: () -> Int = { 4 }
            ) {
            }
            init?(text: String) {
            }
        }
        """

    @Test("is counted from the declaration to the closing brace")
    func counts() {
        let file = SourceFile(path: "Sources/A/S.swift", text: text)
        #expect(tooLongFunctions(in: file, limit: 3).map(\.line) == [5])
        #expect(tooLongFunctions(in: file, limit: 1).map(\.line) == [5, 9])
    }

    @Test("may be more for a function on the list")
    func obeysTheList() {
        let file = SourceFile(path: "Sources/A/S.swift", text: text)
        #expect(tooLongFunctions(in: file, limit: 3, allowed: ["S.four": "a test"]).isEmpty)
    }

    @Test("is at most 70 lines everywhere")
    func holds() {
        expectNone(Repository.swiftFiles.flatMap { tooLongFunctions(in: $0) })
    }
}
