@testable import Service
import Synchronization
import Testing
import Wire

@Suite("The log")
struct LogTests {
    private final class Lines: Sendable {
        private let written = Mutex<[String]>([])
        func add(_ bytes: [UInt8]) {
            written.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
        }
        var all: [String] { written.withLock { $0 } }
    }

    private func log(_ style: Log.Style, _ level: LogLevel = .debug) -> (Log, Lines) {
        let lines = Lines()
        let moment = Timestamp(milliseconds: 1_772_262_309_003)
        return (Log(style: style, level: level, clock: { moment }) { lines.add($0) }, lines)
    }

    @Test("writes one JSON object a line, with fields of their own types")
    func json() throws {
        let (log, lines) = log(.json)
        let name = "main"
        log.info(
            "node connected",
            ["node": "\(name)", "players": 3, "delay": 0.5, "resumed": true]
        )
        #expect(
            lines.all == [
                """
                {"at":"2026-02-28T07:05:09.003Z","level":"info","message":"node connected",\
                "node":"main","players":3,"delay":0.5,"resumed":true}\n
                """
            ]
        )
        _ = try JSONDocument(parsing: lines.all[0])
    }

    @Test("writes text for people")
    func text() {
        let (log, lines) = log(.text)
        log.warning("node lost", ["node": "main", "reason": "no pong", "code": 1006, "empty": ""])
        #expect(
            lines.all == [
                "2026-02-28T07:05:09.003Z warning node lost node=main reason=\"no pong\""
                    + " code=1006 empty=\"\"\n"
            ]
        )
    }

    @Test("colours the level and the names on a terminal")
    func colour() {
        let (log, lines) = log(.colouredText)
        log.error("bad", ["node": "main"])
        #expect(
            lines.all == [
                "2026-02-28T07:05:09.003Z \u{1b}[31merror\u{1b}[0m   bad"
                    + " \u{1b}[2mnode=\u{1b}[0mmain\n"
            ]
        )
    }

    @Test(
        "lets no value end a line or steer a terminal",
        arguments: [
            "a\nb", "a\r\nlevel=error", "\u{1b}[2J", "\u{7f}", "\u{9b}31m", "\u{2028}", "\0",
        ]
    )
    func controls(text: String) {
        for style in [Log.Style.json, .text, .colouredText] {
            let (log, lines) = log(style)
            log.info("seen", ["value": .text(text)])
            let line = lines.all[0].dropLast()
            let marks = ["\u{1b}[0m", "\u{1b}[2m", "\u{1b}[32m"]
            let bare = marks.reduce(String(line)) { $0.replacing($1, with: "") }
            let isSafe = bare.unicodeScalars.allSatisfy {
                $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) && $0.value != 0x2028
            }
            #expect(isSafe, "\(line)")
        }
    }

    @Test(
        "keeps every other character",
        arguments: ["", "a", "a b", "\"", "a\\", "\\n", "é", "a😀\"", "/x?y={}"]
    )
    func characters(text: String) throws {
        let (log, lines) = log(.json)
        log.info("seen \"so\"", ["value": .text(text)])
        let line = try JSONDocument(parsing: lines.all[0]).root
        #expect(line["value"]?.string == text)
        #expect(line["message"]?.string == "seen \"so\"")
    }

    @Test("leaves out what is below its level, which may change")
    func levels() {
        let (log, lines) = log(.text, .warning)
        log.info("no")
        log.debug("no")
        log.warning("yes")
        log.setLevel(.debug)
        log.debug("yes")
        #expect(lines.all.count == 2)
        #expect(log.isWritten(.debug))
    }

    @Test("is coloured on a terminal alone, and not where NO_COLOR forbids it")
    func styles() {
        func style(_ format: LogFormat, _ isTerminal: Bool, _ noColor: String? = nil) -> Log.Style {
            Log.Style(
                format: format,
                isTerminal: isTerminal,
                environment: noColor.map { ["NO_COLOR": $0] } ?? [:]
            )
        }
        #expect(style(.auto, true) == .colouredText)
        #expect(style(.auto, true, "1") == .text)
        #expect(style(.auto, true, "") == .colouredText)
        #expect(style(.auto, false) == .json)
        #expect(style(.text, false) == .text)
        #expect(style(.text, true) == .colouredText)
        #expect(style(.json, true) == .json)
    }
}
