import Control

/// How likely each misfortune is, and how often somebody acts; one set for each run.
struct Chances: Sendable {
    /// Seconds between two commands, and between two faults, on average.
    var secondsBetweenCommands = 1.5
    var secondsBetweenFaults = 12.0
    /// How long the faults go on.
    var storm: Duration = .seconds(90)

    // Of a single request, in a thousand.
    var droppedRequest = 15
    var lostAnswer = 15
    var unavailable = 15
    var rateLimited = 5
    var stalledAnswer = 10

    /// Of an event, in a thousand: it comes twice.
    var repeatedEvent = 20

    // Of a voice connection, in a thousand.
    var voiceHangs = 20
    var voiceRefused = 20

    // Of a fault, by weight.
    var reset = 5
    var halfOpenReset = 2
    var cut = 3
    var kill = 2
    var terminate = 2
    var voiceClose = 3
    var crash = 2

    init() {}

    /// Every run has weather of its own: from none at all to a storm.
    init(using generator: inout Generator) {
        secondsBetweenCommands = Double.random(in: 0.3...4, using: &generator)
        secondsBetweenFaults = Double.random(in: 4...30, using: &generator)
        let severity = [0, 1, 1, 2, 4].randomElement(using: &generator) ?? 1
        droppedRequest *= severity
        lostAnswer *= severity
        unavailable *= severity
        rateLimited *= severity
        stalledAnswer *= severity
        voiceHangs *= severity
        voiceRefused *= severity
        let spared = Int.random(in: 0..<8, using: &generator)
        if spared == 0 { crash = 0 }
        if spared == 1 { (kill, terminate) = (0, 0) }
        if spared == 2 { (cut, halfOpenReset) = (0, 0) }
        if spared == 3 { secondsBetweenFaults = 1_000 }
    }
}

extension Generator {
    mutating func happens(perThousand chance: Int) -> Bool {
        Int.random(in: 0..<1_000, using: &self) < chance
    }

    mutating func duration(_ range: ClosedRange<Double>) -> Duration {
        .milliseconds(Int64(Double.random(in: range, using: &self) * 1_000))
    }

    /// A wait that is short or long, as events that come by chance are apart.
    mutating func wait(average seconds: Double) -> Duration {
        duration(0.01...(2 * seconds))
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &self)]
    }
}
