import Control
import Lavalink
package import Runtime
import Wire

/// Voice: the four values, or what the gateway said, as it said it.
@Loop package struct VoiceEndpoints {
    let planes: ControlPlanes

    package init(planes: ControlPlanes) { self.planes = planes }

    package var routes: [Route] {
        [
            Route(
                .put,
                "/v1/players/{guildId}/voice",
                "putVoice",
                query: ["bot"],
                .waiting(put)
            ),
            Route(.post, "/v1/voice", "forwardVoice", query: ["bot"], .waiting(forward)),
        ]
    }

    private func put(_ context: Context) async throws(Problem) -> Response {
        let plane = try planes.plane(for: context)
        let guild = try context.guild()
        let body = try context.members(known: ["token", "endpoint", "sessionId", "channelId"])
        let voice = try Problem.ofFaults { () throws(JSONFault) in try body.voice() }
        let reply = try await plane.carryOut { .player(guild, .setVoice(voice), $0) }
        return try PlayerEndpoints.response(to: reply, on: plane)
    }

    private func forward(_ context: Context) async throws(Problem) -> Response {
        let plane = try planes.plane(for: context)
        // A gateway payload has `op` and `s` beside what is needed.
        let body = try context.members(known: ["t", "d", "op", "s"])
        if let payload = try Problem.ofFaults({ () throws(JSONFault) in try Self.payload(body) }) {
            _ = try await plane.carryOut { .voice(payload, $0) }
        }
        return Response(status: 202)
    }

    /// Nil for a payload that is about no guild, as in a private call.
    private static func payload(_ body: JSONMembers) throws(JSONFault) -> GatewayVoice? {
        let type = try kind(body)
        guard let data = try body.members("d") else {
            throw body.fault("d", "must be an object, the data of the payload")
        }
        guard let text = try data.string("guild_id") else { return nil }
        guard let guild = GuildID(text) else {
            throw data.fault("guild_id", "must be a Discord id")
        }
        switch type {
        case .state:
            let user = try data.require("user_id", data.string("user_id"))
            guard let user = UserID(user) else {
                throw data.fault("user_id", "must be a Discord id")
            }
            return .state(
                guild,
                user: user,
                channel: try data.channel("channel_id"),
                session: try data.require("session_id", data.notBlank("session_id"))
            )
        case .server:
            return .server(
                guild,
                token: try data.require("token", data.notBlank("token")),
                endpoint: try data.notBlank("endpoint")
            )
        }
    }

    private enum Kind: String {
        case state = "VOICE_STATE_UPDATE"
        case server = "VOICE_SERVER_UPDATE"
    }

    private static func kind(_ body: JSONMembers) throws(JSONFault) -> Kind {
        guard let kind = Kind(rawValue: try body.require("t", body.string("t"))) else {
            throw body.fault("t", "must be \"VOICE_STATE_UPDATE\" or \"VOICE_SERVER_UPDATE\"")
        }
        return kind
    }
}
