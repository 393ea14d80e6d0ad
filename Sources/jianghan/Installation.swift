import Facts
import Foundation

/// Where the program's own data lie: `Web/` and `Scenarios/`, beside the executable or in a folder above it.
enum Installation {
    /// The folder of that name; nil if there is none above the executable or in the working directory.
    static func folder(_ name: String) -> String? {
        let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        var place = executable.deletingLastPathComponent()
        var places = [FileManager.default.currentDirectoryPath]
        while place.path != "/" {
            places.append(place.path)
            place.deleteLastPathComponent()
        }
        return places.map { "\($0)/\(name)" }.first { path in
            var isDirectory: ObjCBool = false
            return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
        }
    }

    /// Every scenario of a folder of folders, or the one of a scenario's own folder, by name.
    static func scenarios(in folder: String) throws -> [Scenario] {
        let manager = FileManager.default
        if manager.fileExists(atPath: folder + "/scenario.yaml") { return [try scenario(folder)] }
        guard let names = try? manager.contentsOfDirectory(atPath: folder) else {
            throw Console.fail("there is no folder \(folder)")
        }
        let folders = names.sorted().map { "\(folder)/\($0)" }.filter {
            manager.fileExists(atPath: $0 + "/scenario.yaml")
        }
        guard !folders.isEmpty else { throw Console.fail("\(folder) holds no scenario (a folder with scenario.yaml)") }
        return try folders.map(scenario)
    }

    private static func scenario(_ folder: String) throws -> Scenario {
        let path = folder + "/scenario.yaml"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Console.fail("\(path) cannot be read")
        }
        guard let yaml = String(validating: data, as: UTF8.self) else { throw Console.fail("\(path) is not UTF-8") }
        do {
            return try Scenario(yaml: yaml, file: path)
        } catch {
            throw Console.fail(error.description)
        }
    }
}
