/// Writes JSON into a buffer, in the order of the calls.
///
/// ```swift
/// var json = JSONWriter()
/// json.object { json in
///     json.member("guildId", "817327181659111454")
///     json.member("state") { json in json.member("position", 61_500) }
///     json.array("queue", entries) { json, entry in json.value(entry.id) }
/// }
/// ```
package struct JSONWriter {
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    package init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    /// Writes behind what is in `bytes` already, into the same memory.
    package static func append(
        to bytes: inout [UInt8],
        _ content: (inout JSONWriter) -> Void
    ) {
        var writer = JSONWriter(capacity: 0)
        swap(&writer.bytes, &bytes)
        content(&writer)
        swap(&writer.bytes, &bytes)
    }

    package var raw: RawJSON { RawJSON(trusted: bytes) }

    // MARK: Containers

    package mutating func object<E: Error>(_ content: (inout JSONWriter) throws(E) -> Void)
        throws(E)
    {
        try container(UInt8(ascii: "{"), UInt8(ascii: "}"), content)
    }

    package mutating func array<E: Error>(_ content: (inout JSONWriter) throws(E) -> Void) throws(E)
    {
        try container(UInt8(ascii: "["), UInt8(ascii: "]"), content)
    }

    private mutating func container<E: Error>(
        _ open: UInt8,
        _ close: UInt8,
        _ content: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        separate()
        bytes.append(open)
        needsComma = false
        try content(&self)
        bytes.append(close)
        needsComma = true
    }

    // MARK: Values

    package mutating func value(_ text: String) {
        separate()
        JSONString.encode(text, into: &bytes)
        needsComma = true
    }

    package mutating func value(_ number: some BinaryInteger) {
        guard let number = Int64(exactly: number) else { return token(String(number)) }
        value(number)
    }

    package mutating func value(_ number: Int) { value(Int64(number)) }

    package mutating func value(_ number: Int64) {
        separate()
        bytes.append(decimal: number)
        needsComma = true
    }

    /// A number that is not finite has no place in JSON and becomes null.
    package mutating func value(_ number: Double) {
        guard number.isFinite else { return null() }
        if let whole = Int64(exactly: number), number.sign == .plus || whole != 0 {
            value(whole)
        } else if !writeThousandths(number) {
            token(number.description)
        }
    }

    /// Writes a number of at most three decimal places, as most measured ones are; false for
    /// others.
    ///
    /// No shorter number is the same one, as long as it has no more than 15 digits.
    private mutating func writeThousandths(_ number: Double) -> Bool {
        let thousandths = (number.magnitude * 1_000).rounded()
        guard thousandths > 0, thousandths < 1e15, thousandths / 1_000 == number.magnitude else {
            return false
        }
        separate()
        if number.sign == .minus { bytes.append(UInt8(ascii: "-")) }
        let (whole, part) = UInt64(thousandths).quotientAndRemainder(dividingBy: 1_000)
        bytes.append(decimal: whole)
        bytes.append(UInt8(ascii: "."))
        bytes.append(decimal: part, digits: 3)
        while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
        needsComma = true
        return true
    }

    package mutating func value(_ flag: Bool) { constant(flag ? "true" : "false") }

    package mutating func null() { constant("null") }

    package mutating func value(utf8 text: UnsafeBufferPointer<UInt8>) {
        separate()
        JSONString.encode(text, into: &bytes)
        needsComma = true
    }

    package mutating func value(utf8 text: ArraySlice<UInt8>) {
        text.withUnsafeBufferPointer { value(utf8: $0) }
    }

    /// Bytes as a string of base64, in which nothing needs an escape.
    package mutating func value(base64 content: ArraySlice<UInt8>) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: Base64.encodedBytes(content))
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// A value that is passed on, out of bytes that are known to be one.
    package mutating func value(trusted raw: ArraySlice<UInt8>) {
        separate()
        bytes.append(contentsOf: raw)
        needsComma = true
    }

    /// Text that is UTF-8 already.
    package mutating func value(utf8 text: [UInt8]) {
        separate()
        text.withUnsafeBufferPointer { JSONString.encode($0, into: &bytes) }
        needsComma = true
    }

    package mutating func value(_ raw: RawJSON) {
        separate()
        bytes.append(contentsOf: raw.bytes)
        needsComma = true
    }

    private mutating func constant(_ text: StaticString) {
        separate()
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
        needsComma = true
    }

    private mutating func token(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    // MARK: Members

    package mutating func key(_ name: StaticString) {
        let needsComma = needsComma
        name.withUTF8Buffer { name in
            bytes.append(addingCapacity: name.count + 4) { output in
                output.append(key: name, afterAnother: needsComma)
            }
        }
        self.needsComma = false
    }

    /// A key that comes from outside and may need escapes.
    package mutating func key(named name: String) {
        separate()
        JSONString.encode(name, into: &bytes)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }
}

extension JSONWriter {
    package mutating func member(_ name: StaticString, _ text: String?) {
        key(name)
        if let text { value(text) } else { null() }
    }

    package mutating func member(_ name: StaticString, _ number: (some BinaryInteger)?) {
        key(name)
        if let number { value(number) } else { null() }
    }

    package mutating func member(_ name: StaticString, _ number: Int?) {
        key(name)
        if let number { value(Int64(number)) } else { null() }
    }

    package mutating func member(_ name: StaticString, _ number: Int64?) {
        key(name)
        if let number { value(number) } else { null() }
    }

    package mutating func member(_ name: StaticString, _ number: Double?) {
        key(name)
        if let number { value(number) } else { null() }
    }

    package mutating func member(_ name: StaticString, _ flag: Bool?) {
        key(name)
        if let flag { value(flag) } else { null() }
    }

    package mutating func member(_ name: StaticString, _ raw: RawJSON?) {
        key(name)
        if let raw { value(raw) } else { null() }
    }

    package mutating func member(_ name: StaticString, utf8 text: ArraySlice<UInt8>?) {
        key(name)
        if let text { value(utf8: text) } else { null() }
    }

    /// Text that needs no escapes, which is for the caller to know.
    package mutating func member(_ name: StaticString, plain text: UnsafeBufferPointer<UInt8>) {
        let needsComma = needsComma
        name.withUTF8Buffer { name in
            bytes.append(addingCapacity: name.count + text.count + 6) { output in
                output.append(key: name, afterAnother: needsComma)
                output.append(UInt8(ascii: "\""))
                output.append(contentsOf: text)
                output.append(UInt8(ascii: "\""))
            }
        }
        self.needsComma = true
    }

    /// The same for text that `append` writes.
    package mutating func member(_ name: StaticString, plain append: (inout [UInt8]) -> Void) {
        key(name)
        bytes.append(UInt8(ascii: "\""))
        append(&bytes)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// A number as a string of digits, as Discord's ids are written.
    package mutating func member(_ name: StaticString, quoted number: UInt64?) {
        guard let number else { return nullMember(name) }
        member(name, plain: { $0.append(decimal: number) })
    }

    package mutating func member(_ name: StaticString, trusted raw: ArraySlice<UInt8>) {
        key(name)
        value(trusted: raw)
    }

    /// A member whose value is an object.
    package mutating func member<E: Error>(
        _ name: StaticString,
        _ content: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        key(name)
        try object(content)
    }

    /// A member whose value is an array of `items`.
    package mutating func array<Item>(
        _ name: StaticString,
        _ items: some Sequence<Item>,
        _ content: (inout JSONWriter, Item) -> Void
    ) {
        key(name)
        array { json in
            for item in items { content(&json, item) }
        }
    }

    package mutating func nullMember(_ name: StaticString) {
        key(name)
        null()
    }
}

extension OutputSpan<UInt8> {
    /// Appends up to four bytes more than the key has.
    fileprivate mutating func append(key: UnsafeBufferPointer<UInt8>, afterAnother: Bool) {
        if afterAnother { append(UInt8(ascii: ",")) }
        append(UInt8(ascii: "\""))
        append(contentsOf: key)
        append(UInt8(ascii: "\""))
        append(UInt8(ascii: ":"))
    }
}
