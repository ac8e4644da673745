import Glibc
import SimulatedNode
import Support
import Synchronization
import Testing
import Wire

@Suite("What was acknowledged")
struct DurabilityTests {
    /// What one client was told is done, and the one change that it was not told of.
    private struct Acknowledged: Sendable {
        var tracks: [String] = []
        var volume: Int64 = 100
        var triedTrack: String?
        var triedVolume: Int64?
    }

    private static let rounds = 10
    private static let guilds = 1...4
    /// After so many answers the process dies, in the midst of others.
    private static let answersPerRound = 40

    @Test("survives kill -9, ten times in a row", .timeLimit(.minutes(2)))
    func survives() async throws {
        let lavadeck = try await LavadeckProcess.running(TestConfiguration())
        var known: [Int: Acknowledged] = [:]
        for guild in Self.guilds {
            let bot = Bot(lavadeck, guild: guild)
            #expect(try await bot.client.put(bot.path, "{}").status == 201)
            known[guild] = Acknowledged()
        }
        for round in 1...Self.rounds {
            known = try await burst(round, on: lavadeck, known)
            _ = try await lavadeck.process.end()
            try await lavadeck.start()
            for guild in Self.guilds {
                known[guild] = try await compared(
                    try #require(known[guild]),
                    with: Bot(lavadeck, guild: guild),
                    round
                )
            }
        }
        #expect(known.values.map(\.tracks.count).reduce(0, +) >= Self.rounds * 10)
    }

    /// Changes by several clients at once, until SIGKILL breaks their connections.
    private func burst(
        _ round: Int,
        on lavadeck: LavadeckProcess,
        _ before: [Int: Acknowledged]
    ) async throws -> [Int: Acknowledged] {
        let process = try lavadeck.process
        let answers = AnswerCounter { if $0 == Self.answersPerRound { process.signal(SIGKILL) } }
        return await withTaskGroup(of: (Int, Acknowledged).self) { group in
            for guild in Self.guilds {
                let start = before[guild] ?? Acknowledged()
                let bot = Bot(lavadeck, guild: guild)
                group.addTask { (guild, await self.change(bot, from: start, round, answers)) }
            }
            var all: [Int: Acknowledged] = [:]
            for await (guild, acknowledged) in group { all[guild] = acknowledged }
            return all
        }
    }

    /// Adds a track and sets the volume, in turns, until no answer comes.
    private func change(
        _ bot: Bot,
        from start: Acknowledged,
        _ round: Int,
        _ answers: AnswerCounter
    ) async -> Acknowledged {
        var state = start
        for step in 1...1_000 {
            let track = "tone-60s/\(round)-\(step)"
            let volume = Int64((round * 37 + step) % 1_000)
            state.triedTrack = track
            let body = #"{"tracks":[{"encoded":"\#(Catalogue.encoded(track))"}]}"#
            // No answer: the process is gone, and nothing was promised.
            guard let added = try? await bot.client.post(bot.path + "/queue", body),
                added.status == 201
            else { break }
            state.tracks.append(track)
            state.triedTrack = nil
            answers.count()
            state.triedVolume = volume
            // The same.
            guard let set = try? await bot.client.patch(bot.path, #"{"volume":\#(volume)}"#),
                set.status == 200
            else { break }
            state.volume = volume
            state.triedVolume = nil
            answers.count()
        }
        return state
    }

    /// Compares what is there with what was acknowledged; the change that was under way may have
    /// happened or not, but not in part.
    private func compared(
        _ acknowledged: Acknowledged,
        with bot: Bot,
        _ round: Int
    ) async throws -> Acknowledged {
        let player = try await bot.player()
        let current = player["current"]?["info"]?["identifier"]?.string
        let queue = try await bot.client.get(bot.path + "/queue?limit=1000")
        let queued = queue["entries"]?.elements.compactMap { $0["info"]?["identifier"]?.string }
        let found = [current].compactMap(\.self) + (queued ?? [])
        let extra = Array(found.dropFirst(acknowledged.tracks.count))
        let name = "round \(round), guild \(bot.guild)"
        #expect(Array(found.prefix(acknowledged.tracks.count)) == acknowledged.tracks, "\(name)")
        #expect(extra.isEmpty || extra == [acknowledged.triedTrack], "\(name): \(extra)")
        let volume = try #require(player["volume"]?.int64)
        let volumes = [acknowledged.volume, acknowledged.triedVolume ?? acknowledged.volume]
        #expect(volumes.contains(volume), "\(name)")
        return Acknowledged(tracks: found, volume: volume)
    }
}

/// Counts answers of several clients, and says each number.
private final class AnswerCounter: Sendable {
    private let number = Mutex(0)
    private let said: @Sendable (Int) -> Void

    init(_ said: @escaping @Sendable (Int) -> Void) { self.said = said }

    func count() {
        let now = number.withLock { number in
            number += 1
            return number
        }
        said(now)
    }
}
