import Support
import Wire

/// Compares JSON with a schema of `openapi.yaml`; an unknown keyword is a fault itself.
struct OpenAPISchema {
    let document: OpenAPIDocument
    let schema: YAML
    /// Whether members that an object's schema does not name are faults, where the schema leaves it
    /// open: so with answers, which must be documented whole.
    var isClosed = false

    /// What is wrong, each with its place; empty for what fits.
    func faults(in value: JSONValue, at pointer: String = "") -> [String] {
        check(value, schema, pointer, isClosed: isClosed)
    }

    /// Elements of an array that are looked at; those of a long one are all alike.
    private static let looksAt = 100

    /// Keywords that say nothing about what fits.
    private static let silent = ["description", "default", "format", "example", "discriminator"]

    private func check(
        _ value: JSONValue,
        _ schema: YAML,
        _ pointer: String,
        isClosed: Bool
    ) -> [String] {
        if schema["$ref"] != nil {
            let target = document.resolved(schema)
            guard target != .null else { return ["\(pointer): a reference to nothing"] }
            return check(value, target, pointer, isClosed: isClosed)
        }
        var faults: [String] = []
        for keyword in schema.members where !Self.silent.contains(keyword.key) {
            faults += check(value, keyword, pointer, isClosed: isClosed)
        }
        if value.kind == .object, !faults.contains(where: { $0.contains("is no object") }) {
            faults += unknownMembers(of: value, schema, pointer, isClosed: isClosed)
        }
        return faults
    }

    // MARK: Keywords

    private func check(
        _ value: JSONValue,
        _ keyword: YAML.Member,
        _ pointer: String,
        isClosed: Bool
    ) -> [String] {
        let wanted = keyword.value
        switch keyword.key {
        case "type":
            let types = wanted.string.map { [$0] } ?? wanted.items.compactMap(\.string)
            return types.contains { fits(value, type: $0) }
                ? [] : ["\(pointer): is no \(types.joined(separator: " or "))"]
        case "enum":
            return wanted.items.contains { value.isEquivalent(to: $0.json.value) }
                ? [] : ["\(pointer): is none of the values"]
        case "const":
            return value.isEquivalent(to: wanted.json.value)
                ? [] : ["\(pointer): is not \(wanted.json)"]
        case "anyOf", "oneOf", "allOf", "not":
            return checkCombination(value, keyword, pointer, isClosed: isClosed)
        case "required", "properties", "additionalProperties":
            return checkObject(value, keyword, pointer, isClosed: isClosed)
        case "items", "minItems", "maxItems":
            return checkArray(value, keyword, pointer, isClosed: isClosed)
        case "minimum", "maximum", "exclusiveMinimum":
            return checkNumber(value, keyword, pointer)
        case "minLength", "maxLength", "pattern":
            return checkText(value, keyword, pointer)
        default: return ["\(pointer): the keyword \(keyword.key) is not understood"]
        }
    }

    private func fits(_ value: JSONValue, type: String) -> Bool {
        switch type {
        case "integer": value.int64 != nil
        default: value.kind.rawValue == type
        }
    }

    private func checkCombination(
        _ value: JSONValue,
        _ keyword: YAML.Member,
        _ pointer: String,
        isClosed: Bool
    ) -> [String] {
        switch keyword.key {
        case "allOf":
            // Which members there may be is for the whole to say.
            return keyword.value.items.flatMap { check(value, $0, pointer, isClosed: false) }
        case "not":
            let misfits = check(value, keyword.value, pointer, isClosed: false)
            return misfits.isEmpty ? ["\(pointer): is what it must not be"] : []
        default:
            let branches = keyword.value.items.map {
                check(value, $0, pointer, isClosed: isClosed)
            }
            let fitting = branches.count(where: \.isEmpty)
            let isRight = keyword.key == "oneOf" ? fitting == 1 : fitting > 0
            return isRight
                ? [] : ["\(pointer): \(fitting) of \(keyword.key)"] + branches.flatMap(\.self)
        }
    }

    private func checkObject(
        _ value: JSONValue,
        _ keyword: YAML.Member,
        _ pointer: String,
        isClosed: Bool
    ) -> [String] {
        guard value.kind == .object else { return [] }
        let members = value.members.map { ($0.key.string ?? "", $0.value) }
        switch keyword.key {
        case "required":
            return keyword.value.items.compactMap(\.string)
                .filter { name in !members.contains { $0.0 == name } }
                .map { "\(pointer)/\($0): is missing" }
        case "properties":
            return members.flatMap { name, value -> [String] in
                guard let schema = keyword.value[name] else { return [] }
                return check(value, schema, "\(pointer)/\(name)", isClosed: isClosed)
            }
        default: return []
        }
    }

    private func unknownMembers(
        of value: JSONValue,
        _ schema: YAML,
        _ pointer: String,
        isClosed: Bool
    ) -> [String] {
        let known = names(of: schema)
        let others = value.members.map { ($0.key.string ?? "", $0.value) }
            .filter { !known.contains($0.0) }
        let rule = schema["additionalProperties"]
        if rule == .flag(true) { return [] }
        if let rule, rule.flag == nil {
            return others.flatMap { name, value in
                check(value, rule, "\(pointer)/\(name)", isClosed: isClosed)
            }
        }
        guard rule == .flag(false) || (isClosed && !known.isEmpty) else { return [] }
        return others.map { "\(pointer)/\($0.0): is not documented" }
    }

    /// The members that a schema names, with those of what it is built on.
    private func names(of schema: YAML) -> [String] {
        let schema = document.resolved(schema)
        return (schema["properties"]?.members.map(\.key) ?? [])
            + (schema["allOf"]?.items.flatMap { names(of: $0) } ?? [])
    }

    private func checkArray(
        _ value: JSONValue,
        _ keyword: YAML.Member,
        _ pointer: String,
        isClosed: Bool
    ) -> [String] {
        guard value.kind == .array else { return [] }
        let limit = keyword.value.number.map { Int($0) } ?? 0
        let elements = value.elements
        switch keyword.key {
        case "minItems": return elements.count < limit ? ["\(pointer): has too few"] : []
        case "maxItems": return elements.count > limit ? ["\(pointer): has too many"] : []
        default:
            return elements.prefix(Self.looksAt).enumerated().flatMap { index, element in
                check(element, keyword.value, "\(pointer)/\(index)", isClosed: isClosed)
            }
        }
    }

    private func checkNumber(
        _ value: JSONValue,
        _ keyword: YAML.Member,
        _ pointer: String
    ) -> [String] {
        guard let number = value.double, let limit = keyword.value.number else { return [] }
        let isRight =
            switch keyword.key {
            case "minimum": number >= limit
            case "maximum": number <= limit
            default: number > limit
            }
        return isRight ? [] : ["\(pointer): breaks \(keyword.key) \(limit)"]
    }

    private func checkText(
        _ value: JSONValue,
        _ keyword: YAML.Member,
        _ pointer: String
    ) -> [String] {
        guard let text = value.string else { return [] }
        let limit = keyword.value.number.map { Int($0) } ?? 0
        switch keyword.key {
        case "minLength": return text.count < limit ? ["\(pointer): is too short"] : []
        case "maxLength": return text.count > limit ? ["\(pointer): is too long"] : []
        default:
            guard let pattern = keyword.value.string, let regex = try? Regex(pattern) else {
                return ["\(pointer): a pattern that is none"]  // The document's mistake.
            }
            return text.firstMatch(of: regex) == nil ? ["\(pointer): breaks its pattern"] : []
        }
    }
}
