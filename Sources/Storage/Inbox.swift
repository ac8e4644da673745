/// What waits to be written.
struct Inbox: Sendable {
    enum Refusal: Error { case busy, closed }

    private let rowLimit: Int
    private var batches: [Batch] = []
    private(set) var rows = 0
    private var isClosed = false

    init(rowLimit: Int) { self.rowLimit = rowLimit }

    /// Takes a batch; true when nothing waited before, so that the writer must be called.
    ///
    /// The limit is for what waits already: a batch of any size finds its way into an empty inbox.
    mutating func add(_ batch: Batch) throws(Refusal) -> Bool {
        guard !isClosed else { throw .closed }
        guard rows < rowLimit else { throw .busy }
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
