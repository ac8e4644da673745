extension WebSocket {
    /// What a peer did wrong in its frames.
    package enum ProtocolError: Error, Equatable {
        case reservedBits
        case reservedOpcode(UInt8)
        case maskMissing
        case maskUnexpected
        case fragmentedControlFrame
        case controlFrameTooLong(Int)
        case lengthNotMinimal
        case continuationOfNothing
        case messageInsideMessage
        case closeBodyOfOneByte
        case invalidCloseCode(Int)
        case invalidUTF8
        case messageTooLarge(limit: Int)
        case tooManyFragments(limit: Int)

        /// The code to fail the connection with (RFC 6455 §7.4.1).
        package var closeCode: Int {
            switch self {
            case .invalidUTF8: 1007
            case .messageTooLarge, .tooManyFragments: 1009
            case .reservedBits, .reservedOpcode, .maskMissing, .maskUnexpected,
                .fragmentedControlFrame, .controlFrameTooLong, .lengthNotMinimal,
                .continuationOfNothing, .messageInsideMessage, .closeBodyOfOneByte,
                .invalidCloseCode:
                1002
            }
        }

        /// A short text for the close frame and for logs.
        package var reason: String {
            switch self {
            case .reservedBits: "reserved bits are set"
            case .reservedOpcode(let opcode): "opcode \(opcode) is reserved"
            case .maskMissing: "frame of a client is not masked"
            case .maskUnexpected: "frame of a server is masked"
            case .fragmentedControlFrame: "control frame is fragmented"
            case .controlFrameTooLong(let length): "control frame of \(length) bytes"
            case .lengthNotMinimal: "length is not in its shortest form"
            case .continuationOfNothing: "continuation without a beginning"
            case .messageInsideMessage: "new message before the end of the last"
            case .closeBodyOfOneByte: "close frame with half a code"
            case .invalidCloseCode(let code): "close code \(code) may not be sent"
            case .invalidUTF8: "text is not UTF-8"
            case .messageTooLarge(let limit): "message exceeds \(limit) bytes"
            case .tooManyFragments(let limit): "message exceeds \(limit) fragments"
            }
        }
    }

    /// Whether a code may stand in a close frame (RFC 6455 §7.4, and 1012 to 1014 of IANA's list).
    package static func isValidCloseCode(_ code: Int) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
