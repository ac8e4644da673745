import Wire

/// The numbers of the built-in filters: their defaults, and what a track survives.
///
/// Lavalink-v4.md §8 is the source.
struct FilterSchema {
    let name: StaticString
    let fields: [Field]

    struct Field {
        let name: StaticString
        let standard: Double
        let range: Range
    }

    /// What a field may be.
    enum Range {
        case any
        /// From the first, which is in it only when it says so, up to the second.
        case closed(Double, Double)
        case above(Double, upTo: Double)

        func contains(_ value: Double) -> Bool {
            switch self {
            case .any: abs(value) <= Self.largest
            case .closed(let lowest, let highest): (lowest...highest).contains(value)
            case .above(let bound, let highest): value > bound && value <= highest
            }
        }

        var demand: String {
            switch self {
            case .any: "must fit a 32-bit number"
            case .closed(let lowest, let highest): "must be from \(lowest) to \(highest)"
            case .above(let bound, let highest) where highest == Self.largest:
                "must be greater than \(bound)"
            case .above(let bound, let highest):
                "must be greater than \(bound) and at most \(highest)"
            }
        }

        /// A node keeps most of these numbers in 32 bits, and cannot read what does not fit.
        static let largest = Double(Float.greatestFiniteMagnitude)
        static let positive = Range.above(0, upTo: largest)
    }

    /// Speed, pitch and rate beyond these make no music, and positions that fit no number.
    static let timescaleRange = Range.closed(0.001, 1000)

    static let volume = Range.closed(0, 5)
    static let bands: ClosedRange<Int64> = 0...14
    static let gain = Range.closed(-0.25, 1)
    static let standardGain = 1.0

    static let all: [FilterSchema] = [
        FilterSchema(
            "karaoke",
            [
                Field("level", 1), Field("monoLevel", 1), Field("filterBand", 220),
                Field("filterWidth", 100),
            ]
        ),
        timescale,
        FilterSchema(
            "tremolo",
            [Field("frequency", 2, .positive), Field("depth", 0.5, .above(0, upTo: 1))]
        ),
        FilterSchema(
            "vibrato",
            [Field("frequency", 2, .above(0, upTo: 14)), Field("depth", 0.5, .above(0, upTo: 1))]
        ),
        FilterSchema("rotation", [Field("rotationHz", 0)]),
        FilterSchema(
            "distortion",
            [
                Field("sinOffset", 0), Field("sinScale", 1), Field("cosOffset", 0),
                Field("cosScale", 1), Field("tanOffset", 0), Field("tanScale", 1),
                Field("offset", 0), Field("scale", 1),
            ]
        ),
        FilterSchema(
            "channelMix",
            [
                Field("leftToLeft", 1), Field("leftToRight", 0), Field("rightToLeft", 0),
                Field("rightToRight", 1),
            ]
        ),
        FilterSchema("lowPass", [Field("smoothing", 20)]),
    ]

    static let timescale = FilterSchema(
        "timescale",
        [
            Field("speed", 1, timescaleRange), Field("pitch", 1, timescaleRange),
            Field("rate", 1, timescaleRange),
        ]
    )

    /// Every name that may stand at the top.
    static let names = ["volume", "equalizer", "pluginFilters"] + all.map(\.name.description)

    private init(_ name: StaticString, _ fields: [Field]) {
        self.name = name
        self.fields = fields
    }
}

extension FilterSchema.Field {
    fileprivate init(
        _ name: StaticString,
        _ standard: Double,
        _ range: FilterSchema.Range = .any
    ) {
        self.name = name
        self.standard = standard
        self.range = range
    }
}
