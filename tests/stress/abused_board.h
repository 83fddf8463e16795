// SPDX-License-Identifier: MIT
#pragma once

#include "stress/journal.h"
#include "stress/settings.h"
#include "support/mount.h"

#include <atomic>
#include <thread>
#include <vector>

namespace gpiofs::test {

/// Board 1, an FT232H: its lines are exported, written, read, armed, polled and read for events by
/// many while its transfers fail in every way that a virtual board knows and its plug is pulled.
/// Only known errors may come of it, and in the end it works, with its pins as they were written.
class AbusedBoard {
  public:
    AbusedBoard(Mount& mount, Journal& journal, int number)
        : mount_(mount), journal_(journal), number_(number) {}
    AbusedBoard(const AbusedBoard&) = delete;
    AbusedBoard& operator=(const AbusedBoard&) = delete;
    ~AbusedBoard() { over_ = true; }

    void begin();
    /// Stops everybody, ends the fault, puts the plug in, and checks that the board works. It is
    /// left with no line exported.
    void end();

  private:
    void use(Chance& chance);
    void read_events(Chance& chance);
    void reexport(Chance& chance);
    void fail_transfers(Chance& chance);
    void pull_the_plug(Chance& chance);
    void check_outputs();

    using Act = void (AbusedBoard::*)(Chance&);
    void add_actor(Act act);
    fs::path line(unsigned offset) const;
    void bench(const char* file, const std::string& text);

    Mount& mount_;
    Journal& journal_;
    const int number_;
    std::atomic<bool> over_ = false;
    std::vector<std::jthread> actors_;
};

}  // namespace gpiofs::test
