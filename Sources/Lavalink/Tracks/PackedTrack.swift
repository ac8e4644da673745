import Wire

/// A track in one piece of memory: what it consists of, and nothing that follows from that.
///
/// A byte of flags, the lengths of the kept parts, the parts, the encoded track. Of a track that a
/// node decodes as this program does, that is the bytes of the encoded track and one more.
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
        var flags: UInt8 = 0
        var content = encoded
        var info = info
        if let binary = Self.binary(encoded) {
            content = binary
            flags |= Self.isBinary
            if let fields = Self.readable(binary) {
                flags |= Self.isReadable
                if let kept = info, fields.says(kept) { info = nil }
            }
        }
        bytes = Self.packed(
            flags,
            [
                (.info, info), (.pluginInfo, Self.unlessEmpty(pluginInfo)),
                (.userData, Self.unlessEmpty(userData)), (.otherMembers, otherMembers),
            ],
            content
        )
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
            0,
            [
                (.info, info), (.pluginInfo, pluginInfo), (.userData, userData),
                (.otherMembers, otherMembers),
            ],
            encoded
        )
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
        _ flags: UInt8,
        _ parts: [(Part, ArraySlice<UInt8>?)],
        _ encoded: ArraySlice<UInt8>
    ) -> [UInt8] {
        var flags = flags
        var size = 1 + encoded.count
        for case (let part, let content?) in parts {
            flags |= part.rawValue
            size += Self.size(ofLength: content.count) + content.count
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        bytes.append(flags)
        for case (_, let content?) in parts { append(length: content.count, to: &bytes) }
        for case (_, let content?) in parts { bytes.append(contentsOf: content) }
        bytes.append(contentsOf: encoded)
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

    /// As it is kept: the bytes of the base64, or the text.
    private var content: ArraySlice<UInt8> {
        var offset = 1
        var size = 0
        for part in Part.allCases where has(part) { size += length(at: &offset) }
        return bytes[(offset + size)...]
    }

    /// The encoded track, base64 as it came.
    var encoded: [UInt8] {
        flags & Self.isBinary != 0 ? Base64.encodedBytes(content) : Array(content)
    }

    /// The encoded track, where this program understands it.
    var fields: EncodedFields? {
        if flags & Self.isReadable != 0 { return try? EncodedFields(content) }  // read before
        guard flags & Self.isBinary == 0, let binary = Self.binary(content) else { return nil }
        return Self.readable(binary)
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
            encoded: encoded[...],
            info: content(.info),
            pluginInfo: content(.pluginInfo),
            userData: content(.userData),
            otherMembers: content(.otherMembers)
        )
    }
}
