extension ArraySlice<UInt8> {
    /// Whether both are the same bytes, compared eight at a time.
    package func isIdentical(to other: ArraySlice<UInt8>) -> Bool {
        guard count == other.count else { return false }
        return withUnsafeBytes { left in
            other.withUnsafeBytes { right in
                var place = 0
                while place + 8 <= left.count {
                    guard
                        left.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                            == right.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                    else { return false }
                    place += 8
                }
                while place < left.count {
                    guard left[place] == right[place] else { return false }
                    place += 1
                }
                return true
            }
        }
    }
}
