import Wire

/// The filters of a player as a node takes them: types are checked, ranges are not (§8).
struct NodeFilters: Sendable {
    /// Shape of one filter that is an object: members with their defaults, in the node's order.
    private struct Shape {
        let name: StaticString
        let members: [(name: StaticString, initial: Double)]
        /// Members kept as Double; the others are Float.
        var isDouble = false
    }

    private static let shapes: [Shape] = [
        Shape(
            name: "karaoke",
            members: [
                ("level", 1), ("monoLevel", 1), ("filterBand", 220), ("filterWidth", 100),
            ]
        ),
        Shape(
            name: "timescale",
            members: [("speed", 1), ("pitch", 1), ("rate", 1)],
            isDouble: true
        ),
        Shape(name: "tremolo", members: [("frequency", 2), ("depth", 0.5)]),
        Shape(name: "vibrato", members: [("frequency", 2), ("depth", 0.5)]),
        Shape(
            name: "distortion",
            members: [
                ("sinOffset", 0), ("sinScale", 1), ("cosOffset", 0), ("cosScale", 1),
                ("tanOffset", 0), ("tanScale", 1), ("offset", 0), ("scale", 1),
            ]
        ),
        Shape(name: "rotation", members: [("rotationHz", 0)], isDouble: true),
        Shape(
            name: "channelMix",
            members: [
                ("leftToLeft", 1), ("leftToRight", 0), ("rightToLeft", 0), ("rightToRight", 1),
            ]
        ),
        Shape(name: "lowPass", members: [("smoothing", 20)]),
    ]

    static let names =
        ["volume", "equalizer"] + shapes.map { $0.name.description } + ["pluginFilters"]

    private var volume: Float?
    private var equalizer: [(band: Int64, gain: Float)] = []
    private var objects: [(shape: Int, values: [Double])] = []
    private var hasEqualizer = false

    static let none = NodeFilters()

    private init() {}

    /// The node cannot read it: 400.
    struct Unreadable: Error {}

    init(_ json: JSONValue) throws(Unreadable) {
        guard json.kind == .object else { throw Unreadable() }
        volume = try json["volume"].map(Self.float)
        if let bands = json["equalizer"] { try readEqualizer(bands) }
        if let plugins = json["pluginFilters"], plugins.kind != .object { throw Unreadable() }
        for (index, shape) in Self.shapes.enumerated() {
            guard let value = json[shape.name], !value.isNull else { continue }
            guard value.kind == .object else { throw Unreadable() }
            var values: [Double] = []
            for member in shape.members {
                values.append(try Self.number(value[member.name], member.initial, shape.isDouble))
            }
            objects.append((index, values))
        }
    }

    private mutating func readEqualizer(_ bands: JSONValue) throws(Unreadable) {
        guard bands.kind == .array else { throw Unreadable() }
        hasEqualizer = true
        for band in bands.elements {
            guard band.kind == .object, let number = band["band"]?.int64 else {
                throw Unreadable()
            }
            equalizer.append((number, try band["gain"].map(Self.float) ?? 1))
        }
    }

    private static func float(_ value: JSONValue) throws(Unreadable) -> Float {
        guard let number = value.double else { throw Unreadable() }
        return Float(number)
    }

    private static func number(
        _ value: JSONValue?,
        _ initial: Double,
        _ isDouble: Bool
    ) throws(Unreadable) -> Double {
        guard let value else { return initial }
        guard let number = value.double else { throw Unreadable() }
        return isDouble ? number : shortened(Float(number))
    }

    /// The double that is written as the float is: 0.1, not 0.10000000149.
    private static func shortened(_ number: Float) -> Double {
        Double(number.description) ?? Double(number)
    }

    /// The first band outside 0..14, which the node trips over with 500.
    var impossibleBand: Int64? { equalizer.first { !(0...14).contains($0.band) }?.band }

    /// Music per audio that comes out.
    var playbackRate: Double {
        let values = values(of: "timescale")
        return values.count == 3 && !isBroken ? values[0] * values[2] : 1
    }

    /// Whether the audio thread will fail when it builds this chain.
    var isBroken: Bool {
        if let volume, !(0...5).contains(volume) { return true }
        let timescale = values(of: "timescale")
        let tremolo = values(of: "tremolo")
        let vibrato = values(of: "vibrato")
        return timescale.contains { $0 <= 0 }
            || (tremolo.count == 2 && (tremolo[0] <= 0 || !isDepth(tremolo[1])))
            || (vibrato.count == 2
                && (!(vibrato[0] > 0 && vibrato[0] <= 14) || !isDepth(vibrato[1])))
    }

    private func isDepth(_ number: Double) -> Bool { number > 0 && number <= 1 }

    private func values(of name: String) -> [Double] {
        objects.first { Self.shapes[$0.shape].name.description == name }?.values ?? []
    }

    /// Every filter that is set, complete with its defaults (4.1 and later).
    func write(into json: inout JSONWriter) {
        json.object { json in
            if let volume { json.member("volume", Self.shortened(volume)) }
            if hasEqualizer {
                json.array("equalizer", equalizer) { json, band in
                    json.object { json in
                        json.member("band", band.band)
                        json.member("gain", Self.shortened(band.gain))
                    }
                }
            }
            for (index, values) in objects {
                json.member(Self.shapes[index].name) { json in
                    for (member, value) in zip(Self.shapes[index].members, values) {
                        json.member(member.name, value)
                    }
                }
            }
        }
    }
}
