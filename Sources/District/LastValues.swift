import Facts

/// The last fact of each type about each subject: hot state, bounded by age, by number and by bytes.
///
/// Subjects stand in the order of their last mention, so that the one to be forgotten is always the first, and the
/// order itself is a function of the log.
struct LastValues: Sendable {
    /// Subjects not mentioned for this long are forgotten: what a month did not touch changes no decision.
    static let forgottenAfterMs: Int64 = 30 * 86_400_000
    /// Subjects beyond this many are forgotten, oldest first; a district has about as many assets.
    static let maximumSubjects = 100_000
    /// Bodies beyond this many bytes are forgotten, oldest first, so that large ones cannot fill the memory.
    static let maximumBytes = 64 << 20

    struct Value: Equatable, Sendable {
        /// The number of the type.
        let type: Int
        let index: UInt64
        let received: Int64
        let time: Int64
        let body: [UInt8]
    }

    private struct Subject: Sendable {
        var values: [Value] = []
        var mentioned: Int64 = 0
        var before: Int32 = LastValues.none
        var after: Int32 = LastValues.none
    }

    private static let none: Int32 = -1
    private var names = SymbolTable()
    private var subjects: [Subject] = []
    private var oldest: Int32 = none
    private var newest: Int32 = none
    private var bytes = 0

    var count: Int { names.count }

    /// The last value of a type about a subject.
    func value(of subject: String, type: Int) -> Value? {
        names.find(subject.utf8).flatMap { subjects[$0].values.first { $0.type == type } }
    }

    /// Notes a fact. One that is older than what is known, by its own time, came late and changes nothing but the
    /// mention.
    mutating func note(_ logged: LoggedFact, subject: Text) {
        let fact = logged.fact
        let symbol = subject.withBytes(in: fact.body) { names.intern($0) }
        if symbol == subjects.count { subjects.append(Subject()) }
        touch(Int32(symbol), at: logged.received)
        let value = Value(
            type: fact.type, index: logged.index, received: logged.received, time: fact.time, body: fact.body)
        if let slot = subjects[symbol].values.firstIndex(where: { $0.type == fact.type }) {
            if subjects[symbol].values[slot].time <= fact.time {
                bytes += value.body.count - subjects[symbol].values[slot].body.count
                subjects[symbol].values[slot] = value
            }
        } else {
            bytes += value.body.count
            subjects[symbol].values.append(value)
        }
        forget(now: logged.received)
    }

    private mutating func forget(now: Int64) {
        while oldest != Self.none,
            names.count > Self.maximumSubjects || bytes > Self.maximumBytes
                || subjects[Int(oldest)].mentioned < now - Self.forgottenAfterMs
        {
            let symbol = oldest
            unlink(symbol)
            bytes -= subjects[Int(symbol)].values.reduce(0) { $0 + $1.body.count }
            subjects[Int(symbol)] = Subject()
            names.remove(Int(symbol))
        }
    }

    private mutating func touch(_ symbol: Int32, at time: Int64) {
        subjects[Int(symbol)].mentioned = time
        guard newest != symbol else { return }
        if subjects[Int(symbol)].before != Self.none || oldest == symbol { unlink(symbol) }
        subjects[Int(symbol)].before = newest
        if newest == Self.none { oldest = symbol } else { subjects[Int(newest)].after = symbol }
        newest = symbol
    }

    private mutating func unlink(_ symbol: Int32) {
        let (before, after) = (subjects[Int(symbol)].before, subjects[Int(symbol)].after)
        if before == Self.none { oldest = after } else { subjects[Int(before)].after = after }
        if after == Self.none { newest = before } else { subjects[Int(after)].before = before }
        subjects[Int(symbol)].before = Self.none
        subjects[Int(symbol)].after = Self.none
    }

    // MARK: Encoding

    init() {}

    func encode(to encoder: inout CanonicalEncoder) {
        encoder.write(UInt64(names.count))
        var symbol = oldest
        while symbol != Self.none {
            let subject = subjects[Int(symbol)]
            encoder.write(names.name(Int(symbol)))
            encoder.write(subject.mentioned)
            encoder.write(subject.values) { encoder, value in
                encoder.write(UInt64(value.type))
                encoder.write(value.index)
                encoder.write(value.received)
                encoder.write(value.time)
                encoder.write(value.body)
            }
            symbol = subject.after
        }
    }

    /// - Parameter types: the numbers of the types whose facts are kept here.
    init(from decoder: inout CanonicalDecoder, types: Range<Int>) throws {
        let list = try decoder.list { decoder in
            let name = try decoder.data()
            let mentioned = try decoder.time()
            let values = try decoder.list { decoder in
                guard let type = Int(exactly: try decoder.unsigned()), types.contains(type) else {
                    throw CanonicalDecoder.Malformed()
                }
                return Value(
                    type: type, index: try decoder.count(), received: try decoder.time(), time: try decoder.signed(),
                    body: try decoder.data())
            }
            guard Set(values.map(\.type)).count == values.count, !values.isEmpty else {
                throw CanonicalDecoder.Malformed()
            }
            return (name, mentioned, values)
        }
        guard list.count <= Self.maximumSubjects, zip(list, list.dropFirst()).allSatisfy({ $0.1 <= $1.1 }) else {
            throw CanonicalDecoder.Malformed()
        }
        for (name, mentioned, values) in list {
            let symbol = name.withUnsafeBytes { names.intern($0) }
            guard symbol == subjects.count else { throw CanonicalDecoder.Malformed() }
            bytes += values.reduce(0) { $0 + $1.body.count }
            subjects.append(Subject(values: values))
            touch(Int32(symbol), at: mentioned)
        }
        guard bytes <= Self.maximumBytes else { throw CanonicalDecoder.Malformed() }
    }
}
