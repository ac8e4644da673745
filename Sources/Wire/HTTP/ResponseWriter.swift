/// Turns responses into bytes: the framing is decided here and nowhere else.
package enum ResponseWriter {
    /// How a response ends, and what comes after it.
    package enum Framing: Sendable, Equatable {
        /// With its length; the connection goes on.
        case keepAlive
        /// With its length; it is the connection's last.
        case close
        /// With the connection: the body is written later, piece by piece.
        case untilClose
        /// Not at all: what follows is another protocol (status 101).
        case upgrade
    }

    /// Appends `response` to `output`; for HEAD and 204 or 304 without its body.
    package static func write(
        _ response: Response,
        isHead: Bool = false,
        minorVersion: Int = 1,
        framing: Framing,
        date: HTTPDate,
        to output: inout [UInt8]
    ) {
        append("HTTP/1.1 ", to: &output)
        appendNumber(response.status, to: &output)
        output.append(ASCII.space)
        append(reason(response.status), to: &output)
        append("\r\nDate: ", to: &output)
        output.append(contentsOf: date.bytes)
        append("\r\n", to: &output)
        for header in response.headers { appendField(header.name, header.value, to: &output) }
        switch framing {
        case .keepAlive:
            if minorVersion == 0 { append("Connection: keep-alive\r\n", to: &output) }
        case .close, .untilClose: append("Connection: close\r\n", to: &output)
        case .upgrade: break
        }
        let hasBody = hasBody(response.status)
        if hasBody, framing == .keepAlive || framing == .close {
            append("Content-Length: ", to: &output)
            appendNumber(response.body.count, to: &output)
            append("\r\n", to: &output)
        }
        append("\r\n", to: &output)
        if hasBody, !isHead { output.append(contentsOf: response.body) }
    }

    package static let continueLine = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// RFC 9110 §6.4.1: these never have a body, and RFC 9112 §6 no length either.
    private static func hasBody(_ status: Int) -> Bool {
        status >= 200 && status != 204 && status != 304
    }

    /// Control characters in a value become spaces (RFC 9110 §5.5): no value can make a field.
    private static func appendField(_ name: String, _ value: String, to output: inout [UInt8]) {
        precondition(!name.isEmpty && name.utf8.allSatisfy(ByteClass.token.contains))
        output.append(contentsOf: name.utf8)
        append(": ", to: &output)
        if value.utf8.allSatisfy(\.isFieldContent) {
            output.append(contentsOf: value.utf8)
        } else {
            output.append(contentsOf: value.utf8.map { $0.isFieldContent ? $0 : ASCII.space })
        }
        append("\r\n", to: &output)
    }

    private static func append(_ text: StaticString, to output: inout [UInt8]) {
        text.withUTF8Buffer { output.append(contentsOf: $0) }
    }

    private static func appendNumber(_ number: Int, to output: inout [UInt8]) {
        guard number >= 10 else {
            output.append(UInt8(number) + 0x30)
            return
        }
        appendNumber(number / 10, to: &output)
        output.append(UInt8(number % 10) + 0x30)
    }
}
