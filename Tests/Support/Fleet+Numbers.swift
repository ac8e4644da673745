package import Control

// Commands and answers by the numbers of their tickets, whatever the type of the answer.

extension Fleet.Command {
    package var number: UInt64 {
        switch self {
        case .player(_, _, let ticket): ticket.rawValue
        case .queue(_, _, let ticket): ticket.rawValue
        case .voice(_, let ticket): ticket.rawValue
        case .load(_, let ticket): ticket.rawValue
        case .state(.save(let ticket)), .state(.clear(let ticket)): ticket.rawValue
        case .state(.restore(let ticket)): ticket.rawValue
        case .node(_, _, let ticket): ticket.rawValue
        }
    }
}

extension Fleet.Answer {
    package var number: UInt64 {
        switch self {
        case .player(let ticket, _): ticket.rawValue
        case .queue(let ticket, _): ticket.rawValue
        case .voice(let ticket, _): ticket.rawValue
        case .load(let ticket, _): ticket.rawValue
        case .saved(let ticket, _): ticket.rawValue
        case .restore(let ticket, _): ticket.rawValue
        case .node(let ticket, _): ticket.rawValue
        }
    }

    /// Why the command was not carried out; nil when it was.
    package var error: CommandError? {
        switch self {
        case .player(_, let result): result.error
        case .queue(_, let result): result.error
        case .voice(_, let result): result.error
        case .load(_, let result): result.error
        case .saved(_, let result): result.error
        case .restore(_, let result): result.error
        case .node(_, let result): result.error
        }
    }
}

extension Result {
    fileprivate var error: Failure? {
        switch self {
        case .success: nil
        case .failure(let error): error
        }
    }
}
