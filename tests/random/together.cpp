// SPDX-License-Identifier: MIT
#include "random/together.h"

#include "support/files.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <fstream>
#include <memory>
#include <new>
#include <stdexcept>
#include <thread>
#include <unistd.h>

namespace gpiofs::test {
namespace {

struct Unmap {
    void operator()(Stage* stage) const noexcept { ::munmap(stage, sizeof(Stage)); }
};

std::unique_ptr<Stage, Unmap> make_stage() {
    void* const memory =
        ::mmap(nullptr, sizeof(Stage), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        throw std::runtime_error("mmap: " + errno_name(errno));
    }
    return std::unique_ptr<Stage, Unmap>(new (memory) Stage);
}

/// What it says when it fails; empty if it does not.
std::string act(const Actor& actor, Stage& stage) {
    try {
        actor(stage);
        return {};
    } catch (const std::exception& e) {
        stage.failed = true;
        return e.what();
    }
}

void act_in_threads(const std::vector<Actor>& actors, Stage& stage,
                    std::vector<std::string>& reports) {
    std::vector<std::thread> threads;
    threads.reserve(actors.size());
    for (std::size_t i = 0; i < actors.size(); ++i) {
        threads.emplace_back([&, i] { reports[i] = act(actors[i], stage); });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
}

void act_in_processes(const std::vector<Actor>& actors, Stage& stage,
                      std::vector<std::string>& reports) {
    const TemporaryFolder folder;
    std::vector<pid_t> children;
    for (std::size_t i = 0; i < actors.size(); ++i) {
        const pid_t child = ::fork();
        if (child == 0) {
            std::ofstream(folder.path() / std::to_string(i)) << act(actors[i], stage) << std::flush;
            ::_exit(0);
        }
        children.push_back(child);
    }
    for (std::size_t i = 0; i < actors.size(); ++i) {
        int status = 0;
        const bool ended = children[i] > 0 && ::waitpid(children[i], &status, 0) == children[i];
        reports[i] = read_text(folder.path() / std::to_string(i));
        if (!ended || status != 0) {
            reports[i] += fmt::format("a client's process ended with {}", status);
        }
    }
}

}  // namespace

Together act_together(const std::vector<Actor>& actors, unsigned writers, Kind kind) {
    const auto stage = make_stage();
    stage->writers = writers;
    std::vector<std::string> reports(actors.size());
    if (kind == Kind::threads) {
        act_in_threads(actors, *stage, reports);
    } else {
        act_in_processes(actors, *stage, reports);
    }
    std::erase(reports, "");
    return {reports, stage->accesses};
}

}  // namespace gpiofs::test
