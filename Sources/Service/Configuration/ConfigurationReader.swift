import Wire

/// Gathers a configuration from its sources, weakest first, and every mistake on the way.
struct ConfigurationReader {
    private(set) var draft = Draft()
    var mistakes: [ConfigurationError.Mistake] = []
    private var origins: [String: Origin] = [:]

    /// Elements of one list; a number in a variable's name must not make a list of any length.
    static let longestList = 256

    /// Where a value was set.
    enum Origin: Equatable {
        case file(String, TextLocation)
        case environment(String)
        case flag(String)

        var location: String {
            switch self {
            case .file(let name, let location): "\(name):\(location.line):\(location.column)"
            case .environment(let name), .flag(let name): name
            }
        }

        /// Whether both are of one source, so that neither is stronger.
        func isBeside(_ other: Origin) -> Bool {
            switch (self, other) {
            case (.file, .file), (.environment, .environment), (.flag, .flag): true
            default: false
            }
        }
    }

    func origin(of path: String) -> Origin? { origins[path] }

    // MARK: Mistakes

    /// Notes a mistake about a path at a place; in a file the path is named, since the place is not
    /// its name.
    mutating func note(_ detail: String, at origin: Origin, path: String) {
        let isNamed =
            switch origin {
            case .file: true
            case .environment, .flag: false
            }
        let sentence = isNamed && !path.isEmpty ? "\(path) \(detail)" : detail
        mistakes.append(.init(location: origin.location, detail: sentence))
    }

    /// Notes a mistake where the value came from, or where it would have come from.
    mutating func note(_ detail: String, about path: String) {
        if let origin = origins[path] { return note(detail, at: origin, path: path) }
        let parent = path.lastIndex(of: ".").map { String(path[..<$0]) } ?? ""
        switch origins[parent] {
        case .file(let name, let location): note(detail, at: .file(name, location), path: path)
        case .environment, .flag, nil:
            let variable = EnvironmentName.of(
                path.replacing("[", with: ".").replacing("]", with: "")
            )
            note(detail, at: .environment(variable), path: path)
        }
    }

    // MARK: Values

    /// Writes one value of the whole configuration.
    mutating func store(_ setting: Setting<Draft>, _ text: String, from origin: Origin) {
        origins[setting.key] = origin
        do throws(SettingFault) {
            try setting.store(&draft, text)
        } catch {
            note(error.detail, at: origin, path: setting.key)
        }
    }

    /// Writes one value of an element of a list, which is made when it is the next one.
    mutating func store<Item>(
        _ setting: Setting<Item>,
        _ text: String,
        at index: Int,
        of list: SettingList<Item>,
        from origin: Origin
    ) {
        if index == draft[keyPath: list.items].count {
            draft[keyPath: list.items].append(list.new())
            origins["\(list.key)[\(index)]"] = origin
        }
        let path = "\(list.key)[\(index)].\(setting.key)"
        origins[path] = origin
        do throws(SettingFault) {
            try setting.store(&draft[keyPath: list.items][index], text)
        } catch {
            note(error.detail, at: origin, path: path)
        }
    }

    /// Notes where an element of a list begins, and makes it.
    mutating func begin<Item>(_ index: Int, of list: SettingList<Item>, from origin: Origin) {
        draft[keyPath: list.items].append(list.new())
        origins["\(list.key)[\(index)]"] = origin
    }
}

/// A list in the configuration, each element of which has settings of its own.
struct SettingList<Item: Sendable>: Sendable {
    let key: String
    let settings: [Setting<Item>]
    let items: any WritableKeyPath<Draft, [Item]> & Sendable
    let new: @Sendable () -> Item
    /// The setting that an element stands for when it is no object but a plain text.
    var shorthand: Setting<Item>?
}

extension Settings {
    static let nodeList = SettingList(key: "nodes", settings: nodes, items: \.nodes) { NodeDraft() }
    static let botList = SettingList(key: "bots", settings: bots, items: \.bots) { BotDraft() }
    static let tokenList = SettingList(
        key: "tokens",
        settings: tokens,
        items: \.tokens,
        new: { TokenDraft() },
        shorthand: tokens.first { $0.key == "sha256" }
    )
}
