import Foundation
import Service
import Testing

@Suite("A timestamp")
struct TimestampTests {
    @Test(
        "is written as RFC 3339 in UTC with milliseconds",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"),
            (1, "1970-01-01T00:00:00.001Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_799_999, "2000-02-29T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (1_772_262_309_003, "2026-02-28T07:05:09.003Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)]
    )
    func written(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
    }

    @Test("agrees with Foundation on any moment of four centuries")
    func agreesWithFoundation() {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let seconds = Int64.random(in: -6_000_000_000...6_000_000_000, using: &generator)
            let date = Date(timeIntervalSince1970: Double(seconds))
            let ours = Timestamp(milliseconds: seconds * 1_000).description
            #expect(ours == formatter.string(from: date), "\(seconds)")
        }
    }

    @Test("of now is close to that of Foundation")
    func now() {
        let difference = Double(Timestamp.now.milliseconds) / 1_000 - Date().timeIntervalSince1970
        #expect(abs(difference) < 5)
    }
}
