import Client
import Facts
import Foundation
import Glibc
import Testing

/// The command line: exit statuses, messages that say what to do, and commands beside a running server.
@Suite(.turn) struct CommandLineTests {
    @Test func everySubcommandHasHelp() async throws {
        let commands = [
            [], ["district"], ["district", "new"], ["source"], ["source", "add"], ["source", "revoke"],
            ["source", "list"],
            ["scenario"], ["scenario", "check"], ["scenario", "adopt"], ["import"], ["serve"], ["log"],
            ["log", "export"],
            ["log", "show"], ["log", "restore-guard"], ["audit"], ["replay"], ["seal"], ["demo"], ["bench"],
        ]
        for command in commands {
            let ran = try await run(Place.program, command + ["--help"])
            #expect(ran.status == 0, "\(command)")
            #expect(
                ran.output.contains("USAGE: \((["jianghan"] + command).joined(separator: " "))"),
                "\(command): \(ran.all)")
        }
        let version = try await jianghan("--version")
        #expect(version.status == 0 && !version.output.isEmpty)
        let unknown = try await jianghan("fly")
        #expect(unknown.status == 64)
        #expect(!unknown.errors.isEmpty)
    }

    @Test func aStoreThatIsMissingOrNone() async throws {
        let folder = try Folder()
        let missing = folder.file("missing.sqlite")
        let none = try folder.write("this is no store", to: "none.sqlite")
        let empty = try folder.write("", to: "empty.sqlite")
        var foreign: String?
        if let sqlite = Place.tool("sqlite3") {
            foreign = folder.file("foreign.sqlite")
            #expect(try await run(sqlite, [folder.file("foreign.sqlite"), "CREATE TABLE t(x)"]).status == 0)
        }
        for (path, status, message) in [
            (missing, 1, "missing.sqlite"), (none, 1, "is not an SQLite file"), (empty, 1, "is not an SQLite file"),
            (foreign, 1, "is another program's SQLite file"),
        ] as [(String?, Int32, String)] {
            guard let path else { continue }
            for command in [
                ["serve", "--listen", "127.0.0.1:0"], ["replay"], ["log", "show"], ["seal"], ["source", "list"],
            ] {
                let ran = try await run(Place.program, command + ["--store", path])
                #expect(ran.status == status, "\(command): \(ran.all)")
                #expect(ran.errors.hasPrefix("jianghan: ") && ran.errors.contains(message), "\(command): \(ran.all)")
            }
            let audit = try await jianghan("audit", "--store", path)
            #expect(audit.status == 2, "\(audit.all)")
            #expect(audit.errors.contains("the audit could not run") && audit.errors.contains(message), "\(audit.all)")
        }
        #expect(!FileManager.default.fileExists(atPath: missing), "looking for a store must not make one")
        #expect(text(at: none) == "this is no store")
    }

    /// Looking changes nothing, also when a silence is overdue that a start would say.
    @Test func lookingChangesNothing() async throws {
        var store = try await Store()
        try await store.add("device/quiet", role: "device", "--silent-after", "1")
        try await Task.sleep(for: .milliseconds(1_500))
        let facts = try await store.facts().count
        let listed = try await jianghan("source", "list", "--store", store.path)
        #expect(listed.status == 0 && listed.output.contains("device/quiet\tdevice\tactive\t0 facts"), "\(listed.all)")
        #expect(try await jianghan("replay", "--store", store.path).status == 0)
        try await store.audited()
        #expect(try await store.facts().count == facts)
    }

    @Test func aDistrictIsNotMadeTwice() async throws {
        let store = try await Store()
        let again = try await jianghan("district", "new", "--name", "again", "--store", store.path)
        #expect(again.status == 1)
        #expect(again.errors.contains("exists already"), "\(again.all)")
        let badName = try await jianghan("district", "new", "--name", "a b", "--store", store.folder.file("b.sqlite"))
        #expect(badName.status == 1)
        #expect(badName.errors.contains("a district's name has 1 to 64 of a-z"), "\(badName.all)")
        let chinese = try await jianghan(
            "district", "new", "--name", "江汉", "--store", store.folder.file("c.sqlite"))
        #expect(chinese.status == 1 && chinese.errors.contains("it stands in URLs"), "\(chinese.all)")
        #expect(!FileManager.default.fileExists(atPath: store.folder.file("b.sqlite")))
        try await store.audited()
    }

    @Test(.enabled(if: Place.tool("sqlite3") != nil, "sqlite3 is missing"))
    func theAuditFindsWhatWasTouched() async throws {
        let store = try await Store(devices: "device/a")
        let served = try await Served(store)
        let token = try store.token("device/a")
        for number in 0..<3 {
            #expect(try await served.say(Said.fell("\(number)", from: "device/a"), token).status == 201)
        }
        try await served.stopWell()
        try await store.audited()
        let index = try #require(try await store.facts().last).index
        let sqlite = try #require(Place.tool("sqlite3"))
        // Floor 7 becomes floor 8: valid JSON, within its schema, and not what was said.
        let change =
            "UPDATE fact SET body = CAST(replace(CAST(body AS TEXT), '\"floor\":7', '\"floor\":8') AS BLOB) WHERE idx = \(index)"
        #expect(try await run(sqlite, [store.path, change]).status == 0)
        let audit = try await jianghan("audit", "--store", store.path)
        #expect(audit.status == 1, "\(audit.all)")
        let json = try await jianghan("audit", "--json", "--store", store.path)
        #expect(json.status == 1)
        let report = try JSONValue(parsing: Array(json.output.utf8))
        #expect(report["ok"]?.bool == false)
        #expect(report["finding"] != .null, "\(json.all)")
        // It does not go on as if nothing were.
        let serve = try await jianghan("serve", "--store", store.path, "--listen", "127.0.0.1:0", within: .seconds(20))
        #expect(serve.status == 1)
        #expect(serve.errors.contains("are not those that were signed"), "\(serve.all)")
    }

    @Test func commandsReachARunningServer() async throws {
        let store = try await Store()
        let served = try await Served(store)
        let day = try MiniDay(calls: 5)
        let add = try await jianghan("source", "add", "device/new", "--role", "device", "--store", store.path)
        #expect(add.status == 0, "\(add.all)")
        let token = add.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(token.hasPrefix("jh_"))
        #expect(try await served.say(Said.fell("1", from: "device/new"), token).status == 201)
        let twice = try await jianghan("source", "add", "device/new", "--role", "device", "--store", store.path)
        #expect(twice.status == 1)
        #expect(twice.errors.contains("'device/new' is registered already; revoke it first"), "\(twice.all)")
        let loaded = try await jianghan(
            "import", "--mapping", Place.inRepository("Examples/san-francisco"), "--data", day.folder.path, "--store",
            store.path)
        #expect(loaded.status == 0, "\(loaded.all)")
        #expect(loaded.output.contains("\(day.facts) facts taken, 0 were there already"), "\(loaded.all)")

        let scenario = store.folder.file("extra")
        try FileManager.default.createDirectory(atPath: scenario, withIntermediateDirectories: true)
        let yaml = """
            scenario: extra
            title: {zh: 测试, en: Extra}
            version: 1
            facts:
              water.leaked:
                title: {zh: 漏水, en: Water leaked}
                subject: pipe
                report: true
                data:
                  litres: {type: int, minimum: 0, maximum: 1000}

            """
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: scenario + "/scenario.yaml"))
        let leak = Array(
            (#"{"specversion":"1.0","id":"w","source":"device/new","type":"water.leaked","subject":"pipe/1","#
                + #""time":"\#(Said.time)","data":{"litres":5}}"#).utf8)
        #expect(try await served.say(leak, token).error?.code == "unknown-type")
        let adopted = try await jianghan("scenario", "adopt", scenario, "--store", store.path)
        #expect(adopted.status == 0, "\(adopted.all)")
        #expect(adopted.output.contains("extra 1 is in force since fact"), "\(adopted.all)")
        #expect(try await served.say(leak, token).status == 201, "without a restart")
        let again = try await jianghan("scenario", "adopt", scenario, "--store", store.path)
        #expect(again.output.contains("extra 1 is in force already"), "\(again.all)")

        let seal = try await jianghan("seal", "--store", store.path, "--reason", "a test")
        #expect(seal.status == 0 && seal.output.hasPrefix("sealed by fact "), "\(seal.all)")
        let list = try await jianghan("source", "list", "--store", store.path)
        #expect(list.status == 0)
        #expect(list.output.contains("device/new\tdevice\tactive\t"), "\(list.all)")
        let export = try await jianghan("log", "export", "--store", store.path, "--to", store.folder.file("log"))
        #expect(export.status == 0, "\(export.all)")

        // A second server on the same store is refused, and says who has it.
        let second = try await jianghan("serve", "--store", store.path, "--listen", "127.0.0.1:0")
        #expect(second.status == 1)
        #expect(second.errors.contains("is in use by process \(served.child.processID)"), "\(second.all)")
        try await served.stopWell()
        let facts = try await store.facts()
        #expect(facts.contains { $0.type == "system.sealed" } && facts.contains { $0.type == "water.leaked" })
        try await store.audited()
        #expect(!FileManager.default.fileExists(atPath: store.path + ".serving"))
    }

    @Test func aUsedPortIsSaidPlainly() async throws {
        let first = try await Store()
        let second = try await Store()
        let served = try await Served(first)
        let ran = try await jianghan(
            "serve", "--store", second.path, "--listen", "127.0.0.1:\(served.port)", within: .seconds(20))
        #expect(ran.status != 0)
        #expect(ran.errors.contains("jianghan: 127.0.0.1:\(served.port): "), "\(ran.all)")
        #expect(ran.errors.lowercased().contains("in use"), "\(ran.all)")
        let nowhere = try await jianghan("serve", "--store", second.path, "--listen", "nowhere")
        #expect(nowhere.status == 64)
        #expect(nowhere.errors.contains("--listen must be host:port"), "\(nowhere.all)")
        try await served.stopWell()
        try await second.audited()
    }

    /// An old copy of a store is smaller than what the world has seen; to go on from it would fork the log.
    @Test func aRestoredCopyRefusesToServe() async throws {
        let store = try await Store(devices: "device/a")
        let copy = store.folder.file("backup.sqlite")
        try FileManager.default.copyItem(atPath: store.path, toPath: copy)
        let served = try await Served(store)
        #expect(try await served.say(Said.fell("1", from: "device/a"), store.token("device/a")).status == 201)
        try await served.stopWell()
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store.path + suffix) }
        try FileManager.default.copyItem(atPath: copy, toPath: store.path)
        for command in [["serve", "--listen", "127.0.0.1:0"], ["seal"]] {
            let ran = try await run(Place.program, command + ["--store", store.path], within: .seconds(20))
            #expect(ran.status == 1, "\(ran.all)")
            #expect(ran.errors.contains("was the store restored from an old backup?"), "\(ran.all)")
        }
        // Neither with the guard lost nor with the key lost does it go on.
        try FileManager.default.removeItem(atPath: store.path + ".checkpoint")
        let unguarded = try await jianghan(
            "serve", "--store", store.path, "--listen", "127.0.0.1:0", within: .seconds(20))
        #expect(unguarded.status == 1)
        #expect(unguarded.errors.contains("jianghan log restore-guard"), "\(unguarded.all)")
        try FileManager.default.removeItem(atPath: store.path + ".key")
        let keyless = try await jianghan(
            "serve", "--store", store.path, "--listen", "127.0.0.1:0", within: .seconds(20))
        #expect(keyless.status == 1)
        #expect(keyless.errors.contains(".key is missing or unreadable"), "\(keyless.all)")
    }

    @Test func whatWasAcknowledgedBeforeSIGTERMIsThere() async throws {
        let store = try await Store(devices: "device/a")
        let served = try await Served(store)
        let load = Load()
        load.serve(at: served.url)
        let token = try store.token("device/a")
        async let running: Void = load.run("device/a", token: token, seed: 5)
        #expect(try await served.wait { load.acknowledged.count > 100 })
        served.child.send(SIGTERM)
        let ending = try await served.child.end()
        #expect(ending == .exit(0), "\(served.child.errors)")
        // What was not answered is sent again to the next one.
        let next = try await Served(store)
        load.serve(at: next.url)
        load.finish()
        await running
        try await next.stopWell()
        let places = Dictionary(grouping: try await store.facts().filter { $0.source == "device/a" }) { $0.id }
        #expect(load.contradictions.isEmpty, "\(load.contradictions)")
        #expect(load.acknowledged.allSatisfy { places[$0]?.map(\.index) == [$1] })
        try await store.audited()
    }
}
