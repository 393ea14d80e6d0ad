import Client
import Foundation
import Synchronization

/// Devices that go on sending whatever happens to the server, and remember what was acknowledged.
final class Load: Sendable {
    private struct State {
        var url: String?
        var isOver = false
        /// Index by id, of every fact that was acknowledged.
        var acknowledged: [String: UInt64] = [:]
        var repeats = 0
        var contradictions: [String] = []
        /// Every checkpoint that was ever given out, as far as it was asked for.
        var checkpoints: [String] = []
    }

    private let state = Mutex(State())

    /// The server is there, or gone.
    func serve(at url: String?) { state.withLock { $0.url = url } }
    /// What is under way is finished, nothing more is begun.
    func finish() { state.withLock { $0.isOver = true } }

    private var url: String? { state.withLock { $0.url } }
    var checkpoints: [String] { state.withLock { $0.checkpoints } }
    var acknowledged: [String: UInt64] { state.withLock { $0.acknowledged } }
    var repeats: Int { state.withLock { $0.repeats } }
    /// Answers that cannot both be true.
    var contradictions: [String] { state.withLock { $0.contradictions } }

    /// One device: batches and single facts, after a lost answer the same again, at times also what was answered.
    func run(_ source: String, token: String, seed: UInt64) async {
        var random = SplitMix(seed: seed)
        var number = 0
        var client: (url: String, client: JianghanClient)?
        var pending: [String] = []
        while true {
            if pending.isEmpty {
                if state.withLock({ $0.isOver }) { return }
                let count = Bool.random(using: &random) ? 1 : Int.random(in: 2...30, using: &random)
                pending = (0..<count).map { "\(source)/\(number + $0)" }
                number += count
                // Sometimes one that was acknowledged long ago.
                if number > 50, UInt8.random(in: 0..<8, using: &random) == 0 {
                    pending.append("\(source)/\(Int.random(in: 0..<number - count, using: &random))")
                }
            }
            guard let url else {
                try? await Task.sleep(for: .milliseconds(5))
                continue
            }
            if client?.url != url { client = (try? JianghanClient(base: url, token: token)).map { (url, $0) } }
            guard let speaking = client?.client else { return }
            let facts = pending.map { Said.fell($0, from: source) }
            do throws(ClientError) {
                let answers =
                    facts.count == 1 ? [try await speaking.post(fact: facts[0])] : try await speaking.post(facts: facts)
                note(pending, answers)
                pending = []
            } catch {
                // The answer is lost: nobody knows, so it is said again.
                if case .rejected(let status, _, let message) = error, status < 500 {
                    state.withLock { $0.contradictions.append("\(status) \(message)") }
                    return
                }
                try? await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    /// A device that speaks now and then, until cancelled; what is lost is not said again.
    func beat(_ source: String, token: String, seed: UInt64) async {
        var random = SplitMix(seed: seed)
        var number = 0
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(Int.random(in: 200...2_500, using: &random)))
            guard let url, let client = try? JianghanClient(base: url, token: token) else { continue }
            number += 1
            _ = try? await client.post(fact: Said.heartbeat("beat-\(number)", from: source))
        }
    }

    /// A stranger who keeps every checkpoint that he is given, until cancelled.
    func collectCheckpoints() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(40))
            guard let url, let client = try? JianghanClient(base: url),
                let note = try? await client.checkpoint(of: Store.name)
            else { continue }
            state.withLock { if $0.checkpoints.last != note { $0.checkpoints.append(note) } }
        }
    }

    private func note(_ ids: [String], _ answers: [FactAnswer]) {
        state.withLock { state in
            for (id, answer) in zip(ids, answers) {
                guard case .accepted(let index, let isDuplicate) = answer else {
                    state.contradictions.append("\(id): \(answer)")
                    continue
                }
                if isDuplicate { state.repeats += 1 }
                if let known = state.acknowledged.updateValue(index, forKey: id), known != index {
                    state.contradictions.append("\(id) was \(known), is \(index)")
                }
            }
        }
    }
}
