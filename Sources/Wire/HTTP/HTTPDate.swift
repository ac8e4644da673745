/// A moment as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
package struct HTTPDate: Sendable, Equatable {
    package let bytes: [UInt8]

    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Takes seconds since 1970, which are not negative.
    package init(secondsSince1970 seconds: Int) {
        precondition(seconds >= 0)
        let day = seconds / 86_400
        let second = seconds % 86_400
        let (year, month, dayOfMonth) = Self.civil(day)
        let text = """
            \(Self.days[day % 7]), \(Self.padded(dayOfMonth)) \(Self.months[month - 1]) \(year) \
            \(Self.padded(second / 3_600)):\(Self.padded(second / 60 % 60)):\
            \(Self.padded(second % 60)) GMT
            """
        bytes = Array(text.utf8)
    }

    /// The date of a day since 1970, in years that begin in March so that leap days come last.
    private static func civil(_ day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
