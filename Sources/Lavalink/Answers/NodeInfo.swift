package import Wire

/// What a node is and can do (lavalink-v4.md §6.2).
package struct NodeInfo: Hashable, Sendable, NodeValue {
    package struct Plugin: Hashable, Sendable {
        package var name: String
        package var version: String
    }

    /// The version in full.
    package let semver: String
    /// Nil for snapshots; not 4 for NodeLink, so nothing depends on it.
    package let major: Int?
    /// In the order in which they are asked; may repeat.
    package let sourceManagers: [String]
    /// Those that its configuration allows, those of plugins among them.
    package let filters: [String]
    package let plugins: [Plugin]
    package let isNodeLink: Bool
    package let raw: RawJSON

    package init(_ value: JSONValue, at pointer: String) throws(JSONFault) {
        try value.requireObject(at: pointer)
        let version = value.present("version")
        semver = version?.text("semver") ?? ""
        major = Self.major(version, semver)
        sourceManagers = Self.texts(value, "sourceManagers")
        filters = Self.texts(value, "filters")
        plugins = (value["plugins"]?.elements ?? []).compactMap { plugin in
            plugin.text("name").map { Plugin(name: $0, version: plugin.text("version") ?? "") }
        }
        isNodeLink = value.flag("isNodeLink") ?? value.flag("isNodelink") ?? false
        raw = value.raw
    }

    /// The number that the node gives, else the one that its version begins with.
    ///
    /// A node gives 0 when its version is no semantic one.
    private static func major(_ version: JSONValue?, _ semver: String) -> Int? {
        if let given = version?.count("major"), given > 0 { return given }
        let digits = semver.prefix { $0 != "." }
        return digits.count < semver.count ? Int(digits) : nil
    }

    private static func texts(_ value: JSONValue, _ name: StaticString) -> [String] {
        (value[name]?.elements ?? []).compactMap(\.string)
    }
}
