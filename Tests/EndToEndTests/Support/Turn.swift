import Foundation
import Testing

/// Lets as many tests run at a time as the machine has cores, since each runs processes of its own: times that are
/// measured under a pile of others say nothing.
struct Turn: SuiteTrait, TestTrait, TestScoping {
    fileprivate let weight: Int

    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        // A suite takes no turn, its tests do.
        guard testCase != nil else { return try await function() }
        await Turns.shared.take(weight)
        do {
            try await function()
        } catch {
            await Turns.shared.giveBack(weight)
            throw error
        }
        await Turns.shared.giveBack(weight)
    }
}

extension Trait where Self == Turn {
    /// One of as many turns as there are cores.
    static var turn: Turn { Turn(weight: 1) }
    /// Beside no other test of this target.
    static var alone: Turn { Turn(weight: Turns.count) }
}

private actor Turns {
    static let shared = Turns()
    static let count = max(2, ProcessInfo.processInfo.activeProcessorCount)

    private var free = Turns.count
    private var waiting: [(weight: Int, continuation: CheckedContinuation<Void, Never>)] = []

    /// In the order of asking.
    func take(_ weight: Int) async {
        if waiting.isEmpty, free >= weight {
            free -= weight
            return
        }
        await withCheckedContinuation { waiting.append((weight, $0)) }
    }

    func giveBack(_ weight: Int) {
        free += weight
        while let next = waiting.first, free >= next.weight {
            free -= next.weight
            waiting.removeFirst()
            next.continuation.resume()
        }
    }
}
