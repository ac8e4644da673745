package import Control
package import Runtime

/// The control planes of all bots, side by side, knowing nothing of each other.
@Loop package final class ControlPlanes {
    package let all: [ControlPlane]

    package init(_ all: [ControlPlane]) { self.all = all }

    package func plane(of bot: BotName) -> ControlPlane? {
        for plane in all where plane.bot == bot { return plane }
        return nil
    }
}
