package import Wire

/// How much a listener takes, and how long it waits; every number is a limit with its default.
package struct ListenerOptions: Sendable {
    /// Of each request.
    package var limits = HTTPLimits.standard
    package var deadlines = Deadlines()
    /// Open connections in total; above it a request is answered with 503.
    package var connections = 1_024
    /// Open connections of one address, answered with 503 above it; 0 for any number.
    package var connectionsPerAddress = 0
    /// Connections beyond `connections` that are kept for `reservedPaths`.
    package var reservedConnections = 16
    /// Paths that are answered on a reserved connection too, so that one can still look inside.
    package var reservedPaths = ["/livez", "/readyz", "/metrics"]
    /// Requests of one connection; the last one's answer says `Connection: close`.
    package var requestsPerConnection = 1_000
    /// Requests of one connection that wait for their answers at a time.
    package var pipelinedRequests = 16
    /// Bytes waiting for a client to read above which no more of its requests are parsed.
    package var unreadAnswers = 64 * 1_024
    /// Bytes that are read and thrown away after the last answer, so that it is not lost to a RST.
    package var drainedBytes = 64 * 1_024
    /// What the kernel may hold for one stream, so that a slow reader is seen as one.
    package var streamSendBuffer = 128 * 1_024
    /// Connections that the kernel may hold before they are accepted.
    package var backlog: Int32 = 511
    /// How long accepting rests when the process is out of descriptors.
    package var restWhenExhausted: Duration = .milliseconds(100)

    package init() {}

    package struct Deadlines: Sendable {
        /// From a connection to the first byte of its first request.
        package var firstRequest: Duration = .seconds(10)
        /// From the first byte of a request to the end of its head, whatever comes between.
        package var head: Duration = .seconds(10)
        /// From the end of the head to the end of the body.
        package var body: Duration = .seconds(30)
        /// How long a body may be slower than `bodyBytesPerSecond`.
        package var slowBody: Duration = .seconds(5)
        package var bodyBytesPerSecond = 1_024
        /// Without progress in writing an answer.
        package var write: Duration = .seconds(30)
        /// Without progress in writing to a stream or an upgraded connection.
        package var streamWrite: Duration = .seconds(10)
        /// Between two requests.
        package var idle: Duration = .seconds(75)
        /// From the last answer to the close, if the client does not close first.
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
