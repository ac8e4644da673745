import CLinux
import Glibc
import Wire

extension HTTPConnection {
    /// Bytes that the kernel has not taken.
    var pendingBytes: Int { output.count }

    /// Bytes of one turn of the loop that do not wait for its end.
    private static let largestGathered = 16 * 1_024

    /// Writes for the owner that has taken over.
    func send(_ bytes: [UInt8]) {
        guard isOpen, !closesAfterOutput else { return }
        borrowSpareOutput()
        output.append(contentsOf: bytes)
        // While the kernel takes nothing, its word that it does again comes first.
        if !isCorked, events & EPOLLOUT.rawValue == 0 { gather() }
    }

    /// Ends after what is pending.
    func finish() {
        closesAfterOutput = true
        isInputOver = true
        if !isCorked { gather() }
    }

    /// Has what is pending written at the end of this turn of the loop, or at once when it is much.
    func gather() {
        guard isOpen else { return }
        let isOver = output.isEmpty && closesAfterOutput
        guard !output.isEmpty || isOver else {
            updateEvents()
            return returnSpareOutput()
        }
        if output.count >= Self.largestGathered { return flush() }
        guard !isGathering else { return }
        isGathering = true
        EventLoop.shared.flushLater(self)
    }

    /// Writes what is pending as far as the kernel takes it.
    func flush() {
        isGathering = false
        defer { returnSpareOutput() }
        repeat {
            guard isOpen else { return }
            if !output.isEmpty {
                let sent = transmitOutput()
                guard isOpen else { return }
                output.drop(sent)
            }
            if output.isEmpty, closesAfterOutput { return drain() }
        } while advanceUnheld()
        updateEvents()
    }

    /// Goes on with requests that were held up by answers that were not read; whether there is more
    /// to do for the output then.
    private func advanceUnheld() -> Bool {
        guard canAdvance else { return false }
        let before = pendingBytes
        isCorked = true
        advance()
        isCorked = false
        return pendingBytes > before || closesAfterOutput && output.isEmpty
    }

    private func transmitOutput() -> Int {
        let owner = output  // a second one: `transmit` may end the connection and its output
        return owner.withUnsafeBytes { transmit($0) }
    }

    /// Sends until the kernel takes no more, and returns how much it took.
    private func transmit(_ bytes: UnsafeRawBufferPointer) -> Int {
        var sent = 0
        var failure: Int32 = 0
        while sent < bytes.count, failure == 0 {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
            let count = Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            if count >= 0 {
                sent += count
            } else if errno != EINTR {
                failure = errno
            }
        }
        if sent > 0 { writeProgress = listener.now }
        if failure != 0, failure != EAGAIN { end(.broken) }
        return sent
    }

    /// Waits for what matters now, and for nothing else: EPOLLOUT only with a backlog.
    func updateEvents() {
        guard isOpen, !isCorked, !isGathering else { return }
        var wanted: UInt32 = 0
        if wantsInput { wanted |= EPOLLIN.rawValue }
        if pendingBytes > 0 {
            wanted |= EPOLLOUT.rawValue
            if events & EPOLLOUT.rawValue == 0 { writeProgress = listener.now }
        }
        guard wanted != events else { return }
        events = wanted
        EventLoop.shared.change(descriptor, to: wanted)
    }

    private var wantsInput: Bool {
        guard !hasEndOfInput else { return false }
        switch mode {
        case .requests: return !isInputOver && !isHeldUp
        case .takenOver, .draining: return true
        case .closed: return false
        }
    }

    /// Closes this side and reads on for a while: a close with unread input is a RST, which takes
    /// the answer back that the client has not read (RFC 9112 §9.6).
    private func drain() {
        if case .takenOver(let owner) = mode {
            mode = .draining
            owner.ended(.here)
        }
        mode = .draining
        phaseStart = listener.now
        guard !hasEndOfInput, shutdown(descriptor, Int32(SHUT_WR)) == 0 else { return end(.here) }
        updateEvents()
    }

    /// Closes now.
    func end(_ reason: ConnectionEnd, withReset: Bool = false) {
        guard isOpen else { return }
        if isGathering {
            isGathering = false
            _ = transmitOutput()  // the turn in which it was written is not over
            guard isOpen else { return }
        }
        let last = mode
        mode = .closed
        EventLoop.shared.unwatch(descriptor)
        if withReset { Socket.resetOnClose(descriptor) }
        close(descriptor)
        output = OutputBuffer()
        listener.forget(self)
        if case .takenOver(let owner) = last { owner.ended(reason) }
        abandonTurns(reason)
    }

    // MARK: The spare buffer

    /// Answers are written into the listener's buffers, so that an idle connection holds none.
    func borrowSpareOutput() {
        guard output.capacity == 0, var spare = listener.spareOutputs.popLast() else { return }
        output.borrow(from: &spare)
    }

    func returnSpareOutput() {
        guard output.isEmpty, output.capacity > 0 else { return }
        var spare: [UInt8] = []
        output.release(to: &spare, limit: Listener.largestSpareOutput)
        guard spare.capacity > 0, listener.spareOutputs.count < Listener.spareOutputLimit else {
            return
        }
        listener.spareOutputs.append(spare)
    }
}
