import Lavalink

/// The kinds of settings there are.
extension Setting {
    typealias Path<Value> = WritableKeyPath<Target, Value> & Sendable

    static func text(
        _ key: String,
        _ path: any Path<String>,
        help: String,
        checked: @escaping @Sendable (String) throws(SettingFault) -> Void = Checks.notEmpty
    ) -> Setting {
        Setting(key: key, type: .text, help: help) { target, text throws(SettingFault) in
            try checked(text)
            target[keyPath: path] = text
        } show: {
            $0[keyPath: path]
        }
    }

    static func optionalText(
        _ key: String,
        _ path: any Path<String?>,
        help: String,
        checked: @escaping @Sendable (String) throws(SettingFault) -> Void = Checks.notEmpty
    ) -> Setting {
        Setting(key: key, type: .text, help: help) { target, text throws(SettingFault) in
            try checked(text)
            target[keyPath: path] = text
        } show: {
            $0[keyPath: path] ?? ""
        }
    }

    static func secret(_ key: String, _ path: any Path<Secret?>, help: String) -> Setting {
        Setting(key: key, type: .text, help: help) { target, text throws(SettingFault) in
            try Checks.notEmpty(text)
            target[keyPath: path] = Secret(text)
        } show: {
            $0[keyPath: path] == nil ? "" : "redacted"
        }
    }

    static func flag(_ key: String, _ path: any Path<Bool>, help: String) -> Setting {
        Setting(key: key, type: .boolean, help: help) { target, text throws(SettingFault) in
            guard let value = Bool(text) else { throw SettingFault("must be true or false") }
            target[keyPath: path] = value
        } show: {
            $0[keyPath: path].description
        }
    }

    static func whole<Number: FixedWidthInteger & Sendable>(
        _ key: String,
        _ path: any Path<Number>,
        in range: ClosedRange<Number>,
        help: String
    ) -> Setting {
        Setting(key: key, type: .number, help: help) { target, text throws(SettingFault) in
            guard let value = Number(text), range.contains(value) else {
                throw SettingFault(
                    "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
                )
            }
            target[keyPath: path] = value
        } show: {
            $0[keyPath: path].description
        }
    }

    /// A length of time, written as a number of seconds with or without fraction.
    static func seconds(
        _ key: String,
        _ path: any Path<Duration>,
        in range: ClosedRange<Double>,
        help: String
    ) -> Setting {
        Setting(key: key, type: .number, help: help) { target, text throws(SettingFault) in
            guard let value = Double(text), range.contains(value) else {
                throw SettingFault(
                    "must be a number of seconds from \(Checks.shortest(range.lowerBound)) to "
                        + Checks.shortest(range.upperBound)
                )
            }
            target[keyPath: path] = .milliseconds(Int64((value * 1_000).rounded()))
        } show: {
            Checks.shortest(Double($0[keyPath: path] / .milliseconds(1)) / 1_000)
        }
    }

    static func choice<Value: RawRepresentable & CaseIterable & Sendable>(
        _ key: String,
        _ path: any Path<Value>,
        help: String
    ) -> Setting where Value.RawValue == String {
        Setting(key: key, type: .text, help: help) { target, text throws(SettingFault) in
            guard let value = Value(rawValue: text) else {
                let known = Value.allCases.map { "\"\($0.rawValue)\"" }
                throw SettingFault("must be one of \(known.joined(separator: ", "))")
            }
            target[keyPath: path] = value
        } show: {
            $0[keyPath: path].rawValue
        }
    }

    func flagged(_ flag: String) -> Setting {
        var copy = self
        copy.flag = flag
        return copy
    }

    /// Not in the file: a secret that would lie there readable.
    func onlyOutsideTheFile() -> Setting {
        var copy = self
        copy.isInFile = false
        return copy
    }
}

/// Checks of texts that more than one setting needs.
enum Checks {
    /// Bytes of the name of a node, a bot or a token.
    static let longestName = 64

    @Sendable static func notEmpty(_ text: String) throws(SettingFault) {
        guard !text.isEmpty else { throw SettingFault("must not be empty") }
    }

    /// Names stand in paths and labels, so they are of letters that need no escape there.
    @Sendable static func name(_ text: String) throws(SettingFault) {
        let isName =
            !text.isEmpty && text.utf8.count <= longestName
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                    UInt8(ascii: "_"):
                    true
                default: false
                }
            }
        guard isName else {
            throw SettingFault(
                "must be 1 to \(longestName) letters, digits, '.', '-' or '_'"
            )
        }
    }

    @Sendable static func host(_ text: String) throws(SettingFault) {
        guard HostName.isPlausible(text) else {
            throw SettingFault("must be a host name or an IP address, without scheme, port or path")
        }
    }

    @Sendable static func userID(_ text: String) throws(SettingFault) {
        guard UserID(text) != nil else {
            throw SettingFault("must be a Discord id, a decimal number in a string")
        }
    }

    @Sendable static func sha256(_ text: String) throws(SettingFault) {
        guard Hexadecimal.bytes(text)?.count == 32 else {
            throw SettingFault(
                "must be the SHA-256 of a token, 64 hexadecimal digits; "
                    + "`lavadeck token new` creates both"
            )
        }
    }

    /// A number without a fraction that says nothing: `5`, `0.5`.
    static func shortest(_ number: Double) -> String {
        Int64(exactly: number)?.description ?? number.description
    }
}

/// Bytes as digits of base 16 and back.
enum Hexadecimal {
    static func bytes(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(of: digits[index]), let low = value(of: digits[index + 1]) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    static func text(_ bytes: [UInt8]) -> String {
        var text = ""
        for byte in bytes {
            if byte < 16 { text.append("0") }
            text += String(byte, radix: 16)
        }
        return text
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
