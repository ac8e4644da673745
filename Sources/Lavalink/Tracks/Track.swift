package import Wire

/// A track as a node gives it out (lavalink-v4.md §9.1).
///
/// Beside what this program reads, it keeps every part as it came, so that what plugins and newer
/// nodes add goes through.
package struct Track: Hashable, Sendable, NodeValue {
    /// A member that is none of the four of the protocol.
    package struct OtherMember: Hashable, Sendable {
        package var name: String
        package var value: RawJSON
    }

    /// Base64; the same track has a different one at every position (§10.5).
    package var encoded: String
    package let info: TrackInfo
    package let infoRaw: RawJSON
    /// `{}` when the node sent none.
    package var pluginInfo: RawJSON
    /// `{}` when the node sent none.
    package var userData: RawJSON
    package private(set) var otherMembers: [OtherMember] = []

    package init(
        encoded: String,
        info: TrackInfo,
        pluginInfo: RawJSON = .emptyObject,
        userData: RawJSON = .emptyObject
    ) {
        self.init(
            encoded: encoded,
            info: info,
            infoRaw: info.raw,
            pluginInfo: pluginInfo,
            userData: userData
        )
    }

    /// Puts a track together again from parts that were kept.
    package init(
        encoded: String,
        info: TrackInfo,
        infoRaw: RawJSON,
        pluginInfo: RawJSON,
        userData: RawJSON
    ) {
        self.encoded = encoded
        self.info = info
        self.infoRaw = infoRaw
        self.pluginInfo = pluginInfo
        self.userData = userData
    }

    package init(_ value: JSONValue, at pointer: String) throws(JSONFault) {
        try value.requireObject(at: pointer)
        encoded = try value.requiredText("encoded", at: pointer)
        let info = try value.required("info", at: pointer)
        self.info = try TrackInfo(info, at: pointer + "/info")
        infoRaw = info.raw
        pluginInfo = value.rawObject("pluginInfo")
        userData = value.rawObject("userData")
        otherMembers = Self.others(of: value)
    }

    private static func others(of value: JSONValue) -> [OtherMember] {
        var others: [OtherMember] = []
        for (key, value) in value.members {
            guard let name = key.string, !known.contains(name) else { continue }
            others.append(OtherMember(name: name, value: value.raw))
        }
        return others
    }

    private static let known = ["encoded", "info", "pluginInfo", "userData"]

    package func write(into json: inout JSONWriter) {
        json.object { json in
            json.member("encoded", encoded)
            json.member("info", infoRaw)
            json.member("pluginInfo", pluginInfo)
            json.member("userData", userData)
            for other in otherMembers {
                json.key(named: other.name)
                json.value(other.value)
            }
        }
    }
}
