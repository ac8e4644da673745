/// A player's connection to a voice server, as far as a client can see it (§11).
struct VoiceLink: Sendable {
    enum State: Sendable, Equatable {
        case none
        case connecting
        case open
        /// Closed by the voice server for good; audio is pulled on if it ever was.
        case closedByRemote
    }

    var data = VoiceData()
    private(set) var state = State.none
    /// Whether voice became ready on this connection.
    private(set) var wasReady = false
    private var isAcknowledged = false
    /// Counts connections, so that what was meant for an older one is recognised.
    private(set) var number = 0

    var isConnected: Bool { state == .open }

    /// Whether somebody takes audio frames.
    var pullsAudio: Bool { wasReady && (state == .open || state == .closedByRemote) }

    /// Whether this data needs a new connection.
    func needs(_ new: VoiceData) -> Bool { state != .open || data != new }

    mutating func connect(with new: VoiceData) {
        data = new
        number += 1
        state = .connecting
        wasReady = false
        isAcknowledged = false
    }

    mutating func opened() { state = .open }

    mutating func becameReady() { wasReady = true }

    mutating func acknowledged() { isAcknowledged = true }

    mutating func closedByServer() { state = .closedByRemote }

    /// The node closes it itself; nothing is left.
    mutating func closedByNode() {
        state = .none
        wasReady = false
    }

    /// -1 without a connection, 0 until the first heartbeat is acknowledged.
    func ping(_ acknowledgedPing: Int64) -> Int64 {
        switch state {
        case .none, .connecting: -1
        case .open, .closedByRemote: isAcknowledged ? acknowledgedPing : 0
        }
    }
}
