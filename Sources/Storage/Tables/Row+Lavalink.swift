import Lavalink
import Wire

extension Row {
    mutating func snowflake<ID: Snowflake>() throws(StorageError) -> ID {
        let bits = try bits()
        return try present(ID(rawValue: bits))
    }

    mutating func optionalSnowflake<ID: Snowflake>() throws(StorageError) -> ID? {
        guard let bits = try optionalBits() else { return nil }
        return try present(ID(rawValue: bits))
    }

    mutating func optionalTrack() throws(StorageError) -> Track? {
        guard let text = try optionalUTF8() else { return nil }
        do throws(NodeMessageError) {
            return try Track(written: text)
        } catch {
            throw damage("is not a track: \(error)")
        }
    }
}

extension Track {
    /// The whole track as JSON, its parts byte for byte as the node sent them.
    var raw: RawJSON {
        var json = JSONWriter()
        write(into: &json)
        return json.raw
    }
}
