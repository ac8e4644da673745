package import Runtime
package import SimulatedNode

/// Simulated nodes that live as long as a test needs them.
@Loop package enum NodeHarness {
    /// Starts a node on loopback, hands it to `body`, and stops it whatever happens.
    package static func withNode<Result: Sendable>(
        _ settings: NodeSettings = NodeSettings(),
        script: NodeScript = NodeScript(),
        _ body: @Loop (SimulatedNode) async throws -> Result
    ) async throws -> Result {
        let node = try SimulatedNode.started(settings: settings)
        node.script = script
        do {
            let result = try await body(node)
            await node.stop()
            return result
        } catch {
            await node.stop()
            throw error
        }
    }
}
