// Compiled together with Sources/Wire, in one module (scripts/fuzz.sh).

/// Whatever a value is made of, a response keeps its fields and a metrics page its lines.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzTextWriters(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let text = String(decoding: bytes, as: UTF8.self)
    checkResponse(text, bytes)
    checkMetrics(text)
    return 0
}

/// Five lines and an empty one, then the body: no value makes a field or ends the head.
private func checkResponse(_ text: String, _ body: [UInt8]) {
    let response = Response(
        status: 200,
        headers: [(name: "X-First", value: text), (name: "X-Second", value: "2")],
        body: body
    )
    var output: [UInt8] = []
    var writer = ResponseWriter()
    writer.write(response, framing: .keepAlive, at: 0, to: &output)
    let head = output.dropLast(body.count)
    precondition(head.count { $0 == 0x0a } == 6 && head.count { $0 == 0x0d } == 6)
    precondition(Array(output.suffix(body.count)) == body)
    precondition(Array(head.suffix(4)) == Array("\r\n\r\n".utf8))
}

/// Three lines for one sample, however its label and its help are written.
private func checkMetrics(_ text: String) {
    var page = PrometheusText()
    page.family("fuzz", .gauge, help: text)
    page.sample(1, [(name: "label", value: text)])
    precondition(page.bytes.count { $0 == 0x0a } == 3)
    precondition(page.bytes.suffix(5) == Array("\"} 1\n".utf8))
}
