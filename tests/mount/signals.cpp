// SPDX-License-Identifier: MIT
#include "mount/virtual_boards.h"
#include "support/mount.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <sys/time.h>

#include <array>
#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <pthread.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace gpiofs::test;

namespace {

std::atomic<long> alarms = 0;

sigset_t alarm_only() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGALRM);
    return set;
}

/// SIGALRM each millisecond for the threads that do not block it.
class Alarms {
  public:
    explicit Alarms(int flags) {
        struct sigaction action {};
        action.sa_handler = [](int) { ++alarms; };
        action.sa_flags = flags;
        ::sigaction(SIGALRM, &action, &before_);
        const itimerval each{{0, 1000}, {0, 1000}};
        ::setitimer(ITIMER_REAL, &each, nullptr);
    }
    Alarms(const Alarms&) = delete;
    Alarms& operator=(const Alarms&) = delete;
    ~Alarms() {
        const itimerval never{};
        ::setitimer(ITIMER_REAL, &never, nullptr);
        ::sigaction(SIGALRM, &before_, nullptr);
    }

  private:
    struct sigaction before_ {};
};

/// Threads that read a file as fast as they can and are left alone by SIGALRM.
class Readers {
  public:
    Readers(int count, const fs::path& file) {
        const sigset_t blocked = alarm_only();
        sigset_t before;
        ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
        for (int i = 0; i < count; ++i) {
            threads_.emplace_back([file](const std::stop_token& stop) {
                const auto fd = open_file(file, O_RDONLY);
                while (!stop.stop_requested()) {
                    read_at(fd.get(), 0);
                }
            });
        }
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }

  private:
    std::vector<std::jthread> threads_;
};

/// What went wrong in a run; all of it should be nothing.
struct Faults {
    int interrupted = 0;
    int wrong = 0;
    std::string first;

    void expect(const char* access, const std::string& got, const std::string& wanted) {
        interrupted += got == "EINTR" ? 1 : 0;
        if (got != wanted) {
            ++wrong;
            first = first.empty() ? fmt::format("{}: '{}', not '{}'", access, got, wanted) : first;
        }
    }
};

/// Accesses of every attribute that is served by the bus or beside it; each write is read back.
/// Returns how many accesses there were.
int access_all(const fs::path& tree, Faults& faults, int round) {
    const auto output = tree / "gpio512";
    const auto input = tree / "gpio514";
    const std::string level = round % 2 == 0 ? "1" : "0";
    const std::string direction = round % 2 == 0 ? "in" : "out";
    const std::string edge = round % 2 == 0 ? "both" : "none";
    faults.expect("write value", write_text(output / "value", level), "ok");
    faults.expect("read value", read_text(output / "value"), level + "\n");
    faults.expect("read bench", read_text(tree / "sim/0/adbus0/level"), level + "\n");
    faults.expect("write edge", write_text(input / "edge", edge), "ok");
    faults.expect("read edge", read_text(input / "edge"), edge + "\n");
    faults.expect("write direction", write_text(tree / "gpio515/direction", direction), "ok");
    faults.expect("read direction", read_text(tree / "gpio515/direction"), direction + "\n");
    faults.expect("open", try_open(input / "value", O_RDONLY), "ok");
    const std::string lines = read_text(tree / "gpiochip512/lines");
    faults.expect("read lines", lines.size() < 20 ? lines : "", "");
    const std::string events = read_text(input / "events");
    faults.expect("read events", events.empty() || events.ends_with('\n') ? "" : events, "");
    return 10;
}

void check_accesses(const std::string& usb, int flags) {
    Mount mount(virtual_board("FT232H", usb));
    const auto output = mount.export_line(512);
    const auto read_by_others = mount.export_line(513);
    mount.export_line(514);
    mount.export_line(515);
    REQUIRE(write_text(output / "direction", "out") == "ok");
    const Readers readers(4, read_by_others / "value");
    const int wanted = count_of(3000, 100'000);
    Faults faults;
    alarms = 0;
    {
        const Alarms each_millisecond(flags);
        for (int done = 0, round = 0; done < wanted; ++round) {
            done += access_all(mount.path(), faults, round);
        }
    }
    CAPTURE(alarms.load());
    CAPTURE(faults.first);
    CHECK(alarms > 50);
    CHECK(faults.interrupted == 0);
    CHECK(faults.wrong == 0);
}

}  // namespace

TEST_CASE("signals: a timer's SIGALRM each millisecond fails no access, usb=instant") {
    NEEDS_MOUNT();
    check_accesses("instant", SA_RESTART);
}

TEST_CASE("signals: a timer's SIGALRM each millisecond fails no access, usb=hs") {
    NEEDS_MOUNT();
    check_accesses("hs", SA_RESTART);
}

TEST_CASE("signals: SIGALRM without SA_RESTART fails no access, as in sysfs") {
    NEEDS_MOUNT();
    check_accesses("hs", 0);
}

TEST_CASE("signals: a bash script whose background jobs end loses no write") {
    NEEDS_MOUNT();
    Mount mount(virtual_board("FT232H", "hs"));
    const auto output = mount.export_line(512);
    const auto read_by_others = mount.export_line(513);
    REQUIRE(write_text(output / "direction", "out") == "ok");
    const Readers readers(4, read_by_others / "value");
    for (int runs = count_of(2, 40); runs > 0; --runs) {
        const auto script = run({"bash", "-uc",
                                 R"sh(
            for ((i = 0; i < 100; i++)); do
                : & : &
                echo $((i % 2)) > "$1/value"
                read -r level < "$1/value"
                [ "$level" = $((i % 2)) ] || echo "$i: lost"
            done
            wait)sh",
                                 "bash", output});
        CHECK(script.status == 0);
        CHECK(script.out == "");
        CHECK(script.err == "");
    }
}
