import Lavalink
import Testing
import Wire

@Suite(
    "A recorded change of a player",
    .enabled(
        if: Transcript.isThere,
        "the recordings of shared/corpora/lavalink-4.2.2 are not there"
    )
)
struct DecodingRequestsTests {
    /// What a node takes and this program never sends.
    static let neverSent = [
        #""identifier""#, #""encodedTrack""#, #""endTime": null"#, #""unknown""#, #""track": {}"#,
    ]

    @Test("is written again by a patch", arguments: Transcript.names)
    func bodies(name: String) throws {
        for (line, exchange) in try Transcript.load(name).exchanges {
            guard exchange.method == "PATCH", exchange.path.contains("/players/"),
                case .json(let body) = exchange.request
            else { continue }
            let place = Comment(rawValue: "\(name).jsonl:\(line): \(body.raw)")
            if let patch = PlayerPatch(recorded: body) {
                #expect(try JSONDocument(parsing: patch.body).root.isEquivalent(to: body), place)
            } else if exchange.status == 200 {
                #expect(Self.neverSent.contains { "\(body.raw)".contains($0) }, place)
            }
        }
    }

    @Test("is nearly always one that a patch can say")
    func expressible() throws {
        var (said, all) = (0, 0)
        for name in Transcript.names {
            for (_, exchange) in try Transcript.load(name).exchanges {
                guard exchange.status == 200, exchange.path.contains("/players/"),
                    case .json(let body) = exchange.request
                else { continue }
                all += 1
                said += PlayerPatch(recorded: body) == nil ? 0 : 1
            }
        }
        #expect(said > 90, "\(said) of \(all)")
        #expect(all - said < 20, "\(said) of \(all)")
    }

    @Test("has filters that are refused when the track broke on them, and echoed otherwise")
    func filters() throws {
        var outcomes: [String: Bool] = [:]
        for name in Transcript.names {
            for (_, exchange) in try Transcript.load(name).exchanges {
                guard case .json(let body) = exchange.request, let sent = body["filters"],
                    let echo = exchange.response?["filters"], exchange.status == 200
                else { continue }
                // Refusal is one of the two outcomes that are compared below.
                let filters = try? Filters(checking: sent, at: "/filters")
                outcomes["\(sent.raw)"] = filters?.matches(reported: echo.raw)
            }
        }
        #expect(
            outcomes == [
                #"{"volume": 0.5}"#: true, "{}": true, #"{"timescale": {"speed": 2.0}}"#: true,
                #"{"timescale": {"speed": 0.5}}"#: true,
            ]
        )
    }
}

extension PlayerPatch {
    /// Nil when the body says something that a patch does not.
    fileprivate init?(recorded body: JSONValue) {
        guard body.kind == .object else { return nil }
        self.init()
        for (key, value) in body.members {
            switch key.string {
            case "track": track = TrackPatch(recorded: value)
            case "position": position = value.int64
            case "endTime": endTime = value.int64
            case "volume": volume = value.int64.map { Int($0) }
            case "paused": paused = value.bool
            case "filters": filters = value.kind == .object ? value.raw : nil
            case "voice" where value.members.count == 4: voice = try? VoiceState(value)
            default: return nil
            }
        }
        // A member of the wrong type was left out above.
        guard let written = try? JSONDocument(parsing: self.body).root,
            written.members.count == body.members.count
        else { return nil }
    }
}

extension PlayerPatch.TrackPatch {
    fileprivate init?(recorded track: JSONValue) {
        let userData = track["userData"].flatMap { $0.kind == .object ? $0.raw : nil }
        guard track["identifier"] == nil else { return nil }
        if let encoded = track["encoded"]?.string {
            self = .play(encoded: encoded, userData: userData)
        } else if track["encoded"] != nil {
            self = .stop
        } else if let userData {
            self = .userData(userData)
        } else {
            return nil
        }
    }
}
