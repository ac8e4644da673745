import Wire

/// What a set of filters says, with every default filled in, so that two of them can be compared.
struct FilterContent: Hashable, Sendable {
    private var volume: Double?
    /// The gain of each band; nil when there is no equalizer.
    private var gains: [Double]?
    /// The fields of each of `FilterSchema.all`, in its order; nil for a filter that is off.
    private var numbers: [[Double]?] = Array(repeating: nil, count: FilterSchema.all.count)
    private var plugins: [String: RawJSON] = [:]

    init() {}

    /// Speed times rate; the pitch has no part in it.
    var playbackRate: Double {
        let index = FilterSchema.all.firstIndex { $0.isTimescale }
        guard let index, let fields = numbers[index] else { return 1 }
        return fields[0] * fields[2]
    }
}

extension FilterSchema {
    fileprivate var isTimescale: Bool { name.description == Self.timescale.name.description }
}

// MARK: From outside

extension FilterContent {
    init(checking value: JSONValue, at pointer: String) throws(JSONFault) {
        let filters = try JSONMembers(value, at: pointer, known: FilterSchema.names)
        try filters.refuseNull("volume", "equalizer", "pluginFilters")
        volume = try filters.number("volume", FilterSchema.volume)
        if let bands = try filters.elements("equalizer") {
            gains = try Self.gains(of: bands, at: pointer + "/equalizer")
        }
        for (index, schema) in FilterSchema.all.enumerated() {
            let known = schema.fields.map(\.name.description)
            guard let filter = try filters.members(schema.name, known: known) else { continue }
            numbers[index] = try Self.fields(of: filter, schema)
        }
        for (key, value) in try filters.members("pluginFilters")?.object.members ?? [] {
            plugins[key.string ?? ""] = value.raw
        }
    }

    private static func fields(
        of filter: JSONMembers,
        _ schema: FilterSchema
    ) throws(JSONFault) -> [Double] {
        var values: [Double] = []
        for field in schema.fields {
            try filter.refuseNull(field.name)
            values.append(try filter.number(field.name, field.range) ?? field.standard)
        }
        return values
    }

    private static func gains(
        of bands: [JSONValue],
        at pointer: String
    ) throws(JSONFault) -> [Double] {
        var gains = Self.neutralGains
        for (index, element) in bands.enumerated() {
            let band = try JSONMembers(element, at: "\(pointer)/\(index)", known: ["band", "gain"])
            let number = try band.require("band", band.int64("band", in: FilterSchema.bands))
            // A node refuses a band that is written `1.0`.
            guard band.object["band"]?.int64 != nil else {
                throw band.fault("band", "must be a whole number, without a fraction")
            }
            try band.refuseNull("gain")
            gains[Int(number)] =
                try band.number("gain", FilterSchema.gain)
                ?? FilterSchema.standardGain
        }
        return gains
    }

    private static var neutralGains: [Double] {
        Array(repeating: 0, count: FilterSchema.bands.count)
    }
}

extension JSONMembers {
    fileprivate func number(
        _ name: StaticString,
        _ range: FilterSchema.Range
    ) throws(JSONFault) -> Double? {
        guard let number = try double(name) else { return nil }
        guard range.contains(number) else { throw fault(name, range.demand) }
        return number
    }
}

// MARK: From a node

extension FilterContent {
    /// Reads what a node reports; what makes no sense is passed over.
    init(reported value: JSONValue) {
        volume = value.real("volume")
        if let bands = value.present("equalizer") { gains = Self.gains(reported: bands) }
        for (index, schema) in FilterSchema.all.enumerated() {
            guard let filter = value.present(schema.name) else { continue }
            numbers[index] = schema.fields.map { filter.real($0.name) ?? $0.standard }
        }
        for (key, value) in value.present("pluginFilters")?.members ?? [] {
            plugins[key.string ?? ""] = value.raw
        }
    }

    private static func gains(reported bands: JSONValue) -> [Double] {
        var gains = neutralGains
        for band in bands.elements {
            guard let number = band.whole("band"), FilterSchema.bands.contains(number) else {
                continue
            }
            gains[Int(number)] = band.real("gain") ?? FilterSchema.standardGain
        }
        return gains
    }

    func matches(_ reported: FilterContent) -> Bool {
        Self.areSame(volume, reported.volume)
            && Self.areSame(gains ?? Self.neutralGains, reported.gains ?? Self.neutralGains)
            && zip(numbers, reported.numbers).allSatisfy { Self.areSame($0, $1) }
            && reported.plugins.allSatisfy { name, value in
                plugins[name]?.value.isEquivalent(to: value.value) ?? false
            }
    }

    private static func areSame(_ left: Double?, _ right: Double?) -> Bool {
        left.map(Float.init) == right.map(Float.init)
    }

    private static func areSame(_ left: [Double]?, _ right: [Double]?) -> Bool {
        left?.map(Float.init) == right?.map(Float.init)
    }
}
