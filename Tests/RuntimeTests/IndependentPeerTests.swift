import Foundation
import Runtime
import Testing
import Wire

/// A WebSocket library that nobody here wrote, as the other side of both of ours.
///
/// It needs a Python that has `websockets`: `LAVADECK_TEST_PYTHON` names one.
@Suite(
    "A WebSocket with a foreign peer",
    .timeLimit(.minutes(1)),
    .enabled(if: ForeignPeer.isAvailable, "LAVADECK_TEST_PYTHON names no Python with websockets")
)
@Loop struct IndependentPeerTests {
    @Test("understands the frames of a server, and is understood")
    func client() async throws {
        let peer = try await ForeignPeer.start(
            """
            import asyncio, sys, websockets

            async def serve(socket):
                await socket.send(["frag", "men", "té😀"])
                await (await socket.ping(b"are you there"))
                async for text in socket:
                    await socket.send(text.upper())
                    if text == "end":
                        await socket.close(4002, "good bye")
                        return

            async def main():
                async with websockets.serve(serve, "127.0.0.1", 0) as server:
                    print(server.sockets[0].getsockname()[1], flush=True)
                    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)

            asyncio.run(main())
            """
        )
        let port = try #require(Int(peer.firstLine))
        let socket = WebSocketRecorder(port)
        #expect(await socket.next() == "opened")
        #expect(await socket.next() == "text fragmenté😀")
        socket.client.ping(Array("p".utf8))
        #expect(await socket.next() == "pong p")
        for length in [1, 125, 126, 65535, 65536, 200_000] {
            socket.client.send(text: [UInt8](repeating: 0x61, count: length))
            let answer = await socket.next()
            #expect(
                answer
                    == (length > 100
                        ? "text of \(length)" : "text " + String(repeating: "A", count: length))
            )
        }
        socket.client.send(text: "end")
        #expect(await socket.rest() == ["text END", "closed 4002 good bye"])
    }

    @Test("is understood by a client, and understands it")
    func server() async throws {
        let events = EventQueue()
        let listener = try Listener(address: "127.0.0.1", port: 0) { exchange in
            guard let socket = WebSocketServerConnection.accept(exchange) else { return }
            socket.start { event in
                switch event {
                case .text(let text): socket.send(text: text)
                case .binary(let bytes): socket.send(WebSocket.Frame(.binary, bytes))
                case .pong: break
                case .closed(let code, let reason):
                    events.append("closed \(code ?? 0) \(reason)", isTerminal: true)
                }
            }
        }
        let peer = try await ForeignPeer.start(
            """
            import asyncio, websockets

            async def main():
                async with websockets.connect("ws://127.0.0.1:\(listener.port)/") as socket:
                    for text in ["a", "é" * 70000, b"x" * 65536, ""]:
                        await socket.send(text)
                        assert await socket.recv() == text
                    await socket.send(iter(["frag", "ments"]))
                    assert await socket.recv() == "fragments"
                    await (await socket.ping(b"p"))
                    await socket.close(3001, "tschüss")
                    print(f"{socket.close_code} {socket.close_reason}", flush=True)

            asyncio.run(main())
            """
        )
        try #require(peer.firstLine == "3001 tschüss")
        #expect(await events.rest() == ["closed 3001 tschüss"])
        await listener.shutdown(within: .seconds(1))
    }
}

/// A Python script that runs until its input ends, or by itself.
final class ForeignPeer: Sendable {
    let firstLine: String
    private let input: Pipe

    private static let python =
        ProcessInfo.processInfo.environment["LAVADECK_TEST_PYTHON"] ?? "/usr/bin/python3"

    static let isAvailable: Bool = {
        guard FileManager.default.isExecutableFile(atPath: python) else { return false }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", "import websockets"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }  // as good as absent
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    @concurrent static func start(_ script: String) async throws -> ForeignPeer {
        try ForeignPeer(script)
    }

    private init(_ script: String) throws {
        let process = Process()
        input = Pipe()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: Self.python)
        process.arguments = ["-X", "utf8", "-c", script]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        firstLine = text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    deinit { input.fileHandleForWriting.closeFile() }
}
