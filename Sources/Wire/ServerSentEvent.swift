/// One event of a stream (WHATWG HTML §9.2), to be written.
package struct ServerSentEvent: Equatable, Sendable {
    /// What a client asks to go on from with `Last-Event-ID`.
    package var id: String?
    /// `message` when there is none.
    package var name: String?
    /// UTF-8; several lines become several fields, and one again at the client.
    package var data: [UInt8]
    /// How long a client waits before it connects again.
    ///
    /// It goes with an event, since some clients take a block of its own for an empty event.
    package var retryMilliseconds: Int?

    package static let contentType = "text/event-stream"

    /// An id or a name with a line break could forge an event: giving one is the caller's mistake.
    package init(
        id: String? = nil,
        name: String? = nil,
        data: [UInt8],
        retryMilliseconds: Int? = nil
    ) {
        precondition(id.map(Self.isField) ?? true, "an id with a line break or a NUL")
        precondition(name.map(Self.isField) ?? true, "a name with a line break or a NUL")
        precondition(retryMilliseconds ?? 0 >= 0)
        self.id = id
        self.name = name
        self.data = data
        self.retryMilliseconds = retryMilliseconds
    }

    /// Whether a text can be an id or a name.
    package static func isField(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy(isFieldByte)
    }

    private static func isFieldByte(_ byte: UInt8) -> Bool {
        byte != ASCII.lineFeed && byte != ASCII.carriageReturn && byte != 0
    }

    package func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    package func append(to bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + data.count + 96)
        if let id { Self.appendField("id: ", id.utf8, to: &bytes) }
        if let name { Self.appendField("event: ", name.utf8, to: &bytes) }
        if let retryMilliseconds {
            Self.appendField("retry: ", String(retryMilliseconds).utf8, to: &bytes)
        }
        appendData(to: &bytes)
        bytes.append(ASCII.lineFeed)
    }

    /// Appends an event whose data `write` appends where it belongs, so that it is made once.
    ///
    /// A line's end in the data, as JSON may have between its tokens, becomes a space.
    package static func append(
        id: String?,
        name: String,
        to bytes: inout [UInt8],
        data write: (inout [UInt8]) -> Void
    ) {
        precondition(id?.utf8.allSatisfy(isFieldByte) ?? true, "an id with a line break or a NUL")
        precondition(name.utf8.allSatisfy(isFieldByte), "a name with a line break or a NUL")
        if let id { appendField("id: ", id.utf8, to: &bytes) }
        appendField("event: ", name.utf8, to: &bytes)
        bytes.append(contentsOf: "data: ".utf8)
        let start = bytes.count
        write(&bytes)
        bytes.withUnsafeMutableBufferPointer { bytes in
            for index in start..<bytes.count where isLineBreak(bytes[index]) {
                bytes[index] = ASCII.space
            }
        }
        bytes.append(ASCII.lineFeed)
        bytes.append(ASCII.lineFeed)
    }

    /// A line that clients ignore, for keeping a connection alive.
    package static func comment(_ text: String = "") -> [UInt8] {
        precondition(isField(text), "a comment with a line break or a NUL")
        return Array(": \(text)\n\n".utf8)
    }

    private func appendData(to bytes: inout [UInt8]) {
        var start = 0
        while let end = data[start...].firstIndex(where: Self.isLineBreak) {
            Self.appendField("data: ", data[start..<end], to: &bytes)
            let isPair =
                data[end] == ASCII.carriageReturn && end + 1 < data.count
                && data[end + 1] == ASCII.lineFeed
            start = end + (isPair ? 2 : 1)
        }
        Self.appendField("data: ", data[start...], to: &bytes)
    }

    private static func isLineBreak(_ byte: UInt8) -> Bool {
        byte == ASCII.lineFeed || byte == ASCII.carriageReturn
    }

    private static func appendField(
        _ name: StaticString,
        _ value: some Collection<UInt8>,
        to bytes: inout [UInt8]
    ) {
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: value)
        bytes.append(ASCII.lineFeed)
    }
}
