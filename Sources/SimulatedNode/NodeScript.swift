package import Lavalink
package import Wire

/// What goes wrong, and how the world around the node behaves; all of it can change at run time.
package struct NodeScript: Sendable {
    /// What happens to the next WebSocket handshakes, first come first served; then all is well.
    package var handshakes: [HandshakeFault] = []
    /// What happens to REST requests: the first rule that matches is followed.
    package var rules: [AnswerRule] = []
    /// How long REST requests take.
    package var latency: Latency = .none
    /// The `stats` of a new session comes before its `ready`.
    package var statsBeforeReady = false
    /// What `stats` says of the machine.
    package var load = NodeLoad()
    /// How many events of players, from the next one on, are sent twice.
    package var repeatedEvents = 0
    /// How voice servers behave: the first rule that matches, else `.ready`.
    package var voice: [VoiceRule] = []
    /// How tracks play, by identifier; what is not here follows `TrackBehaviour.init(named:)`.
    package var tracks: [String: TrackBehaviour] = [:]
    /// What identifiers load; what is not here follows `Catalogue`.
    package var catalogue: [String: LoadOutcome] = [:]

    package init() {}

    /// Refuses the next `count` handshakes with `status`.
    package mutating func refuseHandshakes(_ count: Int, status: Int = 503) {
        handshakes += Array(repeating: .refuse(status: status), count: count)
    }

    /// Answers the next `times` requests that match with `status`; nil times means all of them.
    package mutating func answer(
        _ status: Int,
        to method: Method? = nil,
        path: String? = nil,
        retryAfter: Int? = nil,
        times: Int? = 1
    ) {
        rules.append(
            AnswerRule(method, path, times, .status(status, retryAfter: retryAfter, message: nil))
        )
    }
}

/// What `stats` says of the machine (§4.3), from the second time on: the first after a start says
/// zeros and no frames (§19).
package struct NodeLoad: Sendable, Hashable {
    package var cores = 2
    package var systemLoad = 0.02
    package var lavalinkLoad = 0.01
    /// How far the two loads of one message may be off, from 0 to 1: they are those of one moment,
    /// and two equal nodes may say 0.42 and 0.12 (§19).
    package var swing = 0.0
    package var frames: Stats.FrameStats?

    /// The load at one moment.
    func sampled(using generator: inout SplitMix) -> NodeLoad {
        guard swing > 0 else { return self }
        var load = self
        load.systemLoad = Self.moved(systemLoad, by: swing, using: &generator)
        load.lavalinkLoad = min(
            Self.moved(lavalinkLoad, by: swing, using: &generator),
            load.systemLoad
        )
        return load
    }

    private static func moved(
        _ load: Double,
        by swing: Double,
        using generator: inout SplitMix
    ) -> Double {
        min(max(load + Double.random(in: -swing...swing, using: &generator), 0), 1)
    }

    /// What a process says before it has measured anything.
    func unmeasured() -> NodeLoad {
        var load = self
        load.systemLoad = 0
        load.lavalinkLoad = 0
        load.frames = nil
        return load
    }
}

/// What happens to one WebSocket handshake.
package enum HandshakeFault: Sendable, Hashable {
    case refuse(status: Int)
    /// The request is taken and never answered.
    case stall
    /// 101 is sent, then nothing: no `ready`, no session.
    case silentAfterUpgrade
}

/// A fault of REST requests, for those that match.
package struct AnswerRule: Sendable {
    package enum Action: Sendable {
        /// The request changes nothing; this is answered.
        case status(Int, retryAfter: Int?, message: String?)
        /// The request waits this many milliseconds before it is looked at.
        case delayBefore(Int64)
        /// The request is carried out at once, the answer waits this many milliseconds.
        case delayAnswer(Int64)
        /// The request changes nothing and is never answered.
        case stall
        /// The request is carried out and never answered.
        case stallAfterApplying
        /// The request changes nothing and its connection is reset.
        case reset
        /// The request is carried out and its connection is reset.
        case resetAfterApplying
    }

    package var method: Method?
    /// What the path must contain.
    package var path: String?
    /// How many requests it holds for; nil for all.
    package var times: Int?
    package var action: Action

    package init(_ method: Method?, _ path: String?, _ times: Int?, _ action: Action) {
        self.method = method
        self.path = path
        self.times = times
        self.action = action
    }

    func matches(_ request: Request) -> Bool {
        if let method, method != request.method { return false }
        if let path, !request.path.contains(path) { return false }
        return times != 0
    }
}

/// How long REST requests take, and how that grows with what is in flight.
///
/// One worker carries requests out one after the other: each costs it `cost`, and none is answered
/// before `floor`. All figures are milliseconds.
package struct Latency: Sendable, Hashable {
    package struct Figures: Sendable, Hashable {
        package var floor: Int64
        package var cost: Int64

        package init(floor: Int64, cost: Int64) {
            self.floor = floor
            self.cost = cost
        }
    }

    /// A PATCH of a player with voice data.
    package var voice: Figures
    /// A PATCH of a player with a track and no voice data.
    package var track: Figures
    /// Everything else.
    package var other: Figures

    package init(voice: Figures, track: Figures, other: Figures) {
        self.voice = voice
        self.track = track
        self.other = other
    }

    package static let none = Latency(
        voice: Figures(floor: 0, cost: 0),
        track: Figures(floor: 0, cost: 0),
        other: Figures(floor: 0, cost: 0)
    )

    /// As seen on a real node with two busy cores (`lavalink-v4.md` §19).
    package static let measured = Latency(
        voice: Figures(floor: 200, cost: 45),
        track: Figures(floor: 15, cost: 14),
        other: Figures(floor: 2, cost: 1)
    )
}

/// What a voice server does with one connection of the node.
package enum VoiceOutcome: Sendable, Hashable {
    case ready
    /// The WebSocket opens and nothing is said: `connected` without sound.
    case silent
    /// The WebSocket opens and closes again with this code when the node identifies itself.
    case identifyRefused(code: Int, reason: String)
    /// The WebSocket is refused: 500 `Failed to connect to voice server`.
    case upgradeRefused
    /// TCP or DNS fails: the PATCH is never answered (`lavalink-v4.md` §7.4).
    case unreachable
}

/// Which connections a voice server treats in which way.
package struct VoiceRule: Sendable {
    /// The guild, or nil for any.
    package var guild: UInt64?
    /// What the endpoint must contain, or nil for any.
    package var endpoint: String?
    package var times: Int?
    package var outcome: VoiceOutcome

    package init(
        guild: UInt64? = nil,
        endpoint: String? = nil,
        times: Int? = nil,
        _ outcome: VoiceOutcome
    ) {
        self.guild = guild
        self.endpoint = endpoint
        self.times = times
        self.outcome = outcome
    }
}
