// Compiled together with Sources/Wire, in one module (scripts/fuzz.sh).

/// Reads any bytes as JSON, and checks that what was accepted survives every way through.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzJSON(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let strict = try? JSONDocument(parsing: bytes)  // no JSON: nothing to check
    let commented = try? JSONDocument(parsing: bytes, as: .withComments)  // the same
    if let strict {
        guard let commented else { preconditionFailure("comments allowed, and yet refused") }
        precondition(strict.root.isEquivalent(to: commented.root))
        check(strict.root)
    } else if let commented {
        visit(commented.root)
    }
    return 0
}

private func check(_ value: JSONValue) {
    visit(value)
    precondition(value.isEquivalent(to: value))
    precondition(value.raw.value.raw == value.raw)
    var json = JSONWriter()
    rewrite(value, into: &json)
    precondition(json.raw.value.isEquivalent(to: value))
}

/// Reads every part in every way.
private func visit(_ value: JSONValue) {
    _ = (value.string, value.int64, value.double, value.bool, value.location, value["a"])
    for (key, member) in value.members {
        precondition(key.kind == .string)
        visit(member)
    }
    for element in value.elements { visit(element) }
}

/// Writes what was read; numbers as they came, since a double does not hold them all.
private func rewrite(_ value: JSONValue, into json: inout JSONWriter) {
    switch value.kind {
    case .null: json.null()
    case .boolean: json.value(value.bool == true)
    case .number: json.value(value.raw)
    case .string: json.value(value.string ?? "")
    case .array:
        json.array { json in for element in value.elements { rewrite(element, into: &json) } }
    case .object:
        json.object { json in
            for (key, member) in value.members {
                json.key(named: key.string ?? "")
                rewrite(member, into: &json)
            }
        }
    }
}
