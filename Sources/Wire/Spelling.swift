/// Finds what a misspelt name was meant to be.
package enum Spelling {
    /// Bytes of the longest name that is worth comparing: the work grows with the length.
    static let nameBytes = 128

    /// The known name that is nearest, when it is near enough to be meant: at most a third of its
    /// letters differ.
    package static func nearest(to name: String, among known: [String]) -> String? {
        guard name.utf8.count <= nameBytes else { return nil }
        let candidates = known.map {
            (name: $0, distance: distance(name.lowercased(), $0.lowercased()))
        }
        guard let best = candidates.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(1, best.name.count / 3) ? best.name : nil
    }

    /// Edits (insert, delete, replace one letter, swap two neighbours) that make one text of the
    /// other.
    static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left), Array(right))
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for line in left.indices {
            var row = [line + 1]
            for column in right.indices {
                let replaced = previous[column] + (left[line] == right[column] ? 0 : 1)
                var best = min(replaced, row[column] + 1, previous[column + 1] + 1)
                if line > 0, column > 0, left[line] == right[column - 1],
                    left[line - 1] == right[column]
                {
                    best = min(best, beforePrevious[column - 1] + 1)
                }
                row.append(best)
            }
            (beforePrevious, previous) = (previous, row)
        }
        return previous[right.count]
    }
}
