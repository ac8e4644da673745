// Compiled together with Sources/Wire, in one module (scripts/fuzz.sh).

/// Decodes any text and encodes it again: what came out once comes out always.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzPercentEncodings(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let text = String(decoding: bytes, as: UTF8.self)
    precondition(PercentEncoding.decode(PercentEncoding.encode(text)) == text)
    if let decoded = PercentEncoding.decode(text) {
        precondition(PercentEncoding.decode(PercentEncoding.encode(decoded)) == decoded)
    }
    guard let query = Query(text) else { return 0 }
    guard let again = Query(Query.encode(query.pairs)) else {
        preconditionFailure("a query was written that cannot be read")
    }
    precondition(again.pairs.map(\.name) == query.pairs.map(\.name))
    precondition(again.pairs.map(\.value) == query.pairs.map(\.value))
    return 0
}
