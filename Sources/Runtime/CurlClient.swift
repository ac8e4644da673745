import CCurl

/// Sends requests to other servers, over connections that are kept.
///
/// Nothing here blocks, and a completion never runs within a call of a method. Call `shutdown`
/// before the last reference goes.
@Loop package final class CurlClient {
    package typealias Completion = @Loop (Result<OutboundResponse, TransferError>) -> Void

    package struct Limits: Sendable {
        /// Open connections to nodes; further requests wait for one, within their timeout.
        package var connections = 256
        /// Idle connections to nodes that are kept open.
        package var connectionsKept = 64
        /// Handles of requests that are over, kept with their buffers for the next ones.
        package var handlesKept = 32

        package init() {}
    }

    private let multi: CurlMulti
    private let caFile: String?
    private let handlesKept: Int
    private var spare: [CurlHandle] = []
    private var transfers: [TransferID: Entry] = [:]
    private var lastID: UInt64 = 0
    private var isShutDown = false

    private struct Entry {
        let transfer: CurlTransfer
        let completion: Completion
    }

    /// Trusts the system's certificates, or those of `caFile` (PEM) alone.
    package init(caFile: String? = nil, limits: Limits = Limits()) {
        self.caFile = caFile
        handlesKept = limits.handlesKept
        multi = CurlMulti(
            connectionLimit: limits.connections,
            connectionsKept: limits.connectionsKept
        )
    }

    /// Requests in flight.
    package var count: Int { transfers.count }

    /// Whether libcurl resolves names on a thread of its own; the loop would stand still otherwise.
    package nonisolated static func verifyAsynchronousDNS() -> Bool {
        ccurl_resolves_asynchronously()
    }

    /// Sends a request; `completion` is called exactly once, also after `cancel` and `shutdown`.
    @discardableResult
    package func send(
        _ request: OutboundRequest,
        completion: @escaping Completion
    ) -> TransferID {
        let id = makeID()
        start(id, request, completion)
        return id
    }

    /// Sends a request and waits; a cancelled task cancels it.
    package func send(_ request: OutboundRequest) async -> Result<OutboundResponse, TransferError> {
        let id = makeID()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                start(id, request) { continuation.resume(returning: $0) }
            }
        } onCancel: {
            // Comes from any thread, maybe before the start: the loop puts it behind that.
            Task { @Loop [weak self] in self?.cancel(id) }
        }
    }

    /// Gives up; the completion gets `.cancelled`, unless it is over already.
    package func cancel(_ id: TransferID) {
        guard let entry = take(id) else { return }
        later(entry.completion, .failure(.cancelled))
    }

    /// Cancels everything and closes the connections; what is sent afterwards is cancelled at once.
    package func shutdown() {
        guard !isShutDown else { return }
        isShutDown = true
        for id in transfers.keys.sorted(by: { $0.rawValue < $1.rawValue }) { cancel(id) }
        multi.shutDown()
        for handle in spare { handle.free() }
        spare = []
    }

    private func makeID() -> TransferID {
        lastID += 1
        return TransferID(rawValue: lastID)
    }

    private func start(
        _ id: TransferID,
        _ request: OutboundRequest,
        _ completion: @escaping Completion
    ) {
        guard !isShutDown else {
            later(completion, .failure(.cancelled))
            return
        }
        do throws(TransferError) {
            let transfer = try CurlTransfer(request, caFile: caFile, reusing: &spare)
            transfers[id] = Entry(transfer: transfer, completion: completion)
            multi.add(transfer.handle.easy) { [weak self] code in self?.finish(id, code) }
        } catch {
            later(completion, .failure(error))
        }
    }

    private func finish(_ id: TransferID, _ code: CURLcode) {
        guard let entry = transfers[id] else { return }
        let result = entry.transfer.result(code)
        _ = take(id, wasWell: code == CURLE_OK)
        entry.completion(result)
    }

    /// Takes a request out; its handle is kept for another one if nothing went wrong with it.
    private func take(_ id: TransferID, wasWell: Bool = false) -> Entry? {
        guard let entry = transfers.removeValue(forKey: id) else { return nil }
        let handle = entry.transfer.handle
        multi.remove(handle.easy)
        if wasWell, spare.count < handlesKept { spare.append(handle) } else { handle.free() }
        return entry
    }

    private func later(
        _ completion: @escaping Completion,
        _ result: Result<OutboundResponse, TransferError>
    ) {
        Loop.queue.async { Loop.assumeIsolated { completion(result) } }
    }
}
