/// Everything that is wrong with a configuration, in the order of reading.
package struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    package struct Mistake: Equatable, Sendable, CustomStringConvertible {
        /// `lavadeck.json:12:5`, `LAVADECK_LISTEN` or `--listen`.
        package var location: String
        package var detail: String

        package init(location: String, detail: String) {
            self.location = location
            self.detail = detail
        }

        package var description: String { "\(location): \(detail)" }
    }

    package var mistakes: [Mistake]

    package init(_ mistakes: [Mistake]) { self.mistakes = mistakes }

    /// One mistake a line.
    package var description: String {
        mistakes.map(\.description).joined(separator: "\n")
    }
}

/// Why a file cannot be read, in the words of the system.
package struct FileFault: Error, Equatable, Sendable {
    package var reason: String
    package init(reason: String) { self.reason = reason }
}
