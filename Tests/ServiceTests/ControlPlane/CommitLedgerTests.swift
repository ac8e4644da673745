@testable import Service
import Storage
import Testing

/// A ledger that can be used within an expectation.
private final class Book {
    private var ledger = CommitLedger<Int>()
    var isSettled: Bool { ledger.isSettled }
    var takesChanges: Bool { ledger.takesChanges }
    var needsRescue: Bool { ledger.needsRescue }
    var failure: StorageError? { ledger.failure }

    func handOver() -> UInt64 { ledger.handOver() }

    func handOverRescue() -> UInt64 { ledger.handOverRescue() }

    func holds(_ answer: Int) -> Bool { ledger.holds(answer) }

    @discardableResult
    func settle(_ number: UInt64, _ failure: StorageError? = nil) -> [Int] {
        ledger.settle(number, failure.map { .failure($0) } ?? .success(()))
    }
}

@Suite("The ledger of commits")
struct CommitLedgerTests {
    private let full = StorageError(.diskFull, path: "memory")

    @Test("lets an answer go at once while nothing is under way")
    func nothing() {
        let ledger = Book()
        #expect(!ledger.holds(1))
        #expect(ledger.isSettled)
    }

    @Test("gives answers in order, each after what was handed over before it")
    func order() {
        let ledger = Book()
        let first = ledger.handOver()
        #expect(ledger.holds(1))
        #expect(ledger.holds(2))
        let second = ledger.handOver()
        #expect(ledger.holds(3))
        #expect(ledger.settle(first) == [1, 2])
        #expect(!ledger.isSettled)
        #expect(ledger.settle(second) == [3])
        #expect(ledger.isSettled)
    }

    @Test("takes no changes after a failure, and gives the answers that waited for it")
    func failure() {
        let ledger = Book()
        let number = ledger.handOver()
        #expect(ledger.holds(1))
        #expect(ledger.settle(number, full) == [1])
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
        #expect(ledger.holds(1))
        #expect(ledger.settle(rescue).isEmpty)
        #expect(ledger.failure == nil)
        #expect(ledger.settle(behind) == [1])
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
