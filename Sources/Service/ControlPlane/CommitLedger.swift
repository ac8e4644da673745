import Storage

/// Which answers wait for which commit, as a value: an answer is due when everything that was
/// handed to the store before it is kept.
struct CommitLedger<Answer> {
    private var handedOver: UInt64 = 0
    private var kept: UInt64 = 0
    private var held: [(number: UInt64, answer: Answer)] = []
    /// The batch under way that replaces everything, after a failure.
    private var rescue: UInt64?
    /// Why the store could not keep something, until it keeps everything again.
    private(set) var failure: StorageError?

    /// Whether all that was handed over came out.
    var isSettled: Bool { handedOver == kept }

    /// Whether changes go to the store: while it fails they do not, until a rescue is on its way.
    ///
    /// What happens behind a rescue is not in it, and the store takes it in its turn.
    var takesChanges: Bool { failure == nil || rescue != nil }

    /// Whether everything must be handed over anew.
    var needsRescue: Bool { failure != nil && rescue == nil }

    /// Numbers a batch that goes to the store.
    mutating func handOver() -> UInt64 {
        handedOver += 1
        return handedOver
    }

    /// Numbers a batch that is everything there is.
    mutating func handOverRescue() -> UInt64 {
        let number = handOver()
        rescue = number
        return number
    }

    /// Whether the answer has to wait; it is kept here then.
    mutating func holds(_ answer: Answer) -> Bool {
        guard handedOver > kept else { return false }
        held.append((handedOver, answer))
        return true
    }

    /// Takes the outcome of a batch.
    ///
    /// - Returns: the answers that are due, to be given with that outcome.
    mutating func settle(_ number: UInt64, _ result: Result<Void, StorageError>) -> [Answer] {
        kept = max(kept, number)
        switch result {
        case .success: if number == rescue { failure = nil }
        case .failure(let error): failure = error
        }
        if number == rescue { rescue = nil }
        let due = held.prefix { $0.number <= number }
        held.removeFirst(due.count)
        return due.map(\.answer)
    }
}
