import Control
import Dispatch
import Foundation
import Lavalink
import Storage
import Testing

/// Where the child of `DurabilityTests` finds its database.
private let childVariable = "LAVADECK_TEST_STORE"

private var childDatabase: String? { ProcessInfo.processInfo.environment[childVariable] }

@Suite("What was acknowledged")
struct DurabilityTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test(
        "is there after the process was killed",
        .enabled(if: childDatabase == nil),
        .timeLimit(.minutes(1))
    )
    func killed() throws {
        var dice = Dice(seed: 1)
        var acknowledged: UInt64 = 0
        for _ in 0..<5 {
            let wanted = acknowledged + dice.roll(1...150)
            acknowledged = try acknowledgedByChild(killedAfter: wanted)
            #expect(acknowledged >= wanted)
            let store = try directory.open()
            let players = try store.load()[Sample.radio]?.players ?? []
            let kept = Set(players.map(\.player.guild.rawValue))
            let lost = (1...acknowledged).filter { !kept.contains($0) }
            #expect(lost.isEmpty)
            #expect(players.allSatisfy { $0.queue.count == 2 }, "half of a batch was kept")
            store.close()
        }
    }

    /// Runs a child that writes player after player, kills it once `count` were acknowledged, and
    /// says which was acknowledged last.
    private func acknowledgedByChild(killedAfter count: UInt64) throws -> UInt64 {
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        child.arguments = ["--testing-library", "swift-testing", "--filter", "StoreChild"]
        child.environment = ProcessInfo.processInfo.environment.merging(
            [childVariable: directory.database],
            uniquingKeysWith: { _, new in new }
        )
        let output = Pipe()
        child.standardOutput = output
        child.standardError = FileHandle.nullDevice
        try child.run()
        var text = ""
        var last: UInt64 = 0
        while true {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { break }
            text += String(decoding: data, as: UTF8.self)
            while let newline = text.firstIndex(of: "\n") {
                let line = text[..<newline]
                text.removeSubrange(...newline)
                guard line.hasPrefix("kept ") else { continue }
                last = max(last, UInt64(line.dropFirst(5)) ?? 0)
                if last >= count { kill(child.processIdentifier, SIGKILL) }
            }
        }
        child.waitUntilExit()
        return last
    }
}

@Suite("StoreChild", .enabled(if: childDatabase != nil))
struct StoreChild {
    /// Runs in a process of its own, until it is killed.
    @Test("writes and says what was kept", .timeLimit(.minutes(1)))
    func write() throws {
        let store = try SQLiteStore(opening: try #require(childDatabase))
        let first = UInt64(try store.load()[Sample.radio]?.players.count ?? 0) + 1
        let inFlight = DispatchSemaphore(value: 8)
        for number in first...(first + 100_000) {
            let guild = try Sample.guild(number)
            inFlight.wait()
            store.commit(
                [
                    .player(try Sample.player(number)), .entries(guild, [try Sample.entry(1)]),
                    .entries(guild, [try Sample.entry(2)]),
                ],
                of: Sample.radio
            ) { result in
                if case .success = result {
                    FileHandle.standardOutput.write(Data("kept \(number)\n".utf8))
                }
                inFlight.signal()
            }
        }
    }
}
