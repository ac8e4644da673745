package import Wire

/// What a node found for an identifier (lavalink-v4.md §6.4).
package enum LoadResult: Hashable, Sendable, NodeValue {
    case track(Track)
    /// `selectedTrack` is an index into the tracks, -1 for none.
    case playlist(name: String, selectedTrack: Int, pluginInfo: RawJSON, tracks: [Track])
    case search([Track])
    case empty
    case error(TrackException)

    /// Reads an answer; a load type that is not known is told by the shape of its data (§18).
    package init(_ value: JSONValue, at pointer: String) throws(JSONFault) {
        try value.requireObject(at: pointer)
        let type = try value.requiredText("loadType", at: pointer)
        let inside = pointer + "/data"
        guard type != "empty", let data = value.present("data") else {
            guard type == "empty" else {
                throw JSONFault(pointer: inside, detail: "is missing", location: value.location)
            }
            self = .empty
            return
        }
        switch type {
        case "track": self = .track(try Track(data, at: inside))
        case "playlist": try self.init(playlist: data, at: inside)
        case "search": self = .search(try [Track](data, at: inside))
        case "error": self = .error(try TrackException(data, at: inside))
        default: try self.init(byShapeOf: data, at: inside)
        }
    }

    private init(playlist data: JSONValue, at pointer: String) throws(JSONFault) {
        let info = data.present("info")
        let tracks = try data.required("tracks", at: pointer)
        self = .playlist(
            name: info?.text("name") ?? "",
            selectedTrack: info?.whole("selectedTrack").flatMap(Int.init(exactly:)) ?? -1,
            pluginInfo: data.rawObject("pluginInfo"),
            tracks: try [Track](tracks, at: pointer + "/tracks")
        )
    }

    private init(byShapeOf data: JSONValue, at pointer: String) throws(JSONFault) {
        if data.kind == .array {
            self = .search(try [Track](data, at: pointer))
        } else if data["tracks"] != nil {
            try self.init(playlist: data, at: pointer)
        } else if data["encoded"] != nil {
            self = .track(try Track(data, at: pointer))
        } else if data["severity"] != nil {
            self = .error(try TrackException(data, at: pointer))
        } else {
            throw JSONFault(
                pointer: pointer,
                detail: "is not a track, a playlist, a search or an error",
                location: data.location
            )
        }
    }

    package var loadType: String {
        switch self {
        case .track: "track"
        case .playlist: "playlist"
        case .search: "search"
        case .empty: "empty"
        case .error: "error"
        }
    }

    package func write(into json: inout JSONWriter) {
        json.object { json in
            json.member("loadType", loadType)
            json.key("data")
            writeData(into: &json)
        }
    }

    private func writeData(into json: inout JSONWriter) {
        switch self {
        case .track(let track): track.write(into: &json)
        case .playlist(let name, let selectedTrack, let pluginInfo, let tracks):
            json.object { json in
                json.member("info") { json in
                    json.member("name", name)
                    json.member("selectedTrack", selectedTrack)
                }
                json.member("pluginInfo", pluginInfo)
                json.array("tracks", tracks) { json, track in track.write(into: &json) }
            }
        case .search(let tracks):
            json.array { json in
                for track in tracks { track.write(into: &json) }
            }
        case .empty: json.null()
        case .error(let exception): exception.write(into: &json)
        }
    }
}
