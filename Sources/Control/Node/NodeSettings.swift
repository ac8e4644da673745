/// A node as configured, without the secrets that only the connection needs.
package struct NodeSettings: Sendable, Equatable {
    package var name: NodeName
    /// `host:port`, as the status shows it.
    package var address: String
    /// Shown beside the node; it does not count in a choice yet, since it is not known where the
    /// voice channel of a player is.
    package var region: String?

    package init(name: NodeName, address: String, region: String? = nil) {
        self.name = name
        self.address = address
        self.region = region
    }
}
