package import Control

/// Tells the wall clock's time of a moment of the clock that decisions are made by.
package struct WallClock: Sendable {
    private let wall: Timestamp
    private let moment: Instant

    package init(wall: Timestamp, moment: Instant) {
        self.wall = wall
        self.moment = moment
    }

    package func timestamp(of instant: Instant) -> Timestamp {
        Timestamp(milliseconds: wall.milliseconds + moment.duration(to: instant).milliseconds)
    }
}
