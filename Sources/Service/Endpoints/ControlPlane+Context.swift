import Control
import Lavalink
import Runtime

// What a request says, and what it is told, in the terms of a control plane.

extension ControlPlanes {
    /// The one of the bot that a request means.
    func plane(for context: Context) throws(Problem) -> ControlPlane {
        let bot = try context.bot().name
        guard let plane = plane(of: bot) else {
            throw Problem(.noSuchBot, "No bot is named \"\(bot)\".")
        }
        return plane
    }

    /// The planes that a bearer may see.
    func planes(for context: Context) -> [ControlPlane] {
        guard let bound = context.bearer?.bot else { return all }
        return all.filter { $0.bot == bound }
    }
}

extension ControlPlane {
    /// Carries out a command, or says as a problem why not.
    func carryOut<Reply: AwaitedReply>(
        _ command: (Ticket<Reply>) -> Fleet.Command
    ) async throws(Problem) -> Reply {
        switch await submit(command) {
        case .success(let reply): return reply
        case .failure(let error): throw Problem(error)
        }
    }

    /// The player of a guild, or 404.
    func player(_ guild: GuildID) throws(Problem) -> Player {
        guard let player = fleet.player(guild) else {
            throw Problem(ControlError.command(.unknownPlayer(guild)))
        }
        return player
    }
}
