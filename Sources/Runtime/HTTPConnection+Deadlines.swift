import Wire

extension HTTPConnection {
    /// Remembers when the phase began; a drip of bytes within one does not move it.
    func notePhase(afterRequest: Bool) {
        let current = parser.phase
        guard current != phase || afterRequest else { return }
        if current == .body, phase != .body { bodyBytes = 0 }
        phase = current
        phaseStart = listener.now
    }

    /// Ends what has taken too long; `now` is the listener's coarse clock.
    func sweep(_ now: Int64) {
        guard !isGathering else { return }  // what is pending was never tried
        let deadlines = listener.options.deadlines
        let slack = listener.sweepNanoseconds  // the clock stood still for as long as this
        func isOver(_ duration: Duration, since start: Int64) -> Bool {
            now - start >= duration.wholeNanoseconds + slack
        }
        switch mode {
        case .requests:
            if pendingBytes > 0 {
                if isOver(deadlines.write, since: writeProgress) { expire(.tooSlow) }
                return
            }
            sweepRequest(isOver)
        case .takenOver:
            if pendingBytes > 0, isOver(deadlines.streamWrite, since: writeProgress) {
                expire(.tooSlow)
            }
        case .draining:
            if isOver(deadlines.drain, since: phaseStart) { end(.here) }
        case .closed:
            break
        }
    }

    private func sweepRequest(_ isOver: (Duration, Int64) -> Bool) {
        let deadlines = listener.options.deadlines
        if isHeldUp {
            phaseStart = listener.now
            return
        }
        switch phase {
        case .idle where turns.isEmpty:
            let limit = requestCount == 0 ? deadlines.firstRequest : deadlines.idle
            if isOver(limit, phaseStart) { end(.here) }
        case .idle:
            phaseStart = listener.now
        case .head:
            if isOver(deadlines.head, phaseStart) { timeOut("The head of the request") }
        case .body:
            if isOver(deadlines.body, phaseStart) || isBodyTooSlow(isOver) {
                timeOut("The body of the request")
            }
        }
    }

    private func isBodyTooSlow(_ isOver: (Duration, Int64) -> Bool) -> Bool {
        let deadlines = listener.options.deadlines
        guard isOver(deadlines.slowBody, phaseStart) else { return false }
        let elapsed = listener.now - phaseStart
        return Int64(bodyBytes) * 1_000_000_000 < elapsed * Int64(deadlines.bodyBytesPerSecond)
    }

    private func timeOut(_ what: String) {
        listener.counters.timedOut += 1
        refuse(408, "\(what) took too long.")
        flush()
    }

    private func expire(_ reason: ConnectionEnd) {
        listener.counters.timedOut += 1
        end(reason, withReset: true)
    }
}
