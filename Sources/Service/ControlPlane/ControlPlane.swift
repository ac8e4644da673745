package import Control
import Dispatch
import Lavalink
package import Runtime
package import Storage

/// The shell around one bot's `Fleet`: hands it what happens, and does what it says.
///
/// `run` is the only place where effects are carried out, and nothing here decides.
@Loop package final class ControlPlane {
    /// Gives an answer that waited for a commit, with why that failed.
    private typealias HeldAnswer = @Loop (StorageError?) -> Void

    package private(set) var fleet: Fleet
    package let bot: BotName

    private let connections: NodeConnections
    private let store: any Store
    private let publish: @Loop (FleetEvent, BotName) -> Void
    /// Hears when the store begins to fail, and when it works again.
    package var onStoreChange: (@Loop (StorageError?, BotName) -> Void)?
    private let clock: @Sendable () -> Instant
    private let timer = LoopTimer()
    private var scheduled: Instant?
    private var ledger = CommitLedger<HeldAnswer>()
    /// Since when something waits to be kept.
    private var unsettledSince: Instant?
    private var waiting = WaitingCommands()
    private var nextTicket: UInt64 = 1
    private let rescueTimer = LoopTimer()
    /// How often a store that failed is tried again.
    private let rescueInterval: Duration
    package static let standardRescueInterval: Duration = .seconds(1)
    private var isStopped = false

    package init(
        fleet: Fleet,
        connections: NodeConnections,
        store: any Store,
        clock: @escaping @Sendable () -> Instant = ControlPlane.monotonicNow,
        rescueInterval: Duration = ControlPlane.standardRescueInterval,
        publish: @escaping @Loop (FleetEvent, BotName) -> Void
    ) {
        self.fleet = fleet
        bot = fleet.bot
        self.connections = connections
        self.store = store
        self.clock = clock
        self.rescueInterval = rescueInterval
        self.publish = publish
    }

    package nonisolated static func monotonicNow() -> Instant {
        Instant(nanoseconds: MonotonicClock.nanoseconds())
    }

    package var now: Instant { clock() }

    package func start() {
        connections.onEvent = { [weak self] event in self?.handle(event) }
        handle(.start)
    }

    /// Carries out a command, and answers once what it changed is kept.
    package func submit<Reply: AwaitedReply>(
        _ make: (Ticket<Reply>) -> Fleet.Command
    ) async -> Result<Reply, ControlError> {
        guard !isStopped else { return .failure(.shuttingDown) }
        let ticket = Ticket<Reply>(nextTicket)
        nextTicket += 1
        let command = make(ticket)
        if let failure = ledger.failure, command.changesState {
            return .failure(.store(failure))
        }
        return await withCheckedContinuation { continuation in
            waiting[keyPath: Reply.waiting][ticket] = continuation
            handle(.command(command))
        }
    }

    /// What could not be kept last, while it still cannot.
    package var storeFailure: StorageError? { ledger.failure }

    /// How long the oldest change has waited to be kept; zero when all is.
    package var storeLag: Duration { unsettledSince?.duration(to: now) ?? .zero }

    /// Saves every position, disconnects from the nodes without ending their sessions, and answers
    /// every task that waits.
    package func stop() {
        guard !isStopped else { return }
        isStopped = true
        timer.cancel()
        rescueTimer.cancel()
        if ledger.failure == nil {
            store.commit(fleet.finalChanges(now: now), of: bot) { _ in }
        } else {
            // The last try: what failed before is in it.
            store.replaceAll(of: bot, with: fleet.savedBot(now: now)) { _ in }
        }
        connections.shutdown()
        waiting.failAll(.shuttingDown)
    }
}

// MARK: Events in, effects out

extension ControlPlane {
    private func handle(_ event: Fleet.Event) {
        guard !isStopped else { return }
        run(fleet.handle(event, now: now))
        scheduleTick()
    }

    private func run(_ effects: [Fleet.Effect]) {
        for effect in effects {
            switch effect {
            case .connect(let node, let id, let session):
                connections.connect(node, id, resuming: session)
            case .ping(let node, let id): connections.ping(node, id)
            case .abort(let node, let id): connections.abort(node, id)
            case .breakConnection(let node, let id): connections.breakConnection(node, id)
            case .request(let id, let node, let request, let timeout):
                connections.send(request, id, to: node, timeout: timeout)
            case .forget(let id): connections.forget(id)
            case .persist(let changes): persist(changes)
            case .publish(let event): publish(event, bot)
            case .reply(let answer): reply(answer)
            }
        }
    }

    private func scheduleTick() {
        let deadline = fleet.nextDeadline
        guard deadline != scheduled else { return }
        scheduled = deadline
        guard let deadline else { return timer.cancel() }
        timer.schedule(after: max(.zero, now.duration(to: deadline))) { [weak self] in
            self?.scheduled = nil
            self?.handle(.tick)
        }
    }
}

// MARK: Acknowledged means kept

extension ControlPlane {
    private func persist(_ changes: [StoreChange]) {
        // While the store fails nothing is handed over: everything is, once it is tried again.
        guard ledger.takesChanges else { return }
        if unsettledSince == nil { unsettledSince = now }
        let number = ledger.handOver()
        store.commit(changes, of: bot) { [weak self] result in
            Loop.queue.async { Loop.assumeIsolated { self?.committed(number, result) } }
        }
    }

    private func reply(_ answer: Fleet.Answer) {
        switch answer {
        case .player(let ticket, let result): reply(ticket, result)
        case .queue(let ticket, let result): reply(ticket, result)
        case .voice(let ticket, let result): reply(ticket, result)
        case .load(let ticket, let result): reply(ticket, result)
        case .saved(let ticket, let result): reply(ticket, result)
        case .restore(let ticket, let result): reply(ticket, result)
        case .node(let ticket, let result): reply(ticket, result)
        }
    }

    /// A success that was not kept is no success: nor is what happened since the store failed,
    /// which was not handed over.
    private func reply<Reply: AwaitedReply>(
        _ ticket: Ticket<Reply>,
        _ result: Result<Reply, CommandError>
    ) {
        guard let continuation = waiting[keyPath: Reply.waiting].removeValue(forKey: ticket) else {
            return
        }
        let give: HeldAnswer = { failure in
            if let failure, case .success = result, Reply.promisesChange {
                return continuation.resume(returning: .failure(.store(failure)))
            }
            continuation.resume(returning: result.mapError { .command($0) })
        }
        if let failure = ledger.failure, !ledger.takesChanges { return give(failure) }
        if !ledger.holds(give) { give(nil) }
    }

    private func committed(_ number: UInt64, _ result: Result<Void, StorageError>) {
        let before = ledger.failure
        let due = ledger.settle(number, result)
        if ledger.failure != before { onStoreChange?(ledger.failure, bot) }
        for give in due { give(result.failure) }
        if ledger.isSettled { unsettledSince = ledger.failure == nil ? nil : unsettledSince }
        if ledger.needsRescue { scheduleRescue() }
    }

    private func scheduleRescue() {
        rescueTimer.schedule(after: rescueInterval) { [weak self] in self?.rescue() }
    }

    /// Hands over everything there is: what failed before is in it.
    private func rescue() {
        guard !isStopped, ledger.needsRescue else { return }
        let number = ledger.handOverRescue()
        store.replaceAll(of: bot, with: fleet.savedBot(now: now)) { [weak self] result in
            Loop.queue.async { Loop.assumeIsolated { self?.committed(number, result) } }
        }
    }
}

/// Why a command came to nothing, beside what the fleet may say.
package enum ControlError: Error, Sendable, Equatable {
    case command(CommandError)
    /// What it changed could not be kept.
    case store(StorageError)
    case shuttingDown
}

extension Fleet.Command {
    /// Whether it must be refused while nothing can be kept.
    var changesState: Bool {
        switch self {
        case .load, .node: false
        case .player, .queue, .voice, .state: true
        }
    }
}

extension Result<Void, StorageError> {
    fileprivate var failure: StorageError? {
        switch self {
        case .success: nil
        case .failure(let error): error
        }
    }
}
