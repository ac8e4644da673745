/// What happens when a track ends.
package enum LoopMode: String, Sendable, CaseIterable {
    case none
    case track
    case queue
}
