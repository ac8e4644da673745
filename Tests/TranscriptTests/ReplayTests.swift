import SimulatedNode
import Testing
import Wire

@Suite(
    "The simulated node, told what a real one was told,",
    .enabled(
        if: Transcript.isThere,
        "the recordings of shared/corpora/lavalink-4.2.2 are not there"
    )
)
struct ReplayTests {
    @Test("answers with the same status, headers and body", arguments: Transcript.names)
    func answers(name: String) throws {
        let transcript = try Transcript.load(name)
        let run = ReplayRun(transcript)
        for (line, exchange) in transcript.exchanges {
            let place = Comment(rawValue: "\(name).jsonl:\(line)")
            let answer = run.answers[line]
            #expect(answer?.status == exchange.status, place)
            guard let answer, let response = exchange.response else { continue }
            for (header, value) in exchange.headers {
                let found = answer.headers.filter { $0.name.lowercased() == header }.map(\.value)
                #expect(found == [value], "\(place) \(header)")
            }
            guard !ReplayDifferences.isExcused(name, line, .body) else { continue }
            var comparison = ReplayComparison()
            comparison.positionIsOpen = exchange.movesPosition
            comparison.compare(response, try JSONDocument(parsing: answer.body).root)
            #expect(comparison.differences == [], place)
        }
    }

    @Test("takes handshakes alike", arguments: Transcript.names)
    func handshakes(name: String) throws {
        let transcript = try Transcript.load(name)
        var modelled = ReplayRun(transcript).handshakes[...]
        for entry in transcript.entries {
            guard case .handshake(_, _, _, let status, let headers) = entry.kind,
                status != 200, status != 404  // those are other paths
            else { continue }
            let place = Comment(rawValue: "\(name).jsonl:\(entry.line)")
            let answer = modelled.popFirst()
            #expect(answer?.status == status, place)
            for name in ["session-resumed", "lavalink-api-version"] {
                #expect(answer?.headers[name] == headers[name], place)
            }
        }
        #expect(modelled.isEmpty)
    }

    @Test("ends sockets with the same codes", arguments: Transcript.names)
    func closes(name: String) throws {
        let transcript = try Transcript.load(name)
        let run = ReplayRun(transcript)
        for entry in transcript.entries {
            switch entry.kind {
            case .close(let socket, let code, _) where code != 1000:
                #expect(run.closes[socket] == .some(UInt16(code)), "\(name).jsonl:\(entry.line)")
            case .lost(let socket) where name == "restart":
                #expect(run.closes[socket] == .some(nil), "\(name).jsonl:\(entry.line)")
            default: break
            }
        }
    }

    @Test("says the same, when and in the order in which it was said", arguments: Transcript.names)
    func messages(name: String) throws {
        let transcript = try Transcript.load(name)
        let match = ReplayMatch(transcript, ReplayRun(transcript).said)
        #expect(match.faults == [])
    }

    @Test("is excused by entries that are about something in the recordings")
    func excuses() throws {
        for difference in ReplayDifferences.table {
            let count = try Transcript.load(difference.file).entries.count
            #expect(difference.lines.upperBound <= count && !difference.reason.isEmpty)
        }
        for (name, lines) in ReplayDifferences.simultaneous {
            let known = try Transcript.load(name).exchanges.map(\.line)
            #expect(Set(lines).isSubset(of: known))
        }
    }
}

extension Transcript.Exchange {
    /// Whether its answer may tell the old position or the new one.
    var movesPosition: Bool {
        guard case .json(let body) = request else { return false }
        return body["position"] != nil
    }
}
