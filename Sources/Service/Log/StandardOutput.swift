import Glibc

/// Where the program's lines go.
package enum StandardOutput {
    /// Writes the whole at once, so that lines of two processes on one pipe stay whole.
    ///
    /// What cannot be written is lost: a log has nowhere else to say so.
    package static func write(_ bytes: [UInt8]) { write(bytes, to: STDOUT_FILENO) }

    package static func writeError(_ text: String) { write(Array(text.utf8), to: STDERR_FILENO) }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if errno != EINTR {
                return
            }
        }
    }

    package static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    static var isFile: Bool {
        var status = stat()
        return fstat(STDOUT_FILENO, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}

extension Log {
    /// The log of the running program; `NO_COLOR` in the environment, when it is not empty, keeps a
    /// terminal's text without colours (no-color.org).
    package static func toStandardOutput(
        format: LogFormat,
        level: LogLevel,
        environment: [String: String]
    ) -> Log {
        let style = Style(
            format: format,
            isTerminal: StandardOutput.isTerminal,
            environment: environment
        )
        let writer = LogWriter(
            bytesPerWrite: StandardOutput.isFile
                ? LogWriter.bytesPerFileWrite : LogWriter.bytesPerPipeWrite,
            notice: { count in
                LogLine(
                    at: .now,
                    level: .warning,
                    message: "log lines dropped",
                    fields: ["count": LogValue(count)]
                ).bytes(in: style)
            },
            write: { StandardOutput.write($0) }
        )
        return Log(
            style: style,
            level: level,
            flush: { writer.flush() },
            write: { writer.take($0) }
        )
    }
}

extension Log.Style {
    init(format: LogFormat, isTerminal: Bool, environment: [String: String]) {
        let refusesColour = !(environment["NO_COLOR"] ?? "").isEmpty
        switch format {
        case .json: self = .json
        case .auto where !isTerminal: self = .json
        case .auto, .text: self = isTerminal && !refusesColour ? .colouredText : .text
        }
    }
}
