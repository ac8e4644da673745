/// One header field line (RFC 9112 §5), as the places of its name and value.
enum FieldLine {
    /// Reads `line` of `bytes`, which is not empty.
    static func parse(
        _ bytes: Span<UInt8>,
        _ line: Range<Int>
    ) throws(RequestError) -> Headers.Field {
        // RFC 9112 §5.2: a server refuses folding; before the first field it is §2.2's white space.
        guard !bytes[line.lowerBound].isBlank else { throw .foldedField }
        var colon = line.lowerBound
        while colon < line.upperBound, ByteClass.token.contains(bytes[colon]) { colon += 1 }
        guard colon > line.lowerBound, colon < line.upperBound, bytes[colon] == ASCII.colon else {
            throw .malformedFieldName
        }
        let value = bytes.trimmed((colon + 1)..<line.upperBound)
        for index in value where !bytes[index].isFieldContent { throw .malformedFieldValue }
        return Headers.Field(name: line.lowerBound..<colon, value: value)
    }
}
