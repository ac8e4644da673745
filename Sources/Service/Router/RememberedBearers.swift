import Wire

/// The `Authorization` headers that were right lately, so that not every request costs a hash.
struct RememberedBearers: Sendable {
    /// Headers that are kept; when there are more, all are forgotten.
    let limit: Int
    private var known: [(header: [UInt8], bearer: Bearer)] = []

    init(limit: Int) { self.limit = limit }

    /// Whose token a header carries, if it was right before.
    ///
    /// Every one is compared, and to its end: time tells only what the answer tells too.
    func bearer(of header: ArraySlice<UInt8>) -> Bearer? {
        var found: Int?
        for index in known.indices where constantTimeEquals(known[index].header, header) {
            found = index
        }
        return found.map { known[$0].bearer }
    }

    mutating func note(_ header: ArraySlice<UInt8>, _ bearer: Bearer) {
        if known.count >= limit { known.removeAll(keepingCapacity: true) }
        known.append((Array(header), bearer))
    }

    mutating func forget() { known.removeAll() }
}
