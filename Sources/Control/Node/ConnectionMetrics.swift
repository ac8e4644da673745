/// The contract's connection metrics; nothing is decided by them.
package struct ConnectionMetrics: Sendable, Equatable {
    package var disconnects = 0
    package var reconnects = 0
    package var failedReconnects = 0
    package var lastDisconnect: Instant?
    package var playersRestored = 0

    package init() {}

    /// Reconnects for each disconnect, in percent; 0 with no disconnect.
    package var successRate: Double {
        disconnects == 0 ? 0 : Double(reconnects) / Double(disconnects) * 100
    }

    package static func + (left: ConnectionMetrics, right: ConnectionMetrics) -> ConnectionMetrics {
        var sum = left
        sum.disconnects += right.disconnects
        sum.reconnects += right.reconnects
        sum.failedReconnects += right.failedReconnects
        sum.playersRestored += right.playersRestored
        sum.lastDisconnect = [left.lastDisconnect, right.lastDisconnect].compactMap(\.self).max()
        return sum
    }
}
