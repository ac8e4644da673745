package import Wire

/// What a node says about a track (lavalink-v4.md §9.2).
package struct TrackInfo: Hashable, Sendable, NodeValue {
    /// The track's name within its source.
    package var identifier: String
    package var isSeekable: Bool
    package var author: String
    /// Milliseconds; `unknownLength` for streams and whenever the source does not say.
    package var length: Int64
    package var isStream: Bool
    /// Milliseconds.
    package var position: Int64
    package var title: String
    package var uri: String?
    package var sourceName: String
    package var artworkUrl: String?
    package var isrc: String?

    /// What Lavalink sends as the length of a stream; NodeLink's -1 is read as this.
    package static let unknownLength = Int64.max
    /// A year: no length and no place of music that a node names is believed beyond it.
    package static let longest: Int64 = 366 * 86_400_000

    package init(
        identifier: String,
        isSeekable: Bool = true,
        author: String,
        length: Int64,
        isStream: Bool = false,
        position: Int64 = 0,
        title: String,
        uri: String? = nil,
        sourceName: String,
        artworkUrl: String? = nil,
        isrc: String? = nil
    ) {
        self.identifier = identifier
        self.isSeekable = isSeekable
        self.author = author
        self.length = length
        self.isStream = isStream
        self.position = position
        self.title = title
        self.uri = uri
        self.sourceName = sourceName
        self.artworkUrl = artworkUrl
        self.isrc = isrc
    }

    package init(_ value: JSONValue, at pointer: String) throws(JSONFault) {
        try value.requireObject(at: pointer)
        _ = try value.requiredText("identifier", at: pointer)
        self.init(lenient: value)
    }

    /// What an object says, with neutral values for what it lacks.
    init(lenient value: JSONValue) {
        identifier = value.text("identifier") ?? ""
        isStream = value.flag("isStream") ?? false
        isSeekable = value.flag("isSeekable") ?? !isStream
        author = value.text("author") ?? ""
        length = Self.believed(length: value.whole("length") ?? Self.unknownLength)
        position = value.milliseconds("position") ?? 0
        title = value.text("title") ?? ""
        uri = value.text("uri")
        sourceName = value.text("sourceName") ?? ""
        artworkUrl = value.text("artworkUrl")
        isrc = value.text("isrc")
    }

    /// What an encoded track says, as far as it is believed.
    init(_ fields: EncodedFields) {
        self = EncodedTrack(fields).info
        length = Self.believed(length: length)
        position = min(max(position, 0), Self.longest)
    }

    /// A length that a node names, or `unknownLength` for one that cannot be.
    static func believed(length: Int64) -> Int64 {
        (0...longest).contains(length) ? length : unknownLength
    }

    package func write(into json: inout JSONWriter) {
        json.object { json in
            json.member("identifier", identifier)
            json.member("isSeekable", isSeekable)
            json.member("author", author)
            json.member("length", length)
            json.member("isStream", isStream)
            json.member("position", position)
            json.member("title", title)
            json.member("uri", uri)
            json.member("sourceName", sourceName)
            json.member("artworkUrl", artworkUrl)
            json.member("isrc", isrc)
        }
    }

    package var raw: RawJSON {
        var json = JSONWriter()
        write(into: &json)
        return json.raw
    }
}
