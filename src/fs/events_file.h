#pragma once

#include "fs/handles.h"
#include "fs/open_file.h"
#include "gpio/event_queue.h"

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace gpiofs::fs {

/// An open `events` of a line: a stream of text, one line for each edge since it was opened:
/// NANOSECONDS (CLOCK_MONOTONIC, of the sample), "rising" or "falling", and how many edges were
/// dropped right before because they were not read in time (see gpio::EventQueue). A read gives the
/// whole lines that wait, as many as fit, or a piece of one that does not fit; it waits for the
/// first, with no thread held, and finds the end of file when the line or the board has gone.
class EventsFile final : public OpenFile {
  public:
    explicit EventsFile(const Node& node) : OpenFile(node) {}
    ~EventsFile() override { node().line->remove_reader(queue_); }

    /// From this sample on. Throws as gpio::Line::add_reader.
    void begin(const gpio::Sample& sample) { node().line->add_reader(queue_, sample); }

    void read(Reply& reply, const ReadCall& call) override;
    void write(Reply& reply, std::string_view data) override;
    /// POLLIN while there is text, and with POLLHUP from when nothing will be added any more.
    unsigned poll(std::unique_ptr<gpio::Wakeup> wakeup) override;

  private:
    class ReadWakeup;
    /// A read that waits.
    struct Waiting {
        EventsFile& file;
        Reply reply;
        std::size_t size;
        bool interrupted = false;  ///< before it was listed; guarded by EventsFile::mutex_
    };

    static void interrupted(fuse_req_t request, void* waiting) noexcept;
    /// What a read of this size gets; nothing if it has to wait, empty at the end. With mutex_
    /// held.
    std::optional<std::string> take(std::size_t size);
    /// Answers the reads that wait, as far as there is text.
    void serve() noexcept;

    gpio::EventQueue queue_;

    std::mutex mutex_;
    std::string rest_;            ///< of the line that was begun; guarded by mutex_
    std::list<Waiting> waiting_;  ///< in the order they came; guarded by mutex_
};

/// Opens `events` of a line: answered when a sample has armed it, so that every edge after that is
/// read. `services` and `files` outlive the request.
void open_events(const Services& services, Handles<OpenFile>& files, const Node& node,
                 Reply& reply);

}  // namespace gpiofs::fs
