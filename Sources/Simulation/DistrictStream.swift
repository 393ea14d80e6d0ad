/// The messages of a simulated district's devices in the order in which they are sent. Pure: the same seed, start and devices
/// give the same messages, byte for byte. Endless.
///
/// As real devices do, they lose their network and send late, send again what they heard no answer to, and fall silent.
public struct DistrictStream: Sendable {
    /// How things go wrong, each once in so many messages or heartbeats.
    private enum Once {
        /// The answer is lost and the message repeated: messages.
        static let repeated = 200
        /// No network for some minutes: heartbeats.
        static let offline = 400
        /// The device fails, and reports nothing until it is mended: heartbeats. About four a day in the district.
        static let silent = 1_800
    }

    private enum Moment {
        case act(Int)
        case heartbeat(Int)
        case send(SimulatedMessage)
    }

    private struct Device: Sendable {
        var behaviour: DeviceBehaviour
        var sequence = 0
        var offlineUntil: Int64 = 0
        var silentUntil: Int64 = 0
        /// When the last held message goes, so that later ones keep behind it.
        var lastSend: Int64 = 0
    }

    /// Where it begins, ms since 1970 UTC.
    public let startMs: Int64
    /// The devices that speak.
    public let deviceIDs: [String]
    private let idPrefix: String
    private var devices: [Device]
    private var agenda = Agenda<Moment>()

    /// A stream that begins at `start`, ms since 1970 UTC (a time before 1970 counts as 1970).
    public init(seed: UInt64, start: Int64, devices: [SimulatedDevice] = SimulatedDevice.district) {
        startMs = max(0, start)
        deviceIDs = devices.map(\.id)
        // Other seeds and starts are other facts, so their ids must differ.
        idPrefix = "\(String(startMs, radix: 36))-\(String(seed, radix: 36))-"
        self.devices = devices.map { device in
            // A device's numbers depend on itself alone: adding another changes nothing for it.
            let salt = device.id.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
            return Device(behaviour: DeviceBehaviour(device: device, random: SplitMix64(seed: salt)))
        }
        for index in self.devices.indices {
            let heartbeat = self.devices[index].behaviour.random.int(in: 0...self.devices[index].behaviour.heartbeatMs)
            agenda.plan(.heartbeat(index), at: startMs + Int64(heartbeat))
            agenda.plan(.act(index), at: startMs + Int64(self.devices[index].behaviour.firstPause()))
        }
    }

    /// The next message; nil only if there are no devices.
    public mutating func next() -> SimulatedMessage? {
        while let (now, moment) = agenda.next() {
            switch moment {
            case .send(let message):
                return message
            case .heartbeat(let index):
                agenda.plan(.heartbeat(index), at: now + Int64(devices[index].behaviour.heartbeatMs))
                mishap(index, at: now)
                guard now >= devices[index].silentUntil else { continue }
                emit(devices[index].behaviour.heartbeat(), index, at: now)
            case .act(let index):
                let (fact, pause) = devices[index].behaviour.act(at: now)
                agenda.plan(.act(index), at: now + Int64(pause))
                guard let fact, now >= devices[index].silentUntil else { continue }
                emit(fact, index, at: now)
            }
        }
        return nil
    }

    private mutating func mishap(_ index: Int, at now: Int64) {
        guard now >= devices[index].silentUntil, now >= devices[index].offlineUntil else { return }
        if devices[index].behaviour.random.once(in: Once.silent) {
            devices[index].silentUntil = now + Int64(devices[index].behaviour.random.int(in: 1_200_000...5_400_000))
        } else if devices[index].behaviour.random.once(in: Once.offline) {
            devices[index].offlineUntil = now + Int64(devices[index].behaviour.random.int(in: 120_000...1_200_000))
        }
    }

    private mutating func emit(_ fact: FactText, _ index: Int, at now: Int64) {
        let id = devices[index].behaviour.device.id
        devices[index].sequence += 1
        // A message takes a moment to leave; held ones go one after the other once the network is back.
        let delay = Int64(devices[index].behaviour.random.int(in: 20...900))
        let due = max(now + delay, devices[index].offlineUntil + delay, devices[index].lastSend + 50)
        devices[index].lastSend = due
        let json = fact.json(
            id: idPrefix + String(devices[index].sequence), source: id, sequence: devices[index].sequence, timeMs: now)
        let message = SimulatedMessage(dueMs: due, occurredMs: now, device: id, isRepeat: false, json: json)
        agenda.plan(.send(message), at: due)
        if devices[index].behaviour.random.once(in: Once.repeated) {
            let again = due + Int64(devices[index].behaviour.random.int(in: 1_000...30_000))
            let copy = SimulatedMessage(dueMs: again, occurredMs: now, device: id, isRepeat: true, json: json)
            agenda.plan(.send(copy), at: again)
        }
    }
}
