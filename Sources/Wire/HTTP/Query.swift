/// The `name=value` pairs of a query, decoded, in order.
///
/// `+` is a space, as HTML forms write it (WHATWG URL §5.1): a plus is `%2B`.
package struct Query: Sendable {
    package let pairs: [(name: String, value: String)]

    /// Nil when a name or value is not percent-encoded UTF-8.
    package init?(_ text: String?) {
        guard let text, !text.isEmpty else {
            pairs = []
            return
        }
        var pairs: [(name: String, value: String)] = []
        for part in text.split(separator: "&") {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(sides[0], plusIsSpace: true),
                let value = PercentEncoding.decode(
                    sides.count > 1 ? sides[1] : "",
                    plusIsSpace: true
                )
            else { return nil }
            pairs.append((name, value))
        }
        self.pairs = pairs
    }

    /// The first value of that name.
    package subscript(_ name: String) -> String? { pairs.first { $0.name == name }?.value }

    /// Every value of that name.
    package func values(_ name: String) -> [String] {
        pairs.filter { $0.name == name }.map(\.value)
    }

    /// Writes pairs as a query, without the `?`.
    package static func encode(_ pairs: [(name: String, value: String)]) -> String {
        pairs.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
            .joined(separator: "&")
    }
}
