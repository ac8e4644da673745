package import Wire

extension EncodedTrack {
    /// The name of the container of an `http` or `local` track, such as `mp3`.
    ///
    /// It may go on behind a bar: `m3u|hls-outer`. Nil for other sources.
    package var probeInfo: String? {
        guard sourceName == "http" || sourceName == "local" else { return nil }
        var reader = TrackReader(details[...])
        // Details of another shape belong to something that this program does not know.
        guard let text = try? reader.text(.details), reader.remaining == 0 else { return nil }
        return text
    }

    /// The details of an `http` or `local` track.
    package static func details(probeInfo: String) -> [UInt8] {
        var writer = TrackWriter()
        writer.append(ModifiedUTF8.fitting(probeInfo))
        return writer.bytes
    }

    /// What the LavaSrc plugin adds to tracks of its sources.
    package struct LavaSrcDetails: Hashable, Sendable {
        package var albumName: String?
        package var albumUrl: String?
        package var artistUrl: String?
        package var artistArtworkUrl: String?
        package var previewUrl: String?
        package var isPreview: Bool
    }

    /// Nil for the sources that LavaSrc does not bring, and for its old strings.
    package var lavaSrc: LavaSrcDetails? {
        guard Self.sourcesOfLavaSrc.contains(sourceName) else { return nil }
        var reader = TrackReader(details[...])
        // Details of another shape belong to another version of the plugin.
        guard let found = try? LavaSrcDetails(&reader), reader.remaining == 0 else { return nil }
        return found
    }

    private static let sourcesOfLavaSrc: Set = [
        "spotify", "applemusic", "deezer", "tidal", "qobuz", "jiosaavn", "yandexmusic", "vkmusic",
        "ytdlp",
    ]
}

extension EncodedTrack.LavaSrcDetails {
    fileprivate init(_ reader: inout TrackReader) throws(EncodedTrackError) {
        albumName = try reader.optionalText(.details)
        albumUrl = try reader.optionalText(.details)
        artistUrl = try reader.optionalText(.details)
        artistArtworkUrl = try reader.optionalText(.details)
        previewUrl = try reader.optionalText(.details)
        isPreview = try reader.flag(.details)
    }
}

extension Track {
    /// What a node answers when it is asked to decode this string (lavalink-v4.md §6.5).
    package init(
        _ track: EncodedTrack,
        encoded: String? = nil,
        userData: RawJSON = .emptyObject
    ) {
        var plugin = JSONWriter()
        plugin.object { json in
            if let probeInfo = track.probeInfo { json.member("probeInfo", probeInfo) }
        }
        self.init(
            encoded: encoded ?? track.encoded(),
            info: track.info,
            pluginInfo: plugin.raw,
            userData: userData
        )
    }
}
