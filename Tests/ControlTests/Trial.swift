import Support
import Testing

/// Random inputs from a seed, and the first promise that was broken on the way.
///
/// A promise is looked at hundreds of thousands of times, so that `#expect` would be too slow.
struct Trial {
    private var source: SplitMix
    private let seed: UInt64
    private(set) var step = 0
    private(set) var failure: String?

    init(seed: UInt64) {
        self.seed = seed
        source = SplitMix(seed: seed)
    }

    /// Does so many steps, or as many as go well.
    mutating func run(_ steps: Int, _ body: (inout Trial) -> Void) {
        while step < steps, failure == nil {
            step += 1
            body(&self)
        }
    }

    mutating func check(_ holds: Bool, _ promise: @autoclosure () -> String) {
        guard !holds, failure == nil else { return }
        failure = "seed \(seed), step \(step): \(promise())"
    }

    /// Says what was broken, if anything was.
    func expectSuccess(_ location: SourceLocation = #_sourceLocation) {
        if let failure { Issue.record("\(failure)", sourceLocation: location) }
    }

    // MARK: Dice

    mutating func roll(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &source) }

    /// True in so many of a hundred cases.
    mutating func chance(_ percent: Int) -> Bool { roll(1...100) <= percent }

    mutating func pick<Item>(_ items: some Collection<Item>) -> Item? {
        items.randomElement(using: &source)
    }

    /// Takes one out.
    mutating func take<Item>(from items: inout [Item]) -> Item? {
        items.isEmpty ? nil : items.remove(at: roll(0...items.count - 1))
    }
}
