import Client
import Foundation
import Testing

/// The page at `/`: its files with the right types and a policy, and in a browser the log's size and a live row.
@Suite(.turn) struct StatusPageTests {
    @Test func pageAndAssets() async throws {
        let store = try await Store()
        let served = try await Served(store)
        let page = try await served.get("/")
        #expect(page.status == 200)
        #expect(page.header("Content-Type") == "text/html; charset=utf-8")
        var assets: Set<String> = []
        for name in ["src", "href"] {
            for part in page.text.components(separatedBy: "\(name)=\"").dropFirst() {
                let path = part.prefix { $0 != "\"" }
                if path.hasPrefix("status/") { assets.insert(String(path)) }
            }
        }
        #expect(assets.contains { $0.hasSuffix(".js") } && assets.contains { $0.hasSuffix(".css") }, "\(assets)")
        let folder = Place.inRepository("Web/status")
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) { assets.insert("status/" + name) }
        let types = [
            "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
            "css": "text/css; charset=utf-8",
            "svg": "image/svg+xml",
        ]
        for asset in assets {
            guard let type = types[(asset as NSString).pathExtension] else { continue }
            let answer = try await served.get("/" + asset)
            #expect(answer.status == 200, "\(asset)")
            #expect(answer.header("Content-Type") == type, "\(asset)")
            #expect(answer.header("X-Content-Type-Options") == "nosniff", "\(asset)")
            #expect(answer.header("Content-Security-Policy")?.contains("script-src 'self'") == true, "\(asset)")
        }
        let policy = try #require(page.header("Content-Security-Policy"))
        #expect(policy.hasPrefix("default-src 'none';") && policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("unsafe"))
        // Nothing inline that the policy would forbid.
        #expect(!page.text.contains(" style=\"") && !page.text.contains(" onclick=") && !page.text.contains("<script>"))
        let head = try await served.send("HEAD", "/")
        #expect(head.status == 200 && head.body.isEmpty)
        try await served.stopWell()
    }

    @Test(.enabled(if: Place.tool("chromium") != nil, "chromium is missing"))
    func aBrowserShowsSizeAndRows() async throws {
        let store = try await Store(devices: "device/a")
        let served = try await Served(store)
        let token = try store.token("device/a")
        for number in 0..<5 {
            #expect(try await served.say(Said.fell("\(number)", from: "device/a"), token).status == 201)
        }
        let size = try await served.client.status().size
        let browser = try Child(
            try #require(Place.tool("chromium")),
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--user-data-dir=\(store.folder.file("browser"))", "--virtual-time-budget=3000", "--dump-dom",
                served.url + "/",
            ])
        // The browser's time stands still while the stream is open: the page is written out after the server has ended it.
        #expect(try await served.wait { try await served.metric("event_streams") == 1 })
        try await Task.sleep(for: .seconds(1.5))
        try await served.stopWell()
        #expect(try await browser.end() == .exit(0), "\(browser.errors.suffix(2_000))")
        let page = browser.output
        #expect(page.contains("id=\"size\">\(size)<"), "\(page.prefix(6_000))")
        #expect(page.contains("object.fell") && page.contains("building/12"), "\(page.suffix(6_000))")
        #expect(page.contains("jianghan.invalid/log/\(Store.name)"), "\(page.prefix(6_000))")
    }
}
