/// In what a node may differ from what is wanted of it: what the next PATCH must carry.
package struct Difference: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let voice = Difference(rawValue: 1)
    /// Another track, or none; its position goes with it.
    package static let track = Difference(rawValue: 2)
    package static let position = Difference(rawValue: 4)
    package static let paused = Difference(rawValue: 8)
    package static let volume = Difference(rawValue: 16)
    package static let filters = Difference(rawValue: 32)
    package static let endTime = Difference(rawValue: 64)
    /// The node has no such player: it is made in one PATCH, whatever the reason.
    package static let whole: Difference = [.voice, .track, .paused, .volume, .filters]
}
