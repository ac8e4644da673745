package import Wire

/// The binary form of a track, in base64, that nodes hand out and take back (lavalink-v4.md §10).
///
/// Versions 1 to 3 are read, 3 is written. What a source adds is carried along without being
/// understood.
package struct EncodedTrack: Hashable, Sendable {
    /// As it was read: 1 to 3, or a later one that begins like 3.
    package private(set) var version: UInt8
    package private(set) var title: String
    package private(set) var author: String
    /// Milliseconds.
    package private(set) var length: Int64
    package private(set) var identifier: String
    package private(set) var isStream: Bool
    package private(set) var uri: String?
    package private(set) var artworkUrl: String?
    package private(set) var isrc: String?
    package private(set) var sourceName: String
    /// The source's own part: everything between the source name and the last eight bytes.
    package private(set) var details: [UInt8]
    /// Milliseconds.
    package private(set) var position: Int64

    static let writtenVersion: UInt8 = 3

    /// Takes what a node would know of a track; texts longer than the format holds are cut.
    package init(info: TrackInfo, details: [UInt8] = []) {
        version = Self.writtenVersion
        title = ModifiedUTF8.fitting(info.title)
        author = ModifiedUTF8.fitting(info.author)
        length = info.length
        identifier = ModifiedUTF8.fitting(info.identifier)
        isStream = info.isStream
        uri = info.uri.map(ModifiedUTF8.fitting)
        artworkUrl = info.artworkUrl.map(ModifiedUTF8.fitting)
        isrc = info.isrc.map(ModifiedUTF8.fitting)
        sourceName = ModifiedUTF8.fitting(info.sourceName)
        self.details = details
        position = info.position
    }

    package init(decoding base64: String) throws(EncodedTrackError) {
        let bytes: [UInt8]
        do throws(Base64.DecodingError) {
            bytes = try Base64.decode(base64, padding: .optional)
        } catch {
            throw .notBase64(error)
        }
        try self.init(bytes: bytes)
    }

    /// Reads the envelope and the message; bytes behind the message are ignored (§10.1).
    package init(bytes: [UInt8]) throws(EncodedTrackError) {
        try self.init(EncodedFields(bytes[...]))
    }

    init(_ fields: EncodedFields) {
        version = fields.version
        title = Self.text(fields.title)
        author = Self.text(fields.author)
        length = fields.length
        identifier = Self.text(fields.identifier)
        isStream = fields.isStream
        uri = fields.uri.map(Self.text)
        artworkUrl = fields.artworkUrl.map(Self.text)
        isrc = fields.isrc.map(Self.text)
        sourceName = Self.text(fields.sourceName)
        details = Array(fields.details)
        position = fields.position
    }

    private static func text(_ checked: ArraySlice<UInt8>) -> String {
        ModifiedUTF8.decode(checked) ?? ""
    }

    /// Base64 of version 3, padded.
    package func encoded() -> String { Base64.encode(bytes) }

    /// The envelope and the message of version 3.
    package var bytes: [UInt8] {
        var message = TrackWriter()
        message.append(Self.writtenVersion)
        message.append(title)
        message.append(author)
        message.append(length)
        message.append(identifier)
        message.append(isStream)
        message.append(uri)
        message.append(artworkUrl)
        message.append(isrc)
        message.append(sourceName)
        message.bytes += details
        message.append(position)
        var envelope = TrackWriter()
        envelope.append(UInt32(1) << 30 | UInt32(message.bytes.count))
        return envelope.bytes + message.bytes
    }

    /// The same track, to be started at another place.
    package func with(position: Int64) -> EncodedTrack {
        var track = self
        track.position = position
        return track
    }

    package var info: TrackInfo {
        TrackInfo(
            identifier: identifier,
            isSeekable: !isStream || sourceName == "youtube",
            author: author,
            length: length,
            isStream: isStream,
            position: position,
            title: title,
            uri: uri,
            sourceName: sourceName,
            artworkUrl: artworkUrl,
            isrc: isrc
        )
    }
}

/// Why text is no encoded track.
package enum EncodedTrackError: Error, Equatable, CustomStringConvertible {
    /// A part of the format, as it stands in lavalink-v4.md §10.
    package enum Part: String, Sendable {
        case header, message, version, title, author, length, identifier, isStream, uri, artworkUrl
        case isrc, sourceName, details, position
    }

    case notBase64(Base64.DecodingError)
    /// The bytes end within, or before, this part.
    case truncated(Part)
    /// A size of 0, which ends a list of tracks and is none.
    case empty
    /// A text that is not modified UTF-8.
    case invalidText(Part)

    package var description: String {
        switch self {
        case .notBase64: "is not standard base64"
        case .truncated(let part): "ends too early, in its \(part.rawValue)"
        case .empty: "is an end marker, not a track"
        case .invalidText(let part): "has a \(part.rawValue) that is not modified UTF-8"
        }
    }
}
