/// Reads a stream of events as a client does (WHATWG HTML §9.2.6), however it is cut.
package struct ServerSentEventParser: Sendable {
    package enum Item: Equatable, Sendable {
        /// `lastEventID` is that of the latest event that had one.
        case event(name: String, data: [UInt8], lastEventID: String)
        /// The text behind the colon, with its leading space.
        case comment(String)
    }

    package enum StreamError: Error, Equatable {
        case tooLarge(limit: Int)
    }

    /// The last `retry` field.
    package private(set) var retryMilliseconds: Int?
    package private(set) var lastEventID = ""

    /// Bytes of one line, and of one event's data.
    private let limit: Int
    private var line: [UInt8] = []
    private var name = ""
    private var data: [UInt8] = []
    private var id = ""
    private var isAfterCarriageReturn = false
    private var isFirstLine = true

    package init(limit: Int = 4 * 1024 * 1024) {
        precondition(limit > 0)
        self.limit = limit
    }

    /// What the bytes complete; an event that is not complete at the end of a stream is lost.
    package mutating func receive(
        _ bytes: some Sequence<UInt8>
    ) throws(StreamError) -> [Item] {
        var items: [Item] = []
        for byte in bytes {
            let isPair = isAfterCarriageReturn && byte == ASCII.lineFeed
            isAfterCarriageReturn = byte == ASCII.carriageReturn
            if isPair { continue }
            if byte == ASCII.lineFeed || byte == ASCII.carriageReturn {
                if let item = try takeLine() { items.append(item) }
            } else {
                guard line.count < limit else { throw .tooLarge(limit: limit) }
                line.append(byte)
            }
        }
        return items
    }

    private mutating func takeLine() throws(StreamError) -> Item? {
        let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]
        if isFirstLine, line.starts(with: byteOrderMark) { line.removeFirst(byteOrderMark.count) }
        isFirstLine = false
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else { return dispatch() }
        let colon = line.firstIndex(of: ASCII.colon) ?? line.endIndex
        var value = line[colon...].dropFirst()
        guard colon > 0 else { return .comment(String(decoding: value, as: UTF8.self)) }
        if value.first == ASCII.space { value = value.dropFirst() }
        try setField(String(decoding: line[..<colon], as: UTF8.self), value)
        return nil
    }

    private mutating func setField(
        _ field: String,
        _ value: ArraySlice<UInt8>
    ) throws(StreamError) {
        switch field {
        case "event": name = String(decoding: value, as: UTF8.self)
        case "data":
            guard data.count + value.count < limit else { throw .tooLarge(limit: limit) }
            data.append(contentsOf: value)
            data.append(ASCII.lineFeed)
        case "id": if !value.contains(0) { id = String(decoding: value, as: UTF8.self) }
        case "retry":
            let text = String(decoding: value, as: UTF8.self)
            if !value.isEmpty, value.allSatisfy(\.isDigit), let number = Int(text) {
                retryMilliseconds = number
            }
        default: break
        }
    }

    private mutating func dispatch() -> Item? {
        lastEventID = id
        defer {
            name = ""
            data = []
        }
        guard !data.isEmpty else { return nil }
        return .event(
            name: name.isEmpty ? "message" : name,
            data: data.dropLast(),
            lastEventID: id
        )
    }
}
