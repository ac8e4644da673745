import Control

/// Which bots have lost a change, and why: no later change of theirs makes sense before everything
/// was kept anew.
struct Gaps: Sendable {
    private var causes: [BotName: StorageError] = [:]

    /// Why one of the bots has lost a change.
    var cause: StorageError? { causes.values.first }

    /// What is to become of a batch.
    enum Verdict: Sendable {
        case write
        case fail(StorageError)

        var mayBeWritten: Bool {
            switch self {
            case .write: true
            case .fail: false
            }
        }
    }

    /// Judges a batch in its turn, as if all that can be written before it will be.
    mutating func judge(_ batch: Batch) -> Verdict {
        switch batch.work {
        case .probe: return .write
        case .changes: return causes[batch.bot].map { .fail($0) } ?? .write
        case .everything:
            causes[batch.bot] = nil
            return .write
        case .refused(let failure):
            causes[batch.bot] = causes[batch.bot] ?? failure
            return .fail(failure)
        }
    }

    /// What was to be written was not.
    mutating func lose(_ batches: [Batch], because failure: StorageError) {
        for batch in batches {
            switch batch.work {
            case .changes, .everything: causes[batch.bot] = failure
            case .probe, .refused: continue
            }
        }
    }
}
