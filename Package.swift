// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "jianghan",
    products: [.executable(name: "jianghan", targets: ["jianghan"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // 0 Ledger: Merkle tree, tiles, checkpoints, proofs. Knows nothing of facts.
        .target(name: "Ledger", dependencies: [.product(name: "Crypto", package: "swift-crypto")]),
        // 0 Atlas: coordinates; later the plane, spatial index, networks and road graphs.
        .target(name: "Atlas"),
        // 0 Facts: the fact, its body, commitment and signature; fact types and their schemas.
        .target(
            name: "Facts",
            dependencies: [
                "Atlas",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Yams", package: "Yams"),
            ]),
        // 0 Storage: the narrow store protocol and its SQLite implementation.
        .target(
            name: "Storage",
            dependencies: [
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        // 2 District: the fold. Pure: no clock, no randomness, no I/O.
        .target(
            name: "District",
            dependencies: ["Facts", .product(name: "Crypto", package: "swift-crypto")]),
        // 3 Operations: the running district: sequencer, recovery, seals, checkpoints, audit.
        .target(
            name: "Operations",
            dependencies: [
                "District", "Facts", "Ledger", "Storage",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        // 4 Sensing: from the outside to facts; here files, through mappings.
        .target(name: "Sensing", dependencies: [.product(name: "Yams", package: "Yams")]),
        // 4 Client: speaks to a running Jianghan over HTTP, as devices and tools do.
        .target(
            name: "Client",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),
        // 4 Simulation: a small simulated district that reports from outside, as real devices do.
        .target(name: "Simulation", dependencies: ["Client"]),
        // 4 Server: HTTP API, live events, pages.
        .target(
            name: "Server",
            dependencies: [
                "District", "Facts", "Ledger", "Operations", "Storage",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        // 5 jianghan: the command line.
        .executableTarget(
            name: "jianghan",
            dependencies: [
                "Client", "District", "Facts", "Ledger", "Operations", "Sensing", "Server", "Simulation", "Storage",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),
        // Judges of a store that any implementation can be run through, and a store that fails on demand.
        .target(name: "StorageTesting", dependencies: ["Storage"]),
        .testTarget(name: "AtlasTests", dependencies: ["Atlas"]),
        .testTarget(name: "LedgerTests", dependencies: ["Ledger", .product(name: "Crypto", package: "swift-crypto")]),
        .testTarget(
            name: "FactsTests", dependencies: ["Atlas", "Facts", .product(name: "Crypto", package: "swift-crypto")]),
        // A disk under SQLite that fails, tears or fills at the nth call.
        .target(
            name: "FaultyDisk", dependencies: [.product(name: "GRDBSQLite", package: "GRDB.swift")],
            path: "Tests/FaultyDisk"),
        .testTarget(
            name: "StorageTests",
            dependencies: [
                "FaultyDisk", "Storage", "StorageTesting",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        .testTarget(name: "DistrictTests", dependencies: ["District", "Facts"]),
        .testTarget(
            name: "OperationsTests",
            dependencies: [
                "District", "Facts", "FaultyDisk", "Ledger", "Operations", "Storage", "StorageTesting",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        .testTarget(name: "SensingTests", dependencies: ["Sensing"]),
        .testTarget(
            name: "ClientTests",
            dependencies: [
                "Client",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["Client", "Facts", "Ledger", .product(name: "Crypto", package: "swift-crypto")]),
        .testTarget(name: "SimulationTests", dependencies: ["Client", "Simulation"]),
    ]
)

for target in package.targets where target.name != "FaultyDisk" {
    target.swiftSettings = [
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ]
}
