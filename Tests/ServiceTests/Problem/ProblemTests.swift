import Control
@testable import Service
import Testing
import Wire

@Suite("A problem")
struct ProblemTests {
    @Test("has a type, a title and a status for every kind, and no two types the same")
    func kinds() {
        let kinds = ProblemKind.allCases
        #expect(Set(kinds.map(\.type)).count == kinds.count)
        for kind in kinds {
            #expect(kind.type.hasPrefix("/problems/"))
            #expect(
                kind.type.utf8.allSatisfy { $0 == 0x2f || $0 == 0x2d || (0x61...0x7a).contains($0) }
            )
            #expect((400...599).contains(kind.status))
            #expect(!kind.title.isEmpty && !kind.title.hasSuffix("."))
        }
    }

    @Test("of a full queue says which limit it is")
    func fullQueue() {
        let details = [Queue.Limit.entries(10), .bytes(2_000)]
            .map { Problem(ControlError.command(.queueFull($0))).detail }
        #expect(
            details == [
                "With these tracks the queue would exceed its limit of 10 entries.",
                "With these tracks the queue would exceed its limit of 2000 bytes.",
            ]
        )
    }

    @Test("is written as RFC 9457 has it")
    func written() throws {
        var problem = Problem(.nodeError, "main says \"no\".")
        problem.errors = [
            Problem.Fault(
                pointer: "/tracks/0",
                detail: "is wrong",
                location: TextLocation(line: 2, column: 5)
            )
        ]
        problem.members = [("node", RawJSON.emptyObject)]
        let response = problem.response(path: "/v1/players/1", requestID: "a-1")
        #expect(response.status == 502)
        #expect(
            String(decoding: response.body, as: UTF8.self) == """
                {"type":"/problems/node-error","title":"The node answered with an error",\
                "status":502,"detail":"main says \\"no\\".","instance":"/v1/players/1",\
                "requestId":"a-1","errors":[{"pointer":"/tracks/0","detail":"is wrong",\
                "line":2,"column":5}],"node":{}}
                """
        )
        #expect(header("Content-Type", response) == "application/problem+json")
        #expect(header("Retry-After", response) == nil)
    }

    @Test("carries the headers that go with its status")
    func headers() {
        var method = Problem(.methodNotAllowed, "no")
        method.allowed = [.get, .head]
        #expect(header("Allow", method.response()) == "GET, HEAD")
        let unauthorized = Problem(.unauthorized, "no").response()
        #expect(header("WWW-Authenticate", unauthorized) == "Bearer realm=\"lavadeck\"")
        let later = Problem(.noNode, "none", retryAfter: 7).response()
        #expect(header("Retry-After", later) == "7")
    }

    @Test("names the place of what is no JSON")
    func syntax() {
        do throws(JSONSyntaxError) {
            _ = try JSONDocument(parsing: "{\n  \"a\": tru\n}")
            Issue.record("that is no JSON")
        } catch {
            let problem = Problem(error)
            #expect(problem.kind == .malformedJSON)
            #expect(problem.errors.map(\.location) == [TextLocation(line: 2, column: 11)])
        }
    }

    @Test("names the member that is wrong")
    func member() throws {
        let members = try JSONMembers(JSONDocument(parsing: #"{"volume": "loud"}"#).root)
        do throws(Problem) {
            _ = try Problem.ofFaults { () throws(JSONFault) in try members.int64("volume") }
            Issue.record("that is no number")
        } catch {
            #expect(error.kind == .invalidMember)
            #expect(error.detail == "The member /volume must be a whole number.")
            #expect(error.errors.map(\.pointer) == ["/volume"])
        }
    }

    @Test(
        "has a kind for each status that the listener answers with",
        arguments: [400, 408, 413, 414, 417, 431, 501, 503, 505]
    )
    func listener(status: Int) {
        #expect(Problem(status: status, detail: "why").kind.status == status)
    }
}

func header(_ name: String, _ response: Response) -> String? {
    response.headers.first { $0.name == name }?.value
}
