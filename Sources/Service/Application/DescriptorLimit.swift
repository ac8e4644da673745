import Glibc

/// How many files and sockets the process may have open.
package enum DescriptorLimit {
    /// What is asked for at most; more would only make tables larger.
    static let most = 65_536
    /// Descriptors that are not for clients: nodes, the database, the log, the loop.
    static let reserve = 384
    /// Connections that are taken however few descriptors there are.
    static let fewestConnections = 16

    /// Raises the limit as far as the system lets us, and says what it is then.
    package static func raise() -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return reserve }
        var raised = limit
        raised.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, rlim_t(most)))
        if setrlimit(resource, &raised) == 0 { limit = raised }
        return Int(clamping: limit.rlim_cur)
    }

    /// Connections that fit into so many descriptors.
    static func connections(of descriptors: Int) -> Int {
        max(fewestConnections, descriptors - reserve)
    }
}
