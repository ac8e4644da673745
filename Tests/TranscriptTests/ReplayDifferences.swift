import Foundation
import Lavalink
import SimulatedNode
import Wire

/// Where the modelled node is meant to differ from a recording; every entry has its reason.
enum ReplayDifferences {
    /// A line of a recording of which a part is not compared.
    struct Difference: Sendable {
        enum Part: Sendable, Equatable { case body, counts }

        var file: String
        var lines: ClosedRange<Int>
        var part: Part
        var reason: String
    }

    static let table = [
        Difference(
            file: "rest",
            lines: 31...31,
            part: .body,
            reason: "metrics of the JVM: the model has two gauges of Lavalink's own"
        ),
        Difference(
            file: "concurrent",
            lines: 12...53,
            part: .body,
            reason: "eight threads at once answer with the track of another; the model takes one "
                + "request after the other, in the order of the recorded starts"
        ),
        Difference(
            file: "novoice",
            lines: 68...68,
            part: .counts,
            reason: "another client's players were on the same node"
        ),
        Difference(
            file: "timescale-and-pause",
            lines: 3...3,
            part: .counts,
            reason: "another client's players were on the same node"
        ),
    ]

    static func isExcused(_ file: String, _ line: Int, _ part: Difference.Part) -> Bool {
        table.contains { $0.file == file && $0.lines.contains(line) && $0.part == part }
    }

    /// Messages that are not compared: those of one guild (or of none, for stats), of one op or
    /// of all, within some seconds.
    struct Gap: Sendable {
        var file: String
        var guild: String
        var op: String?
        var seconds: ClosedRange<Double>
        var reason: String

        func covers(_ file: String, _ guild: String, _ op: String, at time: Int64) -> Bool {
            self.file == file && self.guild == guild && self.op ?? op == op
                && seconds.contains(Double(time) / 1_000)
        }
    }

    static let gaps = [
        Gap(
            file: "concurrent",
            guild: "817327181659110017",
            op: "playerUpdate",
            seconds: 153.4...153.5,
            reason: "a track that is replaced within a millisecond may not get its second update"
        ),
        Gap(
            file: "voice",
            guild: "817327181659110001",
            op: "playerUpdate",
            seconds: 10.1...130,
            reason: "the recording leaves out the updates of the player that is not looked at"
        ),
        Gap(
            file: "voice",
            guild: "817327181659110006",
            seconds: 51.6...130,
            reason: "the recording was shortened: the rest of close code 4015"
        ),
        Gap(
            file: "voice",
            guild: "",
            op: "stats",
            seconds: 51.6...71.6,
            reason: "the recording was shortened"
        ),
        Gap(
            file: "voice",
            guild: "817327181659110008",
            seconds: 0...71.6,
            reason: "the recording was shortened: the beginning of close code 1000"
        ),
        Gap(
            file: "voice",
            guild: "817327181659110009",
            seconds: 81.5...130,
            reason: "the recording was shortened: the rest of close code 1006"
        ),
    ]

    /// Something that was done to the real node and does not stand in the recording.
    struct Insertion: Sendable {
        var file: String
        /// Milliseconds.
        var time: Int64
        var requests: [Request]
        var reason: String
    }

    static let insertions = [
        Insertion(
            file: "voice",
            time: 59_500,
            requests: [voiceRequest(.delete, 6)],
            reason: "the recording was shortened here"
        ),
        Insertion(
            file: "voice",
            time: 69_480,
            requests: [voiceRequest(.patch, 8, body: beginningOfGuild8)],
            reason: "the recording was shortened here"
        ),
        Insertion(
            file: "voice",
            time: 89_000,
            requests: [voiceRequest(.delete, 9)],
            reason: "the recording was shortened here"
        ),
    ]

    private static let beginningOfGuild8 =
        #"{"voice":{"token":"tok","endpoint":"localhost:24443","sessionId":"vc","#
        + #""channelId":"817327181659111999"},"track":{"encoded":""#
        + Catalogue.track("music/long.wav", length: 120_000).encoded()
        + #"","userData":{"code":1000}}}"#

    private static func voiceRequest(
        _ method: Wire.Method,
        _ guild: Int,
        body: String = ""
    ) -> Request {
        var headers = Headers()
        headers.append("Authorization", NodeSettings().password)
        headers.append("Content-Type", "application/json")
        return Request(
            method: method,
            path: "/v4/sessions/y90u5mdmsvv8fmn5/players/81732718165911000\(guild)",
            headers: headers,
            body: Array(body.utf8)
        )
    }

    /// Lines of requests of the same moment, in the order in which the real node took them.
    static let simultaneous = ["concurrent": [14, 18, 15, 16, 17, 42, 49, 50]]
    static let simultaneousTime: Int64 = 153_423
}

// MARK: The node and what is around it

extension ReplayDifferences {
    static func settings(for file: String) -> NodeSettings {
        var settings = NodeSettings()
        settings.playerUpdateInterval = 1_000  // as the recorded node was configured
        // Where the grid lay against the start of the recording: cleaned up at 64.03 s.
        if file == "novoice" { settings.cleanupOffset = 4_030 }
        return settings
    }

    /// The music that lay on the disk of the real node, and the sources that misbehaved.
    static func script(for transcript: Transcript) -> NodeScript {
        var script = NodeScript()
        for (_, exchange) in transcript.exchanges { script.learn(from: exchange) }
        script.tracks["music/gone.wav"] = .failsToLoad(
            cause: "java.io.FileNotFoundException: music/gone.wav (No such file or directory)"
        )
        let host = "http://127.0.0.1:24500"
        script.tracks[host + "/gone/long.wav"] = .failsToLoad(
            cause: "java.lang.RuntimeException: Not success status code: 404"
        )
        script.tracks[host + "/cut/long.wav"] = .breaks(
            at: 7_760,
            cause: "java.net.SocketException: Connection reset"
        )
        script.tracks[host + "/stall/long.wav"] = .stalls(
            at: 7_760,
            wait: 950,
            cause: "java.net.SocketTimeoutException: Read timed out"
        )
        script.tracks[host + "/slow/long.wav"] = .slow(rate: 0.313)
        return script
    }
}

extension NodeScript {
    /// Notes what an identifier led to.
    fileprivate mutating func learn(from exchange: Transcript.Exchange) {
        let response = exchange.response
        if case .json(let body) = exchange.request,
            let name = body["track"]?["identifier"]?.string
        {
            if response?["message"]?.string == "No matches found for identifier" {
                catalogue[name] = .empty
            } else if let encoded = response?["track"]?["encoded"]?.string {
                learn(name, encoded)
            }
        }
        guard exchange.path.hasPrefix("/v4/loadtracks?identifier=") else { return }
        let escaped = exchange.path.split(separator: "=", maxSplits: 1).dropFirst().first ?? ""
        guard let name = String(escaped).removingPercentEncoding else { return }
        switch response?["loadType"]?.string {
        case "track": learn(name, response?["data"]?["encoded"]?.string ?? "")
        case "empty": catalogue[name] = .empty
        case "error": catalogue[name] = .error(cause: "recorded")
        default: break
        }
    }

    private mutating func learn(_ name: String, _ encoded: String) {
        // An answer that cannot be read then differs, which the comparison says.
        guard let track = try? EncodedTrack(decoding: encoded) else { return }
        catalogue[name] = .track(track.with(position: 0))
    }
}
