package import Wire

/// A track as a node gives it out (lavalink-v4.md §9.1).
///
/// Its bytes are kept once, and decoded when they are asked for. What does not follow from the
/// encoded track is kept as it came, so that what plugins and newer nodes add goes through.
package struct Track: Sendable, NodeValue {
    /// A member that is none of the four of the protocol.
    package struct OtherMember: Hashable, Sendable {
        package var name: String
        package var value: RawJSON
    }

    private var packed: PackedTrack

    package init(
        encoded: String,
        info: TrackInfo,
        pluginInfo: RawJSON = .emptyObject,
        userData: RawJSON = .emptyObject
    ) {
        packed = PackedTrack(
            encoded: Array(encoded.utf8)[...],
            info: info.raw.bytes[...],
            pluginInfo: pluginInfo.bytes[...],
            userData: userData.bytes[...]
        )
    }

    /// Takes an encoded track that must be understood here.
    ///
    /// What a caller says of it in `info` is passed on as it is; otherwise it is what the encoded
    /// track says.
    package init(
        decoding encoded: String,
        info: RawJSON? = nil,
        pluginInfo: RawJSON = .emptyObject,
        userData: RawJSON = .emptyObject
    ) throws(EncodedTrackError) {
        let track = try EncodedTrack(decoding: encoded)
        packed = PackedTrack(
            encoded: Array(encoded.utf8)[...],
            info: (info ?? track.info.raw).bytes[...],
            pluginInfo: pluginInfo.bytes[...],
            userData: userData.bytes[...]
        )
    }

    package init(_ value: JSONValue, at pointer: String) throws(JSONFault) {
        let parts = try Parts(value, at: pointer)
        packed = PackedTrack(
            encoded: parts.encoded,
            info: parts.info,
            pluginInfo: parts.pluginInfo,
            userData: parts.userData,
            otherMembers: parts.otherMembers
        )
        if packed.head == nil { try parts.requireIdentifier(at: pointer) }
    }

    /// Reads a track of which only what `write` wrote is known.
    ///
    /// - Throws: what the text is instead of a track.
    package init(written text: [UInt8]) throws(NodeMessageError) {
        if let packed = PackedTrack(written: text[...]) {
            self.packed = packed
        } else {
            packed = try Track(parsing: text).packed
        }
    }

    /// Reads a track that is only looked at, as that of an event: nothing is worked out in order
    /// to keep less.
    package init(passing value: JSONValue, at pointer: String) throws(JSONFault) {
        let parts = try Parts(value, at: pointer)
        try parts.requireIdentifier(at: pointer)
        packed = PackedTrack(
            passing: parts.encoded,
            info: parts.info,
            pluginInfo: parts.pluginInfo,
            userData: parts.userData,
            otherMembers: parts.otherMembers
        )
    }

    package func write(into json: inout JSONWriter) {
        json.object { json in
            writeMembers(into: &json)
            for other in otherMembers {
                json.key(named: other.name)
                json.value(other.value)
            }
        }
    }

    /// Writes the four members of the protocol into an object, as they came.
    package func writeMembers(into json: inout JSONWriter) {
        let encoded = packed.encodedTrack
        json.key("encoded")
        encoded.write(into: &json)
        json.key("info")
        if let info = packed.kept(.info) {
            json.value(trusted: info)
        } else {
            encoded.fields?.writeInfo(into: &json)
        }
        json.member("pluginInfo", trusted: packed.kept(.pluginInfo) ?? Self.emptyObject)
        json.member("userData", trusted: packed.kept(.userData) ?? Self.emptyObject)
    }

    private static let emptyObject = RawJSON.emptyObject.bytes[...]
}

// MARK: Parts

extension Track {
    /// Base64; the same track has a different one at every position (§10.5).
    package var encoded: String {
        get { String(decoding: packed.encodedTrack.text, as: UTF8.self) }
        set { packed = packed.with(encoded: newValue, info: infoRaw) }
    }

    /// What the encoded track says, where this program understands it, otherwise what came as
    /// `info`.
    package var info: TrackInfo {
        if let fields = packed.encodedTrack.fields { return TrackInfo(fields) }
        return TrackInfo(lenient: infoRaw.value)
    }

    package var infoRaw: RawJSON {
        if let info = packed.kept(.info) { return RawJSON(trusted: info) }
        var json = JSONWriter(capacity: 512)
        packed.encodedTrack.fields?.writeInfo(into: &json)
        return json.raw
    }

    /// `{}` when the node sent none.
    package var pluginInfo: RawJSON {
        get { packed.kept(.pluginInfo).map { RawJSON(trusted: $0) } ?? .emptyObject }
        set { packed = packed.with(.pluginInfo, newValue.bytes[...]) }
    }

    /// `{}` when the node sent none.
    package var userData: RawJSON {
        get { packed.kept(.userData).map { RawJSON(trusted: $0) } ?? .emptyObject }
        set { packed = packed.with(.userData, newValue.bytes[...]) }
    }

    /// The text of a member of the user data, found without reading the rest.
    package func userDataText(of name: StaticString) -> String? {
        packed.kept(.userData).flatMap { JSONMemberScanner.text(of: name, in: $0) }
    }

    package var otherMembers: [OtherMember] {
        guard let kept = packed.kept(.otherMembers) else { return [] }
        return RawJSON(trusted: kept).value.members.map { key, value in
            OtherMember(name: key.string ?? "", value: value.raw)
        }
    }

    /// Bytes of memory that are this track's own.
    package var byteCount: Int { packed.bytes.count }
}

// MARK: What is asked for often

extension Track {
    /// Milliseconds; `TrackInfo.unknownLength` for streams and whenever the source does not say.
    package var length: Int64 {
        packed.head.map { TrackInfo.believed(length: $0.length) } ?? info.length
    }

    package var isStream: Bool { packed.head?.isStream ?? info.isStream }

    package var isSeekable: Bool { info.isSeekable }

    package var sourceName: String {
        guard let fields = packed.encodedTrack.fields,
            let name = ModifiedUTF8.decode(fields.sourceName)
        else {
            return info.sourceName
        }
        return name
    }
}

// MARK: Equality

extension Track: Hashable {
    /// Whether both are the same to a receiver: each part byte for byte.
    package static func == (left: Track, right: Track) -> Bool {
        if left.packed.bytes == right.packed.bytes { return true }
        return left.packed.encodedTrack.text == right.packed.encodedTrack.text
            && left.infoRaw == right.infoRaw
            && left.pluginInfo == right.pluginInfo && left.userData == right.userData
            && left.packed.kept(.otherMembers) == right.packed.kept(.otherMembers)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(packed.encodedTrack.text) }
}

// MARK: Reading

/// The parts of a track as they stand in the text that it came in.
private struct Parts {
    let encoded: ArraySlice<UInt8>
    let info: ArraySlice<UInt8>
    let pluginInfo: ArraySlice<UInt8>?
    let userData: ArraySlice<UInt8>?
    let otherMembers: ArraySlice<UInt8>?
    private let infoValue: JSONValue

    init(_ value: JSONValue, at pointer: String) throws(JSONFault) {
        try value.requireObject(at: pointer)
        encoded = try value.requiredUTF8("encoded", at: pointer)
        infoValue = try value.required("info", at: pointer)
        if infoValue.kind != .object { try infoValue.requireObject(at: pointer + "/info") }
        info = infoValue.bytes
        pluginInfo = value.present("pluginInfo")?.bytes
        userData = value.present("userData")?.bytes
        otherMembers = Self.others(of: value)
    }

    func requireIdentifier(at pointer: String) throws(JSONFault) {
        guard infoValue["identifier"]?.kind != .string else { return }
        _ = try infoValue.requiredText("identifier", at: pointer + "/info")
    }

    private static func others(of value: JSONValue) -> ArraySlice<UInt8>? {
        guard value.memberCount(otherThan: known) > 0 else { return nil }
        var json = JSONWriter()
        json.object { json in
            for (key, value) in value.members {
                guard let name = key.string, !knownNames.contains(name) else { continue }
                json.key(named: name)
                json.value(value.raw)
            }
        }
        return json.bytes[...]
    }

    private static let known: [StaticString] = ["encoded", "info", "pluginInfo", "userData"]
    private static let knownNames = known.map(\.description)
}
