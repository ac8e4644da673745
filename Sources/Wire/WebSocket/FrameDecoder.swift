extension WebSocket {
    /// Makes messages of the bytes of a peer, however they are cut.
    ///
    /// Give it bytes with `append`, then call `next` until it says nil. Payloads are read as they
    /// arrive, so that a text is refused at its first wrong byte and not at its last frame.
    package struct FrameDecoder: Sendable {
        private let role: Role
        private let limits: Limits
        private var state = State.head
        private var input: [UInt8] = []
        private var offset = 0
        private var assembly: Assembly?
        private var control: [UInt8] = []

        private enum State {
            case head
            case payload(Head, received: Int)
            /// A close frame was read: what follows it is not looked at (RFC 6455 §5.5.1).
            case closed
            case failed(ProtocolError)
        }

        private struct Head {
            let opcode: Opcode
            let isFinal: Bool
            let length: Int
            let mask: MaskingKey?
        }

        /// A message of which not all fragments are here.
        private struct Assembly {
            let isText: Bool
            var bytes: [UInt8] = []
            var fragments = 0
            var validator = UTF8Validator()
        }

        package init(role: Role, limits: Limits = .standard) {
            self.role = role
            self.limits = limits
        }

        package mutating func append(_ bytes: ArraySlice<UInt8>) {
            switch state {
            case .closed, .failed: return
            case .head, .payload: break
            }
            input.removeFirst(offset)
            offset = 0
            input.append(contentsOf: bytes)
        }

        /// The next message, or nil until more bytes are there; after an error always that error.
        package mutating func next() throws(ProtocolError) -> Message? {
            do throws(ProtocolError) {
                while true {
                    switch state {
                    case .closed: return nil
                    case .failed(let error): throw error
                    case .head:
                        guard let head = try readHead() else { return nil }
                        try begin(head)
                        state = .payload(head, received: 0)
                    case .payload(let head, let received):
                        let now = try readPayload(of: head, received)
                        state = .payload(head, received: now)
                        guard now == head.length else { return nil }
                        state = .head
                        if let message = try finish(head) { return message }
                    }
                }
            } catch {
                state = .failed(error)
                throw error
            }
        }

        // MARK: The head

        private mutating func readHead() throws(ProtocolError) -> Head? {
            let available = input.count - offset
            guard available >= 2 else { return nil }
            let (first, second) = (input[offset], input[offset + 1])
            guard first & 0x70 == 0 else { throw .reservedBits }
            guard let opcode = Opcode(rawValue: first & 0x0f) else {
                throw .reservedOpcode(first & 0x0f)
            }
            try checkMask(second & 0x80 != 0)
            let isFinal = first & 0x80 != 0
            let shortLength = Int(second & 0x7f)
            if opcode.isControl {
                guard isFinal else { throw .fragmentedControlFrame }
                guard shortLength <= Limits.controlBytes else {
                    throw .controlFrameTooLong(shortLength)
                }
            }
            let lengthBytes = shortLength == 127 ? 8 : shortLength == 126 ? 2 : 0
            guard available >= 2 + lengthBytes else { return nil }
            let length = lengthBytes == 0 ? shortLength : try longLength(lengthBytes)
            let size = 2 + lengthBytes + (role == .server ? 4 : 0)
            guard available >= size else { return nil }
            let mask = role == .server ? maskingKey(at: offset + 2 + lengthBytes) : nil
            offset += size
            return Head(opcode: opcode, isFinal: isFinal, length: length, mask: mask)
        }

        private func checkMask(_ isMasked: Bool) throws(ProtocolError) {
            switch (role, isMasked) {
            case (.client, true): throw .maskUnexpected
            case (.server, false): throw .maskMissing
            case (.client, false), (.server, true): break
            }
        }

        private func longLength(_ count: Int) throws(ProtocolError) -> Int {
            var length: UInt64 = 0
            for byte in input[(offset + 2)..<(offset + 2 + count)] {
                length = length << 8 | UInt64(byte)
            }
            guard length > (count == 2 ? 125 : 0xffff) else { throw .lengthNotMinimal }
            guard length <= UInt64(limits.messageBytes) else {
                throw .messageTooLarge(limit: limits.messageBytes)
            }
            return Int(length)
        }

        private func maskingKey(at start: Int) -> MaskingKey {
            MaskingKey(input[start..<(start + 4)].reduce(0) { $0 << 8 | UInt32($1) })
        }

        // MARK: The payload

        private mutating func begin(_ head: Head) throws(ProtocolError) {
            switch head.opcode {
            case .close, .ping, .pong:
                control.removeAll(keepingCapacity: true)
                return
            case .continuation:
                guard assembly != nil else { throw .continuationOfNothing }
            case .text, .binary:
                guard assembly == nil else { throw .messageInsideMessage }
                assembly = Assembly(isText: head.opcode == .text)
            }
            let size = (assembly?.bytes.count ?? 0) + head.length
            guard size <= limits.messageBytes else {
                throw .messageTooLarge(limit: limits.messageBytes)
            }
            assembly?.fragments += 1
            guard assembly?.fragments ?? 0 <= limits.fragments else {
                throw .tooManyFragments(limit: limits.fragments)
            }
        }

        private mutating func readPayload(
            of head: Head,
            _ received: Int
        ) throws(ProtocolError) -> Int {
            let count = min(head.length - received, input.count - offset)
            guard count > 0 else { return received }
            let end = offset + count
            head.mask?.apply(to: &input, offset..<end, from: received)
            if head.opcode.isControl {
                control.append(contentsOf: input[offset..<end])
            } else if let start = assembly?.bytes.count {
                assembly?.bytes.append(contentsOf: input[offset..<end])
                try validate(from: start)
            }
            offset = end
            return received + count
        }

        private mutating func validate(from start: Int) throws(ProtocolError) {
            guard var open = assembly, open.isText else { return }
            guard open.validator.consume(open.bytes, from: start) else { throw .invalidUTF8 }
            assembly?.validator = open.validator
        }

        // MARK: The end of a frame

        private mutating func finish(_ head: Head) throws(ProtocolError) -> Message? {
            switch head.opcode {
            case .ping: return .ping(control)
            case .pong: return .pong(control)
            case .close:
                let message = try closeMessage()
                state = .closed
                return message
            case .continuation, .text, .binary:
                guard head.isFinal, let whole = assembly else { return nil }
                assembly = nil
                guard whole.isText else { return .binary(whole.bytes) }
                guard whole.validator.isComplete else { throw .invalidUTF8 }
                return .text(whole.bytes)
            }
        }

        private func closeMessage() throws(ProtocolError) -> Message {
            guard !control.isEmpty else { return .close(code: nil, reason: "") }
            guard control.count >= 2 else { throw .closeBodyOfOneByte }
            let code = Int(control[0]) << 8 | Int(control[1])
            guard WebSocket.isValidCloseCode(code) else { throw .invalidCloseCode(code) }
            var validator = UTF8Validator()
            guard validator.consume(control, from: 2), validator.isComplete else {
                throw .invalidUTF8
            }
            return .close(code: code, reason: String(decoding: control[2...], as: UTF8.self))
        }
    }
}
