/// How a simulated node is configured.
///
/// The defaults are Lavalink's own (`lavalink-v4.md` §13 and §14).
package struct NodeSettings: Sendable {
    package var password = "youshallnotpass"
    /// 4.0.0 and later; older ones than 4.2 behave as they did then.
    package var version = "4.2.2" { didSet { persona = Persona(version) } }
    private(set) var persona = Persona("4.2.2")

    /// Milliseconds between two `playerUpdate`s of a player with a track.
    package var playerUpdateInterval: Int64 = 5_000
    /// Milliseconds between two `stats` of a session; the first comes with the connection.
    package var statsInterval: Int64 = 60_000
    /// Milliseconds without a frame, while somebody pulls, until a track counts as stuck.
    package var stuckThreshold: Int64 = 10_000
    /// Milliseconds without anybody pulling until a track is cleaned up.
    package var cleanupThreshold: Int64 = 60_000
    /// Milliseconds between two looks for tracks to clean up.
    package var cleanupGrid: Int64 = 10_000
    /// Where that grid lies against the start of the node, in milliseconds.
    package var cleanupOffset: Int64 = 0

    /// Milliseconds from the acceptance of a track to its first frame.
    package var loadTime: Int64 = 20
    /// Milliseconds until the WebSocket to the voice server is open.
    package var voiceConnectTime: Int64 = 15
    /// Milliseconds from there until voice is ready.
    package var voiceReadyTime: Int64 = 2
    /// Milliseconds from there until the first heartbeat is acknowledged: `ping` is 0 until then.
    package var heartbeatTime: Int64 = 5_000
    /// What `ping` says then.
    package var voicePing: Int64 = 12

    /// Milliseconds from the start of the process until its port listens; a real node takes 4,000
    /// to 9,700 (`lavalink-v4.md` §19).
    package var startTime: Int64 = 0
    /// Milliseconds that the first PATCH with a track after a start takes beyond the usual; a real
    /// node takes 1,400 to 1,800 (`lavalink-v4.md` §19).
    package var firstTrackTime: Int64 = 0

    /// The sources whose tracks this node can decode; nil means all.
    package var sources: [String]?
    /// Filters that the configuration switches off, by their names in JSON.
    package var disabledFilters: [String] = []

    /// Milliseconds since the epoch at the model's time 0; every `time` and `timestamp` follows.
    package var epochMilliseconds: Int64 = 1_767_225_600_000

    package init() {}
}
