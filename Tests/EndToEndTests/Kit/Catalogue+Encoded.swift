import Lavalink
import SimulatedNode

extension Catalogue {
    /// The encoded form of a track that a simulated node can play, with no node asked.
    static func encoded(_ identifier: String, length: Int64 = 60_000) -> String {
        track(identifier, length: length).encoded()
    }
}
