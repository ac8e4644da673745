extension NodeLink.Loss: CustomStringConvertible {
    /// The close code and reason as a client of WebSockets would see them.
    package var closing: (code: Int, reason: String) {
        switch self {
        case .closed(let code, let reason): (code, reason)
        case .refused, .rejected, .failed, .handshakeTimeout: (1006, description)
        case .silent: (1006, "the node did not answer a ping in time")
        }
    }

    package var description: String {
        switch self {
        case .closed(let code, let reason):
            "the connection was closed with \(code)" + (reason.isEmpty ? "" : ": \(reason)")
        case .refused(let detail): "the connection was refused: \(detail)"
        case .rejected(401): "the node refused the password (401)"
        case .rejected(let status): "the node answered the handshake with \(status)"
        case .failed(let detail): detail
        case .handshakeTimeout: "the node did not answer the handshake in time"
        case .silent: "the node did not answer a ping in time"
        }
    }
}
