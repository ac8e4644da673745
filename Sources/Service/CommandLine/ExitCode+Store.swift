package import Storage

extension ExitCode {
    /// What kind of trouble with the database ended the program.
    package init(_ error: StorageError) {
        self =
            switch error.kind {
            case .cannotOpen, .readOnly: .cannotCreate
            case .notADatabase, .foreign, .newerSchema, .damaged: .dataError
            case .diskFull, .inputOutput: .inputOutput
            case .busy, .locked, .closed, .other: .unavailable
            }
    }
}
