import Lavalink
import Testing

@Suite("A snowflake")
struct SnowflakeTests {
    @Test(
        "is read from decimal digits and written the same",
        arguments: ["1", "817327181659111454", "9223372036854775807"]
    )
    func accepted(text: String) throws {
        #expect(try #require(GuildID(text)).description == text)
        #expect(try #require(UserID(text)).description == text)
        #expect(try #require(ChannelID(text)).description == text)
    }

    @Test(
        "is nothing else",
        arguments: [
            "", "0", "01", "+1", "-1", " 1", "1 ", "1.0", "abc", "0x10", "１", "9223372036854775808",
            "18446744073709551616", "1e5",
        ]
    )
    func refused(text: String) {
        #expect(GuildID(text) == nil)
        #expect(UserID(text) == nil)
        #expect(ChannelID(text) == nil)
    }

    @Test("is read from a part of a text")
    func substring() {
        #expect(GuildID("players/42".dropFirst(8))?.rawValue == 42)
    }

    @Test("is ordered by number, not by text")
    func order() throws {
        let guilds = try ["100", "9", "20"].map { try #require(GuildID($0)) }
        #expect(guilds.sorted().map(\.description) == ["9", "20", "100"])
    }

    @Test("made of a number is never 0 and never more than a node can read")
    func numbers() {
        #expect(GuildID(rawValue: 0) == nil)
        #expect(GuildID(rawValue: UInt64(Int64.max))?.rawValue == UInt64(Int64.max))
        #expect(GuildID(rawValue: UInt64(Int64.max) + 1) == nil)
        #expect(UserID(rawValue: 0) == nil)
        #expect(ChannelID(rawValue: .max) == nil)
    }
}
