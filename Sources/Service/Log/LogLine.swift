import Wire

/// One line before it is bytes.
struct LogLine {
    let at: Timestamp
    let level: LogLevel
    let message: StaticString
    let fields: KeyValuePairs<StaticString, LogValue>

    func bytes(in style: Log.Style) -> [UInt8] {
        switch style {
        case .json: json
        case .text: text(coloured: false)
        case .colouredText: text(coloured: true)
        }
    }

    /// One object, and the line's end.
    var json: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        JSONWriter.append(to: &bytes) { json in
            json.object { json in
                json.member("at", plain: at.append)
                json.member("level", visible: level.rawValue)
                json.key("message")
                message.withUTF8Buffer { json.value(utf8: $0) }
                for (name, value) in fields {
                    switch value {
                    case .text(let text): json.member(name, visible: text)
                    case .whole(let number): json.member(name, number)
                    case .number(let number): json.member(name, number)
                    case .flag(let flag): json.member(name, flag)
                    }
                }
            }
        }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    /// `2026-02-28T07:05:09.003Z info  node connected node=main`, with colours on a terminal.
    func text(coloured: Bool) -> [UInt8] {
        let padding = String(repeating: " ", count: 7 - level.rawValue.count)
        var line = "\(at) "
        line += coloured ? level.colour + level.rawValue + LogText.plain : level.rawValue
        line += "\(padding) \(message)"
        for (name, value) in fields {
            line += coloured ? " \(LogText.faint)\(name)=\(LogText.plain)" : " \(name)="
            line += value.words
        }
        return Array(line.utf8) + [UInt8(ascii: "\n")]
    }
}

extension JSONWriter {
    /// Text without control characters: they are written so that they can be seen.
    fileprivate mutating func member(_ name: StaticString, visible text: String) {
        var text = text
        let isWritten = text.withUTF8 { utf8 in
            guard LogText.isPlain(utf8) else { return false }
            member(name, plain: utf8)
            return true
        }
        if !isWritten { member(name, LogText.visible(text)) }
    }
}

extension LogValue {
    /// The value as one word, quoted where it would fall apart.
    fileprivate var words: String {
        switch self {
        case .text(let text): LogText.word(text)
        case .whole(let number): number.description
        case .number(let number): number.description
        case .flag(let flag): flag.description
        }
    }
}

extension LogLevel {
    fileprivate var colour: String {
        switch self {
        case .debug: LogText.faint
        case .info: "\u{1b}[32m"
        case .warning: "\u{1b}[33m"
        case .error: "\u{1b}[31m"
        }
    }
}

/// Text from outside, made safe for a line: it can neither end the line nor steer a terminal.
enum LogText {
    static let plain = "\u{1b}[0m"
    static let faint = "\u{1b}[2m"

    /// Whether there is nothing but printable ASCII without quotes and backslashes.
    static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        for byte in text {
            let isPlain =
                byte >= 0x20 && byte < 0x7f && byte != UInt8(ascii: "\"")
                && byte != UInt8(ascii: "\\")
            if !isPlain { return false }
        }
        return true
    }

    /// The text with every control character written as `\u{...}`.
    static func visible(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var safe = ""
        for scalar in text.unicodeScalars {
            if isControl(scalar) {
                safe += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                safe.unicodeScalars.append(scalar)
            }
        }
        return safe
    }

    /// The same, in quotes when it has a space or a quote, or is empty.
    static func word(_ text: String) -> String {
        let safe = visible(text)
        let needsQuotes = safe.isEmpty || safe.contains { $0 == " " || $0 == "\"" || $0 == "=" }
        return needsQuotes ? "\"" + safe.replacing("\"", with: "\\\"") + "\"" : safe
    }

    /// C0, DEL and C1 (ECMA-48), the separators that some terminals take for a line's end, and
    /// the marks that turn the direction of reading.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f...0x9f, 0x2028...0x202e, 0x2066...0x2069: true
        default: false
        }
    }
}
