import Wire

/// What is wrong with a value, as the rest of a sentence that begins with its name.
struct SettingFault: Error, Equatable {
    var detail: String
    init(_ detail: String) { self.detail = detail }
}

/// One setting of a `Target`: its name, where it may come from, and how its text becomes a value.
///
/// A value of the file is turned into text after its JSON type was checked, so that file,
/// environment and flags share one parser.
struct Setting<Target>: Sendable {
    enum JSONType: Sendable { case text, number, boolean }

    /// Path in the file: `listen`, `options.enableReconnect`.
    let key: String
    let type: JSONType
    var flag: String?
    var isInFile = true
    let help: String
    /// Writes the value, or says what would be right.
    let store: @Sendable (inout Target, String) throws(SettingFault) -> Void
    /// The value as its text would be written; the default when asked of a new target.
    let show: @Sendable (Target) -> String

    /// The name in the environment, which follows from the key: `LAVADECK_` and its words.
    func environmentName(under prefix: String = "") -> String {
        EnvironmentName.of(prefix.isEmpty ? key : "\(prefix).\(key)")
    }

    /// The text of a value in the file.
    func text(of value: JSONValue) throws(SettingFault) -> String {
        switch type {
        case .text:
            guard let text = value.string else { throw wrongType(value, "a string") }
            return text
        case .number:
            guard value.kind == .number else { throw wrongType(value, "a number") }
            return value.raw.description
        case .boolean:
            guard let flag = value.bool else { throw wrongType(value, "true or false") }
            return flag.description
        }
    }

    private func wrongType(_ value: JSONValue, _ wanted: String) -> SettingFault {
        SettingFault("must be \(wanted), not \(value.kind.described)")
    }
}

/// The rule that makes an environment variable's name of a path: `nodes.0.authFile` is
/// `LAVADECK_NODES_0_AUTH_FILE`.
enum EnvironmentName {
    static let prefix = "LAVADECK_"

    static func of(_ path: String) -> String {
        var name = prefix
        for character in path {
            if character == "." {
                name.append("_")
            } else {
                if character.isUppercase { name.append("_") }
                name.append(contentsOf: character.uppercased())
            }
        }
        return name
    }
}
