import Synchronization

/// The log of this program: constant messages with fields, one line for each.
///
/// Messages are constants so that lines can be counted and searched; whatever varies is a field.
/// The fields of a line that is not written are not even put together.
package final class Log: Sendable {
    package enum Style: Sendable, Equatable { case json, text, colouredText }

    private let style: Style
    private let lowest: Atomic<Int>
    private let clock: @Sendable () -> Timestamp
    private let write: @Sendable ([UInt8]) -> Void
    private let flushSink: @Sendable () -> Void

    /// A log into any sink; each line arrives there in one call.
    package init(
        style: Style,
        level: LogLevel,
        clock: @escaping @Sendable () -> Timestamp = { .now },
        flush: @escaping @Sendable () -> Void = {},
        write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        flushSink = flush
        self.style = style
        self.lowest = Atomic(level.rank)
        self.clock = clock
        self.write = write
    }

    /// Lines below this level are not written; it may change while the program runs.
    package func setLevel(_ level: LogLevel) { lowest.store(level.rank, ordering: .relaxed) }

    package func isWritten(_ level: LogLevel) -> Bool {
        level.rank >= lowest.load(ordering: .relaxed)
    }

    /// Returns when every line is where it belongs; for the end of the program.
    package func flush() { flushSink() }

    package func debug(
        _ message: StaticString,
        _ fields: @autoclosure () -> KeyValuePairs<StaticString, LogValue> = [:]
    ) {
        record(.debug, message, fields)
    }

    package func info(
        _ message: StaticString,
        _ fields: @autoclosure () -> KeyValuePairs<StaticString, LogValue> = [:]
    ) {
        record(.info, message, fields)
    }

    package func warning(
        _ message: StaticString,
        _ fields: @autoclosure () -> KeyValuePairs<StaticString, LogValue> = [:]
    ) {
        record(.warning, message, fields)
    }

    package func error(
        _ message: StaticString,
        _ fields: @autoclosure () -> KeyValuePairs<StaticString, LogValue> = [:]
    ) {
        record(.error, message, fields)
    }

    private func record(
        _ level: LogLevel,
        _ message: StaticString,
        _ fields: () -> KeyValuePairs<StaticString, LogValue>
    ) {
        guard isWritten(level) else { return }
        let line = LogLine(at: clock(), level: level, message: message, fields: fields())
        write(line.bytes(in: style))
    }
}

extension Log {
    /// A log without a reader.
    package static var silent: Log { Log(style: .json, level: .error) { _ in } }
}
