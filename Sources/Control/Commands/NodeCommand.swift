/// What an operator asks of a node's connection.
package enum NodeCommand: Sendable {
    case connect
    case disconnect
    /// Breaks the connection as a failing network would: a drill.
    case breakConnection
}
