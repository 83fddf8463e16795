// SPDX-License-Identifier: MIT
#include "base/unique_fd.h"
#include "support/mount.h"
#include "support/skip.h"
#include "support/wait.h"

#include <doctest/doctest.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <memory>

using namespace gpiofs::test;

namespace {

/// A folder below which the program makes its mount points.
class Shelf {
  public:
    ~Shelf() {
        for (auto& process : processes_) {
            process.reset();
        }
        run({GPIOFS_PROGRAM, "--clear-below", path().string()});
    }
    fs::path path() const { return folder_.path() / "shelf"; }

    /// Mounts a virtual board with this serial; returns when the mount answers or the program
    /// ended.
    Process& mount(const std::string& serial, const std::string& expected_name) {
        processes_.push_back(std::make_unique<Process>(
            std::vector<std::string>{GPIOFS_PROGRAM, "-f", "--simulate", "FT232H,serial=" + serial,
                                     "--mount-below", path().string()},
            folder_.path() / "log"));
        Process& process = *processes_.back();
        std::error_code dead;
        wait_until([&] {
            return fs::exists(path() / expected_name / "export", dead) || !process.running();
        });
        return process;
    }
    std::vector<std::string> names() const { return list(path()); }
    Finished clear() const { return run({GPIOFS_PROGRAM, "--clear-below", path().string()}); }

  private:
    TemporaryFolder folder_;
    std::vector<std::unique_ptr<Process>> processes_;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a board's folder is named by its serial, made safe, or by its path, and goes with it") {
    NEEDS_MOUNT();
    struct Row {
        std::string serial;
        std::string name;
    };
    for (const Row& row : {
             Row{"FT4XYZ12", "FT4XYZ12"},
             Row{"a-b", "a-b"},
             Row{"a/b c", "a_b_c"},
             Row{"../up", "sim0"},
             Row{"1-2", "sim0"},
             Row{"1-2.3", "sim0"},
             Row{"", "sim0"},
         }) {
        CAPTURE(row.serial);
        Shelf shelf;
        Process& program = shelf.mount(row.serial, row.name);
        CHECK(shelf.names() == Names{row.name});
        program.signal(SIGTERM);
        CHECK(program.wait() == 0);
        CHECK(shelf.names().empty());
    }
}

TEST_CASE("of two boards with the same serial the second is named by its path") {
    NEEDS_MOUNT();
    Shelf shelf;
    Process& first = shelf.mount("TWIN", "TWIN");
    Process& second = shelf.mount("TWIN", "sim0");
    CHECK(shelf.names() == Names{"TWIN", "sim0"});
    first.signal(SIGTERM);
    CHECK(first.wait() == 0);
    CHECK(shelf.names() == Names{"sim0"});
    CHECK(read_text(shelf.path() / "sim0/gpiochip512/ngpio") == "16\n");
    second.signal(SIGTERM);
    CHECK(second.wait() == 0);
    CHECK(shelf.names().empty());
}

TEST_CASE("what a killed program leaves is cleared, and nothing else") {
    NEEDS_MOUNT();
    Shelf shelf;
    Process& killed = shelf.mount("KILLED", "KILLED");
    Process& alive = shelf.mount("ALIVE", "ALIVE");
    fs::create_directory(shelf.path() / "empty");
    fs::create_directories(shelf.path() / "full/file");
    killed.signal(SIGKILL);
    killed.wait();
    REQUIRE(is_mounted(shelf.path() / "KILLED"));

    SUBCASE("by --clear-below") {
        CHECK(shelf.clear().status == 0);
        CHECK(shelf.names() == Names{"ALIVE", "full"});
    }
    SUBCASE("by the next mount with that name") {
        Process& next = shelf.mount("KILLED", "KILLED");
        CHECK(next.running());
        CHECK(read_text(shelf.path() / "KILLED/gpiochip512/ngpio") == "16\n");
        CHECK(shelf.names() == Names{"ALIVE", "KILLED", "empty", "full"});
    }
    CHECK(read_text(shelf.path() / "ALIVE/gpiochip512/ngpio") == "16\n");
    alive.signal(SIGTERM);
    CHECK(alive.wait() == 0);
    fs::remove_all(shelf.path() / "full");
}

TEST_CASE("clearing below a folder that is not there is no error, below a file it is") {
    CHECK(Shelf().clear().status == 0);
    const TemporaryFolder folder;
    const auto file = folder.path() / "file";
    CHECK(shell("touch " + file.string()).status == 0);
    const auto result = run({GPIOFS_PROGRAM, "--clear-below", file.string()});
    CHECK(result.status == 1);
    CHECK(result.err ==
          "mpsse-gpiofs: folder " + file.string() + ": not a folder: Not a directory\n");
}

TEST_CASE("a folder that is a file or has files in it is refused and left as it is") {
    NEEDS_MOUNT();
    Shelf shelf;
    fs::create_directories(shelf.path());
    std::string advice;
    SUBCASE("file") {
        REQUIRE(shell("echo text > " + (shelf.path() / "A").string()).status == 0);
        advice = "Not a directory";
    }
    SUBCASE("files") {
        fs::create_directories(shelf.path() / "A/file");
        advice =
            "its files would be hidden; use an empty folder, or -o nonempty: Directory not empty";
    }
    const auto result = run({GPIOFS_PROGRAM, "-f", "--simulate", "FT232H,serial=A", "--mount-below",
                             shelf.path().string()});
    CHECK(result.status == 1);
    CHECK(result.err.find("mpsse-gpiofs: mount point " + (shelf.path() / "A").string() + ": " +
                          advice + "\n") != std::string::npos);
    CHECK(shelf.names() == Names{"A"});
    fs::remove_all(shelf.path() / "A");
}

TEST_CASE("who may only look cannot keep a mount from being made") {
    NEEDS_MOUNT();
    Shelf shelf;
    fs::create_directories(shelf.path());
    // What anybody may do who can list the folder.
    const gpiofs::UniqueFd stranger(::open(shelf.path().c_str(), O_RDONLY | O_DIRECTORY));
    REQUIRE(::flock(stranger.get(), LOCK_EX) == 0);
    Process& program = shelf.mount("one", "one");
    CHECK(fs::exists(shelf.path() / "one/export"));
    program.signal(SIGKILL);
    CHECK(program.wait() != 0);
    REQUIRE(::umount2((shelf.path() / "one").c_str(), MNT_DETACH) == 0);
    // Under the mount: the lock that tells whose the place is, is not for others to take.
    CHECK((fs::status(shelf.path() / "one").permissions() & fs::perms::mask) ==
          fs::perms::owner_all);
}

TEST_CASE("a mount over files hides them and harms none") {
    NEEDS_MOUNT();
    const TemporaryFolder folder;
    fs::create_directory(folder.path() / "file");
    const auto asked =
        run({GPIOFS_PROGRAM, "--simulate", "FT232H", "-o", "nonempty", folder.path().string()});
    CHECK(asked.status == 0);
    CHECK(fs::exists(folder.path() / "export"));
    CHECK(run({"umount", folder.path().string()}).status == 0);
    CHECK(list(folder.path()) == Names{"file"});
}

TEST_CASE("in the background the parent finds the mount below the folder") {
    NEEDS_MOUNT();
    Shelf shelf;
    const auto started = run({GPIOFS_PROGRAM, "--simulate", "FT232H,serial=BACK", "--mount-below",
                              shelf.path().string()});
    CHECK(started.status == 0);
    CHECK(started.err.empty());
    CHECK(fs::exists(shelf.path() / "BACK/export"));
    CHECK(run({"umount", (shelf.path() / "BACK").string()}).status == 0);
    CHECK(wait_until([&] { return shelf.names().empty(); }));
}

TEST_CASE("the service manager is told once the mount answers") {
    NEEDS_MOUNT();
    const TemporaryFolder folder;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = (folder.path() / "notify").string();
    REQUIRE(name.size() < sizeof address.sun_path);
    std::memcpy(address.sun_path, name.c_str(), name.size());
    const gpiofs::UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as sockets want it
    REQUIRE(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    const timeval limit{30, 0};
    REQUIRE(::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);

    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    Mount mount({"--simulate", "FT232H"});
    ::unsetenv("NOTIFY_SOCKET");
    char text[256] = {};
    REQUIRE(::recv(socket.get(), text, sizeof text - 1, 0) > 0);
    CHECK(std::string(text) == "READY=1\nSTATUS=mounted at " + mount.path().string());
    CHECK(mount.stop() == 0);
}
