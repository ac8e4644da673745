/// One session: a WebSocket connection of a bot, and its players (§3).
struct NodeSession: Sendable {
    /// Letters and digits of an id.
    static let idLength = 16
    /// Seconds; what a client asks for beyond this is taken as this.
    static let longestTimeout = Int64(Int32.max)

    let id: String
    /// The bot that it belongs to.
    let user: String
    /// The socket; nil while the session is paused.
    private(set) var connection: ConnectionID?
    var resuming = false
    /// Seconds that a paused session is kept.
    var timeout: Int64 = 60
    /// Events and stats for the resume: unbounded, as on a real node.
    private(set) var queue: [[UInt8]] = []
    private(set) var players: [Int64: ModelPlayer] = [:]
    /// Guilds in the order in which their players were made.
    private(set) var guilds: [Int64] = []
    /// Counts pauses, so that a timer that was cancelled is recognised.
    private(set) var pauses = 0

    init(id: String, user: String, connection: ConnectionID) {
        self.id = id
        self.user = user
        self.connection = connection
    }

    mutating func pause() {
        connection = nil
        pauses += 1
    }

    /// Cancels the timer of the pause (§2.2, step 3).
    mutating func cancelExpiry() { pauses += 1 }

    /// Takes a new socket; returns what was kept for it.
    mutating func resume(on new: ConnectionID) -> [[UInt8]] {
        connection = new
        defer { queue = [] }
        return queue
    }

    mutating func keep(_ message: [UInt8]) { queue.append(message) }

    subscript(guild: Int64) -> ModelPlayer? {
        get { players[guild] }
        set {
            if let newValue {
                if players.updateValue(newValue, forKey: guild) == nil { guilds.append(guild) }
            } else if players.removeValue(forKey: guild) != nil {
                guilds.removeAll { $0 == guild }
            }
        }
    }
}

/// A PATCH that waits for its player's voice connection (§7.3, step 8).
struct PendingPatch: Sendable {
    var ticket: Ticket
    var path: String
    var body: PatchBody
    var noReplace: Bool
}
