/// What waits to be written.
struct Inbox: Sendable {
    private let rowLimit: Int
    private var batches: [Batch] = []
    private(set) var rows = 0
    private(set) var isClosed = false

    init(rowLimit: Int) { self.rowLimit = rowLimit }

    /// Whether more is taken.
    ///
    /// The limit is for what waits already, so that a batch of any size finds its way into an empty
    /// inbox.
    var hasRoom: Bool { rows < rowLimit }

    /// Takes a batch; true when nothing waited before, so that the writer must be called.
    mutating func add(_ batch: Batch) -> Bool {
        batches.append(batch)
        rows += batch.rows
        return batches.count == 1
    }

    mutating func takeAll() -> [Batch] {
        defer {
            batches = []
            rows = 0
        }
        return batches
    }

    mutating func close() { isClosed = true }
}
