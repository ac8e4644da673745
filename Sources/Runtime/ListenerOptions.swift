package import Wire

/// How much a listener takes, and how long it waits; every number is a limit with its default.
package struct ListenerOptions: Sendable {
    /// Of each request.
    package var limits = HTTPLimits.standard
    package var deadlines = Deadlines()
    /// Open client connections; requests on more are answered with 503.
    package var connections = 1_024
    /// Open connections of one address (0: no limit); requests on more are answered with 503.
    package var connectionsPerAddress = 0
    /// Connections beyond `connections` that are reserved for `reservedPaths`.
    package var reservedConnections = 16
    /// Paths answered on a reserved connection, so that an overloaded service can be inspected.
    package var reservedPaths = ["/livez", "/readyz", "/metrics"]
    /// Requests on one connection; the last answer has `Connection: close`.
    package var requestsPerConnection = 1_000
    /// Pipelined requests on one connection that wait for their answers.
    package var pipelinedRequests = 16
    /// Bytes of unread answers above which no further request of the connection is parsed.
    package var unreadAnswers = 64 * 1_024
    /// Bytes read and discarded after the last answer, so that a RST does not destroy it.
    package var drainedBytes = 64 * 1_024
    /// Kernel send buffer of one event stream, so that a slow reader is noticed.
    package var streamSendBuffer = 128 * 1_024
    /// Connections that the kernel queues before they are accepted.
    package var backlog: Int32 = 511
    /// Pause of accepting when the process has no file descriptor left.
    package var acceptPause: Duration = .milliseconds(100)

    package init() {}

    package struct Deadlines: Sendable {
        /// Timeout from the connection to the first byte of its first request.
        package var firstRequest: Duration = .seconds(10)
        /// Timeout from the first byte of a request to the end of its head.
        package var head: Duration = .seconds(10)
        /// Timeout from the end of the head to the end of the body.
        package var body: Duration = .seconds(30)
        /// Time that a body may arrive more slowly than `bodyBytesPerSecond`.
        package var slowBody: Duration = .seconds(5)
        /// Lowest rate of a body, in bytes per second.
        package var bodyBytesPerSecond = 1_024
        /// Timeout of writing an answer without progress.
        package var write: Duration = .seconds(30)
        /// Timeout of writing to a stream or a WebSocket without progress.
        package var streamWrite: Duration = .seconds(10)
        /// Timeout between two requests on one connection.
        package var idle: Duration = .seconds(75)
        /// Time from the last answer to the close, if the client does not close first.
        package var drain: Duration = .seconds(1)

        package init() {}

        /// One timer looks at all connections this often: a fifth of the shortest deadline.
        var sweepInterval: Duration {
            let shortest = [firstRequest, head, body, slowBody, write, streamWrite, idle, drain]
                .min()
            return max(.milliseconds(5), min((shortest ?? .seconds(1)) / 5, .milliseconds(250)))
        }
    }
}
