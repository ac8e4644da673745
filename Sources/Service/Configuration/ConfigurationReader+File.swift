import Wire

extension ConfigurationReader {
    /// Reads the file's bytes; a text that is no JSON is one mistake, everything else is one each.
    mutating func read(file name: String, bytes: [UInt8]) {
        do throws(JSONSyntaxError) {
            let root = try JSONDocument(parsing: bytes, as: .withComments).root
            guard root.kind == .object else {
                let origin = Origin.file(name, root.location)
                return note("the file must contain a JSON object", at: origin, path: "")
            }
            readObject(root, under: "", file: name)
        } catch {
            note("\(error.reason)", at: .file(name, error.location), path: "")
        }
    }

    private mutating func readObject(_ object: JSONValue, under prefix: String, file: String) {
        for (key, value) in object.members {
            let name = key.string ?? ""
            if prefix.isEmpty, readTopLevel(name, value, file: file) { continue }
            let path = prefix + name
            if let setting = Settings.root.first(where: { $0.key == path && $0.isInFile }) {
                readScalar(setting, value, path: path, file: file) { reader, text, origin in
                    reader.store(setting, text, from: origin)
                }
            } else if Settings.root.contains(where: { $0.key.hasPrefix(path + ".") }) {
                readGroup(path, value, file: file)
            } else {
                noteUnknown(name, path: path, among: known(under: prefix), key, file: file)
            }
        }
    }

    /// Reads what stands at the top of the file alone: the lists, and the schema that editors read.
    private mutating func readTopLevel(_ name: String, _ value: JSONValue, file: String) -> Bool {
        switch name {
        case "$schema": return true
        case "nodes": readList(Settings.nodeList, value, file: file)
        case "bots": readList(Settings.botList, value, file: file)
        case "tokens": readList(Settings.tokenList, value, file: file)
        default: return false
        }
        return true
    }

    private mutating func readGroup(_ path: String, _ value: JSONValue, file: String) {
        guard value.kind == .object else {
            let origin = Origin.file(file, value.location)
            return note("must be an object, not \(value.kind.described)", at: origin, path: path)
        }
        readObject(value, under: path + ".", file: file)
    }

    private mutating func readList<Item>(
        _ list: SettingList<Item>,
        _ value: JSONValue,
        file: String
    ) {
        let origin = Origin.file(file, value.location)
        guard value.kind == .array else {
            return note("must be an array, not \(value.kind.described)", at: origin, path: list.key)
        }
        guard value.elements.count <= Self.longestList else {
            return note(
                "must have at most \(Self.longestList) elements",
                at: origin,
                path: list.key
            )
        }
        for (index, element) in value.elements.enumerated() {
            begin(index, of: list, from: .file(file, element.location))
            readElement(list, index, element, file: file)
        }
    }

    private mutating func readElement<Item>(
        _ list: SettingList<Item>,
        _ index: Int,
        _ element: JSONValue,
        file: String
    ) {
        let path = "\(list.key)[\(index)]"
        if let shorthand = list.shorthand, let text = element.string {
            let origin = Origin.file(file, element.location)
            return store(shorthand, text, at: index, of: list, from: origin)
        }
        guard element.kind == .object else {
            let origin = Origin.file(file, element.location)
            return note("must be an object, not \(element.kind.described)", at: origin, path: path)
        }
        for (key, value) in element.members {
            let name = key.string ?? ""
            let known = list.settings.map(\.key)
            guard let setting = list.settings.first(where: { $0.key == name }) else {
                noteUnknown(name, path: "\(path).\(name)", among: known, key, file: file)
                continue
            }
            readScalar(setting, value, path: "\(path).\(name)", file: file) {
                reader,
                text,
                origin in
                reader.store(setting, text, at: index, of: list, from: origin)
            }
        }
    }

    private mutating func readScalar<Target>(
        _ setting: Setting<Target>,
        _ value: JSONValue,
        path: String,
        file: String,
        store: (inout ConfigurationReader, String, Origin) -> Void
    ) {
        let origin = Origin.file(file, value.location)
        do throws(SettingFault) {
            store(&self, try setting.text(of: value), origin)
        } catch {
            note(error.detail, at: origin, path: path)
        }
    }

    /// The names that an object may have: what follows the prefix up to the next point.
    private func known(under prefix: String) -> [String] {
        var names = Settings.root.filter { $0.isInFile && $0.key.hasPrefix(prefix) }.map {
            setting in
            String(setting.key.dropFirst(prefix.count).prefix { $0 != "." })
        }
        if prefix.isEmpty { names += ["nodes", "bots", "tokens"] }
        return names
    }

    private mutating func noteUnknown(
        _ name: String,
        path: String,
        among known: [String],
        _ key: JSONValue,
        file: String
    ) {
        let suggestion =
            Spelling.nearest(to: name, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
        note("is unknown\(suggestion)", at: .file(file, key.location), path: path)
    }
}
