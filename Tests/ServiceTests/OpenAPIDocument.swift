import Service
import Support
import Wire

/// `openapi.yaml`, as the tests ask it.
struct OpenAPIDocument {
    let root: YAML
    let operations: [Operation]
    /// What stands in `components`, by reference.
    private let components: [String: YAML]

    /// One operation of one path.
    struct Operation {
        var method: Wire.Method
        var path: String
        var id: String
        /// Those of the path, and its own.
        var parameters: [YAML]
        var content: YAML

        init(
            _ method: Wire.Method,
            _ path: String,
            _ item: YAML,
            _ content: YAML,
            _ resolved: (YAML) -> YAML
        ) {
            self.method = method
            self.path = path
            id = content["operationId"]?.string ?? ""
            let all = (item["parameters"]?.items ?? []) + (content["parameters"]?.items ?? [])
            parameters = all.map(resolved)
            self.content = content
        }

        func parameters(in place: String) -> [String] {
            parameters.filter { $0["in"]?.string == place }.compactMap { $0["name"]?.string }
        }
    }

    /// Read once for all tests.
    private static let read = Result { try OpenAPIDocument() }

    static func shared() throws -> OpenAPIDocument { try read.get() }

    private init() throws {
        let package = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        let bytes = try SystemFile.read(package.joined(separator: "/") + "/openapi.yaml")
        let root = try YAML(reading: String(decoding: bytes, as: UTF8.self))
        self.root = root
        var components: [String: YAML] = [:]
        for kind in root["components"]?.members ?? [] {
            for component in kind.value.members {
                components["#/components/\(kind.key)/\(component.key)"] = component.value
            }
        }
        self.components = components
        operations = (root["paths"]?.members ?? []).flatMap { path in
            path.value.members.compactMap { member in
                Wire.Method(rawValue: member.key.uppercased()).map { method in
                    Operation(method, path.key, path.value, member.value) { parameter in
                        components[parameter["$ref"]?.string ?? ""] ?? parameter
                    }
                }
            }
        }
    }

    /// What a `$ref` stands for; anything else as it is.
    func resolved(_ value: YAML) -> YAML {
        guard let reference = value["$ref"]?.string else { return value }
        return target(of: reference) ?? .null
    }

    func target(of reference: String) -> YAML? { components[reference] }

    /// The schema of a response or a request body, by its media type.
    func schema(of content: YAML, _ type: String) -> YAML? {
        resolved(content)["content"]?[type]?["schema"]
    }

    /// Every `$ref` of the document, `x-` members included.
    var references: [String] { Self.references(in: root) }

    private static func references(in value: YAML) -> [String] {
        switch value {
        case .mapping(let members):
            members.flatMap { member in
                if member.key == "$ref", let text = member.value.string { return [text] }
                return references(in: member.value)
            }
        case .sequence(let items): items.flatMap { references(in: $0) }
        default: []
        }
    }
}

extension YAML {
    /// The same value as JSON, for the examples of the document.
    func write(into json: inout JSONWriter) {
        switch self {
        case .null: json.null()
        case .flag(let flag): json.value(flag)
        case .number(let number):
            if let whole = Int64(exactly: number) { json.value(whole) } else { json.value(number) }
        case .string(let text): json.value(text)
        case .sequence(let items):
            json.array { json in
                for item in items { item.write(into: &json) }
            }
        case .mapping(let members):
            json.object { json in
                for member in members {
                    json.key(named: member.key)
                    member.value.write(into: &json)
                }
            }
        }
    }

    var json: RawJSON {
        var json = JSONWriter()
        write(into: &json)
        return json.raw
    }
}
