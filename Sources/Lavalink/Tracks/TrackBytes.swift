/// Reads the primitives of an encoded track (lavalink-v4.md §10.2); never beyond its bytes.
struct TrackReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var remaining: Int { bytes.endIndex - position }

    /// Goes on behind so many bytes, and says where they are.
    private mutating func advance(
        by count: Int,
        _ part: EncodedTrackError.Part
    ) throws(EncodedTrackError) -> Range<Int> {
        guard count <= remaining else { throw .truncated(part) }
        defer { position += count }
        return position..<position + count
    }

    mutating func take(
        _ count: Int,
        _ part: EncodedTrackError.Part
    ) throws(EncodedTrackError) -> ArraySlice<UInt8> {
        bytes[try advance(by: count, part)]
    }

    /// A big-endian integer of up to eight bytes.
    mutating func integer(
        _ count: Int,
        _ part: EncodedTrackError.Part
    ) throws(EncodedTrackError) -> UInt64 {
        var value: UInt64 = 0
        for index in try advance(by: count, part) { value = value << 8 | UInt64(bytes[index]) }
        return value
    }

    mutating func byte(_ part: EncodedTrackError.Part) throws(EncodedTrackError) -> UInt8 {
        UInt8(truncatingIfNeeded: try integer(1, part))
    }

    mutating func long(_ part: EncodedTrackError.Part) throws(EncodedTrackError) -> Int64 {
        Int64(bitPattern: try integer(8, part))
    }

    /// Any byte but 0 is true, as in Java.
    mutating func flag(_ part: EncodedTrackError.Part) throws(EncodedTrackError) -> Bool {
        try byte(part) != 0
    }

    /// A text as it stands, in modified UTF-8, unchecked.
    mutating func textBytes(
        _ part: EncodedTrackError.Part
    ) throws(EncodedTrackError) -> ArraySlice<UInt8> {
        let length = Int(try integer(2, part))
        return try take(length, part)
    }

    mutating func skipText(_ part: EncodedTrackError.Part) throws(EncodedTrackError) {
        let length = Int(try integer(2, part))
        _ = try advance(by: length, part)
    }

    /// The same, once it is known to be modified UTF-8.
    mutating func checkedText(
        _ part: EncodedTrackError.Part
    ) throws(EncodedTrackError) -> ArraySlice<UInt8> {
        let bytes = try textBytes(part)
        guard ModifiedUTF8.isValid(bytes) else { throw .invalidText(part) }
        return bytes
    }

    mutating func optionalCheckedText(
        _ part: EncodedTrackError.Part
    ) throws(EncodedTrackError) -> ArraySlice<UInt8>? {
        try flag(part) ? try checkedText(part) : nil
    }

    mutating func text(_ part: EncodedTrackError.Part) throws(EncodedTrackError) -> String {
        guard let text = ModifiedUTF8.decode(try textBytes(part)) else {
            throw .invalidText(part)
        }
        return text
    }

    mutating func optionalText(
        _ part: EncodedTrackError.Part
    ) throws(EncodedTrackError) -> String? {
        try flag(part) ? try text(part) : nil
    }
}

/// Writes the primitives of an encoded track.
struct TrackWriter {
    var bytes: [UInt8] = []

    mutating func append(_ integer: some FixedWidthInteger) {
        withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    /// Appends the text, which `ModifiedUTF8.fitting` has made short enough.
    mutating func append(_ text: String) {
        let encoded = ModifiedUTF8.encode(text)
        precondition(encoded.count <= ModifiedUTF8.byteLimit)
        append(UInt16(encoded.count))
        bytes += encoded
    }

    mutating func append(_ text: String?) {
        append(text != nil)
        if let text { append(text) }
    }
}
