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
