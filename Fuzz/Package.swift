// swift-tools-version: 6.2
import PackageDescription

// A package of its own, because what links libFuzzer has no place in a plain build. It compiles the readers' targets
// through symbolic links, so that the package above needs no library products and nothing else of it is built.
let package = Package(
    name: "fuzz",
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        .target(name: "Ledger", dependencies: [.product(name: "Crypto", package: "swift-crypto")]),
        .target(name: "Atlas"),
        .target(
            name: "Facts",
            dependencies: [
                "Atlas",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Yams", package: "Yams"),
            ]),
        .target(
            name: "District",
            dependencies: ["Facts", .product(name: "Crypto", package: "swift-crypto")]),
        .target(name: "Sensing", dependencies: [.product(name: "Yams", package: "Yams")]),
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "District", "Facts", "Ledger", "Sensing",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
    ]
)

for target in package.targets {
    target.swiftSettings = [
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ]
}
