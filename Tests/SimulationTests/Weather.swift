import Control

/// How likely each misfortune is, and how often somebody acts; one set for each run.
struct Weather: Sendable {
    /// Seconds between two commands, and between two faults, on average.
    var secondsBetweenCommands = 1.5
    var secondsBetweenFaults = 12.0
    /// How long the faults go on.
    var storm: Duration = .seconds(90)

    // Of a single request, in a thousand.
    var droppedRequest = 15
    var lostAnswer = 15
    var unavailable = 15
    var internalError = 5
    var rateLimited = 5
    var stalledAnswer = 10

    /// Of a voice connection, in a thousand; the kind is drawn then.
    var badVoice = 50

    // Of a fault, by weight.
    var reset = 5
    var halfOpenReset = 2
    var cut = 3
    var kill = 2
    var terminate = 2
    var voiceClose = 3
    var crash = 2
    var orderlyStop = 1
    var storeFailure = 2
    var babble = 2
    var repetition = 2
    var badHandshake = 1

    // What kind of music there is.
    /// Tracks of which the end is told before the exception: nothing repeats then, or it would for
    /// ever.
    var hasLateFailures = false
    var hasStreams = false

    /// Whether the configuration may change from one life of the program to the next.
    var changesConfiguration = false

    init() {}

    /// Every run has weather of its own: from none at all to a storm.
    init(using generator: inout Generator) {
        secondsBetweenCommands = Double.random(in: 0.3...4, using: &generator)
        secondsBetweenFaults = Double.random(in: 4...30, using: &generator)
        let severity = generator.pick([0, 1, 1, 2, 4])
        droppedRequest *= severity
        lostAnswer *= severity
        unavailable *= severity
        internalError *= generator.pick([0, severity])
        rateLimited *= severity
        stalledAnswer *= severity
        badVoice *= severity
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: (crash, orderlyStop) = (0, 0)
        case 1: (kill, terminate) = (0, 0)
        case 2: (cut, halfOpenReset) = (0, 0)
        case 3: secondsBetweenFaults = 1_000
        case 4: storeFailure = 10
        case 5: (crash, orderlyStop) = (8, 4)
        default: break
        }
        hasLateFailures = generator.happens(perThousand: 200)
        hasStreams = generator.happens(perThousand: 200)
        changesConfiguration = generator.happens(perThousand: 300)
    }
}

extension Options {
    /// Any of all that an operator may choose.
    init(using generator: inout Generator) {
        self.init()
        enableReconnect = generator.happens(perThousand: 850)
        infiniteReconnect = generator.happens(perThousand: 700)
        maxReconnectAttempts = Int.random(in: 1...5, using: &generator)
        baseReconnectDelay = generator.pick([.milliseconds(100), .seconds(1), .seconds(5)])
        maxReconnectDelay = generator.pick([.seconds(5), .seconds(20), .seconds(20), .seconds(300)])
        stateSaveInterval = generator.pick([
            .milliseconds(500), .seconds(5), .seconds(5), .seconds(60),
        ])
        resumeTimeout = .seconds(Int64.random(in: 10...60, using: &generator))
        failoverGrace = .seconds(generator.pick([1, 15, 15, 30]))
    }
}

extension Limits {
    /// Those of the program, or so small that they are met.
    init(guilds: Int, using generator: inout Generator) {
        self.init()
        if generator.happens(perThousand: 200) { queueEntries = 6 }
        if generator.happens(perThousand: 100) { players = max(guilds - 1, 1) }
        if generator.happens(perThousand: 100) { earlyVoices = 1 }
    }
}

extension ServerSettings {
    init(using generator: inout Generator) {
        self.init()
        version = generator.pick(["4.2.2", "4.2.2", "4.2.2", "4.1.1", "4.0.8"])
        sources = generator.pick([nil, nil, nil, ["local"], ["http", "local"], ["http"]])
        disablesTimescale = generator.happens(perThousand: 100)
        startTime = generator.pick([0, 2_000, 8_000])
        firstTrackTime = generator.pick([0, 1_500])
        isSlow = generator.happens(perThousand: 200)
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
