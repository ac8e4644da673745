import Wire

extension ConfigurationReader {
    /// Reads every `LAVADECK_` variable; an empty one counts as absent, since compose files pass
    /// those on.
    mutating func read(environment: [String: String]) {
        let names = environment.keys.filter(isOurs).sorted()
        var elements: [ListVariable] = []
        for name in names {
            let text = environment[name] ?? ""
            if text.isEmpty { continue }
            if let setting = Settings.root.first(where: { $0.environmentName() == name }) {
                store(setting, text, from: .environment(name))
            } else if let variable = ListVariable(name) {
                elements.append(variable)
            } else {
                noteUnknown(name)
            }
        }
        // By number: of two digits that come first as text, the smaller number must come first.
        for variable in elements.sorted(by: { $0.index < $1.index }) {
            read(variable, environment[variable.name] ?? "")
        }
    }

    private func isOurs(_ name: String) -> Bool {
        name.hasPrefix(EnvironmentName.prefix) && name != ConfigurationReader.fileVariable
            && !name.hasPrefix("LAVADECK_TEST_") && !isMadeByKubernetes(name)
    }

    static let fileVariable = "LAVADECK_CONFIG"

    /// Kubernetes gives every pod variables that are named after its services.
    private func isMadeByKubernetes(_ name: String) -> Bool {
        name == "LAVADECK_PORT" || name.hasPrefix("LAVADECK_PORT_")
            || name.hasPrefix("LAVADECK_SERVICE_")
    }

    private mutating func read(_ variable: ListVariable, _ text: String) {
        switch variable.list {
        case Settings.nodeList.key: read(variable, text, Settings.nodeList)
        case Settings.botList.key: read(variable, text, Settings.botList)
        default: read(variable, text, Settings.tokenList)
        }
    }

    private mutating func read<Item>(
        _ variable: ListVariable,
        _ text: String,
        _ list: SettingList<Item>
    ) {
        guard
            let setting = list.settings.first(where: {
                $0.environmentName(under: "\(list.key).\(variable.index)") == variable.name
            })
        else { return noteUnknown(variable.name, index: variable.index) }
        let count = draft[keyPath: list.items].count
        guard variable.index <= count, variable.index < Self.longestList else {
            return note(
                "the numbers must start at 0 and have no gaps; the next number is \(count)",
                at: .environment(variable.name),
                path: ""
            )
        }
        store(setting, text, at: variable.index, of: list, from: .environment(variable.name))
    }

    private mutating func noteUnknown(_ name: String, index: Int = 0) {
        let suggestion =
            Spelling.nearest(to: name, among: Settings.environmentNames(index: index))
            .map { "; did you mean \($0)?" } ?? ""
        note("is unknown\(suggestion)", at: .environment(name), path: "")
    }
}

/// A variable's name that belongs to an element of a list: `LAVADECK_NODES_0_HOST`.
struct ListVariable {
    let name: String
    let list: String
    let index: Int

    init?(_ name: String) {
        for list in Settings.listKeys {
            let prefix = EnvironmentName.of(list) + "_"
            guard name.hasPrefix(prefix) else { continue }
            let digits = name.dropFirst(prefix.count).prefix { $0 != "_" }
            guard let index = Int(digits), digits.first?.isNumber == true else { return nil }
            self.name = name
            self.list = list
            self.index = index
            return
        }
        return nil
    }
}

extension Settings {
    static let listKeys = [nodeList.key, botList.key, tokenList.key]

    /// Every variable's name, those of lists with one index.
    static func environmentNames(index: Int) -> [String] {
        root.map { $0.environmentName() } + [ConfigurationReader.fileVariable]
            + nodes.map { $0.environmentName(under: "\(nodeList.key).\(index)") }
            + bots.map { $0.environmentName(under: "\(botList.key).\(index)") }
            + tokens.map { $0.environmentName(under: "\(tokenList.key).\(index)") }
    }
}
