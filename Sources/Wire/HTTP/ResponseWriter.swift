/// Turns responses into bytes: the framing is decided here and nowhere else.
package struct ResponseWriter: Sendable {
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

    /// The status line and the date of the last response: the next one mostly has the same.
    private var beginning: [UInt8] = []
    private var status = 0
    private var second = -1

    package init() {}

    /// Appends `response` to `output`; for HEAD and 204 or 304 without its body.
    ///
    /// Its date is `second`, counted from 1970.
    package mutating func write(
        _ response: Response,
        isHead: Bool = false,
        minorVersion: Int = 1,
        framing: Framing,
        at second: Int,
        to output: inout [UInt8]
    ) {
        if response.status != status || second != self.second {
            begin(response.status, at: second)
        }
        output.append(contentsOf: beginning)
        output.append(contentsOf: response.fields.bytes)
        if let id = response.requestID {
            output.append(constant: "X-Request-Id")
            output.append(fieldValue: id)
        }
        switch framing {
        case .keepAlive:
            if minorVersion == 0 { output.append(constant: "Connection: keep-alive\r\n") }
        case .close, .untilClose: output.append(constant: "Connection: close\r\n")
        case .upgrade: break
        }
        let hasBody = Self.hasBody(response.status)
        if hasBody, framing == .keepAlive || framing == .close {
            output.append(constant: "Content-Length: ")
            output.append(decimal: UInt64(response.body.count))
            output.append(constant: "\r\n")
        }
        output.append(constant: "\r\n")
        if hasBody, !isHead { output.append(contentsOf: response.body) }
    }

    private mutating func begin(_ status: Int, at second: Int) {
        self.status = status
        self.second = second
        beginning.removeAll(keepingCapacity: true)
        beginning.append(constant: "HTTP/1.1 ")
        beginning.append(decimal: UInt64(status))
        beginning.append(ASCII.space)
        beginning.append(constant: Self.reason(status))
        beginning.append(constant: "\r\nDate: ")
        beginning.append(contentsOf: HTTPDate(secondsSince1970: second).bytes)
        beginning.append(constant: "\r\n")
    }

    package static let continueLine = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// RFC 9110 §6.4.1: these never have a body, and RFC 9112 §6 no length either.
    private static func hasBody(_ status: Int) -> Bool {
        status >= 200 && status != 204 && status != 304
    }
}
