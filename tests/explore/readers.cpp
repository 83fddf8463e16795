#include "gpio/event_queue.h"
#include "program.h"

#include <doctest/doctest.h>
#include <system_error>

#include <cerrno>
#include <memory>

using namespace gpiofs;
using namespace gpiofs::explore;

namespace {

class Woken final : public gpio::Wakeup {
  public:
    explicit Woken(bool& woken) : woken_(woken) {}
    void notify() noexcept override { woken_ = true; }

  private:
    bool& woken_;
};

/// An open `events` of a line. The memory of one that was closed is watched (quarantine.h).
class Reader {
  public:
    explicit Reader(gpio::Line& line) : line_(line) {
        try {
            line_.add_reader(*queue_, {0, mpsse::low_pins});
        } catch (const std::system_error& e) {
            require(e.code().value() == ENODEV, "a line can be read unless it is dead");
        }
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader() { line_.remove_reader(*queue_); }

  private:
    gpio::Line& line_;
    std::unique_ptr<gpio::EventQueue> queue_ = std::make_unique<gpio::EventQueue>();
};

}  // namespace

TEST_CASE("readers: an edge and the end between the question and the sleep are not lost") {
    explore_all({1000}, [] {
        gpio::EventQueue queue;
        Thread sampler = start_thread("sampler", [&] {
            gpio::WakeList wake;
            queue.push({}, wake);
            wake.notify_all();
            queue.end(wake);
            wake.notify_all();
        });
        unsigned edges = 0;
        bool ended = false;
        while (!ended) {
            while (queue.take()) {
                ++edges;
            }
            bool woken = false;
            const auto state =
                queue.ask(gpio::EventQueue::Sleeper::read, std::make_unique<Woken>(woken));
            ended = state.ended && !state.waiting;
            if (!state.ended && !state.waiting) {
                until([&woken] { return woken; }, "sleeps in read(): an edge or the end is lost");
            }
        }
        require(edges == 1, "the edge before the end was read");
        sampler.join();
    });
}

TEST_CASE("readers: one is closed while an edge comes and its line goes") {
    explore_all({2, 1}, [] {
        Program program;
        Thread front_end = start_thread("front end", [&] { const Reader reader(*program.line); });
        program.chip->sampled({1, mpsse::low_pins});
        program.take_out();
        front_end.join();
        program.none_samples();
    });
}

TEST_CASE("readers: one thread closes the last reader while another opens the next") {
    explore_all({2}, [] {
        Program program;
        auto goes = std::make_unique<Reader>(*program.line);
        Thread other = start_thread("front end", [&] { goes.reset(); });
        const Reader stays(*program.line);
        other.join();
        program.one_samples();
        program.take_out();
    });
}
