/// Why a stream or an upgraded connection ended.
package enum ConnectionEnd: Equatable, Sendable {
    /// The client closed.
    case byPeer
    /// The connection broke.
    case broken
    /// The client did not read what was written, for too long.
    case tooSlow
    /// This side closed it.
    case here
    /// The listener was shut down.
    case shutDown
}

/// Whoever has a connection after HTTP has ended on it.
@Loop protocol Takeover: AnyObject {
    /// Its turn has come: the head is on its way. Returns what was written meanwhile.
    func began() -> (held: [UInt8], isFinished: Bool)
    func received(_ bytes: [UInt8])
    func ended(_ reason: ConnectionEnd)
    /// Whether the client's end of input is the end of all.
    var endsWithInput: Bool { get }
}
