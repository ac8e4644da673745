import Wire

/// A track in one piece of memory: what it consists of, and nothing that follows from that.
///
/// A byte of flags, the lengths of the kept parts, the parts, the encoded track. Of a track that a
/// node decodes as this program does, that is the bytes of the encoded track and one more; of a
/// video of YouTube, its URI is left out, which is a quarter of the whole.
struct PackedTrack: Sendable {
    /// What is kept as it came, because it does not follow from the encoded track.
    enum Part: UInt8, CaseIterable {
        /// Otherwise as `EncodedFields` writes it.
        case info = 2
        /// Otherwise `{}`, as the next two.
        case pluginInfo = 4
        case userData = 8
        /// One object with the members that are none of the protocol's four.
        case otherMembers = 16
    }

    /// The encoded track is kept as the bytes that its base64 stands for.
    private static let isBinary: UInt8 = 1
    /// The encoded track is one that this program understands.
    private static let isReadable: UInt8 = 32
    /// Of the encoded track the text of the URI is left out: `watchPage` and the identifier.
    private static let isWithoutURI: UInt8 = 64

    /// Where the videos of YouTube are watched.
    private static let watchPage = Array("https://www.youtube.com/watch?v=".utf8)

    let bytes: [UInt8]

    /// Keeps what came, and leaves out what follows from the encoded track.
    ///
    /// Without `info` the encoded track must be one that this program understands.
    init(
        encoded: ArraySlice<UInt8>,
        info: ArraySlice<UInt8>?,
        pluginInfo: ArraySlice<UInt8>? = nil,
        userData: ArraySlice<UInt8>? = nil,
        otherMembers: ArraySlice<UInt8>? = nil
    ) {
        var content = Content(text: encoded)
        var info = info
        if let binary = Self.binary(encoded) {
            let fields = Self.readable(binary)
            content = Content(binary, fields)
            if let kept = info, let fields, fields.says(kept) { info = nil }
        }
        bytes = Self.packed(
            [
                (.info, info), (.pluginInfo, Self.unlessEmpty(pluginInfo)),
                (.userData, Self.unlessEmpty(userData)), (.otherMembers, otherMembers),
            ],
            content
        )
    }

    /// Takes a track as `Track` writes it, if all of it follows from the encoded track: nothing is
    /// parsed, for what follows is written and compared.
    init?(written text: ArraySlice<UInt8>) {
        var rest = text
        guard rest.takePrefix("{\"encoded\":\""),
            let quote = rest.firstIndex(of: UInt8(ascii: "\"")),
            let binary = Self.binary(rest[..<quote]), let fields = Self.readable(binary)
        else { return nil }
        rest = rest[quote...]
        guard rest.takePrefix("\",\"info\":"), fields.takeInfo(from: &rest),
            rest.takePrefix(",\"pluginInfo\":{},\"userData\":{}}"), rest.isEmpty
        else { return nil }
        bytes = Self.packed([], Content(binary, fields))
    }

    /// Keeps what came as it is, for a track that is looked at once.
    init(
        passing encoded: ArraySlice<UInt8>,
        info: ArraySlice<UInt8>,
        pluginInfo: ArraySlice<UInt8>?,
        userData: ArraySlice<UInt8>?,
        otherMembers: ArraySlice<UInt8>?
    ) {
        bytes = Self.packed(
            [
                (.info, info), (.pluginInfo, pluginInfo), (.userData, userData),
                (.otherMembers, otherMembers),
            ],
            Content(text: encoded)
        )
    }

    /// What is kept of the encoded track: two pieces, since there may be a gap.
    private struct Content {
        var flags: UInt8 = 0
        var head: ArraySlice<UInt8>
        var tail: ArraySlice<UInt8> = []

        init(text: ArraySlice<UInt8>) { head = text }

        init(_ binary: ArraySlice<UInt8>, _ fields: EncodedFields?) {
            head = binary
            flags = isBinary
            guard let fields else { return }
            flags |= isReadable
            guard let uri = fields.uri, uri.count == watchPage.count + fields.identifier.count,
                uri.starts(with: watchPage),
                uri.suffix(fields.identifier.count).isIdentical(to: fields.identifier)
            else { return }
            flags |= isWithoutURI
            head = binary[..<uri.startIndex]
            tail = binary[uri.endIndex...]
        }
    }

    /// The bytes that the base64 stands for, if the text can be made of them again.
    private static func binary(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        // Text that is no base64 is kept as it is.
        (try? Base64.decode(text, padding: .required))?[...]
    }

    /// Nil for what this program does not understand: then the node's own words count.
    private static func readable(_ binary: ArraySlice<UInt8>) -> EncodedFields? {
        // What cannot be read is a track of another kind of node, and passes through.
        guard let fields = try? EncodedFields(binary),
            fields.version <= EncodedFields.newestKnownLayout
        else { return nil }
        return fields
    }

    private static func unlessEmpty(_ object: ArraySlice<UInt8>?) -> ArraySlice<UInt8>? {
        guard let object, !object.elementsEqual("{}".utf8) else { return nil }
        return object
    }

    private static func packed(
        _ parts: [(Part, ArraySlice<UInt8>?)],
        _ encoded: Content
    ) -> [UInt8] {
        var flags = encoded.flags
        var size = 1 + encoded.head.count + encoded.tail.count
        for case (let part, let content?) in parts {
            flags |= part.rawValue
            size += Self.size(ofLength: content.count) + content.count
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        bytes.append(flags)
        for case (_, let content?) in parts { append(length: content.count, to: &bytes) }
        for case (_, let content?) in parts { bytes.append(contentsOf: content) }
        bytes.append(contentsOf: encoded.head)
        bytes.append(contentsOf: encoded.tail)
        return bytes
    }
}

// MARK: Lengths, seven bits a byte, the lowest first

extension PackedTrack {
    private static func size(ofLength length: Int) -> Int {
        length < 0x80 ? 1 : 1 + size(ofLength: length >> 7)
    }

    private static func append(length: Int, to bytes: inout [UInt8]) {
        var rest = length
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private func length(at offset: inout Int) -> Int {
        var length = 0
        var shift = 0
        while bytes[offset] >= 0x80 {
            length |= Int(bytes[offset] & 0x7f) << shift
            shift += 7
            offset += 1
        }
        length |= Int(bytes[offset]) << shift
        offset += 1
        return length
    }
}

// MARK: Parts

extension PackedTrack {
    private var flags: UInt8 { bytes[0] }

    private func has(_ part: Part) -> Bool { flags & part.rawValue != 0 }

    /// A part that is kept; nil for one that follows from the encoded track.
    func kept(_ wanted: Part) -> ArraySlice<UInt8>? {
        guard has(wanted) else { return nil }
        var offset = 1
        var start = 0
        var size = 0
        for part in Part.allCases where has(part) {
            let length = length(at: &offset)
            if part.rawValue < wanted.rawValue { start += length }
            if part == wanted { size = length }
        }
        return bytes[offset + start..<offset + start + size]
    }

    /// As it is kept: the bytes of the base64, with or without the URI, or the text.
    private var content: ArraySlice<UInt8> {
        var offset = 1
        var size = 0
        for part in Part.allCases where has(part) { size += length(at: &offset) }
        return bytes[(offset + size)...]
    }

    /// The encoded track, to be read in several ways.
    struct Encoded {
        /// The bytes of the base64, or the text.
        fileprivate let content: ArraySlice<UInt8>
        fileprivate let flags: UInt8

        private var isBinary: Bool { flags & PackedTrack.isBinary != 0 }

        /// As it came.
        var text: [UInt8] { isBinary ? Base64.encodedBytes(content) : Array(content) }

        func write(into json: inout JSONWriter) {
            isBinary ? json.value(base64: content) : json.value(utf8: content)
        }

        /// Its parts, where this program understands it.
        var fields: EncodedFields? {
            if flags & isReadable != 0 { return try? EncodedFields(content) }  // it was read before
            return isBinary ? nil : PackedTrack.binary(content).flatMap { readable($0) }
        }
    }

    var encodedTrack: Encoded {
        let content = content
        guard flags & Self.isWithoutURI != 0, let head else {
            return Encoded(content: content, flags: flags)
        }
        var whole: [UInt8] = []
        whole.reserveCapacity(content.count + Self.watchPage.count + head.identifier.count)
        whole += content[..<head.startOfURI]
        whole += Self.watchPage
        whole += head.identifier
        whole += content[head.startOfURI...]
        return Encoded(content: whole[...], flags: flags)
    }

    /// Its beginning; nil where it must be searched for.
    var head: EncodedFields.Head? {
        guard flags & Self.isReadable != 0 else { return nil }
        return try? EncodedFields.Head(content)  // it was read before
    }

    /// The same with another encoded track, of which `info` is said all the same.
    func with(encoded: String, info: RawJSON) -> PackedTrack {
        PackedTrack(
            encoded: Array(encoded.utf8)[...],
            info: info.bytes[...],
            pluginInfo: kept(.pluginInfo),
            userData: kept(.userData),
            otherMembers: kept(.otherMembers)
        )
    }

    /// The same with other content of one part.
    func with(_ part: Part, _ new: ArraySlice<UInt8>) -> PackedTrack {
        func content(_ other: Part) -> ArraySlice<UInt8>? {
            other == part ? new : kept(other)
        }
        return PackedTrack(
            encoded: encodedTrack.text[...],
            info: content(.info),
            pluginInfo: content(.pluginInfo),
            userData: content(.userData),
            otherMembers: content(.otherMembers)
        )
    }
}
