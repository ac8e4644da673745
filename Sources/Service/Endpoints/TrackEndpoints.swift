import Control
import Lavalink
package import Runtime
import Wire

/// Tracks: loaded through a node, or decoded here.
@Loop package struct TrackEndpoints {
    let planes: ControlPlanes

    package init(planes: ControlPlanes) { self.planes = planes }

    /// Encoded tracks in one request.
    static let decodedLimit = 1000

    package var routes: [Route] {
        [
            Route(
                .get,
                "/v1/tracks",
                "loadTracks",
                query: ["bot", "identifier"],
                .waiting(load)
            ),
            Route(.post, "/v1/tracks/decode", "decodeTracks", query: ["bot"], .immediate(decode)),
        ]
    }

    /// The best node's answer, byte for byte.
    private func load(_ context: Context) async throws(Problem) -> Response {
        let plane = try planes.plane(for: context)
        guard let identifier = context.query("identifier"), !identifier.isEmpty else {
            throw .query("identifier", "is missing; send a URL, or a search such as ytsearch:words")
        }
        let reply = try await plane.carryOut { .load(identifier: identifier, $0) }
        return .json(bytes: Array(reply.raw.bytes))
    }

    /// The format is known here, so no node is asked, and none is needed.
    private func decode(_ context: Context) throws(Problem) -> Response {
        let body = try context.members(known: ["tracks"])
        let tracks = try Problem.ofFaults { () throws(JSONFault) in try Self.decoded(body) }
        return .json { json in
            json.array("tracks", tracks) { json, track in track.write(into: &json) }
        }
    }

    private static func decoded(_ body: JSONMembers) throws(JSONFault) -> [Track] {
        let texts = try body.require("tracks", body.elements("tracks"))
        guard (1...decodedLimit).contains(texts.count) else {
            throw body.fault("tracks", "must have from 1 to \(decodedLimit) elements")
        }
        var tracks: [Track] = []
        for (index, text) in texts.enumerated() {
            tracks.append(try Track(encodedIn: text, at: "/tracks/\(index)"))
        }
        return tracks
    }
}
