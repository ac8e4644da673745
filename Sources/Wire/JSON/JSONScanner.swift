/// Checks a JSON text in one pass and notes where its values are.
struct JSONScanner {
    private let allowsComments: Bool
    private var entries: [JSONDocument.Entry] = []
    private var offset = 0
    private var depth = 0

    init(allowsComments: Bool) { self.allowsComments = allowsComments }

    /// What is wrong, before the location is worked out as line and column.
    private struct Fault: Error {
        var reason: JSONSyntaxError.Reason
        var offset: Int
    }

    mutating func scan(_ bytes: [UInt8]) throws(JSONSyntaxError) -> [JSONDocument.Entry] {
        do throws(Fault) {
            guard bytes.count <= JSONDocument.byteLimit else {
                throw Fault(reason: .tooLong(limit: JSONDocument.byteLimit), offset: 0)
            }
            entries.reserveCapacity(min(bytes.count / 8 + 4, 4096))
            try scanText(bytes.span)
            return entries
        } catch {
            throw JSONSyntaxError(
                reason: error.reason,
                offset: error.offset,
                location: TextLocation(offset: error.offset, in: bytes)
            )
        }
    }

    private mutating func scanText(_ bytes: Span<UInt8>) throws(Fault) {
        try skipSpace(bytes)
        try scanValue(bytes)
        try skipSpace(bytes)
        guard offset == bytes.count else { throw fault(.contentAfterEnd) }
    }

    private func fault(_ reason: JSONSyntaxError.Reason) -> Fault {
        Fault(reason: reason, offset: offset)
    }

    /// The byte at the current offset; the end of the text is a fault.
    private func current(_ bytes: Span<UInt8>) throws(Fault) -> UInt8 {
        guard offset < bytes.count else { throw fault(.unexpectedEnd) }
        return bytes[offset]
    }

    private mutating func scanValue(_ bytes: Span<UInt8>) throws(Fault) {
        switch try current(bytes) {
        case UInt8(ascii: "{"): try scanObject(bytes)
        case UInt8(ascii: "["): try scanArray(bytes)
        case UInt8(ascii: "\""): try scanString(bytes)
        case UInt8(ascii: "t"): try scanWord("true", .bool, bytes)
        case UInt8(ascii: "f"): try scanWord("false", .bool, bytes)
        case UInt8(ascii: "n"): try scanWord("null", .null, bytes)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try scanNumber(bytes)
        case let byte: throw fault(.unexpectedByte(byte))
        }
    }

    /// Notes a scalar that ends at the current offset.
    private mutating func note(_ kind: JSONDocument.Entry.Kind, from start: Int) {
        entries.append(
            JSONDocument.Entry(
                kind: kind,
                start: UInt32(start),
                end: UInt32(offset),
                next: UInt32(entries.count + 1)
            )
        )
    }

    private mutating func scanWord(
        _ word: StaticString,
        _ kind: JSONDocument.Entry.Kind,
        _ bytes: Span<UInt8>
    ) throws(Fault) {
        let start = offset
        for index in 0..<word.utf8CodeUnitCount {
            let byte = try current(bytes)
            guard byte == word.utf8Start[index] else { throw fault(.unexpectedByte(byte)) }
            offset += 1
        }
        note(kind, from: start)
    }
}

// MARK: Containers

extension JSONScanner {
    private mutating func open(
        _ kind: JSONDocument.Entry.Kind
    ) throws(Fault) -> Int {
        guard depth < JSONDocument.depthLimit else {
            throw fault(.tooDeep(limit: JSONDocument.depthLimit))
        }
        depth += 1
        entries.append(
            JSONDocument.Entry(kind: kind, start: UInt32(offset), end: 0, next: 0)
        )
        offset += 1
        return entries.count - 1
    }

    private mutating func close(_ container: Int) {
        offset += 1
        depth -= 1
        entries[container].end = UInt32(offset)
        entries[container].next = UInt32(entries.count)
    }

    private mutating func scanArray(_ bytes: Span<UInt8>) throws(Fault) {
        let container = try open(.array)
        try skipSpace(bytes)
        if try current(bytes) == UInt8(ascii: "]") { return close(container) }
        while true {
            try scanValue(bytes)
            try skipSpace(bytes)
            let byte = try current(bytes)
            if byte == UInt8(ascii: "]") { return close(container) }
            guard byte == UInt8(ascii: ",") else { throw fault(.unexpectedByte(byte)) }
            offset += 1
            try skipSpace(bytes)
        }
    }

    private mutating func scanObject(_ bytes: Span<UInt8>) throws(Fault) {
        let container = try open(.object)
        try skipSpace(bytes)
        if try current(bytes) == UInt8(ascii: "}") { return close(container) }
        while true {
            try scanMember(bytes)
            try skipSpace(bytes)
            let byte = try current(bytes)
            if byte == UInt8(ascii: "}") { break }
            guard byte == UInt8(ascii: ",") else { throw fault(.unexpectedByte(byte)) }
            offset += 1
            try skipSpace(bytes)
        }
        close(container)
        try refuseDuplicateKeys(of: container, bytes)
    }

    private mutating func scanMember(_ bytes: Span<UInt8>) throws(Fault) {
        let byte = try current(bytes)
        guard byte == UInt8(ascii: "\"") else { throw fault(.unexpectedByte(byte)) }
        try scanString(bytes)
        try skipSpace(bytes)
        let colon = try current(bytes)
        guard colon == UInt8(ascii: ":") else { throw fault(.unexpectedByte(colon)) }
        offset += 1
        try skipSpace(bytes)
        try scanValue(bytes)
    }

    /// Objects up to this many members are compared pair by pair; larger ones go through a set.
    private static let pairwiseMembers = 12

    private func refuseDuplicateKeys(of container: Int, _ bytes: Span<UInt8>) throws(Fault) {
        var members = 0
        var key = container + 1
        while key < entries.count, members <= Self.pairwiseMembers {
            var earlier = container + 1
            while earlier < key {
                if sameKey(earlier, key, bytes) { throw duplicate(key, bytes) }
                earlier = Int(entries[earlier + 1].next)
            }
            members += 1
            key = Int(entries[key + 1].next)
        }
        if key < entries.count { try refuseDuplicateKeysOfMany(in: container, bytes) }
    }

    private func refuseDuplicateKeysOfMany(
        in container: Int,
        _ bytes: Span<UInt8>
    ) throws(Fault) {
        var seen: Set<[UInt8]> = []
        var key = container + 1
        while key < entries.count {
            guard seen.insert(Array(text(of: key, bytes).utf8)).inserted else {
                throw duplicate(key, bytes)
            }
            key = Int(entries[key + 1].next)
        }
    }

    private func sameKey(_ left: Int, _ right: Int, _ bytes: Span<UInt8>) -> Bool {
        let (first, second) = (entries[left], entries[right])
        if first.kind == .escapedString || second.kind == .escapedString {
            return text(of: left, bytes).utf8.elementsEqual(text(of: right, bytes).utf8)
        }
        guard first.end - first.start == second.end - second.start else { return false }
        for step in 0..<Int(first.end - first.start)
        where bytes[Int(first.start) + step] != bytes[Int(second.start) + step] {
            return false
        }
        return true
    }

    private func text(of key: Int, _ bytes: Span<UInt8>) -> String {
        var content: [UInt8] = []
        for location in Int(entries[key].start) + 1..<Int(entries[key].end) - 1 {
            content.append(bytes[location])
        }
        return JSONString.decode(content[...], hasEscapes: entries[key].kind == .escapedString)
    }

    private func duplicate(_ key: Int, _ bytes: Span<UInt8>) -> Fault {
        Fault(reason: .duplicateKey(text(of: key, bytes)), offset: Int(entries[key].start))
    }
}

// MARK: Strings and numbers

extension JSONScanner {
    private mutating func scanString(_ bytes: Span<UInt8>) throws(Fault) {
        let start = offset
        var kind = JSONDocument.Entry.Kind.string
        offset += 1
        while true {
            switch try current(bytes) {
            case UInt8(ascii: "\""):
                offset += 1
                return note(kind, from: start)
            case UInt8(ascii: "\\"):
                kind = .escapedString
                try scanEscape(bytes)
            case 0..<0x20: throw fault(.controlCharacterInString)
            case 0..<0x80: skipPlain(bytes)
            default: try scanMultibyte(bytes)
            }
        }
    }

    /// Steps over ASCII that is neither a quote nor an escape.
    private mutating func skipPlain(_ bytes: Span<UInt8>) {
        var location = offset + 1
        while location < bytes.count {
            let byte = bytes[location]
            guard byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\""),
                byte != UInt8(ascii: "\\")
            else { break }
            location += 1
        }
        offset = location
    }

    private mutating func scanEscape(_ bytes: Span<UInt8>) throws(Fault) {
        let start = offset
        offset += 1
        let letter = try current(bytes)
        offset += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return
        case UInt8(ascii: "u"):
            for _ in 0..<4 {
                guard try current(bytes).hexValue != nil else {
                    throw Fault(reason: .invalidEscape, offset: start)
                }
                offset += 1
            }
        default: throw Fault(reason: .invalidEscape, offset: start)
        }
    }

    /// One character of two to four bytes, by the table of RFC 3629 §4.
    private mutating func scanMultibyte(_ bytes: Span<UInt8>) throws(Fault) {
        let first = bytes[offset]
        guard offset + 1 < bytes.count else { throw fault(.invalidUTF8) }
        let second = bytes[offset + 1]
        let (length, range): (Int, ClosedRange<UInt8>) =
            switch first {
            case 0xc2...0xdf: (2, 0x80...0xbf)
            case 0xe0: (3, 0xa0...0xbf)
            case 0xe1...0xec, 0xee...0xef: (3, 0x80...0xbf)
            case 0xed: (3, 0x80...0x9f)
            case 0xf0: (4, 0x90...0xbf)
            case 0xf1...0xf3: (4, 0x80...0xbf)
            case 0xf4: (4, 0x80...0x8f)
            default: (0, 0...0)
            }
        guard length > 0, range.contains(second), offset + length <= bytes.count else {
            throw fault(.invalidUTF8)
        }
        for step in 2..<max(length, 2) where bytes[offset + step] & 0xc0 != 0x80 {
            throw fault(.invalidUTF8)
        }
        offset += length
    }

    private mutating func scanNumber(_ bytes: Span<UInt8>) throws(Fault) {
        let start = offset
        if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "0") {
            offset += 1
        } else {
            try scanDigits(bytes)
        }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            offset += 1
            try scanDigits(bytes)
        }
        if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if offset < bytes.count,
                bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-")
            {
                offset += 1
            }
            try scanDigits(bytes)
        }
        if offset < bytes.count, isDigit(bytes[offset]) { throw fault(.invalidNumber) }
        note(.number, from: start)
    }

    private mutating func scanDigits(_ bytes: Span<UInt8>) throws(Fault) {
        let start = offset
        while offset < bytes.count, isDigit(bytes[offset]) { offset += 1 }
        guard offset > start else { throw fault(.invalidNumber) }
    }

    private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

// MARK: Space between tokens

extension JSONScanner {
    private mutating func skipSpace(_ bytes: Span<UInt8>) throws(Fault) {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0a, 0x0d: offset += 1
            case UInt8(ascii: "/") where allowsComments: try skipComment(bytes)
            default: return
            }
        }
    }

    private mutating func skipComment(_ bytes: Span<UInt8>) throws(Fault) {
        let start = offset
        offset += 1
        let byte = try current(bytes)
        offset += 1
        switch byte {
        case UInt8(ascii: "/"):
            while offset < bytes.count, bytes[offset] != 0x0a { offset += 1 }
        case UInt8(ascii: "*"):
            while offset + 1 < bytes.count {
                if bytes[offset] == UInt8(ascii: "*"), bytes[offset + 1] == UInt8(ascii: "/") {
                    offset += 2
                    return
                }
                offset += 1
            }
            throw Fault(reason: .unterminatedComment, offset: start)
        default: throw Fault(reason: .unexpectedByte(UInt8(ascii: "/")), offset: start)
        }
    }
}
