import CLinux
import Glibc
import Wire

/// One client's connection: reads requests, has them handled, writes the answers in their order.
///
/// Everything happens in the event handler or in a call from a handler on the loop. Deadlines are
/// looked at by the listener's sweep (`HTTPConnection+Deadlines`), writing is in
/// `HTTPConnection+Output`.
@Loop final class HTTPConnection {
    enum Mode {
        case requests
        case takenOver(any Takeover)
        /// Everything is written; input is thrown away until the client closes.
        case draining
        case closed
    }

    /// An answer that is still to come, in the order of the requests.
    enum Turn {
        case exchange(Exchange)
        case refusal(Response)
    }

    let descriptor: Int32
    /// The client's, without the port.
    let peerAddress: String
    let listener: Listener
    /// Only the reserved paths are answered on it.
    let isReserved: Bool
    /// The address that this connection is counted for, if the listener counts them.
    var countedAddress: String?

    var mode = Mode.requests
    var parser: RequestParser
    var turns: [Turn] = []
    var output = OutputBuffer()
    /// Inside an event handler, which looks at what is written at its end.
    var isCorked = false
    /// What was written in this turn of the loop leaves at its end, in one `send`.
    var isGathering = false
    /// No request is parsed any more: after a refusal, the last one, or all of a closed input.
    var isInputOver = false
    /// The client has closed its side; what was read before may not be parsed yet.
    var hasEndOfInput = false
    var closesAfterOutput = false
    var owesContinue = false
    var requestCount = 0
    var drainedBytes = 0
    var events: UInt32 = 0

    /// When the phase began that a deadline counts from, by the listener's coarse clock.
    var phase = RequestParser.Phase.idle
    var phaseStart: Int64
    var bodyBytes = 0
    var writeProgress: Int64

    init(_ accepted: Socket.Accepted, listener: Listener, isReserved: Bool) {
        descriptor = accepted.descriptor
        peerAddress = accepted.peer.host
        self.listener = listener
        self.isReserved = isReserved
        parser = RequestParser(limits: listener.options.limits)
        phaseStart = listener.now
        writeProgress = listener.now
        Socket.setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        events = EPOLLIN.rawValue
        EventLoop.shared.watch(descriptor, for: events) { self.ready($0) }
    }

    var isOpen: Bool {
        if case .closed = mode { return false }
        return true
    }

    /// Nothing is being asked, answered or written.
    var isIdle: Bool {
        guard case .requests = mode else { return false }
        return turns.isEmpty && pendingBytes == 0 && parser.phase == .idle
    }

    // MARK: Input

    private func ready(_ events: UInt32) {
        let ends = EPOLLHUP.rawValue | EPOLLERR.rawValue
        corked {
            if events & (EPOLLIN.rawValue | ends) != 0 { read(hungUp: events & ends != 0) }
        }
    }

    /// Lets all that `body` writes leave together.
    private func corked(_ body: () -> Void) {
        isCorked = true
        borrowSpareOutput()
        body()
        isCorked = false
        gather()
    }

    private func read(hungUp: Bool) {
        let buffer = listener.readBuffer
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        if count > 0 {
            received(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        } else if count == 0 {
            if hungUp { end(.byPeer) } else { inputEnded() }
        } else if errno != EAGAIN && errno != EINTR {
            end(.broken)
        }
    }

    private func received(_ bytes: UnsafeRawBufferPointer) {
        switch mode {
        case .requests:
            guard !isInputOver else { return countDrained(bytes.count) }
            parser.append(bytes)
            if phase == .body { bodyBytes += bytes.count }
            advance()
        case .takenOver(let owner):
            owner.received(Array(bytes))
        case .draining:
            countDrained(bytes.count)
        case .closed:
            break
        }
    }

    private func countDrained(_ count: Int) {
        drainedBytes += count
        if drainedBytes > listener.options.drainedBytes { end(.here) }
    }

    /// The client has closed its side; what it has asked for before is still answered.
    private func inputEnded() {
        hasEndOfInput = true
        switch mode {
        case .requests:
            advance()
        case .takenOver(let owner):
            if owner.endsWithInput { return end(.byPeer) }
        case .draining:
            return end(.byPeer)
        case .closed:
            break
        }
        updateEvents()
    }

    // MARK: Requests

    /// Parsing goes on only as far as answers are being taken.
    private var mayParse: Bool {
        guard case .requests = mode else { return false }
        return !isInputOver && turns.count < listener.options.pipelinedRequests
            && pendingBytes < listener.options.unreadAnswers
    }

    var isHeldUp: Bool { !mayParse }

    /// Whether `advance` has something to do.
    var canAdvance: Bool { mayParse && (parser.unusedBytes > 0 || hasEndOfInput) }

    /// Parses and handles what has come, as far as it may.
    func advance() {
        var hasRequest = false
        do throws(RequestError) {
            loop: while mayParse {
                switch try parser.next() {
                case .needsMore: break loop
                case .expectsContinue: owesContinue = true
                case .request(let request):
                    hasRequest = true
                    handle(request)
                }
            }
        } catch {
            listener.counters.malformed += 1
            refuse(error.status, error.detail)
        }
        noteEndOfInput()
        payContinue()
        notePhase(afterRequest: hasRequest)
        updateEvents()
    }

    /// Nothing can follow when all that came before the client's end of input is parsed.
    private func noteEndOfInput() {
        guard hasEndOfInput, mayParse else { return }
        isInputOver = true
        owesContinue = false
        if turns.isEmpty { closesAfterOutput = true }
    }

    private func handle(_ request: Request) {
        requestCount += 1
        listener.counters.requests += 1
        owesContinue = false
        if !request.keepsAlive || requestCount >= listener.options.requestsPerConnection {
            isInputOver = true
        }
        guard !isReserved || listener.options.reservedPaths.contains(request.path) else {
            listener.counters.overloaded += 1
            return refuse(listener.overloadResponse())
        }
        let exchange = Exchange(request, on: self)
        turns.append(.exchange(exchange))
        listener.handler(exchange)
    }

    /// Answers in its turn, and closes after it.
    func refuse(_ status: Int, _ detail: String) {
        refuse(listener.errorResponse(status, detail))
    }

    func refuse(_ response: Response) {
        isInputOver = true
        turns.append(.refusal(response))
        writeAnswers()
    }

    private func payContinue() {
        guard owesContinue, turns.isEmpty, case .requests = mode, parser.phase == .body else {
            return
        }
        owesContinue = false
        output.append(contentsOf: ResponseWriter.continueLine)
    }

    // MARK: Answers

    /// Whether the answer of an exchange is the next to be written.
    func isTurn(of exchange: Exchange) -> Bool {
        guard case .requests = mode, !closesAfterOutput,
            case .exchange(let next)? = turns.first
        else { return false }
        return next === exchange
    }

    /// Writes an answer whose turn it is, and those that waited for it.
    func answer(_ outcome: Exchange.Outcome, of exchange: Exchange) {
        func answer() {
            turns.removeFirst()
            write(outcome, of: exchange)
            writeAnswers()
        }
        guard !isCorked else { return answer() }
        corked {
            answer()
            payContinue()
            if canAdvance { advance() }
        }
    }

    /// Writes all answers whose turn it is.
    private func writeAnswers() {
        while case .requests = mode, !closesAfterOutput, let turn = turns.first {
            switch turn {
            case .refusal(let response):
                turns.removeFirst()
                write(response, framing: .close)
            case .exchange(let exchange):
                guard let outcome = exchange.outcome else { return }
                turns.removeFirst()
                write(outcome, of: exchange)
            }
        }
    }

    private func write(_ outcome: Exchange.Outcome, of exchange: Exchange) {
        switch outcome {
        case .response(let response):
            let isLast = isInputOver && turns.isEmpty || !exchange.request.keepsAlive
            write(
                response,
                of: exchange,
                framing: isLast || listener.isStopping ? .close : .keepAlive
            )
        case .takeover(let owner, let head, let framing):
            write(head, of: exchange, framing: framing)
            handOver(to: owner, isStream: framing == .untilClose)
        }
    }

    private func write(
        _ response: Response,
        of exchange: Exchange? = nil,
        framing: ResponseWriter.Framing
    ) {
        let isHead = exchange?.request.method == .head
        let minorVersion = exchange?.request.minorVersion ?? 1
        let second = time(nil)
        output.write { bytes in
            listener.responses.write(
                response,
                isHead: isHead,
                minorVersion: minorVersion,
                framing: framing,
                at: second,
                to: &bytes
            )
        }
        guard framing == .close else { return }
        closesAfterOutput = true
        isInputOver = true
        abandonTurns(.here)
    }

    private func handOver(to owner: any Takeover, isStream: Bool) {
        mode = .takenOver(owner)
        abandonTurns(.here)
        if isStream {
            Socket.setOption(
                descriptor,
                SOL_SOCKET,
                SO_SNDBUF,
                Int32(listener.options.streamSendBuffer)
            )
        }
        let (held, isFinished) = owner.began()
        output.append(contentsOf: held)
        if isFinished {
            finish()
        } else {
            // A stream's client has nothing more to say, whatever it has pipelined.
            let rest = parser.takeRest()
            if !rest.isEmpty { owner.received(rest) }
        }
        updateEvents()
    }

    /// The turns of those that wait will never come.
    func abandonTurns(_ reason: ConnectionEnd) {
        let abandoned = turns
        turns = []
        for case .exchange(let exchange) in abandoned { exchange.abandon(reason) }
    }
}
