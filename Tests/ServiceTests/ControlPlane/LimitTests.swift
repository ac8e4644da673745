import Control
import Lavalink
import Runtime
@testable import Service
import Testing

@Suite("What connections may take")
struct LimitTests {
    @Test("lets a node's list of players have room for every player")
    @Loop func players() throws {
        let user = try #require(UserID("7"))
        let client = CurlClient()
        let connections = NodeConnections(
            user: user,
            addresses: [:],
            client: client,
            playerLimit: 10_000
        )
        let list = connections.maximumResponseBytes(of: .players(session: "s"))
        #expect(list == 10_000 * NodeConnections.bytesPerPlayer)
        let other = connections.maximumResponseBytes(of: .info)
        #expect(other == OutboundRequest.standardMaximumResponseBytes)
        client.shutdown()
    }

    @Test("leaves descriptors for what is no client")
    func descriptors() {
        #expect(DescriptorLimit.connections(of: 1_024) == 1_024 - DescriptorLimit.reserve)
        #expect(DescriptorLimit.connections(of: 100) == DescriptorLimit.fewestConnections)
        #expect(DescriptorLimit.raise() >= 256)
    }
}
