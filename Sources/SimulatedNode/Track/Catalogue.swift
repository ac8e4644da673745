package import Lavalink

/// What an identifier leads to.
package enum LoadOutcome: Sendable, Hashable {
    case track(EncodedTrack)
    case playlist(name: String, selectedTrack: Int, [EncodedTrack])
    case search([EncodedTrack])
    case empty
    /// The cause, which only stands in the stack trace since 4.0.8 (§6.4).
    case error(cause: String)
}

/// The tracks that every simulated node knows, by the form of their identifiers.
///
/// | Identifier | What it loads |
/// |---|---|
/// | `tone-3s`, `music/tone-180s.wav`, `break-30s-at-5s` | a track of that length; see
/// `TrackBehaviour` |
/// | `stream` | a stream that never ends |
/// | `ytsearch:…`, `ytmsearch:…`, `scsearch:…` | five tracks; none for the query `nothing` |
/// | `playlist:25` | a playlist of 25 tracks |
/// | `error:why` | a failure |
/// | `http://…`, `https://…` | a track of three minutes; a playlist with `list=` in the query |
/// | anything else | nothing |
package enum Catalogue {
    /// What every failure to load says since 4.0.8.
    static let failure = "Something went wrong while looking up the track."

    static let tracksOfSearch = 5
    static let defaultLength: Int64 = 180_000
    /// Tracks that a playlist may have.
    static let playlistLimit = 10_000

    package static func load(_ identifier: String) -> LoadOutcome {
        if identifier.hasPrefix("http://") || identifier.hasPrefix("https://") {
            return page(identifier)
        }
        guard let colon = identifier.firstIndex(of: ":") else { return file(identifier) }
        let rest = String(identifier[identifier.index(after: colon)...])
        switch identifier[..<colon] {
        case "ytsearch", "ytmsearch": return search(rest, "youtube")
        case "scsearch": return search(rest, "soundcloud")
        case "error": return .error(cause: rest)
        case "playlist":
            guard let count = Int(rest), (1...playlistLimit).contains(count) else { return .empty }
            return playlist("Playlist of \(count)", count)
        default: return .empty
        }
    }

    private static func file(_ identifier: String) -> LoadOutcome {
        let name = identifier.split(separator: "/").last?.split(separator: ".").first ?? ""
        if name == "stream" {
            return .track(
                track(
                    identifier,
                    title: "A stream",
                    length: TrackInfo.unknownLength,
                    isStream: true
                )
            )
        }
        let parts = name.split(separator: "-")
        let kinds = ["tone", "fail", "late", "break", "stall", "stick", "slow"]
        guard parts.count >= 2, kinds.contains(String(parts[0])),
            let length = TrackBehaviour.milliseconds(parts[1]), length > 0
        else { return .empty }
        return .track(track(identifier, title: "\(parts[0]) of \(parts[1])", length: length))
    }

    private static func page(_ address: String) -> LoadOutcome {
        if address.contains("list=") { return playlist("List", 3) }
        return .track(
            track(
                address,
                title: "Unknown title",
                length: defaultLength,
                uri: address,
                source: "http"
            )
        )
    }

    private static func search(_ query: String, _ source: String) -> LoadOutcome {
        guard query != "nothing", !query.isEmpty else { return .empty }
        return .search(
            (1...tracksOfSearch).map { number in
                track(
                    "\(query)-\(number)",
                    title: "\(query) \(number)",
                    length: defaultLength,
                    uri: "https://example.com/\(number)",
                    source: source
                )
            }
        )
    }

    private static func playlist(_ name: String, _ count: Int) -> LoadOutcome {
        .playlist(
            name: name,
            selectedTrack: -1,
            (1...count).map { number in
                track("tone-180s/\(number)", title: "Track \(number)", length: defaultLength)
            }
        )
    }

    /// A track as its source would describe it; `local` and `http` know the container.
    package static func track(
        _ identifier: String,
        title: String = "Unknown title",
        author: String = "Unknown artist",
        length: Int64,
        isStream: Bool = false,
        uri: String? = nil,
        source: String = "local"
    ) -> EncodedTrack {
        let knowsContainer = source == "local" || source == "http"
        return EncodedTrack(
            info: TrackInfo(
                identifier: identifier,
                author: author,
                length: length,
                isStream: isStream,
                title: title,
                uri: uri ?? identifier,
                sourceName: source
            ),
            details: knowsContainer ? EncodedTrack.details(probeInfo: "wav") : []
        )
    }
}
