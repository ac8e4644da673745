package import Wire

/// The settings for readers: the table of the documentation, and the schema for editors.
package enum SettingsTable {
    /// One setting, whatever it belongs to.
    package struct Row: Sendable, Equatable {
        package var key: String
        package var environment: String
        package var flag: String
        package var standard: String
        package var help: String
    }

    package static let rows: [Row] =
        Settings.root.map { row($0, under: "", Draft()) }
        + Settings.nodes.map { row($0, under: "nodes[0].", NodeDraft()) }
        + Settings.bots.map { row($0, under: "bots[0].", BotDraft()) }
        + Settings.tokens.map { row($0, under: "tokens[0].", TokenDraft()) }

    /// A table of Markdown, which README.md holds.
    package static var markdown: String {
        var text = "| Key | Environment | Flag | Default | |\n|---|---|---|---|---|\n"
        for row in rows {
            let standard = row.standard.isEmpty ? "" : "`\(row.standard)`"
            let flag = row.flag.isEmpty ? "" : "`\(row.flag)`"
            let key = row.key.isEmpty ? "" : "`\(row.key)`"
            text += "| \(key) | `\(row.environment)` | \(flag) | \(standard) | \(row.help) |\n"
        }
        return text
    }

    private static func row<Target>(
        _ setting: Setting<Target>,
        under prefix: String,
        _ standard: Target
    ) -> Row {
        let path = prefix.replacing("[", with: ".").replacing("].", with: "")
        return Row(
            key: setting.isInFile ? prefix + setting.key : "",
            environment: setting.environmentName(under: path),
            flag: setting.flag ?? "",
            standard: setting.show(standard),
            help: setting.help
        )
    }
}

// MARK: Schema

extension SettingsTable {
    /// A JSON Schema (2020-12) of the configuration file.
    package static var schema: RawJSON {
        var writer = JSONWriter()
        writer.object { json in
            json.member("$schema", "https://json-schema.org/draft/2020-12/schema")
            json.member("title", "Configuration of Lavadeck")
            json.member("type", "object")
            json.member("additionalProperties", false)
            json.member("properties") { json in
                json.member("$schema") { $0.member("type", "string") }
                properties(Settings.root.filter(\.isInFile), under: "", Draft(), into: &json)
                list(Settings.nodeList, NodeDraft(), into: &json)
                list(Settings.botList, BotDraft(), into: &json)
                list(Settings.tokenList, TokenDraft(), into: &json)
            }
        }
        return writer.raw
    }

    /// The members below a prefix; those with a point in their name become objects of their own.
    private static func properties<Target>(
        _ settings: [Setting<Target>],
        under prefix: String,
        _ standard: Target,
        into json: inout JSONWriter
    ) {
        var groups: [String] = []
        for setting in settings {
            let name = setting.key.dropFirst(prefix.count)
            guard let point = name.firstIndex(of: ".") else {
                property(setting, named: String(name), standard, into: &json)
                continue
            }
            let group = String(name[..<point])
            if groups.contains(group) { continue }
            groups.append(group)
            json.key(named: group)
            json.object { json in
                json.member("type", "object")
                json.member("additionalProperties", false)
                json.member("properties") { json in
                    let inside = prefix + group + "."
                    let members = settings.filter { $0.key.hasPrefix(inside) }
                    properties(members, under: inside, standard, into: &json)
                }
            }
        }
    }

    private static func property<Target>(
        _ setting: Setting<Target>,
        named name: String,
        _ standard: Target,
        into json: inout JSONWriter
    ) {
        let value = setting.show(standard)
        json.key(named: name)
        json.object { json in
            json.member("description", setting.help)
            switch setting.type {
            case .text:
                json.member("type", "string")
                if !value.isEmpty { json.member("default", value) }
            case .number:
                json.member("type", "number")
                json.member("default", Double(value))
            case .boolean:
                json.member("type", "boolean")
                json.member("default", Bool(value))
            }
        }
    }

    private static func list<Item>(
        _ list: SettingList<Item>,
        _ standard: Item,
        into json: inout JSONWriter
    ) {
        json.key(named: list.key)
        json.object { json in
            json.member("type", "array")
            json.member("items") { json in
                if list.shorthand == nil {
                    json.member("type", "object")
                } else {
                    json.array("type", ["object", "string"]) { $0.value($1) }
                }
                json.member("additionalProperties", false)
                json.member("properties") { json in
                    properties(list.settings, under: "", standard, into: &json)
                }
            }
        }
    }
}
