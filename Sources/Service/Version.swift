/// This program's version, as nodes, metrics and people are told.
package enum Version {
    package static let text = "0.1.0"
}
