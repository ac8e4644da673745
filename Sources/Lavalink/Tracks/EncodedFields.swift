import Wire

/// Where the parts of an encoded track are in its bytes (lavalink-v4.md §10);
/// texts are checked, and stay as they are until somebody asks.
struct EncodedFields {
    /// Versions after this one begin like it.
    static let newestKnownLayout: UInt8 = 3

    let version: UInt8
    let title: ArraySlice<UInt8>
    let author: ArraySlice<UInt8>
    let length: Int64
    let identifier: ArraySlice<UInt8>
    let isStream: Bool
    let uri: ArraySlice<UInt8>?
    let artworkUrl: ArraySlice<UInt8>?
    let isrc: ArraySlice<UInt8>?
    let sourceName: ArraySlice<UInt8>
    let details: ArraySlice<UInt8>
    let position: Int64

    /// Reads the envelope and the message; bytes behind the message are ignored (§10.1).
    init(_ bytes: ArraySlice<UInt8>) throws(EncodedTrackError) {
        var message = try Self.message(in: bytes)
        version = message.version
        let layout = min(version, Self.newestKnownLayout)
        title = try message.reader.checkedText(.title)
        author = try message.reader.checkedText(.author)
        length = try message.reader.long(.length)
        identifier = try message.reader.checkedText(.identifier)
        isStream = try message.reader.flag(.isStream)
        uri = layout >= 2 ? try message.reader.optionalCheckedText(.uri) : nil
        artworkUrl = layout >= 3 ? try message.reader.optionalCheckedText(.artworkUrl) : nil
        isrc = layout >= 3 ? try message.reader.optionalCheckedText(.isrc) : nil
        sourceName = try message.reader.checkedText(.sourceName)
        let detailsLength = message.reader.remaining - 8
        guard detailsLength >= 0 else { throw .truncated(.position) }
        details = try message.reader.take(detailsLength, .details)
        position = try message.reader.long(.position)
    }

    private static func message(
        in bytes: ArraySlice<UInt8>
    ) throws(EncodedTrackError) -> (version: UInt8, reader: TrackReader) {
        var envelope = TrackReader(bytes)
        let (size, hasVersion) = try header(&envelope)
        guard size > 0 else { throw .empty }
        var reader = TrackReader(try envelope.take(size, .message))
        let version = hasVersion ? try reader.byte(.version) : 1
        return (version, reader)
    }

    private static func header(
        _ envelope: inout TrackReader
    ) throws(EncodedTrackError) -> (size: Int, hasVersion: Bool) {
        let header = UInt32(truncatingIfNeeded: try envelope.integer(4, .header))
        return (Int(header & 0x3fff_ffff), header >> 30 & 1 == 1)
    }

    /// What queues and places ask for, read from the beginning of the message alone; what comes
    /// behind need not be there.
    struct Head {
        /// Milliseconds.
        let length: Int64
        let identifier: ArraySlice<UInt8>
        let isStream: Bool
        /// Where the text of the URI begins, in a track that has one.
        let startOfURI: Int

        init(_ bytes: ArraySlice<UInt8>) throws(EncodedTrackError) {
            var reader = TrackReader(bytes)
            if try EncodedFields.header(&reader).hasVersion { _ = try reader.byte(.version) }
            try reader.skipText(.title)
            try reader.skipText(.author)
            length = try reader.long(.length)
            identifier = try reader.textBytes(.identifier)
            isStream = try reader.flag(.isStream)
            // Behind a flag, and two bytes of its length.
            startOfURI = bytes.endIndex - reader.remaining + 3
        }
    }
}

extension EncodedFields {
    var isSeekable: Bool { !isStream || sourceName.elementsEqual("youtube".utf8) }

    /// Writes what a node says about the track, byte for byte as `TrackInfo` does.
    func writeInfo(into json: inout JSONWriter) {
        json.object { json in
            json.member("identifier", modified: identifier)
            json.member("isSeekable", isSeekable)
            json.member("author", modified: author)
            json.member("length", length)
            json.member("isStream", isStream)
            json.member("position", position)
            json.member("title", modified: title)
            json.member("uri", modified: uri)
            json.member("sourceName", modified: sourceName)
            json.member("artworkUrl", modified: artworkUrl)
            json.member("isrc", modified: isrc)
        }
    }
}

extension EncodedFields {
    /// Whether `info` is, byte for byte, what follows from the encoded track.
    func says(_ info: ArraySlice<UInt8>) -> Bool {
        var rest = info
        return takeInfo(from: &rest) && rest.isEmpty
    }

    /// Takes what follows from the encoded track off the beginning of a text; whether it stood
    /// there.
    func takeInfo(from text: inout ArraySlice<UInt8>) -> Bool {
        var json = JSONWriter(capacity: text.count + 64)
        writeInfo(into: &json)
        guard text.prefix(json.bytes.count).isIdentical(to: json.bytes[...]) else { return false }
        text = text.dropFirst(json.bytes.count)
        return true
    }
}

extension ArraySlice<UInt8> {
    /// Takes a text off the beginning, if it stands there.
    mutating func takePrefix(_ prefix: StaticString) -> Bool {
        let count = prefix.utf8CodeUnitCount
        let stands = prefix.withUTF8Buffer { self.prefix(count).elementsEqual($0) }
        if stands { self = dropFirst(count) }
        return stands
    }
}

extension JSONWriter {
    /// A member whose text is modified UTF-8.
    fileprivate mutating func member(_ name: StaticString, modified text: ArraySlice<UInt8>?) {
        guard let text, !ModifiedUTF8.isASCII(text) else { return member(name, utf8: text) }
        member(name, ModifiedUTF8.decode(text))
    }
}
