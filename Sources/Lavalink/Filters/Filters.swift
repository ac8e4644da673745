package import Wire

/// The filters of a player, checked so that no track breaks on them (lavalink-v4.md §8).
///
/// A node answers 200 to values on which its audio thread then fails; those are refused here.
package struct Filters: Hashable, Sendable {
    private struct Kept: Hashable, Sendable {
        var raw = RawJSON.emptyObject
        var names: [String] = []
        var playbackRate = 1.0
        var content = FilterContent()
    }

    /// A reference: every player has filters, and most have none.
    private indirect enum Reference: Hashable, Sendable { case to(Kept) }

    private let reference: Reference

    private var kept: Kept {
        switch reference {
        case .to(let kept): kept
        }
    }

    package static let none = Filters(Kept())

    private init(_ kept: Kept) { reference = .to(kept) }

    /// As they came, to be sent to a node.
    package var raw: RawJSON { kept.raw }
    /// The names that a node must know, in the order of the text; those of plugins among them.
    package var names: [String] { kept.names }
    /// Milliseconds of the track in a millisecond of sound; 1 when nothing changes it.
    package var playbackRate: Double { kept.playbackRate }
    var content: FilterContent { kept.content }

    /// Takes filters from outside.
    ///
    /// - Throws: what a node would refuse or a track would break on, and names that are not known.
    package init(checking value: JSONValue, at pointer: String) throws(JSONFault) {
        let content = try FilterContent(checking: value, at: pointer)
        self.init(
            Kept(
                raw: value.raw,
                names: Self.names(in: value),
                playbackRate: content.playbackRate,
                content: content
            )
        )
    }

    private static func names(in value: JSONValue) -> [String] {
        value.members.flatMap { key, value -> [String] in
            guard let name = key.string else { return [] }
            return name == "pluginFilters" ? value.members.compactMap(\.key.string) : [name]
        }
    }

    /// Whether no filter is set.
    package var isEmpty: Bool { content == FilterContent() }

    /// Whether a player that reports these filters has them.
    ///
    /// A node fills in every default, rounds to 32 bits, and leaves out the plugin filters that it
    /// does not know.
    package func matches(reported: RawJSON) -> Bool {
        content.matches(FilterContent(reported: reported.value))
    }
}
