import Lavalink
import Testing
import Wire

@Suite(
    "A recorded message",
    .enabled(
        if: Transcript.isThere,
        "the recordings of shared/corpora/lavalink-4.2.2 are not there"
    )
)
struct DecodingMessagesTests {
    @Test("is read, and says the same when it is written", arguments: Transcript.names)
    func messages(name: String) throws {
        for entry in try Transcript.load(name).entries {
            guard case .message(_, let recorded) = entry.kind else { continue }
            let place = Comment(rawValue: "\(name).jsonl:\(entry.line)")
            let message = try NodeMessage(parsing: recorded.raw.bytes)
            #expect(!message.isUnknown, place)
            let written = try JSONDocument(parsing: message.bytes).root
            #expect(written.isEquivalent(to: recorded), place)
            for part in message.opaqueParts { #expect(entry.bytes.contains(part.bytes), place) }
        }
    }

    @Test("holds tracks that are read from their encoded form alike", arguments: Transcript.names)
    func tracks(name: String) throws {
        for entry in try Transcript.load(name).entries {
            guard case .message(_, let recorded) = entry.kind,
                case .event(_, let event) = try NodeMessage(recorded), let track = event.track
            else { continue }
            let encoded = try EncodedTrack(decoding: track.encoded)
            let place = Comment(rawValue: "\(name).jsonl:\(entry.line)")
            #expect(encoded.encoded() == track.encoded, place)
            #expect(encoded.info == track.info, place)
            let again = Track(encoded, userData: track.userData)
            #expect(again.pluginInfo.value.isEquivalent(to: track.pluginInfo.value), place)
        }
    }

    @Test("of every kind but a stuck track is among the recordings")
    func kinds() throws {
        var kinds: Set<String> = []
        for name in Transcript.names {
            for entry in try Transcript.load(name).entries {
                guard case .message(_, let message) = entry.kind else { continue }
                kinds.insert(message["type"]?.string ?? message["op"]?.string ?? "")
            }
        }
        #expect(
            kinds == [
                "ready", "playerUpdate", "stats", "TrackStartEvent", "TrackEndEvent",
                "TrackExceptionEvent", "WebSocketClosedEvent",
            ]
        )
    }
}

extension NodeMessage {
    fileprivate var isUnknown: Bool {
        switch self {
        case .unknown, .event(_, .unknown), .event(_, .trackEnd(_, .unknown)): true
        case .ready, .playerUpdate, .stats, .event: false
        }
    }

    /// What must go through byte for byte.
    fileprivate var opaqueParts: [RawJSON] {
        guard case .event(_, let event) = self, let track = event.track else { return [] }
        return [track.infoRaw, track.pluginInfo, track.userData]
    }
}
