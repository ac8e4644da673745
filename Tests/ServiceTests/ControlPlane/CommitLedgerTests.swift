import Control
@testable import Service
import Storage
import Testing

/// A ledger that can be used within an expectation.
private final class Book {
    private var ledger = CommitLedger()
    var isSettled: Bool { ledger.isSettled }
    var takesChanges: Bool { ledger.takesChanges }
    var needsRescue: Bool { ledger.needsRescue }
    var failure: StorageError? { ledger.failure }

    func handOver() -> UInt64 { ledger.handOver() }

    func handOverRescue() -> UInt64 { ledger.handOverRescue() }

    func holds(_ ticket: UInt64, _ outcome: ControlPlane.Outcome) -> Bool {
        ledger.holds(Ticket(ticket), outcome)
    }

    @discardableResult
    func settle(
        _ number: UInt64,
        _ failure: StorageError? = nil
    ) -> [(ticket: UInt64, outcome: ControlPlane.Outcome)] {
        ledger.settle(number, failure.map { .failure($0) } ?? .success(()))
            .map { ($0.0.rawValue, $0.1) }
    }
}

@Suite("The ledger of commits")
struct CommitLedgerTests {
    private let full = StorageError(.diskFull, path: "memory")
    private let done = ControlPlane.Outcome.success(.done)

    @Test("lets an answer go at once while nothing is under way")
    func nothing() {
        let ledger = Book()
        #expect(!ledger.holds(1, done))
        #expect(ledger.isSettled)
    }

    @Test("gives answers in order, each after what was handed over before it")
    func order() {
        let ledger = Book()
        let first = ledger.handOver()
        #expect(ledger.holds(1, done))
        #expect(ledger.holds(2, done))
        let second = ledger.handOver()
        #expect(ledger.holds(3, done))
        #expect(ledger.settle(first).map(\.ticket) == [1, 2])
        #expect(!ledger.isSettled)
        #expect(ledger.settle(second).map(\.ticket) == [3])
        #expect(ledger.isSettled)
    }

    @Test("makes a failure of a success that was not kept, and leaves failures as they are")
    func failure() {
        let ledger = Book()
        let number = ledger.handOver()
        let refusal = ControlPlane.Outcome.failure(.command(.unknownNode(NodeName("main"))))
        #expect(ledger.holds(1, done))
        #expect(ledger.holds(2, refusal))
        let due = ledger.settle(number, full)
        #expect(due.map(\.outcome) == [.failure(.store(full)), refusal])
        #expect(ledger.failure == full)
        #expect(!ledger.takesChanges)
        #expect(ledger.needsRescue)
    }

    @Test("takes changes behind a rescue, which heals")
    func heal() {
        let ledger = Book()
        ledger.settle(ledger.handOver(), full)
        let rescue = ledger.handOverRescue()
        #expect(ledger.takesChanges)
        #expect(!ledger.needsRescue)
        let behind = ledger.handOver()
        #expect(ledger.holds(1, done))
        #expect(ledger.settle(rescue).isEmpty)
        #expect(ledger.failure == nil)
        #expect(ledger.settle(behind).map(\.ticket) == [1])
    }

    @Test("asks for another rescue when one fails")
    func failedRescue() {
        let ledger = Book()
        ledger.settle(ledger.handOver(), full)
        let rescue = ledger.handOverRescue()
        let behind = ledger.handOver()
        ledger.settle(rescue, full)
        #expect(ledger.needsRescue)
        ledger.settle(behind, full)
        #expect(!ledger.takesChanges)
        ledger.settle(ledger.handOverRescue())
        #expect(ledger.failure == nil)
        #expect(ledger.isSettled)
    }
}
