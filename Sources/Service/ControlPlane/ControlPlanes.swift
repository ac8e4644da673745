import Control
import Lavalink
package import Runtime

/// The control planes of all bots, side by side, knowing nothing of each other.
@Loop package final class ControlPlanes {
    package let all: [ControlPlane]

    package init(_ all: [ControlPlane]) { self.all = all }

    /// The one of the bot that a request means.
    package func plane(for context: Context) throws(Problem) -> ControlPlane {
        let bot = try context.bot().name
        guard let plane = all.first(where: { $0.bot == bot }) else {
            throw Problem(.noSuchBot, "There is no bot \"\(bot)\".")
        }
        return plane
    }

    /// The planes that a bearer may see.
    package func planes(for context: Context) -> [ControlPlane] {
        guard let bound = context.bearer?.bot else { return all }
        return all.filter { $0.bot == bound }
    }
}

extension ControlPlane {
    /// Carries out a command, or says as a problem why not.
    func answer(_ command: Fleet.Command) async throws(Problem) -> Fleet.Reply {
        switch await submit(command) {
        case .success(let reply): return reply
        case .failure(let error): throw Problem(error)
        }
    }

    /// The player, or 404.
    func player(_ context: Context) throws(Problem) -> Player {
        let guild = try context.guild()
        guard let player = fleet.players[guild] else {
            throw Problem(ControlError.command(.unknownPlayer(guild)))
        }
        return player
    }
}
