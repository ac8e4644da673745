import Lavalink
import Testing
import Wire

@Suite("The statistics of a node")
struct StatsTests {
    static let text = """
        {"frameStats":{"sent":2999,"nulled":4,"deficit":-3},"players":2,"playingPlayers":1,\
        "uptime":86400000,"memory":{"free":120000000,"used":80000000,"allocated":200000000,\
        "reservable":1073741824},"cpu":{"cores":4,"systemLoad":0.12,"lavalinkLoad":0.03}}
        """

    @Test("are read with every field")
    func fields() throws {
        let stats = try Stats(try parsed(Self.text))
        #expect(stats.players == 2)
        #expect(stats.playingPlayers == 1)
        #expect(stats.uptime == 86_400_000)
        #expect(stats.memory.free == 120_000_000)
        #expect(stats.memory.used == 80_000_000)
        #expect(stats.memory.allocated == 200_000_000)
        #expect(stats.memory.reservable == 1_073_741_824)
        #expect(stats.cpu.cores == 4)
        #expect(stats.cpu.systemLoad == 0.12)
        #expect(stats.cpu.lavalinkLoad == 0.03)
        #expect(stats.frameStats == Stats.FrameStats(sent: 2999, nulled: 4, deficit: -3))
        #expect(stats.raw.description == Self.text)
        #expect(written(stats.write) == Self.text)
    }

    @Test(
        "have no frames when the node says null or nothing",
        arguments: [#""frameStats":null"#, #""x":1"#]
    )
    func noFrames(member: String) throws {
        #expect(try Stats(try parsed("{\(member)}")).frameStats == nil)
    }

    @Test("of NodeLink are read: more fields, numbers as text and with fractions")
    func nodeLink() throws {
        let stats = try Stats(
            try parsed(
                """
                {"players":"3","uptime":1234.56,"cpu":{"cores":8,"systemLoad":1.7},\
                "frameStats":{"sent":1,"nulled":2,"deficit":3,"expected":3000}}
                """
            )
        )
        #expect(stats.players == 3)
        #expect(stats.playingPlayers == 0)
        #expect(stats.uptime == 1234)
        #expect(stats.cpu.systemLoad == 1.7)
        #expect(stats.memory.reservable == 0)
        #expect(stats.frameStats?.deficit == 3)
        #expect(stats.raw.value["frameStats"]?["expected"]?.int64 == 3000)
    }

    @Test("made here are written as Lavalink does")
    func made() throws {
        let stats = Stats(
            players: 2,
            playingPlayers: 1,
            uptime: 86_400_000,
            memory: Stats.Memory(
                free: 120_000_000,
                used: 80_000_000,
                allocated: 200_000_000,
                reservable: 1_073_741_824
            ),
            cpu: Stats.CPU(cores: 4, systemLoad: 0.12, lavalinkLoad: 0.03),
            frameStats: Stats.FrameStats(sent: 2999, nulled: 4, deficit: -3)
        )
        #expect(stats.raw.description == Self.text)
        #expect(try Stats(stats.raw.value) == stats)
    }

    @Test("as a message have their op in front, and once")
    func message() throws {
        let text = #"{"op":"stats",\#(Self.text.dropFirst())"#
        let message = try NodeMessage(parsing: Array(text.utf8))
        guard case .stats(let stats) = message else {
            Issue.record("\(message)")
            return
        }
        #expect(String(decoding: message.bytes, as: UTF8.self) == text)
        #expect(written(stats.write) == Self.text)
    }

    @Test("are an object")
    func refused() throws {
        let value = try parsed("[]")
        #expect(throws: JSONFault.self) { try Stats(value) }
    }
}
