import ArgumentParser
import Facts
import Operations

struct DistrictCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "district", abstract: "Makes districts.", subcommands: [New.self])

    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a district: one SQLite file, its signing key beside it, the first facts of its log.")

        @Option(help: "The district's name, also in its log's address.")
        var name: String

        @OptionGroup var store: StoreOption

        @Option(help: ArgumentHelp("Scenarios to begin with: a folder of scenario folders.", valueName: "dir"))
        var scenarios: String?

        @Option(help: "The log's origin, the first line of its checkpoints (default: made from the name).")
        var origin: String?

        @Option(help: "Local time, minutes east of UTC; the day is sealed at local midnight.")
        var utcOffset: Int = 480

        @Option(
            help: ArgumentHelp(
                "Where the district is, degrees; the local plane touches the earth there.", valueName: "lon,lat"))
        var centre: String = "114.27,30.60"

        @Flag(help: "Everything in it is invented; its origin and every page say so.")
        var simulated = false

        func run() async throws {
            let parts = centre.split(separator: ",").compactMap { Double($0) }
            guard parts.count == 2, (-180...180).contains(parts[0]), (-85...85).contains(parts[1]) else {
                throw ValidationError("--centre must be longitude,latitude in degrees")
            }
            guard (-1440...1440).contains(utcOffset) else {
                throw ValidationError("--utc-offset must be -1440 to 1440 minutes")
            }
            let folder = scenarios ?? Installation.folder("Scenarios")
            let district = NewDistrict(
                name: name, origin: origin, utcOffsetMinutes: Int64(utcOffset), centre: (parts[0], parts[1]),
                isSimulated: simulated, scenarios: try folder.map(Installation.scenarios) ?? [])
            let files = DistrictFiles(store: store.store)
            let key: String
            do {
                key = try await district.found(at: files)
            } catch {
                throw Console.fail("\(error)")
            }
            Console.print("district \(name)")
            Console.print("  store         \(files.store)")
            Console.print("  signing key   \(files.key) (keep a copy elsewhere)")
            Console.print("  verifier key  \(key)")
            Console.print(
                "  scenarios     \(district.scenarios.map { "\($0.name) \($0.version)" }.joined(separator: ", "))")
            Console.note("next: jianghan source add ID --role device --store \(files.store)")
        }
    }
}
