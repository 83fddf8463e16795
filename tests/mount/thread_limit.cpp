// SPDX-License-Identifier: MIT
#include "mount/person.h"
#include "support/mount.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <pwd.h>
#include <thread>
#include <unistd.h>

using namespace gpiofs::test;
using namespace std::chrono_literals;

namespace {

/// The program as an ordinary user's, whose threads can be limited: root has as many as he likes.
class UsersDaemon {
  public:
    explicit UsersDaemon(const passwd& user)
        : user_{user.pw_uid, user.pw_gid, user.pw_gid}, place_(folder_.path() / "mnt") {
        fs::permissions(folder_.path(), fs::perms(0755));
        fs::create_directory(place_);
        REQUIRE(::chown(place_.c_str(), user_.user, user_.group) == 0);
        process_ = std::make_unique<Process>(
            std::vector<std::string>{"setpriv", fmt::format("--reuid={}", user_.user),
                                     fmt::format("--regid={}", user_.group), "--clear-groups",
                                     GPIOFS_PROGRAM, "-f", "--simulate", "FT232H", place_},
            folder_.path() / "log");
        REQUIRE(wait_until([&] { return write("export", "513") == "ok"; }));
    }

    std::string write(const std::string& file, const std::string& text) const {
        return as(user_, [&] { return write_text(place_ / file, text); });
    }
    std::string read(const std::string& file) const {
        return as(user_, [&] { return read_text(place_ / file); });
    }
    /// Of the user; the program's own process has one thread at least, so 1 allows no more.
    void limit_threads(bool limited) const {
        REQUIRE(as(user_, [&] {
                    rlimit limit{};
                    int result = ::prlimit(process_->pid(), RLIMIT_NPROC, nullptr, &limit);
                    limit.rlim_cur = limited ? 1 : limit.rlim_max;
                    result += ::prlimit(process_->pid(), RLIMIT_NPROC, &limit, nullptr);
                    return errno_name(result == 0 ? 0 : errno);
                }) == "ok");
    }
    std::size_t threads_named(const std::string& name) const {
        const fs::path tasks = fmt::format("/proc/{}/task", process_->pid());
        std::size_t count = 0;
        for (const auto& task : list(tasks)) {
            count += read_text(tasks / task / "comm") == name + "\n" ? 1U : 0U;
        }
        return count;
    }
    int stop() {
        process_->signal(SIGTERM);
        return process_->wait();
    }

  private:
    Person user_;
    TemporaryFolder folder_;
    fs::path place_;
    std::unique_ptr<Process> process_;
};

/// fusermount3 wants its users to have a name.
const passwd* ordinary_user() { return ::getpwnam("games"); }

bool can_mount(const passwd& user) {
    return as({user.pw_uid, user.pw_gid, user.pw_gid}, [] {
               const bool can =
                   ::access(GPIOFS_PROGRAM, X_OK) == 0 && ::access("/dev/fuse", R_OK | W_OK) == 0;
               return errno_name(can ? 0 : errno);
           }) == "ok";
}

bool samples_come(const UsersDaemon& daemon) {
    return wait_until([&] {
        const std::string stats = daemon.read("gpiochip512/sampling_stats");
        return stats.starts_with("samples ") && !stats.starts_with("samples 0\n");
    });
}

}  // namespace

TEST_CASE("a daemon that may have no more threads refuses to arm a line, and arms it later") {
    NEEDS_MOUNT();
    const passwd* user = ordinary_user();
    REQUIRE(user != nullptr);
    if (!can_mount(*user)) {
        SKIP_TEST("an ordinary user cannot reach the program or /dev/fuse");
    }
    UsersDaemon daemon(*user);
    CHECK(daemon.read("gpio513/value") == "1\n");
    daemon.limit_threads(true);
    for (const std::string edge : {"both", "rising", "falling", "both"}) {
        CHECK(daemon.write("gpio513/edge", edge) == "ENOMEM");
        CHECK(daemon.read("gpio513/edge") == "none\n");
    }
    const std::string counters = daemon.read("sim/0/counters");
    CHECK(counters.size() > 20);
    std::this_thread::sleep_for(200ms);
    CHECK(daemon.read("sim/0/counters") == counters);
    CHECK(daemon.threads_named("poll") == 0);
    CHECK(daemon.read("gpio513/value") == "1\n");
    daemon.limit_threads(false);
    CHECK(daemon.write("gpio513/edge", "both") == "ok");
    CHECK(daemon.read("gpio513/edge") == "both\n");
    CHECK(samples_come(daemon));
    CHECK(daemon.threads_named("poll") == 1);
    CHECK(daemon.stop() == 0);
}

TEST_CASE("at the limit of threads an armed chip arms further lines, and does not arm anew") {
    NEEDS_MOUNT();
    const passwd* user = ordinary_user();
    REQUIRE(user != nullptr);
    if (!can_mount(*user)) {
        SKIP_TEST("an ordinary user cannot reach the program or /dev/fuse");
    }
    UsersDaemon daemon(*user);
    REQUIRE(daemon.write("gpio513/edge", "both") == "ok");
    REQUIRE(daemon.write("export", "514") == "ok");
    REQUIRE(samples_come(daemon));
    daemon.limit_threads(true);
    // One thread samples all lines of an interface, and it is there.
    CHECK(daemon.write("gpio514/edge", "rising") == "ok");
    CHECK(daemon.read("gpio514/edge") == "rising\n");
    CHECK(daemon.write("gpio513/edge", "none") == "ok");
    CHECK(daemon.write("gpio514/edge", "none") == "ok");
    CHECK(wait_until([&] { return daemon.threads_named("poll") == 0; }));
    CHECK(daemon.write("gpio513/edge", "both") == "ENOMEM");
    CHECK(daemon.read("gpio513/edge") == "none\n");
    daemon.limit_threads(false);  // the leak sanitizer has a thread of its own at the end
    CHECK(daemon.stop() == 0);
}
