import Control
import Storage

/// Which answers wait for which commit, as a value: an answer is due when everything that was
/// handed to the store before it is kept.
struct CommitLedger {
    private struct Held {
        var number: UInt64
        var ticket: Ticket
        var outcome: ControlPlane.Outcome
    }

    private var handedOver: UInt64 = 0
    private var kept: UInt64 = 0
    private var held: [Held] = []
    /// Why the store could not keep something, until it keeps everything again.
    private(set) var failure: StorageError?

    /// Whether all that was handed over came out.
    var isSettled: Bool { handedOver == kept }

    /// Numbers a batch that goes to the store.
    mutating func handOver() -> UInt64 {
        handedOver += 1
        return handedOver
    }

    /// Whether the answer has to wait; it is kept here then.
    mutating func holds(_ ticket: Ticket, _ outcome: ControlPlane.Outcome) -> Bool {
        guard handedOver > kept else { return false }
        held.append(Held(number: handedOver, ticket: ticket, outcome: outcome))
        return true
    }

    /// Takes the outcome of a batch, and gives the answers that are due.
    ///
    /// A success that was not kept is no success.
    mutating func settle(
        _ number: UInt64,
        _ result: Result<Void, StorageError>
    ) -> [(Ticket, ControlPlane.Outcome)] {
        kept = max(kept, number)
        switch result {
        case .success: if number == handedOver { failure = nil }
        case .failure(let error): failure = error
        }
        let due = held.prefix { $0.number <= number }
        held.removeFirst(due.count)
        return due.map { answer in
            guard case .failure(let error) = result, case .success = answer.outcome else {
                return (answer.ticket, answer.outcome)
            }
            return (answer.ticket, .failure(.store(error)))
        }
    }
}
