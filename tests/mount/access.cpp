// SPDX-License-Identifier: MIT
#include "support/mount.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <thread>
#include <unistd.h>

using namespace gpiofs::test;

TEST_CASE("writing A and then reading the wired B never shows the past") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H,usb=hs"});
    constexpr unsigned pairs = 4;
    constexpr int rounds = 300;
    std::string wires;
    for (unsigned pair = 0; pair < pairs; ++pair) {
        wires += fmt::format("adbus{} acbus{}\n", pair, pair);
    }
    mount.set_bench("wires", wires);
    std::atomic<int> stale = 0;
    std::vector<std::thread> writers;
    for (unsigned pair = 0; pair < pairs; ++pair) {
        const auto output = mount.export_line(512 + pair);
        const auto input = mount.export_line(520 + pair);
        REQUIRE(write_text(output / "direction", "out") == "ok");
        writers.emplace_back([&stale, output, input] {
            const auto out = open_file(output / "value", O_RDWR);
            const auto in = open_file(input / "value", O_RDONLY);
            for (int round = 0; round < rounds; ++round) {
                const std::string level = round % 2 == 0 ? "1" : "0";
                const bool wrote = write_at_start(out.get(), level) == "ok";
                stale += !wrote || read_at(in.get(), 0) != level + "\n" ? 1 : 0;
            }
        });
    }
    // Readers on top, so that round trips are shared.
    for (unsigned reader = 0; reader < 4; ++reader) {
        writers.emplace_back([&, reader] {
            for (int round = 0; round < rounds; ++round) {
                stale += read_text(mount / fmt::format("gpio{}/value", 520 + reader)).size() != 2;
            }
        });
    }
    for (auto& writer : writers) {
        writer.join();
    }
    CHECK(stale == 0);
    CHECK(mount.stop() == 0);
}

TEST_CASE("reads come from a snapshot that is made at the start and where a seek goes") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H"});
    const auto line = mount.export_line(512);
    REQUIRE(write_text(line / "direction", "high") == "ok");
    const auto fd = open_file(line / "value", O_RDONLY);
    const auto read = [&](std::size_t size) {
        std::string text(size, '\0');
        text.resize(static_cast<std::size_t>(::read(fd.get(), text.data(), size)));
        return text;
    };
    CHECK(read(1) == "1");
    REQUIRE(write_text(line / "value", "0") == "ok");
    CHECK(read(1) == "\n");
    CHECK(read(1) == "");
    CHECK(::lseek(fd.get(), 0, SEEK_SET) == 0);
    CHECK(read(64) == "0\n");
    CHECK(::lseek(fd.get(), 0, SEEK_END) == 4096);
    CHECK(read(64) == "");
    CHECK(read_at(fd.get(), 1) == "\n");
    CHECK(read_at(fd.get(), 2) == "");
    CHECK(read_at(fd.get(), 100) == "");
    CHECK(::lseek(fd.get(), -1, SEEK_SET) == -1);
    CHECK(errno == EINVAL);
    CHECK(shell(fmt::format("dd if={} bs=1 2>/dev/null", (line / "value").string())).out == "0\n");
}

TEST_CASE("each write is a command of its own, whatever its offset") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H"});
    const auto line = mount.export_line(512);
    REQUIRE(write_text(line / "direction", "out") == "ok");
    const auto fd = open_file(line / "value", O_RDWR | O_NONBLOCK | O_SYNC | O_APPEND | O_TRUNC);
    for (const std::string level : {"1", "0", "1"}) {
        CHECK(::write(fd.get(), level.data(), 1) == 1);
        CHECK(mount.bench("adbus0/level") == level);
    }
    CHECK(::pwrite(fd.get(), "0", 1, 100) == 1);
    CHECK(mount.bench("adbus0/level") == "0");
    const auto unexport = open_file(mount / "export", O_WRONLY);
    CHECK(::write(unexport.get(), "514", 3) == 3);
    CHECK(::write(unexport.get(), "515\n", 4) == 4);
    CHECK(fs::exists(mount / "gpio514"));
    CHECK(fs::exists(mount / "gpio515"));
}

TEST_CASE("changing one line leaves the others alone") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H"});
    std::vector<fs::path> lines;
    for (unsigned offset = 0; offset < 16; ++offset) {
        lines.push_back(mount.export_line(512 + offset));
        REQUIRE(write_text(lines.back() / "direction", offset % 3 == 0 ? "high" : "low") == "ok");
    }
    REQUIRE(write_text(lines[6] / "direction", "in") == "ok");
    REQUIRE(write_text(lines[9] / "value", "0") == "ok");
    for (unsigned offset = 0; offset < 16; ++offset) {
        CAPTURE(offset);
        const bool high = offset == 6 || (offset % 3 == 0 && offset != 9);
        CHECK(read_text(lines[offset] / "value") == (high ? "1\n" : "0\n"));
        CHECK(read_text(lines[offset] / "direction") == (offset == 6 ? "in\n" : "out\n"));
    }
}

TEST_CASE("chmod and chown last until unexport, modes follow umask, uid and gid") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H", "-o", "uid=1234,gid=2345,umask=002"});
    const auto line = mount.export_line(512);
    const auto status = [](const fs::path& path) {
        struct stat result {};
        REQUIRE(::lstat(path.c_str(), &result) == 0);
        return fmt::format("{:o} {}:{} {}", result.st_mode, result.st_uid, result.st_gid,
                           result.st_size);
    };
    CHECK(status(line / "value") == "100664 1234:2345 4096");
    CHECK(status(mount / "export") == "100220 1234:2345 4096");
    CHECK(status(mount / "gpiochip512/label") == "100444 1234:2345 4096");
    CHECK(status(line) == "40775 1234:2345 0");
    CHECK(status(line / "device") == "120777 1234:2345 0");
    CHECK(fs::read_symlink(line / "device") == "../gpiochip512");
    REQUIRE(::chmod((line / "value").c_str(), 0600) == 0);
    REQUIRE(::chown((line / "value").c_str(), 7, 8) == 0);
    CHECK(status(line / "value") == "100600 7:8 4096");
    CHECK(write_text(mount / "unexport", "512") == "ok");
    CHECK(status(mount.export_line(512) / "value") == "100664 1234:2345 4096");
}
