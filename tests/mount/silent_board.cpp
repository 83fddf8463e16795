// SPDX-License-Identifier: MIT
#include "sanitizer.h"
#include "support/mount.h"
#include "support/poller.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <thread>
#include <unistd.h>

using namespace gpiofs::test;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

/// Board 0 takes no part in USB any more; board 1 is well.
class SilentBoard {
  public:
    explicit SilentBoard(const std::string& timeout_ms)
        : mount_(
              {"-o", "timeout_ms=" + timeout_ms, "--simulate", "FT232H", "--simulate", "FT2232H"}) {
        silent_ = mount_.export_line(513);
        well_ = mount_.export_line(530);
        mount_.set_bench("fault", "timeout -1");
    }
    Mount& mount() { return mount_; }
    const fs::path& silent() const { return silent_; }
    const fs::path& well() const { return well_; }

  private:
    Mount mount_;
    fs::path silent_;
    fs::path well_;
};

std::string read_level(int fd) {
    std::array<char, 8> text{};
    const auto size = ::pread(fd, text.data(), text.size(), 0);
    return size < 0 ? errno_name(errno) : std::string(text.data(), static_cast<std::size_t>(size));
}

}  // namespace

TEST_CASE("100 readers of a silent board are all answered within two deadlines") {
    NEEDS_MOUNT();
    constexpr auto deadline = std::chrono::seconds(2);
    SilentBoard board("2000");
    const auto start = Clock::now();
    std::vector<std::future<std::string>> readers;
    for (int i = 0; i < 100; ++i) {
        readers.push_back(std::async(std::launch::async, read_text, board.silent() / "value"));
    }
    for (auto& reader : readers) {
        CHECK(reader.get() == "ETIMEDOUT");
    }
    const auto took = Clock::now() - start;
    CHECK(took >= deadline);
    CHECK(took < 2 * deadline);
    // libfuse's: two for each board and four more; and the main thread.
    const std::size_t others = sanitizers == "thread" ? 2 : 1;
    CHECK(board.mount().threads_named("mpsse-gpiofs") <= 2 * 2 + 4 + others);
    board.mount().set_bench("fault", "0");
    CHECK(wait_until([&] { return read_text(board.silent() / "value") == "1\n"; }, 1s));
    CHECK(board.mount().stop() == 0);
}

TEST_CASE("while a board is silent everything else is answered") {
    NEEDS_MOUNT();
    SilentBoard board("10000");
    Mount& mount = board.mount();
    // Opened before, because a late reader would find no file once the line is unexported.
    std::vector<gpiofs::UniqueFd> files;
    for (int i = 0; i < 20; ++i) {
        files.push_back(open_file(board.silent() / "value", O_RDONLY));
        REQUIRE(files.back());
    }
    std::vector<std::future<std::string>> readers;
    for (const auto& file : files) {
        readers.push_back(std::async(std::launch::async, read_level, file.get()));
    }
    const auto waiting = [&] {
        for (auto& reader : readers) {
            CHECK(reader.wait_for(std::chrono::seconds(0)) == std::future_status::timeout);
        }
    };
    CHECK(list(board.silent()).size() == 8);
    CHECK(shell(fmt::format("ls -lR {}", mount.path().string())).status == 0);
    CHECK(read_text(board.silent() / "direction") == "in\n");
    CHECK(write_text(board.silent() / "edge", "none") == "ok");
    const auto fd = open_file(board.silent() / "value", O_RDONLY);
    CHECK(poll_once(fd.get(), POLLPRI, patience) == "PRI|ERR");
    CHECK(read_text(board.well() / "value") == "1\n");
    CHECK(write_text(board.well() / "direction", "high") == "ok");
    waiting();
    CHECK(write_text(mount / "unexport", "513") == "ok");
    CHECK(list(mount.path()).size() == 8);
    waiting();
    const auto start = Clock::now();
    CHECK(::umount2(mount.path().c_str(), MNT_DETACH) == 0);
    CHECK(mount.stop() == 0);
    CHECK(Clock::now() - start < std::chrono::seconds(5));
    for (auto& reader : readers) {
        CHECK(reader.get() == "ENODEV");
    }
}

TEST_CASE(
    "a reader that is killed has gone by the deadline, and its exit does not harm the others") {
    NEEDS_MOUNT();
    constexpr auto deadline = std::chrono::seconds(3);
    SilentBoard board("3000");
    const TemporaryFolder folder;
    std::vector<std::unique_ptr<Process>> readers;
    const auto start = Clock::now();
    for (int i = 0; i < 4; ++i) {
        readers.push_back(std::make_unique<Process>(
            std::vector<std::string>{"cat", board.silent() / "value"}, folder.path() / "out"));
        // In the kernel's hands: sleeping in its read system call.
        REQUIRE(wait_until([&] {
            return read_text(fmt::format("/proc/{}/syscall", readers.back()->pid()))
                .starts_with(fmt::format("{} ", SYS_read));
        }));
    }
    for (const std::size_t killed : {2U, 0U, 3U}) {
        readers[killed]->signal(SIGKILL);
    }
    for (const std::size_t killed : {2U, 0U, 3U}) {
        CHECK(readers[killed]->wait() == 128 + SIGKILL);
        CHECK(Clock::now() - start < deadline + std::chrono::seconds(1));
    }
    CHECK(readers[1]->wait() == 1);
    CHECK(read_text(folder.path() / "out").find("timed out") != std::string::npos);
    board.mount().set_bench("fault", "0");
    CHECK(wait_until([&] { return read_text(board.silent() / "value") == "1\n"; }));
    CHECK(board.mount().stop() == 0);
}

TEST_CASE("unplugging a silent board answers its readers") {
    NEEDS_MOUNT();
    SilentBoard board("15000");
    auto reader = std::async(std::launch::async, read_text, board.silent() / "value");
    CHECK(reader.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout);
    const auto start = Clock::now();
    board.mount().set_bench("plugged", "0");
    CHECK(reader.get() == "ENODEV");
    CHECK(Clock::now() - start < std::chrono::seconds(5));
    CHECK(board.mount().stop() == 0);
}

TEST_CASE("after each fault has ended the next access works, and outputs have not moved") {
    NEEDS_MOUNT();
    for (const std::string fault : {"stall", "short", "garbage", "timeout", "nak"}) {
        CAPTURE(fault);
        Mount mount({"-o", "timeout_ms=300", "--simulate", "FT232H"});
        const auto output = mount.export_line(512);
        const auto input = mount.export_line(513);
        REQUIRE(write_text(output / "direction", "high") == "ok");
        mount.set_bench("adbus1/drive", "0");
        mount.set_bench("fault", fault + " 1");
        read_text(input / "value");
        mount.set_bench("fault", "0");
        CHECK(mount.bench("adbus0/level") == "1");
        CHECK(wait_until([&] { return read_text(input / "value") == "0\n"; }));
        CHECK(mount.bench("adbus0/level") == "1");
        CHECK(write_text(output / "value", "0") == "ok");
        CHECK(mount.bench("adbus0/level") == "0");
        CHECK(mount.log().find("outputs were interrupted") == std::string::npos);
        CHECK(mount.stop() == 0);
    }
}

TEST_CASE("a chip that lost power is found out by a read, and gets its outputs back") {
    NEEDS_MOUNT();
    Mount mount({"-o", "timeout_ms=500", "--simulate", "FT232H"});
    const auto output = mount.export_line(515);
    REQUIRE(write_text(output / "direction", "low") == "ok");
    mount.set_bench("fault", "power-loss 1");
    CHECK(read_text(output / "value") == "ETIMEDOUT");
    CHECK(wait_until([&] { return read_text(output / "value") == "ENOENT"; }));
    CHECK(mount.bench("adbus3/level") == "0");
    CHECK(read_text(mount.export_line(515) / "value") == "0\n");
    CHECK(mount.log().find("outputs were interrupted") != std::string::npos);
    CHECK(mount.stop() == 0);
}

TEST_CASE("a chip that lost its power is found by a program that only writes") {
    NEEDS_MOUNT();
    Mount mount({"-o", "timeout_ms=500", "--simulate", "FT232H"});
    const auto output = mount.export_line(515);
    REQUIRE(write_text(output / "direction", "low") == "ok");
    const auto value = open_file(output / "value", O_WRONLY);
    mount.set_bench("fault", "power-loss 1");
    std::string level = "0";
    std::string answer;
    CHECK(wait_until([&] {
        level = level == "0" ? "1" : "0";
        answer = write_at_start(value.get(), level);
        std::this_thread::sleep_for(10ms);  // slower than a UART, which never refuses a byte then
        return answer != "ok";
    }));
    CHECK(answer == "ETIMEDOUT");
    CHECK(wait_until([&] { return read_text(output / "value") == "ENOENT"; }));
    CHECK(mount.bench("adbus3/level") == level);
    CHECK(read_text(mount.export_line(515) / "value") == level + "\n");
    CHECK(mount.log().find("lost its power") != std::string::npos);
    CHECK(mount.stop() == 0);
}
