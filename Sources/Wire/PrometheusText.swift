/// Writes the text that Prometheus scrapes (exposition format 0.0.4).
///
/// A family is begun, then its samples follow; what would make a scrape fail is a mistake of the
/// caller's, and trapped here.
package struct PrometheusText: Sendable {
    package enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    package typealias Labels = [(name: String, value: String)]

    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package private(set) var bytes: [UInt8] = []
    private var family = ""
    private var kind = Kind.gauge
    private var seen: Set<String> = []

    package init() {}

    /// Begins a family; its name is given once, and a counter's ends in `_total`.
    package mutating func family(_ name: String, _ kind: Kind, help: String) {
        precondition(Self.isName(name, withColon: true), "\(name) is no metric name")
        precondition(seen.insert(name).inserted, "\(name) is written twice")
        precondition((kind == .counter) == name.hasSuffix("_total"), "\(name) as a \(kind)")
        family = name
        self.kind = kind
        append("# HELP \(name) ")
        appendEscaped(help, quote: false)
        append("\n# TYPE \(name) \(kind.rawValue)\n")
    }

    /// One sample of the counter or gauge that was begun last.
    package mutating func sample(_ value: Double, _ labels: Labels = []) {
        precondition(!family.isEmpty && kind != .histogram)
        precondition(kind != .counter || !(value < 0), "\(family) cannot fall")
        appendSample(family, labels, value)
    }

    package mutating func sample(_ value: Int, _ labels: Labels = []) {
        sample(Double(value), labels)
    }

    /// All samples of one histogram of the family that was begun last.
    package mutating func sample(_ histogram: Histogram, _ labels: Labels = []) {
        precondition(!family.isEmpty && kind == .histogram)
        var cumulated = 0
        for (bound, count) in zip(histogram.bounds + [.infinity], histogram.counts) {
            cumulated += count
            let bucket = labels + [("le", Self.format(bound))]
            appendSample(family + "_bucket", bucket, Double(cumulated))
        }
        appendSample(family + "_sum", labels, histogram.sum)
        appendSample(family + "_count", labels, Double(cumulated))
    }

    /// A number as Prometheus reads it: whole ones without a fraction, and its names for the rest.
    package static func format(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if abs(value) < 9e15, value == value.rounded() { return String(Int(value)) }
        return String(value)
    }

    private mutating func appendSample(_ name: String, _ labels: Labels, _ value: Double) {
        append(name)
        if !labels.isEmpty { appendLabels(labels) }
        append(" \(Self.format(value))\n")
    }

    private mutating func appendLabels(_ labels: Labels) {
        var separator = "{"
        for (name, value) in labels {
            precondition(Self.isName(name, withColon: false), "\(name) is no label name")
            append("\(separator)\(name)=\"")
            appendEscaped(value, quote: true)
            append("\"")
            separator = ","
        }
        append("}")
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// Backslashes and line feeds, and in labels quotes, are escaped; nothing else.
    private mutating func appendEscaped(_ text: String, quote: Bool) {
        for byte in text.utf8 {
            switch byte {
            case ASCII.backslash: append("\\\\")
            case ASCII.lineFeed: append("\\n")
            case ASCII.quote where quote: append("\\\"")
            default: bytes.append(byte)
            }
        }
    }

    private static func isName(_ name: String, withColon: Bool) -> Bool {
        guard let first = name.utf8.first, !first.isDigit else { return false }
        return name.utf8.allSatisfy { byte in
            byte.isDigit || byte.lowercased &- 0x61 < 26 || byte == ASCII.underscore
                || withColon && byte == ASCII.colon
        }
    }
}

/// How often values fell between bounds.
package struct Histogram: Equatable, Sendable {
    /// Upper bounds, ascending and finite; a value equal to one is below it.
    package let bounds: [Double]
    /// One for each bound, and one for what is above the last.
    package private(set) var counts: [Int]
    package private(set) var sum = 0.0

    package init(bounds: [Double]) {
        precondition(bounds.allSatisfy(\.isFinite))
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 })
        self.bounds = bounds
        counts = [Int](repeating: 0, count: bounds.count + 1)
    }

    package var count: Int { counts.reduce(0, +) }

    package mutating func observe(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }
}
