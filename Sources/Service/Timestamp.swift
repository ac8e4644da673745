import Glibc
import Wire

/// A moment of the wall clock, in whole milliseconds since 1970-01-01T00:00:00Z.
///
/// For people and for the wire only: what waits is measured on a clock that does not jump.
package struct Timestamp: Hashable, Comparable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(
            milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
        )
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }
}

extension Timestamp: CustomStringConvertible {
    private static let millisecondsPerDay: Int64 = 86_400_000

    /// RFC 3339 in UTC with milliseconds: `2026-02-28T07:05:09.003Z`.
    package var description: String {
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends it as RFC 3339 has it.
    package func append(to text: inout [UInt8]) {
        let day = milliseconds.floorDivided(by: Self.millisecondsPerDay)
        let rest = milliseconds - day * Self.millisecondsPerDay
        let date = CivilDate(daysSinceEpoch: day)
        text.append(decimal: UInt64(max(0, date.year)), digits: 4)
        let start = text.count
        text.append(constant: "-MM-ddThh:mm:ss.SSSZ")
        var digits = text.mutableSpan
        digits.put(date.month, at: start + 1)
        digits.put(date.day, at: start + 4)
        digits.put(rest / 3_600_000, at: start + 7)
        digits.put(rest / 60_000 % 60, at: start + 10)
        digits.put(rest / 1_000 % 60, at: start + 13)
        digits.put(rest % 1_000 / 10, at: start + 16)
        digits[start + 18] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
    }
}

extension MutableSpan<UInt8> {
    /// Writes a number below 100 as two digits.
    fileprivate mutating func put(_ number: Int64, at index: Int) {
        self[index] = 0x30 + UInt8(truncatingIfNeeded: number / 10)
        self[index + 1] = 0x30 + UInt8(truncatingIfNeeded: number % 10)
    }
}

/// A day of the Gregorian calendar, which is taken to have been in use always.
struct CivilDate: Equatable {
    var year: Int64
    var month: Int64
    var day: Int64

    init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Counts in eras of 400 years, which all have 146,097 days, and in years that begin in March,
    /// so that the day a leap year adds is the last one.
    init(daysSinceEpoch: Int64) {
        let shifted = daysSinceEpoch + 719_468  // days from 0000-03-01 to 1970-01-01
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}

extension Int64 {
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
